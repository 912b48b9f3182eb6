"""Accounts whose posts wait because too much went wrong there."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, WARN, Proposal


def account_held(facts: Facts) -> Iterator[Proposal]:
    """One alert per account; an error where the platform has something against the account itself."""
    for held in facts.held_accounts:
        yield Proposal(
            key=held.account_id,
            severity=ERROR if held.by_platform else WARN,
            title=f"{held.name} is held"[:200],
            message=f"Its posts wait. {held.why} What to do: {held.remedy}",
            entity_type="social_account",
            entity_id=held.account_id,
        )
