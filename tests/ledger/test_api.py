"""The doors of the ledger, over HTTP."""

import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from ledger.queries import get_events_by_video
from ledger.rollups import roll_up
from ledger.services import log_event
from tests.factories import make_clip, make_user, make_video
from tests.ledger.past import NOON, event_at, job_life, put
from tests.ledger.tamper import seal_all, wait_for_the_watermark

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api():
    client = APIClient()
    client.force_login(make_user("cleo"))
    return client


def pages(api, path, way="next"):
    """The answers, one after the other."""
    while path:
        answer = api.get(path)
        assert answer.status_code == 200, answer.content
        yield answer.json()
        path = answer.json()[way]


def ids(answers):
    return [event["id"] for answer in answers for event in answer["results"]]


def test_events_are_walked_in_both_directions(api):
    known = put(*(event_at(NOON + n * MINUTE, entity_id=str(n)) for n in range(10)))
    forward = list(pages(api, "/ledger/events?limit=3&order=oldest"))
    assert ids(forward) == [str(event.pk) for event in known]
    assert forward[0]["previous"] is None
    back = list(pages(api, forward[-1]["previous"], "previous"))
    assert [ids([page]) for page in back] == [ids([page]) for page in forward[-2::-1]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "dcba"),
        ("event_type=worker_started", "ca"),
        ("event_type=worker_started&event_type=job_died", "dca"),
        ("severity=ERROR", "d"),
        ("entity_type=worker&entity_id=c", "c"),
        ("entity_type=worker&order=oldest", "abc"),
        ("actor=user:1", "b"),
        ("since=2026-11-20T12:31:30Z", "dc"),
        ("until=2026-11-20T12:31:30Z&since=2026-11-20T12:30:30Z", "b"),
        ("q=type:worker_started", "ca"),
        ("q=severity:ERROR&entity_type=job", "d"),
        ("q=harbour", "a"),
    ],
)
def test_filters_narrow_the_list(api, query, found):
    put(
        event_at(NOON, entity_id="a", metadata={"title": "Harbour"}),
        event_at(NOON + MINUTE, "worker_stopped", entity_id="b", actor="user:1"),
        event_at(NOON + 2 * MINUTE, entity_id="c"),
        event_at(NOON + 3 * MINUTE, "job_died", entity_type="job", entity_id="d", severity="ERROR"),
    )
    answer = api.get(f"/ledger/events?{query}").json()
    assert "".join(event["entity_id"] for event in answer["results"]) == found


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/ledger/events?q=colour:red", "ledger.bad-question"),
        ("/ledger/events?q=severity:WARN&severity=ERROR", "ledger.bad-question"),
        ("/ledger/events?cursor=x", "ledger.bad-cursor"),
        ("/ledger/events?limit=201", "stakazo.invalid-input"),
        ("/ledger/events?event_type=nothing", "stakazo.invalid-input"),
        ("/ledger/events?entity_id=x", "stakazo.invalid-input"),
        ("/ledger/events?since=9999-12-31T23:59:59-14:00", "stakazo.invalid-input"),
        ("/ledger/tail?after=x", "ledger.bad-position"),
        ("/ledger/jobs/slowest?limit=51", "stakazo.invalid-input"),
        ("/ledger/throughput?hours=0", "stakazo.invalid-input"),
        ("/ledger/entities/clip/%00", "stakazo.invalid-input"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_one_shape(api, path, code):
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert set(answer.json()) == {"code", "message", "details", "request_id"}


def test_a_timeline_and_a_trail_begin_with_the_oldest(api):
    video = make_video()
    clip = make_clip(video)
    life = api.get(f"/ledger/entities/clip/{clip.pk}").json()["results"]
    assert [event["event_type"] for event in life] == ["clip_created"]
    trail = list(pages(api, f"/ledger/videos/{video.pk}?limit=1"))
    assert ids(trail) == [str(event.pk) for event in get_events_by_video(video.pk)]
    assert api.get(f"/ledger/videos/{uuid.uuid4()}").json()["results"] == []


@committed
def test_who_follows_the_tail_sees_each_event_once_in_order_of_commits(api):
    after = api.get("/ledger/tail").json()["after"]
    assert api.get("/ledger/tail", {"after": after}).json()["events"] == []
    known = [str(log_event("worker_started", entity_id=str(n)).pk) for n in range(5)]
    wait_for_the_watermark()
    seen = []
    while new := (answer := api.get("/ledger/tail", {"after": after, "limit": 2}).json())["events"]:
        seen += [event["id"] for event in new]
        after = answer["after"]
    assert seen == known
    assert len(api.get("/ledger/tail?after=start").json()["events"]) == LedgerEvent.objects.count()


@committed
def test_the_position_of_the_snapshot_is_good_for_the_tail(api):
    after = api.get("/telemetry/snapshot").json()["position"]
    log_event("worker_started")
    wait_for_the_watermark()
    (event,) = api.get("/ledger/tail", {"after": after}).json()["events"]
    assert event["event_type"] == "worker_started"


@committed
def test_figures_say_until_when_they_were_counted(api):
    assert api.get("/ledger/failures").json() == {"counted_until": None, "results": []}
    now = timezone.now()
    put(*job_life(begun=now - MINUTE), *job_life(begun=now - MINUTE, ends="failed"))
    wait_for_the_watermark()
    roll_up()
    rates = api.get("/ledger/failures").json()
    assert rates["counted_until"]
    assert [(rate["job_type"], rate["rate"]) for rate in rates["results"]] == [
        ("cut_analysis", 0.5)
    ]
    slow = api.get("/ledger/jobs/slowest?limit=1").json()["results"]
    assert [one["duration_ms"] for one in slow] == [10_000]
    hours = api.get("/ledger/throughput?hours=3").json()["results"]
    assert len(hours) == 3
    assert sum(hour["events"] for hour in hours) == 6
    assert api.get("/ledger/anomalies").json()["results"] == []


@committed
def test_an_event_is_proved_once_it_is_sealed(api, tmp_path):
    event = log_event("worker_started")
    path = f"/ledger/events/{event.pk}"
    assert api.get(path).json()["seal"] is None
    assert api.get(f"{path}/proof").json()["code"] == "ledger.not-sealed"
    seal_all()
    assert api.get(path).json()["seal"] == 1
    proof = tmp_path / "proof.json"
    proof.write_bytes(api.get(f"{path}/proof").content)
    head = api.get("/debug/ledger/seals").json()["results"][0]
    command = [sys.executable, "ledger/check_proof.py", str(proof), "--head", head["seal_hash"]]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert api.get(f"/ledger/events/{uuid.uuid4()}").status_code == 404


@committed
def test_the_chain_is_walked_from_its_head(api, monkeypatch):
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 1)
    for _ in range(5):
        log_event("worker_started")
    seal_all()
    chain = [seal for page in pages(api, "/debug/ledger/seals?limit=2") for seal in page["results"]]
    assert [seal["number"] for seal in chain] == [5, 4, 3, 2, 1]
    assert [seal["previous_hash"] for seal in chain[:4]] == [
        seal["seal_hash"] for seal in chain[1:]
    ]
    assert api.get("/debug/ledger/seals/3").json()["number"] == 3
    assert api.get("/debug/ledger/seals/6").status_code == 404
    assert api.get(f"/debug/ledger/seals/{10**30}").status_code == 404


@pytest.mark.parametrize("path", ["/ledger/events", "/ledger/tail", "/debug/ledger/seals"])
def test_nobody_looks_without_a_login(path):
    assert APIClient().get(path).status_code == 401


def test_a_page_takes_the_same_few_queries_whatever_its_size(api, django_assert_max_num_queries):
    put(*(event_at(NOON + n * MINUTE) for n in range(60)))
    with django_assert_max_num_queries(7):  # two of them: what the caller may
        api.get("/ledger/events?limit=50")
