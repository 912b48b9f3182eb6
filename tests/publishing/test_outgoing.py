"""Webhooks out: each event of the ledger told once, signed, tried again, and given up on in the end."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from ledger.models import LedgerEvent
from ledger.services import log_event
from ledger.watermark import Position, events_after
from publishing.errors import ForbiddenAddress
from publishing.outgoing.models import OutgoingDelivery, WebhookSubscriber
from publishing.outgoing.signing import new_secret, signed_headers
from publishing.services import outgoing, subscribers
from stakazo.alerts.models import Alert
from stakazo.alerts.services import evaluate_alerts
from stakazo.core.errors import Conflict, InvalidInput
from tests.factories import make_user
from tests.ledger.tamper import wait_for_the_watermark
from tests.publishing.hook import Hook, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.WEBHOOKS_OUT_LOOPBACK = True
    settings.WEBHOOKS_OUT_TIMEOUT_S = 5


@pytest.fixture
def hook():
    hook = Hook()
    server, port = serving(hook)
    hook.url = f"http://127.0.0.1:{port}/hook"
    yield hook
    server.shutdown()
    server.server_close()


def subscribed(hook, *event_types):
    subscriber, hook.secret = subscribers.add_subscriber(
        name="Label", url=hook.url, event_types=event_types or ["clip_published"]
    )
    return subscriber


def happened(event_type="clip_published", **metadata):
    log_event(event_type, entity_type="publication", entity_id="1", metadata=metadata)


def tell():
    """What the schedule does: feed, then run what that put in the queue."""
    wait_for_the_watermark()
    told = outgoing.feed()
    run_waiting()
    return told


def run_waiting():
    for job in Job.objects.filter(job_type="send_webhooks", status="pending"):
        run_job(job.pk)


def messages():
    return list(OutgoingDelivery.objects.order_by("id"))


def holds(seen, secret):
    """Whether a receiver who follows the specification takes it."""
    _, headers, body = seen
    given = {key.lower(): value for key, value in headers.items()}
    content = f"{given['webhook-id']}.{given['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    ours = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{ours}" in given["webhook-signature"].split(" ")


# --- The way of a message -------------------------------------------------------------------------


def test_the_signature_is_that_of_the_specification():
    """The example of the Standard Webhooks libraries."""
    from datetime import UTC, datetime

    headers = signed_headers(
        b'{"test": 2432232314}',
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=UTC),
        secret_words=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert 24 <= len(base64.b64decode(new_secret().removeprefix("whsec_"))) <= 64


def test_an_event_reaches_a_subscriber_signed_and_in_the_shape_of_the_specification(hook):
    subscriber = subscribed(hook)
    happened(url="https://www.instagram.com/reel/1/")
    happened("publication_failed")
    assert tell()["messages"] == 1
    ((path, headers, body),) = hook.seen
    assert holds(hook.seen[0], hook.secret)
    assert not holds(hook.seen[0], new_secret())
    event = LedgerEvent.objects.get(event_type="clip_published")
    said = json.loads(body)
    assert (path, said["type"], said["data"]["event_id"]) == (
        "/hook",
        "clip_published",
        str(event.pk),
    )
    assert said["timestamp"] == event.timestamp.isoformat()
    assert said["data"]["metadata"]["url"] == "https://www.instagram.com/reel/1/"
    (delivery,) = messages()
    assert (delivery.status, delivery.attempts) == ("delivered", 1)
    assert headers["webhook-id"] == str(delivery.pk)
    assert delivery.attempt_rows.get().http_status == 204
    subscriber.refresh_from_db()
    assert subscriber.last_success_at is not None
    assert tell()["messages"] == 0
    assert len(hook.seen) == 1


def test_what_we_do_to_tell_is_not_told_and_so_it_ends(hook):
    subscribed(hook, "*")
    happened()
    for _ in range(3):
        tell()
        job = outgoing.something_to_tell()
        from jobs.services import enqueue
        from publishing.payloads import FeedWebhooks

        run_job(enqueue("feed_webhooks", FeedWebhooks()).pk)
        run_waiting()
    assert not job
    told = [json.loads(body)["type"] for body in hook.bodies]
    assert told.count("clip_published") == 1
    assert not [kind for kind in told if kind.startswith("job_")]


@pytest.mark.postgresql
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_an_event_that_commits_late_is_told_too(hook):
    subscribed(hook)
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                happened(which="late")
                begun.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    happened(which="early")
    outgoing.feed()
    go_on.set()
    thread.join()
    tell()
    said = sorted(json.loads(body)["data"]["metadata"]["which"] for body in hook.bodies)
    assert said == ["early", "late"]


def test_each_event_is_told_once_however_many_feed(hook):
    subscribed(hook)
    for number in range(20):
        happened(number=number)
    wait_for_the_watermark()

    def fed():
        try:
            outgoing.feed()
        finally:
            connection.close()

    threads = [threading.Thread(target=fed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(messages()) == 20
    run_waiting()
    assert len(hook.seen) == 20


def test_a_feed_that_is_killed_has_told_nothing_twice_and_skips_nothing(hook, monkeypatch):
    subscribed(hook)
    happened()
    wait_for_the_watermark()

    class Killed(BaseException):
        pass

    def die(*args, **more):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outgoing.LedgerReader, "save", die)
        with pytest.raises(Killed):
            outgoing.feed()
    assert messages() == []
    tell()
    assert len(hook.seen) == 1


def test_a_subscriber_hears_of_what_happens_from_then_on(hook):
    happened(which="before")
    subscribed(hook)
    happened(which="after")
    tell()
    (body,) = hook.bodies
    assert json.loads(body)["data"]["metadata"]["which"] == "after"


# --- Trouble --------------------------------------------------------------------------------------


def test_what_is_not_taken_is_tried_again_later_and_later_under_the_same_id(hook):
    hook.answers = [500]
    subscribed(hook)
    happened()
    waits = []
    with time_machine.travel(timezone.now(), tick=True) as clock:
        tell()
        for _ in range(20):
            (delivery,) = messages()
            if delivery.status != "waiting":
                break
            waits.append((delivery.next_at - timezone.now()).total_seconds())
            assert not outgoing.something_to_tell() or waits[-1] <= 0
            clock.shift(timedelta(seconds=waits[-1] + 1))
            tell()
    assert (delivery.status, delivery.attempts) == ("failed", outgoing.MOST_TRIES)
    assert len(hook.seen) == outgoing.MOST_TRIES
    assert len({headers["webhook-id"] for _, headers, _ in hook.seen}) == 1
    assert len(waits) == len(outgoing.WAIT_S)
    for wait, base in zip(waits, outgoing.WAIT_S, strict=True):
        assert base - 2 <= wait <= base * 1.2
    event = LedgerEvent.objects.get(event_type="webhook_delivery_failed")
    assert event.metadata["attempts"] == outgoing.MOST_TRIES


def test_one_message_that_is_refused_does_not_hold_up_the_others(hook):
    hook.answers = [400, 204]
    subscribed(hook)
    happened(which="first")
    happened(which="second")
    tell()
    first, second = messages()
    assert (first.status, second.status) == ("waiting", "delivered")


def test_an_address_that_is_down_is_left_alone_for_a_while(hook):
    hook.answers, hook.headers = [503], {"Retry-After": "600"}
    subscriber = subscribed(hook)
    for _ in range(5):
        happened()
    tell()
    tell()
    assert len(hook.seen) == 1
    subscriber.refresh_from_db()
    assert timedelta(seconds=590) < subscriber.retry_at - timezone.now() < timedelta(seconds=610)
    hook.answers, hook.headers = [204], {}
    with time_machine.travel(timezone.now() + timedelta(seconds=611), tick=True):
        tell()
    assert [each.status for each in messages()] == ["delivered"] * 5
    subscriber.refresh_from_db()
    assert (subscriber.failures, subscriber.failing_since, subscriber.retry_at) == (0, None, None)


def test_an_address_that_answers_410_is_disabled_with_an_alert(hook):
    hook.answers = [410]
    subscriber = subscribed(hook)
    happened()
    happened()
    tell()
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.disabled_by_us) == ("disabled", True)
    assert len(hook.seen) == 1
    assert LedgerEvent.objects.filter(event_type="webhook_subscriber_disabled").count() == 1
    evaluate_alerts()
    alert = Alert.objects.get(rule="subscriber_disabled")
    assert (alert.entity_id, alert.status) == (str(subscriber.pk), "open")
    assert "410" in alert.message
    happened()
    assert tell()["messages"] == 0
    hook.answers = [204]
    subscribers.enable_subscriber(subscriber)
    evaluate_alerts()
    alert.refresh_from_db()
    assert alert.status == "resolved"
    run_waiting()
    assert [each.status for each in messages()] == ["failed", "delivered"]


def test_an_address_that_fails_for_days_is_disabled(hook, settings):
    settings.WEBHOOKS_OUT_DISABLE_AFTER_S = 3 * 86_400
    hook.answers = [500]
    subscriber = subscribed(hook)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for hours in (0, 24, 24, 23):
            clock.shift(timedelta(hours=hours))
            happened()
            tell()
        subscriber.refresh_from_db()
        assert subscriber.status == "active"
        clock.shift(timedelta(hours=2))
        happened()
        tell()
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.disabled_by_us) == ("disabled", True)
    assert "Nothing was taken there since" in subscriber.disabled_reason


def test_one_success_starts_the_days_anew(hook, settings):
    settings.WEBHOOKS_OUT_DISABLE_AFTER_S = 86_400
    hook.answers = [500, 204, 500]
    subscriber = subscribed(hook)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(3):
            happened()
            tell()
            clock.shift(timedelta(hours=20))
    subscriber.refresh_from_db()
    assert subscriber.status == "active"


def test_a_name_that_leads_inside_by_now_is_not_sent_to(hook, settings):
    """Rebinding as the product meets it: public when it was made, this machine when it is sent."""
    subscriber = subscribed(hook)
    happened()
    settings.WEBHOOKS_OUT_LOOPBACK = False
    tell()
    assert hook.seen == []
    (delivery,) = messages()
    assert (delivery.status, delivery.attempt_rows.get().http_status) == ("waiting", None)
    subscriber.refresh_from_db()
    assert subscriber.failures == 1


def test_nobody_there_is_a_failure_in_words_and_no_crash(hook):
    subscriber = subscribed(hook)
    WebhookSubscriber.objects.filter(pk=subscriber.pk).update(url="http://127.0.0.1:1/")
    happened()
    tell()
    (delivery,) = messages()
    assert delivery.error.startswith("No answer: no connection")
    assert Job.objects.get(job_type="send_webhooks").status == "completed"


def test_a_second_sender_that_wakes_up_late_writes_nothing(hook):
    subscribed(hook)
    happened()
    wait_for_the_watermark()
    outgoing.feed()
    (delivery,) = messages()
    tried = outgoing._try(delivery)
    outgoing._settle(delivery, tried)
    with pytest.raises(Conflict), transaction.atomic():
        outgoing._settle(delivery, tried)
    (delivery,) = messages()
    assert (delivery.attempts, delivery.attempt_rows.count()) == (1, 1)


# --- What people do -------------------------------------------------------------------------------


def test_a_new_secret_signs_beside_the_former_for_a_day(hook):
    subscriber = subscribed(hook)
    plain = subscribers.rotate_secret(subscriber)
    happened()
    tell()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        happened()
        tell()
    first, second = hook.seen
    assert holds(first, plain)
    assert holds(first, hook.secret)
    assert holds(second, plain)
    assert not holds(second, hook.secret)
    subscriber.refresh_from_db()
    assert plain not in str(vars(subscriber))
    assert not LedgerEvent.objects.filter(metadata__icontains=plain).exists()


def test_a_secret_is_sealed_anew_when_it_is_used_after_the_keys_rotated(hook, settings):
    subscribed(hook)
    settings.TOKEN_KEYS = ["new", *settings.TOKEN_KEYS]
    happened()
    tell()
    settings.TOKEN_KEYS = ["new"]
    happened()
    tell()
    assert [holds(seen, hook.secret) for seen in hook.seen] == [True, True]
    settings.TOKEN_KEYS = ["another"]  # gone: a failure in words
    happened()
    tell()
    assert "cannot be opened" in messages()[-1].error


def test_a_ping_is_sent_also_to_a_disabled_one_and_tried_once(hook):
    subscriber = subscribed(hook)
    subscribers.disable_subscriber(subscriber)
    hook.answers = [500, 204]
    subscribers.ping(subscriber)
    run_waiting()
    subscribers.ping(subscriber)
    run_waiting()
    assert [each.status for each in messages()] == ["failed", "delivered"]
    assert json.loads(hook.bodies[0])["type"] == "webhook_ping"
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.failing_since) == ("disabled", None)


def test_what_was_missed_while_disabled_is_told_when_asked_for(hook):
    since = timezone.now()
    subscriber = subscribed(hook)
    happened(which="heard")
    tell()
    subscribers.disable_subscriber(subscriber)
    happened(which="missed")
    happened("publication_failed")
    tell()
    with pytest.raises(Conflict):
        subscribers.replay_since(subscriber, since=since)
    subscribers.enable_subscriber(subscriber)
    assert subscribers.replay_since(subscriber, since=since) == {"added": 1, "repeated": 0}
    assert subscribers.replay_since(subscriber, since=since) == {"added": 0, "repeated": 0}
    run_waiting()
    said = [json.loads(body)["data"]["metadata"]["which"] for body in hook.bodies]
    assert said == ["heard", "missed"]


def test_a_message_is_sent_again_under_its_id(hook):
    subscribed(hook)
    happened()
    tell()
    (delivery,) = messages()
    subscribers.replay_delivery(delivery)
    with pytest.raises(Conflict):
        subscribers.replay_delivery(delivery)
    run_waiting()
    first, second = hook.seen
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[2] == second[2]


def test_what_a_subscriber_may_be(hook):
    for url in ("http://10.0.0.1/", "https://169.254.169.254/", "ftp://127.0.0.1/", "nonsense"):
        with pytest.raises(ForbiddenAddress):
            subscribers.add_subscriber(name="x", url=url, event_types=["*"])
    for names in ([], ["no_such_event"], ["webhook_delivery_failed"]):
        with pytest.raises(InvalidInput):
            subscribers.add_subscriber(name="x", url=hook.url, event_types=names)
    subscriber = subscribed(hook)
    with pytest.raises(ForbiddenAddress):
        subscribers.change_subscriber(subscriber, url="https://10.0.0.1/")
    subscribers.change_subscriber(subscriber, event_types=["*"], name="Other")
    subscriber.refresh_from_db()
    assert (subscriber.event_types, subscriber.name, subscriber.url) == (["*"], "Other", hook.url)


def test_old_messages_are_let_go_and_waiting_ones_are_not(hook):
    subscribed(hook)
    happened()
    tell()
    hook.answers = [500]
    happened()
    tell()
    assert outgoing.forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert outgoing.forget_old() == 1
    assert [each.status for each in messages()] == ["waiting"]


# --- Doors ----------------------------------------------------------------------------------------


def test_the_api_from_the_first_word_to_the_replay(hook, client):
    client.force_login(make_user("ada"))

    def asked(path, body=None):
        return client.post(path, json.dumps(body or {}), content_type="application/json")

    made = asked(
        "/webhooks/subscribers",
        {"name": "Label", "url": hook.url, "event_types": ["clip_published"]},
    )
    assert made.status_code == 201
    secret, path = made.json()["secret"], f"/webhooks/subscribers/{made.json()['id']}"
    assert "secret" not in client.get(path).json()
    assert asked(f"{path}/ping").status_code == 202
    happened()
    tell()
    assert [holds(seen, secret) for seen in hook.seen] == [True, True]
    rows = client.get("/webhooks/deliveries?status=delivered").json()["results"]
    assert [row["event_type"] for row in rows] == ["clip_published", "webhook_ping"]
    assert client.get("/webhooks/deliveries?status=waiting").json()["results"] == []
    one = client.get(f"/webhooks/deliveries/{rows[0]['id']}").json()
    assert [each["http_status"] for each in one["tries"]] == [204]
    assert asked(f"/webhooks/deliveries/{rows[0]['id']}/replay").json()["status"] == "waiting"
    again = asked(f"{path}/rotate").json()["secret"]
    assert again != secret
    assert asked(f"{path}/disable", {"why": "moves"}).json()["status"] == "disabled"
    assert asked(f"{path}/disable").status_code == 409
    assert asked(f"{path}/enable").json()["status"] == "active"
    assert asked(f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}).status_code == 202
    bad = asked(
        "/webhooks/subscribers", {"name": "x", "url": "https://10.1/", "event_types": ["*"]}
    )
    assert (bad.status_code, bad.json()["code"]) == (400, "publishing.forbidden-address")


def test_the_admin_shows_a_secret_once_and_acts(hook, client):
    client.force_login(make_user("ada"))
    where = "admin:publishing_webhooksubscriber_"
    form = {"name": "Label", "url": hook.url, "event_types": "clip_published\npublication_failed"}
    answer = client.post(reverse(f"{where}add"), form)
    assert "whsec_" in answer.text
    assert "no-store" in answer["Cache-Control"]
    subscriber = WebhookSubscriber.objects.get()
    assert subscriber.event_types == ["clip_published", "publication_failed"]
    page = reverse(f"{where}change", args=[subscriber.pk])
    assert "whsec_" not in client.get(page).text
    assert "Send a ping" in client.get(page).text
    client.post(page, {**form, "name": "Other", "event_types": "*"})
    subscriber.refresh_from_db()
    assert (subscriber.name, subscriber.event_types) == ("Other", ["*"])
    refused = client.post(page, {**form, "url": "https://10.0.0.1/"})
    assert "public internet" in refused.text

    def act(name, model="webhooksubscriber", row=subscriber):
        return client.post(
            reverse(f"admin:publishing_{model}_changelist"),
            {"action": name, "_selected_action": str(row.pk), "index": 0, "back": 1},
        )

    assert "whsec_" in act("rotate").text
    act("send_ping")
    run_waiting()
    assert len(hook.seen) == 1
    act("disable")
    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.disabled_by_us) == ("disabled", False)
    act("enable")
    happened()
    tell()
    (delivery,) = OutgoingDelivery.objects.filter(event_type="clip_published")
    act("replay", "outgoingdelivery", delivery)
    run_waiting()
    ids = [headers["webhook-id"] for _, headers, _ in hook.seen]
    assert ids.count(str(delivery.pk)) == 2


def test_the_reader_stands_at_the_end_when_nobody_listened(hook):
    for _ in range(3):
        happened()
    wait_for_the_watermark()
    subscribed(hook)
    from ledger.models import LedgerReader

    reader = LedgerReader.objects.get(name=outgoing.READER)
    left, _ = events_after(Position(reader.major, reader.minor))
    assert "clip_published" not in {event.event_type for event in left}
