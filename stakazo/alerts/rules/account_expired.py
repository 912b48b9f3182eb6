"""Accounts that need to be connected again."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, Proposal


def account_expired(facts: Facts) -> Iterator[Proposal]:
    """One alert per account."""
    for account in facts.expired_accounts:
        yield Proposal(
            key=account.account_id,
            severity=ERROR,
            title=f"{account.name} needs reconnecting"[:200],
            message="The platform refuses our token; nothing is posted there until it is renewed.",
            entity_type="social_account",
            entity_id=account.account_id,
        )
