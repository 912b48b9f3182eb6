"""An event of no clip has no entry in the index of clips; two of eight are about one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0009_rollups"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ledgerevent",
            name="ledger_clip",
        ),
        migrations.AddIndex(
            model_name="ledgerevent",
            index=models.Index(
                condition=models.Q(("clip_id__isnull", False)),
                fields=["clip_id", "id"],
                name="ledger_clip",
            ),
        ),
    ]
