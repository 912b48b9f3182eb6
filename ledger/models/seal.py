"""What makes a change of the past visible: seals over batches of events, and signed cuts."""

from typing import Any

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class LedgerSeal(models.Model):
    """One link of the chain: it closes over a batch of committed events, in commit order.

    The database refuses to change or delete it. `members` holds 56 bytes for each event of the batch
    (`ledger.sealing.members`), so that a change is named down to the event.
    """

    number = models.BigIntegerField(
        primary_key=True, editable=False, help_text="Counted from 1, without gaps."
    )
    sealed_at = models.DateTimeField(default=timezone.now, editable=False)
    count = models.PositiveIntegerField(help_text="Events in the batch.")
    first_id = models.UUIDField(help_text="The first event of the batch.")
    last_id = models.UUIDField(help_text="The last event of the batch.")
    position = models.BigIntegerField(
        db_index=True,
        help_text="Where the last event stands in the order of commits: transaction id or rowid.",
    )
    root = models.CharField(max_length=64, help_text="Merkle root of the events, as in RFC 6962.")
    members = models.BinaryField(help_text="Id, time and leaf hash of each event.")
    members_hash = models.CharField(max_length=64, help_text="SHA-256 of the members.")
    digest = models.CharField(
        max_length=80,
        default="",
        db_default="",
        help_text="Hash of the rows as the database keeps them; empty in seals of version 1.",
    )
    previous_hash = models.CharField(max_length=64, help_text="Hash of the seal before this one.")
    seal_hash = models.CharField(max_length=64, help_text="SHA-256 of all of the above.")
    algorithm = models.CharField(max_length=16, help_text="How the seal's hash was signed.")
    key_id = models.CharField(max_length=16, help_text="Which key signed it.")
    signature = models.CharField(max_length=128, help_text="The signature, in hex.")

    class Meta:
        db_table = "ledger_seals"
        ordering = ["-number"]
        verbose_name = "ledger seal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1, count__gte=1), name="ledger_seal_counts_from_1"
            )
        ]

    def __str__(self) -> str:
        return f"Seal {self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        """Insert it; never an UPDATE, which the database would refuse."""
        super().save(*args, **(options | {"force_insert": True}))


class LedgerCut(models.Model):
    """A signed word of the retention rule: events older than `before` may be missing from seals.

    Written before the first of them goes, so that a pruning that is interrupted is explained too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cut_at = models.DateTimeField(default=timezone.now, editable=False)
    before = models.DateTimeField()
    floor_id = models.UUIDField(null=True, help_text="Events with this id or a later one stayed.")
    algorithm = models.CharField(max_length=16)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta:
        db_table = "ledger_cuts"
        ordering = ["-id"]
        verbose_name = "ledger cut"

    def __str__(self) -> str:
        return f"Cut before {self.before:%Y-%m-%d %H:%M:%S}"
