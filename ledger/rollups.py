"""What is counted off the ledger: hours, slow tries, usual stays, open flows, workers.

Writers pay nothing: a job reads the ledger behind the watermark and counts. What it counted and how far
it read are one transaction under one lock, so an event is counted once, however many count and
whenever one is killed. `rebuild_rollups` makes all of it anew.
"""

import math
import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from ledger.flows import JOB_BEGUN, ON_ITS_WAY, states_by_entity
from ledger.models import (
    LedgerEvent,
    LedgerFlow,
    LedgerHour,
    LedgerReader,
    LedgerSlowJob,
    LedgerStay,
    LedgerWorker,
)
from ledger.watermark import Position, ids_after

READER = "rollups"
BATCH = 5_000
MOST_BATCHES = 200
SLOW_KEPT = 50
"""Of each hour and job type: so many are exact in any list of the slowest of whole hours."""
KEEP = timedelta(days=400)
BINS_PER_DOUBLING = 8


@dataclass
class Rolled:
    """What one round did. events: read and counted. forgotten: rows of hours that are too old."""

    events: int = 0
    forgotten: int = 0

    def facts(self) -> dict[str, int]:
        """As JSON data."""
        return asdict(self)


class _Read(NamedTuple):
    """What counting needs of an event."""

    id: uuid.UUID
    timestamp: datetime
    event_type: str
    severity: str
    entity_type: str
    entity_id: str
    worker_id: str
    correlation_id: str
    job_type: str

    @property
    def hour(self) -> datetime:
        """The hour it lies in."""
        return hour_of(self.timestamp)

    @classmethod
    def off(cls, events: QuerySet[LedgerEvent]) -> "Iterator[_Read]":
        """These events, oldest first."""
        kind = KT("metadata__job_type")
        for row in events.order_by("id").values_list(*cls._fields[:-1], kind):
            yield cls._make((*row[:-1], row[-1] or ""))


def roll_up(*, most: int = MOST_BATCHES, check: Callable[[], object] = lambda: None) -> Rolled:
    """Count what is committed and was not counted yet, at most so many batches of events.

    check: called between two batches; what it raises ends the work with whole batches counted.
    """
    rolled = Rolled()
    for _ in range(most):
        check()
        counted = _count_batch()
        rolled.events += counted
        if counted < BATCH:
            break
    before = hour_of(timezone.now() - KEEP)
    for model in (LedgerHour, LedgerSlowJob):
        rolled.forgotten += model._default_manager.filter(hour__lt=before).delete()[0]
    return rolled


def rebuild_rollups(*, check: Callable[[], object] = lambda: None) -> Rolled:
    """Forget what was counted and count it again, from the first event that is there.

    Hours whose events retention let go stay as they were counted. Until it is done, figures tell only
    what was counted again so far.
    """
    with transaction.atomic():
        reader = _locked_reader()
        oldest = LedgerEvent.objects.order_by("id").values_list("timestamp", flat=True).first()
        first = hour_of(oldest) if oldest else None
        hours, slow = LedgerHour.objects.all(), LedgerSlowJob.objects.all()
        pruned = first is not None and hours.filter(hour__lt=first).exists()
        reader.begins_at = first + timedelta(hours=1) if first and pruned else None
        if reader.begins_at:
            hours = hours.filter(hour__gte=reader.begins_at)
            slow = slow.filter(hour__gte=reader.begins_at)
        for rows in (hours, slow):
            rows.delete()
        for model in (LedgerStay, LedgerFlow, LedgerWorker):
            model._default_manager.all().delete()
        reader.major, reader.minor, reader.counted = 0, "", {}
        reader.save()
    rolled = Rolled()
    while events := roll_up(most=1, check=check).events:
        rolled.events += events
    return rolled


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def bin_of(duration_ms: int) -> int:
    """The bin of a duration in the histogram of stays."""
    return math.floor(BINS_PER_DOUBLING * math.log2(max(duration_ms, 1)))


def _count_batch() -> int:
    with transaction.atomic():
        reader = _locked_reader()
        ids, behind = ids_after(Position(reader.major, reader.minor), limit=BATCH)
        if not ids:
            return 0
        read = _read(ids)
        timely = [e for e in read if not reader.begins_at or e.hour >= reader.begins_at]
        _count_hours(timely)
        _follow_flows(read, begins_at=reader.begins_at)
        _note_workers(read)
        for severity, count in Counter(event.severity for event in read).items():
            reader.counted[severity] = reader.counted.get(severity, 0) + count
        reader.major, reader.minor, reader.moved_at = behind.major, behind.minor, timezone.now()
        reader.save()
    return len(ids)


def _locked_reader() -> LedgerReader:
    LedgerReader.objects.get_or_create(name=READER)
    return LedgerReader.objects.select_for_update().get(name=READER)


def _read(ids: Sequence[uuid.UUID]) -> list[_Read]:
    """The events, oldest first."""
    return list(_Read.off(LedgerEvent.objects.filter(pk__in=ids)))


def _count_hours(read: list[_Read]) -> None:
    counts = Counter(
        (e.hour, e.event_type, e.job_type[:64] if e.entity_type == "job" else "", e.severity)
        for e in read
    )
    _add(LedgerHour, ["hour", "event_type", "job_type", "severity"], counts)


def _add(model: type[Model], keys: list[str], counts: Counter[Any]) -> None:
    """Add to the counts of these keys."""
    fields = [model._meta.get_field(name) for name in keys]
    names = ", ".join(connection.ops.quote_name(name) for name in keys)
    table = connection.ops.quote_name(model._meta.db_table)
    slots = ", ".join(["%s"] * (len(keys) + 1))
    sql = (
        f"INSERT INTO {table} ({names}, count) VALUES ({slots}) "  # noqa: S608  our own names
        f"ON CONFLICT ({names}) DO UPDATE SET count = {table}.count + excluded.count"
    )
    rows = [
        [
            *(
                field.get_db_prep_save(value, connection)  # type: ignore[union-attr]  # columns all
                for field, value in zip(fields, key, strict=True)
            ),
            count,
        ]
        for key, count in sorted(counts.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


# --- Flows ----------------------------------------------------------------------------------------


def _follow_flows(read: list[_Read], *, begins_at: datetime | None) -> None:
    """Where the things of these events stand now, and how long the stays were that they ended.

    Where a thing stands is read off all its events, not only these: whatever the order in which
    transactions committed, the last look sees the last state.
    """
    known = states_by_entity()
    moved = [e for e in read if e.event_type in known.get(e.entity_type, ())]
    lives = _lives_of(moved)
    stays: Counter[Any] = Counter()
    slow: list[LedgerSlowJob] = []
    for event in moved:
        life = lives[event.entity_type, event.entity_id]
        place = bisect_left(life, event.id, key=lambda one: one.id)
        if not place or (before := life[place - 1]).event_type not in ON_ITS_WAY:
            continue
        took_ms = max(round((event.timestamp - before.timestamp) / timedelta(milliseconds=1)), 0)
        kind = before.job_type[:64]
        stays[event.entity_type, before.event_type, kind, bin_of(took_ms)] += 1
        if before.event_type == JOB_BEGUN and (not begins_at or event.hour >= begins_at):
            slow.append(_slow(event, kind, took_ms))
    _add(LedgerStay, ["entity_type", "event_type", "job_type", "bin"], stays)
    _keep_slowest(slow)
    _stand(lives)


def _lives_of(moved: list[_Read]) -> dict[tuple[str, str], list[_Read]]:
    """(entity type, id) → the events by which it entered a state, oldest first."""
    ids: dict[str, set[str]] = {}
    for event in moved:
        ids.setdefault(event.entity_type, set()).add(event.entity_id)
    lives: dict[tuple[str, str], list[_Read]] = {}
    for entity_type, wanted in ids.items():
        rows = LedgerEvent.objects.filter(
            entity_type=entity_type,
            entity_id__in=wanted,
            event_type__in=states_by_entity()[entity_type],
        )
        for event in _Read.off(rows):
            lives.setdefault((entity_type, event.entity_id), []).append(event)
    return lives


def _slow(event: _Read, kind: str, took_ms: int) -> LedgerSlowJob:
    return LedgerSlowJob(
        event_id=event.id,
        job_id=event.entity_id,
        job_type=kind,
        hour=event.hour,
        ended_at=event.timestamp,
        ended_as=event.event_type,
        duration_ms=took_ms,
    )


def _keep_slowest(slow: list[LedgerSlowJob]) -> None:
    """Of each hour and job type that these fall into, the slowest stay."""
    places: dict[tuple[datetime, str], list[LedgerSlowJob]] = {}
    for one in slow:
        places.setdefault((one.hour, one.job_type), []).append(one)
    new: list[LedgerSlowJob] = []
    for (hour, job_type), found in places.items():
        kept = LedgerSlowJob.objects.filter(hour=hour, job_type=job_type)
        both = [*kept, *found]
        both.sort(key=lambda one: (-one.duration_ms, str(one.event_id)))
        stays = {one.event_id for one in both[:SLOW_KEPT]}
        if gone := [one.event_id for one in both[SLOW_KEPT:]]:
            kept.filter(event_id__in=gone).delete()
        new += [one for one in found if one.event_id in stays]
    LedgerSlowJob.objects.bulk_create(new, ignore_conflicts=True)


def _stand(lives: dict[tuple[str, str], list[_Read]]) -> None:
    """One row for each thing that is on its way, none for those that are not."""
    open_now: list[LedgerFlow] = []
    ended: dict[str, list[str]] = {}
    for (entity_type, entity_id), life in lives.items():
        newest = life[-1]
        if newest.event_type not in ON_ITS_WAY:
            ended.setdefault(entity_type, []).append(entity_id)
            continue
        open_now.append(
            LedgerFlow(
                entity_type=entity_type,
                entity_id=entity_id,
                event_type=newest.event_type,
                job_type=newest.job_type[:64],
                event_id=newest.id,
                since=newest.timestamp,
                worker_id=newest.worker_id,
                correlation_id=newest.correlation_id,
            )
        )
    for entity_type, ids in ended.items():
        LedgerFlow.objects.filter(entity_type=entity_type, entity_id__in=ids).delete()
    LedgerFlow.objects.bulk_create(
        open_now,
        update_conflicts=True,
        unique_fields=["entity_type", "entity_id"],
        update_fields=[
            "event_type",
            "job_type",
            "event_id",
            "since",
            "worker_id",
            "correlation_id",
        ],
    )


# --- Workers --------------------------------------------------------------------------------------


def _note_workers(read: Iterable[_Read]) -> None:
    """When announced workers last left a trace. A worker's processes have ids that begin with its own."""
    told = [e for e in read if e.entity_type == "worker"]
    traces: dict[str, datetime] = {}
    for event in read:
        if event.worker_id:
            at = traces.get(event.worker_id, event.timestamp)
            traces[event.worker_id] = max(at, event.timestamp)
    if not told and not traces:
        return
    recent = timezone.now() - timedelta(days=7)
    known = {
        row.worker_id: row
        for row in LedgerWorker.objects.filter(last_at__gte=recent)
        | LedgerWorker.objects.filter(pk__in=[e.entity_id for e in told])
    }
    changed: dict[str, LedgerWorker] = {}
    for event in told:
        row = known.get(event.entity_id)
        if event.event_type == "worker_started" and row is None:
            row = LedgerWorker(event.entity_id, event.timestamp, event.timestamp, None)
            known[event.entity_id] = row
        if row is None:
            continue
        row.last_at = max(row.last_at, event.timestamp)
        if event.event_type == "worker_stopped":
            row.stopped_at = max(row.stopped_at or event.timestamp, event.timestamp)
        elif row.stopped_at and row.stopped_at < event.timestamp:
            row.stopped_at = None
        changed[row.worker_id] = row
    for worker_id, at in traces.items():
        row = known.get(worker_id) or known.get(worker_id.rpartition(":")[0])
        if row is not None and at > row.last_at:
            row.last_at = at
            changed[row.worker_id] = row
    LedgerWorker.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["worker_id"],
        update_fields=["last_at", "stopped_at"],
    )
