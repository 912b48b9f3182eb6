"""Keys are for test or for live and have a budget; PostgreSQL gets the table that calls are counted in.

Keys of before go on reaching what this installation publishes on.
"""

from django.conf import settings
from django.db import migrations, models

# Unlogged: a crash may empty it, and no commit of it waits for the disk.
MAKE_TABLE = """
    CREATE UNLOGGED TABLE auth_rate_windows (
        key text PRIMARY KEY,
        used bigint NOT NULL,
        ends double precision NOT NULL
    );
    CREATE INDEX auth_rate_windows_by_end ON auth_rate_windows (ends);
"""


def forwards(apps, schema_editor):
    if settings.STAKAZO_LIVE:
        apps.get_model("identity", "ApiKey").objects.update(mode="live")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE_TABLE)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE auth_rate_windows")


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_logins_and_networks"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="calls_per_minute",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: as the settings say. 0: no limit.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="mode",
            field=models.CharField(
                choices=[
                    ("test", "Test: accounts of the simulator"),
                    ("live", "Live: accounts of the real platforms"),
                ],
                default="test",
                help_text="Which accounts it reaches; its text says so too.",
                max_length=4,
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
