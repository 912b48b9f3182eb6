"""The q2 cluster that `run_workers` starts and watches."""

import os
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jobs import worker
from jobs.processes import die_with_parent


class Command(BaseCommand):
    """django-q2's own cluster, whose processes end with the supervisor that started it."""

    help = "The q2 cluster in this process. `run_workers` starts it; start that, or `qcluster`."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until killed."""
        from django_q.cluster import Cluster

        _end_with_parent()
        if settings.JOB_SUPERVISOR_PID not in (0, os.getppid()):
            sys.exit("The supervisor that started this cluster is gone.")
        os.register_at_fork(after_in_child=_end_with_parent)
        # Only workers listen to these two (jobs.worker); the other q2 processes must not die of them.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        if fd := settings.JOB_VITALS_FD:
            # Only for us and our forks: to a program that a job starts this number means nothing.
            os.set_inheritable(fd, False)
            os.environ.pop("STAKAZO_VITALS_FD")
        Cluster().start()


def _end_with_parent() -> None:
    if not worker.is_q2_worker():  # a child that a worker starts ends as the worker sees fit
        die_with_parent(signal.SIGKILL)
