"""Append-only, kept by the database itself: no UPDATE, DELETE or TRUNCATE on the ledger.

Retention is the one narrow door: PostgreSQL looks at a setting of the session, SQLite asks a function
that only our own connections have.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' AND current_setting('stakazo.ledger_door', true) = 'open' THEN
        RETURN CASE WHEN TG_LEVEL = 'ROW' THEN OLD END;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_append_only_rows BEFORE UPDATE OR DELETE ON ledger_events
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only_table BEFORE TRUNCATE ON ledger_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
ALTER TABLE ledger_events ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ledger_commit_order ON ledger_events (txid, id);
"""
POSTGRESQL_BACK = """
DROP INDEX ledger_commit_order;
ALTER TABLE ledger_events DROP COLUMN txid;
DROP TRIGGER ledger_append_only_table ON ledger_events;
DROP TRIGGER ledger_append_only_rows ON ledger_events;
DROP FUNCTION ledger_append_only();
"""
SQLITE = [
    """
    CREATE TRIGGER ledger_append_only_update BEFORE UPDATE ON ledger_events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END
    """,
    """
    CREATE TRIGGER ledger_append_only_delete BEFORE DELETE ON ledger_events
    WHEN ledger_door_open() = 0
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END
    """,
]


def forwards(apps, schema_editor):
    """Add the triggers of the database at hand."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    """Take them away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
    else:
        schema_editor.execute("DROP TRIGGER ledger_append_only_update")
        schema_editor.execute("DROP TRIGGER ledger_append_only_delete")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
