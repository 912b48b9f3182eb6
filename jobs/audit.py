"""What the ledger remembers of jobs."""

from jobs.models import Job, JobQueue
from ledger.flows import on_its_way
from ledger.registry import ERROR, TELEMETRY, WARN, Audited, audit, declare

S = Job.Status
audit(
    Audited(
        model=Job,
        entity_type="job",
        created=declare("job_created", "Work was put in the queue."),
        moved={
            S.PENDING: declare("job_requeued", "Work was put in the queue again."),
            S.SCHEDULED: declare("job_snoozed", "The work asked to be done later."),
            S.PROCESSING: declare("job_processing_started", "A worker began this try."),
            S.COMPLETED: declare("job_processing_completed", "The work is done."),
            S.FAILED: declare("job_processing_failed", "The work failed for good.", ERROR),
            S.RETRY: declare("job_retry_scheduled", "The work will be tried again.", WARN),
            S.DEAD: declare("job_died", "Every try failed; a dead letter.", ERROR),
            S.CANCELLED: declare("job_cancelled", "The work was cancelled.", WARN),
        },
        deleted=declare("job_forgotten", "A job that was done long ago was let go."),
        facts=lambda job: {
            "job_type": job.job_type,
            "queue": job.queue,
            "attempt": job.attempt,
            **({"error": job.error, "error_code": job.error_code} if job.error else {}),
        },
        job_id=lambda job: job.pk,
        correlation=lambda job: job.correlation_id,
    )
)
Q = JobQueue.Status
audit(
    Audited(
        model=JobQueue,
        entity_type="queue",
        created=declare("queue_noted", "A queue was given rules of its own."),
        moved={
            Q.RUNNING: declare("queue_resumed", "Workers take the jobs of a queue again."),
            Q.DRAINING: declare("queue_drain_asked", "A queue is to be done with, then paused."),
            Q.PAUSED: declare("queue_paused", "Workers take no jobs of a queue.", WARN),
        },
        facts=lambda queue: {"queue": queue.name},
    )
)
declare("queue_limited", "Somebody set how many jobs of a queue run at once.")
declare("job_cancel_requested", "Somebody asked a running job to end.")
declare("job_start_asked", "Somebody asked for a waiting job to start now.")
declare("jobs_late", "Due work waits longer than it should.", WARN, event_class=TELEMETRY)
declare("jobs_on_time", "Due work is taken up in time again.", event_class=TELEMETRY)
declare("job_schedule_paused", "Somebody paused what recurs.")
declare("job_schedule_resumed", "Somebody let what recurs go on.")
declare("job_schedule_run_asked", "Somebody asked for what recurs to run now.")
declare("worker_stop_asked", "Somebody asked a worker to finish its job and leave.")
on_its_way("job_processing_started")
