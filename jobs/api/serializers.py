"""The shapes of jobs in requests and answers."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from jobs.models import JOB, Job, JobAttempt
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
            "result",
            "error_code",
            "error",
            "links",
        ]

    def get_status_means(self, job: Job) -> str:
        """The sentence of the state."""
        return JOB.sentences[job.status]

    def get_links(self, job: Job) -> JobLinksOut:
        """Addresses, as far as they make sense now."""
        ended_badly = Job.Status.PENDING in JOB.moves[job.status]
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
