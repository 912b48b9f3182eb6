"""The one table of this room: which calls were made under which key; see docs/decisions/0040."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class IdempotentCall(models.Model):
    """A call under an `Idempotency-Key`, and its first answer once there is one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked.")
    holder = models.UUIDField(help_text="Which request works on it; a later one takes over.")
    held_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Of the answer.")
    answer_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "idempotent_calls"
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="one_call_per_caller_and_key")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.pk}"
