"""A proof of one event, for somebody without our database."""

import json
import uuid
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.sealing.proofs import prove_event
from stakazo.core.commands import StakazoCommand
from stakazo.core.errors import InvalidInput


def _event_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no id of an event") from error


class Command(StakazoCommand):
    help = "Write a proof that an event is in the ledger; ledger/check_proof.py checks it alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=_event_id, help="The event's id.")
        parser.add_argument("-o", "--out", default="", help="A file; without it standard output.")

    def work(self, **options: Any) -> dict[str, Any]:
        """The proof, or where it was written."""
        proof = prove_event(options["event_id"])
        if not options["out"]:
            return proof
        try:
            Path(options["out"]).write_text(json.dumps(proof, indent=1), encoding="utf-8")
        except OSError as error:
            raise InvalidInput(f"{options['out']} cannot be written: {error.strerror}.") from error
        return {"event": proof["event"]["id"], "seal": _number(proof), "out": options["out"]}

    def words(self, answer: dict[str, Any]) -> str:
        """The proof itself, or a sentence."""
        if "out" not in answer:
            return json.dumps(answer, indent=1)
        return f"Event {answer['event']} is in seal {answer['seal']}: {answer['out']}."


def _number(proof: dict[str, Any]) -> int:
    return int(proof["seal"]["body"]["number"])
