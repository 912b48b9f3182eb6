"""Work that nobody takes."""

from collections.abc import Iterator
from datetime import timedelta

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, Proposal

PATIENCE = timedelta(minutes=2)


def workers_silent(facts: Facts) -> Iterator[Proposal]:
    """A job has been due for PATIENCE, and for as long no worker began or held any."""
    if facts.oldest_due is None or facts.now - facts.oldest_due < PATIENCE:
        return
    if facts.last_attempt is not None and facts.now - facts.last_attempt < PATIENCE:
        return
    minutes = int((facts.now - facts.oldest_due).total_seconds() // 60)
    yield Proposal(
        key="all",
        severity=ERROR,
        title="No worker takes jobs",
        message=f"{facts.due_jobs} jobs are due, the oldest for {minutes} minutes. "
        "Start the workers, or look why they hang.",
        count=facts.due_jobs,
    )
