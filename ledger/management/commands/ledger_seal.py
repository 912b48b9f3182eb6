"""Closing what is committed into the chain, now."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from ledger.sealing.following import follow
from ledger.sealing.keys import sealing_key
from ledger.sealing.sealer import newest_seal, seal_events
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    help = (
        "Seal the events that are in no seal yet, and anchor the head in the storage. A schedule "
        "does the same; running it twice, or beside the schedule, is safe."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--follow", action="store_true", help="Go on until Ctrl-C or TERM, as run_workers does."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """How many were sealed, and what the head is now."""
        if options["follow"] and not options["dry_run"]:
            _follow()
        facts = seal_events().facts()
        head, key = newest_seal(), sealing_key()
        return facts | {
            "head": head.number if head else 0,
            "seal_hash": head.seal_hash if head else "",
            "key_id": key.key_id,
            "public_key": key.public_hex,
        }

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        line = f"{answer['events']} events sealed into {answer['seals']} seals."
        if answer["head"]:
            line += f" The head is seal {answer['head']}: {answer['seal_hash']}"
        if answer["public_key"]:
            line += f"\nPublic key: {answer['public_key']}"
        return line


def _follow() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow(stop, within_s=settings.LEDGER_SEAL_WITHIN_S)
