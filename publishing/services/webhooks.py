"""What platforms tell us by themselves: verify, store, say yes, then think.

A delivery is never believed, only taken as a hint to ask: the platform's answer settles, not its word
in passing, so that replays, reordering and even a leaked secret can do no harm to our records.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from ledger.context import acting
from ledger.services import log_event
from publishing import queries
from publishing.errors import UnknownPlatform, WebhookRefused
from publishing.models import (
    Platform,
    PublishLog,
    RefusedDelivery,
    SocialAccount,
    WebhookDelivery,
    WebsubLease,
)
from publishing.payloads import HandleWebhook
from publishing.platforms import webhooks as wire
from publishing.platforms.apps import apps_that_may_call
from publishing.platforms.base import WebhookEvent
from publishing.platforms.webhooks import BadWebhook
from publishing.services import accounts, leases, reconcile
from publishing.services.refusals import keep_refused
from stakazo.core.errors import Conflict, NotFound, StakazoError, TooLarge

MAX_BODY_BYTES = 1024 * 1024
KEPT_HEADERS = ("content-type", "user-agent", "x-hub-signature-256", "x-hub-signature")
CLOCKS_DIFFER = timedelta(minutes=5)  # of our hosts, at most
Reason = RefusedDelivery.Reason
HINTS_ABOUT_POSTS = ("post_published", "post_delivered", "post_failed", "video_changed")


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
    if platform == Platform.YOUTUBE and query.get("hub.topic"):
        return leases.answer_hub(query)
    if not challenge:
        raise NotFound("Platforms deliver here by POST; there is nothing to see.")
    for app in apps_that_may_call(platform):
        if app.verify_token and hmac.compare_digest(app.verify_token.encode(), token.encode()):
            return challenge
    raise WebhookRefused("The verify token is not ours.", platform=platform)


def receive(
    platform: str, body: bytes, headers: Mapping[str, str], *, lease: str = ""
) -> WebhookDelivery | None:
    """Keep a delivery whose signature holds and have it looked at; None: we had it already.

    lease: what the address says of a WebSub lease. One that is refused is kept apart, see `refusals`.
    Raises UnknownPlatform, TooLarge, WebhookRefused, BadWebhook.
    """
    known_platform(platform)
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("A delivery has at most 1 MiB.", max_bytes=MAX_BODY_BYTES)
    known = leases.lease_by_id(lease) if lease else None
    more = {"lease_id": known.pk if known else None}
    if not _signature_holds(platform, body, headers, lease=lease, now=timezone.now()):
        keep_refused(platform, body, headers, reason=Reason.SIGNATURE, **more)
        raise WebhookRefused("The signature does not hold.", platform=platform)
    try:
        events = _parsed(platform, body)
        _check_speaks_for(known, events)
    except (BadWebhook, WebhookRefused):
        keep_refused(platform, body, headers, reason=Reason.BODY, **more)
        raise
    return _keep(platform, body, headers, events)


def check_again(refused: RefusedDelivery) -> WebhookDelivery | None:
    """Take a refused delivery whose signature holds by now, after a secret was put right.

    None: we had it already. Raises Conflict when not all of it was kept, WebhookRefused, BadWebhook.
    """
    body = bytes(refused.body)
    if len(body) < refused.size_bytes:
        raise Conflict("Only its beginning was kept.", size_bytes=refused.size_bytes)
    lease = str(refused.lease_id) if refused.lease_id else ""
    if not _signature_holds(
        refused.platform, body, refused.headers, lease=lease, now=refused.received_at
    ):
        raise WebhookRefused("The signature still does not hold.", platform=refused.platform)
    events = _parsed(refused.platform, body)
    _check_speaks_for(leases.lease_by_id(lease) if lease else None, events)
    with transaction.atomic():
        refused.delete()
        return _keep(refused.platform, body, refused.headers, events)


def look_again(delivery: WebhookDelivery) -> Job:
    """Have a delivery that was taken looked at once more; asking the platform again changes nothing twice."""
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(handled_at=None, outcome="")
        log_event("webhook_reprocess_asked", entity=delivery)
        return enqueue(
            "handle_webhook",
            HandleWebhook(delivery.pk),
            dedup_key=f"handle_webhook:{delivery.pk}",
        )


def _keep(
    platform: str, body: bytes, headers: Mapping[str, str], events: list[WebhookEvent]
) -> WebhookDelivery | None:
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


def _signature_holds(
    platform: str, body: bytes, headers: Mapping[str, str], *, lease: str, now: datetime
) -> bool:
    if lease:  # an address of one channel is open to that channel's secret, and to no other
        known = leases.lease_by_id(lease)
        return (
            platform == Platform.YOUTUBE
            and known is not None
            and wire.verify_youtube_websub(body, headers, leases.secret_of(known))
        )
    for app in apps_that_may_call(platform):
        match platform:
            case Platform.INSTAGRAM:
                if wire.verify_meta(body, headers, app.webhook_secrets):
                    return True
            case Platform.TIKTOK:
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


def _check_speaks_for(lease: WebsubLease | None, events: list[WebhookEvent]) -> None:
    """Whoever has the secret of one channel speaks of that channel. Raises WebhookRefused."""
    if lease is None:
        return
    channel = lease.social_account.external_id
    if any(event.account_external_id not in ("", channel) for event in events):
        raise WebhookRefused(
            "The delivery speaks of another channel than its lease.", platform=Platform.YOUTUBE
        )


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
    """Open attempts past the point of no return that the event may be about.

    Of accounts in the mode whose secrets we take: a platform does not speak of simulated accounts, nor
    the simulator of live ones.
    """
    logs = queries.open_attempts().filter(
        publication__social_account__platform=platform,
        publication__social_account__mode=accounts.default_mode(),
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
        mode=accounts.default_mode(),
        external_id=event.account_external_id,
        status=SocialAccount.Status.CONNECTED,
    ):
        try:
            accounts.check_account(account)
        except StakazoError:
            continue  # marked, or to be asked again when something is posted
