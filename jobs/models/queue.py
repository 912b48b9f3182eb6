"""Queues, as far as somebody has said how they are to be treated."""

from django.db import models
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class JobQueue(models.Model):
    """How a queue is treated. A queue without a row runs, within the limits of the settings."""

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        DRAINING = "draining", "Draining"
        PAUSED = "paused", "Paused"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=32, unique=True, editable=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)
    why = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    drain_before = models.DateTimeField(
        null=True, blank=True, help_text="While draining: only jobs made before this time are done."
    )
    host_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Jobs that one machine does at once; empty: the settings'."
    )
    total_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Jobs that all machines together do at once; empty: any."
    )

    class Meta:
        db_table = "job_queues"
        ordering = ["name"]
        verbose_name = "queue"

    def __str__(self) -> str:
        return self.name


S = JobQueue.Status
QUEUE: Machine[JobQueue] = Machine(
    JobQueue,
    {
        S.RUNNING: {S.PAUSED, S.DRAINING},
        S.DRAINING: {S.PAUSED, S.RUNNING},
        S.PAUSED: {S.RUNNING, S.DRAINING},
    },
    stamps={S.RUNNING: "changed_at", S.DRAINING: "changed_at", S.PAUSED: "changed_at"},
    sentences={
        S.RUNNING: "Workers take its jobs.",
        S.DRAINING: "Workers do what waited when it was told to drain, and nothing newer; then it pauses.",
        S.PAUSED: "Workers take none of its jobs; running ones go on.",
    },
)
