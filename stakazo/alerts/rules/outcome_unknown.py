"""Publications of which nobody knows whether they are live."""

from collections.abc import Iterator
from datetime import timedelta

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import WARN, Proposal

PATIENCE = timedelta(minutes=15)  # reconciliation asks the platform well within this


def outcome_unknown(facts: Facts) -> Iterator[Proposal]:
    """Unknown for longer than PATIENCE, or since nobody knows when."""
    for post in facts.unknown_outcomes:
        if post.since is not None and facts.now - post.since < PATIENCE:
            continue
        minutes = int((facts.now - post.since).total_seconds() // 60) if post.since else None
        since = f"for {minutes} minutes" if minutes is not None else "since nobody knows when"
        yield Proposal(
            key=post.publication_id,
            severity=WARN,
            title=f"Outcome unknown: {post.name}"[:200],
            message=f"The platform may have this post; unknown {since}. Reconcile, or look there.",
            entity_type="publication",
            entity_id=post.publication_id,
        )
