"""How a window moves over a shot: like a camera on a good head, slowly and without jerks.

A path is a list of keyframes (ms, centre, speed); between two of them the acceleration is constant,
so that the centre follows the cubic through both places and speeds (a parabola here). Centres and
speeds are shares of the picture along one axis, speeds per second.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Keyframe = tuple[int, float, float]
Span = tuple[float, float]


@dataclass(frozen=True)
class CameraRule:
    """What the window may do."""

    fastest_per_s: float = 0.19  # of the window; the promise is 0.2
    speeds: int = 3  # steps from rest to the fastest; one step a tick is the acceleration allowed
    tick_ms: int = 250
    rest_frames: int = 3  # at the start of a shot nothing moves for longer than this
    rest_ms: int = 250
    shortest_to_move_ms: int = 1500
    price: float = 0.04  # of evidence, for a tick at full speed


RULE = CameraRule()


@dataclass(frozen=True)
class Path:
    """A way for a window through a shot, and the mean share of the evidence that it holds."""

    keyframes: list[Keyframe]
    held: float

    @property
    def moves(self) -> bool:
        """Whether the window ever leaves its place."""
        return len(self.keyframes) > 1


def ticks_of(start_ms: int, end_ms: int) -> npt.NDArray[np.int64]:
    """Evenly spaced times from the start to the end of a shot, about RULE.tick_ms apart."""
    count = max(1, round((end_ms - start_ms) / RULE.tick_ms))
    return np.round(np.linspace(start_ms, end_ms, count + 1)).astype(np.int64)


def held_by(lines: Floats, centres: Floats, window: float, low: float, high: float) -> Floats:
    """(ticks, centres): the evidence inside a window at each centre. low, high: bars to leave out."""
    bins = lines.shape[1]
    places = (np.linspace(0, 1, bins + 1) - low) / max(1 - low - high, 0.01)
    sums = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(lines, axis=1)], axis=1)
    inside = [
        np.interp(centres + window / 2, places, line)
        - np.interp(centres - window / 2, places, line)
        for line in sums
    ]
    whole = [np.interp(1.0, places, line) - np.interp(0.0, places, line) for line in sums]
    return np.asarray(inside) / np.maximum(np.asarray(whole)[:, None], 1e-9)


def stay(lines: Floats, times_ms: npt.NDArray[Any], window: float, bars: Span, pull: Span) -> Path:
    """The best place for a window that does not move. pull: (anchor, strength) of a wish."""
    centres = _places(window, 0.002)
    held = held_by(lines, centres, window, *bars)
    best = int(np.argmax(held.mean(axis=0) - pull[1] * np.abs(centres - pull[0])))
    return Path([(int(times_ms[0]), float(centres[best]), 0.0)], float(held[:, best].mean()))


def follow(
    lines: Floats,
    times_ms: npt.NDArray[Any],
    window: float,
    bars: Span,
    pull: Span,
    *,
    frame_ms: float,
) -> Path | None:
    """The best way for a window that may move within the rule; None where a shot is too short.

    Dynamic programming over places and speeds: the speed changes by at most a step a tick.
    """
    if times_ms[-1] - times_ms[0] < RULE.shortest_to_move_ms or window >= 0.999:
        return None
    tick_s = float(times_ms[-1] - times_ms[0]) / (len(times_ms) - 1) / 1000
    # A tick at speeds a then b (in steps) moves the window a + b times this far.
    step = RULE.fastest_per_s * window / RULE.speeds * tick_s / 2
    centres = _places(window, step)
    held = held_by(lines, centres, window, *bars)
    gain = held - pull[1] * np.abs(centres - pull[0])[None, :]
    speeds = range(-RULE.speeds, RULE.speeds + 1)
    rest_ms = max(RULE.rest_ms, (RULE.rest_frames + 0.5) * frame_ms)
    count = len(centres)
    value = np.full((len(speeds), count), -np.inf)
    value[RULE.speeds] = gain[0]
    origins: list[npt.NDArray[np.int8]] = []
    for tick in range(1, len(times_ms)):
        resting = times_ms[tick - 1] - times_ms[0] < rest_ms
        best = np.full_like(value, -np.inf)
        origin = np.zeros((len(speeds), count), np.int8)
        for now, speed in enumerate(speeds):
            if resting and speed:
                continue
            for was in (now - 1, now, now + 1):
                if not 0 <= was < len(speeds):
                    continue
                came = _shifted(value[was], speed + speeds[was])
                better = came > best[now] + 1e-12
                best[now][better] = came[better]
                origin[now][better] = was
            best[now] -= RULE.price * abs(speed) / RULE.speeds
        value = best + gain[tick]
        origins.append(origin)
    states = _retraced(value, origins)
    unit = 2 * step / tick_s  # of speed
    points = [
        (int(at), float(centres[place]), speed * unit)
        for at, (place, speed) in zip(times_ms, states, strict=True)
    ]
    kept = float(np.mean([held[tick, place] for tick, (place, _) in enumerate(states)]))
    return Path(_without_needless(points), kept)


def _retraced(value: Floats, origins: list[npt.NDArray[np.int8]]) -> list[tuple[int, int]]:
    """(place, speed in steps) at each tick of the best way."""
    now, place = (int(index) for index in np.unravel_index(int(np.argmax(value)), value.shape))
    states = [(place, now - RULE.speeds)]
    for origin in reversed(origins):
        was = int(origin[now, place])
        place -= (now - RULE.speeds) + (was - RULE.speeds)
        now = was
        states.append((place, now - RULE.speeds))
    return states[::-1]


def _places(window: float, step: float) -> Floats:
    """Every centre that keeps the window inside the picture, `step` apart, the middle among them."""
    room = max(0.0, 1 - window) / 2
    count = int(room / max(step, 1e-6))
    return np.asarray(0.5 + np.arange(-count, count + 1) * step, np.float64)


def _shifted(line: Floats, by: int) -> Floats:
    """The line moved `by` places up; what comes in from outside is impossible."""
    if by == 0:
        return line
    moved = np.full_like(line, -np.inf)
    if abs(by) >= len(line):
        return moved
    if by > 0:
        moved[by:] = line[:-by]
    else:
        moved[:by] = line[-by:]
    return moved


def _without_needless(points: list[Keyframe]) -> list[Keyframe]:
    """The same path with fewer keyframes: those inside a stretch of equal acceleration go."""
    if all(point[1] == points[0][1] and point[2] == 0 for point in points):
        return [points[0]]

    def acceleration(one: Keyframe, other: Keyframe) -> float:
        return (other[2] - one[2]) / max(other[0] - one[0], 1) * 1000

    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if (
            abs(acceleration(before, point) - acceleration(point, after))
            > 1e-3 * abs(acceleration(before, point)) + 1e-6
        ):
            kept.append(point)
    return [*kept, points[-1]]


def centre_at(keyframes: list[Any], at_ms: float) -> float:
    """Where the centre is at a time; before the first and after the last keyframe it rests."""
    if at_ms <= keyframes[0][0]:
        return float(keyframes[0][1])
    for (t0, c0, v0), (t1, c1, v1) in itertools.pairwise(keyframes):
        if at_ms <= t1:
            span_s = (t1 - t0) / 1000
            if span_s <= 0:
                return float(c1)
            u = (at_ms - t0) / (t1 - t0)
            return float(
                (1 + 2 * u) * (1 - u) ** 2 * c0
                + u * (1 - u) ** 2 * span_s * v0
                + u * u * (3 - 2 * u) * c1
                + u * u * (u - 1) * span_s * v1
            )
    return float(keyframes[-1][1])
