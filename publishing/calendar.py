"""A month or a week of posts, as the clocks of one zone show them."""

import zoneinfo
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from publishing import queries
from publishing.models import Publication, SocialAccount
from publishing.services import slots

MOVABLE = (
    Publication.Status.DRAFT,
    Publication.Status.AWAITING,
    Publication.Status.SCHEDULED,
    Publication.Status.MISSED,
)
COLOURS = 8  # that the style sheet has
MOST_SHOWN = 1000
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Entry:
    """A post on the calendar. local: by the calendar's clocks; its_own: by those of its account."""

    publication: Publication
    local: datetime
    its_own: datetime
    colour: int
    movable: bool

    @property
    def clock(self) -> str:
        """`18:30` (a template would show the time of the server's zone)."""
        return f"{self.local:%H:%M}"

    @property
    def elsewhere(self) -> str:
        """What the account's own clocks show, where that is another time; else empty."""
        same = self.its_own.replace(tzinfo=None) == self.local.replace(tzinfo=None)
        return "" if same else f"{self.its_own:%a %H:%M}"


@dataclass(frozen=True)
class FreeSlot:
    """A slot that nothing has yet."""

    account: SocialAccount
    local: datetime
    colour: int

    @property
    def clock(self) -> str:
        """`18:30`."""
        return f"{self.local:%H:%M}"


@dataclass
class Cell:
    """A day, or an hour of one."""

    day: date
    hour: int | None = None
    entries: list[Entry] = field(default_factory=list)
    free: list[FreeSlot] = field(default_factory=list)


@dataclass(frozen=True)
class Calendar:
    """What a page shows. rows: weeks of days, or hours of a week; each row has seven cells."""

    first: date
    last: date
    days: list[date]
    rows: list[list[Cell]]
    accounts: list[tuple[SocialAccount, int]]
    left_out: int


def month_of(day: date) -> tuple[date, date]:
    """The days that a page of this month shows: whole weeks, both ends included."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - _DAY
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + _WEEK - _DAY


def usual_zone() -> str:
    """The zone that most accounts have."""
    zones = Counter(queries.plan_of(each).zone for each in _accounts())
    return zones.most_common(1)[0][0] if zones else "UTC"


def calendar_of(first: date, last: date, zone: zoneinfo.ZoneInfo, *, by_hour: bool) -> Calendar:
    """The posts and free slots from the first to the last day (both included)."""
    accounts = _accounts()
    colour = {account.pk: number % COLOURS for number, account in enumerate(accounts)}
    begin, end = _midnight(first, zone), _midnight(last + _DAY, zone)
    rows = list(queries.on_the_calendar(begin, end)[: MOST_SHOWN + 1])
    cells = {
        (day, hour): Cell(day, hour)
        for day in _days(first, last)
        for hour in (range(24) if by_hour else [None])
    }
    for row in rows[:MOST_SHOWN]:
        at = row.published_at or row.scheduled_at
        if at is None:
            continue
        local = at.astimezone(zone)
        entry = Entry(
            row,
            local,
            queries.local_time(row.social_account, at),
            colour.get(row.social_account_id, 0),
            row.status in MOVABLE,
        )
        cells[local.date(), local.hour if by_hour else None].entries.append(entry)
    for account in accounts:
        for free in _free(account, rows, begin, end):
            local = free.astimezone(zone)
            there = cells[local.date(), local.hour if by_hour else None]
            there.free.append(FreeSlot(account, local, colour[account.pk]))
    days = list(_days(first, last))
    hours = [[cells[day, hour] for day in days] for hour in range(24)] if by_hour else []
    weeks = [
        [cells[day, None] for day in days[n : n + 7]] for n in range(0, len(days), 7) if not by_hour
    ]
    return Calendar(
        first=first,
        last=last,
        days=days[:7],
        rows=hours or weeks,
        accounts=[(account, colour[account.pk]) for account in accounts],
        left_out=max(len(rows) - MOST_SHOWN, 0),
    )


def _accounts() -> list[SocialAccount]:
    accounts = SocialAccount.objects.select_related("plan").order_by("platform", "handle", "id")
    return list(accounts.exclude(status=SocialAccount.Status.DISCONNECTED))


def _free(
    account: SocialAccount, rows: Iterable[Publication], begin: datetime, end: datetime
) -> list[datetime]:
    """Slots ahead of us that nothing on the page has."""
    others = [
        row
        for row in rows
        if row.social_account_id == account.pk and row.scheduled_at and row.status in queries.PLACED
    ]
    others.sort(key=lambda row: (row.scheduled_at, row.pk))
    after = max(begin, timezone.now())
    places = slots.places_among(account, others, now=after, until=end - timedelta(microseconds=1))
    return [place.at for place in places if place.taken_by is None]


def _midnight(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """The first moment of the day; where the clocks skip midnight, the first that there is."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
