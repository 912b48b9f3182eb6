"""Times of a zone's clocks, and the moments that they mean. Pure.

Twice a year most clocks jump. In spring an hour is skipped (a gap): its times mean no moment. In
autumn an hour comes twice (a fold): its times mean two. For a time that somebody writes, a gap is
refused and a fold means the first of the two. A weekly slot goes out once a week all the same: in a
gap as long after it as the slot lies in it (RFC 5545, 3.3.5), in a fold at the first of the two.
"""

import functools
import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from stakazo.core.errors import InvalidInput

_DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, order=True)
class Slot:
    """A time of each week. weekday: 1 (Monday) to 7; at: of the zone's clocks, whole minutes."""

    weekday: int
    at: time

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday - 1]} {self.at:%H:%M}"


@functools.cache
def zone_names() -> tuple[str, ...]:
    """The IANA names that this machine knows, in order."""
    return tuple(sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"}))


def zone_called(name: str) -> zoneinfo.ZoneInfo:
    """The zone. Raises InvalidInput for a name that is none."""
    if name not in zone_names():
        raise InvalidInput(
            f"There is no time zone called {name[:64]!r}. Use an IANA name, such as Europe/Madrid.",
            zone=name[:64],
        )
    return zoneinfo.ZoneInfo(name)


def moment_of(local: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The moment (UTC) at which the zone's clocks show this time (naive).

    Raises InvalidInput for a time that they skip. Of two moments the first; `fold=1`: the second.
    """
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    if shown != local.replace(fold=0):
        raise InvalidInput(
            f"The clocks of {zone.key} skip {local:%Y-%m-%d %H:%M}: they go from before it to "
            f"{shown:%H:%M}. Choose another time.",
            local_time=local.isoformat(),
            zone=zone.key,
        )
    return moment


def slot_moments(
    slots: Iterable[Slot], zone: zoneinfo.ZoneInfo, *, after: datetime, until: datetime
) -> list[datetime]:
    """The moments (UTC) of these slots with after < moment <= until, in time order, each once."""
    by_weekday: dict[int, list[time]] = {}
    for slot in slots:
        by_weekday.setdefault(slot.weekday, []).append(slot.at)
    found = set()
    # A day more on either side: a zone may have skipped a whole one.
    day = after.astimezone(zone).date() - _DAY
    last = until.astimezone(zone).date() + _DAY
    while day <= last:
        for at in by_weekday.get(day.isoweekday(), ()):
            # fold=0 is what the docstring above says: the first of two, and the offset from before
            # a gap, which leads as far behind it as the slot lies in it.
            found.add(datetime.combine(day, at, tzinfo=zone).astimezone(UTC))
        day += _DAY
    return sorted(moment for moment in found if after < moment <= until)


_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def clock_time(text: str) -> time:
    """`18:30` as a time. Raises InvalidInput."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(f"{text[:20]!r} is no time of the day. Write it like 18:30.")
    return time(int(found[1]), int(found[2]))
