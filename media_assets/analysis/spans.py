"""Stretches of a video that should not be shown, or not whole: black, frozen, with bars around."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.picture import Sample
from media_assets.analysis.rows import Rows
from media_assets.analysis.subjects import NO_BARS

BLACK_MEAN, BLACK_CONTRAST = 18.0, 9.0
FROZEN_DIFFERENCE = 0.06  # of brightness between two frames; grain and compression make more
LEAST_MS = {"black": 80, "frozen": 700, "letterbox": 1000, "pillarbox": 1000}
LEAST_BAR = 0.015  # of the height or width; both sides have one
BARS_APART = 0.02


@dataclass(frozen=True)
class Span:
    """A stretch [start_ms, end_ms). kind: black, frozen, letterbox (bars above and below), pillarbox
    (left and right). size: of the thinnest of the bars on both sides, as a share; else 0."""

    kind: str
    start_ms: int
    end_ms: int
    size: float = 0.0


def spans_of(frames: Columns, samples: Rows[Sample], end_ms: int) -> list[Span]:
    """All of them, in time order."""
    times = np.append(np.round(frames["at_us"] / 1000), end_ms).astype(np.int64)
    black = (frames["mean"] < BLACK_MEAN) & (frames["contrast"] < BLACK_CONTRAST)
    still = frames["difference"] < FROZEN_DIFFERENCE
    still[:1] = False  # has nothing before it
    found = _runs("black", black, times)
    # The first frame of a still picture is no repetition, but belongs to it.
    found += _runs("frozen", (still | np.append(still[1:], False)) & ~black, times)
    for kind, sides in (("letterbox", (0, 1)), ("pillarbox", (2, 3))):
        found += _barred(kind, sides, samples, end_ms)
    return sorted(found, key=lambda span: (span.start_ms, span.kind))


def _runs(kind: str, flags: npt.NDArray[Any], times: npt.NDArray[np.int64]) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [
        Span(kind, int(times[begin]), int(times[end]))
        for begin, end in edges.reshape(-1, 2)
        if times[end] - times[begin] >= LEAST_MS[kind]
    ]


def _barred(kind: str, sides: tuple[int, int], samples: Rows[Sample], end_ms: int) -> list[Span]:
    """Samples in a row with bars on both sides; too dark ones change nothing."""
    found: list[Span] = []
    begun: int | None = None
    sizes: list[float] = []
    told = zip(samples.values("at_ms"), samples.values("bars"), strict=True)
    for at_ms, bars in itertools.chain(told, [(end_ms, NO_BARS)]):
        if bars is None:
            continue
        one, other = (bars[side] for side in sides)
        size = min(one, other) if abs(one - other) <= BARS_APART else 0.0
        if size >= LEAST_BAR:
            begun = at_ms if begun is None else begun
            sizes.append(size)
        elif begun is not None:
            if at_ms - begun >= LEAST_MS[kind]:
                found.append(Span(kind, begun, at_ms, round(float(np.min(sizes)), 4)))
            begun, sizes = None, []
    return found
