"""What each new database connection is told about the ledger."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

_door_open: ContextVar[bool] = ContextVar("ledger_door_open", default=False)


@receiver(connection_created, dispatch_uid="ledger.teach_connection")
def teach_connection(connection: Any, **more: Any) -> None:
    """Give SQLite the function its append-only triggers ask; a foreign client has none, so fails."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ledger_door_open", 0, lambda: int(_door_open.get()))


@contextlib.contextmanager
def ledger_door() -> Iterator[None]:
    """Within this block this connection may delete from the ledger. Retention's only way in."""
    token = _door_open.set(True)
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('stakazo.ledger_door', 'open', false)")
        yield
    finally:
        _door_open.reset(token)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('stakazo.ledger_door', '', false)")
