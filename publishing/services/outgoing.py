"""Webhooks out: messages made of the ledger's events, and their way to the subscribers.

The ledger is read behind its watermark, so an event that commits late is told too. Where we stand, and
the messages made of what we read, are one transaction: an event becomes one message to each subscriber
that wants it, however many feed and whenever one is killed. A message may arrive twice (a crash after
the address said yes, before we wrote that down), always under the same `webhook-id`.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jobs.services import enqueue
from ledger.machine import StaleState
from ledger.models import LedgerEvent, LedgerReader
from ledger.services import log_event
from ledger.watermark import Position, events_after, ids_after
from publishing import vault
from publishing.errors import ForbiddenAddress, SealBroken, SubscriberSilent, UnresolvedAddress
from publishing.outgoing.guard import Limits
from publishing.outgoing.models import (
    SUBSCRIBER,
    OutgoingAttempt,
    OutgoingDelivery,
    WebhookSubscriber,
)
from publishing.outgoing.sending import Answer, post
from publishing.outgoing.signing import signed_headers
from publishing.payloads import SendWebhooks

READER = "webhooks"
PAGE = 500
MOST_PAGES = 40
# What we do ourselves to tell others is not told: it would never end.
OWN_JOBS = frozenset({"feed_webhooks", "send_webhooks"})
NEVER_TOLD = frozenset({"webhook_delivery_failed", "webhook_replay_asked"})
# The specification's example, with up to a fifth more, so that nobody is met by all at once.
WAIT_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_TRIES = len(WAIT_S) + 1
MOST_SENT = 200
LONGEST_DRAIN_S = 60.0
MOST_REFUSED_IN_A_ROW = 5
BUSY = frozenset({429, 502, 503, 504})
GONE = 410
S = WebhookSubscriber.Status
Guarded = Callable[[], AbstractContextManager[None]]


def limits() -> Limits:
    """Where we may send to, and how long it may take."""
    return Limits(
        ports=frozenset(settings.WEBHOOKS_OUT_PORTS),
        loopback=settings.WEBHOOKS_OUT_LOOPBACK,
        timeout_s=settings.WEBHOOKS_OUT_TIMEOUT_S,
    )


# --- Making messages ------------------------------------------------------------------------------


def something_to_tell() -> bool:
    """Whether a message is due, or the ledger has an event that somebody wants."""
    if _subscribers_with_due_messages().exists():
        return True
    subscribers = _active()
    if not subscribers:
        return False
    reader = LedgerReader.objects.filter(name=READER).first()
    if reader is None:
        return True
    ids, _ = ids_after(Position(reader.major, reader.minor), limit=PAGE)
    if len(ids) == PAGE:
        return True
    return any(
        _wants(subscriber, event)
        for event in LedgerEvent.objects.filter(pk__in=ids)
        for subscriber in subscribers
    )


def feed(*, check: Callable[[], object] = lambda: None) -> dict[str, int]:
    """Make messages of what the ledger has new, and have what is due sent. Answers {events, messages,
    subscribers}. check: called between pages, may raise to end with whole pages done.
    """
    told = {"events": 0, "messages": 0, "subscribers": 0}
    for _ in range(MOST_PAGES):
        check()
        events, messages = _feed_page()
        told["events"] += events
        told["messages"] += messages
        if events < PAGE:
            break
    for pk in _subscribers_with_due_messages().values_list("pk", flat=True):
        send_soon(pk)
        told["subscribers"] += 1
    return told


def _feed_page() -> tuple[int, int]:
    """(events read, messages made)."""
    with transaction.atomic():
        LedgerReader.objects.get_or_create(name=READER)
        reader = LedgerReader.objects.select_for_update().get(name=READER)
        events, behind = events_after(Position(reader.major, reader.minor), limit=PAGE)
        if behind == Position(reader.major, reader.minor):
            return 0, 0
        rows = messages_of(events, _active())
        OutgoingDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        reader.major, reader.minor, reader.moved_at = behind.major, behind.minor, timezone.now()
        reader.save()
    return len(events), len(rows)


def messages_of(
    events: Iterable[LedgerEvent],
    subscribers: Iterable[WebhookSubscriber],
    *,
    replay: bool = False,
) -> list[OutgoingDelivery]:
    """A message for each subscriber that wants the event; not saved.

    replay: also of events before the subscriber became active.
    """
    subscribers = list(subscribers)
    return [
        OutgoingDelivery(
            subscriber=subscriber,
            event_id=event.pk,
            event_type=event.event_type,
            body=body_of(event.event_type, event.timestamp, _data_of(event)),
        )
        for event in events
        for subscriber in subscribers
        if _wants(subscriber, event, replay=replay)
    ]


def body_of(event_type: str, at: datetime, data: dict[str, Any]) -> str:
    """The text of a message, in the specification's shape {type, timestamp, data}."""
    return json.dumps(
        {"type": event_type, "timestamp": at.isoformat(), "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
        default=str,
    )


def _data_of(event: LedgerEvent) -> dict[str, Any]:
    return {
        "event_id": str(event.pk),
        "severity": event.severity,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "job_id": str(event.job_id) if event.job_id else None,
        "clip_id": str(event.clip_id) if event.clip_id else None,
        "correlation_id": event.correlation_id,
        "metadata": event.metadata,
    }


def _active() -> list[WebhookSubscriber]:
    return list(WebhookSubscriber.objects.filter(status=S.ACTIVE))


def _wants(subscriber: WebhookSubscriber, event: LedgerEvent, *, replay: bool = False) -> bool:
    if event.event_type in NEVER_TOLD or event.metadata.get("job_type") in OWN_JOBS:
        return False
    if not replay and event.timestamp < subscriber.active_since:
        return False
    wanted = subscriber.event_types
    return WebhookSubscriber.EVERYTHING in wanted or event.event_type in wanted


# --- Sending --------------------------------------------------------------------------------------


def send_soon(subscriber_id: uuid.UUID) -> None:
    """Have a job bring the subscriber what is due; one at a time. Housekeeping forgets such jobs."""
    enqueue(
        "send_webhooks",
        SendWebhooks(subscriber_id),
        dedup_key=f"schedule:send_webhooks:{subscriber_id}",
    )


def waiting_messages() -> QuerySet[OutgoingDelivery]:
    """Messages that will be sent, or sent again."""
    return OutgoingDelivery.objects.filter(delivered_at=None, failed_at=None)


def _subscribers_with_due_messages() -> QuerySet[WebhookSubscriber]:
    now = timezone.now()
    due = waiting_messages().filter(next_at__lte=now)
    may = Q(status=S.ACTIVE) & (Q(retry_at=None) | Q(retry_at__lte=now))
    return WebhookSubscriber.objects.filter(
        (may & Q(pk__in=due.values("subscriber_id")))
        | Q(pk__in=due.filter(event_id=None).values("subscriber_id"))
    )


def send_due(
    subscriber_id: uuid.UUID,
    *,
    guarded: Guarded = nullcontext,
    check: Callable[[], object] = lambda: None,
) -> dict[str, int]:
    """Bring a subscriber what is due, oldest first. Answers {sent, refused}.

    An address that does not answer, or says that it is busy, is left alone for a while: the rest waits.
    So it does after five refusals in a row. guarded: a transaction that holds while this try may write.
    """
    done, in_a_row, end = {"sent": 0, "refused": 0}, 0, monotonic() + LONGEST_DRAIN_S
    for _ in range(MOST_SENT):
        check()
        delivery = _next_due(subscriber_id)
        if delivery is None or monotonic() > end:
            break
        tried = _try(delivery)
        with guarded(), transaction.atomic():
            _settle(delivery, tried)
        done["sent" if tried.took else "refused"] += 1
        in_a_row = 0 if tried.took else in_a_row + 1
        if tried.stop or in_a_row >= MOST_REFUSED_IN_A_ROW:
            break
    return done


def _next_due(subscriber_id: uuid.UUID) -> OutgoingDelivery | None:
    now = timezone.now()
    due = (
        waiting_messages()
        .filter(subscriber=subscriber_id, next_at__lte=now)
        .select_related("subscriber")
    )
    subscriber = WebhookSubscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None:
        return None
    if subscriber.status != S.ACTIVE or (subscriber.retry_at and subscriber.retry_at > now):
        due = due.filter(event_id=None)  # a ping asks whether it works again
    return due.order_by("next_at", "id").first()


@dataclass(frozen=True)
class _Tried:
    """What one try came to. stop: nothing more is to be sent there now."""

    at: datetime
    took_ms: int
    answer: Answer | None = None
    error: str = ""
    address: str = ""

    @property
    def took(self) -> bool:
        """Whether the address has the message."""
        return self.answer is not None and 200 <= self.answer.status < 300

    @property
    def gone(self) -> bool:
        """Whether the address wants nothing more."""
        return self.answer is not None and self.answer.status == GONE

    @property
    def stop(self) -> bool:
        """Whether the address as such is in trouble, not this one message."""
        return self.answer is None or self.gone or self.answer.status in BUSY


def _try(delivery: OutgoingDelivery) -> _Tried:
    subscriber, at, begun = delivery.subscriber, timezone.now(), monotonic()

    def tried(**more: Any) -> _Tried:
        return _Tried(at, round((monotonic() - begun) * 1000), **more)

    body = delivery.body.encode()
    try:
        headers = signed_headers(
            body, webhook_id=str(delivery.pk), at=at, secret_words=_secrets(subscriber, at)
        )
        answer = post(subscriber.url, body, headers, limits=limits())
    except SubscriberSilent as error:
        return tried(error=error.message, address=error.details.get("address", ""))
    except (ForbiddenAddress, UnresolvedAddress, SealBroken) as error:
        return tried(error=error.message)
    error_words = "" if 200 <= answer.status < 300 else f"It answered {answer.status}."
    return tried(answer=answer, error=error_words, address=answer.address)


def _secrets(subscriber: WebhookSubscriber, now: datetime) -> list[str]:
    place = f"webhook_subscriber:{subscriber.pk}"
    words = [vault.unseal(subscriber.secret_sealed, bound_to=f"{place}:secret")]
    if not vault.sealed_with_first_key(subscriber.secret_sealed):  # STAKAZO_TOKEN_KEYS was rotated
        again = vault.seal(words[0], bound_to=f"{place}:secret")
        same = WebhookSubscriber.objects.filter(secret_sealed=subscriber.secret_sealed)
        same.filter(pk=subscriber.pk).update(secret_sealed=again)
    if subscriber.former_secret_until and subscriber.former_secret_until > now:
        words.append(vault.unseal(subscriber.former_secret_sealed, bound_to=f"{place}:former"))
    return words


def _settle(delivery: OutgoingDelivery, tried: _Tried) -> None:
    """Write down what a try came to. Raises StaleState when somebody else did already."""
    number = delivery.attempts + 1
    OutgoingAttempt.objects.create(
        delivery=delivery,
        number=number,
        at=tried.at,
        took_ms=tried.took_ms,
        http_status=tried.answer.status if tried.answer else None,
        address=tried.address,
        answer=tried.answer.text if tried.answer else "",
        error=tried.error[:300],
    )
    values: dict[str, Any] = {"attempts": number, "error": tried.error[:300]}
    is_ping = delivery.event_id is None
    is_last = number >= MOST_TRIES or tried.gone or is_ping
    if tried.took:
        values["delivered_at"] = tried.at
    elif is_last:
        values["failed_at"] = tried.at
    else:
        values["next_at"] = tried.at + timedelta(seconds=_wait_s(number, tried))
    if not waiting_messages().filter(pk=delivery.pk, attempts=number - 1).update(**values):
        raise StaleState("This message was sent by somebody else.", entity_id=str(delivery.pk))
    if tried.took:
        _note_success(delivery.subscriber, tried.at)
    elif is_last:
        log_event(
            "webhook_delivery_failed",
            entity=delivery.subscriber,
            metadata={
                "delivery_id": str(delivery.pk),
                "event_type": delivery.event_type,
                "attempts": number,
                "error": tried.error,
            },
        )
    if not tried.took and not is_ping:
        _note_failure(delivery.subscriber, tried)


def _wait_s(number: int, tried: _Tried) -> float:
    """How long until the next try; longer where the address says so, at most a day."""
    usual = WAIT_S[min(number, len(WAIT_S)) - 1] * random.uniform(1.0, 1.2)  # noqa: S311  jitter
    asked = (tried.answer.retry_after_s if tried.answer else None) or 0
    return min(max(usual, asked), float(WAIT_S[-1] * 1.2))


def _note_success(subscriber: WebhookSubscriber, at: datetime) -> None:
    WebhookSubscriber.objects.filter(pk=subscriber.pk).update(
        last_success_at=at, failing_since=None, failures=0, retry_at=None
    )


def _note_failure(subscriber: WebhookSubscriber, tried: _Tried) -> None:
    row = WebhookSubscriber.objects.select_for_update().get(pk=subscriber.pk)
    row.failures += 1
    row.failing_since = row.failing_since or tried.at
    if tried.stop:
        row.retry_at = tried.at + timedelta(seconds=_wait_s(row.failures, tried))
    row.save(update_fields=["failures", "failing_since", "retry_at"])
    if row.status != S.ACTIVE:
        return
    patience = timedelta(seconds=settings.WEBHOOKS_OUT_DISABLE_AFTER_S)
    if tried.gone:
        why = "The address answered 410: it wants nothing more."
    elif tried.at - row.failing_since >= patience:
        why = f"Nothing was taken there since {row.failing_since:%Y-%m-%d %H:%M} UTC. {tried.error}"
    else:
        return
    values = {"disabled_reason": why[:300], "disabled_by_us": True}
    SUBSCRIBER.move(row, S.DISABLED, why=why, values=values)


# --- Letting go -----------------------------------------------------------------------------------


def forget_old(*, check: Callable[[], object] = lambda: None, batch: int = 1_000) -> int:
    """Delete messages that ended so many days ago, with their tries; how many."""
    before = timezone.now() - timedelta(days=settings.WEBHOOKS_OUT_KEEP_DAYS)
    old = OutgoingDelivery.objects.filter(Q(delivered_at__lt=before) | Q(failed_at__lt=before))
    forgotten = 0
    while True:
        check()
        with transaction.atomic():
            keys = list(old.order_by("id").values_list("pk", flat=True)[:batch])
            OutgoingAttempt.objects.filter(delivery__in=keys).delete()
            OutgoingDelivery.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
        if len(keys) < batch:
            return forgotten
