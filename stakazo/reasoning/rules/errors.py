"""Errors that come faster than they did."""

from collections.abc import Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity

# Fewer in an hour are no trend.
AT_LEAST = 5
# So many times the hourly mean of the hours before.
TIMES = 3.0
HOURS_BEFORE = 23


def errors_on_the_rise(facts: Facts) -> Iterator[Finding]:
    """AT_LEAST errors in the last hour, and TIMES as many as the hours before had on average."""
    before = max(facts.errors_last_day - facts.errors_last_hour, 0) / HOURS_BEFORE
    if facts.errors_last_hour < AT_LEAST or facts.errors_last_hour < TIMES * before:
        return
    yield Finding(
        title=f"{facts.errors_last_hour} errors in the last hour",
        evidence=(f"In the {HOURS_BEFORE} hours before: {before:.1f} an hour.",),
        severity=Severity.WARN,
        action=Action(
            "Look at the newest events; what they share is the cause.",
            (Call("GET", "/debug/ledger/recent?limit=100"),),
        ),
        confidence=0.6,
    )
