"""The faults of the simulator: each does what its sentence in the table says."""

import contextlib
import json
from html import unescape

import httpx
import pytest
from django.conf import settings

from publishing.simulator.app import Simulator
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.faults import CALLS, FAULTS, POINTS, Kind, When, points_of
from publishing.simulator.hooks import signed
from publishing.simulator.web import Request
from tests.publishing.hook import Hook, serving

GRAPH = "/graph.instagram.com/v26.0"
# The list: what goes wrong, whether before or after the effect.
NAMED = [
    *("timeout_before", "timeout_after", "reset_before", "reset_after", "error_after"),
    *("rate_limited", "expired_token", "slow_processing", "rejected", "webhook_lost"),
    *("webhook_doubled", "webhook_late", "webhook_reordered", "webhook_forged"),
]
OF_CALLS = {name: each for name, each in FAULTS.items() if each.when in (When.BEFORE, When.AFTER)}


class Reel:
    """A container that is ready to be published, and the call that does."""

    def __init__(self, simulator, video):
        self.simulator, account = simulator, simulator.account("instagram")
        self.bearer = {"Authorization": f"Bearer {account.access_token}"}
        form = {"media_type": "REELS", "upload_type": "resumable", "caption": "c"}
        made = simulator.request("POST", f"{GRAPH}/me/media", data=form, headers=self.bearer).json()
        body = video.read_bytes()
        size = {"offset": "0", "file_size": str(len(body))}
        sent = simulator.request("POST", made["uri"], content=body, headers={**self.bearer, **size})
        assert sent.json()["success"]
        self.key = made["id"]

    def publish(self, timeout=10):
        return self.simulator.request(
            "POST",
            f"{GRAPH}/me/media_publish",
            data={"creation_id": self.key},
            headers=self.bearer,
            timeout=timeout,
        )

    def state(self):
        answer = self.simulator.get(f"{GRAPH}/{self.key}?fields=status_code", headers=self.bearer)
        return answer.json()["status_code"]


def test_the_table_names_what_was_asked_for():
    assert set(NAMED) <= FAULTS.keys()
    assert all(points_of(fault) for fault in FAULTS)


def test_every_call_has_a_point_of_the_table_and_every_point_a_call(tmp_path):
    application = Simulator(tmp_path / "truth.sqlite3")
    asked = [{"content-range": text} for text in ("bytes 0-4/9", "bytes 5-8/9", "bytes */9")]
    found = set()
    for route in application._routes:
        if route.platform and callable(route.point):
            found |= {route.point(Request("PUT", "", {}, headers, "")) for headers in asked}
        elif route.platform:
            found.add(route.point)
    application.world.close()
    assert found == {point for point, kind in POINTS.items() if kind in CALLS}


@pytest.mark.parametrize("fault", OF_CALLS)
def test_a_fault_of_a_call_strikes_before_or_after_its_effect(simulator, small_video, fault):
    reel = Reel(simulator, small_video)
    quickly = {"seconds": 0.2} if fault.startswith("timeout") else {}
    simulator.inject("instagram.media_publish", fault, **quickly)
    answer = None
    with contextlib.suppress(httpx.TransportError):
        answer = reel.publish()
    simulator.advance(91)  # what comes late is there
    happened = len(simulator.posts())
    assert happened == (OF_CALLS[fault].when is When.AFTER)
    match fault:
        case "rate_limited":
            assert answer.json()["error"]["code"] in (4, 17, 32)
        case "expired_token":
            assert answer.json()["error"]["code"] == 190
        case "error_before" | "error_after" | "late_effect":
            assert answer.status_code == 500
        case "html_after":
            assert answer.headers["content-type"].startswith("text/html")
        case _:
            assert answer is None
    if not happened:
        assert reel.publish().is_success
        assert len(simulator.posts()) == 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_a_timeout_keeps_the_caller_waiting(simulator, small_video, fault):
    reel = Reel(simulator, small_video)
    simulator.inject("instagram.media_publish", fault, seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        reel.publish(timeout=0.3)


def test_a_late_effect_is_not_there_at_first(simulator, small_video):
    reel = Reel(simulator, small_video)
    simulator.inject("instagram.media_publish", "late_effect", seconds=50)
    assert reel.publish().status_code == 500
    assert reel.state() == "FINISHED"
    simulator.advance(51)
    assert reel.state() == "PUBLISHED"


def test_slow_processing_takes_longer_once(simulator, small_video):
    simulator.inject("instagram.processing", "slow_processing", seconds=600)
    slow, other = Reel(simulator, small_video), Reel(simulator, small_video)
    assert (slow.state(), other.state()) == ("IN_PROGRESS", "FINISHED")
    simulator.advance(601)
    assert slow.state() == "FINISHED"


def test_rejected_media_has_the_reason_that_was_given(simulator, small_video):
    simulator.inject("instagram.processing", "rejected", reason="2207009")
    reel = Reel(simulator, small_video)
    assert reel.state() == "ERROR"
    assert "error" in reel.publish().json()
    assert simulator.posts() == []


def test_an_upload_that_drops_keeps_what_arrived(simulator, small_video):
    simulator.inject("instagram.upload", "drop_upload", bytes=100_000)
    account = simulator.account("instagram")
    bearer = {"Authorization": f"Bearer {account.access_token}"}
    form = {"media_type": "REELS", "upload_type": "resumable", "caption": "c"}
    made = simulator.request("POST", f"{GRAPH}/me/media", data=form, headers=bearer).json()
    body = small_video.read_bytes()
    with pytest.raises(httpx.TransportError):
        simulator.request(
            "POST",
            made["uri"],
            content=body,
            headers={**bearer, "offset": "0", "file_size": str(len(body))},
        )
    fields = simulator.get(f"{GRAPH}/{made['id']}?fields=video_status", headers=bearer).json()
    assert fields["video_status"]["uploading_phase"]["bytes_transferred"] == 100_000


# --- Webhooks ---


@pytest.fixture
def told(simulator):
    """A receiver of the simulator's webhooks; the TikTok events that came, in order."""
    hook = Hook()
    server, port = serving(hook)
    simulator.send_webhooks_to(f"http://127.0.0.1:{port}")
    simulator.set(tiktok__moderation_s=10)

    def events(valid_only=False):
        simulator.deliver()
        return [
            json.loads(body)["event"].rpartition(".")[2]
            for _, headers, body in hook.seen
            if not valid_only or _is_signed(headers, body)
        ]

    yield events
    simulator.send_webhooks_to("")
    server.shutdown()
    server.server_close()


def _is_signed(headers, body):
    given = next(value for name, value in headers.items() if name.lower() == "tiktok-signature")
    stamp = given.partition(",")[0].removeprefix("t=")
    secret = SIMULATED_APPS["tiktok"].webhook_secret
    ours = signed("tiktok", body.decode(), secret=secret, at=int(stamp))["TikTok-Signature"]
    return ours == given


def post_on_tiktok(simulator, path):
    """Two webhooks: complete, and publicly_available ten seconds later."""
    from tests.publishing.test_simulator import publish

    publish(simulator, "tiktok", path)


@pytest.mark.parametrize(
    ("fault", "at_once", "in_the_end", "valid"),
    [
        ("webhook_lost", [], ["publicly_available"], 1),
        ("webhook_doubled", ["complete"] * 2, ["complete"] * 2 + ["publicly_available"], 3),
        ("webhook_late", [], ["publicly_available", "complete"], 2),
        ("webhook_reordered", [], ["publicly_available", "complete"], 2),
        ("webhook_forged", ["complete"], ["complete", "publicly_available"], 1),
    ],
)
def test_a_webhook_is_lost_doubled_late_reordered_or_forged(
    simulator, told, small_video, fault, at_once, in_the_end, valid
):
    simulator.inject("tiktok.webhook", fault)
    post_on_tiktok(simulator, small_video)
    assert told() == at_once
    simulator.advance(11)
    if fault != "webhook_late":
        assert told() == in_the_end
    simulator.advance(60)
    assert told() == in_the_end
    assert len(told(valid_only=True)) == valid


def test_a_webhook_that_nothing_follows_comes_in_the_end(simulator, told, small_video):
    simulator.inject("tiktok.webhook", "webhook_reordered", skip=1, seconds=120)
    post_on_tiktok(simulator, small_video)
    simulator.advance(100)
    assert told() == ["complete"]
    simulator.advance(60)
    assert told() == ["complete", "publicly_available"]


# --- The doors ---


@pytest.mark.parametrize(
    ("point", "fault", "words"),
    [
        ("instagram.media_publish", "earthquake", "There is no fault"),
        ("instagram.somewhere", "reset_before", "cannot happen at"),
        ("instagram.webhook", "reset_before", "cannot happen at"),
        ("tiktok.init", "webhook_lost", "tiktok.webhook"),
        ("instagram.container", "late_effect", "instagram.media_publish"),
        ("*.commit", "slow_processing", "cannot happen at"),
    ],
)
def test_a_fault_that_could_never_happen_is_refused_in_words(simulator, point, fault, words):
    body = {"point": point, "fault": fault}
    answer = simulator.request("POST", "/_control/inject", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert simulator.get("/_control/inject").json()["injected"] == []


def test_a_pattern_strikes_only_where_the_fault_can_happen(simulator, small_video):
    simulator.inject("*", "drop_upload")
    account = simulator.account("instagram")
    bearer = {"Authorization": f"Bearer {account.access_token}"}
    assert simulator.get(f"{GRAPH}/me", headers=bearer).is_success
    assert simulator.get("/_control/inject").json()["injected"][0]["remaining"] == 1


def test_the_control_api_tells_all_faults_and_where_they_can_happen(simulator):
    known = simulator.get("/_control/inject").json()["faults"]
    assert known.keys() == FAULTS.keys()
    assert known["late_effect"]["seconds"] == 90
    assert set(known["late_effect"]["points"]) == {
        point for point, kind in POINTS.items() if kind is Kind.COMMIT
    }


def test_the_page_sets_a_fault_shows_it_and_takes_it_back(simulator):
    empty = simulator.get("/faults")
    assert "Nothing waits to happen" in empty.text
    assert all(each.sentence.split("`")[0] in unescape(empty.text) for each in FAULTS.values())
    form = {"point": "tiktok.commit", "fault": "late_effect", "count": "2", "seconds": "7"}
    there = simulator.request("POST", "/faults", data=form)
    assert (there.status_code, there.headers["location"].rstrip("?")) == (302, "/faults")
    [row] = simulator.get("/_control/inject").json()["injected"]
    assert (row["point"], row["remaining"], json.loads(row["params"])) == (
        "tiktok.commit",
        2,
        {"seconds": 7.0},
    )
    assert "What waits to happen" in simulator.get("/faults").text
    simulator.request("POST", "/faults", data={"do": "take back"})
    assert simulator.get("/_control/inject").json()["injected"] == []


def test_the_page_refuses_what_cannot_happen_and_forms_of_others(simulator):
    form = {"point": "tiktok.commit", "fault": "webhook_lost"}
    refused = simulator.request("POST", "/faults", data=form)
    assert (refused.status_code, "Not set" in refused.text) == (400, True)
    elsewhere = simulator.request(
        "POST",
        "/faults",
        data={"point": "tiktok.commit", "fault": "reset_after"},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert elsewhere.status_code == 403
    assert simulator.get("/_control/inject").json()["injected"] == []


def test_the_docs_name_every_fault():
    told = (settings.BASE_DIR / "docs" / "publishing.md").read_text()
    assert [name for name in FAULTS if f"`{name}`" not in told] == []
