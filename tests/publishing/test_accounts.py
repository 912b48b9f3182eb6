"""Connecting, renewing and taking out accounts, against the simulator's real exchange."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from publishing.errors import NeedsReconnect, OAuthRefused, UnknownPlatform
from publishing.models import OAuthState, SocialAccount
from publishing.services.accounts import (
    begin_connect,
    client_of,
    connect_simulator_accounts,
    disconnect_account,
    finish_connect,
)
from publishing.services.renewing import good_access_token
from tests.events import event_types_of
from tests.factories import make_user
from tests.publishing.road import PLATFORMS

pytestmark = pytest.mark.django_db(transaction=True)


def way_back(consent):
    """What the platform sends the browser back with: (state, code)."""
    answer = httpx.get(consent.authorize_url, follow_redirects=False, trust_env=False)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query["state"][0], query["code"][0]


def test_one_account_per_platform_is_connected_by_the_real_exchange(simulator):
    connected = connect_simulator_accounts()
    assert [account.platform for account in connected] == PLATFORMS
    for account in connected:
        assert account.status == "connected"
        with client_of(account) as client:
            assert client.authenticate().external_id == account.external_id


def test_connecting_them_again_changes_nothing(simulator):
    first = connect_simulator_accounts()
    assert connect_simulator_accounts() == first
    assert SocialAccount.objects.count() == 3


def test_a_simulator_that_forgot_us_is_connected_anew_on_the_same_rows(simulator):
    first = connect_simulator_accounts()
    simulator.reset()
    again = connect_simulator_accounts()
    assert [account.pk for account in again] == [account.pk for account in first]


def test_a_state_is_good_once(simulator):
    consent = begin_connect("tiktok", session_secret="mine")
    state, code = way_back(consent)
    finish_connect("tiktok", state=state, code=code, session_secret="mine")
    with pytest.raises(OAuthRefused):
        finish_connect("tiktok", state=state, code=code, session_secret="mine")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_state_is_good_for_its_session_and_platform_only(simulator, platform):
    consent = begin_connect(platform, session_secret="mine")
    state, code = way_back(consent)
    other = "tiktok" if platform != "tiktok" else "youtube"
    for wrong in (
        {"platform": platform, "state": state, "session_secret": "theirs"},
        {"platform": other, "state": state, "session_secret": "mine"},
        {"platform": platform, "state": "guessed", "session_secret": "mine"},
    ):
        name = wrong.pop("platform")
        with pytest.raises(OAuthRefused):
            finish_connect(name, code=code, **wrong)
    assert finish_connect(platform, state=state, code=code, session_secret="mine").pk


def test_a_state_is_good_for_ten_minutes(simulator):
    with time_machine.travel(timezone.now()) as clock:
        consent = begin_connect("youtube", session_secret="mine")
        state, code = way_back(consent)
        clock.shift(601)
        with pytest.raises(OAuthRefused):
            finish_connect("youtube", state=state, code=code, session_secret="mine")


def test_a_wrong_code_connects_nothing(simulator):
    consent = begin_connect("instagram", session_secret="mine")
    state, _ = way_back(consent)
    with pytest.raises(OAuthRefused):
        finish_connect("instagram", state=state, code="wrong", session_secret="mine")
    assert SocialAccount.objects.count() == 0


def test_the_state_table_holds_no_state_and_no_verifier_in_plain(simulator):
    consent = begin_connect("youtube", session_secret="mine")
    (row,) = OAuthState.objects.values()
    assert consent.state not in str(row)
    assert "mine" not in str(row)


def test_an_unknown_platform_has_no_consent_page():
    with pytest.raises(UnknownPlatform):
        begin_connect("myspace", session_secret="mine")


def test_reconnecting_keeps_the_row_and_what_waits_on_it(simulator):
    (account, *_) = connect_simulator_accounts()
    disconnect_account(account)
    with pytest.raises(NeedsReconnect):
        good_access_token(account)
    (again, *_) = connect_simulator_accounts()
    assert again.pk == account.pk
    assert event_types_of(again) == [
        "account_connected",
        "account_disconnected",
        "account_reconnected",
    ]


def test_a_browser_goes_to_the_page_and_back_through_the_doors(simulator, settings):
    client = APIClient()
    client.force_login(make_user("ada"))
    url = client.post("/publishing/accounts/instagram/connect").data["authorize_url"]
    back = httpx.get(url, follow_redirects=False, trust_env=False).headers["location"]
    assert back.startswith(settings.BASE_URL + "/publishing/accounts/instagram/callback")
    path = back.removeprefix(settings.BASE_URL)
    stranger = APIClient()
    stranger.force_login(make_user("ben"))
    assert stranger.get(path).status_code == 400
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.data)
    assert answer.data["status"] == "connected"
    assert client.get(path).data["code"] == "publishing.oauth-refused"


def test_a_refusal_on_the_consent_page_is_said_in_words(simulator):
    client = APIClient()
    client.force_login(make_user("ada"))
    answer = client.get(
        "/publishing/accounts/tiktok/callback?error=access_denied&error_description=No+thanks"
    )
    assert (answer.status_code, "No thanks" in answer.data["message"]) == (400, True)
    assert client.post("/publishing/accounts/myspace/connect").status_code == 400
    assert client.get("/publishing/accounts/myspace/callback").status_code == 400
