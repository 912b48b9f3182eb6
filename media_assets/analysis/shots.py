"""Where one shot ends and the next begins.

Two steps. A frame is a candidate when it differs from the one before more than its neighbours do
(difference of brightness, and median distance of sixteen block histograms: one bright corner moves
neither). Then the structure on both sides is compared: where some picture shortly before and some
picture shortly after are the same scene, it was a flash or a shake, not a cut. Dissolves and fades
are spans whose middle is the average of their ends.
"""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.reading import Plane

Picture = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ShotRule:
    """Every threshold of the shot rule. Brightness is 0–255, histogram distance and likeness 0–1.

    Found on four real films with 43 hard cuts (see tests/media_assets/test_analysis_films.py for the
    numbers they reach); the weak tier asks for less change but for a structure that is all new.
    """

    neighbours: int = 3
    strong_difference: float = 8.0
    strong_histogram: float = 0.15
    strong_ratio: float = 0.5
    strong_likeness: float = 0.5
    weak_difference: float = 4.0
    weak_histogram: float = 0.10
    weak_ratio: float = 1.5
    weak_likeness: float = 0.3
    still_neighbours: float = 0.3  # a title card: nothing moves before and after it appears
    still_difference: float = 2.5
    still_ratio: float = 4.0
    look_ahead_s: float = 0.34  # the longest flash
    shift_px: int = 6  # of the small picture; how far a shaken camera may jump
    shortest_shot_frames: int = 3
    dissolve_half_s: tuple[float, ...] = (0.25, 0.5)
    dissolve_residual: float = 0.14
    dissolve_difference: float = 14.0
    dissolve_likeness: float = 0.35
    black_mean: float = 24.0
    black_contrast: float = 8.0


RULE = ShotRule()
BLOCKS, BINS = 16, 16
BLANK = 1.5  # standard deviation of brightness; less is compression noise


@dataclass(frozen=True)
class Change:
    """A boundary between shots: frame is the first of the new shot, or the middle of a transition.

    kind: cut, dissolve, fade_in, fade_out. start and end bound the transition, in frames; equal for a cut.
    """

    frame: int
    kind: str
    confidence: float
    start: int
    end: int


class BlockHistograms:
    """Histograms of sixteen blocks of a picture of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        rows = (np.arange(height) * 4 // height)[:, None]
        columns = (np.arange(width) * 4 // width)[None, :]
        self._offsets = ((rows * 4 + columns) * BINS).astype(np.uint16)

    def of(self, picture: Plane) -> Picture:
        """(16, 16): per block, the share of its pixels in each of sixteen bins of brightness."""
        counts = np.bincount((self._offsets + (picture >> 4)).ravel(), minlength=BLOCKS * BINS)
        table = counts.reshape(BLOCKS, BINS).astype(np.float32)
        return table / table.sum(axis=1, keepdims=True)


def histogram_distance(before: Picture, after: Picture) -> float:
    """Median over the blocks of half the L1 distance, 0–1."""
    apart = np.sort(np.abs(before - after).sum(axis=1))
    return float(apart[BLOCKS // 2 - 1] + apart[BLOCKS // 2]) / 4


class ShotFinder:
    """Finds the boundaries while the frames go by. Holds about a second of small pictures."""

    def __init__(self, rate: float, rule: ShotRule = RULE) -> None:
        self.rule = rule
        self.ahead = max(4, min(24, round(rule.look_ahead_s * rate)))
        self.halves = sorted({max(4, min(30, round(s * rate))) for s in rule.dissolve_half_s})
        self.lag = max(self.ahead, rule.neighbours + 1, self.halves[-1])
        self.keep = self.lag + max(self.halves[-1], self.ahead) + 2
        self.changes: list[Change] = []
        self._pictures: deque[Plane] = deque(maxlen=self.keep)
        self._tiny: deque[Picture] = deque(maxlen=self.keep)
        self._difference: deque[float] = deque(maxlen=self.keep)
        self._histogram: deque[float] = deque(maxlen=self.keep)
        self._frames = 0
        self._blends: list[tuple[int, int, float, str]] = []

    def push(self, picture: Plane, difference: float, histogram: float) -> None:
        """The next frame: its small picture, and how it differs from the one before."""
        self._pictures.append(picture)
        self._tiny.append(
            cv2.resize(picture, (40, 24), interpolation=cv2.INTER_AREA).astype(np.float32)
        )
        self._difference.append(difference)
        self._histogram.append(histogram)
        self._frames += 1
        if self._frames > self.lag:
            self._judge(self._frames - 1 - self.lag)

    def finish(self) -> list[Change]:
        """Judge what is left; all boundaries in time order."""
        for frame in range(max(0, self._frames - self.lag), self._frames):
            self._judge(frame)
        self.changes += self._transitions()
        self.changes.sort(key=lambda change: change.frame)
        return self.changes

    def _at(self, frame: int) -> int:
        """Index of a frame in the ring, held inside it."""
        first = self._frames - len(self._pictures)
        return min(max(frame - first, 0), len(self._pictures) - 1)

    def _judge(self, frame: int) -> None:
        if frame < 1:
            return
        if confidence := self._is_cut(frame):
            self._keep(Change(frame, "cut", confidence, frame, frame))
        self._look_for_blend(frame)

    def _keep(self, change: Change) -> None:
        previous = self.changes[-1] if self.changes else None
        if previous and change.frame - previous.frame < self.rule.shortest_shot_frames:
            if change.confidence > previous.confidence:
                self.changes[-1] = change
            return
        self.changes.append(change)

    def _is_cut(self, frame: int) -> float:
        """Confidence 0–1 that a new shot begins at this frame."""
        rule, here = self.rule, self._at(frame)
        around = [
            self._at(frame + step)
            for step in range(-rule.neighbours, rule.neighbours + 1)
            if step and frame + step >= 1
        ]
        differences = [self._difference[at] for at in around]
        histograms = [self._histogram[at] for at in around]
        usual = float(np.median(differences))
        difference, most = self._difference[here], max(differences)
        rise = difference - usual
        histogram = self._histogram[here] - float(np.median(histograms))
        if difference < most:
            return 0.0
        ratio = rise / (usual + 1)
        strong = (
            rise > rule.strong_difference
            and histogram > rule.strong_histogram
            and ratio > rule.strong_ratio
        )
        weak = (
            rise > rule.weak_difference
            and histogram > rule.weak_histogram
            and ratio > rule.weak_ratio
        )
        card = (
            usual < rule.still_neighbours
            and rise > rule.still_difference
            and difference > rule.still_ratio * most
        )
        if not (strong or weak or card):
            return 0.0
        allowed = rule.strong_likeness if strong or card else rule.weak_likeness
        likeness = self._likeness_across(frame)
        if likeness >= allowed:
            return 0.0
        return float(np.clip(0.5 * (1 - likeness) + 0.5 * ratio / (1 + ratio), 0.05, 1.0))

    def _likeness_across(self, frame: int) -> float:
        """The best likeness of any picture just before with any just after, the camera shaken or not."""
        first, last = self._frames - len(self._pictures), self._frames - 1
        before = [f for f in range(frame - self.ahead, frame) if f >= max(first, 0)]
        after = [f for f in range(frame, frame + self.ahead + 1) if f <= last]
        pictures = {f: self._pictures[self._at(f)] for f in before + after}
        rows, columns = active_area(list(pictures.values()))
        structure = {f: structure_of(picture[rows, columns]) for f, picture in pictures.items()}
        return max(
            (
                likeness(structure[a], structure[b], self.rule.shift_px)
                for a in before
                for b in after
                # The frames at the gap against all of the other side, and the near ones mutually.
                if a == frame - 1 or b == frame or (a > frame - 4 and b < frame + 4)
            ),
            default=0.0,
        )

    def _look_for_blend(self, frame: int) -> None:
        """Remember frames whose picture is the average of the ones half a transition away."""
        first, last = self._frames - len(self._pictures), self._frames - 1
        for half in self.halves:
            if frame - half < max(first, 0) or frame + half > last:
                continue
            a, b = self._tiny[self._at(frame - half)], self._tiny[self._at(frame + half)]
            apart = float(np.abs(a - b).mean())
            if apart < self.rule.dissolve_difference:
                continue
            middle = self._tiny[self._at(frame)]
            residual = float(np.abs(middle - (a + b) / 2).mean()) / apart
            if residual > self.rule.dissolve_residual:
                continue
            steps = [
                self._difference[self._at(f)] for f in range(frame - half + 1, frame + half + 1)
            ]
            if max(steps) > 6 * float(np.median(steps)) + 2:  # one jump, not a slow change
                continue
            pair = self._pictures[self._at(frame - half)], self._pictures[self._at(frame + half)]
            rows, columns = active_area(list(pair))
            alike = likeness(
                structure_of(pair[0][rows, columns]),
                structure_of(pair[1][rows, columns]),
                self.rule.shift_px,
            )
            if alike < self.rule.dissolve_likeness:
                kind = "fade_in" if self._is_black(a) else "dissolve"
                kind = "fade_out" if self._is_black(b) else kind
                self._blends.append((frame, half, residual, kind))

    def _is_black(self, picture: Picture) -> bool:
        return (
            float(picture.mean()) < self.rule.black_mean
            and float(picture.std()) < self.rule.black_contrast
        )

    def _transitions(self) -> list[Change]:
        """Blends next to each other are one transition, at the frame that blends best."""
        groups: list[list[tuple[int, int, float, str]]] = []
        for blend in sorted(self._blends):
            if groups and blend[0] - groups[-1][-1][0] <= max(3, self.halves[0]):
                groups[-1].append(blend)
            else:
                groups.append([blend])
        cuts = [change.frame for change in self.changes]
        found = []
        for group in groups:
            if len({blend[0] for blend in group}) < 2:
                continue
            frame, half, residual, kind = min(group, key=lambda blend: (blend[2], -blend[1]))
            if any(abs(cut - frame) <= half for cut in cuts):
                continue
            confidence = float(np.clip(1 - residual / self.rule.dissolve_residual / 2, 0.1, 1.0))
            found.append(Change(frame, kind, confidence, frame - half, frame + half))
        return found


def active_area(pictures: list[Plane]) -> tuple[slice, slice]:
    """Rows and columns that are not black in all of the pictures; all of them where little is left."""
    brightest = np.maximum.reduce(pictures)
    rows = np.flatnonzero(brightest.max(axis=1) > 40)
    columns = np.flatnonzero(brightest.max(axis=0) > 40)
    if len(rows) < 20 or len(columns) < 20:
        return slice(None), slice(None)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def structure_of(picture: Plane) -> Picture:
    """The picture without its slow changes of brightness, so that a flash does not alter it."""
    bright = picture.astype(np.float32)
    return np.asarray(bright - cv2.GaussianBlur(bright, (0, 0), 6), np.float32)


def likeness(before: Picture, after: Picture, shift_px: int) -> float:
    """How alike two structures are, 0–1: the median over the blocks of the picture.

    The best small shift of the whole is found first. A figure that stands in the same place in two
    shots, a logo or a subtitle fills a few blocks, and a median does not see it. Blocks that are
    blank on both sides say nothing.
    """
    height, width = before.shape
    shift = min(shift_px, (min(height, width) - 8) // 2)
    if shift < 1:
        return 0.0
    centre = np.ascontiguousarray(before[shift : height - shift, shift : width - shift])
    if centre.std() < 0.5 or after.std() < 0.5:
        return 0.0
    everywhere = cv2.matchTemplate(after, centre, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(everywhere)
    matched = after[y : y + centre.shape[0], x : x + centre.shape[1]]
    alike = _blockwise(centre, matched)
    return max(float(np.median(alike)) if len(alike) >= BLOCKS // 4 else best, 0.0)


def _blockwise(one: Picture, other: Picture) -> Picture:
    """Normalised correlation of each block that is not blank in both."""
    a, b = _blocks(one), _blocks(other)
    energy_a, energy_b = (a * a).sum(axis=1), (b * b).sum(axis=1)
    told = np.maximum(energy_a, energy_b) > BLANK**2 * a.shape[1]
    strength = np.sqrt(energy_a * energy_b)
    return np.asarray(((a * b).sum(axis=1) / np.maximum(strength, 1e-3))[told], np.float32)


def _blocks(picture: Picture) -> Picture:
    """(16, pixels): the picture in four by four blocks, each around its own mean."""
    height, width = (side // 4 * 4 for side in picture.shape)
    cut = picture[:height, :width].reshape(4, height // 4, 4, width // 4)
    blocks = cut.transpose(0, 2, 1, 3).reshape(BLOCKS, -1)
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True), np.float32)
