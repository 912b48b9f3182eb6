"""Jobs whose every try failed."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, Proposal


def dead_letters(facts: Facts) -> Iterator[Proposal]:
    """One alert per job type and error, however many jobs died of it."""
    for dead in facts.dead_letters:
        jobs = "A job" if dead.count == 1 else f"{dead.count} jobs"
        yield Proposal(
            key=f"{dead.job_type}:{dead.error_code}",
            severity=ERROR,
            title=f"{jobs} of type {dead.job_type} failed every try",
            message=f"The error is {dead.error_code or 'unknown'}. Look at it, then retry or cancel.",
            entity_type="job",
            entity_id=dead.job_id,
            count=dead.count,
        )
