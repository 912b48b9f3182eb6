"""The ledger as a file."""

import sys
import uuid
from argparse import ArgumentTypeError
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import CommandParser

from ledger.keeping.exporting import Selection, export_events, export_seals
from ledger.keeping.formats import FORMATS
from ledger.models import LedgerEvent
from ledger.queries import known_entity_type, known_event_type
from ledger.sealing.rows import Row
from stakazo.core.commands import StakazoCommand, progress
from stakazo.core.errors import InvalidInput


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no ISO time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no id") from error


class Command(StakazoCommand):
    help = (
        "Write events to a file or to standard output (-), oldest first, in constant memory. "
        "ledger/check_export.py checks JSON lines alone. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", help="A file, or - for standard output.")
        parser.add_argument(
            "--format",
            choices=sorted(FORMATS),
            help="jsonl, csv or parquet; without it the ending of the file says, else jsonl.",
        )
        parser.add_argument("--type", action="append", default=[], help="Event type; repeatable.")
        parser.add_argument("--entity", default="", help="A type of thing, or type:id.")
        parser.add_argument("--job", type=_id, help="A job's id.")
        parser.add_argument("--clip", type=_id, help="A clip's id.")
        parser.add_argument("--correlation", default="", help="A correlation id.")
        parser.add_argument("--severity", default="", choices=LedgerEvent.Severity.values)
        parser.add_argument("--since", type=_moment, help="ISO time, included; UTC if bare.")
        parser.add_argument("--until", type=_moment, help="ISO time, not included; UTC if bare.")
        parser.add_argument(
            "--seals", default="", help="A second file, for the seals, which check_export.py takes."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """How many events were written."""
        entity_type, _, entity_id = options["entity"].partition(":")
        if entity_type and not LedgerEvent.objects.filter(entity_type=entity_type).exists():
            known_entity_type(entity_type)
        selection = Selection(
            event_types=tuple(known_event_type(name) for name in options["type"]),
            entity_type=entity_type,
            entity_id=entity_id,
            job_id=options["job"],
            clip_id=options["clip"],
            correlation_id=options["correlation"],
            severity=options["severity"],
            since=options["since"],
            until=options["until"],
        )
        to_screen = options["out"] == "-"
        if to_screen and options["json"]:
            raise InvalidInput("--json and the events cannot share standard output; name a file.")
        form = options["format"] or _form_of(options["out"])
        with ExitStack() as files:
            out = sys.stdout.buffer if to_screen else _opened(options["out"], files)
            seals = _opened(options["seals"], files) if options["seals"] else None
            exported = export_events(
                out,
                form=form,
                selection=selection,
                follow=_with_progress,
                count=not to_screen and sys.stderr.isatty(),
            )
            out.flush()
            sealed = export_seals(seals) if seals else None
        answer = asdict(exported) | {"out": options["out"], "format": form}
        answer["exported"] = answer.pop("events")
        return answer | ({"seals": sealed} if sealed is not None else {})

    def words(self, answer: dict[str, Any]) -> str:
        """For people; nothing when the events themselves went to standard output."""
        return "" if answer["out"] == "-" else f"{answer['exported']} events in {answer['out']}."


def _form_of(name: str) -> str:
    """The form that the ending of a file says; JSON lines for one without. Raises InvalidInput."""
    ending = Path(name).suffix.lstrip(".").lower()
    if ending and ending not in FORMATS:
        raise InvalidInput(
            f"The ending .{ending} is no form of export. There are {', '.join(sorted(FORMATS))}; "
            "--format writes one of them under any name.",
            forms=sorted(FORMATS),
        )
    return ending or "jsonl"


def _opened(name: str, files: ExitStack) -> BinaryIO:
    try:
        return cast(BinaryIO, files.enter_context(Path(name).open("wb")))
    except OSError as error:
        raise InvalidInput(f"{name} cannot be written: {error.strerror}.") from error


def _with_progress(rows: Iterable[Row], total: int | None) -> Iterable[Row]:
    return progress(rows, what="export", total=total) if total is not None else rows
