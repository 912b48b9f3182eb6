"""The shapes of jobs in requests and answers."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from jobs.models import JOB, Job, JobAttempt, JobBatch, JobQueue
from jobs.stats import batch_counts, batch_progress
from stakazo.core.admin import admin_url


class JobIn(serializers.Serializer[Any]):
    """New work."""

    job_type = serializers.CharField(max_length=64, help_text="A name of `manage.py job_types`.")
    payload = serializers.DictField(help_text="What that job type takes.")
    dedup_key = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="A live job of the same key is given back instead of a second one.",
    )
    priority = serializers.IntegerField(
        min_value=-100, max_value=100, required=False, default=0, help_text="Higher goes first."
    )
    run_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Not before this time."
    )
    after = serializers.PrimaryKeyRelatedField(
        many=True,
        queryset=Job.objects.all(),
        required=False,
        default=list,
        help_text="Jobs that must have completed before it begins; when one ends badly, it is"
        " cancelled.",
    )


class RingIn(serializers.Serializer[Any]):
    """Which due jobs to ring for."""

    queue = serializers.CharField(
        max_length=32,
        required=False,
        default="",
        allow_blank=True,
        help_text="Empty: of any queue.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=100, required=False, default=10)


class RingOut(serializers.Serializer[Any]):
    """How it went."""

    rung = serializers.IntegerField(help_text="Bells rung now.")
    due = serializers.IntegerField(help_text="Jobs that were due.")


class BulkIn(serializers.Serializer[Any]):
    """What to do to many jobs: those of these ids, or those that match the filter."""

    action = serializers.ChoiceField(choices=["retry", "cancel"])
    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=10_000)
    filter = serializers.DictField(
        required=False,
        help_text="As in the list of jobs: `status` (one or several), `job_type`, `queue`,"
        " `correlation_id`, `error_group`, `since`.",
    )
    why = serializers.CharField(max_length=200, required=False, default="asked for")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two says which; a filter that lets everything through is no choice."""
        if bool(attrs.get("ids")) == bool(attrs.get("filter")):
            raise serializers.ValidationError("Give either ids or a filter.")
        return attrs


class BatchOut(serializers.ModelSerializer[JobBatch]):
    """A batch, and how far its jobs are."""

    counts = serializers.SerializerMethodField(help_text="Jobs of the batch by status.")
    progress = serializers.SerializerMethodField(help_text="Share of its jobs that ended, 0–1.")

    class Meta:
        model = JobBatch
        fields = ["id", "name", "created_at", "total", "counts", "progress"]

    def get_counts(self, batch: JobBatch) -> dict[str, int]:
        """By status; none is left out."""
        return batch_counts(batch)

    def get_progress(self, batch: JobBatch) -> float:
        """A fraction."""
        return batch_progress(batch)


class QueueStatsOut(serializers.Serializer[Any]):
    """One queue at this moment, and what it did in the last hour."""

    queue = serializers.CharField()
    status = serializers.ChoiceField(choices=JobQueue.Status.choices)
    host_limit = serializers.IntegerField(allow_null=True)
    total_limit = serializers.IntegerField(allow_null=True)
    waiting = serializers.IntegerField(help_text="Ready to be taken.")
    blocked = serializers.IntegerField(help_text="Waiting for other jobs to end.")
    scheduled = serializers.IntegerField(help_text="Waiting for their time.")
    retry = serializers.IntegerField(help_text="Waiting to be tried again.")
    running = serializers.IntegerField()
    oldest_wait_s = serializers.FloatField(
        allow_null=True, help_text="How long the one that waits longest is due."
    )
    done_1h = serializers.IntegerField(help_text="Tries that succeeded in the last hour.")
    failed_1h = serializers.IntegerField(help_text="Tries that failed in the last hour.")
    failure_share = serializers.FloatField(help_text="Failed of all tries of the last hour, 0–1.")
    done_by_minute = serializers.ListField(
        child=serializers.IntegerField(), help_text="The last 60 minutes, oldest first."
    )
    failed_by_minute = serializers.ListField(child=serializers.IntegerField())


class CauseOut(serializers.Serializer[Any]):
    """Failures of one cause."""

    error_group = serializers.CharField()
    job_type = serializers.CharField()
    error_code = serializers.CharField()
    error = serializers.CharField(help_text="The words of the newest.")
    count = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Of these, tried again by themselves.")
    first_seen = serializers.DateTimeField()
    last_seen = serializers.DateTimeField()


class JobStatsOut(serializers.Serializer[Any]):
    """The state of all queues, and what goes wrong."""

    at = serializers.DateTimeField()
    queues = QueueStatsOut(many=True)
    causes = CauseOut(many=True)


class StageOut(serializers.Serializer[Any]):
    """A stretch of an attempt."""

    name = serializers.CharField()
    started_ms = serializers.IntegerField(help_text="After the start of the attempt.")
    ms = serializers.IntegerField(help_text="How long it took.")


class AttemptOut(serializers.ModelSerializer[JobAttempt]):
    """One try."""

    stages = StageOut(many=True)

    class Meta:
        model = JobAttempt
        fields = [
            "number",
            "outcome",
            "worker_id",
            "started_at",
            "ended_at",
            "stages",
            "error_code",
            "error",
        ]


class JobLinksOut(serializers.Serializer[Any]):
    """Where to go from a job; an empty address: not possible in its state."""

    self = serializers.CharField()
    parent_job = serializers.CharField(allow_blank=True)
    process = serializers.CharField(allow_blank=True)
    retry = serializers.CharField(allow_blank=True)
    cancel = serializers.CharField(allow_blank=True)
    admin = serializers.CharField()


class JobOut(serializers.ModelSerializer[Job]):
    """A job."""

    status_means = serializers.SerializerMethodField(help_text="The status in words.")
    links = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "job_type",
            "queue",
            "status",
            "status_means",
            "priority",
            "payload",
            "dedup_key",
            "correlation_id",
            "created_at",
            "run_at",
            "started_at",
            "ended_at",
            "attempt",
            "max_attempts",
            "stage",
            "progress",
            "cancel_requested",
            "after_left",
            "result",
            "error_code",
            "error",
            "error_group",
            "links",
        ]

    def get_status_means(self, job: Job) -> str:
        """The sentence of the state."""
        return JOB.sentences[job.status]

    def get_links(self, job: Job) -> JobLinksOut:
        """Addresses, as far as they make sense now."""
        ended_badly = job.status in Job.BURIED
        links: Any = {
            "self": self._address("job", job.pk),
            "parent_job": self._address("job", job.parent_id) if job.parent_id else "",
            "process": self._address("job-process", job.pk) if job.is_waiting else "",
            "retry": self._address("job-retry", job.pk) if ended_badly else "",
            "cancel": self._address("job-cancel", job.pk) if job.status in Job.LIVE else "",
            "admin": admin_url(job),
        }
        return links  # type: ignore[no-any-return]  # plain data in that shape, for the schema

    def _address(self, name: str, pk: object) -> str:
        return reverse(name, args=[pk], request=self.context.get("request"))


class JobDetailOut(JobOut):
    """A job with its attempts."""

    attempts = AttemptOut(many=True)

    class Meta(JobOut.Meta):
        fields = [*JobOut.Meta.fields, "attempts"]
