"""A ledger of any size to ask questions of: videos, each with its clips and jobs, over 90 days.

On PostgreSQL its events lie in weekly partitions, as they would after 90 days.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from ledger.keeping.partitions import drop_partition, make_weeks, partitions
from ledger.models import LedgerEvent, LedgerHour, LedgerReader, LedgerSlowJob
from ledger.queries.events import first_id_at

PER_JOB, JOBS_PER_VIDEO = 8, 25
PER_VIDEO = PER_JOB * JOBS_PER_VIDEO
CLIPS_PER_VIDEO = 10
DAYS = 90
HOURS = DAYS * 24

# Event n belongs to job n / 8; 25 jobs make a video, whose clips are shared by its later jobs. The
# ids are UUIDv7 of their times; two of each eight events are about the clip, the others the job's.
_PG_FILL = """
    INSERT INTO ledger_events (id, timestamp, event_type, entity_type, entity_id, severity, actor,
        worker_id, correlation_id, job_id, clip_id, metadata, row_hash)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
            || lpad(to_hex(n %% 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid,
        at,
        (ARRAY['job_created', 'job_processing_started', 'clip_created', 'clip_variant_generated',
               'job_cancel_requested', 'job_snoozed', 'job_requeued',
               'job_processing_completed'])[n %% 8 + 1],
        CASE WHEN n %% 8 IN (2, 3) THEN 'clip' ELSE 'job' END,
        (CASE WHEN n %% 8 IN (2, 3) THEN clip ELSE job END)::text,
        CASE WHEN n %% 1000 = 7 THEN 'ERROR' ELSE 'INFO' END,
        'worker', 'studio:a:' || n %% 16, video::text, job,
        CASE WHEN n %% 8 IN (2, 3) THEN clip END,
        jsonb_build_object('job_type', (ARRAY['cut_analysis', 'generate_variants', 'publish_clip',
            'transcribe'])[n / 8 %% 4 + 1], 'queue', 'render', 'attempt', 1, 'note', repeat('x', 80)),
        repeat('a', 64)
    FROM (SELECT n, %s::timestamptz + n * (%s::float8 * interval '1 second') AS at,
            ('1' || lpad(to_hex(n / 8), 31, '0'))::uuid AS job,
            ('2' || lpad(to_hex(n / 200 * 10 + n / 8 %% 10), 31, '0'))::uuid AS clip,
            ('3' || lpad(to_hex(n / 200), 31, '0'))::uuid AS video
          FROM generate_series(%s::bigint, %s::bigint - 1) AS n) AS made
"""

# What the depth of one index costs: the jobs of the ledger in a table with nothing else.
_BARE = "CREATE TABLE bench_bare AS SELECT job_id, id FROM ledger_events"
_BARE_INDEX = "CREATE INDEX bench_bare_job ON bench_bare (job_id, id)"


@dataclass(frozen=True)
class House:
    """A filled ledger, and something in the middle of it to ask for. end: an hour, its newest end."""

    events: int
    end: datetime

    @property
    def begin(self) -> datetime:
        """Where its events begin."""
        return self.end - timedelta(days=DAYS)

    @property
    def middle(self) -> int:
        """The number of an event half-way."""
        return self.events // 2

    @property
    def job(self) -> uuid.UUID:
        """A job of which all events are there."""
        return uuid.UUID(f"1{self.middle // PER_JOB:031x}")

    @property
    def clip(self) -> uuid.UUID:
        """A clip of the same video."""
        return uuid.UUID(f"2{self.middle // PER_VIDEO * CLIPS_PER_VIDEO:031x}")

    @property
    def video(self) -> uuid.UUID:
        """Its video: 200 events."""
        return uuid.UUID(f"3{self.middle // PER_VIDEO:031x}")


def filled(events: int) -> House:
    """A ledger of that many events in the database at hand, with what would have been counted of them.

    One that is full already is taken as it is.
    """
    newest = LedgerEvent.objects.order_by("-id").first()
    if newest and "bench_bare" in connection.introspection.table_names():
        hour = newest.timestamp.replace(minute=0, second=0, microsecond=0)
        return House(events, hour + timedelta(hours=1))
    house = House(events, datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    step = timedelta(days=DAYS) / events
    if connection.vendor == "postgresql":
        _fill_postgresql(house, step)
    else:
        _fill_sqlite(house, step)
    _count(house)
    with connection.cursor() as cursor:
        cursor.execute(_BARE)
        cursor.execute(_BARE_INDEX)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
    return house


def _fill_postgresql(house: House, step: timedelta) -> None:
    for part in partitions():
        if not part.is_default:
            drop_partition(part.name)  # with what installing recorded
    make_weeks(now=house.begin, ahead=DAYS // 7)
    make_weeks(now=house.end)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_events'"
            " AND indexname NOT LIKE '%%pkey'"
        )
        indexes = cursor.fetchall() if house.events > 100_000 else []
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for start in range(0, house.events, 500_000):
            end = min(start + 500_000, house.events)
            cursor.execute(_PG_FILL, [house.begin, step.total_seconds(), start, end])
        for _, definition in indexes:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))


def _fill_sqlite(house: House, step: timedelta) -> None:
    types = ["job_created", "job_processing_started", "clip_created", "clip_variant_generated"]
    types += ["job_cancel_requested", "job_snoozed", "job_requeued", "job_processing_completed"]
    kinds = ["cut_analysis", "generate_variants", "publish_clip", "transcribe"]

    def made(n: int) -> LedgerEvent:
        at, of_clip = house.begin + n * step, n % 8 in (2, 3)
        job = uuid.UUID(f"1{n // 8:031x}")
        clip = uuid.UUID(f"2{n // 200 * 10 + n // 8 % 10:031x}")
        return LedgerEvent(
            id=uuid.UUID(int=first_id_at(at).int | 7 << 76 | (n % 4096) << 64 | 8 << 60 | n),
            timestamp=at,
            event_type=types[n % 8],
            entity_type="clip" if of_clip else "job",
            entity_id=str(clip if of_clip else job),
            severity="ERROR" if n % 1000 == 7 else "INFO",
            actor="worker",
            worker_id=f"studio:a:{n % 16}",
            correlation_id=str(uuid.UUID(f"3{n // 200:031x}")),
            job_id=job,
            clip_id=clip if of_clip else None,
            metadata={"job_type": kinds[n // 8 % 4], "queue": "render", "note": "x" * 80},
            row_hash="a" * 64,
        )

    for start in range(0, house.events, 5_000):
        LedgerEvent.objects.bulk_create(map(made, range(start, min(start + 5_000, house.events))))


def _count(house: House) -> None:
    """Rollups of 90 days: every type and job type in each hour, fifty slow tries of each."""
    events = house.events
    kinds = ["cut_analysis", "generate_variants", "publish_clip", "transcribe"]
    types = [f"type_{n}" for n in range(20)]
    types += ["job_processing_completed", "job_processing_failed", "job_retry_scheduled"]
    hours = [house.begin + timedelta(hours=n) for n in range(HOURS)]
    each = max(events // len(hours) // len(types), 1)
    LedgerHour.objects.bulk_create(
        (
            LedgerHour(hour=hour, event_type=name, job_type=kind, severity="INFO", count=each)
            for hour in hours
            for name in types
            for kind in (kinds if name.startswith("job_") else [""])
        ),
        batch_size=5_000,
    )
    LedgerSlowJob.objects.bulk_create(
        (
            LedgerSlowJob(
                event_id=uuid.UUID(int=n * 1000 + place * 10 + k),
                job_id=uuid.UUID(int=n),
                job_type=kind,
                hour=hour,
                ended_at=hour,
                ended_as="job_processing_completed",
                duration_ms=(n * 7919 + place * 104_729 + k) % 1_000_000,
            )
            for n, hour in enumerate(hours)
            for k, kind in enumerate(kinds)
            for place in range(min(50, max(events // 8 // len(hours) // 4, 1)))
        ),
        batch_size=5_000,
    )
    LedgerReader.objects.get_or_create(name="rollups")
