"""The write lock of SQLite, for who writes seldom beside others that write without a pause."""

import contextlib
import time
from collections.abc import Iterator

from django.db import OperationalError, connection, transaction

_NAPS_MS = 10
_PATIENCE_S = 20.0


@contextlib.contextmanager
def prompt_transaction() -> Iterator[None]:
    """A transaction that waits for SQLite's write lock in short naps; elsewhere `transaction.atomic`.

    SQLite's own waiting naps longer and longer, up to 100 ms, so whoever has waited for long is the least
    likely to get the lock. Raises OperationalError when it was not free in 20 s.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    usual_ms = _busy_timeout_ms()
    with contextlib.ExitStack() as stack:
        _wait_ms(_NAPS_MS)
        try:
            _enter(stack)
        finally:
            _wait_ms(usual_ms)
        yield


def _enter(stack: contextlib.ExitStack) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            stack.enter_context(transaction.atomic())
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        else:
            return


def _busy_timeout_ms() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def _wait_ms(naps: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {naps:d}")
