"""Finding a time: the next slot of an account that no other post has."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from publishing import queries
from publishing.clocks import slot_moments
from publishing.errors import NoFreeSlot
from publishing.models import Publication, SocialAccount

# Looked through one after another: nearly always the first is enough.
HORIZONS = (timedelta(days=15), timedelta(days=92), timedelta(days=365))


@dataclass(frozen=True)
class Place:
    """A slot on a day. taken_by: the publication that has it, None where it is free."""

    at: datetime
    taken_by: Publication | None


def take_slot(
    account: SocialAccount, *, but: Publication | None = None, now: datetime | None = None
) -> datetime:
    """The next free slot; nobody else gets it before the caller's transaction ends.

    but: a publication whose own time does not count as taken. Raises NoFreeSlot.
    """
    queries.hold_account(account)
    now = now or timezone.now()
    for horizon in HORIZONS:
        for place in slots_ahead(account, now=now, until=now + horizon, but=but):
            if place.taken_by is None:
                return place.at
    has_slots = bool(queries.plan_of(account).slots)
    raise NoFreeSlot(
        f"{account} has no free slot within a year. Choose a time."
        if has_slots
        else f"{account} has no slots. Add some to its plan, or choose a time.",
        account_id=str(account.pk),
    )


def next_gap(account: SocialAccount, *, but: Publication, now: datetime | None = None) -> datetime:
    """The first moment from now on that lies the plan's gap away from every other post.

    Those that have left count, and those that have a time ahead. For callers that hold the account.
    """
    now = now or timezone.now()
    gap = timedelta(minutes=queries.plan_of(account).gap_min)
    ahead = queries.placed_between(account, now, now + HORIZONS[-1]).exclude(pk=but.pk)
    waiting = ahead.filter(status=Publication.Status.SCHEDULED)
    times = [
        *waiting.values_list("scheduled_at", flat=True),
        *queries.left_since(account, now - gap),
    ]
    at = now
    for other in sorted(time for time in times if time is not None):
        if other >= at + gap:
            break
        at = max(at, other + gap)
    return at


def slots_ahead(
    account: SocialAccount, *, now: datetime, until: datetime, but: Publication | None = None
) -> list[Place]:
    """The slots with now < slot <= until, in time order, and who has them.

    A slot is taken when a post of the account lies nearer to it than the plan's gap.
    """
    gap = _gap(account)
    placed = queries.placed_between(account, now - gap, until + gap)
    if but is not None:
        placed = placed.exclude(pk=but.pk)
    return places_among(account, list(placed), now=now, until=until)


def places_among(
    account: SocialAccount, others: list[Publication], *, now: datetime, until: datetime
) -> list[Place]:
    """As slots_ahead, for who has read the account's placed publications (in time order) already."""
    plan, gap = queries.plan_of(account), _gap(account)
    moments = slot_moments(queries.slots_of(plan), queries.zone_of(plan), after=now, until=until)
    times = [each.scheduled_at for each in others]
    return [Place(at, _nearest(at, others, times, gap)) for at in moments]


def _gap(account: SocialAccount) -> timedelta:
    return timedelta(minutes=max(queries.plan_of(account).gap_min, 1))


def _nearest(
    at: datetime, others: list[Publication], times: list[datetime | None], gap: timedelta
) -> Publication | None:
    """Of these, which are in time order, one that lies nearer than the gap."""
    index = bisect_left(times, at - gap + timedelta(microseconds=1))  # type: ignore[type-var]  # placed ones have a time
    if index < len(others) and times[index] < at + gap:  # type: ignore[operator]  # as above
        return others[index]
    return None
