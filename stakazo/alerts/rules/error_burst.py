"""More errors than usual."""

from collections.abc import Iterator

from stakazo.alerts.facts import RECENT, USUAL, Facts
from stakazo.alerts.rules.proposal import ERROR, Proposal

AT_LEAST = 5
TIMES_USUAL = 4.0


def error_burst(facts: Facts) -> Iterator[Proposal]:
    """At least five errors in ten minutes, and over four times the rate of the day before."""
    usual = facts.errors_before * (RECENT / USUAL)
    if facts.errors_recent < AT_LEAST or facts.errors_recent <= TIMES_USUAL * usual:
        return
    yield Proposal(
        key="all",
        severity=ERROR,
        title=f"{facts.errors_recent} errors in ten minutes",
        message=f"Usual are {usual:.1f}. The ledger, filtered by severity ERROR, shows which.",
        count=facts.errors_recent,
    )
