"""Pages of events: keyset in both directions, the same cost at any depth, stable while events come in.

What one index answers (a thing, a job, a clip, a road, a type, errors, everything) is read along that
index from the cursor on. What no index answers (an actor, a worker, words) is looked for among the
next LOOKED_AT events only; such a page may be short, and says from where to look on.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from ledger.errors import BadCursor
from ledger.models import LedgerEvent
from ledger.queries.events import first_id_at, within
from ledger.queries.trails import Ids, ids_about, ids_of_video

LOOKED_AT = 20_000
MOST_TYPES = 10
WEEK = timedelta(days=7)
_FORWARD, _BACK = b"f", b"b"


@dataclass(frozen=True)
class Asked:
    """Which events. Everything that is said must hold; since ≤ timestamp < until.

    video_id: of the whole trail of a video. about: that name this id anywhere. words: each in the
    metadata, upper and lower case alike.
    """

    event_types: tuple[str, ...] = ()
    severity: str = ""
    entity_type: str = ""
    entity_id: str = ""
    job_id: uuid.UUID | None = None
    clip_id: uuid.UUID | None = None
    video_id: uuid.UUID | None = None
    about: uuid.UUID | None = None
    correlation_id: str = ""
    actor: str = ""
    worker_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some events in the order asked for.

    next, previous: cursors, empty where there is no more. searched_on: not all was looked at yet, and
    `next` (or `previous`) goes on from where this page stopped looking.
    """

    events: list[LedgerEvent]
    next: str = ""
    previous: str = ""
    searched_on: bool = False


def page_of(asked: Asked, *, cursor: str = "", limit: int = 50, newest_first: bool = True) -> Page:
    """One page. Raises BadCursor."""
    back, key = _read(cursor) if cursor else (False, None)
    descending = newest_first != back
    events, edge = _find(asked, after=key, descending=descending, limit=limit + 1)
    more = len(events) > limit
    events = events[:limit]
    if more:
        edge = events[-1].pk
    onward = _cursor(edge, back=back) if edge else ""
    searched_on = bool(edge) and not more
    if back:
        events.reverse()
        turn = events[-1].pk if events else _before(key, newest_first)
        return Page(events, _cursor(turn, back=False), onward, searched_on)
    if key is None:
        return Page(events, onward, "", searched_on)
    turn = events[0].pk if events else _before(key, not newest_first)
    return Page(events, onward, _cursor(turn, back=True), searched_on)


def _before(key: uuid.UUID | None, newest_first: bool) -> uuid.UUID:
    """A key just before this one, so that who turns round on an empty page finds it again."""
    beside = (key.int if key else 0) + (1 if newest_first else -1)
    return uuid.UUID(int=min(max(beside, 0), 2**128 - 1))


def _find(
    asked: Asked, *, after: uuid.UUID | None, descending: bool, limit: int
) -> tuple[list[LedgerEvent], uuid.UUID | None]:
    """(the next events, where looking stopped before the end was reached)."""
    if asked.video_id or asked.about:
        return _find_among(asked, after=after, descending=descending, limit=limit)
    found: list[LedgerEvent] = []
    edges: list[uuid.UUID] = []
    for door, rest in _doors(asked):
        events = _ordered(within(door, since=asked.since, until=asked.until), after, descending)
        if rest:
            if edge := _edge(_ordered(_between(door, asked), after, descending), descending):
                events = events.filter(**{"pk__gte" if descending else "pk__lte": edge})
                edges.append(edge)
            events = _narrowed(events, rest)
            found += events[:limit]
        else:
            found += _next(events, asked, after, descending, limit)
    found.sort(key=lambda event: event.pk, reverse=descending)
    edge = (max if descending else min)(edges, default=None)
    if edge is not None:  # what another type found beyond it, the next page finds again
        found = [e for e in found if (e.pk >= edge if descending else e.pk <= edge)]
    return found[:limit], edge


def _find_among(
    asked: Asked, *, after: uuid.UUID | None, descending: bool, limit: int
) -> tuple[list[LedgerEvent], uuid.UUID | None]:
    """The same among ids that a statement finds."""
    ids: Ids = (
        ids_of_video(asked.video_id)
        if asked.video_id
        else ids_about(asked.about or uuid.UUID(int=0))
    )
    rest = replace(asked, video_id=None, about=None)
    plain = rest == Asked()
    keys = ids.slice(newest_first=descending, after=after, limit=limit if plain else LOOKED_AT)
    edge = keys[-1] if not plain and len(keys) == LOOKED_AT else None
    events = LedgerEvent.objects.filter(pk__in=keys)
    events = _narrowed(within(events, since=asked.since, until=asked.until), rest)
    return list(_ordered(events, None, descending)[:limit]), edge


def _doors(asked: Asked) -> list[tuple[QuerySet[LedgerEvent], Asked | None]]:
    """(events along one index, what then has still to be asked of each) for each index to read."""
    events = LedgerEvent.objects.all()
    rest = replace(asked, since=None, until=None)
    if asked.job_id:
        door, rest = events.filter(job_id=asked.job_id), replace(rest, job_id=None)
    elif asked.clip_id:
        door, rest = events.filter(clip_id=asked.clip_id), replace(rest, clip_id=None)
    elif asked.entity_type and asked.entity_id:
        door = events.filter(entity_type=asked.entity_type, entity_id=asked.entity_id)
        rest = replace(rest, entity_type="", entity_id="")
    elif asked.correlation_id:
        door = events.filter(correlation_id=asked.correlation_id)
        rest = replace(rest, correlation_id="")
    elif asked.event_types:
        rest = replace(rest, event_types=())
        left = rest if rest != Asked() else None
        return [(events.filter(event_type=name), left) for name in dict.fromkeys(asked.event_types)]
    elif asked.severity == LedgerEvent.Severity.ERROR:
        door, rest = events.filter(severity=asked.severity), replace(rest, severity="")
    else:
        door = events
    return [(door, rest if rest != Asked() else None)]


def _next(
    events: QuerySet[LedgerEvent],
    asked: Asked,
    after: uuid.UUID | None,
    descending: bool,
    limit: int,
) -> list[LedgerEvent]:
    """The first of these.

    PostgreSQL is asked for those of the next seven days first: a page of everything or of a type is
    mostly in there, while a statement about all weeks opens and merges every one of them.
    """
    one_thing = asked.job_id or asked.clip_id or asked.entity_id or asked.correlation_id
    begin = after or _first_id(asked, descending)
    if connection.vendor == "postgresql" and begin and not one_thing:
        week_ms = int(WEEK.total_seconds() * 1000)
        millis = (begin.int >> 80) + (-week_ms if descending else week_ms)
        bound = uuid.UUID(int=min(max(millis, 0), 0xFFFF_FFFF_FFFF) << 80)
        near = list(events.filter(**{"pk__gte" if descending else "pk__lt": bound})[:limit])
        if len(near) == limit:
            return near
    return list(events[:limit])


def _first_id(asked: Asked, descending: bool) -> uuid.UUID | None:
    """Where reading begins without a cursor; None at the oldest, whose time nobody knows."""
    if descending:
        return first_id_at(asked.until or timezone.now())
    return first_id_at(asked.since) if asked.since else None


def _between(events: QuerySet[LedgerEvent], asked: Asked) -> QuerySet[LedgerEvent]:
    """Within the asked time by id alone, so that only the index is read."""
    if asked.since:
        events = events.filter(pk__gte=first_id_at(asked.since))
    if asked.until:
        events = events.filter(pk__lt=first_id_at(asked.until))
    return events


def _ordered(
    events: QuerySet[LedgerEvent], after: uuid.UUID | None, descending: bool
) -> QuerySet[LedgerEvent]:
    if after:
        events = events.filter(**{"pk__lt" if descending else "pk__gt": after})
    return events.order_by("-id" if descending else "id")


def _edge(events: QuerySet[LedgerEvent], descending: bool) -> uuid.UUID | None:
    """The id of the last event that is looked at; None where there are fewer than LOOKED_AT."""
    sql, params = events.values("id")[:LOOKED_AT].query.sql_with_params()
    turned = "ASC" if descending else "DESC"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH looked AS ({sql}) SELECT id, (SELECT COUNT(*) FROM looked) FROM looked "  # noqa: S608  our own words
            f"ORDER BY id {turned} LIMIT 1",
            params,
        )
        row = cursor.fetchone()
    if row is None or row[1] < LOOKED_AT:
        return None
    return row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0])


def _narrowed(events: QuerySet[LedgerEvent], rest: Asked) -> QuerySet[LedgerEvent]:
    """What no index was read for."""
    if rest.event_types:
        events = events.filter(event_type__in=rest.event_types)
    equal = ("severity", "entity_type", "entity_id", "job_id", "clip_id", "correlation_id", "actor")
    for name in (*equal, "worker_id"):
        if value := getattr(rest, name):
            events = events.filter(**{name: value})
    if rest.words:
        events = events.alias(_said=Cast("metadata", TextField()))
        for word in rest.words:
            events = events.filter(Q(_said__icontains=word) | Q(event_type__icontains=word))
    return events


def _cursor(key: uuid.UUID, *, back: bool) -> str:
    return base64.urlsafe_b64encode((_BACK if back else _FORWARD) + key.bytes).decode().rstrip("=")


def _read(cursor: str) -> tuple[bool, uuid.UUID]:
    """(whether it goes back, the id it begins behind). Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 17 or raw[:1] not in (_FORWARD, _BACK):
        raise BadCursor("No page begins here. Take cursors from next and previous.")
    return raw[:1] == _BACK, uuid.UUID(bytes=raw[1:])
