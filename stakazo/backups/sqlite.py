"""SQLite: its online backup, there and back. One file, taken and put in one transaction.

Readers and writers go on meanwhile: a copy shows one moment, and what replaces a database is seen by
everybody at once or, after a kill, by nobody.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connection

from stakazo.backups.errors import BackupFailed
from stakazo.backups.manifest import Manifest
from stakazo.backups.queries import as_alias, held, refuse_other

PART = "database.sqlite3"
PAGES = 2_000
PATIENCE_S = 20.0
"""So long somebody else may hold the database before we give up."""


def about() -> dict[str, Any]:
    """What the manifest says of the database."""
    return {"kind": "sqlite", "server_version": sqlite3.sqlite_version}


def refuse_unfit(manifest: Manifest) -> None:
    """Any SQLite reads the file of any other."""


@contextlib.contextmanager
def snapshot(part: Path | None) -> Iterator[str]:
    """The alias of one moment of the database, of which `part` becomes the copy.

    Without a part the database itself, as it is now. Raises BackupFailed.
    """
    if part is None:
        yield DEFAULT_DB_ALIAS
        return
    with _failing("The database could not be copied"):
        with contextlib.closing(_open(_name())) as source, contextlib.closing(_open(part)) as copy:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master")  # from here on it is this moment
            _copy(source, copy)
            source.rollback()
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, which nothing lies beside
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise BackupFailed(f"The database is damaged, and a copy would be too: {found}.")
    with opened(part) as alias:
        yield alias


@contextlib.contextmanager
def opened(part: Path) -> Iterator[str]:
    """The alias of a copy, which can only be read."""
    with as_alias(NAME=_read_only(part), OPTIONS={}) as alias:
        yield alias


def load(part: Path, manifest: Manifest) -> None:
    """Put the copy in the place of the database, all of it or nothing.

    Raises BadBackup, BackupFailed.
    """
    with opened(part) as alias:
        refuse_other(held(alias), manifest)
    connection.close()
    with (
        _failing("The database could not be replaced"),
        contextlib.closing(_open(_read_only(part))) as source,
        contextlib.closing(_open(_name())) as target,
    ):
        _copy(source, target)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    source.backup(target, pages=PAGES, progress=_giving_up(), sleep=0.05)


def _giving_up() -> Callable[[int, int, int], None]:
    """Ends a copy that does not move on: SQLite itself would wait forever for a lock."""
    left, since = -1, time.monotonic()

    def look(status: int, remaining: int, total: int) -> None:
        nonlocal left, since
        if remaining != left:
            left, since = remaining, time.monotonic()
        elif time.monotonic() - since > PATIENCE_S:
            raise BackupFailed("Somebody else holds the database; stop web and workers first.")

    return look


@contextlib.contextmanager
def _failing(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"{what}: {error}.") from error


def _open(name: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(name, uri=True, isolation_level=None, timeout=PATIENCE_S)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _read_only(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
