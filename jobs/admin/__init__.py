"""The admin pages of jobs, a file each."""

from jobs.admin.attempts import JobAttemptAdmin
from jobs.admin.batches import JobBatchAdmin
from jobs.admin.board import JobQueueAdmin
from jobs.admin.budgets import RateBudgetAdmin
from jobs.admin.jobs import JobAdmin
from jobs.admin.schedules import JobScheduleAdmin
from jobs.admin.showing import progress_bar
from jobs.admin.transport import ScheduleAdmin
from jobs.admin.workers import JobWorkerAdmin

__all__ = [
    "JobAdmin",
    "JobAttemptAdmin",
    "JobBatchAdmin",
    "JobQueueAdmin",
    "JobScheduleAdmin",
    "JobWorkerAdmin",
    "RateBudgetAdmin",
    "ScheduleAdmin",
    "progress_bar",
]
