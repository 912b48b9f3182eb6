"""Every write of this room: the history of the gauges."""

from datetime import datetime, timedelta

from django.utils import timezone

from stakazo.telemetry.gauges import gauges_of
from stakazo.telemetry.models import TelemetryMetric
from stakazo.telemetry.snapshot import take_snapshot

_BATCH_ROWS = 2_000


def record_metrics(*, now: datetime | None = None) -> int:
    """Write all gauges down as they are now; how many."""
    now = now or timezone.now()
    rows = [
        TelemetryMetric(name=g.name, value=g.value, labels=dict(g.labels), taken_at=now)
        for g in gauges_of(take_snapshot(now=now))
    ]
    TelemetryMetric.objects.bulk_create(rows)
    return len(rows)


def prune_metrics(*, keep_days: int, now: datetime | None = None) -> int:
    """Delete what is older than so many days, in short transactions; how many."""
    before = (now or timezone.now()) - timedelta(days=keep_days)
    deleted = 0
    while True:
        old = TelemetryMetric.objects.filter(taken_at__lt=before).values_list("pk", flat=True)
        count, _ = TelemetryMetric.objects.filter(pk__in=list(old[:_BATCH_ROWS])).delete()
        if not count:
            return deleted
        deleted += count
