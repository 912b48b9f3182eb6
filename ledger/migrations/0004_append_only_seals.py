"""Seals and cuts are append-only too, kept by the database as events are."""

from django.db import migrations

TABLES = ["ledger_seals", "ledger_cuts"]
POSTGRESQL = """
CREATE TRIGGER ledger_append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER ledger_append_only_table ON {table};
DROP TRIGGER ledger_append_only_rows ON {table};
"""
SQLITE = [
    """
    CREATE TRIGGER {table}_append_only_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END
    """,
    """
    CREATE TRIGGER {table}_append_only_delete BEFORE DELETE ON {table}
    WHEN ledger_door_open() = 0
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER {table}_append_only_update",
    "DROP TRIGGER {table}_append_only_delete",
]


def _run(schema_editor, postgresql, sqlite):
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        for statement in [postgresql] if vendor == "postgresql" else sqlite:
            schema_editor.execute(statement.format(table=table), params=None)


def forwards(apps, schema_editor):
    """Add the triggers of the database at hand."""
    _run(schema_editor, POSTGRESQL, SQLITE)


def backwards(apps, schema_editor):
    """Take them away again."""
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_seals")]
    operations = [migrations.RunPython(forwards, backwards)]
