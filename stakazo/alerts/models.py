"""What somebody should look at."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class Alert(models.Model):
    """Something is wrong and somebody should know; it resolves itself when the condition ends."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        RESOLVED = "resolved", "Resolved"

    class Severity(models.TextChoices):
        INFO = "INFO", "Info"
        WARN = "WARN", "Warning"
        ERROR = "ERROR", "Error"

    UNRESOLVED = (Status.OPEN, Status.ACKNOWLEDGED)
    MANUAL = "manual"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.CharField(max_length=64, help_text="Which rule saw it; manual: a person.")
    severity = models.CharField(max_length=5, choices=Severity, default=Severity.WARN)
    title = models.CharField(max_length=200)
    message = models.TextField(blank=True, help_text="What happened, and what to do about it.")
    entity_type = models.CharField(max_length=64, blank=True)
    entity_id = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=200, help_text="Tells the same trouble again.")
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    count = models.PositiveIntegerField(default=1, help_text="How many things it stands for.")
    first_seen = models.DateTimeField(default=timezone.now, editable=False)
    last_seen = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "alerts"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "-id"], name="alerts_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                name="one_unresolved_alert_per_fingerprint",
                condition=Q(status__in=["open", "acknowledged"]),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["INFO", "WARN", "ERROR"]), name="alert_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


S = Alert.Status
ALERT: Machine[Alert] = Machine(
    Alert,
    {
        S.OPEN: {S.ACKNOWLEDGED, S.RESOLVED},
        S.ACKNOWLEDGED: {S.RESOLVED},
        S.RESOLVED: set(),
    },
    stamps={S.ACKNOWLEDGED: "acknowledged_at", S.RESOLVED: "resolved_at"},
    sentences={
        S.OPEN: "Nobody has taken it on yet.",
        S.ACKNOWLEDGED: "Somebody is on it.",
        S.RESOLVED: "Over. If it comes back, that is a new alert.",
    },
)
