"""The memory: one immutable row for every fact."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class LedgerEvent(models.Model):
    """One immutable fact about one thing; the database refuses to change or delete it."""

    class Severity(models.TextChoices):
        INFO = "INFO", "Info"
        WARN = "WARN", "Warning"
        ERROR = "ERROR", "Error"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    timestamp = models.DateTimeField(default=timezone.now, editable=False)
    event_type = models.CharField(max_length=64)
    entity_type = models.CharField(max_length=64)
    entity_id = models.CharField(max_length=64)
    severity = models.CharField(max_length=5, choices=Severity, default=Severity.INFO)
    actor = models.CharField(max_length=128, blank=True)
    worker_id = models.CharField(max_length=128, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    job_id = models.UUIDField(null=True, blank=True)
    clip_id = models.UUIDField(null=True, blank=True)
    caused_by = models.UUIDField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    row_hash = models.CharField(max_length=64, help_text="SHA-256 of the content of this row.")

    class Meta:
        db_table = "ledger_events"
        ordering = ["-id"]
        verbose_name = "ledger event"
        indexes = [
            models.Index(fields=["-timestamp"], name="ledger_timestamp"),
            models.Index(fields=["event_type", "-id"], name="ledger_event_type"),
            models.Index(fields=["entity_type", "entity_id", "id"], name="ledger_entity"),
            models.Index(fields=["job_id", "id"], name="ledger_job"),
            models.Index(fields=["clip_id", "id"], name="ledger_clip"),
            models.Index(fields=["correlation_id", "id"], name="ledger_correlation"),
            models.Index(
                fields=["-id"], name="ledger_errors", condition=models.Q(severity="ERROR")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=["INFO", "WARN", "ERROR"]),
                name="ledger_severity_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.entity_type}:{self.entity_id}"
