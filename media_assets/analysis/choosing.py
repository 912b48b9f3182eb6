"""Which seconds are worth showing: windows between shot boundaries, scored, the best ones taken.

Every number here is measured; every sentence in the reasons repeats one. The same video gives the
same clips each time.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.framing import trust_in
from media_assets.analysis.watch import Seen, Shot

Floats = npt.NDArray[np.float64]

VERSION = 1
STEP_MS = 100
ON_THE_BEAT_MS = 60  # one and a half frames at 25 a second; people hear no gap below


@dataclass(frozen=True)
class Weights:
    """How much each feature counts. Without sound, the rest counts for all."""

    motion: float = 0.22
    energy: float = 0.18
    sharpness: float = 0.08
    colour: float = 0.06
    faces: float = 0.12
    rhythm: float = 0.10
    variety: float = 0.10
    hook: float = 0.09
    exposure: float = 0.05


@dataclass(frozen=True)
class Scales:
    """Where each measure counts as nothing and as everything, and what spoils a window."""

    relative_share: float = 0.7  # rank within the video, against absolute strength
    motion_full: float = 12.0
    camera_weight: float = 60.0
    energy_db: tuple[float, float] = (-40.0, -10.0)
    sharpness: tuple[float, float] = (2.5, 7.5)
    colour: tuple[float, float] = (3.0, 28.0)
    mean_good: tuple[float, float] = (60.0, 190.0)
    shots_for_variety: float = 2.5
    black_mean: float = 18.0
    black_contrast: float = 9.0
    frozen_difference: float = 0.06
    frozen_run_ms: int = 700
    black_price: float = 2.5
    frozen_price: float = 0.35
    good_length_share: float = 0.6  # of the longest clip; shorter ones lose up to a tenth
    stretch: tuple[float, float] = (0.12, 0.95)  # this range of the weighted mean becomes 0–1
    inner_step_ms: int = 1000
    most_windows: int = 60_000


WEIGHTS, SCALES = Weights(), Scales()
HEARD = ("energy", "rhythm")


@dataclass(frozen=True)
class Window:
    """A span between two places where a clip may begin and end, with its score."""

    start_ms: int
    end_ms: int
    score: float
    features: dict[str, float]
    ranks: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def duration_ms(self) -> int:
        """Length of the span."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Edge:
    """A place where a clip may begin (opens) or end (closes); on_cut: a shot boundary."""

    at_ms: int
    opens: bool
    closes: bool
    on_cut: bool


def choose_clips(seen: Seen, *, count: int, min_ms: int, max_ms: int) -> list[Window]:
    """The best windows, best first, none overlapping another; at least one, whatever the video.

    Edges lie on shot boundaries; only inside shots longer than max_ms (or where boundaries leave
    room for too few clips) on beats, onsets or moments of rest.
    """
    return _Chooser(seen, min_ms=min_ms, max_ms=max(max_ms, min_ms)).choose(count)


class _Chooser:
    def __init__(self, seen: Seen, *, min_ms: int, max_ms: int) -> None:
        self.seen, self.min_ms, self.max_ms = seen, min_ms, max_ms
        self.shots = seen.shots
        self.start_ms, self.end_ms = self.shots[0].start_ms, self.shots[-1].end_ms
        self.curves = Curves(seen)
        self.cuts = np.array([shot.start_ms for shot in self.shots[1:]], np.int64)

    def choose(self, count: int) -> list[Window]:
        if self.end_ms - self.start_ms < self.min_ms * 1.15:
            return [self._explained(self._score(self.start_ms, self.end_ms))]
        chosen: list[Window] = []
        for everywhere in (False, True):
            windows = self._windows(self._edges(everywhere))
            chosen = _best(windows, count)
            if len(chosen) == count:
                break
            packed = _most(windows, count)
            chosen = packed if len(packed) > len(chosen) else chosen
            if len(chosen) >= min(count, self._room()):
                break
        if not chosen:
            end_ms = min(self.end_ms, self.start_ms + self.max_ms)
            chosen = [self._score(self.start_ms, end_ms)]
        return [self._explained(window) for window in chosen]

    def _room(self) -> int:
        """How many clips of the shortest length the video could hold, with some slack."""
        return max(1, int((self.end_ms - self.start_ms) / (self.min_ms * 1.5)))

    def _edges(self, everywhere: bool) -> list[Edge]:
        """Shot boundaries; inside long shots (everywhere: inside all) also musical or quiet moments."""
        edges: dict[int, Edge] = {}
        first, last = self.shots[0], self.shots[-1]
        times = self.seen.times_ms
        spans = {change.frame: change for change in self.seen.changes}

        def add(edge: Edge) -> None:
            known = edges.get(edge.at_ms)
            edges[edge.at_ms] = (
                Edge(
                    edge.at_ms,
                    edge.opens or known.opens,
                    edge.closes or known.closes,
                    edge.on_cut or known.on_cut,
                )
                if known
                else edge
            )

        for shot in self.shots:
            change = spans.get(shot.first_frame) if shot is not first else None
            if change is None or change.kind == "cut":
                add(Edge(shot.start_ms, True, shot is not first, True))
            else:  # a transition is no place to begin or end: begin after it, end before it
                after = min(change.end, len(times) - 1)
                add(Edge(int(times[after]), True, False, True))
                add(Edge(int(times[max(change.start, 0)]), False, True, True))
            if everywhere or shot.end_ms - shot.start_ms > self.max_ms:
                for at_ms in self._inner_points(shot):
                    add(Edge(at_ms, True, True, False))
        add(Edge(last.end_ms, False, True, True))
        return sorted(edges.values(), key=lambda edge: edge.at_ms)

    def _inner_points(self, shot: Shot) -> list[int]:
        """One place about every second inside a shot: a beat, else an onset, else the calmest frame."""
        sound, times = self.seen.sound, self.seen.times_ms
        motion = self.seen.frames["motion"]
        points = []
        for begin in range(shot.start_ms + 700, shot.end_ms - 700, SCALES.inner_step_ms):
            inside = np.flatnonzero((times >= begin) & (times < begin + SCALES.inner_step_ms))
            if not len(inside):
                continue
            beats = sound.beats_ms[
                (sound.beats_ms >= begin) & (sound.beats_ms < begin + SCALES.inner_step_ms)
            ]
            if len(beats):
                best = max(beats, key=lambda beat: (sound.onset_at(float(beat)), -beat))
                frame = inside[int(np.argmin(np.abs(times[inside] - best)))]
            elif sound.audible and max(sound.onset_at(float(times[f])) for f in inside) > 0.4:
                frame = max(inside, key=lambda f: sound.onset_at(float(times[f])))
            else:
                frame = inside[int(np.argmin(motion[inside]))]
            points.append(int(times[frame]))
        return points

    def _windows(self, edges: list[Edge]) -> list[Window]:
        """Every pair of edges the right distance apart, scored; of very many, evenly spread ones."""
        closing = [edge for edge in edges if edge.closes]
        closing_ms = np.array([edge.at_ms for edge in closing])
        pairs: list[tuple[int, int]] = []
        for edge in edges:
            if not edge.opens:
                continue
            low = int(np.searchsorted(closing_ms, edge.at_ms + self.min_ms))
            high = int(np.searchsorted(closing_ms, edge.at_ms + self.max_ms, side="right"))
            pairs += [(edge.at_ms, int(at)) for at in closing_ms[low:high]]
        stride = -(-len(pairs) // SCALES.most_windows) or 1
        return [self._score(start_ms, end_ms) for start_ms, end_ms in pairs[::stride]]

    # --- Scoring ------------------------------------------------------------------------------

    def _score(self, start_ms: int, end_ms: int) -> Window:
        curves, sound = self.curves, self.seen.sound
        a, b = curves.span(start_ms, end_ms)
        ranks = {
            name: curves.rank(name, a, b) for name in ("motion", "energy", "sharpness", "colour")
        }
        share = SCALES.relative_share
        features = {
            "motion": share * ranks["motion"]
            + (1 - share) * _ramp(curves.mean("motion", a, b), 0, SCALES.motion_full),
            "energy": share * ranks["energy"]
            + (1 - share) * _ramp(curves.mean("energy", a, b), *SCALES.energy_db)
            if sound.audible
            else 0.0,
            "sharpness": 0.4 * ranks["sharpness"]
            + 0.6 * _ramp(curves.mean("sharpness", a, b), *SCALES.sharpness),
            "colour": 0.4 * ranks["colour"]
            + 0.6 * _ramp(curves.mean("colour", a, b), *SCALES.colour),
            "faces": curves.mean("faces", a, b),
            "rhythm": self._rhythm(start_ms, end_ms),
            "variety": self._variety(start_ms, end_ms),
            "hook": self._hook(start_ms),
            "exposure": curves.mean("exposure", a, b),
        }
        counted = {
            name: weight
            for name, weight in vars(WEIGHTS).items()
            if sound.audible or name not in HEARD
        }
        mean = sum(weight * features[name] for name, weight in counted.items())
        mean /= sum(counted.values())
        low, high = SCALES.stretch
        score = _ramp(mean, low, high)
        score *= max(0.0, 1 - SCALES.black_price * curves.mean("black", a, b))
        score *= 1 - SCALES.frozen_price * curves.mean("frozen", a, b)
        length = (end_ms - start_ms) / (SCALES.good_length_share * self.max_ms)
        score *= 0.9 + 0.1 * min(1.0, length)
        return Window(
            start_ms,
            end_ms,
            round(float(np.clip(score, 0, 1)), 4),
            {name: round(float(np.clip(value, 0, 1)), 4) for name, value in features.items()},
            ranks,
        )

    def _cuts_inside(self, start_ms: int, end_ms: int) -> npt.NDArray[np.int64]:
        return self.cuts[(self.cuts > start_ms) & (self.cuts < end_ms)]

    def _is_on_beat(self, at_ms: int) -> bool:
        beats = self.seen.sound.beats_ms
        if not len(beats):
            return False
        near = int(np.searchsorted(beats, at_ms))
        around = beats[max(0, near - 1) : near + 1]
        return bool(np.min(np.abs(around - at_ms)) <= ON_THE_BEAT_MS)

    def _rhythm(self, start_ms: int, end_ms: int) -> float:
        """Share of the edges and cuts that fall on a beat, as far as there is a pulse."""
        sound = self.seen.sound
        if not sound.tempo_bpm:
            return 0.0
        places = [start_ms, end_ms, *map(int, self._cuts_inside(start_ms, end_ms))]
        on_beat = sum(map(self._is_on_beat, places)) / len(places)
        return on_beat * (0.4 + 0.6 * sound.rhythm)

    def _variety(self, start_ms: int, end_ms: int) -> float:
        """How many different pictures; a cut every two seconds is about right, flicker is not."""
        cuts = len(self._cuts_inside(start_ms, end_ms))
        per_s = cuts / ((end_ms - start_ms) / 1000)
        return float((1 - np.exp(-cuts / SCALES.shots_for_variety)) * min(1.0, 2.5 / max(per_s, 1)))

    def _hook(self, start_ms: int) -> float:
        """Strength of the first second: motion, sound, a face, a clean start."""
        a, b = self.curves.span(start_ms, start_ms + 1000)
        motion = self.curves.rank("motion", a, b)
        heard = self.seen.sound.audible
        energy = self.curves.rank("energy", a, b) if heard else motion
        face = self.curves.mean("faces", a, b)
        clean = 1.0 if start_ms in self.cuts or start_ms == self.start_ms else 0.4
        if self._is_on_beat(start_ms):
            clean += 0.2
        lit = 1 - self.curves.mean("black", a, b)
        return lit * (0.4 * motion + 0.25 * energy + 0.15 * face + 0.2 * min(clean, 1.0))

    # --- Explaining ---------------------------------------------------------------------------

    def _explained(self, window: Window) -> Window:
        start_ms, end_ms = window.start_ms, window.end_ms
        a, b = self.curves.span(start_ms, end_ms)
        seconds = (end_ms - start_ms) / 1000
        cuts = self._cuts_inside(start_ms, end_ms)
        sound = self.seen.sound
        said: list[tuple[float, str]] = []
        if start_ms <= self.start_ms and end_ms >= self.end_ms:
            said.append((2.0, "The whole video: it is no longer than one clip."))
        else:
            said.append((1.5, self._start_sentence(start_ms)))
            for name, what in (
                ("motion", "Motion"),
                ("energy", "Loudness"),
                ("sharpness", "Sharpness"),
                ("colour", "Colour"),
            ):
                rank = window.ranks[name]
                if rank >= 0.7 and (name != "energy" or sound.audible):
                    top = max(1, round((1 - rank) * 100 / 5) * 5) if rank < 0.97 else 3
                    weight = getattr(WEIGHTS, name) / WEIGHTS.motion
                    said.append(
                        (rank * (0.6 + 0.6 * weight), f"{what} in the top {top} % of the video.")
                    )
        face_s = self.curves.mean("faces", a, b) * seconds
        if face_s >= 0.3 * seconds:
            said.append((1.2, f"A face is in frame for {face_s:.1f} of {seconds:.1f} s."))
        if len(cuts):
            on_beat = sum(self._is_on_beat(int(cut)) for cut in cuts)
            shots = f"{len(cuts) + 1} shots in {seconds:.1f} s"
            if sound.tempo_bpm and on_beat * 2 > len(cuts):
                said.append((1.1, f"{shots}; {on_beat} of {len(cuts)} cuts fall on a beat."))
            else:
                said.append((0.55, f"{shots}."))
        else:
            said.append((0.5, f"One unbroken shot of {seconds:.1f} s."))
        if sound.audible and len(db := sound.db_between(start_ms, end_ms)):
            said.append((0.3, f"Sound at {_mean_db(db):.0f} dB on average."))
        said.append((0.2, f"Brightness {self.curves.mean('light', a, b) * 100:.0f} of 100."))
        said.sort(key=lambda pair: -pair[0])
        reasons = [sentence for weight, sentence in said[:4] if weight > 0.4]
        if len(reasons) < 2:
            reasons = [sentence for _, sentence in said[:2]]
        return Window(start_ms, end_ms, window.score, window.features, window.ranks, reasons)

    def _start_sentence(self, start_ms: int) -> str:
        on_cut = bool(np.any(self.cuts == start_ms)) or start_ms == self.start_ms
        tempo = self.seen.sound.tempo_bpm
        where = "with the video" if start_ms == self.start_ms else "on a cut"
        if tempo and self._is_on_beat(start_ms):
            beat = f"on a beat ({tempo:.0f} BPM)"
            return f"Starts {where} and {beat}." if on_cut else f"Starts {beat}."
        if on_cut:
            return f"Starts {where}."
        if any(change.kind != "cut" for change in self.seen.changes):
            times = self.seen.times_ms
            ends = {int(times[min(c.end, len(times) - 1)]) for c in self.seen.changes}
            if start_ms in ends:
                return "Starts right after a transition."
        return "Starts at a calm moment inside a long shot."


class Curves:
    """What was measured, on one grid of STEP_MS, with sums that make any span's mean cheap."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.steps = max(1, -(-seen.end_ms // STEP_MS))
        self._sums: dict[str, Floats] = {}
        self._sorted: dict[tuple[str, int], Floats] = {}
        for name, values in self._all().items():
            self._sums[name] = np.concatenate([[0.0], np.cumsum(values)])

    def span(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Grid indices [a, b) of a span; never empty."""
        a = min(max(round(start_ms / STEP_MS), 0), self.steps - 1)
        return a, min(max(round(end_ms / STEP_MS), a + 1), self.steps)

    def mean(self, name: str, a: int, b: int) -> float:
        """Mean over [a, b)."""
        sums = self._sums[name]
        return float((sums[b] - sums[a]) / (b - a))

    def values(self, name: str) -> Floats:
        """The curve itself."""
        return np.diff(self._sums[name])

    def rank(self, name: str, a: int, b: int) -> float:
        """Share of equally long spans of the video that have less; 0.5 where all are alike."""
        length = min(max(round((b - a) / 10), 1) * 10, self.steps)
        known = self._sorted.get((name, length))
        if known is None:
            sums = self._sums[name]
            known = np.sort((sums[length:] - sums[:-length]) / length)
            self._sorted[(name, length)] = known
        if known[-1] - known[0] < 1e-6 * max(1.0, abs(float(known[-1]))) or len(known) < 3:
            return 0.5
        value = self.mean(name, a, b)
        below = np.searchsorted(known, value - 1e-9)
        upto = np.searchsorted(known, value + 1e-9, side="right")
        return float(below + upto) / (2 * len(known))

    def _all(self) -> dict[str, Floats]:
        frames, samples = self.seen.frames, self.seen.samples
        grid = (np.arange(self.steps) + 0.5) * STEP_MS
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
        frozen = _long_runs(
            frames["difference"] < SCALES.frozen_difference, times, SCALES.frozen_run_ms
        )
        sampled = np.array([sample.at_ms for sample in samples], np.float64)

        def spread(values: list[float]) -> Floats:
            return np.interp(grid, sampled, np.array(values, np.float64))

        searched = [(i, sample) for i, sample in enumerate(samples) if sample.searched]
        faces = [
            float(any(trust_in(samples, i, face) == 1.0 for face in sample.faces))
            for i, sample in searched
        ]
        searched_ms = np.array([sample.at_ms for _, sample in searched], np.float64)
        energy = np.full(self.steps, -60.0)
        db = self.seen.sound.db[: self.steps]
        energy[: len(db)] = np.maximum(db, -60.0)
        return {
            "motion": moved.astype(np.float64),
            "energy": energy,
            "sharpness": spread([sample.sharpness for sample in samples]),
            "colour": spread([sample.colour for sample in samples]),
            "exposure": spread([_exposure(s.mean, s.contrast, s.clipped) for s in samples]),
            "light": spread([sample.mean / 255 for sample in samples]),
            "faces": np.interp(grid, searched_ms, np.array(faces)),
            "black": black[at].astype(np.float64),
            "frozen": frozen[at].astype(np.float64),
        }


def _exposure(mean: float, contrast: float, clipped: float) -> float:
    """1 for a well lit picture with contrast and nothing burnt out or drowned."""
    low, high = SCALES.mean_good
    light = _ramp(mean, 0, low) if mean < low else 1 - _ramp(mean, high, 255)
    return light * (0.4 + 0.6 * _ramp(contrast, 5, 45)) * (1 - 0.7 * min(1.0, clipped))


def _ramp(value: float, low: float, high: float) -> float:
    """0 at low, 1 at high, straight in between."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def _mean_db(db: npt.NDArray[Any]) -> float:
    return float(10 * np.log10(np.mean(10 ** (db.astype(np.float64) / 10)) + 1e-10))


def _long_runs(flags: npt.NDArray[Any], times: Floats, least_ms: int) -> npt.NDArray[np.bool_]:
    """The flags, but only in runs of at least so many milliseconds."""
    kept = np.zeros(len(flags), np.bool_)
    at = 0
    for value, group in itertools.groupby(flags.tolist()):
        size = sum(1 for _ in group)
        if value and times[min(at + size, len(times) - 1)] - times[at] >= least_ms:
            kept[at : at + size] = True
        at += size
    return kept


def _best(windows: list[Window], count: int) -> list[Window]:
    """Greedily the best windows that do not overlap."""
    chosen: list[Window] = []
    for window in sorted(windows, key=lambda w: (-w.score, w.start_ms, w.end_ms)):
        if all(window.end_ms <= c.start_ms or window.start_ms >= c.end_ms for c in chosen):
            chosen.append(window)
            if len(chosen) == count:
                break
    return chosen


def _most(windows: list[Window], count: int) -> list[Window]:
    """As many windows as fit, up to count; among equally many the best sum of scores."""
    order = sorted(windows, key=lambda w: (w.end_ms, w.start_ms))
    ends = np.array([window.end_ms for window in order])
    # best[k]: per prefix of the order, the best sum of exactly k windows, and how it came about
    best = [np.full(len(order) + 1, -np.inf) for _ in range(count + 1)]
    took = [np.zeros(len(order) + 1, np.bool_) for _ in range(count + 1)]
    best[0][:] = 0.0
    before = [int(np.searchsorted(ends, window.start_ms, side="right")) for window in order]
    for k in range(1, count + 1):
        for i, window in enumerate(order):
            with_it = best[k - 1][before[i]] + window.score
            took[k][i + 1] = with_it > best[k][i]
            best[k][i + 1] = max(with_it, best[k][i])
    k = max(k for k in range(count + 1) if np.isfinite(best[k][-1]))
    chosen, i = [], len(order)
    while k > 0 and i > 0:
        if took[k][i]:
            chosen.append(order[i - 1])
            i, k = before[i - 1], k - 1
        else:
            i -= 1
    return sorted(chosen, key=lambda w: (-w.score, w.start_ms))
