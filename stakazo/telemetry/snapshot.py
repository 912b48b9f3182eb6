"""How things stand: one picture of all rooms, in a dozen queries, at a position of the ledger.

One class per room. The position is read first, so that whoever then follows the ledger from it
misses nothing; an event may at most be told that the picture already shows.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from campaigns.models import Campaign
from jobs.models import Job, JobAttempt
from ledger.models import LedgerEvent
from ledger.queries import errors_since, events_total, within
from ledger.watermark import head
from media_assets.models import Clip, ClipVariant, VideoAsset
from publishing.models import Publication
from stakazo.core.board import SECTIONS
from stakazo.telemetry.events import event_data, position_token

RUNNING_SHOWN = 20
WORKER_SEEN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Queue:
    """What stands in one queue. waiting: due and not yet taken; oldest_waiting_s: age of the oldest."""

    name: str
    waiting: int
    processing: int
    retry: int
    dead: int
    oldest_waiting_s: float | None


@dataclass(frozen=True)
class RunningJob:
    """A job that a worker holds. progress: 0 to 1."""

    id: str
    job_type: str
    queue: str
    stage: str
    progress: float
    attempt: int
    worker_id: str
    running_s: float


@dataclass(frozen=True)
class JobsSection:
    """All jobs by status, each queue, and what runs now."""

    by_status: dict[str, int]
    queues: list[Queue]
    running: list[RunningJob]

    @classmethod
    def read(cls, now: datetime) -> "JobsSection":
        """Two queries."""
        rows = (
            Job.objects.order_by()
            .values("queue", "status")
            .annotate(jobs=Count("pk"), oldest=Min("run_at", filter=Q(run_at__lte=now)))
        )
        by_status: Counter[str] = Counter(dict.fromkeys(Job.Status.values, 0))
        queues: dict[str, dict[str, tuple[int, datetime | None]]] = {}
        for row in rows:
            by_status[row["status"]] += row["jobs"]
            queues.setdefault(row["queue"], {})[row["status"]] = (row["jobs"], row["oldest"])
        return cls(
            dict(by_status),
            [_queue(name, states, now) for name, states in sorted(queues.items())],
            [_running(job, now) for job in _running_jobs()],
        )

    @property
    def oldest_waiting_s(self) -> float | None:
        """Age of the oldest due job of any queue."""
        return max((q.oldest_waiting_s for q in self.queues if q.oldest_waiting_s), default=None)


def _queue(name: str, states: dict[str, tuple[int, datetime | None]], now: datetime) -> Queue:
    waiting, oldest = states.get(Job.Status.PENDING, (0, None))
    return Queue(
        name=name,
        waiting=waiting,
        processing=states.get(Job.Status.PROCESSING, (0, None))[0],
        retry=states.get(Job.Status.RETRY, (0, None))[0],
        dead=states.get(Job.Status.DEAD, (0, None))[0],
        oldest_waiting_s=round((now - oldest).total_seconds(), 1) if oldest else None,
    )


def _running_jobs() -> QuerySet[Job]:
    return Job.objects.filter(status=Job.Status.PROCESSING).order_by("-id")[:RUNNING_SHOWN]


def _running(job: Job, now: datetime) -> RunningJob:
    return RunningJob(
        id=str(job.pk),
        job_type=job.job_type,
        queue=job.queue,
        stage=job.stage,
        progress=round(job.progress, 4),
        attempt=job.attempt,
        worker_id=job.worker_id,
        running_s=round((now - (job.started_at or now)).total_seconds(), 1),
    )


@dataclass(frozen=True)
class MediaSection:
    """Videos by status; clips that can be shown, that were, that were put aside; variants by format."""

    videos: dict[str, int]
    clips_ready: int
    clips_published: int
    clips_archived: int
    variants: dict[str, int]

    @classmethod
    def read(cls) -> "MediaSection":
        """Three queries."""
        published = Publication.objects.filter(
            clip_variant__clip=OuterRef("pk"), status=Publication.Status.PUBLISHED
        )
        clips = Clip.objects.aggregate(
            ready=Count("pk", filter=Q(status=Clip.Status.READY)),
            archived=Count("pk", filter=Q(status=Clip.Status.ARCHIVED)),
            published=Count("pk", filter=Exists(published)),
        )
        return cls(
            videos=_by_status(VideoAsset.objects.all(), VideoAsset.Status.values),
            clips_ready=clips["ready"],
            clips_published=clips["published"],
            clips_archived=clips["archived"],
            variants=_counted(ClipVariant.objects.all(), "format"),
        )

    @property
    def variants_total(self) -> int:
        """Variants of all formats."""
        return sum(self.variants.values())


@dataclass(frozen=True)
class PublishingSection:
    """Publications by status, in all and per platform."""

    by_status: dict[str, int]
    platforms: dict[str, dict[str, int]]

    @classmethod
    def read(cls) -> "PublishingSection":
        """One query."""
        rows = (
            Publication.objects.order_by()
            .values("status", platform=F("social_account__platform"))
            .annotate(publications=Count("pk"))
        )
        by_status: Counter[str] = Counter(dict.fromkeys(Publication.Status.values, 0))
        platforms: dict[str, dict[str, int]] = {}
        for row in rows:
            by_status[row["status"]] += row["publications"]
            platforms.setdefault(row["platform"], {})[row["status"]] = row["publications"]
        return cls(dict(by_status), dict(sorted(platforms.items())))


@dataclass(frozen=True)
class CampaignsSection:
    """Campaigns by status."""

    by_status: dict[str, int]

    @classmethod
    def read(cls) -> "CampaignsSection":
        """One query."""
        return cls(_by_status(Campaign.objects.all(), Campaign.Status.values))


@dataclass(frozen=True)
class LedgerSection:
    """How many events there are (`ledger.queries.events_total`), the newest, and the errors of late."""

    total: int
    errors_last_hour: int
    errors_last_day: int
    last_event: dict[str, Any] | None

    @classmethod
    def read(cls, now: datetime) -> "LedgerSection":
        """Two queries, three beyond 2000 events; none reads more than the errors of a day."""
        newest = (
            LedgerEvent.objects.order_by("-id")
            .annotate(
                hour=_count_of(errors_since(now - timedelta(hours=1))),
                day=_count_of(errors_since(now - timedelta(days=1))),
            )
            .first()
        )
        if newest is None:
            return cls(0, 0, 0, None)
        return cls(events_total(), newest.hour or 0, newest.day or 0, event_data(newest))


@dataclass(frozen=True)
class Worker:
    """A worker process that somebody saw lately."""

    id: str
    seen_at: str
    seen_s: float


@dataclass(frozen=True)
class WorkersSection:
    """Workers seen in the last hour: they started, or took a job; those that said goodbye are gone."""

    seen: list[Worker]

    @classmethod
    def read(cls, now: datetime) -> "WorkersSection":
        """One query over two tables."""
        since = now - WORKER_SEEN_WITHIN
        of_workers = LedgerEvent.objects.filter(event_type__in=["worker_started", "worker_stopped"])
        told = within(of_workers, since=since).order_by()
        worked = JobAttempt.objects.order_by().filter(started_at__gte=since)
        rows = (
            told.values_list("worker_id", "entity_id", "event_type")
            .annotate(at=Max("timestamp"))
            .union(
                worked.annotate(nobody=Value(""), what=Value("worked"))
                .values_list("worker_id", "nobody", "what")
                .annotate(at=Max("started_at")),
                all=True,
            )
        )
        seen: dict[str, datetime] = {}
        stopped: dict[str, datetime] = {}
        for worker_id, entity_id, what, at in rows:
            times = stopped if what == "worker_stopped" else seen
            name = worker_id or entity_id
            times[name] = max(at, times.get(name, at))
        return cls(
            [
                Worker(name, at.isoformat(), round((now - at).total_seconds(), 1))
                for name, at in sorted(seen.items(), key=lambda item: item[1], reverse=True)
                if name not in stopped or stopped[name] < at
            ]
        )


@dataclass(frozen=True)
class Snapshot:
    """How things stood at `taken_at`. position: where in the ledger the news after it begins.

    others: the sections that rooms above us hung on the board, such as `alerts`.
    """

    taken_at: str
    mode: str
    position: str
    jobs: JobsSection
    media: MediaSection
    publishing: PublishingSection
    campaigns: CampaignsSection
    ledger: LedgerSection
    workers: WorkersSection
    others: dict[str, dict[str, Any]]

    def data(self) -> dict[str, Any]:
        """Plain JSON data; the sections of other rooms stand beside ours."""
        data = asdict(self)
        return data | data.pop("others")


def take_snapshot(*, now: datetime | None = None) -> Snapshot:
    """Look at every room once."""
    position = head()
    now = now or timezone.now()
    return Snapshot(
        taken_at=now.isoformat(),
        mode="live" if settings.STAKAZO_LIVE else "simulator",
        position=position_token(position),
        jobs=JobsSection.read(now),
        media=MediaSection.read(),
        publishing=PublishingSection.read(),
        campaigns=CampaignsSection.read(),
        ledger=LedgerSection.read(now),
        workers=WorkersSection.read(now),
        others={name: section() for name, section in sorted(SECTIONS.items())},
    )


def _by_status(rows: QuerySet[Any], states: list[str]) -> dict[str, int]:
    return dict.fromkeys(states, 0) | _counted(rows, "status")


def _counted(rows: QuerySet[Any], field: str) -> dict[str, int]:
    counts = rows.order_by().values_list(field).annotate(Count("pk"))
    return dict(sorted(counts))


def _count_of(events: QuerySet[LedgerEvent]) -> Subquery:
    """A COUNT as a scalar subquery."""
    return Subquery(
        events.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    )
