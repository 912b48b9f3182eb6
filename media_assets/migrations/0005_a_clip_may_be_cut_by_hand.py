"""Who wants a clip's span, the analysis or an operator, and a name for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_assets", "0004_render_formats")]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="made_by",
            field=models.CharField(
                choices=[("analysis", "Analysis"), ("operator", "Operator")],
                default="analysis",
                help_text="Who wants this span. No new analysis puts an operator's clip aside.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="clip",
            name="title",
            field=models.CharField(
                blank=True, help_text="A name for people; may be empty.", max_length=100
            ),
        ),
    ]
