"""Ids of events that belong together though no single column says so: a video's trail, all about an id."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ledger.models import LedgerEvent
from ledger.registry import AUDITED

VIDEO = "video_asset"
TRAIL_SHOWN = 1_000


@dataclass(frozen=True)
class Ids:
    """A statement that finds ids of events, each part of it through one index."""

    sql: str
    params: tuple[Any, ...]

    def slice(
        self, *, newest_first: bool, after: uuid.UUID | None = None, limit: int
    ) -> list[uuid.UUID]:
        """The next ids behind `after` in this order."""
        where, params = "", list(self.params)
        if after is not None:
            where = f"WHERE id {'<' if newest_first else '>'} %s"
            params.append(_stored(after))
        sql = (
            f"SELECT id FROM ({self.sql}) AS found {where} "  # noqa: S608  our own words
            f"ORDER BY id {'DESC' if newest_first else 'ASC'} LIMIT {int(limit)}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return [_uuid(row[0]) for row in cursor.fetchall()]


def get_events_by_video(video_id: uuid.UUID, *, limit: int = TRAIL_SHOWN) -> QuerySet[LedgerEvent]:
    """The whole trail of a video, oldest first: how it came in, its jobs, clips, variants, publications.

    At most so many events; `ledger.queries.page_of` reads on from there.
    """
    ids = ids_of_video(video_id).slice(newest_first=False, limit=limit)
    return LedgerEvent.objects.filter(pk__in=ids).order_by("id")


def ids_of_video(video_id: uuid.UUID) -> Ids:
    """The trail of a video.

    Its road is what carries its id as correlation id. What people do to its jobs and clips carries
    the id of their request, so those are looked up by job and by clip; the upload it came in by, by
    the job that took it in.
    """
    road = LedgerEvent.objects.filter(correlation_id=str(video_id)).order_by()
    # The key (correlation_id, id) has the road; each part below reads it once.
    jobs = set(road.filter(entity_type="job").values_list("entity_id", flat=True))
    clips = {pk for pk in road.values_list("clip_id", flat=True).distinct() if pk}
    came_by = (
        LedgerEvent.objects.filter(entity_type=VIDEO, entity_id=str(video_id))
        .order_by("id")
        .values_list("job_id", flat=True)
        .first()
    )
    parts = [("correlation_id = %s", [str(video_id)])]
    parts.append(("entity_type = %s AND entity_id = %s", [VIDEO, str(video_id)]))
    if came_by and str(came_by) not in jobs:
        jobs.add(str(came_by))
        intake = LedgerEvent.objects.filter(entity_type="job", entity_id=str(came_by))
        upload = intake.order_by("id").values_list("correlation_id", flat=True).first()
        if upload:
            parts.append(("correlation_id = %s", [upload]))
    parts += _each("job_id", [_stored(uuid.UUID(job)) for job in sorted(jobs)])
    parts += _each("clip_id", [_stored(clip) for clip in sorted(clips)])
    return _union(parts)


def ids_about(some_id: uuid.UUID) -> Ids:
    """All events that name this id: as themselves, their object, job, clip, road or cause's road."""
    text = str(some_id)
    types = sorted(audited.entity_type for audited in AUDITED.values())
    slots = ", ".join(["%s"] * len(types))
    return _union(
        [
            ("id = %s", [_stored(some_id)]),
            ("job_id = %s", [_stored(some_id)]),
            ("clip_id = %s", [_stored(some_id)]),
            ("correlation_id = %s", [text]),
            (f"entity_type IN ({slots}) AND entity_id = %s", [*types, text]),
        ]
    )


def _each(column: str, values: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    if not values:
        return []
    return [(f"{column} IN ({', '.join(['%s'] * len(values))})", list(values))]


def _union(parts: Sequence[tuple[str, list[Any]]]) -> Ids:
    return Ids(
        " UNION ".join(f"SELECT id FROM ledger_events WHERE {where}" for where, _ in parts),  # noqa: S608  our own words
        tuple(value for _, values in parts for value in values),
    )


def _stored(key: uuid.UUID) -> Any:
    return key if connection.vendor == "postgresql" else key.hex


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
