"""Subscribers of webhooks that we stopped telling."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import WARN, Proposal


def subscriber_disabled(facts: Facts) -> Iterator[Proposal]:
    """One alert per subscriber, until somebody enables it."""
    for subscriber in facts.disabled_subscribers:
        yield Proposal(
            key=subscriber.subscriber_id,
            severity=WARN,
            title=f"Webhooks to {subscriber.name} are disabled"[:200],
            message=(
                f"{subscriber.reason} When its address works again, enable it, then replay what it missed."
            ),
            entity_type="webhook_subscriber",
            entity_id=subscriber.subscriber_id,
        )
