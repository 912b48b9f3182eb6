"""Tokens stay fresh by one call of the provider, counted by the simulator, and none is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ledger.models import LedgerEvent
from publishing import vault
from publishing.errors import AppRefused, BeingRenewed, NeedsReconnect, PlatformProblem
from publishing.models import PublishLog, SocialAccount
from publishing.platforms.base import Tokens
from publishing.services import renewing
from publishing.services.accounts import check_account, disconnect_account
from publishing.services.renewing import (
    expire_account,
    good_access_token,
    refresh_account,
    renew_or_expire,
)
from publishing.simulator.credentials import SIMULATED_APPS
from stakazo.alerts.facts import gather_facts
from stakazo.alerts.rules import RULES
from tests.events import event_types_of
from tests.factories import make_account
from tests.jobs.crowds import PROCESSES, in_processes
from tests.publishing.road import drive, simulated_account, wanted

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 10
CALLS = 1000


def ending(account):
    """The account, its token about to end."""
    end = timezone.now() + timedelta(seconds=30)
    SocialAccount.objects.filter(pk=account.pk).update(token_expires_at=end)
    account.refresh_from_db()
    return account


def as_it_is(account):
    return SocialAccount.objects.get(pk=account.pk)


def revoke(simulator, token):
    answer = simulator.request(
        "POST", "/open.tiktokapis.com/v2/oauth/revoke/", data={"token": token}
    )
    assert answer.status_code == 200


@pytest.fixture
def wrong_secret(monkeypatch):
    """Our settings name a secret that the platform does not know."""
    for platform, app in SIMULATED_APPS.items():
        wrong = replace(app, client_secret="mistyped")
        monkeypatch.setitem(SIMULATED_APPS, platform, wrong)

    def ours(platform, client_id, client_secret):
        return client_secret != "mistyped"

    monkeypatch.setattr("publishing.simulator.oauth.is_our_app", ours)


# --- One call ---


def test_a_token_that_nears_its_end_is_renewed_and_the_refresh_token_kept(simulator):
    account = ending(simulated_account(simulator, "youtube"))
    before = vault.read_tokens(account)
    token = good_access_token(account)
    after = vault.read_tokens(account)
    assert token == after.access_token != before.access_token
    assert after.refresh_token == before.refresh_token
    assert account.token_expires_at > timezone.now() + timedelta(minutes=30)
    good_access_token(account)
    assert simulator.refreshes("youtube") == 1


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube"])
def test_a_thousand_calls_of_many_threads_in_many_processes_make_one_call_of_the_provider(
    simulator, platform
):
    account = simulated_account(simulator, platform)
    simulator.advance(86_401)  # Instagram renews nothing younger
    ending(account)
    asked = [as_it_is(account) for _ in range(CALLS // PROCESSES)]  # all have seen the same token
    before = vault.read_tokens(account)

    def one(row):
        try:
            return refresh_account(row).access_token
        finally:
            connection.close()

    def many(_):
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(one, asked))

    answers = [token for found in in_processes(many) for token in found]
    account = as_it_is(account)
    now = vault.read_tokens(account)
    assert simulator.refreshes(platform) == 1
    assert len(answers) == CALLS
    assert set(answers) == {now.access_token}
    assert now.access_token != before.access_token
    assert (account.status, account.refreshing_until, account.token_version) == (
        "connected",
        None,
        2,
    )
    assert event_types_of(account).count("account_token_refreshed") == 1
    check_account(account)  # and it is one that the platform takes


def test_what_wants_a_good_token_at_once_makes_one_call_too(simulator):
    account = ending(simulated_account(simulator, "tiktok"))

    def token(_):
        try:
            return good_access_token(as_it_is(account))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(token, range(40)))
    assert simulator.refreshes("tiktok") == 1
    assert tokens == {vault.read_tokens(as_it_is(account)).access_token}


def test_a_refresher_that_died_does_not_block_the_account_for_long(simulator):
    account = ending(simulated_account(simulator, "tiktok"))
    rows = SocialAccount.objects.filter(pk=account.pk)
    rows.update(refreshing_until=timezone.now() + timedelta(seconds=100))
    with pytest.raises(BeingRenewed):
        refresh_account(as_it_is(account), wait=False)
    rows.update(refreshing_until=timezone.now() - timedelta(seconds=1))
    refresh_account(as_it_is(account), wait=False)
    assert simulator.refreshes("tiktok") == 1


def test_who_outlived_its_lease_leaves_the_next_ones_alone(simulator, monkeypatch):
    account = ending(simulated_account(simulator, "youtube"))
    theirs = timezone.now() + timedelta(minutes=2)
    real = renewing._ask_the_platform

    def slow(row):
        SocialAccount.objects.filter(pk=row.pk).update(refreshing_until=theirs)
        return real(row)

    monkeypatch.setattr(renewing, "_ask_the_platform", slow)
    refresh_account(account)
    assert as_it_is(account).refreshing_until == theirs


# --- Rotation ---


def test_the_former_refresh_token_is_kept_sealed_until_the_new_one_has_worked(simulator):
    account = simulated_account(simulator, "tiktok")
    first = vault.read_tokens(account).refresh_token
    assert vault.former_refresh_token(account) == ""
    second = refresh_account(account).refresh_token
    assert vault.former_refresh_token(account) == first
    assert first not in account.former_refresh_sealed
    third = refresh_account(account).refresh_token
    assert vault.former_refresh_token(as_it_is(account)) == second != third


def test_the_former_refresh_token_is_tried_where_the_rotated_one_is_refused(simulator):
    simulator.set(tiktok__rotation_grace_s=600)
    account = simulated_account(simulator, "tiktok")
    first = vault.read_tokens(account).refresh_token
    lost = refresh_account(account).refresh_token
    revoke(simulator, lost)
    tokens = refresh_account(account)
    assert tokens.refresh_token not in (first, lost)
    assert vault.former_refresh_token(account) == first
    account = as_it_is(account)
    assert account.status == "connected"
    check_account(account)
    refresh_account(account)  # and the new one rotates on


def test_where_neither_refresh_token_is_taken_the_account_needs_connecting(simulator):
    account = simulated_account(simulator, "tiktok")
    revoke(simulator, refresh_account(account).refresh_token)  # the former is dead at once
    with pytest.raises(NeedsReconnect):
        refresh_account(account)
    assert as_it_is(account).status == "expired"
    assert simulator.refreshes("tiktok") == 3


def test_an_answer_that_got_lost_in_the_rotation_is_asked_for_again(simulator):
    simulator.set(tiktok__rotation_grace_s=600)
    account = simulated_account(simulator, "tiktok")
    simulator.inject("tiktok.token", "reset_after")
    refresh_account(account)
    assert simulator.refreshes("tiktok") == 2
    check_account(as_it_is(account))


def test_an_empty_refresh_token_in_an_answer_keeps_the_one_we_have(simulator):
    account = simulated_account(simulator, "youtube")
    kept = vault.read_tokens(account).refresh_token
    for _ in range(2):
        refresh_account(account)
    assert vault.read_tokens(as_it_is(account)).refresh_token == kept
    assert vault.former_refresh_token(account) == ""


def test_a_consent_given_while_we_asked_is_not_overwritten(simulator, monkeypatch):
    account = ending(simulated_account(simulator, "tiktok"))
    real = renewing._ask_the_platform

    def while_somebody_connects(row):
        answer = real(row)
        vault.keep_tokens(as_it_is(account), Tokens("consented", "with-this"))
        return answer

    monkeypatch.setattr(renewing, "_ask_the_platform", while_somebody_connects)
    assert refresh_account(account).access_token == "consented"
    assert vault.read_tokens(as_it_is(account)).refresh_token == "with-this"


def test_a_refusal_of_tokens_that_were_replaced_meanwhile_disconnects_nobody(
    simulator, monkeypatch
):
    account = ending(simulated_account(simulator, "tiktok"))

    def refused(row):
        vault.keep_tokens(as_it_is(account), Tokens("consented", "with-this"))
        raise NeedsReconnect("Refused.", platform="tiktok")

    monkeypatch.setattr(renewing, "_ask_the_platform", refused)
    assert refresh_account(account).access_token == "consented"
    stale = account.token_version - 1
    expire_account(account, why="late", version=stale)
    assert as_it_is(account).status == "connected"


def test_an_account_that_was_taken_out_while_we_asked_stays_out(simulator, monkeypatch):
    account = ending(simulated_account(simulator, "tiktok"))
    real = renewing._ask_the_platform

    def while_somebody_disconnects(row):
        answer = real(row)
        disconnect_account(as_it_is(account))
        return answer

    monkeypatch.setattr(renewing, "_ask_the_platform", while_somebody_disconnects)
    with pytest.raises(NeedsReconnect):
        refresh_account(account)
    account = as_it_is(account)
    assert (account.status, account.access_token_sealed, account.former_refresh_sealed) == (
        "disconnected",
        "",
        "",
    )
    with pytest.raises(NeedsReconnect):
        refresh_account(account)


# --- Whose fault it is ---


def test_a_refused_renewal_marks_the_account_and_a_network_fault_does_not(simulator, settings):
    account = ending(simulated_account(simulator, "tiktok"))
    url, settings.SIMULATOR_URL = settings.SIMULATOR_URL, "http://127.0.0.1:9"
    assert good_access_token(account)  # still good for half a minute
    account.refresh_from_db()
    assert account.status == "connected"
    settings.SIMULATOR_URL = url
    simulator.reset()  # knows the token no more
    with pytest.raises(NeedsReconnect):
        good_access_token(account)
    account.refresh_from_db()
    assert account.status == "expired"


@pytest.mark.parametrize("platform", ["tiktok", "youtube"])
def test_a_wrong_secret_of_our_app_disconnects_nobody_and_is_told_once(
    simulator, wrong_secret, platform
):
    accounts = [simulated_account(simulator, platform, handle=name) for name in ("ada", "ben")]
    for account in accounts:
        with pytest.raises(AppRefused):
            refresh_account(account)
        with pytest.raises(AppRefused):
            renew_or_expire(account, why="The platform refused it.")
        assert good_access_token(ending(account))  # the old one is good while it lasts
    assert {as_it_is(account).status for account in accounts} == {"connected"}
    [event] = LedgerEvent.objects.filter(event_type="platform_app_refused")
    assert (event.severity, event.entity_type, event.entity_id) == (
        "ERROR",
        "platform_app",
        f"{platform}:simulator",
    )
    [alert] = RULES["app_refused"](gather_facts())
    assert (alert.severity, alert.entity_id) == ("ERROR", f"{platform}:simulator")
    assert gather_facts(now=timezone.now() + timedelta(hours=3)).refused_apps == ()


def test_a_post_waits_while_our_app_is_refused_and_its_account_stays(
    simulator, wrong_secret, small_video, clock
):
    publication = wanted(simulator, "tiktok", small_video)
    simulator.inject("tiktok.init", "expired_token")
    publication = drive(publication, clock, rounds=1)
    [log] = PublishLog.objects.all()
    assert (log.status, log.error_code) == ("retry", "publishing.app-refused")
    assert publication.social_account.status == "connected"
    assert drive(publication, clock).status == "published"


@pytest.mark.parametrize("fault", ["html_after", "error_before", "truncated_after"])
def test_an_answer_that_is_no_word_of_the_platform_disconnects_nobody(simulator, fault):
    account = simulated_account(simulator, "youtube")
    simulator.inject("youtube.token", fault, count=9)
    with pytest.raises(Exception, match=r"YouTube|Google"):
        renew_or_expire(account, why="The platform refused it.")
    assert as_it_is(account).status == "connected"


def test_a_young_token_that_instagram_refuses_cannot_be_renewed_and_marks_the_account(simulator):
    account = simulated_account(simulator, "instagram")
    with pytest.raises(PlatformProblem):
        refresh_account(account)
    assert as_it_is(account).status == "connected"
    assert renew_or_expire(account, why="Instagram refused it.") is False
    assert as_it_is(account).status == "expired"


def test_a_token_that_is_sealed_with_a_lost_key_marks_the_account(simulator, settings):
    account = simulated_account(simulator, "youtube")
    settings.TOKEN_KEYS = ["another"]
    assert renew_or_expire(account, why="The platform refused it.") is False
    assert as_it_is(account).status == "expired"


def test_an_account_of_nobody_has_nothing_to_renew():
    account = make_account("tiktok", status="disconnected")
    assert renew_or_expire(account, why="x") is False
    with pytest.raises(NeedsReconnect, match="disconnected"):
        good_access_token(account)
