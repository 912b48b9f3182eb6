"""What comparing our records with the platforms has shown. Part of `publishing.models`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class ReconcileRun(models.Model):
    """One run of reconciliation or of the audit: who asked, and what it has done."""

    class Kind(models.TextChoices):
        SETTLE = "settle", "Settling what nobody told us"
        AUDIT = "audit", "Comparing live posts with our records"

    class Door(models.TextChoices):
        API = "api", "API"
        COMMAND = "command", "Command"
        SCHEDULE = "schedule", "Schedule"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SETTLE)
    door = models.CharField(max_length=8, choices=Door)
    actor = models.CharField(max_length=128, blank=True, help_text="Who asked for it.")
    job_id = models.UUIDField(null=True, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: it runs, or its process died."
    )
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    total_checked = models.PositiveIntegerField(default=0)
    marked_success = models.PositiveIntegerField(default=0)
    marked_failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0, help_text="Findings that an audit has opened.")
    success_log_ids = models.JSONField(default=list, blank=True)
    failed_log_ids = models.JSONField(default=list, blank=True)
    per_platform = models.JSONField(
        default=dict, blank=True, help_text="The same numbers by platform, with milliseconds."
    )
    errors = models.JSONField(
        default=list, blank=True, help_text="What could not be asked about, and why."
    )
    error = models.TextField(blank=True, help_text="What ended the run before its time.")

    class Meta:
        db_table = "reconcile_runs"
        ordering = ["-id"]
        verbose_name = "reconcile run"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.started_at:%Y-%m-%d %H:%M}"


class PostFinding(models.Model):
    """Something that our records and a platform's list of posts do not agree on; a person decides."""

    class Kind(models.TextChoices):
        REMOVED = "removed", "Ours, and the platform no longer lists it"
        DOUBLE = "double", "Looks like ours, beside the one that we know"
        UNCLAIMED = "unclaimed", "Looks like ours, and we know of no post"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        RESOLVED = "resolved", "Resolved"
        DISMISSED = "dismissed", "Dismissed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    social_account = models.ForeignKey(
        "publishing.SocialAccount", on_delete=models.PROTECT, related_name="findings"
    )
    publication = models.ForeignKey(
        "publishing.Publication",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
        help_text="Ours, or the one that it looks like.",
    )
    external_post_id = models.CharField(max_length=128)
    external_url = models.URLField(max_length=500, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True, help_text="By the platform.")
    why = models.TextField(help_text="What does not agree, in sentences.")
    first_seen = models.DateTimeField(default=timezone.now, editable=False)
    last_seen = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "post_findings"
        ordering = ["-id"]
        verbose_name = "post finding"
        indexes = [models.Index(fields=["status", "-id"], name="post_findings_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["social_account", "kind", "external_post_id"],
                name="one_open_finding_per_post",
                condition=Q(status="open"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.social_account}: {self.get_kind_display().lower()} ({self.external_post_id})"


F = PostFinding.Status
FINDING: Machine[PostFinding] = Machine(
    PostFinding,
    {
        F.OPEN: {F.RESOLVED, F.DISMISSED},
        F.RESOLVED: set(),
        F.DISMISSED: set(),
    },
    stamps={F.RESOLVED: "ended_at", F.DISMISSED: "ended_at"},
    sentences={
        F.OPEN: "Somebody should look at the account.",
        F.RESOLVED: "Our records and the platform agree again.",
        F.DISMISSED: "Somebody looked, and it is as it should be.",
    },
)
