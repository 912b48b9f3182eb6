"""What retention took out of the table, and where it lies."""

from django.db import models
from django.utils import timezone


class LedgerArchive(models.Model):
    """A file with events that retention lets go: made, read back, signed, then the events are removed.

    The row is there before the first of them goes, so a pruning that is killed is explained and goes on.
    The signature is over everything but `removed_at`.
    """

    number = models.BigIntegerField(
        primary_key=True, editable=False, help_text="Counted from 1, without gaps."
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    name = models.CharField(
        max_length=200, help_text="The events in the storage: JSON lines, gzip."
    )
    seals_name = models.CharField(max_length=200, help_text="The seals over them, likewise.")
    parquet_name = models.CharField(
        max_length=200, blank=True, help_text="The events as Parquet, where pyarrow was there."
    )
    count = models.PositiveIntegerField(help_text="Events in the file.")
    size_bytes = models.BigIntegerField(help_text="Of the file with the events.")
    file_hash = models.CharField(max_length=64, help_text="SHA-256 of the file with the events.")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of its lines, unpacked.")
    first_id = models.UUIDField(help_text="The first event, in commit order.")
    last_id = models.UUIDField(help_text="The last event, in commit order.")
    position = models.BigIntegerField(
        help_text="Where the last event stood in the order of commits: transaction id or rowid."
    )
    bounds = models.JSONField(help_text="Before which times events went, by type.")
    gone = models.BinaryField(help_text="Which members of which seals these are.")
    algorithm = models.CharField(max_length=16, help_text="How it was signed.")
    key_id = models.CharField(max_length=16, help_text="Which key signed it.")
    signature = models.CharField(max_length=128, help_text="The signature, in hex.")
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last of the events was out of the table."
    )

    class Meta:
        db_table = "ledger_archives"
        ordering = ["-number"]
        verbose_name = "ledger archive"
        indexes = [
            models.Index(
                fields=["number"],
                name="ledger_archives_pending",
                condition=models.Q(removed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"Archive {self.number}"
