"""Where events wait that the database would not take: one fsynced line each, on local disk.

A line is an event with its hash. One that was spooled inside of a transaction that could still commit
has `pending`: whether it counts is not known until that transaction ends. A line `settled` names
events whose transaction did commit. Every change of the file is an append or a rename, under a lock
of its own, so that a process may be killed at any point of it.
"""

import contextlib
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger.hashing import content_of, row_hash
from ledger.models import LedgerEvent

logger = logging.getLogger(__name__)

FILE_NAME = "events.jsonl"
LOCK_NAME = "lock"
TORN_NAME = "torn.txt"  # lines that a crash or a broken disk left unreadable, for people to look at


class SpoolFull(OSError):
    """The spool has the size that LEDGER_SPOOL_MAX_BYTES allows; what comes now is not kept."""


@dataclass(frozen=True)
class Pending:
    """What is known of the transaction that an event was spooled in.

    of_change: the event tells of a change that this transaction makes. xid: PostgreSQL's number of it.
    """

    of_change: bool
    xid: str = ""


@dataclass(frozen=True)
class Waiting:
    """An event in the spool. pending: None where it counts whatever happened to a transaction."""

    event: LedgerEvent
    pending: Pending | None


def keep(event: LedgerEvent, *, pending: Pending | None = None) -> None:
    """Append the event to the spool and see it onto the disk. Raises OSError, SpoolFull among them."""
    keep_all([event], pending=pending)


def keep_all(
    events: Sequence[LedgerEvent], *, pending: Pending | None = None, fill: float = 1.0
) -> None:
    """Append these events, all or none. fill: the share of the spool's size that they may reach up to."""
    more = {"pending": {"of_change": pending.of_change, "xid": pending.xid}} if pending else {}
    _append([line_of(event, **more) for event in events], fill=fill)


def settle(events: Iterable[LedgerEvent]) -> None:
    """Say that the transaction in which these were spooled has committed. Raises OSError."""
    _append([json.dumps({"settled": [str(event.pk) for event in events]})], fill=2.0)


def line_of(event: LedgerEvent, **more: Any) -> str:
    """The event as one line of JSON, with its hash."""
    return json.dumps(content_of(event) | {"row_hash": event.row_hash} | more)


def waiting() -> Iterator[Waiting]:
    """What is in the spool, oldest first, each event once; lines that cannot be read are left out."""
    settled = {
        str(pk)
        for line in _lines()
        if b'"settled"' in line[:12] and (content := _parsed(line))
        for pk in content.get("settled", ())
    }
    seen: set[str] = set()
    for line in _lines():
        content = _parsed(line)
        if content is None or "settled" in content or (entry := _entry(content)) is None:
            continue
        pk = str(entry.event.pk)
        if pk not in seen:
            seen.add(pk)
            yield Waiting(entry.event, None) if pk in settled else entry


def count() -> int:
    """How many lines are in the spool."""
    return sum(1 for _ in _lines())


def remove(ids: Iterable[uuid.UUID]) -> None:
    """Take the events with these ids off the spool; what was added meanwhile stays. Raises OSError."""
    path, done = _path(), set(map(str, ids))
    with _locked():
        kept, torn = [], []
        for line in _lines():
            content = _parsed(line)
            if content is None or ("settled" not in content and _entry(content) is None):
                torn.append(line)
            elif "settled" in content:
                if left := [pk for pk in content["settled"] if pk not in done]:
                    kept.append(json.dumps({"settled": left}).encode())
            elif content["id"] not in done:
                kept.append(line)
        if torn:
            logger.warning("%s lines of the spool cannot be read; see %s", len(torn), TORN_NAME)
            _write_whole(path.with_name(TORN_NAME), torn, os.O_APPEND)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _write_whole(fresh, kept, os.O_TRUNC)
        fresh.replace(path)
        _sync_folder(path.parent)


def _append(lines: list[str], *, fill: float) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(line + "\n" for line in lines).encode()
    with _locked():
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size + len(data) > settings.LEDGER_SPOOL_MAX_BYTES * fill:
                raise SpoolFull(f"the spool holds {size} bytes; LEDGER_SPOOL_MAX_BYTES is reached")
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                data = b"\n" + data  # behind a line that a crash tore
            try:
                _write_all(descriptor, data)
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)  # no half of a line stays behind
                raise
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(path.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:  # a disk that fills up takes a part, and refuses the next
        data = data[os.write(descriptor, data) :]


def _write_whole(path: Path, lines: list[bytes], flag: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600)
    try:
        _write_all(descriptor, b"".join(line + b"\n" for line in lines))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """One process at a time. The lock is a file of its own, for the other one is replaced."""
    descriptor = os.open(_path().with_name(LOCK_NAME), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _path() -> Path:
    return Path(settings.LEDGER_SPOOL_DIR) / FILE_NAME


def _lines() -> Iterator[bytes]:
    """The lines of the file as it is now; a replacement of it meanwhile does no harm."""
    try:
        with _path().open("rb") as file:
            for line in file:
                if line.strip():
                    yield line.rstrip(b"\n")
    except FileNotFoundError:
        return


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _entry(content: dict[str, Any]) -> Waiting | None:
    """The event of a line; None when it is not whole, or not what it was."""
    try:
        values = dict(content)
        pending = values.pop("pending", None)
        values["timestamp"] = datetime.fromisoformat(values["timestamp"])
        for name in ("id", "job_id", "clip_id", "caused_by"):
            values[name] = uuid.UUID(values[name]) if values[name] else None
        event = LedgerEvent(**values)
        if row_hash(event) != event.row_hash:
            return None
        return Waiting(event, Pending(**pending) if pending else None)
    except Exception:  # noqa: BLE001  whatever is wrong with it
        return None
