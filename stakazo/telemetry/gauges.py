"""The business gauges, read off a snapshot: for Prometheus, and for our own history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from ledger.queries import events_by_severity
from ledger.sealing.sealer import oldest_unsealed
from stakazo.telemetry.snapshot import Snapshot, take_snapshot

HELP = {
    "stakazo_jobs": "Jobs by status.",
    "stakazo_queue_jobs": "Live and dead jobs by queue and status.",
    "stakazo_queue_oldest_waiting_seconds": "Age of the oldest job that is due and not taken.",
    "stakazo_videos": "Videos by status.",
    "stakazo_clips": "Clips by state: ready, published, archived.",
    "stakazo_variants": "Rendered variants by format.",
    "stakazo_publications": "Publications by platform and status.",
    "stakazo_campaigns": "Campaigns by status.",
    "stakazo_workers_seen": "Workers seen in the last hour.",
    "stakazo_errors_last_hour": "Ledger events of severity ERROR in the last hour.",
    "stakazo_live": "1 when posts go to the real platforms, 0 on the simulator.",
    "stakazo_board": "What other rooms count, such as open alerts.",
}


@dataclass(frozen=True)
class Gauge:
    """A number with a name; labels tell gauges of one name apart."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def gauges_of(snapshot: Snapshot) -> Iterator[Gauge]:
    """Every gauge of the picture."""
    for status, count in snapshot.jobs.by_status.items():
        yield Gauge("stakazo_jobs", count, {"status": status})
    for queue in snapshot.jobs.queues:
        for status in ("waiting", "processing", "retry", "dead"):
            labels = {"queue": queue.name, "status": status}
            yield Gauge("stakazo_queue_jobs", getattr(queue, status), labels)
        age = queue.oldest_waiting_s or 0.0
        yield Gauge("stakazo_queue_oldest_waiting_seconds", age, {"queue": queue.name})
    for status, count in snapshot.media.videos.items():
        yield Gauge("stakazo_videos", count, {"status": status})
    yield Gauge("stakazo_clips", snapshot.media.clips_ready, {"state": "ready"})
    yield Gauge("stakazo_clips", snapshot.media.clips_published, {"state": "published"})
    yield Gauge("stakazo_clips", snapshot.media.clips_archived, {"state": "archived"})
    for name, count in snapshot.media.variants.items():
        yield Gauge("stakazo_variants", count, {"format": name})
    for platform, states in snapshot.publishing.platforms.items():
        for status, count in states.items():
            yield Gauge("stakazo_publications", count, {"platform": platform, "status": status})
    for status, count in snapshot.campaigns.by_status.items():
        yield Gauge("stakazo_campaigns", count, {"status": status})
    yield Gauge("stakazo_workers_seen", len(snapshot.workers.seen))
    yield Gauge("stakazo_errors_last_hour", snapshot.ledger.errors_last_hour)
    yield Gauge("stakazo_live", float(snapshot.mode == "live"))
    for room, facts in snapshot.others.items():
        for fact, count in facts.items():
            if isinstance(count, int | float):
                yield Gauge("stakazo_board", count, {"section": room, "fact": fact})


class BusinessCollector(Collector):
    """Reads the database when Prometheus asks; keeps nothing, so every web process answers alike."""

    def collect(self) -> Iterator[Metric]:
        """All gauges, and the ledger's counter."""
        families: dict[str, GaugeMetricFamily] = {}
        for gauge in gauges_of(take_snapshot()):
            family = families.setdefault(
                gauge.name,
                GaugeMetricFamily(gauge.name, HELP[gauge.name], labels=list(gauge.labels)),
            )
            family.add_metric(list(gauge.labels.values()), gauge.value)
        yield from families.values()
        events = CounterMetricFamily(
            "stakazo_ledger_events", "Events ever recorded, by severity.", labels=["severity"]
        )
        for severity, counted in events_by_severity().items():
            events.add_metric([severity], counted)
        yield events
        waiting = oldest_unsealed()
        lag_s = (timezone.now() - waiting.timestamp).total_seconds() if waiting else 0.0
        yield GaugeMetricFamily(
            "stakazo_ledger_seal_lag_seconds",
            "Age of the oldest event that is in no seal yet.",
            value=max(0.0, lag_s),
        )


def prometheus_text() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(BusinessCollector())  # type: ignore[arg-type]  # it only calls collect()
