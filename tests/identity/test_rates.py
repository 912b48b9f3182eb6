"""How often somebody may call: counted exactly, whoever counts, and told in standard headers."""

import asyncio
import os
import re
import subprocess
import sys
import threading

import httpx
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from stakazo.identity import rates, services
from stakazo.identity.rate_windows import InFile, InRedis, Windows, windows
from tests.factories import make_user
from tests.flows.house import free_ports

pytestmark = pytest.mark.django_db
PATIENCE_S = 240  # to give up on a test, not to time anything


@pytest.fixture(autouse=True)
def _own_count(settings, tmp_path):
    settings.RATE_LIMIT_FILE = tmp_path / "rates.sqlite3"
    windows().forget()


def client_of(user, **more):
    key, plain = services.create_api_key(name="x", user=user, scopes=["write"], **more)
    return key, APIClient(headers={"X-Api-Key": plain})


def told(answer):
    """(name, quota, period, left, seconds) of the two headers."""
    policy = re.fullmatch(r'"(\w+)";q=(\d+);w=(\d+)', answer["RateLimit-Policy"])
    now = re.fullmatch(r'"(\w+)";r=(\d+);t=(\d+)', answer["RateLimit"])
    assert policy[1] == now[1]
    return policy[1], int(policy[2]), int(policy[3]), int(now[2]), int(now[3])


# --- Windows --------------------------------------------------------------------------------------


@pytest.fixture(params=["here", "file", "redis"])
def place(request, tmp_path) -> Windows:
    if request.param == "file":
        return InFile(tmp_path / "windows.sqlite3")
    if request.param == "redis":
        if not django_settings.REDIS_URL:
            pytest.skip("needs Redis")
        place = InRedis(django_settings.REDIS_URL)
        place.forget()
        return place
    return windows()


def test_a_window_begins_with_its_first_use_and_each_key_has_its_own(place):
    first, second = (place.use("a", period_s=60) for _ in range(2))
    assert (first.used, second.used, place.use("b", period_s=60).used) == (1, 2, 1)
    assert 0 < second.ends_in_s <= first.ends_in_s <= 60


def test_a_window_that_is_over_begins_anew(place):
    assert place.use("a", period_s=0).used == 1
    over = threading.Event()
    for _ in range(100):  # the clock of the place must move by its smallest step
        if place.use("a", period_s=60).used == 1:
            break
        over.wait(0.01)
    assert place.use("a", period_s=60).used == 2


def test_two_connections_count_in_the_same_file(tmp_path):
    one, other = InFile(tmp_path / "w.sqlite3"), InFile(tmp_path / "w.sqlite3")
    used = [place.use("a", period_s=60).used for place in (one, other) * 5]
    assert used == list(range(1, 11))


# --- At the door ----------------------------------------------------------------------------------


def test_each_answer_says_what_is_left_and_then_when_to_come_back():
    _, client = client_of(make_user("ben"), calls_per_minute=3)
    answers = [client.get("/auth/me") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [told(answer)[:4] for answer in answers] == [
        ("key", 3, 60, left) for left in (2, 1, 0, 0, 0)
    ]
    refused = answers[-1]
    assert refused.json()["code"] == "identity.too-many-calls"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["details"]["limit"] == 3


def test_keys_people_and_addresses_have_budgets_of_their_own(settings):
    settings.RATE_LIMIT_KEY, settings.RATE_LIMIT_USER, settings.RATE_LIMIT_ADDRESS = 2, 3, 4
    ben = make_user("ben")
    (_, one), (_, other) = client_of(ben), client_of(ben)
    window = APIClient()
    window.force_login(ben)
    names = [told(client.get("/auth/me"))[:2] for client in (one, other, window, APIClient())]
    assert names == [("key", 2), ("key", 2), ("user", 3), ("address", 4)]
    assert [one.get("/auth/me").status_code for _ in range(2)] == [200, 429]
    assert other.get("/auth/me").status_code == 200


def test_refusals_are_counted_too(settings):
    settings.RATE_LIMIT_ADDRESS = 3
    guesses = [APIClient(headers={"X-Api-Key": f"stk_live_0a1b2c3{n}_x"}) for n in range(5)]
    assert [guess.get("/videos").status_code for guess in guesses] == [401] * 3 + [429] * 2
    _, cleo = client_of(make_user("cleo"), calls_per_minute=2)
    answers = [cleo.post("/jobs", {}, "json").status_code for _ in range(3)]
    assert answers == [403, 403, 429]


def test_one_request_is_counted_once():
    _, client = client_of(make_user("ben"), calls_per_minute=10)
    assert told(client.get("/auth/me"))[3] == 9
    assert told(client.get("/jobs/batches/0190a0b0-0000-7000-8000-000000000001"))[3] == 8


def test_without_a_limit_nothing_is_counted_and_health_never_is(settings):
    _, client = client_of(make_user("ben"), calls_per_minute=0)
    assert "RateLimit" not in client.get("/auth/me")
    settings.RATE_LIMIT_ADDRESS = 1
    assert {APIClient().get("/debug/health/live").status_code for _ in range(3)} == {200}


def test_who_cannot_count_lets_in(settings, tmp_path, monkeypatch, caplog):
    _, client = client_of(make_user("ben"), calls_per_minute=1)

    def away():
        raise rates.redis.ConnectionError

    monkeypatch.setattr(rates, "windows", away)
    assert [client.get("/auth/me").status_code for _ in range(2)] == [200, 200]
    assert "does not answer" in caplog.text


# --- The budget of a key --------------------------------------------------------------------------


def test_an_operator_gives_a_key_another_budget_in_the_admin():
    ada = make_user("ada")
    key, client = client_of(ada, calls_per_minute=1)
    window = Client()
    window.force_login(ada)
    page = f"/admin/identity/apikey/{key.pk}/change/"
    assert window.post(page, {"calls_per_minute": "2"}).status_code == 302
    assert [client.get("/auth/me").status_code for _ in range(3)] == [200, 200, 429]
    assert window.post(page, {"calls_per_minute": ""}).status_code == 302
    key.refresh_from_db()
    assert key.calls_per_minute is None
    assert LedgerEvent.objects.filter(event_type="api_key_budget_set").count() == 2


# --- Over two processes ---------------------------------------------------------------------------

_SERVER = """
import sys, uvicorn
from stakazo.asgi import application
from stakazo.identity import rates
from django.db import connections
rates.PERIOD_S = 3600  # no window ends while a busy machine answers
uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")
"""


def database_url():
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


@pytest.fixture
def two_servers(tmp_path):
    """The addresses of two processes that serve the database of this test."""
    env = {name: word for name, word in os.environ.items() if not name.startswith("STAKAZO_")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "stakazo.settings",
        "STAKAZO_VAR_DIR": str(tmp_path / "var"),
        "STAKAZO_SECRET_KEY": "the same in both, and long enough to be taken seriously",
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
    }
    ports = free_ports(2)
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(port)], cwd=django_settings.BASE_DIR, env=env
        )
        for port in ports
    ]
    try:
        pause = threading.Event()
        for port in ports:
            for _ in range(PATIENCE_S * 5):
                try:
                    httpx.get(f"http://127.0.0.1:{port}/debug/health/live", trust_env=False)
                    break
                except httpx.TransportError:
                    pause.wait(0.2)
        yield [f"http://127.0.0.1:{port}" for port in ports]
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(timeout=60)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_of_200_calls_at_once_over_two_processes_exactly_the_limit_passes(two_servers):
    _, client = client_of(make_user("ben"), calls_per_minute=20)
    headers = {"X-Api-Key": client.defaults["HTTP_X_API_KEY"]}

    async def call_all():
        # Each request in work holds a connection to the database, and PostgreSQL has a hundred for all.
        limits = httpx.Limits(max_connections=200 if connection.vendor == "sqlite" else 30)
        async with httpx.AsyncClient(
            headers=headers, timeout=PATIENCE_S, limits=limits, trust_env=False
        ) as http:
            calls = [http.get(f"{two_servers[n % 2]}/auth/me") for n in range(200)]
            return await asyncio.gather(*calls)

    answers = asyncio.run(call_all())
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (20, 180)
    left = sorted(told(answer.headers)[3] for answer in answers if answer.status_code == 200)
    assert left == list(range(20))
