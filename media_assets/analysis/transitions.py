"""Gradual transitions: dissolves, and fades from and to a plain picture.

In a dissolve every pixel goes straight from its value before to its value after. So, at several
lengths, frames are looked for whose picture, and those a quarter of the length away, lie where a
straight line between the two ends says. How far each frame has gone on that line gives the first
and last frame of the transition by a fit of a ramp. Then it is weighed, by a logistic rule, whether
the ends are different scenes, whether the pictures agree with the mixture, and whether structure
pales in the middle as that of a mixture must.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.likeness import (
    BAR,
    COARSE_PX,
    active,
    correlation,
    structure,
    swung_likeness,
)
from media_assets.analysis.strip import Strip

Floats = npt.NDArray[np.float32]
CHUNK_FRAMES = 2048
SMOOTH_PX = 1.2  # of pixels of the halved thumbnail: what moves inside a scene moves less


@dataclass(frozen=True)
class TransitionEvidence:
    """What is measured on a span that may be a transition.

    uneven: root mean square of how far frames are from where an even transition would have them;
    plain_uneven: the same where one end is plain. agreement: share of what changes that lies on the
    line between the ends, mean; smooth_agreement: the same of blurred pictures, which motion inside the
    scenes changes less; least_agreement: the 20th percentile of agreement over the frames. swung_likeness,
    correlation: of the two ends. apart: logarithm of the mean difference of the ends. dip: logarithm
    of the structure in the middle against that of a mixture; 0 where one end is plain. length: logarithm of its frames. calmer_*, wilder_*: how alike
    pictures as far apart as the ends are, on either side of the transition.
    """

    uneven: float
    plain_uneven: float
    agreement: float
    smooth_agreement: float
    least_agreement: float
    swung_likeness: float
    correlation: float
    apart: float
    dip: float
    length: float
    wilder_likeness: float
    calmer_likeness: float
    calmer_correlation: float


@dataclass(frozen=True)
class TransitionWeights:
    """Of the evidence, and where the sum begins; fitted, see docs/media/shots.md."""

    begin: float = 0.0
    uneven: float = 0.0
    plain_uneven: float = 0.0
    agreement: float = 0.0
    smooth_agreement: float = 0.0
    least_agreement: float = 0.0
    swung_likeness: float = 0.0
    correlation: float = 0.0
    apart: float = 0.0
    dip: float = 0.0
    length: float = 0.0
    wilder_likeness: float = 0.0
    calmer_likeness: float = 0.0
    calmer_correlation: float = 0.0


@dataclass(frozen=True)
class TransitionRule:
    """Every threshold of the rule. Brightness is 0–255, shares are 0–1."""

    halves_s: tuple[float, ...] = (0.125, 0.17, 0.25, 0.34, 0.5, 0.68, 1.0, 1.5, 2.0)
    least_half_frames: int = 3
    line_tolerance: float = 0.22  # of what a pixel changes in all
    candidate_agreement: float = 0.5
    candidate_apart: float = 4.0
    candidate_apart_plain: float = 0.25  # words on black that fade
    candidate_correlation: float = 0.85  # ends that are more alike are one scene
    plain_contrast: float = 4.0
    least_rise: float = 0.2  # of the way between the ends that the ramp must cover
    least_probability: float = 0.6
    least_probability_plain: float = 0.35
    adjoin_frames: int = 3  # between a fade and a piece of it taken for a dissolve, at most
    overlap: float = 0.3  # of the shorter of two spans, at which they are the same transition
    through_s: float = 0.5  # plain pictures between fading out and in, at most
    clear_cut: float = 0.8  # probability of a cut that no transition reaches across
    weights: TransitionWeights = TransitionWeights()


@dataclass(frozen=True)
class Candidate:
    """A span [start, end) that may be a transition, around a frame. light: of its plain end, or -1."""

    start: int
    end: int
    kind: str
    light: float
    probability: float


@dataclass(frozen=True)
class _Stretch:
    """Thumbnails of some frames; first: number of the first frame.

    pixels: halved, as rows; smooth: the same, blurred. contrast, light: standard deviation and mean of
    each frame inside its black bars.
    """

    first: int
    pictures: npt.NDArray[np.uint8]
    pixels: Floats
    smooth: Floats
    contrast: Floats
    light: Floats
    powers: dict[int, np.float32] = field(default_factory=dict)  # of those asked for

    @classmethod
    def of(cls, strip: Strip, first: int, end: int) -> "_Stretch":
        first = max(first, 0)
        pictures = strip.read(first, end)
        count, height, width = pictures.shape
        quartets = pictures.reshape(count, height // 2, 2, width // 2, 2)
        halved = quartets.mean(axis=(2, 4), dtype=np.float32)
        smooth = np.array([cv2.GaussianBlur(each, (0, 0), SMOOTH_PX) for each in halved])
        contrast, light = _inside_bars(halved)
        rows = halved.reshape(count, -1), smooth.reshape(count, -1)
        return cls(first, pictures, *rows, contrast, light)

    def structure_power(self, frames: range) -> float:
        """Median over some frames, eight at most, of the variance of their structure."""
        chosen = frames[:: -(-len(frames) // 8)]
        for frame in chosen:
            if frame not in self.powers:
                picture = self.pictures[frame].astype(np.float32)
                self.powers[frame] = structure(picture, 1.5).var()
        return float(np.median([self.powers[frame] for frame in chosen]))


def _inside_bars(pictures: Floats) -> tuple[Floats, Floats]:
    """Standard deviation and mean of each picture, without dark rows and columns at its edges.

    A plain frame between bars is plain. Where less than half would be left, nothing is bars.
    """
    _, height, width = pictures.shape
    inside = np.ones(pictures.shape, np.bool_)
    for axis, size in ((2, height), (1, width)):
        bright = pictures.max(axis=axis) > BAR
        first, end = bright.argmax(axis=1), size - bright[:, ::-1].argmax(axis=1)
        barred = bright.any(axis=1) & (end - first >= size / 2)
        # The edge of a bar lies inside a row: leave that row out too.
        low = np.where(barred & (first > 0), first + 1, 0)[:, None]
        high = np.where(barred & (end < size), end - 1, size)[:, None]
        kept = (np.arange(size) >= low) & (np.arange(size) < high)
        inside &= kept[:, :, None] if axis == 2 else kept[:, None, :]
    area = inside.sum(axis=(1, 2))
    light = np.where(inside, pictures, 0).sum(axis=(1, 2)) / area
    power = np.where(inside, np.square(pictures - light[:, None, None]), 0).sum(axis=(1, 2))
    return np.asarray(np.sqrt(power / area), np.float32), np.asarray(light, np.float32)


def find_transitions(
    strip: Strip, rate: float, cuts: Sequence[int], rule: TransitionRule
) -> list[Candidate]:
    """Transitions in time order, none over another. cuts: frames that none reaches across."""
    return chosen(weighed(strip, rate, cuts, rule), rule)


def chosen(candidates: Iterable[Candidate], rule: TransitionRule) -> list[Candidate]:
    """The likeliest candidates that do not overlap, in time order."""
    found = [
        one
        for one in candidates
        if one.probability
        >= (rule.least_probability if one.light < 0 else rule.least_probability_plain)
    ]
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda each: (-each.probability, each.start, each.end)):
        if not any(_overlap(one, other) > rule.overlap for other in kept):
            kept.append(one)
    return _joined(sorted(kept, key=lambda each: each.start), rule)


def _joined(found: list[Candidate], rule: TransitionRule) -> list[Candidate]:
    """The first half of a fade-out and the second half of a fade-in may look like a dissolve: one fade."""
    joined: list[Candidate] = []
    for one in found:
        last = joined[-1] if joined else None
        kinds = (last.kind, one.kind) if last else None
        if last and one.start - last.end <= rule.adjoin_frames:
            if kinds == ("dissolve", "fade_out"):
                joined[-1] = replace(one, start=last.start)
                continue
            if kinds == ("fade_in", "dissolve"):
                joined[-1] = replace(last, end=one.end)
                continue
        joined.append(one)
    return joined


def _overlap(one: Candidate, other: Candidate) -> float:
    """Of the shorter one."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return common / min(one.end - one.start, other.end - other.start)


def weighed(
    strip: Strip, rate: float, cuts: Sequence[int], rule: TransitionRule
) -> Iterator[Candidate]:
    """Every candidate with its probability, whatever that is."""
    for span, seen in measured(strip, rate, cuts, rule):
        total = rule.weights.begin + sum(
            getattr(rule.weights, field.name) * getattr(seen, field.name) for field in fields(seen)
        )
        chance = 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))
        yield Candidate(span.start, span.end, span.kind, span.light, chance)


def measured(
    strip: Strip, rate: float, cuts: Sequence[int], rule: TransitionRule
) -> Iterator[tuple["_Span", TransitionEvidence]]:
    """Every candidate with what is measured on it. The result does not depend on the chunks."""
    halves = sorted({max(rule.least_half_frames, round(s * rate)) for s in rule.halves_s})
    margin = 6 * halves[-1] + 24
    borders = np.array([0, *cuts, len(strip)])
    known: set[tuple[int, int]] = set()
    for begin in range(0, len(strip), CHUNK_FRAMES):
        end = min(begin + CHUNK_FRAMES, len(strip))
        stretch = _Stretch.of(strip, begin - margin, end + margin)
        for half in halves:
            sharp, smooth = (
                _middles(stretch, pixels, half, rule) for pixels in (stretch.pixels, stretch.smooth)
            )
            for middle in sorted({*sharp, *smooth}):
                frame = stretch.first + middle
                if not begin <= frame < end:
                    continue
                place = int(np.searchsorted(borders, frame, side="right"))
                low = max(int(borders[place - 1]) - stretch.first, 0)
                high = min(
                    int(borders[min(place, len(borders) - 1)]) - stretch.first, len(stretch.pixels)
                )
                span = _fit(stretch, middle, half, low, high, rule)
                if span is None:
                    continue
                there = span.moved(stretch.first)
                if (there.start, there.end) not in known:
                    known.add((there.start, there.end))
                    yield there, _evidence(stretch, span, low, high, rule)


def _middles(stretch: _Stretch, pixels: Floats, half: int, rule: TransitionRule) -> list[int]:
    """Frames that lie on the line between the pictures half a length before and after them."""
    contrast, count = stretch.contrast, len(pixels)
    if count < 2 * half + 1:
        return []
    quarter = half // 2
    before, after = pixels[: count - 2 * half], pixels[2 * half :]
    change = after - before
    size = np.abs(change)
    whole, allowed = size.sum(axis=1), rule.line_tolerance * size
    on_line = np.zeros(len(change), np.float32)
    for step in (-quarter, 0, quarter):
        picture = pixels[half + step : count - half + step]
        share = (half + step) / (2 * half)
        on_line += np.where(np.abs(picture - before - change * share) <= allowed, size, 0).sum(
            axis=1
        )
    agreement = on_line / 3 / np.maximum(whole, 1e-3)
    plain = np.minimum(contrast[: count - 2 * half], contrast[2 * half :]) < rule.plain_contrast
    framed = (contrast < rule.plain_contrast) & (pixels.std(axis=1) >= rule.plain_contrast)
    barred = framed[: count - 2 * half] | framed[2 * half :]
    least = np.where(plain, rule.candidate_apart_plain, rule.candidate_apart)
    good = (agreement > rule.candidate_agreement) & (whole / pixels.shape[1] > least)
    agreement = np.where(good, agreement, 0)
    reach = max(1, half // 2)
    middles = []
    for at in map(int, np.flatnonzero(good)):
        first = max(at - reach, 0)
        best = first + int(agreement[first : at + reach + 1].argmax())
        if at != best:
            continue
        # Between bars a plain picture correlates with any other.
        alike = 0.0 if barred[at] else correlation(before[at], after[at])
        if alike < rule.candidate_correlation:
            middles.append(at + half)
    return middles


@dataclass(frozen=True)
class _Span:
    """Where a transition is: [start, end), its kind, and how bright its plain end is (-1: none)."""

    start: int
    end: int
    kind: str
    light: float

    def moved(self, frames: int) -> "_Span":
        return _Span(self.start + frames, self.end + frames, self.kind, self.light)


def _fit(
    stretch: _Stretch, middle: int, half: int, low: int, high: int, rule: TransitionRule
) -> _Span | None:
    """First and end frame of the transition around a frame, inside [low, high)."""
    if middle - low < 2 or high - middle < 2:
        return None
    pixels, ends_at = stretch.pixels, (max(middle - half, low), min(middle + half, high - 1))
    before, after = pixels[ends_at[0]], pixels[ends_at[1]]
    reach = int(1.7 * half) + 4
    first, end = max(low, middle - reach), min(high, middle + reach + 1)
    first, end = _to_the_plain_ends(stretch.contrast[first:end], ends_at, first, rule)
    pictures, step = pixels[first:end], max(1, half // 8)
    starts, ends = range(first + 1, middle + 1, step), range(middle, end, step)
    for _ in range(3):
        change = after - before
        power = float(change @ change)
        if power < 1e-3:
            return None
        ramp = _ramp((pictures - before) @ change / power, first, starts, ends)
        if ramp is None or ramp[2] < rule.least_rise:
            return None
        start, stop, _ = ramp
        at = max(start - 1, first), min(stop, end - 1)
        before, after = pixels[at[0]], pixels[at[1]]
        starts = range(max(first + 1, start - step - 2), start + step + 3)
        ends = range(stop - step - 2, min(end - 1, stop + step + 2) + 1)
    return _Span(start, stop, *_kind(stretch, at, rule))


def _to_the_plain_ends(
    contrast: Floats, ends_at: tuple[int, int], first: int, rule: TransitionRule
) -> tuple[int, int]:
    """The frames [first, end) of the pictures without what lies beyond a plain end: the next fade."""
    shown = contrast >= rule.plain_contrast
    before, after = ends_at[0] - first, ends_at[1] - first
    begin, end = 0, len(shown)
    if not shown[before] and shown[:before].any():
        begin = int(np.flatnonzero(shown[:before])[-1]) + 1
    if not shown[after] and shown[after:].any():
        end = after + int(np.flatnonzero(shown[after:])[0])
    return first + begin, first + end


def _ramp(
    way: Floats, first: int, starts: Sequence[int], ends: Sequence[int]
) -> tuple[int, int, float] | None:
    """(start, end, rise) of the ramp that fits best how far each frame has gone; three frames at least."""
    grid = np.array([(start, end) for start in starts for end in ends if end - start >= 3])
    if not len(grid):
        return None
    start, end = grid[:, :1], grid[:, 1:]
    frames = np.arange(first, first + len(way))
    ramps = np.clip((frames - start + 1) / (end - start + 1), 0, 1)
    ramps -= ramps.mean(axis=1, keepdims=True)
    rest = way - way.mean()
    rise = (ramps @ rest) / np.maximum((ramps * ramps).sum(axis=1), 1e-6)
    error = np.square(rest - rise[:, None] * ramps).mean(axis=1)
    best = int(error.argmin())
    return int(grid[best, 0]), int(grid[best, 1]), float(rise[best])


def _kind(stretch: _Stretch, at: tuple[int, int], rule: TransitionRule) -> tuple[str, float]:
    """What it is, and how bright its plain end is. Of two plain ends the much plainer one counts."""
    before, after = float(stretch.contrast[at[0]]), float(stretch.contrast[at[1]])
    if min(before, after) >= rule.plain_contrast or max(before, after) < 2 * min(before, after):
        return "dissolve", -1.0
    if before < after:
        return "fade_in", float(stretch.light[at[0]])
    return "fade_out", float(stretch.light[at[1]])


def _evidence(
    stretch: _Stretch, span: _Span, low: int, high: int, rule: TransitionRule
) -> TransitionEvidence:
    start, end, pixels = span.start, span.end, stretch.pixels
    length = end - start
    at = (max(start - 1, low), min(end, high - 1))
    before, after = pixels[at[0]], pixels[at[1]]
    change, pictures = after - before, pixels[start:end]
    size = np.abs(change)
    share = ((np.arange(length) + 1) / (length + 1)).astype(np.float32)
    agreement, smooth = (
        _agreement(each[start:end], each[at[0]], each[at[1]], share, rule)
        for each in (pixels, stretch.smooth)
    )
    way = (pictures - before) @ change / max(float(change @ change), 1e-3)
    uneven = float(np.sqrt(np.square(way - share).mean()))
    plain = float(min(stretch.contrast[list(at)]) < rule.plain_contrast)
    # As far again before the start and after the end: how much the scenes change by themselves.
    outer = (max(low, at[0] - length), min(high - 1, at[1] + length))
    thumbs = active(stretch.pictures[[at[0], at[1], outer[0], outer[1]]])
    coarse = [structure(thumb, COARSE_PX) for thumb in thumbs]
    sides = [
        (swung_likeness(coarse[a], coarse[b]), correlation(thumbs[a], thumbs[b]))
        for a, b, gap in ((0, 2, at[0] - outer[0]), (1, 3, outer[1] - at[1]))
        if gap >= length / 2
    ] or [(0.7, 0.8)]
    return TransitionEvidence(
        uneven=(1 - plain) * uneven,
        plain_uneven=plain * uneven,
        agreement=float(agreement.mean()),
        smooth_agreement=float(smooth.mean()),
        least_agreement=float(np.percentile(agreement, 20)),
        swung_likeness=swung_likeness(coarse[0], coarse[1]),
        correlation=correlation(thumbs[0], thumbs[1]),
        apart=math.log1p(float(size.mean())),
        dip=(1 - plain) * _dip(stretch, span, low, high),
        length=math.log(length),
        wilder_likeness=min(side[0] for side in sides),
        calmer_likeness=max(side[0] for side in sides),
        calmer_correlation=max(side[1] for side in sides),
    )


def _agreement(
    pictures: Floats, before: Floats, after: Floats, share: Floats, rule: TransitionRule
) -> Floats:
    """Of each picture the share of what changes that lies on the line between the ends."""
    change = after - before
    size = np.abs(change)
    off = np.abs(pictures - before - share[:, None] * change)
    on_line = np.where(off <= rule.line_tolerance * size, size, 0).sum(axis=1)
    return np.asarray(on_line / max(float(size.sum()), 1e-3), np.float32)


def _dip(stretch: _Stretch, span: _Span, low: int, high: int) -> float:
    """Logarithm of the structure in the middle half against that of a mixture of the ends, -2–2."""
    start, end, length = span.start, span.end, span.end - span.start
    before = stretch.structure_power(range(max(start - 4, low), max(start, low + 1)))
    after = stretch.structure_power(range(min(end, high - 1), min(end + 4, high)))
    inner = range(length // 4, length - length // 4)
    shares = [(step + 1) / (length + 1) for step in inner]
    mixture = np.median([(1 - share) ** 2 * before + share**2 * after for share in shares])
    middle = stretch.structure_power(range(start + inner.start, min(start + inner.stop, high)))
    return max(-2.0, min(2.0, math.log(middle / max(float(mixture), 0.3) + 0.05)))
