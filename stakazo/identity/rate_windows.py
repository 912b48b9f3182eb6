"""Counting uses in a window of time, exactly, whichever process they come to.

A window begins with its first use and lasts its period. Each use is one atomic statement in one place that all
processes share: Redis where it is configured, PostgreSQL's unlogged table `auth_rate_windows`, or, beside SQLite,
a file of its own that nobody waits on a disk for. A crash may forget counts; nothing else is kept there.
Why not a library, and what it costs: docs/decisions/0041-rate-limits-are-counted-where-all-processes-look.md.
"""

import math
import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import redis
from django.conf import settings
from django.db import connection

TABLE = "auth_rate_windows"
FORGET_AFTER_S = 60
FORGOTTEN_AT_ONCE = 100
_FILE_TIMEOUT_S = 5


@dataclass(frozen=True)
class Window:
    """A window after a use of it. used: how many there were, this one and refused ones too."""

    used: int
    ends_in_s: float

    @property
    def wait_s(self) -> int:
        """Whole seconds until it ends, at least 1."""
        return max(1, math.ceil(self.ends_in_s))


class Windows(Protocol):
    """Where windows are counted."""

    def use(self, key: str, *, period_s: int) -> Window:
        """Count one use of the key."""

    def forget(self) -> None:
        """Forget all windows."""


def windows() -> Windows:
    """The place that all processes of this installation share."""
    if settings.REDIS_URL:
        return _redis(settings.REDIS_URL)
    if connection.vendor == "postgresql":
        return InPostgres()
    return _file(str(settings.RATE_LIMIT_FILE))


class InRedis:
    """INCR, with an end that is set by the first use."""

    _USE = """
        local used = redis.call('INCR', KEYS[1])
        if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {used, redis.call('PTTL', KEYS[1])}
    """
    _START = "stakazo:rate:"

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._use = self._redis.register_script(self._USE)

    def use(self, key: str, *, period_s: int) -> Window:
        """One round trip."""
        used, left_ms = self._use(keys=[self._START + key], args=[period_s * 1000])
        return Window(int(used), max(0, int(left_ms)) / 1000)

    def forget(self) -> None:
        """For tests."""
        for key in self._redis.scan_iter(f"{self._START}*"):
            self._redis.delete(key)


# %(now)s is the clock of the place itself, which all its clients share.
_UPSERT = f"""
    INSERT INTO {TABLE} AS held (key, used, ends) VALUES (%(key)s, 1, %(now)s + %(period)s)
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN held.ends <= %(now)s THEN 1 ELSE held.used + 1 END,
        ends = CASE WHEN held.ends <= %(now)s THEN %(now)s + %(period)s ELSE held.ends END
    RETURNING used, ends - %(now)s
"""  # noqa: S608  names of ours, no values
_FORGET = f"""
    DELETE FROM {TABLE} WHERE key IN (
        SELECT key FROM {TABLE} WHERE ends < %(now)s - {FORGET_AFTER_S} LIMIT {FORGOTTEN_AT_ONCE} %(skip)s
    )
"""  # noqa: S608


class InPostgres:
    """One upsert; of an unlogged table, so no commit of it waits for the disk."""

    _NOW = "extract(epoch FROM statement_timestamp())"
    _USE = _UPSERT % {"key": "%(key)s", "period": "%(period)s", "now": _NOW}
    _TIDY = _FORGET % {"now": _NOW, "skip": "FOR UPDATE SKIP LOCKED"}

    def use(self, key: str, *, period_s: int) -> Window:
        """One statement; each first use of a window tidies up behind it."""
        with connection.cursor() as cursor:
            cursor.execute(self._USE, {"key": key, "period": period_s})
            used, left_s = cursor.fetchone()
            if used == 1:
                cursor.execute(self._TIDY)
        return Window(int(used), float(left_s))

    def forget(self) -> None:
        """For tests."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608


class InFile:
    """A SQLite file that is never synced: other processes see each count at once all the same."""

    _CREATE = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} "
        "(key TEXT PRIMARY KEY, used INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID"
    )
    _USE = _UPSERT % {"key": ":key", "period": ":period", "now": ":now"}
    _TIDY = _FORGET % {"now": ":now", "skip": ""}

    def __init__(self, path: Path) -> None:
        # Threads share it: opening one per request costs more than the counting.
        self._lock = threading.Lock()
        self._file = sqlite3.connect(
            path, timeout=_FILE_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=OFF",
            self._CREATE,
            f"CREATE INDEX IF NOT EXISTS by_end ON {TABLE} (ends)",
        ):
            self._file.execute(statement)

    def use(self, key: str, *, period_s: int) -> Window:
        """One statement; each first use of a window tidies up behind it."""
        now = time.time()
        with self._lock:
            used, left_s = self._file.execute(
                self._USE, {"key": key, "period": period_s, "now": now}
            ).fetchone()
            if used == 1:
                self._file.execute(self._TIDY, {"now": now})
        return Window(int(used), float(left_s))

    def forget(self) -> None:
        """For tests."""
        with self._lock:
            self._file.execute(f"DELETE FROM {TABLE}")  # noqa: S608


@lru_cache(maxsize=2)
def _redis(url: str) -> InRedis:
    return InRedis(url)


@lru_cache(maxsize=4)
def _file(path: str) -> InFile:
    return InFile(Path(path))
