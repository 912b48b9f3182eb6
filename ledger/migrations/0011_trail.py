"""PostgreSQL: the ids of a video's trail by a function, whose statements are planned once a connection.

One statement names the table seven times, and to plan it over nineteen weeks took 8 ms; decision 0029.
"""

from django.db import migrations

# A plan is kept while the connection lasts, and a week that is empty now will not stay so: no scan of
# a whole week may be in it. Arrays, not joins: an index is then asked once for all of them.
FORWARDS = """
CREATE FUNCTION ledger_trail(video uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    road text := video;
    of_road uuid[];
    jobs uuid[];
    clips uuid[];
    intake uuid;
    upload text;
BEGIN
    SELECT array_agg(id), array_agg(DISTINCT job_id) FILTER (WHERE entity_type = 'job'),
        array_agg(DISTINCT clip_id)
    INTO of_road, jobs, clips FROM ledger_events WHERE correlation_id = road;
    SELECT job_id INTO intake FROM ledger_events
    WHERE entity_type = 'video_asset' AND entity_id = road ORDER BY id LIMIT 1;
    IF intake IS NOT NULL THEN
        jobs := array_append(jobs, intake);
        SELECT correlation_id INTO upload FROM ledger_events
        WHERE job_id = intake ORDER BY id LIMIT 1;
    END IF;
    RETURN QUERY
        SELECT unnest(of_road)
        UNION SELECT id FROM ledger_events WHERE entity_type = 'video_asset' AND entity_id = road
        UNION SELECT id FROM ledger_events WHERE correlation_id = upload AND upload <> ''
        UNION SELECT id FROM ledger_events WHERE job_id = ANY(jobs)
        UNION SELECT id FROM ledger_events WHERE clip_id = ANY(clips);
END $$;
"""
BACKWARDS = "DROP FUNCTION ledger_trail(uuid);"


def forwards(apps, schema_editor):
    """SQLite has one table, and its statement."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARDS, params=None)


def backwards(apps, schema_editor):
    """Take it away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARDS, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_clips_that_are_there")]
    operations = [migrations.RunPython(forwards, backwards)]
