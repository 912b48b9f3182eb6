"""How the chain, a trail and durations look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString

from ledger.admin.links import object_link
from ledger.models import LedgerEvent
from ledger.registry import EVENT_TYPES
from ledger.sealing.keys import known_keys
from ledger.sealing.sealer import newest_seal, oldest_unsealed
from ledger.sealing.walk import seal_stands

THINNEST = 1.0
"""Percent of a road; a moment is still seen."""
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


@dataclass(frozen=True)
class ChainState:
    """How the chain stands, without looking at events. seal: the newest one's number, 0: none."""

    good: bool
    seal: int
    words: str


def chain_state(*, now: datetime | None = None) -> ChainState:
    """Whether the newest seal is right in itself, and how long events wait to be sealed."""
    now = now or timezone.now()
    seal, waiting = newest_seal(), oldest_unsealed()
    lag = (
        f"the oldest event waits {in_time(now - waiting.timestamp)}" if waiting else "nothing waits"
    )
    if seal is None:
        return ChainState(True, 0, f"No seal yet; {lag}.")
    if not seal_stands(seal, known_keys()):
        return ChainState(False, seal.number, f"Seal {seal.number} is broken.")
    ago = in_time(now - seal.sealed_at)
    return ChainState(True, seal.number, f"Seal {seal.number} is intact, {ago} old; {lag}.")


def in_time(span: timedelta) -> str:
    """40 ms, 3.2 s, 5 min 12 s, 3 h 5 min, 4 d 2 h."""
    if span < timedelta(seconds=1):
        return f"{max(span / timedelta(milliseconds=1), 0):.0f} ms"
    if span < timedelta(minutes=1):
        return f"{span.total_seconds():.1f} s"
    place = next(n for n, (size, _) in enumerate(_UNITS) if span >= size)
    size, unit = _UNITS[place]
    smaller, small_unit = (*_UNITS, (timedelta(seconds=1), "s"))[place + 1]
    whole, rest = divmod(span, size)
    return f"{whole} {unit} {rest // smaller} {small_unit}"


@dataclass(frozen=True)
class Line:
    """One event of a trail. gap: since the one before; at: since the first."""

    event: LedgerEvent
    sentence: str
    about: SafeString | str
    gap: str
    at: str


@dataclass(frozen=True)
class Step:
    """One kind of event on a road. took: from the first of the step before to the first of these.

    left, width: where it lies on the road, in percent.
    """

    event_type: str
    sentence: str
    severity: str
    count: int
    first: datetime
    took: str
    span: str
    left: float
    width: float


def lines_of(events: Iterable[LedgerEvent]) -> list[Line]:
    """The events, oldest first, with the time between them."""
    lines: list[Line] = []
    first = before = None
    for event in events:
        first, before = first or event.timestamp, before or event.timestamp
        lines.append(
            Line(
                event,
                sentence_of(event.event_type),
                object_link(event.entity_type, event.entity_id),
                in_time(event.timestamp - before) if lines else "",
                in_time(event.timestamp - first),
            )
        )
        before = event.timestamp
    return lines


def steps_of(events: Iterable[LedgerEvent]) -> list[Step]:
    """The kinds of events in the order in which they came, with how long the road took to each."""
    kinds: dict[str, list[LedgerEvent]] = {}
    for event in events:
        kinds.setdefault(event.event_type, []).append(event)
    if not kinds:
        return []
    begin = min(event.timestamp for some in kinds.values() for event in some)
    end = max(event.timestamp for some in kinds.values() for event in some)
    whole = (end - begin) or timedelta(seconds=1)
    steps: list[Step] = []
    for name, some in kinds.items():
        first, last = some[0].timestamp, some[-1].timestamp
        steps.append(
            Step(
                event_type=name,
                sentence=sentence_of(name),
                severity=max((event.severity for event in some), key=_RANK.index),
                count=len(some),
                first=first,
                took=in_time(first - steps[-1].first) if steps else "",
                span=in_time(last - first) if len(some) > 1 else "",
                left=round(min(max(100 * ((first - begin) / whole), 0), 100 - THINNEST), 2),
                width=round(max(100 * ((last - first) / whole), THINNEST), 2),
            )
        )
    return steps


_RANK = ["INFO", "WARN", "ERROR"]


def sentence_of(event_type: str) -> str:
    """What an event of this type means."""
    known = EVENT_TYPES.get(event_type)
    return known.sentence if known else ""
