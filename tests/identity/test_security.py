"""What docs/security.md promises of browsers, passwords and tokens, and that each test it names is there."""

import ast
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from stakazo.identity import services
from stakazo.identity.models import BrowserLogin
from stakazo.identity.tokens import ring
from tests.factories import make_user

ROOT = Path(django_settings.BASE_DIR)
PASSWORD = "correct horse battery"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)


# --- The page -------------------------------------------------------------------------------------


def rows():
    return ROW.findall((ROOT / "docs" / "security.md").read_text())


@pytest.mark.any_database
def test_each_requirement_stands_once_with_tests_that_exist_or_a_dated_exception():
    found = rows()
    assert len(found) > 50
    assert len({number for number, *_ in found}) == len(found)
    missing = []
    for number, _, _, proof in found:
        if proof.startswith("Exception"):
            assert re.match(r"Exception, 2\d{3}-\d\d-\d\d: .+\.$", proof), number
            continue
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)
        pages = re.findall(r"\]\(([\w-]+\.md)(?:#[\w-]+)?\)", proof)
        assert named or pages, number
        missing += [(number, path, name) for path, name in named if name not in named_in(path)]
        missing += [(number, page, "") for page in pages if not (ROOT / "docs" / page).exists()]
    assert missing == []


def named_in(path):
    tree = ast.parse((ROOT / path).read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


# --- Browsers -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/videos", "/admin/login/", "/admin/", "/telemetry", "/docs", "/no/such", "/"]
)
def test_every_answer_carries_the_headers_that_browsers_heed(path):
    answer = Client().get(path, headers={"Accept": "text/html"})
    policy = answer["Content-Security-Policy"]
    for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_the_cookie_of_a_session_is_for_no_script_and_for_no_other_site():
    make_user("ada")
    answer = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.any_database
def test_with_https_cookies_are_secure_and_browsers_remember_it_for_a_year():
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"]
    names += ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT"]
    code = f"from django.conf import settings; print(*[getattr(settings, n) for n in {names}])"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "DJANGO_SETTINGS_MODULE": "stakazo.settings",
            "STAKAZO_HTTPS": "1",
            "STAKAZO_VAR_DIR": str(django_settings.VAR_DIR),
            "STAKAZO_SECRET_KEY": "x",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["True", "True", "31536000", "True", "True"]


@pytest.mark.django_db
def test_a_session_changes_nothing_without_the_token_of_a_page_of_ours():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("ada"))
    for path in ("/alerts", "/auth/password", "/admin/second-factor/", "/telemetry/ticket"):
        answer = client.post(path, {"title": "x"}, content_type="application/json")
        assert answer.status_code == 403, path


@pytest.mark.django_db
def test_a_login_begins_a_new_session_and_nobody_keeps_the_one_of_before():
    make_user("ada")
    client = Client()
    given = {"username": "ada", "password": PASSWORD}
    client.post("/admin/login/", given)
    first = client.cookies["sessionid"].value
    client.post("/admin/logout/")
    client.post("/admin/login/", given)
    assert client.cookies["sessionid"].value != first
    old = Client()
    old.cookies["sessionid"] = first
    assert old.get("/auth/me").status_code == 401
    assert BrowserLogin.objects.count() == 1


# --- Passwords ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_there_is_no_account_that_nobody_made():
    assert User.objects.count() == 0


@pytest.fixture
def register(settings, db):
    settings.REGISTRATION_OPEN = True
    return lambda password: APIClient().post(
        "/auth/register", {"username": "dora", "password": password}, "json"
    )


def test_a_password_that_many_have_is_refused(register):
    common = [
        each
        for each in CommonPasswordValidator().passwords
        if len(each) >= 12 and not each.isdigit()
    ]
    assert common
    for password in common[:5]:
        assert register(password).status_code == 400, password


@pytest.mark.parametrize(
    "password", ["onlysmallletters", "x y" * 70, "ñandúes y más ñandúes", "😀 smiles 😀😀😀😀😀"]
)
def test_any_letters_and_a_great_many_of_them_make_a_password(register, password):
    assert register(password).status_code == 201
    assert services.login("dora", password, address="192.0.2.1").user.username == "dora"


def test_a_password_is_taken_as_it_was_typed(register):
    password = "  Correct Horse  "
    assert register(password).status_code == 201
    for other in (password.strip(), password.lower(), password[:-1]):
        answer = APIClient().post("/auth/login", {"username": "dora", "password": other}, "json")
        assert answer.status_code == 401
    assert services.login("dora", password, address="192.0.2.2")


@pytest.mark.django_db
def test_the_login_page_hides_what_is_typed_and_leaves_password_managers_alone():
    page = Client().get("/admin/login/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert "onpaste" not in page
    assert 'autocomplete="off"' not in field


@pytest.mark.django_db
def test_an_address_that_the_caller_claims_is_not_believed():
    make_user("ben")
    body = {"username": "ben", "password": "nope"}
    headers = [{"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"} for n in range(6)]
    answers = [APIClient().post("/auth/login", body, "json", headers=each) for each in headers]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


# --- Tokens ---------------------------------------------------------------------------------------


def status_of(token):
    return APIClient(headers={"Authorization": f"Bearer {token}"}).get("/auth/me").status_code


@pytest.fixture
def payload(settings, db):
    settings.JWT_KEYS = ["one"]
    make_user("ben")
    token = services.login("ben", PASSWORD, address="192.0.2.1").access
    return jwt.decode(token, options={"verify_signature": False})


def signed(payload, *, algorithm="HS256"):
    ((name, key),) = ring(("one",)).keys.items()
    return jwt.encode(
        payload, None if algorithm == "none" else key, algorithm=algorithm, headers={"kid": name}
    )


def test_only_one_algorithm_is_believed(payload):
    assert status_of(signed(payload)) == 200
    for algorithm in ("none", "HS384", "HS512"):
        assert status_of(signed(payload, algorithm=algorithm)) == 401


def test_a_key_that_the_token_brings_along_is_not_used(payload):
    key = "an attacker's own key, which is long enough"
    headers = {"kid": "mine", "jwk": {"kty": "oct", "k": key}, "jku": "https://evil.example/k"}
    assert status_of(jwt.encode(payload, key, headers=headers)) == 401


def test_a_token_of_another_kind_is_no_access_token(payload):
    for kind in ("refresh", "id", ""):
        assert status_of(signed(payload | {"token_type": kind})) == 401


def test_an_access_token_ends_after_ten_minutes(payload):
    token = signed(payload)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert status_of(token) == 401
