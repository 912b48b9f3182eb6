"""The jobs that this room does for itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from jobs import services
from jobs.budgets import forget_ended_uses
from jobs.errors import LostLease
from jobs.models import Job
from jobs.payloads import ActOnJobs
from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from jobs.schedules import schedule
from jobs.services.pruning import forget_housekeeping
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


schedule("jobs.prune", "prune_jobs", every=timedelta(days=1))
