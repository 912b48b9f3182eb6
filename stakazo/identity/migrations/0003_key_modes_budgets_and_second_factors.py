"""Keys are for test or for live and have a budget; people may have a second factor.

PostgreSQL gets the table that calls are counted in.

Keys of before go on reaching what this installation publishes on.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import stakazo.core.ids

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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="second_factor",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("secret_sealed", models.BinaryField(default=bytes)),
                (
                    "last_step",
                    models.BigIntegerField(
                        default=-1, help_text="Of the last code that was taken."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "second factor",
                "db_table": "auth_second_factors",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stakazo.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256 of the code.", max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery code",
                "db_table": "auth_recovery_codes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "digest"), name="each_recovery_code_once"
                    )
                ],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
