"""Rate budgets: never more than there is, in any stretch of time, for all processes together."""

import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rest_framework.test import APIClient

from jobs.budgets import (
    BUDGETS,
    Budget,
    budget,
    budget_of,
    budgets_shown,
    correct,
    forget_ended_uses,
    left,
    refund,
    take,
    wait_for,
)
from jobs.checks import every_budget_can_be_used
from jobs.errors import BudgetTooSmall, UnknownBudget
from jobs.models import BudgetUse, RateBudget
from jobs.registry import Done
from jobs.runner import run_job
from jobs.services import enqueue
from tests.factories import make_user
from tests.jobs.conftest import Note
from tests.jobs.crowds import PROCESSES, in_processes

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = count()


def at(seconds):
    return NOON + timedelta(seconds=seconds)


# --- Exact ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_processes_get_exactly_what_there_is():
    taken = in_processes(lambda n: [take("k", limit=20, per_s=3600) for _ in range(100)].count(0.0))
    assert len(taken) == PROCESSES
    assert sum(taken) == 20
    assert left("k") == 0


@pytest.mark.django_db(transaction=True)
def test_on_the_real_clock_no_window_ever_holds_more_than_the_limit():
    """Each take happened between two looks at the clock; sorted, they bound when the nth was."""
    limit, per_s = 10, 0.25

    def use(number):
        spans = []
        while len(spans) < 10:
            before = time.time()
            wait_s = take("k", limit=limit, per_s=per_s)
            if wait_s:
                threading.Event().wait(wait_s)
            else:
                spans.append((before, time.time()))
        return spans

    spans = [span for each in in_processes(use) for span in each]
    befores, afters = sorted(first for first, _ in spans), sorted(last for _, last in spans)
    for nth in range(len(spans) - limit):
        assert afters[nth + limit] - befores[nth] >= per_s - 0.001  # a clock may be trimmed


STEPS = st.lists(
    st.tuples(st.integers(0, 4_000_000), st.integers(1, 4), st.sampled_from(["take", "refund"])),
    max_size=25,
)


@given(
    steps=STEPS, limit=st.integers(4, 6), per_ms=st.integers(1, 9_000), gap_ms=st.integers(0, 900)
)
@examples(max_examples=25, deadline=None, derandomize=True)
def test_in_any_stretch_of_the_window_no_more_than_the_limit(steps, limit, per_ms, gap_ms):
    key, now, window = f"k{next(KEYS)}", NOON, timedelta(milliseconds=per_ms)
    numbers = {"limit": limit, "per_s": per_ms / 1000, "gap_s": gap_ms / 1000}
    uses = []
    for wait_us, cost, what in steps:
        now += timedelta(microseconds=wait_us)
        mine = [use for use in uses if use[2] == cost and now - use[0] < window]
        if what == "refund" and mine:
            assert refund(key, cost=cost, by=str(cost), now=now) == cost
            uses.remove(mine[-1])
            continue
        wait_s = take(key, cost=cost, by=str(cost), now=now, **numbers)
        if wait_s:
            assert wait_s > 0
            soon = now + timedelta(seconds=wait_s)
            assert take(key, cost=cost, by=str(cost), now=soon, **numbers) == 0.0
            now = soon
        uses.append((now, cost, cost))
    for first, *_ in uses:
        assert sum(cost for moment, cost, _ in uses if first <= moment < first + window) <= limit


def test_the_wait_is_until_enough_has_come_free():
    for second in (0, 1, 2):
        assert take("k", limit=4, per_s=10, now=at(second)) == 0.0
    assert take("k", limit=4, per_s=10, cost=2, now=at(3)) == 7.0
    assert take("k", limit=4, per_s=10, cost=4, now=at(3)) == 9.0
    assert take("k", limit=4, per_s=10, now=at(3)) == 0.0
    assert take("k", limit=4, per_s=10, cost=2, now=at(9.5)) == 1.5
    assert take("k", limit=4, per_s=10, cost=2, now=at(11)) == 0.0


def test_between_two_takes_lies_the_gap():
    assert take("k", limit=100, per_s=60, gap_s=0.5, now=at(0)) == 0.0
    assert take("k", limit=100, per_s=60, gap_s=0.5, now=at(0.25)) == 0.25
    assert take("k", limit=100, per_s=60, gap_s=0.5, now=at(0.5)) == 0.0


def test_keys_do_not_know_each_other():
    assert take("a", limit=1, per_s=60, now=NOON) == 0.0
    assert take("b", limit=1, per_s=60, now=NOON) == 0.0
    assert take("a", limit=1, per_s=60, now=NOON) == 60.0


def test_the_log_of_uses_stays_short():
    for second in range(0, 200, 10):
        take("k", limit=2, per_s=15, now=at(second))
    assert BudgetUse.objects.count() <= 2
    assert forget_ended_uses(now=at(1000)) == BudgetUse.objects.count() + 2


def test_a_clock_that_was_wrong_closes_a_budget_for_one_window_only():
    year = timedelta(days=365)
    assert take("k", limit=1, per_s=60, gap_s=5, now=NOON + year) == 0.0
    assert take("k", limit=1, per_s=60, gap_s=5, now=NOON) == 60.0
    assert take("k", limit=1, per_s=60, gap_s=5, now=at(59)) == 1.0
    assert take("k", limit=1, per_s=60, gap_s=5, now=at(60)) == 0.0


def test_a_clock_that_steps_back_gives_nothing_twice():
    assert take("k", limit=1, per_s=60, now=at(30)) == 0.0
    assert take("k", limit=1, per_s=60, now=at(0)) == 60.0


@pytest.mark.django_db(transaction=True)
def test_a_use_is_never_rolled_back_with_somebody_elses_transaction():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        take("k", limit=1, per_s=60)
    assert left_of("k") is None
    assert take("k", limit=1, per_s=60) == 0.0


def left_of(key):
    row = RateBudget.objects.filter(key=key).first()
    return row and budgets_shown([row])[0].left


def test_more_than_there_ever_is_is_refused():
    with pytest.raises(BudgetTooSmall):
        take("k", limit=3, per_s=60, cost=4)
    for numbers in ({"limit": 0, "per_s": 1}, {"limit": 1, "per_s": 0}):
        with pytest.raises(ValueError, match="never be used"):
            take("k", **numbers)


# --- Given back, corrected ------------------------------------------------------------------------


def test_what_was_not_used_is_given_back_by_who_took_it():
    take("k", limit=3, per_s=60, by="ada", cost=2, now=at(0))
    take("k", limit=3, per_s=60, by="ben", now=at(10))
    assert refund("k", by="cleo", now=at(11)) == 0
    assert refund("k", by="ada", now=at(11)) == 1
    assert left("k", now=at(11)) == 1
    assert refund("k", by="ada", cost=5, now=at(11)) == 1
    assert left("k", now=at(11)) == 2
    assert refund("k", by="ben", now=at(71)) == 0
    assert refund("nobody knows this one") == 0


def test_the_job_in_hand_takes_and_gives_back(job_type_of):
    def handler(job):
        take("k", limit=3, per_s=60)
        take("k", limit=3, per_s=60)
        return Done({"given": refund("k")})

    job_type_of(handler)
    take("k", limit=3, per_s=60, by="")
    job = run_job(enqueue("test_note", Note()).pk)
    assert job.result == {"given": 1}
    assert sorted(BudgetUse.objects.values_list("by", flat=True)) == ["", str(job.pk)]


def test_what_the_platform_says_of_others_counts_until_it_resets():
    take("k", limit=10, per_s=60, now=at(0))
    correct("k", used=10, resets_at=at(30), now=at(1))
    assert left("k", now=at(1)) == 0
    assert take("k", limit=10, per_s=60, now=at(1)) == 29.0
    assert left("k", now=at(30)) == 9


def test_the_newest_word_replaces_the_one_before_but_never_our_own_uses():
    for _ in range(4):
        take("k", limit=10, per_s=60, now=at(0))
    correct("k", left=1, now=at(1))
    assert left("k", now=at(1)) == 1
    correct("k", left=3, now=at(2))
    assert left("k", now=at(2)) == 3
    correct("k", used=0, now=at(3))
    assert left("k", now=at(3)) == 6
    correct("k", used=9, resets_at=at(2), now=at(3))
    assert left("k", now=at(3)) == 6
    for wrong in ({}, {"used": 1, "left": 1}):
        with pytest.raises(ValueError, match="either"):
            correct("k", **wrong)


@pytest.mark.django_db(transaction=True)
def test_corrections_and_takes_of_many_processes_leave_one_word_and_no_excess():
    take("k", limit=20, per_s=3600)

    def use(number):
        got = 0
        for step in range(25):
            got += not take("k", limit=20, per_s=3600)
            if step % 5 == number:
                correct("k", used=5)
        return got

    assert sum(in_processes(use)) == 19
    assert BudgetUse.objects.filter(told=True).count() <= 1


# --- Declared -------------------------------------------------------------------------------------


@pytest.fixture
def declared(monkeypatch, settings):
    monkeypatch.setattr("jobs.budgets.BUDGETS", {})
    settings.JOB_BUDGETS = {}
    from jobs import budgets

    return budgets.BUDGETS


def test_the_closest_declaration_counts_and_settings_go_first(declared, settings):
    budget("tiktok:*", limit=6, per_s=60)
    budget("tiktok:*:publish", limit=15, per_s=86_400, gap_s=1)
    assert budget_of("tiktok:7:read") == Budget(6, 60)
    assert budget_of("tiktok:7:publish") == Budget(15, 86_400, 1)
    settings.JOB_BUDGETS = {
        "tiktok:*:publish": {"limit": 2, "per_s": 60},
        "tiktok:7:publish": {"limit": 1, "per_s": 9},
    }
    assert budget_of("tiktok:8:publish") == Budget(2, 60)
    assert budget_of("tiktok:7:publish") == Budget(1, 9)
    with pytest.raises(UnknownBudget):
        budget_of("youtube:1")
    with pytest.raises(UnknownBudget):
        left("youtube:1")
    assert left("tiktok:9:publish") == 2
    with pytest.raises(ValueError, match="declared twice"):
        budget("tiktok:*", limit=6, per_s=60)


def test_numbers_that_make_no_budget_are_found_at_the_start(settings):
    assert every_budget_can_be_used() == []
    for wrong in ({"limit": 0, "per_s": 1}, {"limit": 1}, {"limit": 1, "per_s": "an hour"}, 7):
        settings.JOB_BUDGETS = {"x": wrong}
        (error,) = every_budget_can_be_used()
        assert (error.id, "JOB_BUDGETS" in error.msg) == ("jobs.E002", True)


def test_a_handler_snoozes_until_its_budget_is_free(declared, job_type_of):
    budget("api:*", limit=1, per_s=3600)
    job_type_of(lambda job: wait_for("api:1") or Done({"called": True}))
    first, second = (run_job(enqueue("test_note", Note()).pk) for _ in range(2))
    assert first.result == {"called": True}
    assert second.attempt == 0
    assert second.attempts.get().outcome == "snoozed"
    assert "The budget api:1 is used up" in second.attempts.get().error
    assert second.run_at > first.ended_at + timedelta(minutes=59)


# --- Seen -----------------------------------------------------------------------------------------


def test_how_budgets_stand_costs_two_queries_for_all(django_assert_max_num_queries):
    for number in range(5):
        for _ in range(number):
            take(f"k{number}", limit=3, per_s=60, gap_s=2, now=at(number))
    correct("k1", used=5, resets_at=at(50), now=at(1))
    with django_assert_max_num_queries(4):
        shown = {each.key: each for each in budgets_shown(RateBudget.objects.all(), now=at(3))}
    assert (shown["k1"].used, shown["k1"].left, shown["k1"].wait_s) == (5, 0, 47.0)
    assert shown["k1"].next_free_at == at(50)
    assert (shown["k2"].used, shown["k2"].left, shown["k2"].wait_s) == (1, 2, 1.0)
    assert "k0" not in shown


def test_the_admin_and_the_api_show_them(client):
    take("instagram:7:publish", limit=1, per_s=3600)
    take("instagram:8:publish", limit=9, per_s=3600)
    client.force_login(make_user("ada"))
    page = client.get("/admin/jobs/ratebudget/").content.decode()
    assert "1 of 1" in page
    assert "1 of 9" in page
    row = RateBudget.objects.first()
    assert "3600 s" in client.get(f"/admin/jobs/ratebudget/{row.pk}/change/").content.decode()

    api = APIClient()
    assert api.get("/jobs/budgets").status_code == 401
    api.force_authenticate(make_user("cleo"))
    found = {each["key"]: each for each in api.get("/jobs/budgets").json()["results"]}
    full, free = found["instagram:7:publish"], found["instagram:8:publish"]
    assert (full["used"], full["left"], free["left"]) == (1, 0, 8)
    assert 0 < full["wait_s"] <= 3600
    assert (free["wait_s"], free["next_free_at"]) == (0.0, None)
    assert "instagram:*" not in BUDGETS
