"""Deliveries that were not taken: kept as rows, few and for a while, and checked again when asked for."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ledger.services import log_event
from publishing.models import RefusedDelivery

KEPT_BYTES = 64 * 1024
KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "x-hub-signature-256",
    "x-hub-signature",
    "tiktok-signature",
)
MOST_HEADER_CHARS = 500
MOST_A_MINUTE = 30
KEEP = timedelta(days=30)


def keep_refused(
    platform: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    reason: str,
    lease_id: uuid.UUID | None = None,
) -> None:
    """Note a delivery that was not taken, with an event of the ledger.

    The same one again, and what comes beyond 30 a minute of a platform, is only counted. Of each platform
    the newest STAKAZO_WEBHOOKS_REFUSED_KEPT stay.
    """
    kept = {
        name.lower(): value.replace("\x00", "")[:MOST_HEADER_CHARS]
        for name, value in headers.items()
        if name.lower() in KEPT_HEADERS
    }
    digest = hashlib.sha256(repr(sorted(kept.items())).encode() + b"\0" + body).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        rows = RefusedDelivery.objects.filter(platform=platform)
        again = rows.filter(digest=digest)
        if again.update(count=F("count") + 1, last_at=now):
            return
        if rows.filter(received_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
            newest = rows.order_by("-id").values_list("pk", flat=True)[:1]
            rows.filter(pk__in=list(newest)).update(count=F("count") + 1, last_at=now)
            return
        _, made = RefusedDelivery.objects.get_or_create(
            platform=platform,
            digest=digest,
            defaults={
                "reason": reason,
                "body": body[:KEPT_BYTES],
                "size_bytes": len(body),
                "headers": kept,
                "lease_id": lease_id,
                "received_at": now,
                "last_at": now,
            },
        )
        if made:
            log_event(
                "webhook_refused",
                entity_type="webhook",
                entity_id=platform,
                metadata={"platform": platform, "bytes": len(body), "reason": reason},
            )
            over = rows.order_by("-id").values_list("pk", flat=True)
            rows.filter(pk__in=list(over[settings.WEBHOOKS_REFUSED_KEPT :][:1000])).delete()


def forget_refused() -> int:
    """Let go of those that came 30 days ago; how many."""
    old = RefusedDelivery.objects.filter(last_at__lt=timezone.now() - KEEP)
    return old.delete()[0]
