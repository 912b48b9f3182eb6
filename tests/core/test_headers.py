"""What stands around an answer: who of other origins may read it, and how small it is made."""

import gzip
import json

import pytest
from django.test import Client

from stakazo.identity import services
from tests.factories import make_user, make_video

pytestmark = pytest.mark.django_db
FRIEND = "https://app.example.org"


def preflight(origin, path="/videos", **more):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-api-key, idempotency-key",
    }
    return Client().options(path, headers=headers | more)


# --- Other origins --------------------------------------------------------------------------------


def test_nobody_of_another_origin_reads_anything_unless_the_settings_name_it():
    answer = preflight(FRIEND)
    assert "Access-Control-Allow-Origin" not in answer


def test_a_named_origin_calls_with_a_key_and_reads_our_headers_but_never_with_cookies(settings):
    settings.CORS_ALLOWED_ORIGINS = [FRIEND]
    asked = preflight(FRIEND)
    assert asked["Access-Control-Allow-Origin"] == FRIEND
    assert {"x-api-key", "idempotency-key"} <= set(
        asked["Access-Control-Allow-Headers"].split(", ")
    )
    answer = Client().get("/debug/health/live", headers={"Origin": FRIEND})
    assert answer["Access-Control-Allow-Origin"] == FRIEND
    assert {"X-Request-ID", "RateLimit", "Retry-After"} <= set(
        answer["Access-Control-Expose-Headers"].split(", ")
    )
    for each in (asked, answer):
        assert "Access-Control-Allow-Credentials" not in each
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
        "https://x@app.example.org",
    ],
)
def test_origins_that_only_look_like_it_are_strangers(settings, origin):
    settings.CORS_ALLOWED_ORIGINS = [FRIEND]
    assert "Access-Control-Allow-Origin" not in preflight(origin)


def test_the_admin_is_for_no_other_origin(settings):
    settings.CORS_ALLOWED_ORIGINS = [FRIEND]
    assert "Access-Control-Allow-Origin" not in preflight(FRIEND, "/admin/login/")


# --- Smaller --------------------------------------------------------------------------------------


@pytest.fixture
def reader():
    for _ in range(5):
        make_video()
    _, plain = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"])
    return Client(headers={"X-Api-Key": plain, "Accept-Encoding": "gzip"})


def test_a_program_gets_its_lists_compressed(reader):
    answer = reader.get("/videos")
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert len(json.loads(gzip.decompress(answer.content))["results"]) == 5


def test_an_answer_is_of_another_length_each_time_so_that_its_length_tells_little(reader):
    assert len({len(reader.get("/videos").content) for _ in range(20)}) > 1


def test_nothing_is_compressed_for_a_browser_with_a_session_nor_any_page():
    make_video()
    browser = Client(headers={"Accept-Encoding": "gzip"})
    browser.force_login(make_user("ada"))
    for path in ("/videos", "/admin/", "/telemetry"):
        assert "Content-Encoding" not in browser.get(path)
    stranger = Client(headers={"Accept-Encoding": "gzip", "Accept": "text/html"})
    assert "Content-Encoding" not in stranger.get("/admin/login/")


def test_secrets_are_not_compressed(reader):
    user = make_user("dora")
    client = Client(headers={"Accept-Encoding": "gzip"})
    body = {"username": user.username, "password": "correct horse battery"}
    answer = client.post("/auth/login", body, content_type="application/json")
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
    assert "Content-Encoding" not in reader.get("/auth/me")
