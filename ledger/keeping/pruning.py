"""Retention: archive what is old, read it back, then let it go. Killed at any moment, the next run goes on.

A run has two halves. First archives are made, until nothing that the bounds let go is left outside of
one. Then the events of all archives that are not removed yet go: where a whole week is in them, its
partition is dropped; else rows are deleted, a seal's at a time. What is archived is never archived again,
for the next archive begins behind the last one; and a removal that was begun is finished first.
"""

import logging
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from ledger.connections import ledger_door
from ledger.keeping.archives import ids_of, make_archive, sweep_halves, within
from ledger.keeping.bounds import Bounds, retention
from ledger.keeping.exporting import events_by_type
from ledger.keeping.partitions import Partition, drop_partition, first_id_of, partitions
from ledger.models import LedgerArchive
from ledger.sealing.rows import count_rows
from ledger.sealing.sealer import newest_seal, position_behind, seal_events
from ledger.services import log_event
from ledger.watermark import Position

logger = logging.getLogger(__name__)

MOST_MOVED = 1_000
"""So many events of a week that stay may move out of its way; with more, rows are deleted instead."""

Check = Callable[[], object]


@dataclass
class Pruned:
    """What a run did. left: events that are not what was sealed; they stay, for whoever looks into it.

    moved: events that stayed when their week's partition was dropped.
    """

    pruned: int = 0
    archives: list[str] = field(default_factory=list)
    partitions: list[str] = field(default_factory=list)
    moved: int = 0
    left: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)


def prune_ledger(
    *,
    now: datetime | None = None,
    days: int | None = None,
    keep_at_least: int = 0,
    check: Check = lambda: None,
) -> Pruned:
    """Archive and remove the sealed events that the retention rule lets go.

    days, keep_at_least: as in `retention`. check: called between two steps; what it raises ends the
    work. Raises ArchiveNotRead, PrunedMeanwhile, TableBusy, CounterBehind, InvalidInput, and what the storage raises.
    """
    bounds = retention(now=now or timezone.now(), days=days, keep_at_least=keep_at_least)
    pruned = Pruned()
    if begun := LedgerArchive.objects.filter(removed_at=None).order_by("-number").first():
        behind = Position(begun.position, str(begun.last_id))
        _archive(Bounds.of_json(begun.bounds), pruned, check, after=behind)
        _finish(pruned, check)
    if bounds is not None:
        seal_events(check=check)
        _archive(bounds, pruned, check)
        _finish(pruned, check)
    sweep_halves()
    return pruned


def would_prune(
    *, now: datetime | None = None, days: int | None = None, keep_at_least: int = 0
) -> dict[str, Any]:
    """What a run would let go, as things are: how many of each type, the oldest of each.

    waiting: events that are old enough and in no seal yet; they go once they are sealed.
    """
    bounds = retention(now=now or timezone.now(), days=days, keep_at_least=keep_at_least)
    answer: dict[str, Any] = {"pruned": 0, "by_type": {}, "waiting": 0, "pending_archives": 0}
    answer["pending_archives"] = LedgerArchive.objects.filter(removed_at=None).count()
    if bounds is None:
        return answer
    answer |= {"bounds": bounds.as_json()}
    head = newest_seal()
    all_of_them = count_rows(*bounds.where())
    if head is not None:
        where, values = within(bounds, None, position_behind(head))
        for event_type, count, oldest in events_by_type(where, values):
            answer["by_type"][event_type] = {"events": count, "oldest": str(oldest)}
            answer["pruned"] += count
    answer["waiting"] = all_of_them - answer["pruned"]
    return answer


def _archive(
    bounds: Bounds, pruned: Pruned, check: Check, *, after: Position | None = None
) -> None:
    # The number is read before the events are: who made this archive meanwhile is noticed by it.
    number = 1 + (LedgerArchive.objects.aggregate(last=Max("number"))["last"] or 0)
    upto = _last_of(bounds)
    while upto is not None:
        check()
        archive, left, after = make_archive(bounds, number=number, after=after, upto=upto)
        pruned.left += left
        if archive is not None:
            number += 1
            logger.info("Archive %s holds %s events", archive.name, archive.count)
        if after is None:
            return


def _last_of(bounds: Bounds) -> Position | None:
    """A position behind which nothing goes: beyond it no row needs to be looked at."""
    head = newest_seal()
    if head is None:
        return None
    upto = position_behind(head)
    where, values = within(bounds, None, upto)
    major = "txid::text::bigint" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({major}) FROM ledger_events WHERE {where}", values)  # noqa: S608  our own words
        (last,) = cursor.fetchone()
    if last is None:
        return None
    return upto if last >= upto.major else Position(last, str(uuid.UUID(int=2**128 - 1)))


# --- Letting go -----------------------------------------------------------------------------------


def _finish(pruned: Pruned, check: Check) -> None:
    """Remove what archives hold and the table still has."""
    pending = list(LedgerArchive.objects.filter(removed_at=None).order_by("number"))
    if not pending:
        return
    dropped = _drop_weeks(pending, pruned, check) if connection.vendor == "postgresql" else []
    for archive in pending:
        for ids in ids_of(archive):
            check()
            _delete([pk for pk in ids if not _within_any(pk, dropped)])
        with transaction.atomic():
            mine = LedgerArchive.objects.filter(pk=archive.pk, removed_at=None)
            if not mine.update(removed_at=timezone.now()):
                continue  # another pruning was faster, and said so
            log_event(
                "ledger_pruned",
                entity_type="ledger",
                entity_id="ledger",
                metadata={
                    "before": archive.bounds["before"],
                    "pruned": archive.count,
                    "archive": archive.name,
                },
            )
        pruned.pruned += archive.count
        pruned.archives.append(archive.name)


def _delete(ids: list[Any]) -> None:
    if not ids:
        return
    slots = "id = ANY(%s)" if connection.vendor == "postgresql" else f"id IN ({_slots(ids)})"
    with transaction.atomic(), ledger_door(), connection.cursor() as cursor:
        values = [ids] if connection.vendor == "postgresql" else ids
        cursor.execute(f"DELETE FROM ledger_events WHERE {slots}", values)  # noqa: S608  our own words


def _slots(ids: list[Any]) -> str:
    return ", ".join(["%s"] * len(ids))


def _within_any(pk: uuid.UUID, dropped: list[Partition]) -> bool:
    return any(
        (each.lower is None or each.lower <= pk) and (each.upper is None or pk < each.upper)
        for each in dropped
    )


def _drop_weeks(pending: list[LedgerArchive], pruned: Pruned, check: Check) -> list[Partition]:
    """Drop each partition all of whose events are in these archives, but for a few that move."""
    bounds = Bounds.of_json(pending[-1].bounds)
    over = first_id_of(bounds.newest)  # a partition that still fills is not dropped, empty or not
    weeks = [each for each in partitions() if each.upper is not None and each.upper <= over]
    if not weeks:
        return []
    archived = _per_partition(pending, weeks)
    behind = Position(pending[-1].position, str(pending[-1].last_id))
    dropped = []
    for week in weeks:
        if not archived[week.name]:
            continue
        check()
        keep = _that_stay(week, archived[week.name], bounds, behind)
        if keep is None:
            continue
        moved = drop_partition(week.name, keep=keep, behind=behind)
        if moved is not None:
            dropped.append(week)
            pruned.partitions.append(week.name)
            pruned.moved += moved
    return dropped


def _per_partition(pending: list[LedgerArchive], weeks: list[Partition]) -> Counter[str]:
    """How many of the archived events lie in each."""
    nil = uuid.UUID(int=0)
    lowers = [each.lower or nil for each in weeks]
    counts: Counter[str] = Counter()
    for archive in pending:
        for ids in ids_of(archive):
            for pk in ids:
                week = weeks[max(0, bisect_right(lowers, pk) - 1)]
                if _within_any(pk, [week]):
                    counts[week.name] += 1
    return counts


def _that_stay(
    week: Partition, archived: int, bounds: Bounds, behind: Position
) -> list[uuid.UUID] | None:
    """The ids in this partition that are in no archive; None when they are too many, or not known."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {week.name}")  # noqa: S608  our own words
        (there,) = cursor.fetchone()
        if there == archived:
            return []
        if not 0 < there - archived <= MOST_MOVED:
            return None
        where, values = bounds.where()
        cursor.execute(
            f"SELECT id FROM {week.name} "  # noqa: S608  our own words
            f"WHERE NOT ({where}) OR (txid, id) > (%s::text::xid8, %s::uuid) LIMIT %s",
            [*values, str(behind.major), behind.minor, MOST_MOVED + 1],
        )
        stay = [pk for (pk,) in cursor.fetchall()]
    return stay if there == archived + len(stay) else None
