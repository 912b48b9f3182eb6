"""Accounts that will need to be connected again soon."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, WARN, Proposal


def account_ending(facts: Facts) -> Iterator[Proposal]:
    """One alert per account from 14 days before its end; an error on the last day."""
    for account in facts.ending_accounts:
        yield Proposal(
            key=account.account_id,
            severity=ERROR if account.days <= 1 else WARN,
            title=f"{account.name} needs reconnecting soon"[:200],
            message=(
                f"Fewer than {account.days} days are left of its connection, and it could not be "
                "renewed by itself. Connect the account again; what is scheduled there stays."
            ),
            entity_type="social_account",
            entity_id=account.account_id,
        )
