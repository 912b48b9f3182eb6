"""The jobs that this room does for itself, and for the ledger below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs import services
from jobs.budgets import forget_ended_uses
from jobs.errors import LostLease
from jobs.models import Job
from jobs.payloads import ActOnJobs
from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from jobs.schedules import schedule
from jobs.services.pruning import forget_housekeeping
from ledger.rollups import roll_up
from ledger.keeping import pruning
from ledger.keeping.partitions import make_weeks
from ledger.sealing import verify
from ledger.sealing.sealer import seal_events
from ledger.services import log_event
from stakazo.core.errors import Conflict


@dataclass(frozen=True)
class PruneJobs:
    """Nothing needs to be said."""


@handles("prune_jobs", payload=PruneJobs, timeout_s=1800)
def prune_jobs(job: Running[PruneJobs]) -> Outcome:
    """Forget old completed jobs of schedules, and uses of budgets that count no longer."""
    keep_days = settings.JOBS_KEEP_DAYS
    return Done(
        {
            "jobs": forget_housekeeping(keep_days=keep_days, check=job.check),
            "budget_uses": forget_ended_uses(),
        }
    )


@handles("act_on_jobs", payload=ActOnJobs, queue="default", max_attempts=5, stall_s=120)
def act_on_jobs(job: Running[ActOnJobs]) -> Outcome:
    """Try many ended jobs again, or cancel many live ones, one after the other."""
    act = services.retry_job if job.payload.action == "retry" else services.cancel_job
    wanted = job.payload.job_ids
    done = skipped = 0
    for number, one in enumerate(Job.objects.filter(pk__in=wanted).order_by("id")):
        job.progress(number / len(wanted))
        try:
            with job.guarded():
                act(one, why=job.payload.why)
            done += 1
        except LostLease:
            raise
        except Conflict:  # it moved on meanwhile, or an earlier try of ours has seen to it
            skipped += 1
    return Done({"done": done, "skipped": skipped, "gone": len(wanted) - done - skipped})


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


schedule("ledger.roll_up", "roll_up_ledger", every=timedelta(minutes=1))
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
    if found.wrong:
        log_event(
            "ledger_faults_found",
            entity_type="ledger",
            entity_id="ledger",
            metadata={"wrong": found.wrong, "kinds": dict(found.kinds)},
        )
    return Done({"wrong": found.wrong, "kinds": dict(found.kinds), "checked": found.checked})


schedule("ledger.verify", "verify_ledger", every=timedelta(days=1))
schedule("ledger.prune", "prune_ledger", every=timedelta(days=1))
schedule("ledger.weeks", "make_ledger_weeks", every=timedelta(days=1))
schedule("ledger.seal", "seal_ledger", every=timedelta(seconds=settings.LEDGER_SEAL_EVERY_S))
schedule("jobs.prune", "prune_jobs", every=timedelta(days=1))
