"""The weeks of the ledger's table on PostgreSQL: made ahead, dropped whole when retention is through.

An event lies where its id belongs, which begins with the time it was made (UUIDv7). `first` holds all
from before there were weeks; `default` what fits nowhere: events of a week that is not made yet or was
dropped, as the spool may bring. Decision 0029. On SQLite there is one table, and nothing here does anything.
"""

import contextlib
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connection, transaction

from ledger.connections import ledger_door
from ledger.watermark import Position
from stakazo.core.errors import Conflict

TABLE = "ledger_events"
DEFAULT = f"{TABLE}_default"
AHEAD = 4
WEEK = timedelta(days=7)
LOCK_TIMEOUT_MS = 2_000
"""Whoever waits for the whole table holds up all who come after."""

_BOUND = re.compile(r"FOR VALUES FROM \((.+?)\) TO \((.+?)\)")


class TableBusy(Conflict):
    """Somebody uses the ledger's table for so long that it cannot be changed now."""

    code, permanent = "ledger.table-busy", False


@dataclass(frozen=True)
class Partition:
    """One part of the table: ids in [lower, upper); None is no bound. The default one has neither."""

    name: str
    lower: uuid.UUID | None
    upper: uuid.UUID | None

    @property
    def is_default(self) -> bool:
        """Whether it holds what fits nowhere else."""
        return self.name == DEFAULT


def week_of(moment: datetime) -> datetime:
    """The Monday, 00:00 UTC, that its week begins with."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def first_id_of(moment: datetime) -> uuid.UUID:
    """The smallest id of a UUIDv7 that is made then or later."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def name_of(week: datetime) -> str:
    """The name of the partition of the week that begins then, after ISO 8601."""
    year, number, _ = week.isocalendar()
    return f"{TABLE}_{year}w{number:02}"


def has_partitions() -> bool:
    """Whether the table has any."""
    return connection.vendor == "postgresql" and bool(partitions())


def partitions() -> list[Partition]:
    """All of them, those with bounds in their order, the default one last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(%s)",
            [TABLE],
        )
        found = [_partition(name, bound) for name, bound in cursor.fetchall()]
    nil = uuid.UUID(int=0)
    return sorted(found, key=lambda each: (each.is_default, each.lower or nil))


def _partition(name: str, bound: str) -> Partition:
    match = _BOUND.search(bound)
    if match is None:
        return Partition(name, None, None)
    lower, upper = (
        None if text in ("MINVALUE", "MAXVALUE") else uuid.UUID(text.strip("'"))
        for text in match.groups()
    )
    return Partition(name, lower, upper)


def make_weeks(*, now: datetime, ahead: int = AHEAD) -> list[str]:
    """See that this week and so many after it have their partitions; the names of those that were made.

    Events of such a week that lie in the default partition move into it. Raises TableBusy.
    """
    if connection.vendor != "postgresql":
        return []
    there = partitions()
    if not there:
        return []
    made = []
    for n in range(ahead + 1):
        week = week_of(now) + n * WEEK
        lower, upper = first_id_of(week), first_id_of(week + WEEK)
        if any(
            (each.lower is None or each.lower < upper)
            and (each.upper is None or lower < each.upper)
            for each in there
            if not each.is_default
        ):
            continue
        _make(Partition(name_of(week), lower, upper))
        made.append(name_of(week))
    return made


def _make(week: Partition) -> None:
    """The table is made apart and then attached, so readers and writers hardly notice."""
    with _changing_the_table(), ledger_door(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {week.name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        )
        guard_against_truncate(week.name)
        cursor.execute(f"LOCK TABLE {DEFAULT} IN ACCESS EXCLUSIVE MODE")
        bounds = [week.lower, week.upper]
        columns = _columns()
        cursor.execute(
            f"INSERT INTO {week.name} ({columns}) SELECT {columns} FROM {DEFAULT} "  # noqa: S608  our own words
            "WHERE id >= %s AND id < %s",
            bounds,
        )
        cursor.execute(f"DELETE FROM {DEFAULT} WHERE id >= %s AND id < %s", bounds)  # noqa: S608
        cursor.execute(
            f"ALTER TABLE {TABLE} ATTACH PARTITION {week.name} "
            f"FOR VALUES FROM ('{week.lower}') TO ('{week.upper}')"
        )


def drop_partition(
    name: str, *, keep: Sequence[uuid.UUID] = (), behind: Position | None = None
) -> int | None:
    """Drop a partition with its events; the ids of `keep`, and what came in behind that position in
    commit order, move to the default partition. How many moved; None when there is no such partition.

    Raises TableBusy.
    """
    with _changing_the_table(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        if name not in {each.name for each in partitions() if not each.is_default}:
            return None
        cursor.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {name}")
        columns, where, values = _columns(), "id = ANY(%s)", [list(keep)]
        moved = f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {name} WHERE "  # noqa: S608
        cursor.execute(moved + where, values)
        count = cursor.rowcount
        if behind is not None:
            late = "(txid, id) > (%s::text::xid8, %s::uuid) AND id <> ALL(%s)"
            cursor.execute(moved + late, [str(behind.major), behind.minor, list(keep)])
            count += cursor.rowcount
        cursor.execute(f"DROP TABLE {name}")
        return int(count)


def guard_against_truncate(name: str) -> None:
    """The trigger that refuses TRUNCATE; those of rows come with the attaching, this one does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER ledger_append_only_table BEFORE TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )


@contextlib.contextmanager
def _changing_the_table() -> Iterator[None]:
    """A transaction that does not wait long for a lock. Raises TableBusy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            yield
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise TableBusy("The ledger's table is in use; try again later.") from error


def _columns() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = ''",
            [TABLE],
        )
        return str(cursor.fetchone()[0])
