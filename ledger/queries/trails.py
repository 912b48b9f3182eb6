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

# What SQLite is asked; PostgreSQL has the same as a function (migration 0010), planned once a connection.
# CROSS JOIN: SQLite then reads the short side first, and looks the events up by their index.
_SQLITE_OF_VIDEO = """
    WITH road AS MATERIALIZED (
        SELECT id, entity_type, job_id, clip_id FROM ledger_events WHERE correlation_id = %s
    ), intake AS MATERIALIZED (
        SELECT job_id FROM ledger_events WHERE entity_type = %s AND entity_id = %s
        ORDER BY id LIMIT 1
    ), upload AS MATERIALIZED (
        SELECT e.correlation_id FROM intake CROSS JOIN ledger_events AS e
        WHERE e.job_id = intake.job_id ORDER BY e.id LIMIT 1
    ), jobs AS MATERIALIZED (
        SELECT job_id FROM road WHERE entity_type = 'job' UNION SELECT job_id FROM intake
    ), clips AS MATERIALIZED (
        SELECT DISTINCT clip_id FROM road
    )
    SELECT id FROM road
    UNION SELECT id FROM ledger_events WHERE entity_type = %s AND entity_id = %s
    UNION SELECT e.id FROM upload CROSS JOIN ledger_events AS e
          WHERE e.correlation_id = upload.correlation_id AND upload.correlation_id <> ''
    UNION SELECT e.id FROM jobs CROSS JOIN ledger_events AS e WHERE e.job_id = jobs.job_id
    UNION SELECT e.id FROM clips CROSS JOIN ledger_events AS e WHERE e.clip_id = clips.clip_id
"""


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
    if connection.vendor == "postgresql":
        return Ids("SELECT id FROM ledger_trail(%s) AS id", (video_id,))
    road = str(video_id)
    return Ids(_SQLITE_OF_VIDEO, (road, VIDEO, road, VIDEO, road))


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


def _union(parts: Sequence[tuple[str, list[Any]]]) -> Ids:
    return Ids(
        " UNION ".join(f"SELECT id FROM ledger_events WHERE {where}" for where, _ in parts),  # noqa: S608  our own words
        tuple(value for _, values in parts for value in values),
    )


def _stored(key: uuid.UUID) -> Any:
    return key if connection.vendor == "postgresql" else key.hex


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
