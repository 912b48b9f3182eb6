"""What recurs: when each declared schedule is due next."""

from django.db import models

from jobs.models.job import Job
from stakazo.core.ids import uuid7


class JobSchedule(models.Model):
    """The clock of one schedule that the code declares; what it does stands in the code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    job_type = models.CharField(max_length=64)
    recurs = models.CharField(max_length=100, help_text="How often, in words; times are UTC.")
    next_run_at = models.DateTimeField(help_text="The tick that is to be run next.")
    last_run_at = models.DateTimeField(
        null=True, blank=True, help_text="When it last put a job in the queue."
    )
    last_job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it runs.")
    note = models.CharField(
        max_length=500, blank=True, help_text="Why the last tick put nothing in the queue."
    )

    class Meta:
        db_table = "job_schedules"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
