"""Queues as claims see them: which there are, how each is to be treated, what is best in each.

What claims read here costs the same whatever the table holds: each look goes through an index that
knows only what waits.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from jobs.models import Job, JobQueue
from jobs.registry import queues
from stakazo.core.rows import select_row

LATER_LOOKED_AT = 100  # of the waits that are over, so many are weighed by priority
NAMES_HOLD_S = 60.0


@dataclass(frozen=True)
class QueueRule:
    """How a queue is to be treated now. Limits: jobs at once; None: none of its own."""

    name: str
    status: str = JobQueue.Status.RUNNING
    drain_before: datetime | None = None
    host_limit: int | None = None
    total_limit: int | None = None


@dataclass(frozen=True, order=True)
class Candidate:
    """The best of one queue: `later` says whether it had to wait for its time."""

    rank: tuple[Any, ...]
    queue: str
    later: bool


def queue_rules(*, only: str = "") -> dict[str, QueueRule]:
    """The rule of every queue, or of one. One query."""
    limits = settings.JOB_QUEUE_LIMITS
    names = {only} if only else queue_names()
    rules = {name: QueueRule(name, host_limit=limits.get(name)) for name in names}
    fields = ("name", "status", "drain_before", "host_limit", "total_limit")
    for name, status, drain_before, host_limit, total_limit in JobQueue.objects.values_list(
        *fields
    ):
        if name in rules:
            host_limit = limits.get(name) if host_limit is None else host_limit
            rules[name] = QueueRule(name, status, drain_before, host_limit, total_limit)
    return rules


class _Names:
    """Queues of jobs whose type has moved to another queue, or is gone; looked for now and then."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.until = 0.0
        self.lock = threading.Lock()


_names = _Names()


def queue_names() -> set[str]:
    """The queues of the dispatch table, and those in which a job still waits."""
    with _names.lock:
        if time.monotonic() >= _names.until:
            waiting = Job.objects.order_by().filter(status__in=Job.WAITING)
            _names.seen = set(waiting.values_list("queue", flat=True).distinct())
            _names.until = time.monotonic() + NAMES_HOLD_S
        return _names.seen | queues()


def best_of(rule: QueueRule, *, later: bool, by_age: bool, now: datetime) -> Job | None:
    """The best that waits in a queue and that nobody else is about to take; ours until we commit.

    later: of what had to wait for its time. One query; on SQLite the transaction is the lock.
    """
    before = [_adapted(rule.drain_before)] if _drains(rule) else []
    tail = _best_sql(later, _drains(rule), by_age, connection.vendor)
    return select_row(Job, tail, [rule.name, *([_adapted(now)] if later else []), *before])


def candidates(rules: Sequence[QueueRule], *, now: datetime, by_age: bool) -> list[Candidate]:
    """The best of what waits in each of these queues, best first. One query."""
    if not rules:
        return []
    sql, parameters = (
        _candidates_by_lateral(rules, now, by_age)
        if connection.vendor == "postgresql"
        else _candidates_by_union(rules, now, by_age)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return sorted(
        Candidate((run_at,) if by_age else (-priority, run_at), name, bool(later))
        for name, later, priority, run_at in rows
    )


def _candidates_by_union(
    rules: Sequence[QueueRule], now: datetime, by_age: bool
) -> tuple[str, list[Any]]:
    parameters: list[Any] = []
    for rule in rules:
        before = [_adapted(rule.drain_before)] if _drains(rule) else []
        parameters += [rule.name, *before, rule.name, _adapted(now), *before]
    return _candidates_sql(tuple(map(_drains, rules)), by_age), parameters


def _candidates_by_lateral(
    rules: Sequence[QueueRule], now: datetime, by_age: bool
) -> tuple[str, list[Any]]:
    names = [rule.name for rule in rules]
    befores = [rule.drain_before if _drains(rule) else None for rule in rules]
    return _lateral_sql(by_age), [names, befores, now]


def _drains(rule: QueueRule) -> bool:
    return rule.status == JobQueue.Status.DRAINING


def _adapted(at: datetime | None) -> Any:
    """A time as statements of this database take it."""
    return connection.ops.adapt_datetimefield_value(at)


# The conditions of all four are spelled as in the indexes of Job.
_READY = """
SELECT queue, 0 AS later, priority, run_at, id FROM jobs
WHERE queue = %s AND status = 'pending' AND after_left = 0 {gate}
ORDER BY {order} LIMIT 1
"""
_LATER = """
SELECT queue, 1 AS later, priority, run_at, id FROM jobs
WHERE queue = %s AND status IN ('scheduled', 'retry') AND after_left = 0 AND run_at <= %s {gate}
ORDER BY run_at LIMIT {looked_at}
"""
_BEST_READY = """
WHERE queue = %s AND status = 'pending' AND after_left = 0 {gate}
ORDER BY {order} LIMIT 1 {lock}
"""
_BEST_LATER = """
WHERE id IN (SELECT id FROM ({later}) AS oldest)
    AND status IN ('scheduled', 'retry') AND after_left = 0
ORDER BY {order} LIMIT 1 {lock}
"""
_GATE = "AND created_at <= %s"


# The same for PostgreSQL, which plans each statement anew: two looks however many queues there are,
# in a seventh of the time.
_LATERAL = """
SELECT queue, later, priority, run_at
FROM unnest(%s::text[], %s::timestamptz[]) AS open (name, before), LATERAL (
    SELECT * FROM (
        SELECT queue, 0 AS later, priority, run_at, id FROM jobs
        WHERE queue = open.name AND status = 'pending' AND after_left = 0
            AND (open.before IS NULL OR created_at <= open.before)
        ORDER BY {order} LIMIT 1
    ) AS ready
    UNION ALL
    SELECT * FROM (
        SELECT * FROM (
            SELECT queue, 1 AS later, priority, run_at, id FROM jobs
            WHERE queue = open.name AND status IN ('scheduled', 'retry') AND after_left = 0
                AND run_at <= %s AND (open.before IS NULL OR created_at <= open.before)
            ORDER BY run_at LIMIT {looked_at}
        ) AS oldest ORDER BY {order} LIMIT 1
    ) AS over
) AS best
"""


@lru_cache(maxsize=2)
def _lateral_sql(by_age: bool) -> str:
    return _LATERAL.format(order=_order(by_age), looked_at=LATER_LOOKED_AT)


@lru_cache(maxsize=64)
def _candidates_sql(draining: tuple[bool, ...], by_age: bool) -> str:
    """Two single rows for each queue."""
    parts = []
    for drains in draining:
        ready = _READY.format(gate=_GATE if drains else "", order=_order(by_age))
        parts += [
            f"SELECT * FROM ({ready}) AS ready",  # noqa: S608  made of what stands above
            f"SELECT * FROM (SELECT * FROM ({_later_sql(drains)}) AS oldest"  # noqa: S608
            f" ORDER BY {_order(by_age)} LIMIT 1) AS over",
        ]
    return f"SELECT queue, later, priority, run_at FROM ({' UNION ALL '.join(parts)}) AS best"  # noqa: S608


@lru_cache(maxsize=16)
def _best_sql(later: bool, drains: bool, by_age: bool, vendor: str) -> str:
    lock = "FOR UPDATE SKIP LOCKED" if vendor == "postgresql" else ""
    if later:
        return _BEST_LATER.format(later=_later_sql(drains), order=_order(by_age), lock=lock)
    return _BEST_READY.format(gate=_GATE if drains else "", order=_order(by_age), lock=lock)


def _later_sql(drains: bool) -> str:
    return _LATER.format(gate=_GATE if drains else "", looked_at=LATER_LOOKED_AT)


def _order(by_age: bool) -> str:
    return "run_at, id" if by_age else "priority DESC, run_at, id"
