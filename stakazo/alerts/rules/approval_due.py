"""Publications that wait for somebody's yes while their time comes near."""

from collections.abc import Iterator
from datetime import timedelta

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, WARN, Proposal

AHEAD = timedelta(hours=2)  # time enough to find somebody who may approve


def approval_due(facts: Facts) -> Iterator[Proposal]:
    """From AHEAD of its time on; an error once that has passed. One without a time is due when it is made."""
    for post in facts.awaiting_posts:
        left = post.at - facts.now
        if left > AHEAD:
            continue
        minutes = int(abs(left).total_seconds() // 60)
        late = left <= timedelta(0)
        when = f"was due {minutes} minutes ago" if late else f"is due in {minutes} minutes"
        yield Proposal(
            key=post.publication_id,
            severity=ERROR if late else WARN,
            title=f"Nobody has approved: {post.name}"[:200],
            message=f"It {when} and does not go out without a yes. Approve it, move it or cancel it.",
            entity_type="publication",
            entity_id=post.publication_id,
        )
