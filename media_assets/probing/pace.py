"""How the pictures of a file follow each other, and how long they last."""

import contextlib
import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from media_assets.probing.frames import seek
from media_assets.probing.refused import Refused

_SAMPLED_PACKETS = 240  # from which rates and evenness of time are read
_FEW = 24  # pictures from which no rate is told
_REORDERED = 32  # pictures that may still be missing at the end of a sample, in decoding order


class Pace:
    """How the first pictures follow each other."""

    def __init__(self, times_s: list[float]) -> None:
        gaps = sorted(b - a for a, b in itertools.pairwise(times_s) if b > a)
        self.gap_s = gaps[len(gaps) // 2] if gaps else 0.0
        self.fps = len(gaps) / sum(gaps) if gaps else 0.0
        # Files count in ticks, often of a millisecond: 41, 42, 42 is even.
        tolerance = max(0.15 * self.gap_s, 0.0015)
        self.uneven = any(abs(gap - self.gap_s) > tolerance for gap in gaps)


def pace_of(container: Any, stream: Any) -> Pace:
    """How the first pictures follow each other."""
    if not seek(container, stream, stream.start_time or 0):
        return Pace([])
    packets = itertools.islice(container.demux(stream), _SAMPLED_PACKETS)
    times = sorted({packet.pts for packet in packets if packet.pts is not None})
    if len(times) > _SAMPLED_PACKETS - _REORDERED:
        times = times[:-_REORDERED]
    return Pace([float(pts * stream.time_base) for pts in times])


def fps_of(stream: Any, pace: Pace) -> float:
    """Average frames per second: as the header says, or as measured where it cannot be right."""
    said = float(stream.average_rate or 0)
    if said <= 0 or (pace.fps and not pace.uneven and not 0.5 < said / pace.fps < 2):
        said = pace.fps or said
    return said or 1.0


def ms_of(ticks: int | None, time_base: Fraction | None) -> int | None:
    """Ticks as whole milliseconds, rounded down."""
    return None if ticks is None or time_base is None else math.floor(ticks * time_base * 1000)


def header_ms_of(container: Any) -> int | None:
    """The longest length that the header claims anywhere."""
    claims = [container.duration / 1000] if container.duration else []
    claims += [ms for each in container.streams if (ms := ms_of(each.duration, each.time_base))]
    return math.floor(max(claims)) if claims else None


@dataclass(frozen=True)
class Length:
    """How long the picture lasts, and how many frames a second it has near its end."""

    duration_ms: int
    fps_at_end: float


def length_of(container: Any, stream: Any, header_ms: int | None, pace: Pace) -> Length:
    """Until the last frame has been shown, read from its packets. Raises Refused when that is no time."""
    start = stream.start_time or 0
    own_ms = ms_of(stream.duration, stream.time_base) or header_ms or 0
    near_end = start + int(max(own_ms - 2_000, 0) / 1000 / stream.time_base)
    if not seek(container, stream, near_end):
        seek(container, stream, start)
    first, end, shown = _read_on(container, stream, int(pace.gap_s / stream.time_base))
    duration = ms_of(None if end is None else end - start, stream.time_base)
    if end is None or first is None or not duration or duration <= 0:
        raise Refused("media.undecodable", "The video has no length: it is a single picture.")
    span_s = float((end - first) * stream.time_base)
    return Length(duration, shown / span_s if shown > _FEW and span_s > 0 else 0.0)


def _read_on(container: Any, stream: Any, default_gap: int) -> tuple[int | None, int | None, int]:
    """When the pictures from here on begin and end, in ticks of the stream, and how many are shown."""
    first: int | None = None
    end: int | None = None
    shown = 0
    with contextlib.suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            first = packet.pts if first is None else min(first, packet.pts)
            end = max(end or 0, packet.pts + (packet.duration or default_gap))
            shown += not packet.is_discard
    return first, end, shown
