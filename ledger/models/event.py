"""One immutable row for every fact."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models
from django.db.models.base import ModelState
from django.utils import timezone

from ledger.hashing import HASHED, canonical, canonical_bytes
from stakazo.core.ids import uuid7

_COLUMNS = [*HASHED, "row_hash"]
_METADATA, _BEHIND = ',"metadata":', ',"severity":'
INSERT = (
    f"INSERT INTO ledger_events ({', '.join(_COLUMNS)}) "  # noqa: S608  our own words
    f"VALUES ({', '.join('%s' for _ in _COLUMNS)})"
)


class NotRecorded(DatabaseError):
    """The database would not take the event, and said why; the transaction is as it was."""


class LedgerEvent(models.Model):
    """One immutable fact about one thing; the database refuses to change or delete it."""

    _encoded = ""

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
            models.Index(  # most events are of no clip; an entry for each would cost every writer
                fields=["clip_id", "id"],
                name="ledger_clip",
                condition=models.Q(clip_id__isnull=False),
            ),
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
        """Insert it; a failure raises and leaves the caller's transaction as it was.

        An event is never changed, so this knows one statement. On SQLite one that fails undoes itself
        alone. On PostgreSQL it would take the transaction with it, so there a function inserts it that
        catches whatever goes wrong and says it; see docs/decisions/0026.
        """
        if not self._state.adding:
            super().save(*args, **options)  # which the database refuses
        else:
            with connection.cursor() as cursor:
                cursor.execute(*self.insertion())
                self.see_recorded(cursor)

    def insertion(self) -> tuple[str, list[Any]]:
        """The statement that inserts it, and its values."""
        if connection.vendor == "postgresql":
            return "SELECT ledger_record(%s, %s)", [self.encoded(), self.row_hash]
        return INSERT, self.plain_values()

    def see_recorded(self, cursor: Any) -> None:
        """It was inserted, unless what this cursor stands at says otherwise. Raises NotRecorded."""
        if connection.vendor == "postgresql":
            (failure,) = cursor.fetchone()
            if failure:
                raise NotRecorded(failure)
        self._state.adding, self._state.db = False, DEFAULT_DB_ALIAS

    def plain_values(self) -> list[Any]:
        """Its columns as SQLite keeps them, in the order of INSERT: as Django's fields would write them."""
        moment = self.timestamp.astimezone(UTC).replace(tzinfo=None)
        return [
            self.id.hex,
            str(moment),
            self.event_type,
            self.entity_type,
            self.entity_id,
            self.severity,
            self.actor,
            self.worker_id,
            self.correlation_id,
            self.job_id.hex if self.job_id else None,
            self.clip_id.hex if self.clip_id else None,
            self.caused_by.hex if self.caused_by else None,
            json.dumps(self.metadata),
            self.row_hash,
        ]

    @classmethod
    def composed(cls, values: Mapping[str, Any], *, row_hash: str, encoded: str) -> "LedgerEvent":
        """An event that is not written yet, of values as its columns hold them.

        encoded: the same as canonical JSON, from which `row_hash` was made.
        """
        # As Django makes one that was pickled: a third of what __init__ takes, which is most of an event.
        event = cls.__new__(cls)
        event.__dict__ = {
            "_state": ModelState(),
            **values,
            "row_hash": row_hash,
            "_encoded": encoded,
        }
        return event

    def encoded(self) -> str:
        """Its content as canonical JSON."""
        return self._encoded or canonical_bytes(self).decode()

    def encoded_metadata(self) -> str:
        """Its metadata as canonical JSON."""
        if not (encoded := self._encoded):
            return canonical(self.metadata).decode()
        # Keys are sorted, and a quote within a text is escaped: before the metadata there are texts
        # only, so the first such key is its own, and behind it the last "severity" is the event's.
        return encoded[encoded.index(_METADATA) + len(_METADATA) : encoded.rindex(_BEHIND)]
