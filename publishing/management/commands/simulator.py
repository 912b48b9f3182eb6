"""`manage.py simulator`: play Instagram, TikTok and YouTube on this machine."""

import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from publishing.simulator.app import application
from publishing.simulator.server import server_for
from stakazo.core.commands import PORT


class Command(BaseCommand):
    """Serves until Ctrl-C. Changes nothing but the simulator's own file and folder."""

    help = "Serve the platform simulator until Ctrl-C. Writes to its own SQLite file only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="Default: only this machine.")
        parser.add_argument(
            "--port", type=PORT, default=None, help="Default: the one in STAKAZO_SIMULATOR_URL."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        host, port = options["host"], options["port"]
        if port is None:
            port = urlsplit(settings.SIMULATOR_URL).port or 8100
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as err:
                raise CommandError(f"Port {port} of {host} is taken.", returncode=2) from err
        self.stdout.write(f"The platform simulator answers at http://{host}:{port}/")
        self.stdout.write(f"It keeps its truth in {settings.SIMULATOR_DATABASE}")
        server_for(application, host=host, port=port).run()
