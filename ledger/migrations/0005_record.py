"""PostgreSQL: one round trip that inserts an event, and that cannot harm the transaction it is in."""

from django.db import migrations

# The exception block is a savepoint of its own. A lock on the table (a migration, VACUUM FULL) is
# waited for so long only; then the event goes to the spool. plpgsql's OTHERS leaves out cancelled
# queries, so a statement_timeout is named beside it.
FORWARDS = """
CREATE FUNCTION ledger_record(content text, row_hash text) RETURNS text
LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    c jsonb;
BEGIN
    c := content::jsonb;
    INSERT INTO ledger_events (
        id, "timestamp", event_type, entity_type, entity_id, severity, actor, worker_id,
        correlation_id, job_id, clip_id, caused_by, metadata, row_hash
    ) VALUES (
        (c->>'id')::uuid, (c->>'timestamp')::timestamptz, c->>'event_type', c->>'entity_type',
        c->>'entity_id', c->>'severity', c->>'actor', c->>'worker_id', c->>'correlation_id',
        (c->>'job_id')::uuid, (c->>'clip_id')::uuid, (c->>'caused_by')::uuid, c->'metadata',
        ledger_record.row_hash
    );
    RETURN NULL;
EXCEPTION WHEN query_canceled OR OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
"""
BACKWARDS = "DROP FUNCTION ledger_record(text, text);"


def forwards(apps, schema_editor):
    """SQLite needs none: a statement that fails there undoes itself alone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARDS, params=None)


def backwards(apps, schema_editor):
    """Take it away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARDS, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_append_only_seals")]
    operations = [migrations.RunPython(forwards, backwards)]
