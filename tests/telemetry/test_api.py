"""The watch endpoints and the page as it is served."""

import re

import pytest
from rest_framework.test import APIClient

from ledger.services import log_event
from stakazo.identity.services import create_api_key
from stakazo.telemetry.views import EVENTS_ON_PAGE
from tests.factories import make_clip, make_publication, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    client = APIClient()
    client.force_login(make_user("cleo"))
    return client


def test_ledger_endpoint_returns_recent_items(api):
    for number in range(3):
        log_event("worker_started", entity_type="worker", entity_id=f"w{number}")
    answer = api.get("/debug/ledger/recent?limit=2").json()
    assert set(answer) == {"events", "total", "limit"}
    assert [event["entity_id"] for event in answer["events"]] == ["w2", "w1"]
    assert (answer["total"], answer["limit"]) == (3, 2)


def test_without_a_limit_the_newest_fifty_are_given(api):
    assert api.get("/debug/ledger/recent").json() == {"events": [], "total": 0, "limit": 50}


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many", "", "1.5"])
def test_a_limit_outside_1_to_500_is_refused(api, limit):
    answer = api.get(f"/debug/ledger/recent?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "stakazo.invalid-input")


@pytest.mark.parametrize("limit", [1, 500])
def test_the_bounds_themselves_are_fine(api, limit):
    assert api.get(f"/debug/ledger/recent?limit={limit}").status_code == 200


def test_the_snapshot_has_every_section(api):
    make_publication()
    data = api.get("/telemetry/snapshot").json()
    assert set(data) == {
        *("taken_at", "mode", "position", "jobs", "media", "publishing", "campaigns"),
        *("ledger", "workers", "alerts"),
    }
    assert data["publishing"]["platforms"] == {"instagram": {"scheduled": 1}}


def test_the_summaries_of_jobs_and_clips(api):
    make_clip()
    clips = api.get("/debug/clips/summary").json()
    assert (clips["clips"], clips["clips_ready"], clips["clips_published"]) == (1, 1, 0)
    jobs = api.get("/debug/jobs/summary").json()
    assert (jobs["total"], jobs["queues"], jobs["oldest_waiting_s"]) == (0, [], None)


@pytest.mark.parametrize(
    "path",
    ["/telemetry/snapshot", "/debug/ledger/recent", "/debug/jobs/summary", "/debug/clips/summary"],
)
def test_nobody_looks_without_a_login(path):
    answer = APIClient().get(path)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "details", "request_id"}


# --- Prometheus -----------------------------------------------------------------------------------


def test_metrics_are_prometheus_text_for_a_key_that_may_read():
    make_publication()
    log_event("health_check_failed", entity_id="database")
    _, plain = create_api_key(name="prometheus", user=make_user("cleo"), scopes=["read"])
    answer = APIClient().get(
        "/metrics",
        headers={"X-Api-Key": plain, "Accept": "application/openmetrics-text;version=1.0.0"},
    )
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert 'stakazo_publications{platform="instagram",status="scheduled"} 1.0' in text
    assert 'stakazo_ledger_events_total{severity="ERROR"} 1.0' in text
    assert 'stakazo_jobs{status="dead"} 0.0' in text
    assert 'stakazo_board{fact="unresolved",section="alerts"} 0.0' in text
    assert len(re.findall(r"^# TYPE stakazo_jobs gauge$", text, re.MULTILINE)) == 1


def test_metrics_are_closed_to_strangers_unless_settings_trust_this_machine(settings):
    closed = APIClient().get("/metrics", headers={"Accept": "text/plain"})
    assert (closed.status_code, closed.json()["code"]) == (401, "stakazo.not-authenticated")
    settings.METRICS_OPEN_TO_LOCALHOST = True
    assert APIClient().get("/metrics").status_code == 200
    assert APIClient().get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 401


# --- The page -------------------------------------------------------------------------------------


def test_the_page_sends_strangers_to_the_login(client):
    answer = client.get("/telemetry")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/telemetry")


def test_the_page_is_useful_before_the_socket_connects(client):
    client.force_login(make_user("ada"))
    make_publication()
    log_event("health_check_failed", entity_type="health_check", metadata={"error": "<b>no</b>"})
    for number in range(EVENTS_ON_PAGE + 5):
        log_event("worker_started", entity_type="worker", entity_id=f"w{number}")
    answer = client.get("/telemetry")
    page = answer.content.decode()
    assert "Instagram" in page
    assert "Simulator" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert page.count('class="badge info"') == EVENTS_ON_PAGE
    assert re.search(r'data-number="media.clips_ready">1<', page)


def test_the_page_is_strict_and_asks_nobody_else_for_anything(client):
    client.force_login(make_user("cleo"))
    answer = client.get("/telemetry")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    page = answer.content.decode()
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert " style=" not in page
    assert "/admin/ledger" not in page, "Cleo has no admin, so she gets no links into it"
