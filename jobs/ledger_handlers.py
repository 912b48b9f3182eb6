"""The jobs that are done here for the ledger, which lies below and knows no jobs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from jobs.schedules import schedule
from ledger.keeping import pruning
from ledger.keeping.partitions import make_weeks
from ledger.rollups import roll_up
from ledger.sealing import verify
from ledger.sealing.sealer import seal_events
from ledger.services import log_event


@dataclass(frozen=True)
class SealLedger:
    """Nothing needs to be said."""


@handles("seal_ledger", payload=SealLedger, timeout_s=1800)
def seal_ledger(job: Running[SealLedger]) -> Outcome:
    """Close the events that are in no seal yet into the ledger's chain."""
    return Done(seal_events(check=job.check).facts())


@dataclass(frozen=True)
class RollUpLedger:
    """Nothing needs to be said."""


@handles("roll_up_ledger", payload=RollUpLedger, timeout_s=1800)
def roll_up_ledger(job: Running[RollUpLedger]) -> Outcome:
    """Count the ledger's new events: hours, slow tries, usual stays, open flows, workers."""
    return Done(roll_up(check=job.check).facts())


@dataclass(frozen=True)
class PruneLedger:
    """Nothing needs to be said."""


@handles("prune_ledger", payload=PruneLedger, timeout_s=6 * 3600)
def prune_ledger(job: Running[PruneLedger]) -> Outcome:
    """Archive the events that the retention rule lets go, then remove them from the ledger."""
    return Done(pruning.prune_ledger(check=job.check).facts())


@dataclass(frozen=True)
class MakeLedgerWeeks:
    """Nothing needs to be said."""


@handles("make_ledger_weeks", payload=MakeLedgerWeeks, timeout_s=300)
def make_ledger_weeks(job: Running[MakeLedgerWeeks]) -> Outcome:
    """Make the coming weeks' partitions of the ledger's table, on PostgreSQL."""
    return Done({"made": make_weeks(now=timezone.now())})


@dataclass(frozen=True)
class VerifyLedger:
    """Nothing needs to be said."""


@handles("verify_ledger", payload=VerifyLedger, max_attempts=2, timeout_s=6 * 3600)
def verify_ledger(job: Running[VerifyLedger]) -> Outcome:
    """Recompute the ledger's chain and its events, and say what is not as it was."""

    def watched(steps: Iterable[int], total: int) -> Iterator[int]:
        for number, step in enumerate(steps):
            job.check()
            job.progress(number / total)
            yield step

    found = verify.verify_ledger(workers=1, follow=watched)

    def tell() -> dict[str, Any]:
        if found.wrong:
            log_event(
                "ledger_faults_found",
                entity_type="ledger",
                entity_id="ledger",
                metadata={"wrong": found.wrong, "kinds": dict(found.kinds)},
            )
        return {"wrong": found.wrong, "kinds": dict(found.kinds), "checked": found.checked}

    return Done(effect=tell)


schedule("ledger.verify", "verify_ledger", every=timedelta(days=1))
schedule("ledger.prune", "prune_ledger", every=timedelta(days=1))
schedule("ledger.weeks", "make_ledger_weeks", every=timedelta(days=1))
schedule("ledger.seal", "seal_ledger", every=timedelta(seconds=settings.LEDGER_SEAL_EVERY_S))
schedule("ledger.roll_up", "roll_up_ledger", every=timedelta(minutes=1))
