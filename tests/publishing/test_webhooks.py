"""Webhooks in: verified, stored once, answered at once, and only ever a hint."""

import hashlib
import hmac
import itertools
import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import settle_lost
from ledger.models import LedgerEvent
from publishing.errors import WebhookRefused
from publishing.models import RefusedDelivery, WebhookDelivery, WebsubLease
from publishing.platforms.webhooks import BadWebhook
from publishing.services import leases, webhooks
from publishing.services.accounts import connect_simulator_accounts, disconnect_account
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.hooks import signed
from tests.factories import make_account, make_user
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
def test_a_forged_delivery_is_refused_in_the_one_shape_and_only_looked_at(platform):
    answer = deliver(platform, BODIES[platform], secret="guessed")
    assert answer.status_code == 403
    assert set(answer.json()) == {"code", "message", "details", "request_id"}
    assert answer.json()["code"] == "publishing.webhook-refused"
    assert WebhookDelivery.objects.count() == Job.objects.count() == 0
    assert LedgerEvent.objects.filter(event_type="webhook_refused").count() == 1
    refused = RefusedDelivery.objects.get()
    assert (refused.platform, refused.reason) == (platform, "signature")
    assert bytes(refused.body).decode() == BODIES[platform]


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
    assert (answer.status_code, set(answer.json())) == (
        400,
        {"code", "message", "details", "request_id"},
    )
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


def asked_lease(channel="UC1"):
    """A lease that the hub was asked for just now."""
    lease = leases.lease_of(make_account("youtube", external_id=channel))
    WebsubLease.objects.filter(pk=lease.pk).update(asked_at=timezone.now())
    lease.refresh_from_db()
    return lease


def question(lease, /, **changed):
    """What a hub asks of a lease's address."""
    return {
        "lease": str(lease.pk),
        "hub.mode": "subscribe",
        "hub.challenge": "c",
        "hub.topic": lease.topic,
        "hub.lease_seconds": "432000",
    } | {name.replace("__", "."): value for name, value in changed.items()}


def test_a_hub_gets_its_challenge_back_only_for_what_we_asked_for():
    lease, path = asked_lease(), "/publishing/webhooks/youtube"
    other = asked_lease("UC2")
    for refused in (
        question(lease, hub__topic=other.topic),
        question(lease, lease=str(other.pk)),
        question(lease, lease="x"),
        question(lease, lease=""),
    ):
        assert Client().get(path, refused).status_code == 404
    for mode in ("unsubscribe", "", "other"):
        assert Client().get(path, question(lease, hub__mode=mode)).status_code == 403
    lease.refresh_from_db()
    assert lease.lease_until is None
    assert Client().get(path, question(lease)).content == b"c"
    lease.refresh_from_db()
    assert lease.lease_until - lease.granted_at == timedelta(days=5)
    assert LedgerEvent.objects.filter(event_type="channel_followed").count() == 1
    WebsubLease.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert Client().get(path, question(lease)).status_code == 403


def test_a_hub_that_denies_is_noted():
    lease = asked_lease()
    asked = question(lease, hub__mode="denied", hub__reason="too many")
    assert Client().get("/publishing/webhooks/youtube", asked).status_code == 200
    lease.refresh_from_db()
    assert (lease.error, lease.lease_until) == ("Denied: too many", None)


def test_a_lease_is_renewed_past_its_half_and_not_asked_for_twice_in_an_hour():
    now = timezone.now()
    lease = asked_lease()
    account = lease.social_account

    def due(**values):
        WebsubLease.objects.update(**values)
        return account in leases.accounts_to_ask_for(now)

    hours = lambda count: now + timedelta(hours=count)  # noqa: E731
    assert not due(asked_at=hours(-0.5), granted_at=None, lease_until=None)
    assert due(asked_at=hours(-2))
    assert not due(granted_at=hours(-4), lease_until=hours(6))
    assert due(granted_at=hours(-5), lease_until=hours(5))
    assert due(granted_at=hours(-50), lease_until=hours(-1))
    disconnect_account(account)
    assert leases.accounts_to_ask_for(now) == []


def test_each_lease_has_a_secret_of_its_own_and_the_shared_one_opens_none():
    one, two = asked_lease("UC1"), asked_lease("UC2")
    path = f"/publishing/webhooks/youtube?lease={one.pk}"
    assert deliver("youtube", YOUTUBE, path=path, secret=leases.secret_of(two)).status_code == 403
    assert deliver("youtube", YOUTUBE, path=path).status_code == 403
    assert deliver("youtube", YOUTUBE, path=path, secret=leases.secret_of(one)).status_code == 200
    other = YOUTUBE.replace("UC1", "UC2").replace("abc", "def")
    assert deliver("youtube", other, path=path, secret=leases.secret_of(one)).status_code == 403
    assert WebhookDelivery.objects.count() == 1


def test_a_lease_is_sealed_anew_after_the_keys_rotated_and_keeps_its_secret(settings):
    lease = asked_lease()
    plain = leases.secret_of(lease)
    settings.TOKEN_KEYS = ["new", *settings.TOKEN_KEYS]
    lease = leases.lease_of(lease.social_account)
    settings.TOKEN_KEYS = ["new"]
    assert leases.secret_of(lease) == plain
    settings.TOKEN_KEYS = ["another"]
    assert leases.secret_of(leases.lease_of(lease.social_account)) != plain


def test_a_refused_delivery_is_taken_once_its_secret_was_put_right(settings, client):
    settings.STAKAZO_LIVE = True
    app = {"client_id": "1", "client_secret": "s", "verify_token": "v"}
    settings.PLATFORM_APPS = {"tiktok": app | {"webhook_secrets": ["wrong"]}}
    assert deliver("tiktok", TIKTOK, secret="right").status_code == 403
    refused = RefusedDelivery.objects.get()
    with pytest.raises(WebhookRefused):
        webhooks.check_again(refused)
    settings.PLATFORM_APPS = {"tiktok": app | {"webhook_secrets": ["wrong", "right"]}}
    client.force_login(make_user("ada"))
    with time_machine.travel(timezone.now() + timedelta(days=5)):  # signed in time, then
        client.post(
            "/admin/publishing/refuseddelivery/",
            {"action": "check_again", "_selected_action": str(refused.pk)},
        )
    assert RefusedDelivery.objects.count() == 0
    assert WebhookDelivery.objects.get().body == TIKTOK
    assert Job.objects.filter(job_type="handle_webhook").count() == 1


def test_a_signed_body_that_cannot_be_read_is_kept_apart_and_stays_so():
    assert deliver("instagram", "[1]").status_code == 400
    refused = RefusedDelivery.objects.get()
    assert refused.reason == "body"
    with pytest.raises(BadWebhook):
        webhooks.check_again(refused)
    assert WebhookDelivery.objects.count() == 0


def test_a_delivery_is_looked_at_again_from_the_admin(client):
    deliver("tiktok", TIKTOK)
    delivery = WebhookDelivery.objects.get()
    run_job(Job.objects.get().pk)
    client.force_login(make_user("ada"))
    client.post(
        "/admin/publishing/webhookdelivery/",
        {"action": "look_again", "_selected_action": str(delivery.pk), "back": 1},
    )
    delivery.refresh_from_db()
    assert delivery.handled_at is None
    (job,) = Job.objects.filter(status="pending")
    assert run_job(job.pk).result == {"asked": 0, "settled": 0}
    delivery.refresh_from_db()
    assert delivery.handled_at is not None


STEPS = ["post.publish.complete", "post.publish.publicly_available", "post.publish.failed"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)))
def test_in_whatever_order_deliveries_come_the_end_is_the_platforms(order, simulator, small_video):
    """Also when one of them says the contrary of what is true, and each of them comes twice."""
    simulator.set(tiktok__processing_s=300, tiktok__moderation_s=60)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        publication = wanted(simulator, "tiktok", small_video)
        run_once(publication)
        (log,) = publication.publish_logs.all()
        clock.shift(600)
        for step in (*order, *reversed(order)):
            body = json.loads(TIKTOK) | {
                "event": step,
                "user_openid": publication.social_account.external_id,
                "content": json.dumps({"publish_id": log.handle["publish_id"]}),
            }
            assert deliver("tiktok", json.dumps(body)).status_code == 200
            for job in Job.objects.filter(job_type="handle_webhook", status="pending"):
                run_job(job.pk)
    publication.refresh_from_db()
    (post,) = simulator.posts()
    assert (publication.status, publication.external_post_id) == ("published", post["id"])
    assert WebhookDelivery.objects.count() == 3
    assert LedgerEvent.objects.filter(event_type="clip_published").count() == 1
    assert not LedgerEvent.objects.filter(event_type="publication_failed").exists()


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
    assert job.result == {"channels": 1, "failed": 0}
    simulator.deliver()
    (asked,) = simulator.webhooks("youtube")
    assert (asked["kind"], asked["outcome"]) == ("verification", "agreed")
    lease = WebsubLease.objects.get()
    assert lease.lease_until > timezone.now() + timedelta(days=9)
    assert leases.accounts_to_ask_for(timezone.now() + timedelta(days=4)) == []
    assert len(leases.accounts_to_ask_for(timezone.now() + timedelta(days=6))) == 1
