"""Web, workers and simulator as one group."""

import contextlib
import signal
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from stakazo.core.commands import PORT
from stakazo.core.errors import StakazoError
from stakazo.processes import whole_group
from stakazo.setup import OPERATOR, ensure_operator, migrate


class Command(BaseCommand):
    help = (
        "Start web, workers and the platform simulator together; Ctrl-C stops them all. Brings the "
        "database up to date first, and makes the operator account where there is none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=PORT, default=8000, help="Or the next free one.")
        parser.add_argument("--simulator-port", type=PORT, default=8100, help="Or the next free.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database, start the group, watch it until somebody stops us."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                self._serve(options)
        except StakazoError as error:
            self.stderr.write(self.style.ERROR(error.message))
            raise SystemExit(1) from error
        self.stdout.write("Stopped.")

    def _serve(self, options: dict[str, Any]) -> None:
        migrate()
        _, password = ensure_operator()
        group, at = whole_group(web_port=options["port"], simulator_port=options["simulator_port"])
        with group.running():
            self._greet(at.web, at.simulator, password)
            while True:
                time.sleep(1)
                group.watch(self.stderr.write)

    def _greet(self, web: str, simulator: str, password: str) -> None:
        hint = f"password {password} (shown this once)" if password else "the password you have"
        lines = [
            self.style.SUCCESS("Stakazo is up."),
            f"  admin      {web}/admin/      log in as {OPERATOR}, {hint}",
            f"  telemetry  {web}/telemetry",
            f"  API        {web}/videos      reference: {web}/docs",
            f"  simulator  {simulator}/" if not settings.STAKAZO_LIVE else "  live platforms",
            f"  logs       {settings.VAR_DIR / 'log'}",
            "" if password else f"  A new password: manage.py changepassword {OPERATOR}",
            "Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(line for line in lines if line))
        self.stdout.flush()  # whoever reads us through a pipe waits for this


def _stop(number: int, frame: FrameType | None) -> None:
    """The first one stops us; from then on only `Group.stop` listens, to be quicker."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
