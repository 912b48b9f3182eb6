"""Health: what fails, what that means, and one event each time it changes."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from jobs.models import Job
from ledger import spool
from ledger.models import LedgerEvent
from ledger.services import log_event
from stakazo.telemetry import health

pytestmark = pytest.mark.django_db


class Quiet(BaseHTTPRequestHandler):
    """Answers anything."""

    def do_GET(self):
        self.send_response(404)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def simulator(settings):
    """Something that answers where the simulator should be."""
    server = HTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SIMULATOR_URL = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def told():
    events = LedgerEvent.objects.filter(entity_type="health_check").order_by("id")
    return list(events.values_list("entity_id", "event_type"))


def test_all_is_well(client):
    answer = client.get("/debug/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert set(answer.json()["checks"]) == set(health.CHECKS)
    assert told() == []


def test_a_missing_part_that_some_things_wait_for_is_degraded(client, simulator):
    simulator.shutdown()
    simulator.server_close()
    answer = client.get("/debug/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["simulator"]["status"] == "failing"


def test_live_mode_needs_no_simulator(settings):
    settings.STAKAZO_LIVE, settings.SIMULATOR_URL = True, "http://127.0.0.1:9"
    assert health.check_health().checks["simulator"].status == "ok"


def test_without_storage_we_are_not_ready(client, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file"
    for path in ("/debug/health", "/debug/health/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert client.get("/debug/health/live").status_code == 200


def test_ready_asks_only_for_what_everything_needs(client, settings):
    settings.FFMPEG_BINARY = "/no/such/ffmpeg"
    assert set(client.get("/debug/health/ready").json()["checks"]) == {"database", "storage"}
    assert client.get("/debug/health").json()["checks"]["ffmpeg"]["status"] == "failing"


def test_only_a_change_is_an_event(settings):
    settings.FFMPEG_BINARY = "/no/such/ffmpeg"
    for _ in range(3):
        health.check_health()
    settings.FFMPEG_BINARY = ""
    for _ in range(2):
        health.check_health()
    assert told() == [("ffmpeg", "health_check_failed"), ("ffmpeg", "health_check_recovered")]


def test_jobs_that_nobody_takes_are_a_fault_and_idle_workers_are_not():
    assert health.workers() == "No job waits for a worker."
    Job.objects.create(job_type="x", run_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(health.Unhealthy, match="1 jobs are due"):
        health.workers()
    Job.objects.create(
        job_type="x", status="processing", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert health.workers().startswith("Workers are at it")


def test_events_that_wait_in_the_spool_are_a_fault():
    assert health.ledger_spool() == "No event waits."
    spool.keep(log_event("worker_started"))
    with pytest.raises(health.Unhealthy, match="1 events wait"):
        health.ledger_spool()


def test_no_storage_check_leaves_a_file_behind(settings):
    health.storage()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_the_answer_is_the_same_for_everybody_and_tells_no_secret(client, settings):
    text = json.dumps(client.get("/debug/health").json())
    assert settings.SECRET_KEY not in text
    assert str(settings.VAR_DIR) not in text
