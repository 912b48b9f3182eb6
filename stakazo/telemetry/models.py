"""The history of the gauges."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class TelemetryMetric(models.Model):
    """One gauge at one time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=64)
    value = models.FloatField()
    labels = models.JSONField(default=dict, blank=True)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "telemetry_metrics"
        ordering = ["-id"]
        verbose_name = "metric"
        indexes = [
            models.Index(fields=["name", "-taken_at"], name="metrics_by_name"),
            models.Index(fields=["taken_at"], name="metrics_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"
