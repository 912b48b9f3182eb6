"""What the reasoning worker saw, what it made of it, and what it proposed."""

from django.db import models
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class ReasoningRun(models.Model):
    """One look at the whole house. It proposes; somebody else acts."""

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    class Trigger(models.TextChoices):
        ASKED = "asked", "Somebody asked"
        SCHEDULED = "scheduled", "By the clock"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    trigger = models.CharField(max_length=12, choices=Trigger, default=Trigger.ASKED)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    job_id = models.UUIDField(unique=True, help_text="The job in which it runs: one run per job.")
    snapshot = models.JSONField(default=dict, blank=True, help_text="The facts it looked at.")
    recommendations = models.JSONField(default=list, blank=True, help_text="What it found.")
    plan = models.JSONField(default=dict, blank=True, help_text="What it proposes, in order.")
    reasoner = models.CharField(max_length=64, blank=True)
    reasoner_version = models.CharField(max_length=32, blank=True)
    summary = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "ai_reasoning_history"
        ordering = ["-id"]
        verbose_name = "reasoning run"

    def __str__(self) -> str:
        return f"Reasoning of {self.started_at:%Y-%m-%d %H:%M}"


S = ReasoningRun.Status
REASONING: Machine[ReasoningRun] = Machine(
    ReasoningRun,
    {S.RUNNING: {S.COMPLETED, S.FAILED}, S.FAILED: {S.RUNNING}, S.COMPLETED: set()},
    stamps={S.COMPLETED: "ended_at", S.FAILED: "ended_at"},
    sentences={
        S.RUNNING: "It looks at the house right now.",
        S.COMPLETED: "Its proposals are there; nothing was done yet.",
        S.FAILED: "It did not get to the end; the error says why.",
    },
)
