"""How we talk to the two databases we run on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environ
from django.db import connection, transaction

# WAL lets readers and the writer work side by side; IMMEDIATE takes the write lock at BEGIN, so a
# transaction that read first cannot fail when it writes (with DEFERRED 10 % did, measured).
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON;"
    ),
}


def database_settings(url: str, *, var_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry for DATABASE_URL; SQLite below var_dir when it is empty."""
    if not url or url.startswith("sqlite"):
        name = environ.Env.db_url_config(url)["NAME"] if url else str(var_dir / "stakazo.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": dict(_SQLITE_OPTIONS),
            # A file, not memory: worker threads and processes of the tests must see the same rows.
            "TEST": {"NAME": str(var_dir / "test.sqlite3")},
        }
    return environ.Env.db_url_config(url) | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}


@contextlib.contextmanager
def loosely_kept() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk; the next one that waits keeps it too.

    Killed processes lose nothing of it. A power cut, or a crash of the database server, may undo it
    as a whole: it is for what can be done again, never for a result. Inside of another transaction
    it is part of that one.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            yield
        return
    _tell_sqlite("PRAGMA synchronous = NORMAL")
    try:
        with transaction.atomic():
            yield
    finally:
        with contextlib.suppress(Exception):  # a lost connection
            _tell_sqlite("PRAGMA synchronous = FULL")


def _tell_sqlite(pragma: str) -> None:
    """On SQLite's own connection below Django's, whose cursors cost more than what they are told."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(pragma)
