"""Facebook Login: a person consents, and chooses among the accounts of their pages."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from publishing import vault
from publishing.errors import AppRefused, NeedsReconnect, OAuthRefused, UnknownPlatform
from publishing.models import OAuthState, SocialAccount
from publishing.platforms import oauth_for
from publishing.platforms.apps import AppCredentials, app_of, apps_that_may_call
from publishing.platforms.hosts import hosts_of
from publishing.platforms.oauth import FacebookOAuth
from publishing.platforms.webhooks import verify_meta
from publishing.services.accounts import (
    begin_connect,
    check_account,
    choose_accounts,
    client_of,
    finish_connect,
)
from publishing.services.choosing import choice_by_id
from publishing.services.renewing import refresh_account
from stakazo.core.errors import InvalidInput, NotFound
from tests.events import event_types_of
from tests.factories import make_user
from tests.publishing.test_accounts import way_back
from tests.publishing.test_clients_oauth import REDIRECTS, VERIFIER, code_from, exchanged

pytestmark = pytest.mark.django_db(transaction=True)

PERSON = "stakazo.person"


@pytest.fixture
def second(simulator):
    """The person manages two pages with an Instagram account."""
    return simulator.account("instagram", handle="second", login="facebook", person=PERSON)


def signed_in(session="mine"):
    consent = begin_connect("instagram", session_secret=session, login="facebook")
    state, code = way_back(consent)
    return finish_connect("instagram", state=state, code=code, session_secret=session)


# --- The wire ---


def test_the_dialog_and_both_exchanges_give_a_token_of_sixty_days_and_what_was_granted(simulator):
    oauth = oauth_for("instagram", mode="simulator", login="facebook")
    back = code_from(simulator, oauth, REDIRECTS[1])
    tokens = oauth.exchange(code=back["code"], redirect_uri=REDIRECTS[1], code_verifier=VERIFIER)
    life = tokens.expires_at - datetime.now(tz=timezone.get_current_timezone())
    assert timedelta(days=59) < life < timedelta(days=60)
    assert set(tokens.scopes) == set(oauth.scopes)
    assert tokens.refresh_token == ""
    [profile] = oauth.accounts(tokens)
    assert (profile.external_id, profile.handle) == ("17841400000000001", "stakazo.demo")
    assert profile.raw["page_name"] == "Stakazo Demo Page"
    assert "access_token" not in str(profile.raw)


def test_a_code_works_once_and_for_its_address(simulator):
    oauth = oauth_for("instagram", mode="simulator", login="facebook")
    for first, second_address in ((REDIRECTS[0], REDIRECTS[0]), (REDIRECTS[0], REDIRECTS[1])):
        back = code_from(simulator, oauth, first)
        if first == second_address:
            oauth.exchange(code=back["code"], redirect_uri=first, code_verifier=VERIFIER)
        with pytest.raises(NeedsReconnect):
            oauth.exchange(code=back["code"], redirect_uri=second_address, code_verifier=VERIFIER)


def test_the_token_is_exchanged_for_the_next_while_it_lives(simulator):
    oauth = oauth_for("instagram", mode="simulator", login="facebook")
    tokens = exchanged(simulator, oauth)
    renewed = oauth.refresh(tokens)
    assert renewed.access_token != tokens.access_token
    assert renewed.scopes == tokens.scopes
    simulator.advance(61 * 86_400)
    with pytest.raises(NeedsReconnect):
        oauth.refresh(renewed)


def test_all_pages_are_read_however_many_there_are(simulator):
    for number in range(130):
        simulator.account("instagram", handle=f"a{number}", login="facebook", person=PERSON)
    oauth = oauth_for("instagram", mode="simulator", login="facebook")
    found = oauth.accounts(exchanged(simulator, oauth))
    assert len({profile.external_id for profile in found}) == 131


@pytest.mark.parametrize(("client_id", "secret"), [("1", "x"), ("990005556667778", "wrong")])
def test_an_app_that_facebook_does_not_know_is_ours_to_mend(simulator, client_id, secret):
    app = AppCredentials(client_id, secret, (), "")
    oauth = FacebookOAuth(hosts=hosts_of("instagram", mode="simulator"), app=app)
    with pytest.raises(AppRefused):
        oauth.exchange(code="c", redirect_uri=REDIRECTS[0], code_verifier=VERIFIER)


def test_a_platform_has_the_logins_it_has(simulator):
    for platform, login in (("tiktok", "facebook"), ("instagram", "myspace")):
        with pytest.raises(UnknownPlatform):
            begin_connect(platform, session_secret="mine", login=login)


# --- One account ---


def test_a_login_with_one_account_connects_it_and_everything_works_by_it(simulator):
    account = signed_in()
    assert (account.login, account.status) == ("facebook", "connected")
    assert check_account(account).handle == "stakazo.demo"
    refresh_account(account)
    assert simulator.refreshes("instagram") == 1
    with client_of(account) as client:
        assert client.authenticate().external_id == account.external_id


def test_the_other_login_takes_over_the_same_row(simulator):
    account = signed_in()
    consent = begin_connect("instagram", session_secret="mine")
    state, code = way_back(consent)
    again = finish_connect("instagram", state=state, code=code, session_secret="mine")
    assert (again.pk, again.login) == (account.pk, "")
    check_account(again)
    assert signed_in().login == "facebook"
    assert SocialAccount.objects.count() == 1


def test_a_login_without_an_account_says_what_to_do(simulator, monkeypatch):
    monkeypatch.setattr(FacebookOAuth, "accounts", lambda self, tokens: [])
    with pytest.raises(OAuthRefused, match="Instagram's own login"):
        signed_in()


# --- Several ---


def test_several_accounts_wait_for_a_choice_with_the_tokens_sealed(simulator, second):
    choice = signed_in()
    assert isinstance(choice, OAuthState)
    assert [each["handle"] for each in choice.found] == ["stakazo.demo", "second"]
    assert SocialAccount.objects.count() == 0
    assert "EAAG" not in repr(list(OAuthState.objects.values()))
    [account] = choose_accounts(choice.pk, [second.external_id], session_secret="mine")
    assert (account.handle, account.login) == ("second", "facebook")
    check_account(account)
    choice.refresh_from_db()
    assert (choice.tokens_sealed, choice.found) == ("", [])
    with pytest.raises(NotFound):
        choose_accounts(choice.pk, [second.external_id], session_secret="mine")


def test_all_of_them_may_be_chosen_each_with_tokens_of_its_own(simulator, second):
    choice = signed_in()
    ids = [each["external_id"] for each in choice.found]
    first, other = choose_accounts(choice.pk, [*ids, ids[0]], session_secret="mine")
    assert vault.read_tokens(first).access_token == vault.read_tokens(other).access_token
    assert first.access_token_sealed != other.access_token_sealed
    refresh_account(first)
    for account in (first, other):
        check_account(account)
        assert event_types_of(account)[0] == "account_connected"


def test_a_choice_is_good_for_its_session_and_ten_minutes_and_its_list(simulator, second):
    with time_machine.travel(timezone.now()) as clock:
        choice = signed_in()
        with pytest.raises(NotFound):
            choice_by_id(choice.pk, session_secret="theirs")
        for wrong in ([], ["17841400000000099"], [second.external_id, "x"]):
            with pytest.raises(InvalidInput):
                choose_accounts(choice.pk, wrong, session_secret="mine")
        clock.shift(601)
        with pytest.raises(NotFound):
            choose_accounts(choice.pk, [second.external_id], session_secret="mine")
    assert SocialAccount.objects.count() == 0


def test_programs_choose_through_the_api(simulator, second, settings):
    client, stranger = APIClient(), APIClient()
    client.force_login(make_user("ada"))
    stranger.force_login(make_user("ben"))
    url = client.post("/publishing/accounts/instagram/connect?login=facebook").data["authorize_url"]
    assert "/www.facebook.com/v26.0/dialog/oauth" in url
    back = simulator.get(url).headers["location"].removeprefix(settings.BASE_URL)
    answer = client.get(back)
    assert answer.status_code == 202
    path = f"/publishing/choices/{answer.data['id']}"
    assert client.get(path).data["accounts"][1] == {
        "external_id": second.external_id,
        "handle": "second",
        "page": "second Page",
    }
    assert stranger.get(path).status_code == 404
    body = {"external_ids": [second.external_id]}
    assert stranger.post(path, body, format="json").status_code == 404
    chosen = client.post(path, body, format="json")
    assert [each["login"] for each in chosen.data] == ["facebook"]
    assert client.post(path, body, format="json").status_code == 404
    wrong = client.post("/publishing/accounts/tiktok/connect?login=facebook")
    assert wrong.status_code == 400


def test_operators_choose_on_a_page(simulator, second, client, settings):
    client.force_login(make_user("ada"))
    started = client.get("/admin/publishing/socialaccount/connect_by_facebook/", follow=False)
    assert "/www.facebook.com/" in started.headers["location"]
    back = simulator.get(started.headers["location"]).headers["location"]
    answer = client.get(back.removeprefix(settings.BASE_URL), headers={"accept": "text/html"})
    page = client.get(answer.headers["location"])
    assert "@second, of the page second Page" in page.content.decode()
    nothing = client.post(answer.headers["location"], {})
    assert "required" in nothing.content.decode()
    done = client.post(answer.headers["location"], {"accounts": [second.external_id]}, follow=True)
    assert "Connected: Instagram @second" in done.content.decode()
    assert client.get(answer.headers["location"]).status_code == 404
    account = SocialAccount.objects.get()
    page = client.get(f"/admin/publishing/socialaccount/{account.pk}/change/").content.decode()
    assert "Facebook Login" in page


# --- Webhooks ---


def test_deliveries_of_both_apps_are_taken_and_an_empty_secret_opens_nothing(settings):
    both = [app.client_secret for app in apps_that_may_call("instagram")]
    assert both == [
        app_of("instagram", mode="simulator").client_secret,
        app_of("instagram", mode="simulator", login="facebook").client_secret,
    ]
    settings.STAKAZO_LIVE = True
    nobody = {"client_id": "", "client_secret": "", "webhook_secrets": [], "verify_token": ""}
    settings.PLATFORM_APPS = {"instagram": nobody, "facebook": nobody}
    [app] = apps_that_may_call("instagram")
    forged = {
        "X-Hub-Signature-256": "sha256="
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    }  # of an empty body, signed with an empty secret
    assert not verify_meta(b"", forged, app.webhook_secrets)
