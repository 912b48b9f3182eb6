"""Letting queues run again."""

from jobs.management.queueing import QueueCommand
from jobs.services import resume_queue


class Command(QueueCommand):
    """Resumes."""

    help = "Has workers take jobs of these queues again, after `jobs_pause` or a drain."
    act = staticmethod(resume_queue)
