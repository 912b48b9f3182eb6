"""Who is told what happens: subscribers of webhooks out, their secrets, and what is sent to them again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ledger.models import LedgerEvent, LedgerReader
from ledger.registry import EVENT_TYPES
from ledger.services import log_event
from ledger.watermark import head
from publishing import vault
from publishing.outgoing.guard import checked_addresses, read_url
from publishing.outgoing.models import (
    SUBSCRIBER,
    OutgoingDelivery,
    WebhookSubscriber,
)
from publishing.outgoing.signing import new_secret
from publishing.services.outgoing import (
    NEVER_TOLD,
    OWN_JOBS,
    READER,
    body_of,
    limits,
    messages_of,
    send_soon,
    waiting_messages,
)
from stakazo.core.errors import Conflict, InvalidInput

BOTH_SECRETS_FOR = timedelta(hours=24)
MOST_REPLAYED = 10_000
PING = "webhook_ping"
S = WebhookSubscriber.Status


def add_subscriber(
    *, name: str, url: str, event_types: Iterable[str]
) -> tuple[WebhookSubscriber, str]:
    """A new subscriber, and its secret, which is told this once.

    It hears of what happens from now on. Raises InvalidInput, ForbiddenAddress, UnresolvedAddress.
    """
    check_url(url)
    plain = new_secret()
    subscriber = WebhookSubscriber(
        name=name, url=url, event_types=known_event_types(event_types), active_since=timezone.now()
    )
    subscriber.secret_sealed = vault.seal(plain, bound_to=secret_place(subscriber))
    with transaction.atomic():
        _begin_here()
        subscriber.save(force_insert=True)
    return subscriber, plain


def change_subscriber(
    subscriber: WebhookSubscriber,
    *,
    name: str | None = None,
    url: str | None = None,
    event_types: Iterable[str] | None = None,
) -> WebhookSubscriber:
    """Change what is given; what waits goes to the new address. Raises as `add_subscriber`."""
    changed: dict[str, Any] = {}
    if name is not None:
        changed["name"] = name
    if url is not None and url != subscriber.url:
        check_url(url)
        changed |= {"url": url, "retry_at": None}
    if event_types is not None:
        changed["event_types"] = known_event_types(event_types)
    if changed:
        with transaction.atomic():
            WebhookSubscriber.objects.filter(pk=subscriber.pk).update(**changed)
            subscriber.refresh_from_db()
            log_event(
                "webhook_subscriber_changed",
                entity=subscriber,
                metadata={"fields": sorted(changed.keys() - {"retry_at"}), "url": subscriber.url},
            )
    return subscriber


def disable_subscriber(
    subscriber: WebhookSubscriber, *, why: str = "asked for"
) -> WebhookSubscriber:
    """Tell it nothing more. Raises IllegalMove, StaleState."""
    values = {"disabled_reason": why[:300], "disabled_by_us": False}
    return SUBSCRIBER.move(subscriber, S.DISABLED, why=why, values=values)


def enable_subscriber(
    subscriber: WebhookSubscriber, *, why: str = "asked for"
) -> WebhookSubscriber:
    """Tell it again: what waits at once, and what happens from now on. Raises IllegalMove, StaleState.

    What happened in between stays untold; `replay_since` tells it.
    """
    now = timezone.now()
    with transaction.atomic():
        _begin_here()
        SUBSCRIBER.move(
            subscriber,
            S.ACTIVE,
            why=why,
            values={
                "active_since": now,
                "failing_since": None,
                "failures": 0,
                "retry_at": None,
                "disabled_reason": "",
                "disabled_by_us": False,
            },
        )
        waiting_messages().filter(subscriber=subscriber).update(next_at=now)
        send_soon(subscriber.pk)
    return subscriber


def rotate_secret(subscriber: WebhookSubscriber) -> str:
    """A new secret, told this once. For a day its messages are signed with both, then with it alone."""
    plain, now = new_secret(), timezone.now()
    with transaction.atomic():
        row = WebhookSubscriber.objects.select_for_update().get(pk=subscriber.pk)
        former = vault.unseal(row.secret_sealed, bound_to=secret_place(row))
        WebhookSubscriber.objects.filter(pk=row.pk).update(
            secret_sealed=vault.seal(plain, bound_to=secret_place(row)),
            former_secret_sealed=vault.seal(former, bound_to=former_place(row)),
            former_secret_until=now + BOTH_SECRETS_FOR,
        )
        log_event("webhook_secret_rotated", entity=row)
    subscriber.refresh_from_db()
    return plain


def secret_place(subscriber: WebhookSubscriber) -> str:
    """What the sealed secret is bound to."""
    return f"webhook_subscriber:{subscriber.pk}:secret"


def former_place(subscriber: WebhookSubscriber) -> str:
    """What the sealed former secret is bound to."""
    return f"webhook_subscriber:{subscriber.pk}:former"


def ping(subscriber: WebhookSubscriber) -> OutgoingDelivery:
    """Send it a message that says nothing; also where it is disabled, to try whether it works again."""
    now = timezone.now()
    with transaction.atomic():
        delivery = OutgoingDelivery(subscriber=subscriber, event_type=PING, next_at=now)
        delivery.body = body_of(PING, now, {"subscriber_id": str(subscriber.pk)})
        delivery.save(force_insert=True)
        send_soon(subscriber.pk)
    return delivery


def replay_delivery(delivery: OutgoingDelivery) -> OutgoingDelivery:
    """Send one message again, under the same id. Raises Conflict while it waits, or nobody listens."""
    if delivery.subscriber.status != S.ACTIVE and delivery.event_type != PING:
        raise Conflict(
            "The subscriber is disabled; enable it first.",
            subscriber_id=str(delivery.subscriber_id),
        )
    with transaction.atomic():
        same = OutgoingDelivery.objects.filter(pk=delivery.pk)
        if not _send_again(same):
            raise Conflict("This message waits to be sent already.", delivery_id=str(delivery.pk))
        log_event(
            "webhook_replay_asked",
            entity=delivery.subscriber,
            metadata={"delivery_id": str(delivery.pk), "count": 1},
        )
        send_soon(delivery.subscriber_id)
    delivery.refresh_from_db()
    return delivery


def _send_again(messages: QuerySet[OutgoingDelivery]) -> int:
    ended = messages.filter(Q(delivered_at__isnull=False) | Q(failed_at__isnull=False))
    return ended.update(
        attempts=0, next_at=timezone.now(), delivered_at=None, failed_at=None, error=""
    )


def replay_since(subscriber: WebhookSubscriber, *, since: datetime) -> dict[str, int]:
    """Tell it what it missed since then: messages that failed, and events that no message was made of.

    At most 10,000 events at a time, oldest first; asked again, it goes on. What is in an archive by
    now is not told. Answers {added, repeated}. Raises Conflict when it is disabled, InvalidInput.
    """
    if subscriber.status != S.ACTIVE:
        raise Conflict("The subscriber is disabled; enable it first.")
    if since > timezone.now():
        raise InvalidInput("since lies in the future.", field="since")
    with transaction.atomic():
        failed = OutgoingDelivery.objects.filter(
            subscriber=subscriber, failed_at__isnull=False, created_at__gte=since
        ).exclude(event_type=PING)
        repeated = _send_again(failed)
        told = OutgoingDelivery.objects.filter(subscriber=subscriber, event_id__isnull=False)
        missed = (
            LedgerEvent.objects.filter(timestamp__gte=since)
            .exclude(event_type__in=NEVER_TOLD)
            .filter(
                Q(metadata__job_type__isnull=True) | ~Q(metadata__job_type__in=sorted(OWN_JOBS))
            )
            .exclude(pk__in=told.values("event_id"))
        )
        if WebhookSubscriber.EVERYTHING not in subscriber.event_types:
            missed = missed.filter(event_type__in=subscriber.event_types)
        rows = messages_of(missed.order_by("id")[:MOST_REPLAYED], [subscriber], replay=True)
        added = len(OutgoingDelivery.objects.bulk_create(rows, ignore_conflicts=True))
        log_event(
            "webhook_replay_asked",
            entity=subscriber,
            metadata={"since": since.isoformat(), "count": added + repeated},
        )
        send_soon(subscriber.pk)
    return {"added": added, "repeated": repeated}


def check_url(url: str) -> None:
    """Whether we may send there, as the name leads today; each send asks again.

    Raises ForbiddenAddress, UnresolvedAddress.
    """
    target = read_url(url, limits())
    checked_addresses(target.host, target.port, limits())


def known_event_types(names: Iterable[str]) -> list[str]:
    """These names, each once. Raises InvalidInput for none, and for those that the ledger does not know."""
    wanted = sorted(set(names))
    if not wanted:
        raise InvalidInput('Name at least one event type, or "*" for all.', field="event_types")
    known = {WebhookSubscriber.EVERYTHING, *EVENT_TYPES} - NEVER_TOLD
    if unknown := [name for name in wanted if name not in known]:
        raise InvalidInput(
            f"The ledger tells of no event type {unknown[0]!r}; docs/events.md lists them.",
            field="event_types",
            unknown=unknown[:20],
        )
    return wanted


def _begin_here() -> None:
    """Where nobody listened, nobody has read on: begin at the end, not where the last one stopped."""
    LedgerReader.objects.get_or_create(name=READER)
    reader = LedgerReader.objects.select_for_update().get(name=READER)
    if not WebhookSubscriber.objects.filter(status=S.ACTIVE).exists():
        end = head()
        reader.major, reader.minor, reader.moved_at = end.major, end.minor, timezone.now()
        reader.save()
