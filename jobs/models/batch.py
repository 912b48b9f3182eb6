"""Jobs that belong together: what comes after what, and batches."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class JobDependency(models.Model):
    """One job comes after another.

    needs_success: it can only begin when the other completed, and is cancelled when that ends badly;
    else any end will do. open: the other has not ended yet.
    """

    # By job: the unique index of pairs.
    job = models.ForeignKey(
        "jobs.Job", on_delete=models.CASCADE, related_name="waits_for", db_index=False
    )
    on = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="awaited_by")
    needs_success = models.BooleanField(default=True)
    open = models.BooleanField(default=True)

    class Meta:
        db_table = "job_dependencies"
        verbose_name_plural = "job dependencies"
        constraints = [
            models.UniqueConstraint(fields=["job", "on"], name="one_dependency_per_pair"),
            models.CheckConstraint(
                condition=~models.Q(job=models.F("on")), name="no_job_comes_after_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} after {self.on_id}"


class JobBatch(models.Model):
    """Jobs that were put in together. callback: the job that begins when all of them have ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=128)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    total = models.PositiveIntegerField()
    callback = models.ForeignKey(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="calls_back"
    )

    class Meta:
        db_table = "job_batches"
        ordering = ["-id"]
        verbose_name = "job batch"
        verbose_name_plural = "job batches"

    def __str__(self) -> str:
        return self.name
