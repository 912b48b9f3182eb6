"""Who works: one row per worker process, for as long as it lives."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class JobWorker(models.Model):
    """A worker process, as it described itself some seconds ago. What it works on: Job.worker_id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker_id = models.CharField(max_length=128, unique=True)
    node = models.CharField(max_length=64)
    group = models.CharField(max_length=16, blank=True, help_text="Those started together.")
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    memory_bytes = models.BigIntegerField(default=0, help_text="Resident, without children.")
    children_memory_bytes = models.BigIntegerField(default=0, help_text="Of its child processes.")
    jobs_done = models.PositiveIntegerField(default=0)
    stop_requested = models.BooleanField(default=False)

    class Meta:
        db_table = "job_workers"
        ordering = ["node", "started_at"]

    def __str__(self) -> str:
        return self.worker_id
