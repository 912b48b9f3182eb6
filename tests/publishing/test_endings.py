"""Idle tokens are renewed before they end, and people are warned 14, 7 and 1 days before, once each."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import enqueue
from ledger.models import LedgerEvent
from publishing.lifetimes import accounts_to_renew, connection_end, days_left, something_ends
from publishing.models import ACCOUNT, SocialAccount
from publishing.payloads import RenewTokens
from publishing.services.accounts import begin_connect, check_account, finish_connect
from publishing.services.endings import renew_idle_tokens, warn_of_endings
from stakazo.alerts.facts import gather_facts
from stakazo.alerts.rules import RULES
from tests.factories import make_account, make_user
from tests.publishing.road import simulated_account
from tests.publishing.test_accounts import way_back

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def change(account, **values):
    SocialAccount.objects.filter(pk=account.pk).update(**values)
    account.refresh_from_db()
    return account


def warned_at():
    events = LedgerEvent.objects.filter(event_type="account_token_ending").order_by("id")
    return [event.metadata["days"] for event in events]


# --- Which ---


@pytest.mark.parametrize(
    ("platform", "sealed", "times", "due"),
    [
        ("instagram", "", {"token_expires_at": 16 * DAY}, False),
        ("instagram", "", {"token_expires_at": 15 * DAY}, True),
        ("tiktok", "x", {"token_expires_at": -DAY, "refresh_expires_at": 31 * DAY}, False),
        ("tiktok", "x", {"token_expires_at": DAY, "refresh_expires_at": 30 * DAY}, True),
        ("youtube", "x", {"renewed_at": -149 * DAY}, False),
        ("youtube", "x", {"renewed_at": -150 * DAY}, True),
        ("youtube", "x", {"created_at": -151 * DAY}, True),
        ("youtube", "x", {"token_expires_at": -3 * DAY, "renewed_at": -DAY}, False),
        ("youtube", "", {}, False),
    ],
)
def test_a_connection_is_renewed_within_its_platforms_margin(platform, sealed, times, due):
    now = timezone.now()
    moments = {name: now + distance for name, distance in times.items()}
    account = make_account(platform, refresh_token_sealed=sealed, **moments)
    assert list(accounts_to_renew(now)) == ([account] if due else [])
    assert something_ends(now=now) is due
    ACCOUNT.move(account, "expired")
    assert list(accounts_to_renew(now)) == []


def test_the_end_of_a_connection_is_the_first_of_its_ends():
    now = timezone.now()
    account = make_account(
        "youtube",
        refresh_token_sealed="x",
        token_expires_at=now,
        renewed_at=now,
        refresh_expires_at=now + 7 * DAY,
    )
    assert connection_end(account) == now + 7 * DAY
    assert connection_end(change(account, refresh_expires_at=None)) == now + 180 * DAY
    assert connection_end(change(account, refresh_token_sealed="")) == now
    ACCOUNT.move(account, "disconnected")
    assert connection_end(account) is None


# --- Renewing ---


def test_idle_tokens_of_all_three_platforms_are_renewed_and_work(simulator):
    now = timezone.now()
    accounts = [simulated_account(simulator, name) for name in ("instagram", "tiktok", "youtube")]
    change(accounts[0], token_expires_at=now + 10 * DAY)
    change(accounts[1], refresh_expires_at=now + 10 * DAY)
    change(accounts[2], renewed_at=now - 170 * DAY)
    simulator.advance(86_401)
    counts = renew_idle_tokens()
    assert counts == {"renewed": 3, "busy": 0, "refused": 0, "failed": 0, "warned": 0}
    assert not something_ends()
    for account in accounts:
        check_account(account)
    assert renew_idle_tokens()["renewed"] == 0


def test_one_that_fails_does_not_stop_the_others_and_people_are_warned_of_it(simulator):
    now = timezone.now()
    first = change(simulated_account(simulator, "tiktok"), refresh_expires_at=now + 5 * DAY)
    second = change(simulated_account(simulator, "youtube"), renewed_at=now - 179 * DAY)
    simulator.inject("tiktok.token", "error_before", status=503, count=99)
    counts = renew_idle_tokens()
    assert (counts["renewed"], counts["failed"], counts["warned"]) == (1, 1, 1)
    assert days_left(change(first)) == 4
    assert days_left(change(second)) is None
    assert first.status == "connected"


def test_one_that_the_platform_refuses_is_marked_and_not_warned_of(simulator):
    account = simulated_account(simulator, "tiktok")
    change(account, refresh_expires_at=timezone.now() + DAY / 2)
    simulator.reset()
    counts = renew_idle_tokens()
    assert (counts["refused"], counts["warned"]) == (1, 0)
    assert change(account).status == "expired"


def test_the_job_comes_back_while_somebody_else_renews(simulator):
    account = simulated_account(simulator, "youtube")
    change(
        account,
        renewed_at=timezone.now() - 160 * DAY,
        refreshing_until=timezone.now() + timedelta(minutes=3),
    )
    job = enqueue("renew_tokens", RenewTokens())
    assert run_job(job.pk).status != "completed"
    change(account, refreshing_until=timezone.now())
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
    job = run_job(job.pk)
    assert (job.status, job.result["renewed"]) == ("completed", 1)


# --- Warning ---


def test_people_are_warned_at_fourteen_seven_and_one_days_once_each():
    end = timezone.now() + 60 * DAY
    make_account("instagram", token_expires_at=end)
    for left in (60, 15, 14, 13.9, 8, 7, 3, 1, 0.5, 0, -1):
        with time_machine.travel(end - left * DAY, tick=False):
            warn_of_endings()
            warn_of_endings()
    assert warned_at() == [14, 7, 1]


def test_who_was_not_looked_at_for_long_is_warned_once_of_the_nearest():
    make_account("instagram", token_expires_at=timezone.now() + 6 * DAY)
    assert (warn_of_endings(), warn_of_endings()) == (1, 0)
    assert warned_at() == [7]


def test_connecting_again_begins_anew(simulator):
    def connected():
        consent = begin_connect("tiktok", session_secret="mine")
        state, code = way_back(consent)
        return finish_connect("tiktok", state=state, code=code, session_secret="mine")

    account = connected()
    change(account, refresh_expires_at=timezone.now() + 6 * DAY)
    warn_of_endings()
    assert change(account).warned_days == 7
    assert connected().pk == account.pk
    assert change(account).warned_days is None
    assert warn_of_endings() == 0
    change(account, refresh_expires_at=timezone.now() + 6 * DAY)
    assert warn_of_endings() == 1
    assert warned_at() == [7, 7]


def test_doors_show_when_a_connection_ends(client):
    now = timezone.now()
    ending = make_account("instagram", token_expires_at=now + 6.5 * DAY)
    make_account("instagram", token_expires_at=now + 40 * DAY)
    last = make_account("instagram", token_expires_at=now + DAY / 2)
    client.force_login(make_user("ada"))
    page = client.get("/admin/publishing/socialaccount/").content.decode()
    assert page.count("ends in 6 days: connect again") == 1
    assert page.count("ends today: connect again") == 1
    assert page.count("renews itself") == 1
    page = client.get(f"/admin/publishing/socialaccount/{ending.pk}/change/").content.decode()
    assert "ends in 6 days: connect again" in page
    api = APIClient()
    api.force_login(make_user("ben"))
    answer = api.get(f"/publishing/accounts/{last.pk}")
    assert answer.json()["connection_ends_at"] == answer.json()["token_expires_at"]


def test_an_alert_stays_open_until_it_is_connected_again():
    account = make_account("instagram", token_expires_at=timezone.now() + 6 * DAY)
    warn_of_endings()
    [alert] = RULES["account_ending"](gather_facts())
    assert (alert.entity_id, alert.severity) == (str(account.pk), "WARN")
    change(account, warned_days=1)
    [alert] = RULES["account_ending"](gather_facts())
    assert alert.severity == "ERROR"
    change(account, warned_days=None)
    assert list(RULES["account_ending"](gather_facts())) == []
