"""A seal keeps the digest of its rows. The column is added as it is: on SQLite Django would make the table
anew, and its triggers would be gone."""

from django.db import migrations, models

FIELD = models.CharField(
    default="",
    db_default="",
    help_text="Hash of the rows as the database keeps them; empty in seals of version 1.",
    max_length=80,
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_record")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("ledgerseal", "digest", FIELD)],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE ledger_seals ADD COLUMN digest varchar(80) NOT NULL DEFAULT ''",
                    "ALTER TABLE ledger_seals DROP COLUMN digest",
                )
            ],
        )
    ]
