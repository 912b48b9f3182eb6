"""Forking, with nothing in hand that must not be in two processes."""

import contextlib
import gc
from pathlib import Path

from django.db import connection, connections


def let_go_of_the_database():
    """Close every connection, really. To be called before each fork.

    SQLite must not be open in a process that forks: the child believes in locks that it has not, and
    works on with a log of its own that nobody else reads, until the database is corrupt. `close()`
    is not enough while an error that has passed still holds a cursor.
    """
    connections.close_all()
    if connection.vendor == "sqlite" and _is_open():
        gc.collect()
        if _is_open():
            raise RuntimeError("the database is open in a process that is about to fork")


def _is_open():
    links = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(each.readlink()))
    folder = str(Path(connection.settings_dict["NAME"]).parent)
    return any(link.startswith(folder) and ".sqlite3" in link for link in links)
