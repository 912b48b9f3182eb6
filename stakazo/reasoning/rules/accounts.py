"""Accounts that somebody has to connect again."""

from collections.abc import Iterator

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Finding, Severity, some

# Warned early enough that a weekend does not matter.
TOKEN_DAYS = 14


def accounts_to_connect(facts: Facts) -> Iterator[Finding]:
    """Accounts whose token is refused already, and those whose token soon ends."""
    for account in facts.accounts:
        if account.expired:
            yield Finding(
                title=f"{account.name} has to be connected again",
                evidence=("The platform no longer takes its token; nothing is posted there.",),
                severity=Severity.ERROR,
                action=Action(f"Connect {account.name} again, in the admin under Accounts."),
                confidence=0.95,
            )
        elif account.token_days is not None and account.token_days < TOKEN_DAYS:
            days = max(int(account.token_days), 0)
            yield Finding(
                title=f"The token of {account.name} ends in {some(days, 'day')}",
                evidence=(f"After that it cannot be renewed; we warn {TOKEN_DAYS} days before.",),
                severity=Severity.WARN,
                action=Action(f"Connect {account.name} again before it ends."),
                confidence=0.9,
            )
