"""Rate budgets: of what is rationed, all workers together use no more than there is.

A platform allows an account so many calls an hour, an endpoint so many a second. Whoever is about to
use a unit takes it here first. In no stretch of `per_s` seconds, wherever it begins, more than `limit`
units are taken, by however many processes and hosts: a take locks the budget's row, counts what was
taken within the last `per_s`, and commits before it answers.
"""

import fnmatch
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from jobs.errors import BudgetTooSmall, UnknownBudget
from jobs.models import BudgetUse, RateBudget
from jobs.registry import Snooze
from ledger.context import current

SHORTEST_S = 0.001


@dataclass(frozen=True)
class Budget:
    """limit units in any stretch of per_s seconds, and at least gap_s between two takes."""

    limit: int
    per_s: float
    gap_s: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for numbers that make no budget."""
        if (
            self.limit < 1
            or not SHORTEST_S <= self.per_s < math.inf
            or not 0 <= self.gap_s < math.inf
        ):
            raise ValueError(f"{self} can never be used")


# --- Which budgets there are ----------------------------------------------------------------------

BUDGETS: dict[str, Budget] = {}


def budget(pattern: str, *, limit: int, per_s: float, gap_s: float = 0.0) -> Budget:
    """Declare the budget of the keys that match (`instagram:*:publish`). JOB_BUDGETS goes first."""
    if pattern in BUDGETS:
        raise ValueError(f"the budget {pattern} is declared twice")
    BUDGETS[pattern] = Budget(limit, per_s, gap_s)
    return BUDGETS[pattern]


def budget_of(key: str) -> Budget:
    """What is declared for this key: by its very name, else by the longest pattern that matches it.

    What JOB_BUDGETS says of a pattern goes before what the code says. Raises UnknownBudget.
    """
    declared = declared_budgets()
    if key in declared:
        return declared[key]
    fitting = [pattern for pattern in declared if fnmatch.fnmatchcase(key, pattern)]
    if not fitting:
        raise UnknownBudget(f"Nothing says how much of {key!r} may be used.", key=key)
    return declared[max(fitting, key=len)]


def declared_budgets() -> dict[str, Budget]:
    """pattern → budget, of the code and of JOB_BUDGETS. Raises TypeError, ValueError."""
    told: Mapping[str, Mapping[str, Any]] = settings.JOB_BUDGETS
    return BUDGETS | {pattern: Budget(**numbers) for pattern, numbers in told.items()}


# --- Using them -----------------------------------------------------------------------------------


def take(
    key: str,
    *,
    limit: int,
    per_s: float,
    cost: int = 1,
    gap_s: float = 0.0,
    by: str | None = None,
    now: datetime | None = None,
) -> float:
    """Take `cost` units. 0.0: they are yours; else nothing was taken, and the seconds to wait.

    by: who takes, for a refund; the job in hand when left out. now: for tests; else the clock of the
    database server, which all hosts share (SQLite: of this machine), read when it is our turn.
    Commits before it answers: raises RuntimeError inside a transaction, whose rollback would take
    the use out of the count after it happened. Raises BudgetTooSmall when cost exceeds limit.
    """
    wanted = Budget(limit, per_s, gap_s)
    if not 0 < cost <= limit:
        raise BudgetTooSmall(f"{cost} of {key} is never to be had: there are {limit}.", key=key)
    if wait_s := _plainly_used_up(key, wanted, cost, now):
        return wait_s
    with _locked(key, wanted) as row:
        at = now or _now()
        if row.last_at is not None and row.last_at > at:
            _clock_went_back(row, at)
        wait_s = _wait_s(row, wanted, cost, at)
        if wait_s > 0:
            return wait_s
        until = at + timedelta(seconds=per_s)
        row.uses.filter(until__lte=at).delete()
        row.uses.create(at=at, until=until, cost=cost, by=_by(by))
        _save(row, wanted, last_at=at)
    return 0.0


def wait_for(key: str, *, cost: int = 1, now: datetime | None = None) -> Snooze | None:
    """Take from the declared budget of this key. None: taken; else what a handler may answer.

    `if snooze := wait_for("instagram:42:publish"): return snooze`. Raises UnknownBudget.
    """
    wanted = budget_of(key)
    wait_s = take(
        key, limit=wanted.limit, per_s=wanted.per_s, gap_s=wanted.gap_s, cost=cost, now=now
    )
    if not wait_s:
        return None
    return Snooze(wait_s, f"The budget {key} is used up; it is free again in {wait_s:.1f} s.")


def refund(key: str, *, cost: int = 1, by: str | None = None, now: datetime | None = None) -> int:
    """Give back units that were taken and not used; how many that were.

    Only what the same `by` took and what still counts. The oldest of it goes first, so that what
    stays in the count never ends earlier than what was really used.
    """
    if _row(key) is None:
        return 0
    missing = cost
    with _locked(key) as row:
        at = now or _now()
        for use in row.uses.filter(by=_by(by), told=False, until__gt=at).order_by("until", "pk"):
            given = min(missing, use.cost)
            if given == use.cost:
                use.delete()
            else:
                use.cost -= given
                use.save(update_fields=["cost"])
            missing -= given
            if not missing:
                break
    return cost - missing


def correct(
    key: str,
    *,
    used: int | None = None,
    left: int | None = None,
    resets_at: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """Believe what the platform's headers say: how much is used, or how much is left.

    What is used beyond what we took ourselves counts until resets_at (else for one window); each
    word takes the place of the one before. Our own takes always count, since a platform may not
    have seen the latest yet. Raises UnknownBudget for a key neither taken from nor declared.
    """
    if (used is None) == (left is None):
        raise ValueError("say either used or left")
    wanted = _numbers_of(key)
    with _locked(key, wanted) as row:
        at = now or _now()
        until = at + timedelta(seconds=wanted.per_s) if resets_at is None else resets_at
        row.uses.filter(told=True).delete()
        said = wanted.limit - left if left is not None else used or 0
        by_others = said - _sum(_counting(row, at))
        if by_others > 0 and until > at:
            row.uses.create(at=at, until=until, cost=by_others, told=True)


def left(key: str, *, now: datetime | None = None) -> int:
    """Units that can be taken now, the gap aside; never below 0. Raises UnknownBudget."""
    row, wanted = _row(key), _numbers_of(key)
    used = _sum(_counting(row, now or _now())) if row else 0
    return max(wanted.limit - used, 0)


@dataclass(frozen=True)
class BudgetShown:
    """How a key stands. wait_s: until one unit can be taken; 0.0 when it can be taken now."""

    key: str
    limit: int
    per_s: float
    gap_s: float
    used: int
    left: int
    wait_s: float
    next_free_at: datetime | None


def budgets_shown(rows: Iterable[RateBudget], *, now: datetime | None = None) -> list[BudgetShown]:
    """How these keys stand, in their order. Two queries, whatever their number."""
    at, rows = now or _now(), list(rows)
    counting = BudgetUse.objects.filter(budget__in=rows, until__gt=at)
    used: dict[Any, int] = dict(counting.order_by().values_list("budget").annotate(sum=Sum("cost")))
    full = [row for row in rows if used.get(row.pk, 0) >= row.limit]
    ending: dict[Any, list[tuple[datetime, int]]] = defaultdict(list)
    for pk, until, cost in counting.filter(budget__in=full).values_list("budget", "until", "cost"):
        ending[pk].append((until, cost))
    return [_shown(row, used.get(row.pk, 0), sorted(ending[row.pk]), at) for row in rows]


def _shown(
    row: RateBudget, used: int, ending: list[tuple[datetime, int]], at: datetime
) -> BudgetShown:
    free_at = _free_at(row, row.gap_s, used + 1 - row.limit, ending, at)
    return BudgetShown(
        key=row.key,
        limit=row.limit,
        per_s=row.per_s,
        gap_s=row.gap_s,
        used=used,
        left=max(row.limit - used, 0),
        wait_s=(free_at - at).total_seconds(),
        next_free_at=free_at if free_at > at else None,
    )


def forget_ended_uses(*, now: datetime | None = None) -> int:
    """Delete uses that count no longer, also of keys that nobody takes from; how many."""
    return BudgetUse.objects.filter(until__lte=now or _now()).delete()[0]


# --- How ------------------------------------------------------------------------------------------


@contextmanager
def _locked(key: str, wanted: Budget | None = None) -> Iterator[RateBudget]:
    """The row of this key, ours alone until the block has committed; made where wanted."""
    if wanted is not None and _row(key) is None:
        RateBudget.objects.bulk_create(
            [RateBudget(key=key, limit=wanted.limit, per_s=wanted.per_s, gap_s=wanted.gap_s)],
            ignore_conflicts=True,
        )
    # On SQLite BEGIN IMMEDIATE makes us the only writer.
    with transaction.atomic(durable=True):
        yield RateBudget.objects.select_for_update().get(key=key)


def _row(key: str) -> RateBudget | None:
    return RateBudget.objects.filter(key=key).first()


def _numbers_of(key: str) -> Budget:
    """What the last take said, else what is declared. Raises UnknownBudget."""
    row = _row(key)
    return budget_of(key) if row is None else Budget(row.limit, row.per_s, row.gap_s)


def _plainly_used_up(key: str, wanted: Budget, cost: int, now: datetime | None) -> float:
    """Seconds to wait, as far as can be seen without the lock, so that who waits holds up nobody."""
    row, at = _row(key), now or _now()
    if row is None or (row.last_at is not None and row.last_at > at):
        return 0.0
    return _wait_s(row, wanted, cost, at)


def _wait_s(row: RateBudget, wanted: Budget, cost: int, at: datetime) -> float:
    """Seconds until the units can be had; 0.0: now."""
    counting = _counting(row, at)
    too_many = _sum(counting) + cost - wanted.limit
    ending = counting.order_by("until").values_list("until", "cost").iterator()
    return (_free_at(row, wanted.gap_s, too_many, ending, at) - at).total_seconds()


def _free_at(
    row: RateBudget,
    gap_s: float,
    too_many: int,
    ending: Iterable[tuple[datetime, int]],
    at: datetime,
) -> datetime:
    """When the gap is over and so many of the uses (until, cost), in order, count no longer."""
    free_at = at
    if row.last_at is not None and gap_s:
        free_at = max(free_at, row.last_at + timedelta(seconds=gap_s))
    if too_many <= 0:
        return free_at
    for until, cost in ending:
        too_many -= cost
        if too_many <= 0:
            return max(free_at, until)
    return free_at


def _counting(row: RateBudget, at: datetime) -> QuerySet[BudgetUse]:
    return row.uses.filter(until__gt=at)


def _sum(uses: QuerySet[BudgetUse]) -> int:
    return uses.aggregate(sum=Sum("cost"))["sum"] or 0


def _clock_went_back(row: RateBudget, at: datetime) -> None:
    """Count what was taken in a future that will come again as taken now, for its whole window.

    Else a clock that was wrong by a year would close the budget for a year.
    """
    for use in row.uses.filter(at__gt=at, told=False):
        use.at, use.until = at, at + (use.until - use.at)
        use.save(update_fields=["at", "until"])
    row.last_at = at
    row.save(update_fields=["last_at"])


def _save(row: RateBudget, wanted: Budget, *, last_at: datetime) -> None:
    row.limit, row.per_s, row.gap_s = wanted.limit, wanted.per_s, wanted.gap_s
    row.last_at = last_at
    row.save()


def _by(by: str | None) -> str:
    return str(current().job_id or "") if by is None else by


def _now() -> datetime:
    """The clock that everybody who uses this database shares."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment.astimezone(UTC)
