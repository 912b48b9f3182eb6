"""The shapes of the telemetry endpoints."""

from typing import Any

from rest_framework import serializers

_Data = dict[str, Any]


class CountsField(serializers.DictField):
    """A name and how many."""

    child = serializers.IntegerField()


class WatchedEventOut(serializers.Serializer[_Data]):
    """One event of the ledger."""

    id = serializers.UUIDField()
    timestamp = serializers.DateTimeField()
    event_type = serializers.CharField()
    sentence = serializers.CharField(help_text="What an event of this type means.")
    severity = serializers.CharField(help_text="INFO, WARN or ERROR.")
    entity_type = serializers.CharField()
    entity_id = serializers.CharField()
    actor = serializers.CharField()
    worker_id = serializers.CharField()
    correlation_id = serializers.CharField()
    job_id = serializers.UUIDField(allow_null=True)
    clip_id = serializers.UUIDField(allow_null=True)
    metadata = serializers.DictField()


class RecentEventsOut(serializers.Serializer[_Data]):
    """The newest events, and how many there are in all."""

    events = WatchedEventOut(many=True)
    total = serializers.IntegerField(
        help_text="Exact up to 2000 events; beyond that the database's estimate, which is some"
        " percent off at most times."
    )
    limit = serializers.IntegerField()


class RecentEventsIn(serializers.Serializer[_Data]):
    """How many events."""

    limit = serializers.IntegerField(min_value=1, max_value=500, default=50)


class WatchedQueueOut(serializers.Serializer[_Data]):
    """What stands in one queue."""

    name = serializers.CharField()
    waiting = serializers.IntegerField(help_text="Pending.")
    processing = serializers.IntegerField()
    retry = serializers.IntegerField()
    dead = serializers.IntegerField()
    oldest_waiting_s = serializers.FloatField(allow_null=True, help_text="Age of the oldest due.")


class WatchedJobOut(serializers.Serializer[_Data]):
    """A job that a worker holds."""

    id = serializers.UUIDField()
    job_type = serializers.CharField()
    queue = serializers.CharField()
    stage = serializers.CharField()
    progress = serializers.FloatField(help_text="0 to 1.")
    attempt = serializers.IntegerField()
    worker_id = serializers.CharField()
    running_s = serializers.FloatField()


class WatchedJobsOut(serializers.Serializer[_Data]):
    """All jobs by status, each queue, and what runs now."""

    by_status = CountsField()
    queues = WatchedQueueOut(many=True)
    running = WatchedJobOut(many=True)


class JobsSummaryOut(WatchedJobsOut):
    """Jobs, in short."""

    total = serializers.IntegerField()
    oldest_waiting_s = serializers.FloatField(allow_null=True)


class WatchedMediaOut(serializers.Serializer[_Data]):
    """Videos, clips and variants."""

    videos = CountsField(help_text="By status.")
    clips_ready = serializers.IntegerField()
    clips_published = serializers.IntegerField()
    clips_archived = serializers.IntegerField()
    variants = CountsField(help_text="By format.")


class ClipsSummaryOut(WatchedMediaOut):
    """Clips, in short."""

    clips = serializers.IntegerField(help_text="In all.")


class WatchedPublishingOut(serializers.Serializer[_Data]):
    """Publications by status, in all and per platform."""

    by_status = CountsField()
    platforms = serializers.DictField(child=CountsField())


class WatchedCampaignsOut(serializers.Serializer[_Data]):
    """Campaigns by status."""

    by_status = CountsField()


class WatchedLedgerOut(serializers.Serializer[_Data]):
    """The ledger, in short."""

    total = serializers.IntegerField(help_text="As in `GET /debug/ledger/recent`.")
    errors_last_hour = serializers.IntegerField()
    errors_last_day = serializers.IntegerField()
    last_event = WatchedEventOut(allow_null=True)


class WatchedWorkerOut(serializers.Serializer[_Data]):
    """A worker process."""

    id = serializers.CharField()
    seen_at = serializers.DateTimeField()
    seen_s = serializers.FloatField(help_text="Seconds ago.")


class WatchedWorkersOut(serializers.Serializer[_Data]):
    """Workers of the last hour, the latest seen first."""

    seen = WatchedWorkerOut(many=True)


class SnapshotOut(serializers.Serializer[_Data]):
    """How things stand."""

    taken_at = serializers.DateTimeField()
    mode = serializers.CharField(help_text="simulator or live.")
    position = serializers.CharField(help_text="Where the news after it begins, for `resume`.")
    jobs = WatchedJobsOut()
    media = WatchedMediaOut()
    publishing = WatchedPublishingOut()
    campaigns = WatchedCampaignsOut()
    ledger = WatchedLedgerOut()
    workers = WatchedWorkersOut()
    alerts = serializers.DictField(required=False, help_text="Counts: open, unread, by severity.")


class TicketOut(serializers.Serializer[_Data]):
    """A way into the socket, once."""

    ticket = serializers.CharField(help_text="For `/telemetry/ws?ticket=…`.")
    expires_s = serializers.IntegerField()


class FindingOut(serializers.Serializer[_Data]):
    """What one check found."""

    status = serializers.CharField(help_text="ok or failing.")
    message = serializers.CharField()


class HealthOut(serializers.Serializer[_Data]):
    """What all checks found."""

    status = serializers.CharField(help_text="ok, degraded or failing.")
    checks = serializers.DictField(child=FindingOut())


class LiveOut(serializers.Serializer[_Data]):
    """The process answers."""

    status = serializers.CharField(help_text="ok.")
