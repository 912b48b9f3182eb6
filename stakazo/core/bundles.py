"""Several writes that go to the database together: one transaction, on PostgreSQL one round trip.

A transaction holds what it has touched for as long as it lasts, and on SQLite it holds everybody. What
is known beforehand is therefore made ready first and written at the end, without a pause between.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

# It goes with the transaction; nobody waits for its release.
_BEGUN, _UNDO = "SAVEPOINT bundle", "ROLLBACK TO SAVEPOINT bundle"


@dataclass(frozen=True)
class Write:
    """One statement.

    told: is given the cursor that stands at its result; may raise, which refuses the whole bundle.
    alone: how it is written by itself when the bundle failed, where repeating the statement is not
    the way.
    """

    sql: str
    parameters: Sequence[Any]
    told: Callable[[Any], object] | None = None
    alone: Callable[[], object] | None = None

    def write(self) -> None:
        """Now, by itself."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            if self.told is not None:
                self.told(cursor)

    def write_alone(self) -> None:
        """Now, after the bundle failed."""
        (self.alone or self.write)()


@dataclass
class Bundle:
    """Writes in the order they were made; then, in the same transaction, what comes after them.

    What comes after and fails has the transaction undone by whoever opened it.
    """

    writes: list[Write] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def send(self) -> None:
        """Write all of it in the transaction at hand, or in one of its own; all of it or nothing."""
        if connection.in_atomic_block:
            self._write(savepoint=True)
            return
        with transaction.atomic():
            self._write(savepoint=connection.vendor == "postgresql")

    def _write(self, *, savepoint: bool) -> None:
        """savepoint: one is needed, for others wrote before us, or because a failure ends all else."""
        with connection.cursor() as cursor:
            try:
                if connection.vendor == "postgresql":
                    self._write_at_once(cursor)
                else:
                    self._write_in_turn(cursor, savepoint=savepoint)
            except DatabaseError as error:
                if not savepoint:
                    raise
                _undo(cursor, error)
                for one in self.writes:
                    one.write_alone()
            except Exception as error:
                if savepoint:
                    _undo(cursor, error)
                raise
        for step in self.afterwards:
            step()

    def _write_at_once(self, cursor: Any) -> None:
        sql = "; ".join([_BEGUN, *(one.sql for one in self.writes)])
        cursor.execute(sql, [value for one in self.writes for value in one.parameters])
        for one in self.writes:
            cursor.nextset()
            if one.told is not None:
                one.told(cursor)

    def _write_in_turn(self, cursor: Any, *, savepoint: bool) -> None:
        if savepoint:
            cursor.execute(_BEGUN)
        for one in self.writes:
            try:
                cursor.execute(one.sql, one.parameters)
            except DatabaseError:
                if one.alone is None:
                    raise
                one.alone()  # a statement that failed has undone itself
            else:
                if one.told is not None:
                    one.told(cursor)


def _undo(cursor: Any, error: Exception) -> None:
    """Raises the error where the connection, and with it the transaction, is gone."""
    try:
        cursor.execute(_UNDO)
    except (DatabaseError, InterfaceError):
        raise error from None


_hands = threading.local()


def bundle() -> Bundle | None:
    """The bundle that is being made in this thread."""
    found: Bundle | None = getattr(_hands, "bundle", None)
    return found


def write(one: Write) -> None:
    """With the bundle that is being made, or now."""
    made = bundle()
    if made is None:
        one.write()
    else:
        made.writes.append(one)


@contextlib.contextmanager
def bundled() -> Iterator[Bundle]:
    """Within this block rows, moves and events are only made ready; at its end all are written.

    Nothing of it is in the database before that, so nothing in the block may depend on it. What the
    writes raise is raised at the end; then none was made.
    """
    if bundle() is not None:
        raise RuntimeError("A bundle is being made already.")
    made = _hands.bundle = Bundle()
    try:
        yield made
    finally:
        _hands.bundle = None
    made.send()
