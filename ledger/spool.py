"""Where events wait that the database would not take: one fsynced line each, on local disk."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from ledger.hashing import content_of
from ledger.models import LedgerEvent

logger = logging.getLogger(__name__)

FILE_NAME = "events.jsonl"


def keep(event: LedgerEvent) -> None:
    """Append the event to the spool and see it onto the disk."""
    line = line_of(event) + "\n"
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def line_of(event: LedgerEvent) -> str:
    """The event as one line of JSON, with its hash."""
    return json.dumps(content_of(event) | {"row_hash": event.row_hash})


def waiting() -> list[LedgerEvent]:
    """The events in the spool, oldest first; a line torn by a crash is skipped and logged."""
    path = _path()
    if not path.exists():
        return []
    return list(_events(path.read_text().splitlines()))


def remove(events: list[LedgerEvent]) -> None:
    """Take these events off the spool; what was added meanwhile stays."""
    path = _path()
    done = {str(event.pk) for event in events}
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = [line for line in file if _pk(line) not in done]
        file.seek(0)
        file.truncate()
        file.writelines(kept)
        file.flush()
        os.fsync(file.fileno())


def _path() -> Path:
    return Path(settings.LEDGER_SPOOL_DIR) / FILE_NAME


def _pk(line: str) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError):
        return ""


def _events(lines: list[str]) -> Iterator[LedgerEvent]:
    for number, line in enumerate(lines, 1):
        try:
            content = json.loads(line)
            content["timestamp"] = datetime.fromisoformat(content["timestamp"])
            yield LedgerEvent(**content)
        except (ValueError, KeyError, TypeError):
            logger.warning("Line %s of the spool is torn and was skipped", number)
