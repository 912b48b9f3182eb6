"""What our manage.py commands share."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from rich.console import Console
from rich.progress import track

from stakazo.core.errors import StakazoError

T = TypeVar("T")


class StakazoCommand(BaseCommand):
    """A command parses, makes one domain call and prints what it answers.

    Subclasses write `work(**options) -> dict`, whose answer `--json` prints as one object, and
    `words(answer) -> str` for people. Exit codes: 0 done, 1 some items failed (the answer has a
    true "failed"), 2 wrong usage or refused.
    """

    writes: ClassVar[bool] = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's parser, with our two options."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        if self.writes:
            parser.add_argument(
                "--dry-run", action="store_true", help="Do it all, then roll it back."
            )
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the work; exit as the class says."""
        try:
            if self.writes and options["dry_run"]:
                with transaction.atomic():
                    answer = self.work(**options)
                    transaction.set_rollback(True)
            else:
                answer = self.work(**options)
        except StakazoError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"code": error.code, "message": error.message}))
            else:
                self.stderr.write(self.style.ERROR(error.message))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(answer, default=str))
        else:
            self.stdout.write(self.words(answer))
        if answer.get("failed"):
            sys.exit(1)

    def work(self, **options: Any) -> dict[str, Any]:
        """The one domain call."""
        raise TypeError(f"{type(self).__name__} has no work()")

    def words(self, answer: dict[str, Any]) -> str:
        """The answer for people."""
        return "\n".join(f"{key}: {value}" for key, value in answer.items())


def whole(low: int, high: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number within these bounds, both included."""

    def number(text: str) -> int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
            raise ArgumentTypeError(f"{text!r} is no whole number")
        if not low <= int(text) <= high:
            raise ArgumentTypeError(f"{text} does not lie between {low} and {high}")
        return int(text)

    return number


PORT = whole(1, 65_535)


def progress(items: Iterable[T], *, what: str, total: int | None = None) -> Iterator[T]:
    """The items, with a progress bar on stderr where that is a terminal."""
    console = Console(stderr=True)
    yield from track(
        items, description=what, total=total, console=console, disable=not console.is_terminal
    )
