"""Counting what the ledger holds."""

from typing import Any

from django.core.management.base import CommandParser

from ledger.rollups import rebuild_rollups, roll_up
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    help = (
        "Count the ledger's new events into its rollups, as ledger.roll_up does each minute. With "
        "--rebuild forget what was counted and count all events that are there again; hours that "
        "retention let go stay as they were counted. Events are never changed."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Count everything again.")

    def work(self, **options: Any) -> dict[str, Any]:
        """How many events were counted."""
        return (rebuild_rollups() if options["rebuild"] else roll_up()).facts()

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        return f"{answer['events']} events counted."
