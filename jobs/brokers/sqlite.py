"""Bells in SQLite: whether anybody wrote is a look that costs microseconds."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

from jobs.brokers.doorbell import PATIENCE_S
from jobs.brokers.rows import RowDoorbell

LOOK_S = 0.003
LOOK_IDLE_S = 0.02  # a sleep and a look together take some 50 µs of processor time
IDLE_AFTER_S = 1.0

_FIRST = "SELECT id FROM django_q_ormq WHERE key IN ({}) ORDER BY id LIMIT 1"
_TAKE = "DELETE FROM django_q_ormq WHERE id = ? RETURNING payload"


class SQLiteDoorbell(RowDoorbell):
    """Asks for bells only when `PRAGMA data_version` says that another connection wrote."""

    away = (*RowDoorbell.away, sqlite3.Error)

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key=list_key)
        self._version: object = None
        self._heard = 0.0

    @contextlib.contextmanager
    def _unflushed(self) -> Iterator[None]:
        """In WAL mode NORMAL commits without waiting for the disk, and FULL ones carry it along."""
        if self.database.in_atomic_block:
            yield
            return
        with self.database.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            before = int(cursor.fetchone()[0])
            cursor.execute("PRAGMA synchronous=NORMAL")
            try:
                yield
            finally:
                cursor.execute(f"PRAGMA synchronous={before}")

    def _hear(self) -> str | None:
        line, until = self._line(), time.monotonic() + PATIENCE_S
        while (now := time.monotonic()) < until:
            (version,) = line.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                if bell := self._take(line):
                    self._heard = now
                    return bell
                # Read before we asked: what is written meanwhile is seen at the next look.
                self._version = version
            time.sleep(LOOK_S if now - self._heard < IDLE_AFTER_S else LOOK_IDLE_S)
        return None

    def _take(self, line: sqlite3.Connection) -> str | None:
        keys = self.keys
        # Reads first: a DELETE that finds nothing would still keep all writers waiting.
        first = line.execute(_FIRST.format(", ".join("?" * len(keys))), keys).fetchone()
        # To the last row, for only then the statement ends and lets go of the lock.
        rows = line.execute(_TAKE, first).fetchall() if first else []
        return rows[0][0] if rows else None

    def _line(self) -> Any:
        """SQLite's own connection below Django's: a cursor of Django costs more than the look."""
        fresh = self.database.connection is None
        self.database.ensure_connection()
        line: Any = self.database.connection
        if fresh:
            self._version = None
            line.execute("PRAGMA synchronous=NORMAL")
        return line

    def _hang_up(self) -> None:
        self._version = None
        self.database.close()
