"""After too many failures in a row an account's posts wait, and one tries."""

import json
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from jobs.drawing import mermaid_of
from ledger.machine import IllegalMove
from ledger.registry import AUDITED
from publishing import queries
from publishing.errors import (
    AgainstPolicy,
    FailureKind,
    OutcomeUnknown,
    OverBudget,
    PlatformBusy,
    PlatformLimit,
    RefusedContent,
)
from publishing.models import HOLD, AccountHold, Publication
from publishing.services import holds
from publishing.services.accounts import (
    begin_connect,
    connect_simulator_accounts,
    finish_connect,
)
from publishing.services.metering import AccountMeter
from publishing.services.publications import create_publication
from publishing.services.releasing import release_account
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_user
from tests.publishing.road import drive, run_once, simulated_account, wanted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    """A clock that tests move; the simulator lives by it too."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


def fail(account, error=PlatformBusy, *, times=1, **details):
    for _ in range(times):
        holds.went_wrong(account, error("It broke.", platform=account.platform, **details))


def test_five_failures_in_a_row_hold_the_account_and_its_other_posts_wait(
    simulator, clock, small_video
):
    publication = wanted(simulator, "youtube", small_video)
    simulator.inject("youtube.session", "error_before", count=15)  # three calls each try
    while queries.hold_of(publication.social_account) is None:
        run_once(publication)
        clock.shift(61)
    hold = queries.hold_of(publication.social_account)
    assert hold.why == "YouTube has a problem of its own."
    other = create_publication(
        publication.clip_variant, publication.social_account, title="Another", caption="Another"
    )
    run_once(other)
    other.refresh_from_db()
    assert other.status == "scheduled"
    assert any("is held" in words for words in queries.evidence_of(other).known)
    drive(publication, clock)
    drive(other, clock)
    assert [publication.status, other.status] == ["published", "published"]
    assert len(simulator.posts()) == 2
    hold.refresh_from_db()
    assert hold.status == "over"
    assert event_types_of(hold) == ["account_held", "account_hold_tried", "account_hold_ended"]


def test_what_works_in_between_begins_the_count_anew():
    account = make_account()
    fail(account, times=4)
    holds.went_well(account)
    fail(account, times=4)
    assert queries.hold_of(account) is None
    fail(account)
    assert queries.hold_of(account) is not None


@pytest.mark.parametrize(
    ("error", "details", "counts"),
    [
        (PlatformBusy, {}, True),
        (OutcomeUnknown, {}, True),
        (PlatformLimit, {}, False),
        (OverBudget, {}, False),
        (RefusedContent, {}, False),
        (AgainstPolicy, {}, False),
    ],
)
def test_the_posts_own_faults_and_known_limits_do_not_count(error, details, counts):
    account = make_account()
    fail(account, error, times=9, **details)
    assert (queries.hold_of(account) is not None) is counts


@pytest.mark.parametrize("error", [AgainstPolicy, PlatformLimit, OutcomeUnknown])
def test_what_the_platform_has_against_the_account_holds_it_at_once(error):
    account = make_account()
    fail(account, error, about_account=True)
    hold = queries.hold_of(account)
    assert hold.by_platform
    assert hold.retry_at - timezone.now() > timedelta(hours=5)
    holds.went_well(account)  # an older post came through: no proof that new ones will
    assert queries.hold_of(account) is not None


def test_only_one_post_tries_and_each_failure_makes_the_wait_longer(clock):
    account = make_account()
    first, second = make_publication(account=account), make_publication(account=account)
    fail(account, times=5)
    waits = []
    for _ in range(6):
        hold = queries.hold_of(account)
        waits.append(round((hold.retry_at - timezone.now()).total_seconds() / 60))
        assert holds.wait_while_held(first) > 0
        clock.shift(hold.retry_at - timezone.now() + timedelta(seconds=1))
        assert holds.wait_while_held(first) == 0.0
        assert holds.wait_while_held(first) == 0.0  # its job may be run again
        assert 0 < holds.wait_while_held(second) <= 60
        fail(account)
    assert waits == [5, 10, 20, 40, 60, 60]
    assert AccountHold.objects.count() == 1


def test_a_post_that_tries_and_never_answers_gives_way_to_another(clock):
    account = make_account()
    first, second = make_publication(account=account), make_publication(account=account)
    fail(account, times=5)
    clock.shift(timedelta(minutes=6))
    assert holds.wait_while_held(first) == 0.0
    clock.shift(timedelta(minutes=31))
    assert holds.wait_while_held(second) == 0.0
    assert holds.wait_while_held(first) > 0


def test_many_that_come_at_once_have_one_that_tries(clock):
    account = make_account()
    posts = [make_publication(account=account) for _ in range(6)]
    fail(account, times=5)
    clock.shift(timedelta(minutes=6))
    gate, waits = threading.Barrier(len(posts)), []

    def ask(post):
        try:
            gate.wait(20)
            waits.append(holds.wait_while_held(Publication.objects.get(pk=post.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(post,)) for post in posts]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert sorted(waits)[:2] == [0.0, sorted(waits)[1]]
    assert sum(wait == 0.0 for wait in waits) == 1
    assert len(waits) == len(posts)


def test_a_person_may_end_it_and_what_waits_wakes_up(simulator, clock, small_video):
    publication = wanted(simulator, "youtube", small_video)
    fail(publication.social_account, times=5)
    run_once(publication)
    assert queries.live_job_of(publication).run_at > timezone.now() + timedelta(minutes=4)
    assert release_account(publication.social_account, why="looked") == 1
    assert queries.live_job_of(publication).run_at <= timezone.now()
    run_once(publication)
    assert len(simulator.posts()) == 1
    with pytest.raises(IllegalMove):
        release_account(publication.social_account)


def test_failures_of_one_account_do_not_hold_another(simulator):
    first = simulated_account(simulator, "youtube")
    second = simulated_account(simulator, "youtube", handle="another")
    fail(first, times=5)
    assert queries.hold_of(second) is None


# --- The doors ------------------------------------------------------------------------------------


@pytest.fixture
def api(client):
    client.force_login(make_user("ada"))
    return client


def test_the_api_shows_a_hold_with_what_waits_and_ends_it(api):
    account = make_account("youtube")
    make_publication(account=account)
    fail(account, times=5)
    with closing(AccountMeter(account)) as meter:
        meter.take({"units": 3})
    shown = api.get(f"/publishing/accounts/{account.pk}").json()
    assert shown["hold"]["status"] == "held"
    assert (shown["hold"]["why"], shown["waiting"]) == ("It broke.", 1)
    assert [(each["scope"], each["name"], each["used"]) for each in shown["budgets"]] == [
        ("app", "units", 3)
    ]
    ended = api.post(
        f"/publishing/accounts/{account.pk}/release", {"why": "looked"}, "application/json"
    )
    assert (ended.status_code, ended.json()["hold"]) == (200, None)
    again = api.post(f"/publishing/accounts/{account.pk}/release", {}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "ledger.illegal-move")


def test_who_may_only_look_may_not_end_a_hold(client):
    client.force_login(make_user("cleo"))
    account = make_account()
    fail(account, times=5)
    assert (
        client.post(
            f"/publishing/accounts/{account.pk}/release", {}, "application/json"
        ).status_code
        == 403
    )
    assert client.get(f"/publishing/accounts/{account.pk}").status_code == 200
    assert queries.hold_of(account) is not None


@pytest.mark.parametrize("model", ["socialaccount", "accounthold"])
def test_an_operator_ends_it_in_the_admin(api, model):
    account = make_account()
    fail(account, times=5)
    page = api.get(f"/admin/publishing/socialaccount/{account.pk}/change/").text
    assert "It broke. What to do: Nothing: it is tried again by itself." in page
    row = account if model == "socialaccount" else queries.hold_of(account)
    answer = api.post(
        f"/admin/publishing/{model}/",
        {"action": "let_post_again", "_selected_action": [str(row.pk)]},
        follow=True,
    )
    assert "1 let go." in answer.text
    assert queries.hold_of(account) is None


def test_the_command_shows_and_ends_it_and_a_dry_run_does_not(capsys):
    account = make_account(handle="ada")
    fail(account, times=5)
    call_command("account_limits", "--json")
    (row,) = json.loads(capsys.readouterr().out)["accounts"]
    assert (row["hold"]["why"], row["waiting"], row["next_post_in_s"]) == ("It broke.", 0, 0)
    call_command("account_limits")
    assert "held until" in capsys.readouterr().out
    call_command("account_limits", "--release", str(account.pk), "--dry-run")
    assert queries.hold_of(account) is not None
    call_command("account_limits", "--release", str(account.pk))
    assert queries.hold_of(account) is None
    with pytest.raises(SystemExit) as refused:
        call_command("account_limits", "--release", str(account.pk))
    assert refused.value.code == 2


def test_connecting_again_ends_the_hold(simulator):
    (account, *_) = connect_simulator_accounts()
    fail(account, times=5)
    session = "s" * 20
    consent = begin_connect(account.platform, session_secret=session)
    back = parse_qs(urlsplit(httpx.get(consent.authorize_url).headers["location"]).query)
    finish_connect(
        account.platform, state=back["state"][0], code=back["code"][0], session_secret=session
    )
    assert queries.hold_of(account) is None


def test_the_docs_draw_the_states_of_a_hold_as_they_are():
    docs = (Path(settings.BASE_DIR) / "docs" / "publishing.md").read_text()
    assert mermaid_of(HOLD, start="held") in docs
    for state, sentence in HOLD.sentences.items():
        assert f"| `{state}` | {sentence} |" in docs
    audited = AUDITED[AccountHold]
    assert [name for name in {audited.created, *audited.moved.values()} if name not in docs] == []
    for kind in FailureKind:
        assert f"| `{kind}` |" in docs
