"""Hard cuts: which frame is the first one of a new shot.

Two steps. A frame is a candidate when it differs from the one before more than frames do on at least
one side of it. Then the pictures on both sides of the gap are compared: where some picture shortly
before and some picture shortly after show the same scene, it was a flash, a strobe, a shake or a
whip pan. What is measured there is weighed by a logistic rule, so each cut has a probability.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from media_assets.analysis.likeness import (
    COARSE_PX,
    FINE_PX,
    active,
    correlations,
    far_likeness,
    likenesses,
    spread,
    structure,
)
from media_assets.analysis.moves import pursuit, scaled_likeness, staying
from media_assets.analysis.strip import Strip

Floats = npt.NDArray[np.float32]

MOST_STEP = 1.5  # where the gap differs e^1.5 times as much as the frames beside it: no swing does


@dataclass(frozen=True)
class CutEvidence:
    """What is measured at a candidate: from -1 to 1, step a little more.

    likeness, far_likeness, correlation: the best of any picture shortly before with any shortly
    after. calmer: likeness of neighbouring pictures on the side that changes less by itself.
    spread: whether all of the picture changed at once, or a part of it.
    histogram_jump: how much farther the histograms lie from the frame before than on the calmer
    side. step: logarithm of the difference against the larger of those of the frames next to it.
    plain: 1 where a picture of nothing stands at the gap.
    abrupt: where it does, how much of what is shown beside it is there at once, else 0.
    scaled_likeness, pursuit: whether a zoom or a swing of the camera leads across the gap. A swing
    does not where the gap stands out far above the frames on both of its sides. Where the
    camera rests on one side, a faint agreement counts half, where it rests on both, nothing: one
    figure that stands in the same place agrees as much.
    staying: share of the structure that is where it was, as around a caption that appears.
    far_likeness, correlation, scaled_likeness and pursuit are squared: unlike pictures agree a little
    by chance, which says nothing, and pictures of one scene agree much by one of them.
    """

    likeness: float
    far_likeness: float
    correlation: float
    calmer: float
    spread: float
    histogram_jump: float
    step: float
    plain: float
    abrupt: float
    scaled_likeness: float
    pursuit: float
    staying: float


@dataclass(frozen=True)
class CutWeights:
    """Of the evidence, and where the sum begins; fitted, see docs/media/shots.md."""

    begin: float = 0.0
    likeness: float = 0.0
    far_likeness: float = 0.0
    correlation: float = 0.0
    calmer: float = 0.0
    spread: float = 0.0
    histogram_jump: float = 0.0
    step: float = 0.0
    plain: float = 0.0
    abrupt: float = 0.0
    scaled_likeness: float = 0.0
    pursuit: float = 0.0
    staying: float = 0.0


@dataclass(frozen=True)
class CutRule:
    """Every threshold of the rule. Differences are in levels of brightness, 0–255."""

    neighbours: int = 3  # frames on each side that a candidate is held against
    least_difference: float = 1.2
    least_in_stillness: float = 0.25  # dim words on black; nothing may move beside them
    times_stillness: float = 8.0
    share_of_most: float = 0.6  # of the largest difference where no second cut can be
    times_calmer: float = 1.25
    over_calmer: float = 0.5
    least_histogram: float = 0.08
    clear_times: float = 2.5  # above the calmer side: a candidate whatever the histograms say
    clear_over: float = 1.0
    look_us: int = 340_000  # the longest flash, and how far on either side scenes are compared
    look_least: int = 4
    look_most: int = 24
    near: int = 4  # pictures on each side that are compared; plain ones do not count
    plain_range: float = 16.0  # from the darkest to the brightest pixel of a picture of nothing
    faint: float = 0.3  # of the range of others on its side: washed out by light, or by its lack
    still_difference: float = 0.05  # on top of both sides of a step
    least_probability: float = 0.5
    plain_agreement: float = 0.5  # of pictures that a zoom or a swing explains, squared
    calmest: float = 0.9  # of likeness; frozen frames are no more evidence than calm ones
    shortest_shot_frames: int = 3
    weights: CutWeights = CutWeights()


@dataclass(frozen=True)
class Cut:
    """The first frame of a new shot, and how sure that is, 0–1."""

    frame: int
    probability: float


def find_cuts(
    at_us: npt.NDArray[np.int64],
    difference: Floats,
    histogram: Floats,
    strip: Strip,
    rule: CutRule,
) -> list[Cut]:
    """All cuts in time order. difference and histogram: of each frame to the one before."""
    cuts: list[Cut] = []
    for frame in candidates(difference, histogram, rule):
        seen = evidence_at(frame, at_us, difference, histogram, strip, rule)
        cut = Cut(frame, probability(seen, rule.weights))
        if cut.probability < rule.least_probability:
            continue
        if cuts and frame - cuts[-1].frame < rule.shortest_shot_frames:
            if cut.probability > cuts[-1].probability:
                cuts[-1] = cut
            continue
        cuts.append(cut)
    return cuts


def candidates(difference: Floats, histogram: Floats, rule: CutRule) -> Iterator[int]:
    """Frames that differ from the one before more than their neighbours do on one side at least."""
    if len(difference) < 2:
        return
    before = _most(difference, rule.neighbours, -1)
    after = _most(difference, rule.neighbours, 1)
    calmer, wilder = np.minimum(before, after), np.maximum(before, after)
    same = rule.shortest_shot_frames - 1
    most = np.maximum(_most(difference, same, -1), _most(difference, same, 1))
    words = (difference >= rule.least_in_stillness) & (difference >= rule.times_stillness * wilder)
    stands_out = words | (
        (difference >= rule.least_difference)
        & (difference >= rule.share_of_most * most)
        & (difference >= rule.times_calmer * calmer + rule.over_calmer)
    )
    new = (
        words
        | (histogram >= rule.least_histogram)
        | (difference > rule.clear_times * calmer + rule.clear_over)
    )
    yield from (int(frame) for frame in np.flatnonzero(stands_out & new) if frame > 1)


def _most(values: Floats, count: int, way: int) -> Floats:
    """The largest of the count values before (way -1) or after (1) each; row 0 has no difference."""
    padded = np.zeros(len(values) + 2 * count, np.float32)
    padded[count : count + len(values)] = values
    padded[count] = 0.0
    steps = [
        padded[count + way * step : count + way * step + len(values)]
        for step in range(1, count + 1)
    ]
    return np.asarray(np.maximum.reduce(steps), np.float32)


def evidence_at(
    frame: int,
    at_us: npt.NDArray[np.int64],
    difference: Floats,
    histogram: Floats,
    strip: Strip,
    rule: CutRule,
) -> CutEvidence:
    """Measure the pictures around the gap before a frame."""
    first, end = _window(frame, at_us, rule)
    pictures = active(strip.read(first, end))
    gap, count = frame - first, end - first
    contrast = np.ptp(pictures, axis=(1, 2))
    plain = contrast < rule.plain_range
    before, earlier = _pictured(contrast, range(gap - 1, -1, -1), rule)
    after, later = _pictured(contrast, range(gap, count), rule)
    across = [(a, b) for a in before[: rule.near] + earlier for b in after[: rule.near] + later]
    coarse = {n: structure(pictures[n], COARSE_PX) for n in before[:2] + after[:2]}
    neighbours = [[(side[0], other) for other in side[1:4]] for side in (before, after)]
    alike = likenesses(
        np.array([structure(picture, FINE_PX) for picture in pictures]),
        [*across, *neighbours[0], *neighbours[1]],
    )
    inside = np.split(alike[len(across) :], [len(neighbours[0])])
    sides = [float(each.max()) if len(each) else 1.0 for each in inside]
    calm = min(_around(histogram, frame, rule.neighbours, way) for way in (-1, 1))
    beside = max(_around(difference, frame, 1, way) for way in (-1, 1))
    still = rule.still_difference
    step = math.log((float(difference[frame]) + still) / (beside + still))
    step = max(-1.0, min(step, MOST_STEP))
    swings = min(MOST_STEP - step, 1.0)
    nothing = float(plain[gap - 1] or plain[gap])
    far = max(far_likeness(coarse[a], coarse[b]) for a in before[:2] for b in after[:2])
    swing = before[:2][-1], before[0], after[0], after[:2][-1]
    moves = sum(min((1.0 - each) / (1.0 - rule.calmest), 1.0) for each in sides) / 2
    return CutEvidence(
        likeness=float(alike[: len(across)].max()),
        far_likeness=far**2,
        correlation=max(float(correlations(pictures, across).max()), 0.0) ** 2,
        calmer=min(max(sides), rule.calmest),
        spread=spread(pictures[gap - 1], pictures[gap]),
        histogram_jump=float(histogram[frame]) - calm,
        step=step,
        plain=nothing,
        abrupt=nothing * _abrupt(contrast, gap, rule),
        scaled_likeness=_explained(
            scaled_likeness(pictures[before[0]], pictures[after[0]]), moves, rule
        ),
        pursuit=swings * _explained(pursuit(*(pictures[at] for at in swing)), moves, rule),
        staying=staying(pictures[gap - 1], pictures[gap]),
    )


def _explained(agreement: float, moves: float, rule: CutRule) -> float:
    """Agreement squared; of a faint one only as much as the camera moves beside the gap, 0–1."""
    squared = agreement**2
    return squared if squared >= rule.plain_agreement else squared * moves


def _pictured(contrast: Floats, side: range, rule: CutRule) -> tuple[list[int], list[int]]:
    """The pictures of one side that show something, the nearest first; all where none does.

    Then, of those beyond rule.near, the nearest that are not washed out by light or by its lack.
    """
    shown = [at for at in side if contrast[at] >= rule.plain_range] or list(side)
    clear = rule.faint * max((float(contrast[at]) for at in side), default=0.0)
    if all(contrast[at] >= clear for at in shown[: rule.near]):
        return shown, []
    return shown, [at for at in shown[rule.near :] if contrast[at] >= clear][: rule.near // 2]


def _abrupt(contrast: Floats, gap: int, rule: CutRule) -> float:
    """How much of the contrast near a gap is there at the gap itself, on the side that shows more."""
    sides = contrast[max(gap - rule.near, 0) : gap][::-1], contrast[gap : gap + rule.near]
    most = max(sides, key=lambda side: float(side[0]))
    return float(most[0]) / max(float(most.max()), 1.0)


def _window(frame: int, at_us: npt.NDArray[np.int64], rule: CutRule) -> tuple[int, int]:
    """Frames [first, end) that are near in time: a number within limits, by the clock between them."""
    first = int(np.searchsorted(at_us, at_us[frame] - rule.look_us))
    end = int(np.searchsorted(at_us, at_us[frame] + rule.look_us, side="right"))
    first = min(max(first, frame - rule.look_most), frame - rule.look_least)
    end = max(min(end, frame + rule.look_most + 1), frame + rule.look_least + 1)
    return max(first, 0), min(end, len(at_us))


def _around(values: Floats, frame: int, count: int, way: int) -> float:
    """The largest of the values on one side of a frame."""
    if way < 0:
        side = values[max(frame - count, 1) : frame]
    else:
        side = values[frame + 1 : frame + 1 + count]
    return float(side.max()) if len(side) else 0.0


def probability(seen: CutEvidence, weights: CutWeights) -> float:
    """That it is a cut, 0–1."""
    total = weights.begin + sum(
        getattr(weights, field.name) * getattr(seen, field.name) for field in fields(seen)
    )
    return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
