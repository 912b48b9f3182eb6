"""No call beyond a budget, no two posts of an account too close, no wait that costs a try."""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone

from jobs.budgets import left
from jobs.models import BudgetUse, Job, JobAttempt
from publishing import budgets, queries
from publishing.errors import OverBudget, PlatformLimit
from publishing.models import Publication, PublishLog
from publishing.platforms.usage import usage_in
from publishing.services.metering import AccountMeter
from publishing.services.metrics import collect_metrics
from publishing.services.publications import create_publication
from tests.factories import make_account
from tests.past_the_ledger import overwrite
from tests.publishing.road import (
    drive,
    real_variant,
    run_once,
    simulated_account,
    wanted,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests move; budgets and the simulator live by it too."""
    monkeypatch.setattr("jobs.budgets._now", timezone.now)
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def limits(settings):
    """limits(account, name, limit, per_s): a budget of its own for this account."""

    def set_limit(account, name, limit, per_s):
        key = budgets.key_of(account, "account", name)
        settings.JOB_BUDGETS = {**settings.JOB_BUDGETS, key: {"limit": limit, "per_s": per_s}}
        return key

    return set_limit


def backlog(simulator, platform, path, number):
    """So many posts of one account, all due now."""
    account, variant = simulated_account(simulator, platform), real_variant(path)
    return [
        create_publication(variant, account, title=f"Harbour {n}", caption=f"Harbour {n} is out")
        for n in range(number)
    ]


def run_all(publications, clock, *, rounds, step_s):
    """What workers would do: each job at its time."""
    for _ in range(rounds):
        due = Job.objects.filter(status__in=Job.WAITING, run_at__lte=timezone.now())
        if not Job.objects.filter(status__in=Job.LIVE, job_type="publish_clip").exists():
            break
        keys = set(due.values_list("dedup_key", flat=True))
        for publication in publications:
            if queries.job_key(publication.pk) in keys:
                run_once(publication)
        clock.shift(step_s)
    return [Publication.objects.get(pk=publication.pk) for publication in publications]


def statuses(publications):
    return {publication.status for publication in publications}


# --- The gap --------------------------------------------------------------------------------------


def test_a_backlog_of_one_account_goes_out_one_by_one_in_its_order(
    simulator, clock, small_video, settings
):
    settings.PUBLISH_GAP_S = 60
    publications = backlog(simulator, "youtube", small_video, 6)
    ended = run_all(publications, clock, rounds=120, step_s=5)
    assert statuses(ended) == {"published"}
    posts = simulator.posts()
    times = sorted(post["committed_at"] for post in posts)
    assert all(later - former >= 60 for former, later in pairwise(times))
    assert times[-1] - times[0] <= 6 * 75
    assert [post["title"] for post in posts] == [each.title for each in publications]
    # Each wakes for its own turn: at most a start, a look or two, and the end.
    assert JobAttempt.objects.count() <= 6 * 5


def test_a_post_that_was_delayed_does_not_go_out_beside_the_next(
    simulator, clock, small_video, settings
):
    settings.PUBLISH_GAP_S = 60
    publications = backlog(simulator, "youtube", small_video, 2)
    simulator.inject("youtube.session", "error_before", count=3)  # one try: again in a minute
    ended = run_all(publications, clock, rounds=60, step_s=5)
    assert statuses(ended) == {"published"}
    first, second = sorted(post["committed_at"] for post in simulator.posts())
    assert second - first >= 60


def test_accounts_do_not_wait_for_each_other(simulator, clock, small_video, settings):
    settings.PUBLISH_GAP_S = 3600
    first = wanted(simulator, "youtube", small_video)
    second = create_publication(
        first.clip_variant,
        simulated_account(simulator, "youtube", handle="another"),
        title="Harbour lights",
        caption="Out now",
    )
    run_once(first)
    run_once(second)
    assert len(simulator.posts()) == 2


def test_what_waits_for_its_turn_can_still_be_cancelled_and_says_why_it_waits(
    simulator, clock, small_video, settings
):
    settings.PUBLISH_GAP_S = 600
    first, second = backlog(simulator, "youtube", small_video, 2)
    run_once(first)
    run_once(second)
    second.refresh_from_db()
    assert second.status == "scheduled"
    assert any("may go out in" in words for words in queries.evidence_of(second).known)


# --- Budgets --------------------------------------------------------------------------------------


def test_no_call_is_made_that_the_platform_would_refuse(simulator, clock, small_video, limits):
    simulator.set(tiktok__init_per_minute=6)
    publications = backlog(simulator, "tiktok", small_video, 10)
    limits(publications[0].social_account, "init", 6, 60)
    ended = run_all(publications, clock, rounds=60, step_s=10)
    assert statuses(ended) == {"published"}
    assert len(simulator.posts()) == 10
    said = set(JobAttempt.objects.values_list("error", flat=True))
    assert any("Our budget of this account" in words for words in said)
    assert not any("TikTok's limit" in words for words in said)


def test_a_call_takes_all_its_budgets_or_none(limits):
    account = make_account()
    calls = limits(account, "calls", 10, 60)
    containers = limits(account, "containers", 1, 60)
    meter = AccountMeter(account)
    meter.take({"calls": 1, "containers": 1})
    with pytest.raises(OverBudget) as refused:
        meter.take({"calls": 1, "containers": 1})
    assert (left(calls), left(containers)) == (9, 0)
    assert 0 < refused.value.retry_after_s <= 60
    assert refused.value.kind == "wait_until"


def test_of_a_wide_budget_some_is_taken_ahead_and_the_rest_given_back():
    account = make_account()
    key = budgets.key_of(account, "account", "calls")
    meter, before = AccountMeter(account), left(key)
    for _ in range(14):
        meter.take({"calls": 1})
    assert BudgetUse.objects.filter(budget__key=key).count() == 2
    meter.close()
    assert left(key) == before - 14


def test_what_the_platform_refuses_closes_the_budget_for_everybody(simulator, clock, small_video):
    first, second = backlog(simulator, "tiktok", small_video, 2)
    simulator.inject("tiktok.init", "rate_limited")
    run_once(first)
    assert left(budgets.key_of(first.social_account, "account", "init")) == 0
    simulator.inject("tiktok.init", "error_before", count=9)  # would tell of a call
    run_once(second)
    log = PublishLog.objects.get(publication=second)
    assert (log.error_code, log.error_kind) == ("publishing.over-budget", "wait_until")
    simulator.reset_faults()
    ended = run_all([first, second], clock, rounds=20, step_s=30)
    assert statuses(ended) == {"published"}


def test_usage_headers_correct_the_budget(simulator, clock, small_video):
    publication = wanted(simulator, "instagram", small_video)
    simulator.inject("instagram.container", "rate_limited")  # 100 percent, free in 7 minutes
    run_once(publication)
    key = budgets.key_of(publication.social_account, "account", "calls")
    assert left(key) == 0
    clock.shift(7 * 60 + 5)
    assert left(key) > 0
    drive(publication, clock)
    assert publication.status == "published"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, []),
        ({"x-app-usage": '{"call_count": 12, "total_time": 80}'}, [("app", 80, 0)]),
        (
            {
                "x-business-use-case-usage": '{"1": [{"type": "instagram", "call_count": 100, '
                '"estimated_time_to_regain_access": 7}]}'
            },
            [("account", 100, 420)],
        ),
        ({"x-app-usage": "no json", "x-business-use-case-usage": '{"1": 5}'}, []),
        ({"x-app-usage": '{"call_count": "many", "total_time": -5}'}, [("app", 0, 0)]),
        ({"x-app-usage": "[" * 5000}, []),
    ],
)
def test_headers_are_read_as_far_as_they_make_sense(headers, found):
    assert [(each.scope, each.percent, each.regain_s) for each in usage_in(headers)] == found


def test_the_daily_number_is_the_one_that_instagram_tells(simulator, clock, small_video):
    simulator.set(instagram__quota_total=2)
    publications = backlog(simulator, "instagram", small_video, 3)
    run_all(publications, clock, rounds=8, step_s=20)
    third = Publication.objects.get(pk=publications[2].pk)
    assert third.social_account.limits_told == {"posts": 2}
    assert third.status == "scheduled"  # not even begun
    assert len(simulator.posts()) == 2
    waits_until = queries.live_job_of(third).run_at
    clock.shift((waits_until - timezone.now()).total_seconds() + 1)
    run_all([third], clock, rounds=10, step_s=20)
    assert len(simulator.posts()) == 3


def test_a_turn_whose_post_was_refused_is_given_back(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video)
    simulator.inject("tiktok.commit", "rate_limited")
    run_once(publication)
    assert simulator.posts() == []
    assert not BudgetUse.objects.filter(budget__key__contains=":account:posts:").exists()


# --- Waiting --------------------------------------------------------------------------------------


def test_a_limit_costs_no_try_however_long_it_lasts(simulator, clock, small_video):
    simulator.set(tiktok__daily_cap=0)
    publication = wanted(simulator, "tiktok", small_video)
    drive(publication, clock, rounds=20, step_s=3600)
    assert publication.status == "publishing"
    log = PublishLog.objects.get(publication=publication)
    assert (log.error_kind, log.error_code) == ("wait_until", "publishing.platform-limit")
    assert "by itself" in log.remedy
    simulator.set(tiktok__daily_cap=15)
    drive(publication, clock, rounds=5, step_s=3700)
    assert publication.status == "published"
    assert len(simulator.posts()) == 1


def test_a_limit_that_does_not_end_in_days_fails_with_its_reason(simulator, clock, small_video):
    simulator.set(tiktok__daily_cap=0)
    publication = wanted(simulator, "tiktok", small_video)
    drive(publication, clock, rounds=20, step_s=6 * 3600)
    assert publication.status == "failed"
    assert "Waited for 3 days" in publication.error


def test_a_token_that_ends_at_the_last_try_does_not_cost_the_account(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video)
    simulator.inject("tiktok.init", "expired_token")
    overwrite(Job.objects.filter(pk=queries.live_job_of(publication).pk), attempt=7)
    drive(publication, clock)
    publication.social_account.refresh_from_db()
    assert publication.social_account.status == "connected"
    assert publication.status == "published"


def test_a_token_that_is_refused_however_new_costs_the_account(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video)
    simulator.inject("tiktok.init", "expired_token", count=50)
    drive(publication, clock)
    publication.social_account.refresh_from_db()
    assert publication.social_account.status == "expired"
    assert publication.status == "failed"
    assert "Connect the account again" in PublishLog.objects.get(publication=publication).remedy


def test_numbers_are_not_asked_for_with_what_is_left_for_posts(
    simulator, clock, small_video, limits
):
    publication = wanted(simulator, "instagram", small_video)
    drive(publication, clock)
    key = limits(publication.social_account, "calls", 100, 86_400)
    AccountMeter(publication.social_account).take({"calls": 1})
    meter = AccountMeter(publication.social_account, keep=0.2)
    while left(key) > 20:
        meter.take({"calls": 1})
    assert collect_metrics() == {"posts": 1, "kept": 0, "failed": 1}
    AccountMeter(publication.social_account).take({"calls": 20})
    with pytest.raises(PlatformLimit):
        AccountMeter(publication.social_account).take({"calls": 1})


def test_the_evidence_says_what_to_do(simulator, clock, small_video):
    simulator.inject("youtube.processing", "rejected", reason="rejected:copyright")
    publication = drive(wanted(simulator, "youtube", small_video), clock)
    assert publication.status == "failed"
    (attempt,) = PublishLog.objects.filter(publication=publication)
    assert attempt.error_kind == "policy"
    known = " ".join(queries.evidence_of(publication).known)
    assert "What to do: Look at the video in YouTube Studio" in known


def test_a_snooze_is_told_with_its_time(simulator, clock, small_video):
    later = timezone.now() + timedelta(hours=2)
    publication = wanted(simulator, "youtube", small_video, scheduled_at=later)
    known = queries.evidence_of(publication).known
    assert any(f"until {later:%Y-%m-%d %H:%M}" in words for words in known)
