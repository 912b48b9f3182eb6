"""Every write to jobs: enqueue, claim, renew, settle, retry, cancel."""

from jobs.services.batches import enqueue_batch
from jobs.services.bulk import act_on_many
from jobs.services.by_hand import cancel_job, retry_job, start_now
from jobs.services.claiming import Sight, Taker, claim, claim_next
from jobs.services.enqueueing import enqueue
from jobs.services.holding import check_token, keep_stages, renew_lease
from jobs.services.queueing import (
    drain_queue,
    limit_queue,
    pause_drained,
    pause_queue,
    resume_queue,
)
from jobs.services.ringing import ring_due, ring_unrung
from jobs.services.settling import (
    DATABASE_GONE,
    Stages,
    backoff_s,
    release,
    settle_cancelled,
    settle_done,
    settle_failed,
    settle_given_up,
    settle_lost,
    settle_snoozed,
)
from jobs.services.workers import (
    forget_silent_workers,
    forget_workers,
    note_pulse,
    stop_worker,
)

__all__ = [
    "DATABASE_GONE",
    "Sight",
    "Stages",
    "Taker",
    "act_on_many",
    "backoff_s",
    "cancel_job",
    "check_token",
    "claim",
    "claim_next",
    "drain_queue",
    "enqueue",
    "enqueue_batch",
    "forget_silent_workers",
    "forget_workers",
    "keep_stages",
    "limit_queue",
    "note_pulse",
    "pause_drained",
    "pause_queue",
    "release",
    "renew_lease",
    "resume_queue",
    "retry_job",
    "ring_due",
    "ring_unrung",
    "settle_cancelled",
    "settle_done",
    "settle_failed",
    "settle_given_up",
    "settle_lost",
    "settle_snoozed",
    "start_now",
    "stop_worker",
]
