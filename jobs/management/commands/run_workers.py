"""Workers that do jobs, watched over."""

import os
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from jobs.processes import die_with_parent
from jobs.supervisor import Supervisor
from ledger.sealing.following import sealing_beside


class Command(BaseCommand):
    """Starts a Supervisor and translates signals for it."""

    help = (
        "Does jobs until it is told to stop: starts a q2 cluster, replaces it when it dies or hangs, "
        "and repairs jobs that lost their worker. Ctrl-C or TERM: running jobs may finish within "
        "the grace, then they are handed back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Our options."""
        parser.add_argument("--workers", type=int, default=settings.WORKERS, help="Processes.")
        parser.add_argument(
            "--grace",
            type=float,
            default=settings.JOB_STOP_GRACE_S,
            help="Seconds that running jobs may go on after the stop.",
        )
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="Stop when the process that started this command ends.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        if options["workers"] < 1:
            self.stderr.write("There must be at least one worker.")
            raise SystemExit(2)
        supervisor = Supervisor(workers=options["workers"], grace_s=options["grace"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.stop())
        parent = os.getppid()
        if options["with_parent"]:
            die_with_parent(signal.SIGTERM)
            if os.getppid() != parent:
                supervisor.stop()
        with sealing_beside():
            supervisor.run()
