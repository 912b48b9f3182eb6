"""PostgreSQL: the table of events becomes one of weekly partitions. No row is copied.

What is there becomes the first partition, which ends with this week; the weeks behind it are made by a
schedule. Whatever triggers and indexes the table has at this moment, its successor has too. On SQLite
nothing happens.
"""

import uuid
from datetime import UTC, datetime, timedelta

from django.db import migrations

TABLE, FIRST, DEFAULT = "ledger_events", "ledger_events_first", "ledger_events_default"
GUARD = (
    "CREATE TRIGGER ledger_append_only_table BEFORE TRUNCATE ON {} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
)


def forwards(apps, schema_editor):
    """The old table is put under a new one of the same name."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        run = cursor.execute
        run(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        indexes, row_triggers = _indexes(cursor), _row_triggers(cursor)
        primary = _primary_key(cursor)
        for name, _ in row_triggers:
            run(f"DROP TRIGGER {name} ON {TABLE}")  # attaching brings it again
        run(f"ALTER TABLE {TABLE} RENAME TO {FIRST}")
        run(f"ALTER INDEX {primary} RENAME TO {FIRST}_pkey")
        for name, _ in indexes:
            run(f"ALTER INDEX {name} RENAME TO {name}_first")
        run(
            f"CREATE TABLE {TABLE} (LIKE {FIRST} INCLUDING DEFAULTS INCLUDING CONSTRAINTS "
            "INCLUDING GENERATED INCLUDING COMMENTS) PARTITION BY RANGE (id)"
        )
        run(f"ALTER TABLE {TABLE} ADD CONSTRAINT {primary} PRIMARY KEY (id)")
        for _, definition in indexes:
            run(definition)
        run(f"CREATE TABLE {DEFAULT} PARTITION OF {TABLE} DEFAULT")
        run(GUARD.format(DEFAULT))
        run(GUARD.format(TABLE))
        end = _end()
        # Ids from beyond this week, should a clock have made any, do not fit into the first partition.
        columns = _columns(cursor)
        run(
            f"WITH beyond AS (DELETE FROM {FIRST} WHERE id >= %s RETURNING {columns}) "  # noqa: S608  our own words
            f"INSERT INTO {DEFAULT} ({columns}) SELECT {columns} FROM beyond",
            [end],
        )
        run(f"ALTER TABLE {TABLE} ATTACH PARTITION {FIRST} FOR VALUES FROM (MINVALUE) TO ('{end}')")
        for _, definition in row_triggers:
            run(definition)


def backwards(apps, schema_editor):
    """One table again; this copies every row."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        run = cursor.execute
        run(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        indexes, triggers = _indexes(cursor), _row_triggers(cursor)
        primary = _primary_key(cursor)
        run(
            f"CREATE TABLE {TABLE}_plain (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS "
            "INCLUDING GENERATED INCLUDING COMMENTS)"
        )
        columns = _columns(cursor)
        run(f"INSERT INTO {TABLE}_plain ({columns}) SELECT {columns} FROM {TABLE}")  # noqa: S608
        run(f"DROP TABLE {TABLE}")
        run(f"ALTER TABLE {TABLE}_plain RENAME TO {TABLE}")
        run(f"ALTER TABLE {TABLE} ADD CONSTRAINT {primary} PRIMARY KEY (id)")
        for _, definition in indexes + triggers:
            run(definition.replace(" ON ONLY ", " ON "))
        run(GUARD.format(TABLE))


def _end():
    """The first id of the coming week: Monday, 00:00 UTC."""
    now = datetime.now(UTC)
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    return uuid.UUID(int=int((monday + timedelta(days=7)).timestamp() * 1000) << 80)


def _indexes(cursor):
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = to_regclass(%s) AND NOT i.indisprimary ORDER BY 1",
        [TABLE],
    )
    return [
        (name, definition.replace(" ON ONLY ", " ON ")) for name, definition in cursor.fetchall()
    ]


def _primary_key(cursor):
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype = 'p'",
        [TABLE],
    )
    return cursor.fetchone()[0]


def _row_triggers(cursor):
    cursor.execute(
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal AND tgtype & 1 = 1",
        [TABLE],
    )
    return cursor.fetchall()


def _columns(cursor):
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
        "AND attgenerated = ''",
        [TABLE],
    )
    return cursor.fetchone()[0]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_archives")]
    operations = [migrations.RunPython(forwards, backwards)]
