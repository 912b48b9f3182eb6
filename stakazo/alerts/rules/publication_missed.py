"""Publications whose time passed while nothing ran."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import WARN, Proposal


def publication_missed(facts: Facts) -> Iterator[Proposal]:
    """One alert per publication, until somebody gives it another time or cancels it."""
    for post in facts.missed_posts:
        yield Proposal(
            key=post.publication_id,
            severity=WARN,
            title=f"Missed its time: {post.name}"[:200],
            message=f"{post.why} Give it another time, or cancel it.",
            entity_type="publication",
            entity_id=post.publication_id,
        )
