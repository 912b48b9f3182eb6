"""Coming in by the API: accounts, logins, one-use refresh tokens, and being held back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from stakazo.identity import services
from stakazo.identity.models import RefreshToken
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def api():
    return APIClient()


def login(api, username="ben", password=PASSWORD, **more):
    return api.post("/auth/login", {"username": username, "password": password}, "json", **more)


def me(api, access):
    return api.get("/auth/me", headers={"Authorization": f"Bearer {access}"})


def test_a_password_gives_tokens_and_the_access_token_says_who_i_am(api):
    ben = make_user("ben")
    answer = login(api)
    assert answer.status_code == 200
    tokens = answer.json()
    assert tokens["user"]["roles"] == ["Editor"]
    who = me(api, tokens["access"]).json()
    assert (who["id"], who["username"], who["came_by"]) == (ben.pk, "ben", "token")
    assert "campaigns.change_campaign" in who["permissions"]
    assert LedgerEvent.objects.get(event_type="user_logged_in").actor == f"user:{ben.pk}"


def test_nobody_is_told_which_of_name_and_password_was_wrong(api):
    make_user("ben")
    wrong_password, wrong_name = login(api, password="nope"), login(api, username="bea")
    assert wrong_password.status_code == wrong_name.status_code == 401
    said = [answer.json() | {"request_id": ""} for answer in (wrong_password, wrong_name)]
    assert said[0] == said[1]
    assert wrong_password.json()["code"] == "identity.login-refused"


def test_a_switched_off_account_is_refused_and_its_tokens_too(api):
    ben = make_user("ben")
    access = login(api).json()["access"]
    ben.is_active = False
    ben.save()
    assert login(api).status_code == 401
    assert me(api, access).status_code == 401


def test_without_a_login_the_answer_is_401_in_the_one_shape(api):
    answer = api.get("/auth/me")
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "details", "request_id"}
    assert "Bearer" in answer["WWW-Authenticate"]


def test_a_refresh_token_gives_a_new_pair_once(api):
    make_user("ben")
    first = login(api).json()
    second = api.post("/auth/refresh", {"refresh": first["refresh"]}, "json")
    assert second.status_code == 200
    assert second.json()["refresh"] != first["refresh"]
    assert me(api, second.json()["access"]).status_code == 200


def test_a_used_refresh_token_ends_its_whole_login(api):
    make_user("ben")
    first = login(api).json()
    second = api.post("/auth/refresh", {"refresh": first["refresh"]}, "json").json()
    again = api.post("/auth/refresh", {"refresh": first["refresh"]}, "json")
    assert (again.status_code, again.json()["code"]) == (401, "identity.refresh-refused")
    assert api.post("/auth/refresh", {"refresh": second["refresh"]}, "json").status_code == 401
    assert me(api, second["access"]).status_code == 401
    assert LedgerEvent.objects.filter(event_type="refresh_token_reused").count() == 1


def test_another_login_of_the_same_person_is_left_alone(api):
    make_user("ben")
    stolen, other = login(api).json(), login(api).json()
    for _ in range(2):
        api.post("/auth/refresh", {"refresh": stolen["refresh"]}, "json")
    assert api.post("/auth/refresh", {"refresh": other["refresh"]}, "json").status_code == 200


def test_an_expired_or_unknown_refresh_token_is_refused():
    ben = make_user("ben")
    tokens = services.login("ben", PASSWORD, address="192.0.2.1")
    later = timezone.now() + timedelta(days=8)
    with pytest.raises(services.RefreshRefused):
        services.refresh(tokens.refresh, now=later)
    with pytest.raises(services.RefreshRefused):
        services.refresh("made up")
    assert RefreshToken.objects.filter(user=ben).count() == 1


def test_logging_out_ends_refresh_and_access_tokens_at_once(api):
    make_user("ben")
    tokens = login(api).json()
    assert api.post("/auth/logout", {"refresh": tokens["refresh"]}, "json").status_code == 204
    assert api.post("/auth/refresh", {"refresh": tokens["refresh"]}, "json").status_code == 401
    assert me(api, tokens["access"]).status_code == 401
    assert api.post("/auth/logout", {"refresh": tokens["refresh"]}, "json").status_code == 204


def test_old_logins_are_forgotten_at_the_next_one():
    ben = make_user("ben")
    past = timezone.now() - timedelta(days=30)
    services.login("ben", PASSWORD, address="192.0.2.1", now=past)
    services.login("ben", PASSWORD, address="192.0.2.1")
    assert RefreshToken.objects.filter(user=ben).count() == 1


# --- Held back ------------------------------------------------------------------------------------


def test_after_five_failures_even_the_right_password_waits(api):
    make_user("ben")
    assert [login(api, password="nope").status_code for _ in range(5)] == [401] * 5
    held = login(api)
    assert (held.status_code, held.json()["code"]) == (429, "identity.too-many-attempts")
    assert 0 < int(held["Retry-After"]) <= 15 * 60
    assert LedgerEvent.objects.filter(event_type="login_blocked").count() == 1


def test_only_that_name_from_that_address_is_held_back(api):
    make_user("ben")
    make_user("cleo")
    for _ in range(5):
        login(api, password="nope")
    assert login(api, username="BEN", password="nope").status_code == 429
    assert login(api, username="cleo").status_code == 200
    assert login(api, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_the_wait_ends_after_a_quarter_of_an_hour():
    make_user("ben")
    now = timezone.now()
    for _ in range(5):
        with pytest.raises(services.LoginRefused):
            services.login("ben", "nope", address="192.0.2.1", now=now)
    later = now + timedelta(minutes=15)
    assert services.login("ben", PASSWORD, address="192.0.2.1", now=later).access


def test_a_right_password_starts_the_count_anew(api):
    make_user("ben")
    for _ in range(3):
        assert [login(api, password="nope").status_code for _ in range(4)] == [401] * 4
        assert login(api).status_code == 200


def test_guessing_many_names_from_one_address_is_held_back_too(api):
    answers = [login(api, username=f"n{n}").status_code for n in range(52)]
    assert answers == [401] * 50 + [429] * 2


# --- Accounts -------------------------------------------------------------------------------------

NEW = {"username": "dora", "password": "a long enough one"}


def test_registration_is_closed_unless_settings_open_it(api):
    answer = api.post("/auth/register", NEW, "json")
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.registration-closed")


def test_where_open_an_account_is_a_viewer_and_nothing_more(api, settings):
    settings.REGISTRATION_OPEN = True
    answer = api.post("/auth/register", NEW, "json")
    assert answer.status_code == 201
    assert (answer.json()["roles"], answer.json()["is_staff"]) == (["Viewer"], False)
    assert login(api, "dora", NEW["password"]).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"password": "short"}, 400, "stakazo.invalid-input"),
        ({"password": "123456789012345"}, 400, "stakazo.invalid-input"),
        ({"username": "no spaces"}, 400, "stakazo.invalid-input"),
        ({"username": "nul\x00"}, 400, "stakazo.invalid-input"),
        ({"username": "BEN"}, 409, "identity.username-taken"),
    ],
)
def test_a_bad_registration_is_refused_and_stores_nothing(api, settings, change, status, code):
    settings.REGISTRATION_OPEN = True
    make_user("ben")
    answer = api.post("/auth/register", NEW | change, "json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not type(make_user("eve")).objects.filter(username="dora").exists()
