"""A ledger that is not as it was, or is not sealed."""

from collections.abc import Iterator
from datetime import timedelta

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, WARN, Proposal

PATIENCE = timedelta(minutes=10)  # a schedule seals each minute, whatever else does


def ledger_chain(facts: Facts) -> Iterator[Proposal]:
    """The last verification found faults; or events have waited for PATIENCE without any seal."""
    if facts.ledger_faults:
        yield Proposal(
            key="faults",
            severity=ERROR,
            title=f"The ledger has {facts.ledger_faults} faults",
            message="manage.py ledger_verify names each event and seal that is not as it was.",
            entity_type="job",
            entity_id=facts.ledger_verified_by,
            count=facts.ledger_faults,
        )
    if facts.unsealed_since is not None and facts.now - facts.unsealed_since >= PATIENCE:
        minutes = int((facts.now - facts.unsealed_since).total_seconds() // 60)
        yield Proposal(
            key="lag",
            severity=WARN,
            title="The ledger is not sealed",
            message=f"Events have waited for {minutes} minutes. Look at the job seal_ledger and at "
            "transactions that stay open.",
        )
