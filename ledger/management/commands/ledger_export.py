"""The ledger as a file."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.models import LedgerEvent
from ledger.upkeep import export_events
from stakazo.core.commands import StakazoCommand, progress
from stakazo.core.errors import InvalidInput


class Command(StakazoCommand):
    help = "Write events as JSON lines, oldest first, to a file or to standard output (-)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", help="A file, or - for standard output.")
        parser.add_argument("--since", type=datetime.fromisoformat, help="ISO time; UTC if bare.")

    def work(self, **options: Any) -> dict[str, Any]:
        """How many events were written."""
        since: datetime | None = options["since"]
        if since and since.tzinfo is None:
            since = since.replace(tzinfo=UTC)
        if options["out"] == "-":
            if options["json"]:
                raise InvalidInput(
                    "--json and the events cannot share standard output; name a file."
                )
            return {"exported": export_events(sys.stdout, since=since), "out": "-"}
        try:
            out = Path(options["out"]).open("w", encoding="utf-8")  # noqa: SIM115  closed below
        except OSError as error:
            raise InvalidInput(f"{options['out']} cannot be written: {error.strerror}.") from error
        with out:
            exported = export_events(out, since=since, follow=_with_progress)
        return {"exported": exported, "out": options["out"]}

    def words(self, answer: dict[str, Any]) -> str:
        """For people; nothing when the events themselves went to standard output."""
        return "" if answer["out"] == "-" else f"{answer['exported']} events in {answer['out']}."


def _with_progress(events: Iterable[LedgerEvent], total: int) -> Iterable[LedgerEvent]:
    return progress(events, what="export", total=total)
