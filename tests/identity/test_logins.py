"""Passwords, the list of logins, and what ends them; keys of tokens, and where API keys may come from."""

from datetime import timedelta

import jwt
import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from stakazo.core.errors import Conflict, InvalidInput
from stakazo.identity import services
from stakazo.identity.models import ApiKey, BrowserLogin
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "a staple that is correct"


def token_client(username="ben", password=OLD):
    tokens = services.login(username, password, address="192.0.2.1", user_agent="curl/8")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    client.refresh_token = tokens.refresh
    return client


def browser(user):
    client = APIClient()
    client.force_login(user)
    return client


def change(client, current=OLD, new=NEW):
    return client.post("/auth/password", {"current": current, "new": new}, "json")


def is_in(client):
    return client.get("/auth/me").status_code == 200


# --- Passwords ------------------------------------------------------------------------------------


def test_another_password_ends_every_other_login_but_not_this_one():
    ben = make_user("ben")
    here, other, window = token_client(), token_client(), browser(ben)
    assert change(here).status_code == 204
    assert is_in(here)
    assert not is_in(other)
    assert not is_in(window)
    answer = APIClient().post("/auth/refresh", {"refresh": other.refresh_token}, "json")
    assert answer.status_code == 401
    mine = APIClient().post("/auth/refresh", {"refresh": here.refresh_token}, "json")
    assert mine.status_code == 200
    assert services.login("ben", NEW, address="192.0.2.1").user == ben
    assert LedgerEvent.objects.filter(event_type="password_changed").count() == 1


def test_a_browser_changes_its_password_and_stays_in():
    ben = make_user("ben")
    here, other = browser(ben), token_client()
    assert change(here).status_code == 204
    assert is_in(here)
    assert not is_in(other)


def test_a_password_that_is_set_by_others_ends_logins_too():
    ben = make_user("ben")
    client = token_client()
    ben.set_password(NEW)
    ben.save()
    assert not is_in(client)
    answer = APIClient().post("/auth/refresh", {"refresh": client.refresh_token}, "json")
    assert answer.status_code == 401


def test_a_wrong_or_weak_password_changes_nothing_and_guessing_is_held_back():
    make_user("ben")
    client = token_client()
    weak = change(client, new="short")
    assert (weak.status_code, weak.json()["code"]) == (400, "stakazo.invalid-input")
    answers = [change(client, current="nope") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert answers[0].json()["code"] == "identity.password-refused"
    assert services.login("ben", OLD, address="192.0.2.2")


def test_an_api_key_has_no_password_and_no_logins():
    _, plain = services.create_api_key(name="x", user=make_user("ben"), scopes=["write"])
    client = APIClient(headers={"X-Api-Key": plain})
    assert change(client).status_code == 403
    assert client.get("/auth/sessions").status_code == 403


# --- Logins ---------------------------------------------------------------------------------------


def test_my_logins_are_listed_and_each_can_be_ended():
    ben = make_user("ben")
    make_user("cleo")
    token_client("cleo")
    here, other, window = token_client(), token_client(), browser(ben)
    listed = here.get("/auth/sessions").json()
    assert [login["kind"] for login in listed] == ["browser", "tokens", "tokens"]
    assert [login["is_current"] for login in listed] == [False, False, True]
    assert (listed[1]["address"], listed[1]["user_agent"]) == ("192.0.2.1", "curl/8")
    for login in listed[:2]:
        assert here.delete(f"/auth/sessions/{login['id']}").status_code == 204
        assert here.delete(f"/auth/sessions/{login['id']}").status_code == 404
    assert is_in(here)
    assert not is_in(other)
    assert not is_in(window)
    assert len(here.get("/auth/sessions").json()) == 1


def test_nobody_ends_the_login_of_another():
    make_user("ben")
    make_user("cleo")
    ben, cleo = token_client("ben"), token_client("cleo")
    (login,) = cleo.get("/auth/sessions").json()
    assert ben.delete(f"/auth/sessions/{login['id']}").status_code == 404
    assert is_in(cleo)


def test_logging_out_in_the_admin_ends_the_browser_login():
    client = Client()
    client.force_login(make_user("ada"))
    client.post("/admin/logout/")
    assert BrowserLogin.objects.count() == 0


def test_a_copied_session_cookie_is_worth_nothing_once_its_login_has_ended():
    ben = make_user("ben")
    first, copied = browser(ben), APIClient()
    copied.cookies = first.cookies
    assert is_in(copied)
    services.end_all_logins(ben)
    assert not is_in(copied)


def test_an_admin_ends_all_logins_of_somebody():
    ben = make_user("ben")
    client, window = token_client(), Client()
    window.force_login(make_user("ada"))
    page = "/admin/auth/user/"
    data = {"action": "end_logins", "_selected_action": [ben.pk]}
    assert window.post(page, data, follow=True).status_code == 200
    assert not is_in(client)


def test_the_admin_login_is_held_back_as_the_api_is():
    make_user("ada")
    page, given = "/admin/login/", {"username": "ada", "password": "nope"}
    for _ in range(5):
        Client().post(page, given)
    held = Client().post(page, {"username": "ada", "password": OLD})
    assert "Too many failed logins" in held.content.decode()
    again = APIClient().post("/auth/login", {"username": "ada", "password": OLD}, "json")
    assert again.status_code == 429
    assert LedgerEvent.objects.filter(event_type="login_blocked").count() == 1
    assert site.login_form.__name__ == "LoginForm"


# --- Keys of tokens -------------------------------------------------------------------------------


def test_a_new_key_signs_and_the_old_one_is_still_believed(settings):
    make_user("ben")
    settings.JWT_KEYS = ["old"]
    before = token_client()
    settings.JWT_KEYS = ["new", "old"]
    after = token_client()
    assert is_in(before)
    assert is_in(after)
    names = {
        jwt.get_unverified_header(client._credentials["HTTP_AUTHORIZATION"][7:])["kid"]
        for client in (before, after)
    }
    assert len(names) == 2
    settings.JWT_KEYS = ["new"]
    assert not is_in(before)
    assert is_in(after)


@pytest.mark.parametrize("changes", [{"kid": "made-up"}, {}])
def test_a_token_that_names_no_key_of_ours_is_refused(settings, changes):
    settings.JWT_KEYS = ["one"]
    make_user("ben")
    plain = token_client()._credentials["HTTP_AUTHORIZATION"][7:]
    payload = jwt.decode(plain, options={"verify_signature": False})
    forged = jwt.encode(payload, "x" * 32, algorithm="HS256", headers={"a": 1} | changes)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {forged}")
    assert client.get("/auth/me").status_code == 401


@pytest.mark.parametrize("claim", ["aud", "iss"])
def test_a_token_for_or_from_others_is_refused(settings, claim):
    from stakazo.identity.tokens import ring

    settings.JWT_KEYS = ["one"]
    make_user("ben")
    plain = token_client()._credentials["HTTP_AUTHORIZATION"][7:]
    payload = jwt.decode(plain, options={"verify_signature": False}) | {claim: "others"}
    ((name, key),) = ring(("one",)).keys.items()
    client = APIClient()
    for value, status in ((payload[claim], 401), ("stakazo", 200)):
        token = jwt.encode(payload | {claim: value}, key, headers={"kid": name})
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert client.get("/auth/me").status_code == status


# --- API keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("networks", "address", "opens"),
    [
        ([], "198.51.100.7", True),
        (["192.0.2.0/24"], "192.0.2.77", True),
        (["192.0.2.0/24"], "::ffff:192.0.2.77", True),
        (["192.0.2.0/24"], "192.0.3.1", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["192.0.2.0/24"], "", False),
    ],
)
def test_a_key_is_taken_only_from_its_networks(networks, address, opens):
    _, plain = services.create_api_key(
        name="x", user=make_user("ben"), scopes=["read"], networks=networks
    )
    answer = APIClient().get("/auth/me", headers={"X-Api-Key": plain}, REMOTE_ADDR=address)
    assert answer.status_code == (200 if opens else 401)


def test_a_network_that_is_none_is_refused_by_name():
    with pytest.raises(InvalidInput) as refused:
        services.create_api_key(
            name="x", user=make_user("ben"), scopes=["read"], networks=["192.0.2.0/24", "home"]
        )
    assert refused.value.details == {"wrong": ["home"]}
    assert ApiKey.objects.count() == 0


def test_a_rotated_key_and_its_follower_both_open_for_a_day():
    old, old_text = services.create_api_key(
        name="x", user=make_user("ben"), scopes=["read"], networks=["192.0.2.0/24"]
    )
    new, new_text = services.rotate_api_key(old)
    assert (new.scopes, new.networks, new.replaces_id) == (old.scopes, old.networks, old.pk)
    now = timezone.now()
    opens = {
        (text, hours): services.open_with_key(
            text, address="192.0.2.1", now=now + timedelta(hours=hours)
        )
        is not None
        for text in (old_text, new_text)
        for hours in (0, 23, 25)
    }
    assert opens == {
        (text, hours): text == new_text or hours < 24
        for text in (old_text, new_text)
        for hours in (0, 23, 25)
    }
    with pytest.raises(Conflict):
        services.rotate_api_key(old)
    assert LedgerEvent.objects.filter(event_type="api_key_rotated").count() == 1


def test_a_key_that_opens_nothing_cannot_be_rotated():
    key, _ = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"])
    services.revoke_api_key(key)
    with pytest.raises(Conflict):
        services.rotate_api_key(key)


def test_rotating_in_the_admin_shows_the_new_text_once():
    key, _ = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"])
    window = Client()
    window.force_login(make_user("ada"))
    data = {"action": "rotate", "_selected_action": [str(key.pk)]}
    page = window.post("/admin/identity/apikey/", data)
    made = ApiKey.objects.get(replaces=key)
    assert f"stk_test_{made.prefix}_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
