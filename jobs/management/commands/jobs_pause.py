"""Holding queues back."""

from jobs.management.queueing import QueueCommand
from jobs.services import pause_queue


class Command(QueueCommand):
    """Pauses."""

    help = (
        "Has no worker anywhere take jobs of these queues; running jobs go on. It takes effect within"
        " a second or two, without a restart, and holds until `jobs_resume`."
    )
    act = staticmethod(pause_queue)
