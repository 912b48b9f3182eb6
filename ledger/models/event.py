"""One immutable row for every fact."""

import contextlib
from typing import Any

from django.db import connection, models
from django.utils import timezone

from stakazo.core.ids import uuid7
from stakazo.core.rows import insert_row


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

    def save(self, *args: Any, **options: Any) -> None:
        """Insert it; a failure leaves the caller's transaction as it was.

        An event is never changed, so this knows one statement. On SQLite one that fails undoes itself
        alone. On PostgreSQL it would take the transaction with it, so there a savepoint stands around
        it, sent with it in one round trip.
        """
        if not self._state.adding:
            super().save(*args, **options)  # which the database refuses
        elif connection.vendor == "postgresql" and connection.in_atomic_block:
            self._insert_in_savepoint()
        else:
            insert_row(self)

    def _insert_in_savepoint(self) -> None:
        name = "ledger_event"
        try:
            insert_row(self, before=f"SAVEPOINT {name}", after=f"RELEASE SAVEPOINT {name}")
        except Exception:
            with contextlib.suppress(Exception), connection.cursor() as cursor:
                cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
            raise
