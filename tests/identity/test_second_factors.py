"""The second factor: made with an app, asked for at both doors, each code once, and a way back without the phone."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pyotp
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext as CaptureQueries
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from stakazo.core.errors import Conflict
from stakazo.identity import services
from stakazo.identity.errors import SecondFactorLost, SecondFactorRefused, TooManyAttempts
from stakazo.identity.models import RecoveryCode, SecondFactor
from stakazo.identity.services import second_factors
from tests.factories import make_user
from tests.identity.test_races import at_once

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 21, 9, 0, 15, tzinfo=UTC)
PAGE = "/admin/second-factor/"


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def enrol(user, *, at=LONG_AGO):
    """(the app, the recovery codes) of somebody who made one a while ago."""
    app = pyotp.TOTP(second_factors.begin_enrolment(user).secret)
    return app, second_factors.confirm_enrolment(user, app.at(at), now=at)


def log_in(code="", *, username="ada", password=PASSWORD, address="192.0.2.1"):
    body = {"username": username, "password": password}
    if code:
        body["code"] = code
    return APIClient().post("/auth/login", body, "json", REMOTE_ADDR=address)


def told(answer):
    return answer.status_code, answer.json().get("code")


def events(kind):
    return LedgerEvent.objects.filter(event_type=kind).count()


# --- At the doors ---------------------------------------------------------------------------------


def test_the_api_asks_for_a_code_where_there_is_a_second_factor():
    ada, _ = make_user("ada"), make_user("ben")
    app, _ = enrol(ada)
    assert told(log_in()) == (401, "identity.second-factor-needed")
    assert told(log_in("123 45")) == (401, "identity.second-factor-refused")
    assert log_in(app.now()).status_code == 200
    assert log_in(username="ben").status_code == 200
    assert events("second_factor_refused") == 1


def test_a_wrong_password_is_told_before_any_code():
    app, _ = enrol(make_user("ada"))
    assert told(log_in(app.now(), password="nope")) == (401, "identity.login-refused")


def test_the_admin_asks_for_a_code_too():
    app, _ = enrol(make_user("ada"))
    given = {"username": "ada", "password": PASSWORD}
    client = Client()
    assert "Enter the code" in client.post("/admin/login/", given).content.decode()
    wrong = client.post("/admin/login/", given | {"code": "000000x"})
    assert "This code is wrong" in wrong.content.decode()
    assert client.get("/admin/").status_code == 302
    assert client.post("/admin/login/", given | {"code": app.now()}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_wrong_codes_are_held_back_wherever_they_come_from():
    app, _ = enrol(make_user("ada"))
    answers = [log_in("000000", address=f"192.0.2.{n}").status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert told(log_in(app.now(), address="198.51.100.1")) == (429, "identity.too-many-attempts")


def test_codes_that_are_not_right_count_as_failed_logins():
    enrol(make_user("ada"))
    answers = [log_in().status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


# --- Codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("aside_s", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_code_is_good_for_its_half_minute_and_those_beside_it(aside_s, good):
    ada = make_user("ada")
    app, _ = enrol(ada)
    code = app.at(NOW + timedelta(seconds=aside_s))
    if good:
        second_factors.check_second_factor(ada, code, now=NOW)
    else:
        with pytest.raises(SecondFactorRefused):
            second_factors.check_second_factor(ada, code, now=NOW)


def test_a_code_is_taken_once_and_so_is_none_from_before_it():
    ada = make_user("ada")
    app, _ = enrol(ada)
    second_factors.check_second_factor(ada, app.at(NOW), now=NOW)
    for at in (NOW, NOW - timedelta(seconds=30)):
        with pytest.raises(SecondFactorRefused):
            second_factors.check_second_factor(ada, app.at(at), now=NOW)
    later = NOW + timedelta(seconds=30)
    second_factors.check_second_factor(ada, app.at(later), now=later)


def test_the_code_that_confirmed_the_app_opens_nothing():
    ada = make_user("ada")
    app, _ = enrol(ada, at=NOW)
    with pytest.raises(SecondFactorRefused):
        second_factors.check_second_factor(ada, app.at(NOW), now=NOW)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "-12345", "12.456"])
def test_what_is_no_code_is_refused(code):
    ada = make_user("ada")
    enrol(ada)
    with pytest.raises(SecondFactorRefused):
        second_factors.check_second_factor(ada, code, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_codes_at_once_one_is_taken():
    ada = make_user("ada")
    app, _ = enrol(ada)

    def use(number):
        try:
            second_factors.check_second_factor(ada, app.at(NOW), now=NOW)
        except (SecondFactorRefused, TooManyAttempts):
            return 0
        return 1

    assert sum(at_once(8, use)) == 1


def test_a_recovery_code_opens_once_however_it_is_typed():
    ada = make_user("ada")
    _, codes = enrol(ada)
    assert len(set(codes)) == 10
    assert log_in(codes[0].upper().replace("-", " ")).status_code == 200
    assert told(log_in(codes[0])) == (401, "identity.second-factor-refused")
    assert log_in(codes[1]).status_code == 200
    assert second_factors.recovery_codes_left(ada) == 8
    assert events("recovery_code_used") == 2


# --- Kept -----------------------------------------------------------------------------------------


def test_neither_the_secret_nor_a_recovery_code_can_be_read_in_the_database():
    ada = make_user("ada")
    secret = second_factors.begin_enrolment(ada).secret
    app = pyotp.TOTP(secret)
    codes = second_factors.confirm_enrolment(ada, app.at(NOW), now=NOW)
    kept = str(list(SecondFactor.objects.values())) + str(list(RecoveryCode.objects.values()))
    kept += str(list(LedgerEvent.objects.values()))
    for plain in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert plain not in kept


def test_a_secret_that_lies_with_somebody_else_or_under_another_key_opens_nothing(settings):
    ada, ben = make_user("ada"), make_user("ben")
    app, _ = enrol(ada)
    enrol(ben)
    sealed = SecondFactor.objects.get(user=ada).secret_sealed
    SecondFactor.objects.filter(user=ben).update(secret_sealed=sealed)
    with pytest.raises(SecondFactorLost):
        second_factors.check_second_factor(ben, app.at(NOW), now=NOW)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(SecondFactorLost):
        second_factors.check_second_factor(ada, app.at(NOW), now=NOW)
    settings.SECRET_KEY_FALLBACKS = [old]
    second_factors.check_second_factor(ada, app.at(NOW), now=NOW)


def test_an_app_that_was_not_confirmed_is_not_asked_for():
    ada = make_user("ada")
    first = second_factors.begin_enrolment(ada)
    assert second_factors.begin_enrolment(ada) == first
    with pytest.raises(SecondFactorRefused):
        second_factors.confirm_enrolment(ada, "000000x")
    assert log_in().status_code == 200


def test_one_that_is_made_is_not_made_again_by_whoever_sits_at_the_browser():
    ada = make_user("ada")
    app, _ = enrol(ada)
    with pytest.raises(Conflict):
        second_factors.begin_enrolment(ada)
    with pytest.raises(Conflict):
        second_factors.confirm_enrolment(ada, app.at(NOW), now=NOW)


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def window():
    client = Client()
    client.force_login(make_user("ada"))
    return client


def test_somebody_makes_one_on_the_page_and_is_shown_recovery_codes_once(window):
    assert "Set it up" in window.get(PAGE).content.decode()
    assert SecondFactor.objects.count() == 0
    page = window.post(PAGE, {"act": "begin"})
    shown = page.content.decode()
    assert "<svg" in shown
    assert "http" not in shown.split("<svg")[1].split("</svg>")[0]
    assert "no-store" in page["Cache-Control"]
    secret = shown.split('select-all">')[1].split("<")[0].replace(" ", "")
    assert (
        "aria-invalid" in window.post(PAGE, {"act": "confirm", "code": "000000x"}).content.decode()
    )
    done = window.post(PAGE, {"act": "confirm", "code": pyotp.TOTP(secret).now()}).content.decode()
    assert done.count("<li><code>") == 10
    again = window.get(PAGE).content.decode()
    assert "10 recovery codes left" in again
    assert "<li><code>" not in again
    assert secret not in again
    assert told(log_in()) == (401, "identity.second-factor-needed")
    assert events("second_factor_enrolled") == 1


def test_other_recovery_codes_and_the_end_of_it_take_a_code(window):
    ada = window_user()
    _, codes = enrol(ada)
    for act in ("renew", "remove"):
        assert "aria-invalid" in window.post(PAGE, {"act": act, "code": "000000x"}).content.decode()
    assert second_factors.has_second_factor(ada)
    renewed = window.post(PAGE, {"act": "renew", "code": codes[0]}).content.decode()
    others = [part.split("<")[0] for part in renewed.split("<li><code>")[1:]]
    assert len(others) == 10
    assert not set(others) & set(codes)
    assert window.post(PAGE, {"act": "remove", "code": codes[1]}).status_code == 200
    assert window.post(PAGE, {"act": "remove", "code": others[0]}).status_code == 302
    assert not second_factors.has_second_factor(ada)
    assert log_in().status_code == 200


def window_user():
    return services.logins.User.objects.get(username="ada")


def test_the_page_is_for_who_is_logged_in_to_the_admin():
    assert Client().get(PAGE).status_code == 302
    cleo = Client()
    cleo.force_login(make_user("cleo"))
    assert cleo.get(PAGE).status_code == 302


# --- Asked for by the settings --------------------------------------------------------------------


def test_where_it_is_required_admins_only_get_to_the_page_that_makes_one(settings, window):
    settings.REQUIRE_SECOND_FACTOR = True
    html = {"Accept": "text/html"}
    assert window.get("/admin/jobs/job/", headers=html)["Location"] == PAGE
    refused = window.get("/videos")
    assert told(refused) == (403, "identity.second-factor-missing")
    assert told(log_in()) == (403, "identity.second-factor-missing")
    assert "Your role needs a second factor" in window.get(PAGE).content.decode()
    _, codes = enrol(window_user())
    assert window.get("/admin/jobs/job/", headers=html).status_code == 200
    kept = window.post(PAGE, {"act": "remove", "code": codes[0]})
    assert "must have a second factor" in kept.content.decode()
    assert second_factors.has_second_factor(window_user())


def test_required_means_the_role_admin_and_superusers_and_nobody_else(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    ada, ben, dora = make_user("ada"), make_user("ben"), make_user("dora")
    dora.groups.add(Group.objects.get(name="Admin"))
    assert [second_factors.must_have_second_factor(each) for each in (ada, ben, dora)] == [
        True,
        False,
        True,
    ]
    settings.REQUIRE_SECOND_FACTOR = False
    assert not second_factors.must_have_second_factor(ada)


# --- A lost device --------------------------------------------------------------------------------


def test_ops_remove_the_second_factor_of_who_lost_the_phone():
    ada = make_user("ada")
    enrol(ada)
    out = StringIO()
    call_command("second_factor_remove", "ada", "--dry-run", stdout=out)
    assert second_factors.has_second_factor(ada)
    call_command("second_factor_remove", "ada", "--why", "stolen", stdout=out)
    assert "is removed" in out.getvalue()
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert log_in().status_code == 200
    event = LedgerEvent.objects.get(event_type="second_factor_removed")
    assert (event.actor, event.metadata["why"]) == ("command:second_factor_remove", "stolen")
    with pytest.raises(SystemExit):
        call_command("second_factor_remove", "nobody", stdout=out, stderr=out)


def test_an_administrator_removes_it_from_the_list_of_users(window):
    ben = make_user("ben")
    enrol(ben)
    data = {"action": "remove_second_factors", "_selected_action": [ben.pk]}
    assert window.post("/admin/auth/user/", data).status_code == 302
    assert not second_factors.has_second_factor(ben)


def test_a_second_factor_costs_the_list_of_users_no_query_per_row(window):
    def queries():
        with CaptureQueries(connection) as caught:
            assert window.get("/admin/auth/user/").status_code == 200
        return len(caught)

    queries()
    before = queries()
    for number in range(5):
        enrol(make_user(f"user{number}"))
    assert queries() == before
