"""What platforms tell us by themselves: verify, store, say yes, then think.

A delivery is never believed, only taken as a hint to ask: the platform's answer settles, not its word
in passing, so that replays, reordering and even a leaked secret can do no harm to our records.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs.services import enqueue
from ledger.context import acting
from ledger.services import log_event
from publishing import queries
from publishing.errors import UnknownPlatform, WebhookRefused
from publishing.models import Platform, PublishLog, SocialAccount, WebhookDelivery
from publishing.payloads import HandleWebhook
from publishing.platforms import webhooks as wire
from publishing.platforms.apps import apps_that_may_call
from publishing.platforms.base import WebhookEvent
from publishing.platforms.websub import subscribe_to_channel, topic_of
from publishing.services import accounts, reconcile
from stakazo.core.errors import NotFound, StakazoError, TooLarge

MAX_BODY_BYTES = 1024 * 1024
KEPT_HEADERS = ("content-type", "user-agent", "x-hub-signature-256", "x-hub-signature")
CLOCKS_DIFFER = timedelta(minutes=5)  # of our hosts, at most
HINTS_ABOUT_POSTS = ("post_published", "post_failed", "video_changed")


def known_platform(platform: str) -> str:
    """The platform. Raises UnknownPlatform."""
    if platform not in Platform.values:
        raise UnknownPlatform(f"We do not publish on {platform!r}.", platform=platform)
    return platform


def answer_challenge(platform: str, query: Mapping[str, str]) -> str:
    """What to answer when a platform asks whether this address is ours.

    Meta sends our verify token; a WebSub hub sends the topic, which must be one of our channels, and
    our token where the subscription named one. Raises UnknownPlatform, WebhookRefused, NotFound.
    """
    known_platform(platform)
    challenge, token = query.get("hub.challenge", ""), query.get("hub.verify_token", "")
    if not challenge:
        raise NotFound("Platforms deliver here by POST; there is nothing to see.")
    if platform == Platform.YOUTUBE and query.get("hub.topic"):
        if not _is_our_topic(query["hub.topic"]):
            raise NotFound("We did not subscribe to this topic.")
        return challenge
    for app in apps_that_may_call(platform):
        if app.verify_token and hmac.compare_digest(app.verify_token.encode(), token.encode()):
            return challenge
    raise WebhookRefused("The verify token is not ours.", platform=platform)


def _is_our_topic(topic: str) -> bool:
    channels = SocialAccount.objects.filter(platform=Platform.YOUTUBE).values_list(
        "external_id", flat=True
    )
    return topic in {topic_of(channel) for channel in channels}


def follow_channels(*, check: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Subscribe to every connected YouTube channel; doing it again renews. Answers {channels}.

    check: called between channels, may raise to end. Raises PlatformBusy, PlatformProblem.
    """
    followed = 0
    for account in SocialAccount.objects.filter(
        platform=Platform.YOUTUBE, status=SocialAccount.Status.CONNECTED
    ):
        check()
        subscribe_to_channel(
            channel_id=account.external_id, callback_url=webhook_url(account), mode=account.mode
        )
        followed += 1
    return {"channels": followed}


def webhook_url(account: SocialAccount) -> str:
    """Where the account's platform delivers."""
    return f"{settings.BASE_URL.rstrip('/')}/publishing/webhooks/{account.platform}"


def receive(platform: str, body: bytes, headers: Mapping[str, str]) -> WebhookDelivery | None:
    """Keep a delivery whose signature holds and have it looked at; None: we had it already.

    Raises UnknownPlatform, TooLarge, WebhookRefused (nothing is kept), BadWebhook.
    """
    known_platform(platform)
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("A delivery has at most 1 MiB.", max_bytes=MAX_BODY_BYTES)
    if not _signature_holds(platform, body, headers):
        log_event(
            "webhook_refused",
            entity_type="webhook",
            entity_id=platform,
            metadata={"platform": platform, "bytes": len(body)},
        )
        raise WebhookRefused("The signature does not hold.", platform=platform)
    events = _parsed(platform, body)  # a body that cannot be read is refused before it is kept
    delivery = WebhookDelivery(
        platform=platform,
        event_key=_key(body, events),
        body=body.decode(errors="replace"),
        headers={
            name.lower(): value for name, value in headers.items() if name.lower() in KEPT_HEADERS
        },
    )
    try:
        with acting(actor=f"platform:{platform}"), transaction.atomic():
            delivery.save(force_insert=True)
            log_event(
                "webhook_received",
                entity=delivery,
                metadata={"platform": platform, "kinds": sorted({event.kind for event in events})},
            )
            enqueue(
                "handle_webhook",
                HandleWebhook(delivery.pk),
                dedup_key=f"handle_webhook:{delivery.pk}",
            )
    except IntegrityError:
        if WebhookDelivery.objects.filter(platform=platform, event_key=delivery.event_key).exists():
            return None
        raise
    return delivery


def _signature_holds(platform: str, body: bytes, headers: Mapping[str, str]) -> bool:
    for app in apps_that_may_call(platform):
        match platform:
            case Platform.INSTAGRAM:
                if wire.verify_meta(body, headers, app.webhook_secrets):
                    return True
            case Platform.TIKTOK:
                now = timezone.now()
                if any(
                    wire.verify_tiktok(body, headers, secret, now) for secret in app.webhook_secrets
                ):
                    return True
            case Platform.YOUTUBE:
                if any(
                    wire.verify_youtube_websub(body, headers, secret)
                    for secret in app.webhook_secrets
                ):
                    return True
    return False


def _parsed(platform: str, body: bytes) -> list[WebhookEvent]:
    match platform:
        case Platform.INSTAGRAM:
            return wire.parse_meta(body)
        case Platform.TIKTOK:
            return wire.parse_tiktok(body)
        case _:
            return wire.parse_youtube_websub(body)


def _key(body: bytes, events: list[WebhookEvent]) -> str:
    """Tells a repeated delivery: the same events in it, however the platform wrapped them."""
    if not events:
        return hashlib.sha256(body).hexdigest()
    return hashlib.sha256("\n".join(sorted(e.event_key for e in events)).encode()).hexdigest()


# --- Thinking -----------------------------------------------------------------------------------


def handle_delivery(delivery_id: uuid.UUID) -> dict[str, Any]:
    """Ask the platform about every open attempt that the delivery may speak of.

    Answers {asked, settled}, what an earlier try settled before it was killed included. Doing it twice
    asks again about what is open and changes nothing more. Raises NotFound, PlatformBusy.
    """
    delivery = WebhookDelivery.objects.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery.", delivery_id=str(delivery_id))
    told_by = {"webhook_delivery_id": str(delivery.pk)}
    settled = _settled_by(delivery)
    seen = set(settled)
    for event in _parsed(delivery.platform, delivery.body.encode()):
        if event.kind == "account_removed":
            _look_at_account(delivery.platform, event)
        elif event.kind in HINTS_ABOUT_POSTS:
            for log in _attempts_meant(delivery.platform, event):
                if log.pk in seen:
                    continue
                seen.add(log.pk)
                if reconcile.settle_if_clear(log, extra=told_by):
                    settled.add(log.pk)
    outcome = "Nothing of ours to ask about."
    if seen:
        outcome = f"Asked about {len(seen)}, settled {len(settled)}."
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        handled_at=timezone.now(), outcome=outcome
    )
    return {"asked": len(seen), "settled": len(settled)}


def _settled_by(delivery: WebhookDelivery) -> set[uuid.UUID]:
    """The attempts that an earlier try of this delivery has settled."""
    logs = PublishLog.objects.filter(
        status=PublishLog.Status.SUCCESS,
        updated_at__gte=delivery.received_at - CLOCKS_DIFFER,  # few rows of an index
        extra_metadata__webhook_delivery_id=str(delivery.pk),
    )
    return set(logs.values_list("pk", flat=True))


def _attempts_meant(platform: str, event: WebhookEvent) -> list[PublishLog]:
    """Open attempts past the point of no return that the event may be about."""
    logs = queries.open_attempts().filter(
        publication__social_account__platform=platform,
        phase__in=[PublishLog.Phase.COMMITTING, PublishLog.Phase.ACCEPTED],
    )
    if event.account_external_id:
        logs = logs.filter(publication__social_account__external_id=event.account_external_id)
    if event.publish_id:
        return [log for log in logs if event.publish_id in map(str, log.handle.values())]
    return list(logs)


def _look_at_account(platform: str, event: WebhookEvent) -> None:
    """Somebody took our permission back, it says: ask, which marks the account if it is true."""
    for account in SocialAccount.objects.filter(
        platform=platform,
        external_id=event.account_external_id,
        status=SocialAccount.Status.CONNECTED,
    ):
        try:
            accounts.check_account(account)
        except StakazoError:
            continue  # marked, or to be asked again when something is posted
