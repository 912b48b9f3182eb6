"""What was measured, on one grid of time, with sums that make the mean of any span cheap."""

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.choosing.choice import SCALES
from media_assets.analysis.evidence import Looked, trust_in
from media_assets.analysis.sound.heard import LIKELIHOOD_MS
from media_assets.analysis.watch import Seen

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

STEP_MS = 100
SMOOTH_STEPS = 10  # a moment is a second
RANKED_SPANS = 4000  # of a very long video, evenly spread ones stand for all
QUIETEST_DB = -60.0


class Curves:
    """Curves by name, a value per STEP_MS: motion, energy, sharpness, colour, exposure, light, faces,
    music, speech, black, frozen, card. "good motion" and its like (energy, sharpness, colour) say, 0–1,
    how good each moment is in that respect, within its video and in itself.
    """

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.steps = max(1, -(-seen.end_ms // STEP_MS))
        self._sums: dict[str, Floats] = {}
        self._sorted: dict[tuple[str, int], Floats] = {}
        curves = self._all()
        for name, (low, high, least) in SCALES.goodness.items():
            curves[f"good {name}"] = _goodness(curves[name], low, high, least)
        for name in list(curves):  # one by one: of six hours, each takes two megabytes
            self._sums[name] = np.concatenate([[0.0], np.cumsum(curves.pop(name))])

    def spans(self, start_ms: npt.ArrayLike, end_ms: npt.ArrayLike) -> tuple[Whole, Whole]:
        """Grid indices [a, b) of spans; never empty."""
        a = np.clip(np.round(np.asarray(start_ms) / STEP_MS), 0, self.steps - 1).astype(np.int64)
        b = np.clip(np.round(np.asarray(end_ms) / STEP_MS), a + 1, self.steps).astype(np.int64)
        return a, b

    def means(self, name: str, a: Whole, b: Whole) -> Floats:
        """Mean of each span [a, b)."""
        sums = self._sums[name]
        means: Floats = (sums[b] - sums[a]) / (b - a)
        return means

    def mean(self, name: str, start_ms: int, end_ms: int) -> float:
        """Mean of one span."""
        a, b = self.spans([start_ms], [end_ms])
        return float(self.means(name, a, b)[0])

    def values(self, name: str) -> Floats:
        """The curve itself."""
        return np.diff(self._sums[name])

    def value_at(self, name: str, at_ms: int) -> float:
        """The curve at a time."""
        step = min(max(at_ms // STEP_MS, 0), self.steps - 1)
        return float(self._sums[name][step + 1] - self._sums[name][step])

    def rank(self, name: str, start_ms: int, end_ms: int) -> float:
        """Share of equally long spans of the video that have less; 0.5 where all are alike."""
        a, b = self.spans([start_ms], [end_ms])
        length = min(max(round(int(b[0] - a[0]) / 10), 1) * 10, self.steps)
        return float(_rank(self.means(name, a, b), self._known(name, length))[0])

    def _known(self, name: str, length: int) -> Floats:
        known = self._sorted.get((name, length))
        if known is None:
            sums = self._sums[name]
            every = max(1, self.steps // RANKED_SPANS)
            known = np.sort((sums[length:] - sums[:-length])[::every] / length)
            self._sorted[(name, length)] = known
        return known

    def _all(self) -> dict[str, Floats]:
        frames, samples, sound = self.seen.frames, self.seen.samples, self.seen.sound
        grid: Floats = np.asarray((np.arange(self.steps) + 0.5) * STEP_MS, np.float64)
        times = frames["at_us"] / 1000
        at = np.clip(np.searchsorted(times, grid, side="right") - 1, 0, len(times) - 1)
        cell = np.clip(times // STEP_MS, 0, self.steps - 1).astype(np.int64)
        motion = frames["motion"] + SCALES.camera_weight * np.minimum(frames["camera"], 0.1)
        for change in self.seen.changes:  # the jump of a cut is no motion
            if change.kind == "cut":
                motion[change.frame] = motion[max(change.frame - 1, 0)]
        sums = np.bincount(cell, motion, minlength=self.steps)
        counts = np.bincount(cell, minlength=self.steps)
        moved = np.where(counts > 0, sums / np.maximum(counts, 1), motion[at])
        black = (frames["mean"] < SCALES.black_mean) & (frames["contrast"] < SCALES.black_contrast)
        frozen = _long_runs(frames["difference"] < SCALES.frozen_difference, times)
        still = _long_runs(frames["difference"] < SCALES.card_difference, times)
        card = still & (frames["mean"] < SCALES.card_mean) & ~black & ~frozen
        sampled = np.array([*samples.values("at_ms")], np.float64)

        def spread(values: Iterable[float]) -> Floats:
            return np.interp(grid, sampled, np.array([*values], np.float64))

        looked = [*map(Looked, samples.values("at_ms"), samples.values("faces"))]
        searched = [row for row, told in enumerate(samples.values("searched")) if told]
        faces = [
            float(any(trust_in(looked, row, face) == 1.0 for face in looked[row].faces))
            for row in searched
        ]
        lit = zip(*(samples.values(name) for name in ("mean", "contrast", "clipped")), strict=True)
        energy = np.full(self.steps, QUIETEST_DB)
        db = sound.db[: self.steps]
        energy[: len(db)] = np.maximum(db, QUIETEST_DB)
        return {
            "motion": moved.astype(np.float64),
            "energy": energy,
            "sharpness": spread(samples.values("sharpness")),
            "colour": spread(samples.values("colour")),
            "exposure": spread(_exposure(*each) for each in lit),
            "light": spread(mean / 255 for mean in samples.values("mean")),
            "faces": np.interp(grid, sampled[searched], np.array(faces)),
            "music": _stepped(sound.music, grid),
            "speech": _stepped(sound.speech, grid),
            "black": black[at].astype(np.float64),
            "frozen": frozen[at].astype(np.float64),
            "card": card[at].astype(np.float64),
        }


def _goodness(values: Floats, low: float, high: float, least: float) -> Floats:
    """0–1: good within the video, between its usual and its best moments and by rank; and in itself.

    Moments, not spans, are compared: a long span must not seem good for being the best of its length.
    least: a video that varies by less is even, and nothing in it stands out.
    """
    reach = min(SMOOTH_STEPS, len(values))
    size = np.convolve(np.ones(len(values)), np.ones(reach), mode="same")
    smooth = np.convolve(values, np.ones(reach), mode="same") / size
    usual, best = np.percentile(smooth, (SCALES.usual_percentile, SCALES.best_percentile))
    place = np.clip((smooth - usual) / max(best - usual, least), 0, 1)
    stands_out = min(1.0, (best - usual) / least)
    rank = 0.5 + (_rank(smooth, np.sort(smooth)) - 0.5) * stands_out
    relative = SCALES.rank_share * rank + (1 - SCALES.rank_share) * place
    share = SCALES.relative_share
    good: Floats = share * relative + (1 - share) * ramp(values, low, high)
    return good


def ramp(value: npt.ArrayLike, low: float, high: float) -> Floats:
    """0 at low, 1 at high, straight in between."""
    return np.clip((np.asarray(value, np.float64) - low) / (high - low), 0.0, 1.0)


def _rank(values: Floats, known: Floats) -> Floats:
    if len(known) < 3 or known[-1] - known[0] < 1e-6 * max(1.0, abs(float(known[-1]))):
        return np.full(len(values), 0.5)
    below = np.searchsorted(known, values - 1e-9)
    upto = np.searchsorted(known, values + 1e-9, side="right")
    return (below + upto) / (2.0 * len(known))


def _stepped(likelihood: npt.NDArray[np.float32], grid: Floats) -> Floats:
    if not len(likelihood):
        return np.zeros(len(grid))
    at = np.clip(grid // LIKELIHOOD_MS, 0, len(likelihood) - 1).astype(np.int64)
    return likelihood[at].astype(np.float64)


def _exposure(mean: float, contrast: float, clipped: float) -> float:
    """1 for a well lit picture with contrast and nothing burnt out or drowned."""
    low, high = SCALES.mean_good
    light = float(ramp(mean, 0, low) if mean < low else 1 - ramp(mean, high, 255))
    return light * (0.4 + 0.6 * float(ramp(contrast, 5, 45))) * (1 - 0.7 * min(1.0, clipped))


def _long_runs(flags: npt.NDArray[Any], times: Floats) -> npt.NDArray[np.bool_]:
    """The flags, but only in runs of at least SCALES.dead_run_ms."""
    kept = np.zeros(len(flags), np.bool_)
    at = 0
    for value, group in itertools.groupby(flags.tolist()):
        size = sum(1 for _ in group)
        if value and times[min(at + size, len(times) - 1)] - times[at] >= SCALES.dead_run_ms:
            kept[at : at + size] = True
        at += size
    return kept
