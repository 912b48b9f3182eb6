"""Where to look: for each clip and format, a window over the picture that keeps the subject in it.

Per shot the window stays where most of what matters is; only when that would lose the subject does
it follow, slowly. It jumps at cuts, never within a shot. Positions are shares of the picture without
its black bars, times are milliseconds from the start of the clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.picture import NO_BARS, PROFILE_BINS, Bars, Face, Sample
from media_assets.analysis.watch import Seen, Shot
from media_assets.formats import FORMATS, RenderFormat

Floats = npt.NDArray[np.float64]

VERSION = 1


@dataclass(frozen=True)
class FramingRule:
    """Every number of the framing. Found on 34 frames of two films with marked subjects."""

    motion_weight: float = 0.2
    motion_full: float = 2000.0  # this much moved brightness makes motion count in full
    salient_weight: float = 1.0
    face_weight: float = 2.0
    lone_face: float = 0.3  # trust in a face that no neighbouring sample has seen too
    low_lone_face: float = 0.1  # … in the lower half of the picture
    face_again_ms: int = 1400  # a real face is found again in one of the next two searches
    face_reach_ms: float = 800.0
    centre_pull: float = 0.15
    head_pull: float = 1.8  # down the picture: heads are near the top, and losing one is worst
    head_room: float = 0.28  # of the room above and below the window, this much goes above
    move_price: float = 0.8  # per width of the picture
    speed_per_s: float = 0.25  # of the width
    still_enough: float = 0.96  # a still window this good, against a moving one, is better
    narrowest_column: float = 0.18  # of the width; narrower windows show too little
    lowest_row: float = 0.5  # of the height; lower windows cut off heads and feet
    least_bar: float = 0.015
    most_bars: float = 0.62  # of width or height that bars may take


RULE = FramingRule()
POSITIONS = 97


def frame_clip(seen: Seen, start_ms: int, end_ms: int) -> dict[str, Any]:
    """Framing of a span for every format, as JSON data.

    {"version", "bars": [top, bottom, left, right],
     "formats": {name: {"mode": "crop", "axis": "x", "window": share, "keyframes": [[ms, centre]…]}
                 or {"mode": "fit"} or {"mode": "whole"}}}
    """
    shots = [shot for shot in seen.shots if shot.end_ms > start_ms and shot.start_ms < end_ms]
    bars = _bars_of_span(seen, shots)
    return {
        "version": VERSION,
        "bars": [round(bar, 4) for bar in bars],
        "formats": {
            each.name: _window(seen, shots, start_ms, end_ms, bars, each)
            for each in FORMATS.values()
        },
    }


def _window(
    seen: Seen, shots: list[Shot], start_ms: int, end_ms: int, bars: Bars, target: RenderFormat
) -> dict[str, Any]:
    top, bottom, left, right = bars
    width = seen.source.shown_width_px * (1 - left - right)
    height = seen.source.shown_height_px * (1 - top - bottom)
    ratio = width / height
    if abs(ratio / target.ratio - 1) < 0.01:
        return {"mode": "whole"}
    axis = "x" if ratio > target.ratio else "y"
    window = target.ratio / ratio if axis == "x" else ratio / target.ratio
    if window < (RULE.narrowest_column if axis == "x" else RULE.lowest_row):
        return {"mode": "fit"}
    low, high = (left, right) if axis == "x" else (top, bottom)
    keyframes: list[list[float]] = []
    for shot in shots:
        begin, end = max(shot.start_ms, start_ms), min(shot.end_ms, end_ms)
        for at_ms, centre in _path(seen, shot, begin, end, axis, window, low, high):
            keyframes.append([at_ms - start_ms, round(centre, 4)])
    return {"mode": "crop", "axis": axis, "window": round(window, 5), "keyframes": keyframes}


def _path(
    seen: Seen, shot: Shot, begin: int, end: int, axis: str, window: float, low: float, high: float
) -> list[tuple[int, float]]:
    """(ms, centre) pairs for the part [begin, end) of a shot; first and last at its edges."""
    samples = [
        sample
        for sample in seen.samples
        if shot.first_frame <= sample.frame < shot.end_frame
        and begin - 500 <= sample.at_ms <= end + 500
    ]
    if not samples:
        middle = 0.5 if axis == "x" else window / 2 + RULE.head_room * (1 - window)
        return [(begin, middle), (end, middle)]
    importance = importance_along(samples, axis)
    centres = np.linspace(window / 2, 1 - window / 2, POSITIONS)
    scores = np.array([_held(line, centres, window, low, high) for line in importance])
    anchor = 0.5 if axis == "x" else window / 2 + RULE.head_room * (1 - window)
    pull = RULE.centre_pull if axis == "x" else RULE.head_pull
    scores -= pull * np.abs(centres - anchor)[None, :]
    times = np.array([sample.at_ms for sample in samples])
    path = _follow(scores, times, step=float(centres[1] - centres[0]))
    still = int(np.argmax(scores.sum(axis=0)))
    moving_score = float(scores[np.arange(len(path)), path].sum())
    if scores[:, still].sum() >= RULE.still_enough * moving_score or moving_score <= 0:
        path = np.full(len(path), still)
    line = centres[path]
    edges = [
        (begin, float(np.interp(begin, times, line))),
        *(
            (int(at), float(centre))
            for at, centre in zip(times, line, strict=True)
            if begin < at < end
        ),
        (end, float(np.interp(end, times, line))),
    ]
    return _without_needless(edges)


def importance_along(samples: Sequence[Sample], axis: str) -> Floats:
    """(samples, PROFILE_BINS): what matters where, along one axis; each row sums to one."""
    faces = [_faces_along(samples, index, axis) for index in range(len(samples))]
    rows = []
    for sample in samples:
        moved, salient = (
            (sample.motion_x, sample.salient_x)
            if axis == "x"
            else (sample.motion_y, sample.salient_y)
        )
        weight = RULE.motion_weight * min(1.0, float(moved.sum()) / RULE.motion_full) ** 0.5
        near = [
            line * np.exp(-abs(other.at_ms - sample.at_ms) / RULE.face_reach_ms)
            for other, line in zip(samples, faces, strict=True)
            if abs(other.at_ms - sample.at_ms) < 4 * RULE.face_reach_ms
        ]
        rows.append(
            _shares(
                weight * _shares(moved)
                + RULE.salient_weight * _shares(np.square(salient, dtype=np.float64))
                + RULE.face_weight * np.maximum.reduce(near)
            )
        )
    return np.array(rows)


def trust_in(samples: Sequence[Sample], index: int, face: Face) -> float:
    """1 for a face that another sample nearby has seen too; little for a lone one."""
    here = samples[index].at_ms
    for other, sample in enumerate(samples):
        if other == index or abs(sample.at_ms - here) > RULE.face_again_ms:
            continue
        for again in sample.faces:
            if (
                abs(again.x - face.x) < face.width
                and abs(again.y - face.y) < face.height
                and 0.6 < again.width / face.width < 1.6
            ):
                return 1.0
    return RULE.lone_face if face.y < 0.5 else RULE.low_lone_face


def _faces_along(samples: Sequence[Sample], index: int, axis: str) -> Floats:
    line = np.zeros(PROFILE_BINS)
    bins = (np.arange(PROFILE_BINS) + 0.5) / PROFILE_BINS
    for face in samples[index].faces:
        centre, size = (face.x, face.width) if axis == "x" else (face.y, face.height)
        bump = np.exp(-0.5 * ((bins - centre) / (size * 0.4)) ** 2)
        line += trust_in(samples, index, face) * _shares(bump)
    return line


def _shares(line: npt.NDArray[Any]) -> Floats:
    total = float(line.sum())
    return np.asarray(line / total if total > 1e-9 else line * 0.0, np.float64)


def _held(line: Floats, centres: Floats, window: float, low: float, high: float) -> Floats:
    """How much of the importance a window at each centre holds. low, high: the bars on this axis."""
    sums = np.concatenate([[0.0], np.cumsum(line)])
    places = (np.linspace(0, 1, PROFILE_BINS + 1) - low) / max(1 - low - high, 0.01)
    return np.asarray(
        np.interp(centres + window / 2, places, sums)
        - np.interp(centres - window / 2, places, sums)
    )


def _follow(scores: Floats, times: npt.NDArray[Any], *, step: float) -> npt.NDArray[np.int64]:
    """The best path over the samples, where moving costs and speed is limited (Viterbi)."""
    value, came_from = scores[0].copy(), []
    for index in range(1, len(scores)):
        seconds = (times[index] - times[index - 1]) / 1000
        reach = max(1, int(RULE.speed_per_s * seconds / max(step, 1e-6)))
        best, origin = value.copy(), np.arange(POSITIONS)
        for move in range(-min(reach, POSITIONS - 1), min(reach, POSITIONS - 1) + 1):
            moved = np.full(POSITIONS, -np.inf)
            if move >= 0:
                moved[move:] = value[: POSITIONS - move]
            else:
                moved[:move] = value[-move:]
            moved -= RULE.move_price * abs(move) * step
            better = moved > best + 1e-12
            best[better] = moved[better]
            origin[better] = (np.arange(POSITIONS) - move)[better]
        came_from.append(origin)
        value = best + scores[index]
    path = [int(np.argmax(value))]
    for origin in reversed(came_from):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1])


def _without_needless(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The same line with fewer points: those on the line between their neighbours go."""
    kept = [points[0]]
    for index in range(1, len(points) - 1):
        (t0, c0), (t1, c1), (t2, c2) = kept[-1], points[index], points[index + 1]
        expected = c0 + (c2 - c0) * (t1 - t0) / max(t2 - t0, 1)
        if abs(expected - c1) > 0.004:
            kept.append(points[index])
    return [*kept, points[-1]]


def _bars_of_span(seen: Seen, shots: list[Shot]) -> Bars:
    """Bars to take away from the whole span: the largest of its shots, so that none shows any."""
    found = [_bars_of_shot(seen, shot) for shot in shots]
    known = [bars for bars in found if bars is not None]
    if not known:
        known = [bars for bars in (sample.bars for sample in seen.samples) if bars is not None]
        known = [tuple(np.median(known, axis=0))] if known else []
    if not known:
        return NO_BARS
    largest = np.max(np.array(known), axis=0)
    largest = np.where(largest < RULE.least_bar, 0.0, largest + 0.004)
    if largest[0] + largest[1] > RULE.most_bars or largest[2] + largest[3] > RULE.most_bars:
        return NO_BARS
    return (float(largest[0]), float(largest[1]), float(largest[2]), float(largest[3]))


def _bars_of_shot(seen: Seen, shot: Shot) -> Bars | None:
    """Bars that every picture of the shot has; only equal ones on both sides are bars at all."""
    known = [
        sample.bars
        for sample in seen.samples
        if shot.first_frame <= sample.frame < shot.end_frame and sample.bars is not None
    ]
    if not known:
        return None
    top, bottom, left, right = (float(bar) for bar in np.min(np.array(known), axis=0))
    if abs(top - bottom) > 0.02:  # a dark sky or a dark floor is no bar
        top = bottom = min(top, bottom)
    if abs(left - right) > 0.02:
        left = right = min(left, right)
    return (top, bottom, left, right)
