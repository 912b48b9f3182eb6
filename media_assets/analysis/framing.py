"""Where to look: for each shot and format, a window over the picture that keeps the subject in it.

A window of the format's shape is best when it surely holds what matters. Where that is too wide, or
we are not sure where it is, the window grows: the picture gets smaller, over a blurred background,
down to the last of RULE.zooms, alike for all shots of a clip. A card of text is shown whole, however
small. Within a shot the window rests where one place will do, and else follows like a camera (see
`camera`). It jumps at cuts only.

Places are shares of the picture without its black bars; times are milliseconds from the start of
the clip.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from media_assets.analysis import bars as bars_of_film
from media_assets.analysis import camera, evidence
from media_assets.analysis.bars import bars_of_shots
from media_assets.analysis.camera import Path, follow, stay, ticks_of
from media_assets.analysis.evidence import Floats, subject_at
from media_assets.analysis.evidence import trust_in as trust_in
from media_assets.analysis.picture import Sample
from media_assets.analysis.subjects import Bars
from media_assets.analysis.watch import Seen, Shot
from media_assets.formats import FORMATS, RenderFormat

VERSION = 2


@dataclass(frozen=True)
class FramingRule:
    """Every number of the choice of windows."""

    zooms: tuple[float, ...] = (1.0, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6)
    enough: float = 0.85  # of the evidence in the window: it need not grow
    unserved: float = 0.25  # of the time of a clip its window may hold less than enough
    move_gain: float = 0.04  # of the evidence that moving must bring over resting
    centre_pull: float = 0.02
    head_pull: float = 0.5  # down the picture: heads are near the top, and losing one is worst
    head_room: float = 0.28  # of the room above and below the window, this much goes above
    lowest_row: float = 0.5  # of the height; lower windows cut off heads and feet
    most_are_cards: float = 0.5  # of the samples of a shot: it is a card of text, shown whole
    beside_letters: float = 0.03  # of the picture, on both sides
    same_shape: float = 0.01


RULE = FramingRule()


@dataclass(frozen=True)
class Area:
    """What of the picture is looked at: without bars, along one axis."""

    bars: Bars
    axis: str
    least: float  # window that has the format's shape
    whole: bool  # the area has that shape itself
    apart: bool  # the shapes are so far apart that the area is shown whole

    @property
    def edges(self) -> tuple[float, float]:
        """The bars before and after the area on the axis."""
        top, bottom, left, right = self.bars
        return (left, right) if self.axis == "x" else (top, bottom)


def area_for(width_px: int, height_px: int, bars: Bars, target: RenderFormat) -> Area:
    """How a format's shape lies in a picture with these bars."""
    top, bottom, left, right = bars
    ratio = width_px * (1 - left - right) / (height_px * (1 - top - bottom))
    axis = "x" if ratio > target.ratio else "y"
    least = target.ratio / ratio if axis == "x" else ratio / target.ratio
    return Area(
        bars=bars,
        axis=axis,
        least=min(least, 1.0),
        whole=abs(ratio / target.ratio - 1) < RULE.same_shape,
        apart=axis == "y" and least < RULE.lowest_row,
    )


def parameters() -> dict[str, Any]:
    """Every number that decides where windows go."""
    return {
        "version": VERSION,
        **asdict(RULE),
        "evidence": asdict(evidence.RULE),
        "camera": asdict(camera.RULE),
        "bars": asdict(bars_of_film.RULE),
    }


def frame_clip(
    seen: Seen, start_ms: int, end_ms: int, *, formats: Iterable[RenderFormat] = FORMATS.values()
) -> dict[str, Any]:
    """Framing of a span for these formats, as JSON data.

    {"version", "bars": [top, bottom, left, right] that all its shots have,
     "formats": {name: {"mode": "whole"} or {"mode": "windows", "segments": [segment…]}}}

    A segment is a shot: {"start_ms", "end_ms", "mode": "hold" | "track" | "fit", "bars", "axis",
    "window": share of the area, "zoom": share of the frame that shows picture, "keyframes":
    [[ms, centre, speed]…], "focus": [x, y], "sure": share of the evidence in the window, "by"}.
    """
    found = bars_of_shots(seen)
    shots = [
        (shot, bars)
        for shot, bars in zip(seen.shots, found, strict=True)
        if shot.end_ms > start_ms and shot.start_ms < end_ms
    ]
    common = np.min(np.array([bars for _, bars in shots]), axis=0) if shots else np.zeros(4)
    windows: dict[str, Any] = {}
    for target in formats:
        parts = [_part_of(seen, shot, bars, start_ms, end_ms, target) for shot, bars in shots]
        zoom = _zoom_for(parts)
        segments = [_segment(part, zoom, start_ms) for part in parts]
        whole = all(each["window"] == 1 and each["zoom"] == 1 for each in segments)
        plain = whole and not any(any(bars) for _, bars in shots)
        windows[target.name] = (
            {"mode": "whole"} if plain else {"mode": "windows", "segments": segments}
        )
    return {
        "version": VERSION,
        "bars": [round(float(bar), 4) for bar in common],
        "formats": windows,
    }


@dataclass(frozen=True)
class Part:
    """The part of a shot that is in the clip, and what of it a format looks at."""

    area: Area
    samples: list[Sample]
    times_ms: Any
    frame_ms: float

    @property
    def duration_ms(self) -> int:
        """Length."""
        return int(self.times_ms[-1] - self.times_ms[0])

    @cached_property
    def lines(self) -> Floats:
        """Where the subject is, on the axis of the window."""
        return subject_at(self.samples, self.times_ms, self.area.axis)

    @cached_property
    def card(self) -> tuple[float, float] | None:
        """The letters on the axis, if it is a card of text."""
        return _card_in(self.area, self.samples)

    @property
    def is_free(self) -> bool:
        """Whether the window may have the size of the other shots."""
        return not (self.area.whole or self.area.apart or self.card)

    def still(self, window: float) -> Path:
        """The best place for a window of this size."""
        return stay(self.lines, self.times_ms, window, self.area.edges, self._pull(window))

    def best(self, window: float) -> Path:
        """At rest, or moving where that holds clearly more."""
        resting = self.still(window)
        if resting.held >= RULE.enough:
            return resting
        moving = follow(
            self.lines,
            self.times_ms,
            window,
            self.area.edges,
            self._pull(window),
            frame_ms=self.frame_ms,
        )
        if moving is not None and moving.held >= resting.held + RULE.move_gain:
            return moving
        return resting

    def _pull(self, window: float) -> tuple[float, float]:
        if self.area.axis == "x":
            return 0.5, RULE.centre_pull
        return window / 2 + RULE.head_room * (1 - window), RULE.head_pull


def _part_of(
    seen: Seen, shot: Shot, bars: Bars, start_ms: int, end_ms: int, target: RenderFormat
) -> Part:
    source = seen.source
    return Part(
        area=area_for(source.shown_width_px, source.shown_height_px, bars, target),
        samples=seen.samples_of(shot),
        times_ms=ticks_of(max(shot.start_ms, start_ms), min(shot.end_ms, end_ms)),
        frame_ms=1000 / max(float(source.rate), 1.0),
    )


def _zoom_for(parts: list[Part]) -> float:
    """One zoom for the clip: most of the time, a window of it holds enough of the subject.

    The same for all shots, because a picture that changes its size with each cut is hard to watch.
    """
    needs = sorted((_need(part), part.duration_ms) for part in parts if part.is_free)
    left = RULE.unserved * sum(duration_ms for _, duration_ms in needs)
    for zoom, duration_ms in needs:
        left -= duration_ms
        if left <= 0:
            return zoom
    return 1.0


def _need(part: Part) -> float:
    """The largest zoom whose window, at rest, holds enough; else the smallest allowed."""
    for zoom in RULE.zooms:
        if part.still(min(1.0, part.area.least / zoom)).held >= RULE.enough:
            return zoom
    return RULE.zooms[-1]


def _segment(part: Part, zoom: float, start_ms: int) -> dict[str, Any]:
    """The window of one format over a shot, as data."""
    area, begin, end = part.area, int(part.times_ms[0]), int(part.times_ms[-1])
    if area.whole or area.apart:
        window, path = 1.0, Path([(begin, 0.5, 0.0)], 1.0)
    elif part.card:
        low, high = part.card
        window = min(1.0, max(area.least, high - low + 2 * RULE.beside_letters))
        centre = min(max((low + high) / 2, window / 2), 1 - window / 2)
        path = Path([(begin, centre, 0.0)], 1.0)
    else:
        window = min(1.0, area.least / zoom)
        path = part.best(window)
    focus = [
        _middle(subject_at(part.samples, part.times_ms, axis), area.bars, axis)
        for axis in ("x", "y")
    ]
    return {
        "start_ms": begin - start_ms,
        "end_ms": end - start_ms,
        "mode": "track" if path.moves else "fit" if window == 1 and not area.whole else "hold",
        "bars": list(area.bars),
        "axis": area.axis,
        "window": round(window, 5),
        "zoom": 1.0 if area.whole else round(min(1.0, area.least / window), 4),
        "keyframes": [
            [at - start_ms, round(centre, 5), round(speed, 5)]
            for at, centre, speed in path.keyframes
        ],
        "focus": [round(each, 3) for each in focus],
        "sure": round(path.held, 3),
        "by": "analysis",
    }


def _card_in(area: Area, samples: list[Sample]) -> tuple[float, float] | None:
    """Where the letters of a card begin and end on the axis, as shares of the area; None: no card."""
    cards = [each.letters for each in samples if each.letters is not None]
    if len(cards) < RULE.most_are_cards * max(len(samples), 1):
        return None
    left, _, top, _ = np.min(np.array(cards), axis=0)
    _, right, _, bottom = np.max(np.array(cards), axis=0)
    low, high = area.edges
    return tuple(  # type: ignore[return-value]  # of two
        min(max((float(at) - low) / max(1 - low - high, 0.01), 0.0), 1.0)
        for at in ((left, right) if area.axis == "x" else (top, bottom))
    )


def _middle(lines: Floats, bars: Bars, axis: str) -> float:
    """The median of the evidence over the shot, as a share of the area."""
    low, high = (bars[2], bars[3]) if axis == "x" else (bars[0], bars[1])
    line = lines.mean(axis=0)
    sums = np.concatenate([[0.0], np.cumsum(line)])
    at = float(np.interp(sums[-1] / 2, sums, np.linspace(0, 1, len(sums))))
    return min(max((at - low) / max(1 - low - high, 0.01), 0.0), 1.0)
