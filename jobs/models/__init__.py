"""The rows of background work."""

from jobs.models.batch import JobBatch, JobDependency
from jobs.models.budget import BudgetUse, RateBudget
from jobs.models.job import JOB, Job, JobAttempt
from jobs.models.queue import QUEUE, JobQueue
from jobs.models.schedule import JobSchedule
from jobs.models.worker import JobWorker

__all__ = [
    "JOB",
    "QUEUE",
    "BudgetUse",
    "Job",
    "JobAttempt",
    "JobBatch",
    "JobDependency",
    "JobQueue",
    "JobSchedule",
    "JobWorker",
    "RateBudget",
]
