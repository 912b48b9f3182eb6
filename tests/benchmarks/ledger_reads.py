"""What a question to a large ledger costs, beside the same question to a tenth of it.

CPU of the database; for the API of the process as well. `EVENTS=` says how many events the large one has (100 000; 10 000 000 takes PostgreSQL some twenty
minutes and 8 GB). They span 90 days: videos, each with its clips and jobs, as the house makes them.
"""

import os
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from ledger import queries
from ledger.connections import ledger_door
from ledger.models import LedgerEvent, LedgerHour, LedgerReader, LedgerSlowJob
from ledger.queries import Asked, page_of
from ledger.queries.events import first_id_at
from ledger.queries.trails import ids_of_video
from tests.benchmarks.table import Row
from tests.factories import make_user

TITLE = "Reading the ledger"
EVENTS = int(os.environ.get("EVENTS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "30"))
PER_JOB, JOBS_PER_VIDEO, CLIPS_PER_VIDEO = 8, 25, 10
DAYS = 90
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
BEGIN = END - timedelta(days=DAYS)

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


@dataclass(frozen=True)
class House:
    """A filled ledger, and something in the middle of it to ask for."""

    events: int

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
        return uuid.UUID(f"2{self.middle // 200 * 10:031x}")

    @property
    def video(self) -> uuid.UUID:
        """Its video: 200 events."""
        return uuid.UUID(f"3{self.middle // 200:031x}")


def questions(house: House) -> dict[str, Callable[[], Any]]:
    """What is asked: name → the asking, to the last row read."""
    deep = page_of(Asked(until=BEGIN + timedelta(days=3)), limit=1).next
    typed = page_of(
        Asked(event_types=("clip_created",), until=BEGIN + timedelta(days=3)), limit=1
    ).next
    day = END - timedelta(days=1)
    return {
        "recent 50": lambda: list(queries.get_recent_events(limit=50)),
        "entity timeline": lambda: list(queries.entity_timeline("clip", str(house.clip))),
        "job timeline": lambda: list(queries.get_events_by_job(house.job)),
        "clip timeline": lambda: list(queries.get_events_by_clip(house.clip)),
        "whole video trail, 200 events": lambda: list(queries.get_events_by_video(house.video)),
        "20 slowest jobs of all time": lambda: queries.slowest_jobs(),
        "20 slowest jobs of a day": lambda: queries.slowest_jobs(since=day),
        "newest 50 of a type": lambda: list(queries.get_events_by_type("clip_created")[:50]),
        "newest 50 errors": lambda: list(queries.errors_since(BEGIN).order_by("-id")[:50]),
        "a page near the newest": lambda: page_of(Asked()),
        "a page 87 days deep": lambda: page_of(Asked(), cursor=deep),
        "a page of a type, 87 days deep": lambda: page_of(
            Asked(event_types=("clip_created",)), cursor=typed
        ),
        "failure rates over 24 h": lambda: queries.failure_rates(since=day),
        "throughput of 24 h": lambda: queries.throughput_per_hour(now=END),
        "total": queries.events_total,
    }


def fill(events: int) -> None:
    """That many events, with what would have been counted of them."""
    step = timedelta(days=DAYS) / events
    if connection.vendor == "postgresql":
        _fill_postgresql(events, step)
    else:
        _fill_sqlite(events, step)
    _count(events)


def _fill_postgresql(events: int, step: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_events'"
            " AND indexname NOT LIKE '%%pkey'"
        )
        indexes = cursor.fetchall() if events > 1_000_000 else []
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for start in range(0, events, 1_000_000):
            end = min(start + 1_000_000, events)
            cursor.execute(_PG_FILL, [BEGIN, step.total_seconds(), start, end])
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE ledger_events")


def _fill_sqlite(events: int, step: timedelta) -> None:
    types = ["job_created", "job_processing_started", "clip_created", "clip_variant_generated"]
    types += ["job_cancel_requested", "job_snoozed", "job_requeued", "job_processing_completed"]
    kinds = ["cut_analysis", "generate_variants", "publish_clip", "transcribe"]
    house = House(0)

    def made(n: int) -> LedgerEvent:
        at, of_clip = BEGIN + n * step, n % 8 in (2, 3)
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

    assert house.events == 0
    for start in range(0, events, 5_000):
        LedgerEvent.objects.bulk_create(map(made, range(start, min(start + 5_000, events))))


def _count(events: int) -> None:
    """Rollups of 90 days: every type and job type in each hour, fifty slow tries of each."""
    kinds = ["cut_analysis", "generate_variants", "publish_clip", "transcribe"]
    types = [f"type_{n}" for n in range(20)]
    types += ["job_processing_completed", "job_processing_failed", "job_retry_scheduled"]
    hours = [BEGIN + timedelta(hours=n) for n in range(DAYS * 24)]
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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def server_cpu_s() -> float:
    """Seconds on a CPU that the database took for us so far: our backend's; SQLite works in ours."""
    if connection.vendor == "sqlite":
        return time.thread_time()
    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(backend.read_text().split()[0]) / 1e9


def measured(ask: Callable[[], Any]) -> tuple[float, float]:
    """(CPU of the database, CPU of it and of this process) in milliseconds.

    Medians. CPU, because the wall times of a shared machine tell of the others on it; all that is
    read lies in memory. On SQLite both are the same: the engine and the ORM in one process.
    """
    server, both = [], []
    for _ in range(5):
        ask()
    for _ in range(ROUNDS):
        ours, theirs = time.thread_time(), server_cpu_s()
        ask()
        ours, theirs = time.thread_time() - ours, server_cpu_s() - theirs
        server.append(1000 * theirs)
        both.append(1000 * (ours if connection.vendor == "sqlite" else ours + theirs))
    return statistics.median(server), statistics.median(both)


def through_the_api(house: House) -> dict[str, Callable[[], Any]]:
    """The same through HTTP, in this process: routing, login, permissions, JSON."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(make_user(f"reader{house.events}", is_staff=True, is_superuser=True))

    def get(path: str) -> Callable[[], Any]:
        def ask() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"

        return ask

    return {
        "API: 50 events": get("/ledger/events"),
        "API: a video's trail": get(f"/ledger/videos/{house.video}?limit=200"),
        "API: debug/ledger/recent": get("/debug/ledger/recent"),
        "API: failure rates": get("/ledger/failures"),
        "API: slowest jobs": get("/ledger/jobs/slowest"),
        "admin: the list of events": get("/admin/ledger/ledgerevent/"),
    }


def measure(events: int) -> dict[str, tuple[float, float]]:
    """What each question costs with so many events. Empties the ledger first."""
    empty()
    fill(events)
    house = House(events)
    assert len(list(ids_of_video(house.video).slice(newest_first=False, limit=1000))) == 200
    found = {name: measured(ask) for name, ask in questions(house).items()}
    return found | {name: measured(ask) for name, ask in through_the_api(house).items()}


def empty() -> None:
    """Nothing in the ledger and its rollups."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET stakazo.ledger_door = 'open'")
            cursor.execute("TRUNCATE ledger_events, ledger_hours, ledger_slow_jobs")
            cursor.execute("SET stakazo.ledger_door = ''")
            return
    with ledger_door():
        LedgerEvent.objects.all()._raw_delete("default")
    LedgerHour.objects.all().delete()
    LedgerSlowJob.objects.all().delete()


def rows() -> list[Row]:
    """The figures, on the database at hand: a tenth first, then all."""
    few, many = measure(EVENTS // 10), measure(EVENTS)
    empty()
    where = connection.vendor
    shown = []
    for name, (server, both) in many.items():
        http = name.startswith(("API", "admin"))
        now, then = (both, few[name][1]) if http else (server, few[name][0])
        shown.append(
            Row(
                f"{name}, {where}",
                f"{now:.2f} ms of {EVENTS:,}",
                f"{then:.2f} ms of {EVENTS // 10:,}",
                f"{now / then:.2f}",
            )
        )
    return shown
