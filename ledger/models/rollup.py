"""What is counted off the ledger, so that nobody counts events: every row here can be made anew."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class LedgerReader(models.Model):
    """How far somebody has read in the order of commits; it moves with what was made of it."""

    name = models.CharField(primary_key=True, max_length=32)
    major = models.BigIntegerField(default=0, help_text="Transaction id, or rowid.")
    minor = models.CharField(max_length=36, blank=True, help_text="Id of the last event read.")
    counted = models.JSONField(default=dict, help_text="Events read so far, by severity.")
    begins_at = models.DateTimeField(
        null=True, help_text="Hours before this one are kept as they are: their events are gone."
    )
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "ledger_readers"

    def __str__(self) -> str:
        return self.name


class LedgerHour(models.Model):
    """How many events of one kind an hour had."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField(help_text="Its beginning, in UTC.")
    event_type = models.CharField(max_length=64)
    job_type = models.CharField(max_length=64, blank=True, help_text="For events of jobs.")
    severity = models.CharField(max_length=5)
    count = models.BigIntegerField()

    class Meta:
        db_table = "ledger_hours"
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "event_type", "job_type", "severity"], name="ledger_hours_once"
            )
        ]
        indexes = [models.Index(fields=["event_type", "hour"], name="ledger_hours_by_type")]

    def __str__(self) -> str:
        return f"{self.count} {self.event_type} at {self.hour:%Y-%m-%d %H}"


class LedgerSlowJob(models.Model):
    """One of the slowest tries of its hour and job type."""

    event_id = models.UUIDField(primary_key=True, help_text="The event that ended the try.")
    job_id = models.UUIDField()
    job_type = models.CharField(max_length=64)
    hour = models.DateTimeField()
    ended_at = models.DateTimeField()
    ended_as = models.CharField(max_length=64, help_text="The type of that event.")
    duration_ms = models.BigIntegerField()

    class Meta:
        db_table = "ledger_slow_jobs"
        indexes = [
            models.Index(fields=["-duration_ms", "event_id"], name="ledger_slowest"),
            models.Index(fields=["job_type", "-duration_ms"], name="ledger_slowest_of_type"),
            models.Index(
                fields=["hour", "job_type", "-duration_ms"], name="ledger_slowest_of_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_type} {self.duration_ms} ms"


class LedgerStay(models.Model):
    """How often a stay in a state took so long: a histogram with eight bins to a doubling."""

    id = models.BigAutoField(primary_key=True)
    entity_type = models.CharField(max_length=64)
    event_type = models.CharField(max_length=64, help_text="By which the state was entered.")
    job_type = models.CharField(max_length=64, blank=True)
    bin = models.SmallIntegerField(help_text="floor(8 · log2(milliseconds)).")
    count = models.BigIntegerField()

    class Meta:
        db_table = "ledger_stays"
        constraints = [
            models.UniqueConstraint(
                fields=["entity_type", "event_type", "job_type", "bin"], name="ledger_stays_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} bin {self.bin}: {self.count}"


class LedgerFlow(models.Model):
    """A thing on its way: the state it is in, as long as that has a way out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entity_type = models.CharField(max_length=64)
    entity_id = models.CharField(max_length=64)
    event_type = models.CharField(max_length=64, help_text="By which it entered the state.")
    job_type = models.CharField(max_length=64, blank=True)
    event_id = models.UUIDField()
    since = models.DateTimeField()
    worker_id = models.CharField(max_length=128, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "ledger_flows"
        constraints = [
            models.UniqueConstraint(
                fields=["entity_type", "entity_id"], name="ledger_one_flow_per_thing"
            )
        ]
        indexes = [
            models.Index(
                fields=["entity_type", "event_type", "job_type", "since"],
                name="ledger_flows_oldest",
            ),
            models.Index(fields=["worker_id"], name="ledger_flows_by_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.entity_type} {self.entity_id} {self.event_type}"


class LedgerWorker(models.Model):
    """When a worker last left a trace in the ledger, and when it said goodbye."""

    worker_id = models.CharField(primary_key=True, max_length=128)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_workers"

    def __str__(self) -> str:
        return self.worker_id
