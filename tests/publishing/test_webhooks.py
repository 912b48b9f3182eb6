"""Webhooks in: verified, stored once, answered at once, and only ever a hint."""

import hashlib
import hmac
import json

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import settle_lost
from ledger.models import LedgerEvent
from publishing.models import WebhookDelivery
from publishing.services.accounts import connect_simulator_accounts
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.hooks import signed
from tests.factories import make_account
from tests.publishing.road import Crash, crash_at, run_once, wanted

pytestmark = pytest.mark.django_db

TIKTOK = json.dumps(
    {
        "client_key": "aw",
        "event": "post.publish.complete",
        "create_time": 1_795_165_200,
        "user_openid": "act.1",
        "content": json.dumps(
            {"publish_id": "v_pub_file~v2-1.1", "publish_type": "DIRECT_PUBLISH"}
        ),
    }
)
INSTAGRAM = json.dumps(
    {
        "object": "instagram",
        "entry": [{"id": "1", "time": 1, "changes": [{"field": "comments", "value": {"id": "9"}}]}],
    }
)
YOUTUBE = """<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<entry><id>yt:video:abc</id><yt:videoId>abc</yt:videoId><yt:channelId>UC1</yt:channelId>
<title>T</title><updated>2026-11-20T09:00:00+00:00</updated></entry></feed>"""
BODIES = {"tiktok": TIKTOK, "instagram": INSTAGRAM, "youtube": YOUTUBE}


def headers_for(platform, body, secret=None):
    return signed(platform, body, secret=secret or SIMULATED_APPS[platform].webhook_secret)


def deliver(platform, body, *, path="", secret=None, **changed):
    headers = {**headers_for(platform, body, secret), **changed}
    content_type = headers.pop("Content-Type")
    return Client(enforce_csrf_checks=True).post(
        path or f"/publishing/webhooks/{platform}",
        data=body,
        content_type=content_type,
        headers=headers,
    )


@pytest.mark.parametrize("platform", BODIES)
def test_a_signed_delivery_is_stored_whole_and_looked_at_by_a_job(platform):
    assert deliver(platform, BODIES[platform]).status_code == 200
    (delivery,) = WebhookDelivery.objects.all()
    assert (delivery.platform, delivery.body) == (platform, BODIES[platform])
    (job,) = Job.objects.filter(job_type="handle_webhook")
    assert job.payload == {"delivery_id": str(delivery.pk)}
    event = LedgerEvent.objects.get(event_type="webhook_received")
    assert event.actor == f"platform:{platform}"


@pytest.mark.parametrize("platform", BODIES)
def test_a_repeated_delivery_is_harmless(platform):
    for _ in range(3):
        assert deliver(platform, BODIES[platform]).status_code == 200
    assert WebhookDelivery.objects.count() == 1
    assert Job.objects.filter(job_type="handle_webhook").count() == 1


@pytest.mark.parametrize("platform", BODIES)
def test_a_forged_delivery_is_refused_in_the_one_shape_and_nothing_is_kept(platform):
    answer = deliver(platform, BODIES[platform], secret="guessed")
    assert answer.status_code == 403
    assert set(answer.json()) == {"code", "message", "details"}
    assert answer.json()["code"] == "publishing.webhook-refused"
    assert WebhookDelivery.objects.count() == Job.objects.count() == 0
    assert LedgerEvent.objects.filter(event_type="webhook_refused").count() == 1


@pytest.mark.parametrize("platform", BODIES)
def test_a_changed_body_no_signature_and_another_platforms_signature_are_refused(platform):
    headers = headers_for(platform, BODIES[platform])
    content_type = headers.pop("Content-Type")
    path = f"/publishing/webhooks/{platform}"
    client = Client()
    changed = client.post(
        path, data=BODIES[platform] + " ", content_type=content_type, headers=headers
    )
    bare = client.post(path, data=BODIES[platform], content_type=content_type)
    other = "instagram" if platform != "instagram" else "tiktok"
    foreign = client.post(
        path,
        data=BODIES[platform],
        content_type=content_type,
        headers={
            key: value
            for key, value in headers_for(other, BODIES[platform]).items()
            if key != "Content-Type"
        },
    )
    assert [changed.status_code, bare.status_code, foreign.status_code] == [403, 403, 403]
    assert WebhookDelivery.objects.count() == 0


def test_an_old_signature_of_tiktok_is_refused():
    secret = SIMULATED_APPS["tiktok"].webhook_secret
    mac = hmac.new(secret.encode(), b"1000000000." + TIKTOK.encode(), hashlib.sha256).hexdigest()
    answer = deliver("tiktok", TIKTOK, **{"TikTok-Signature": f"t=1000000000,s={mac}"})
    assert answer.status_code == 403


def test_the_second_secret_holds_during_a_rotation(settings):
    settings.STAKAZO_LIVE = True
    settings.PLATFORM_APPS = {
        "instagram": {
            "client_id": "1",
            "client_secret": "s",
            "webhook_secrets": ["new", "old"],
            "verify_token": "v",
        }
    }
    assert deliver("instagram", INSTAGRAM, secret="old").status_code == 200
    simulated = SIMULATED_APPS["instagram"].webhook_secret
    assert deliver("instagram", INSTAGRAM, secret=simulated).status_code == 403


def test_a_large_delivery_is_refused_before_it_is_read():
    body = '{"x": "' + "a" * (1024 * 1024) + '"}'
    assert deliver("instagram", body).status_code == 413
    assert WebhookDelivery.objects.count() == 0


@pytest.mark.parametrize("body", ["", "not json", "[1]"])
def test_a_signed_body_that_says_nothing_is_a_bad_request(body):
    answer = deliver("instagram", body)
    assert (answer.status_code, set(answer.json())) == (400, {"code", "message", "details"})
    assert WebhookDelivery.objects.count() == 0


def test_an_unknown_platform_is_refused():
    answer = Client().post("/publishing/webhooks/myspace", data="{}", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (400, "publishing.unknown-platform")


def test_the_other_name_of_the_instagram_door_is_the_same_door():
    assert deliver("instagram", INSTAGRAM, path="/webhook/instagram").status_code == 200
    assert deliver("instagram", INSTAGRAM).status_code == 200
    assert WebhookDelivery.objects.get().platform == "instagram"


@pytest.mark.parametrize("path", ["/publishing/webhooks/instagram", "/webhook/instagram"])
def test_meta_gets_its_challenge_back_only_for_our_token(path):
    token = SIMULATED_APPS["instagram"].verify_token
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    answer = Client().get(path, query)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"] == "text/plain"
    assert Client().get(path, {**query, "hub.verify_token": "x"}).status_code == 403
    assert Client().get(path).status_code == 404


def test_a_hub_gets_its_challenge_back_only_for_our_channels():
    account = make_account("youtube", external_id="UC1")
    topic = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
    query = {"hub.mode": "subscribe", "hub.challenge": "c", "hub.topic": topic + "UC1"}
    path = "/publishing/webhooks/youtube"
    assert account.platform == "youtube"
    assert Client().get(path, query).content == b"c"
    assert Client().get(path, {**query, "hub.topic": topic + "UC2"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_webhook_settles_a_post_that_waits_by_asking_the_platform(simulator, small_video):
    simulator.set(tiktok__processing_s=300, tiktok__moderation_s=60)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        publication = wanted(simulator, "tiktok", small_video)
        run_once(publication)
        publication.refresh_from_db()
        assert publication.status == "publishing"
        clock.shift(600)
        rows = [row for row in simulator.webhooks("tiktok") if "available" in row["body"]]
        (row,) = rows
        assert deliver("tiktok", row["body"]).status_code == 200
        job = run_job(Job.objects.get(job_type="handle_webhook").pk)
    assert job.result == {"asked": 1, "settled": 1}
    publication.refresh_from_db()
    (post,) = simulator.posts()
    assert (publication.status, publication.external_post_id) == ("published", post["id"])
    assert WebhookDelivery.objects.get().outcome == "Asked about 1, settled 1."


@pytest.mark.django_db(transaction=True)
def test_a_delivery_whose_worker_dies_after_it_settled_says_what_it_settled(
    simulator, small_video, monkeypatch
):
    publication = wanted(simulator, "tiktok", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    deliver("tiktok", simulator.webhooks("tiktok")[-1]["body"])
    job = Job.objects.get(job_type="handle_webhook")

    def die(*args, **kwargs):
        raise Crash

    with monkeypatch.context() as patched, pytest.raises(Crash):
        patched.setattr("jobs.services.settle_done", die)
        run_job(job.pk)
    job.refresh_from_db()
    settle_lost(job, why="killed")
    assert run_job(job.pk).result == {"asked": 1, "settled": 1}
    assert WebhookDelivery.objects.get().outcome == "Asked about 1, settled 1."


@pytest.mark.django_db(transaction=True)
def test_a_webhook_that_lies_settles_nothing(simulator, small_video):
    simulator.set(tiktok__processing_s=300)
    publication = wanted(simulator, "tiktok", small_video)
    run_once(publication)
    (log,) = publication.publish_logs.all()
    body = json.loads(TIKTOK)
    body["user_openid"] = publication.social_account.external_id
    body["content"] = json.dumps({"publish_id": log.handle["publish_id"], "post_id": "1"})
    deliver("tiktok", json.dumps(body))
    job = run_job(Job.objects.get(job_type="handle_webhook").pk)
    assert job.result == {"asked": 1, "settled": 0}
    publication.refresh_from_db()
    assert publication.status == "publishing"


@pytest.mark.django_db(transaction=True)
def test_a_connected_channel_is_followed_and_the_hub_agrees(simulator, live_server, settings):
    settings.BASE_URL = live_server.url
    connect_simulator_accounts()
    job = run_job(Job.objects.get(job_type="follow_channels").pk)
    assert job.result == {"channels": 1}
    simulator.deliver()
    (asked,) = simulator.webhooks("youtube")
    assert (asked["kind"], asked["outcome"]) == ("verification", "agreed")
