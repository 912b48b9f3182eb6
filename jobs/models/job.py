"""The truth about background work: what is to be done, and each try at it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class Job(models.Model):
    """A unit of background work. The row decides; the queue only rings the bell."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        SCHEDULED = "scheduled", "Scheduled"
        PROCESSING = "processing", "Processing"
        RETRY = "retry", "Waiting to retry"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Dead letter"
        CANCELLED = "cancelled", "Cancelled"

    LIVE = (Status.PENDING, Status.SCHEDULED, Status.PROCESSING, Status.RETRY)
    WAITING = (Status.PENDING, Status.SCHEDULED, Status.RETRY)
    LATER = (Status.SCHEDULED, Status.RETRY)
    BURIED = (Status.FAILED, Status.DEAD, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job_type = models.CharField(max_length=64)
    queue = models.CharField(max_length=32, default="default")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    priority = models.SmallIntegerField(default=0, help_text="Higher goes first.")
    payload = models.JSONField(default=dict, blank=True)
    dedup_key = models.CharField(max_length=200, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
        db_index=False,
    )
    batch = models.ForeignKey(
        "jobs.JobBatch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="jobs",
        db_index=False,
    )
    after_left = models.PositiveIntegerField(
        default=0, help_text="Jobs that must end before this one may begin."
    )

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    run_at = models.DateTimeField(default=timezone.now, help_text="Not before this time.")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When the bell last rang.")

    attempt = models.PositiveIntegerField(default=0, help_text="Attempts begun.")
    max_attempts = models.PositiveIntegerField(default=3)
    timeout_s = models.PositiveIntegerField(default=600)
    fencing_token = models.BigIntegerField(default=0, help_text="Raised by each claim.")
    worker_id = models.CharField(max_length=128, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)

    stage = models.CharField(max_length=64, blank=True)
    progress = models.FloatField(default=0.0)
    result = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True, help_text="The last failure, in words.")
    error_group = models.CharField(
        max_length=16, blank=True, help_text="The same for failures of one cause."
    )

    class Meta:
        db_table = "jobs"
        ordering = ["-id"]
        indexes = [
            # The three that claims read: each holds only what waits, so none grows with the past.
            models.Index(
                F("queue"),
                F("priority").desc(),
                F("run_at"),
                F("id"),
                name="jobs_ready",
                condition=Q(status="pending", after_left=0),
            ),
            models.Index(
                fields=["queue", "run_at", "id"],
                name="jobs_ready_oldest",
                condition=Q(status="pending", after_left=0),
            ),
            models.Index(
                fields=["queue", "run_at"],
                name="jobs_later",
                condition=Q(status__in=["scheduled", "retry"], after_left=0),
            ),
            models.Index(
                fields=["lease_until"], name="jobs_leased", condition=Q(status="processing")
            ),
            # Few jobs have either; an index of all would be written three times for every job.
            models.Index(
                fields=["parent"], name="jobs_by_parent", condition=Q(parent__isnull=False)
            ),
            models.Index(fields=["batch"], name="jobs_by_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["status", "-id"], name="jobs_by_status"),
            # To count what ended without reading it.
            models.Index(
                fields=["status", "job_type", "queue"],
                name="jobs_ended",
                condition=Q(status__in=["completed", "failed", "dead", "cancelled"]),
            ),
            models.Index(fields=["job_type", "-id"], name="jobs_by_type"),
            models.Index(
                fields=["dedup_key", "-created_at"],
                name="jobs_by_dedup_key",
                condition=~Q(dedup_key=""),
            ),
            models.Index(
                fields=["error_group", "-id"],
                name="jobs_by_error",
                condition=~Q(error_group=""),
            ),
            models.Index(
                fields=["ended_at"],
                name="jobs_ended_badly",
                condition=Q(status__in=["failed", "dead"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedup_key"],
                name="one_live_job_per_dedup_key",
                condition=~Q(dedup_key="")
                & Q(status__in=["pending", "scheduled", "processing", "retry"]),
            ),
            models.CheckConstraint(
                condition=Q(status="processing", lease_until__isnull=False)
                | (~Q(status="processing") & Q(lease_until__isnull=True)),
                name="only_processing_jobs_hold_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="job_progress_is_a_fraction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_type} {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether a worker could still take it."""
        return self.status in Job.WAITING


class JobAttempt(models.Model):
    """One try at a job, with how it ended."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        SNOOZED = "snoozed", "Snoozed"
        GAVE_UP = "gave_up", "Gave up"
        FAILED = "failed", "Failed"
        LOST = "lost", "Worker lost"
        RELEASED = "released", "Handed back"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # By job: the unique index of jobs and tokens.
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    fencing_token = models.BigIntegerField()
    worker_id = models.CharField(max_length=128)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RUNNING)
    stages = models.JSONField(default=list, blank=True, help_text="[{name, started_ms, ms}]")
    error_code = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        db_table = "job_attempts"
        ordering = ["job", "fencing_token"]
        constraints = [
            models.UniqueConstraint(fields=["job", "fencing_token"], name="one_attempt_per_token")
        ]
        indexes = [
            models.Index(
                fields=["ended_at"], name="job_attempts_ended", condition=Q(ended_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id} #{self.number}"


S = Job.Status
JOB: Machine[Job] = Machine(
    Job,
    {
        S.PENDING: {S.PROCESSING, S.CANCELLED},
        S.SCHEDULED: {S.PENDING, S.PROCESSING, S.CANCELLED},
        S.RETRY: {S.PROCESSING, S.CANCELLED},
        S.PROCESSING: {
            S.PENDING,
            S.SCHEDULED,
            S.RETRY,
            S.COMPLETED,
            S.FAILED,
            S.DEAD,
            S.CANCELLED,
        },
        S.COMPLETED: set(),
        S.FAILED: {S.PENDING},
        S.DEAD: {S.PENDING},
        S.CANCELLED: {S.PENDING},
    },
    stamps={
        S.COMPLETED: "ended_at",
        S.FAILED: "ended_at",
        S.DEAD: "ended_at",
        S.CANCELLED: "ended_at",
    },
    sentences={
        S.PENDING: "Waits for a worker, or for the jobs that it comes after.",
        S.SCHEDULED: "Waits for its time to come.",
        S.PROCESSING: "A worker holds it and works on it.",
        S.RETRY: "The last try failed; it will be tried again.",
        S.COMPLETED: "Done, with all its effects.",
        S.FAILED: "Ended: trying again cannot help. The error says what to change.",
        S.DEAD: "Every try failed. Somebody should look, then retry it.",
        S.CANCELLED: "Ended by somebody before it was done.",
    },
)
