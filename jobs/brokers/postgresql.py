"""Bells in PostgreSQL: one statement takes one, NOTIFY wakes who waits."""

import math
import select
import time
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from jobs.brokers.doorbell import PATIENCE_S, private_key
from jobs.brokers.rows import RowDoorbell

ASK_AGAIN_S = 2.0  # where NOTIFY does not arrive, behind a transaction pooler say

# NOTIFY takes a lock of the whole server at commit. Here it is part of a bell, of which at most so
# many wait, in a transaction that holds nothing else.
_RING = """
    WITH bell AS (
        INSERT INTO django_q_ormq (key, payload, lock)
        SELECT %(key)s, %(package)s, now()
         WHERE (SELECT count(*) FROM (SELECT 1 FROM django_q_ormq WHERE key = %(key)s
                                      LIMIT %(enough)s) AS waiting) < %(enough)s
        RETURNING id
    )
    SELECT id, pg_notify(%(key)s, '') {unflushed} FROM bell
"""
_UNFLUSHED = ", set_config('synchronous_commit', 'off', true)"  # until the end of this transaction
_TAKE = """
    DELETE FROM django_q_ormq WHERE id = (
        SELECT id FROM django_q_ormq WHERE key = ANY(%s) ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING payload
"""


class PostgresDoorbell(RowDoorbell):
    """The pusher listens on a connection that only it uses."""

    away = (*RowDoorbell.away, psycopg.Error)

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key=list_key)
        self._line: psycopg.Connection[Any] | None = None
        self._asked = -math.inf

    def ring(self, package: str, *, enough: int) -> bool:
        """See Doorbell."""
        return self._ring(self.list_key, package, enough)

    def ring_for(self, group: str, package: str) -> None:
        """See Doorbell."""
        self._ring(private_key(self.list_key, group), package, 2)

    def _insert(self, key: str, package: str) -> Any:
        self._ring(key, package, 2**31 - 1)

    def _ring(self, key: str, package: str, enough: int) -> bool:
        # Inside of somebody's transaction the way it commits is not ours to choose.
        unflushed = "" if self.database.in_atomic_block else _UNFLUSHED
        with self.database.cursor() as cursor:
            cursor.execute(
                _RING.format(unflushed=unflushed),
                {"key": key, "package": package, "enough": enough},
            )
            return cursor.fetchone() is not None

    def _hear(self) -> str | None:
        line = self._line or self._call()
        until = time.monotonic() + PATIENCE_S
        woken = time.monotonic() - self._asked >= ASK_AGAIN_S
        while True:
            if woken and (bell := self._take(line)):
                self._asked = -math.inf  # perhaps there is one more
                return bell
            if (left_s := until - time.monotonic()) <= 0:
                return None
            woken = _notified(line, left_s)

    def _take(self, line: psycopg.Connection[Any]) -> str | None:
        row = line.execute(_TAKE, [self.keys]).fetchone()
        self._asked = time.monotonic()
        return row[0] if row else None

    def _call(self) -> psycopg.Connection[Any]:
        parameters = {
            name: value
            for name, value in self.database.get_connection_params().items()
            if name not in ("context", "cursor_factory", "prepare_threshold")
        }
        self._line = line = psycopg.connect(**parameters, autocommit=True)
        line.execute("SET synchronous_commit = off")
        for key in self.keys:
            line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(key)))
        self._asked = -math.inf  # what rang before we listened
        return line

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(psycopg.Error):
                line.close()


def _notified(line: psycopg.Connection[Any], timeout_s: float) -> bool:
    """Wait on the socket itself: psycopg's own wait wakes ten times a second."""
    wire = line.pgconn
    poll = select.poll()
    poll.register(wire.socket, select.POLLIN)
    found = _take_notes(line)
    if not found and poll.poll(timeout_s * 1000):
        wire.consume_input()
        found = _take_notes(line)
    return found


def _take_notes(line: psycopg.Connection[Any]) -> bool:
    found = False
    while line.pgconn.notifies() is not None:
        found = True
    return found
