"""Every write to jobs: enqueue, claim, renew, settle, retry, cancel."""

from jobs.services.by_hand import cancel_job, retry_job, start_now
from jobs.services.claiming import claim, claim_next
from jobs.services.enqueueing import enqueue
from jobs.services.holding import check_token, keep_stages, renew_lease
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

__all__ = [
    "DATABASE_GONE",
    "Stages",
    "backoff_s",
    "cancel_job",
    "check_token",
    "claim",
    "claim_next",
    "enqueue",
    "keep_stages",
    "release",
    "renew_lease",
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
]
