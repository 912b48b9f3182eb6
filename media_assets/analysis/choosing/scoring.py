"""How good a span is: nine features, weighed, less what spoils it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media_assets.analysis.choosing.choice import HEARD, SCALES, STANDING_OUT, Choice, Window
from media_assets.analysis.choosing.curves import Curves, ramp
from media_assets.analysis.choosing.edges import Edge, Edges
from media_assets.analysis.watch import Seen

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Many spans at once, a row each. features by name; dead: share of nothing to see."""

    start_ms: Whole
    end_ms: Whole
    score: Floats
    features: dict[str, Floats]
    dead: Floats

    def __len__(self) -> int:
        return len(self.start_ms)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "Spans":
        """Some of them."""
        return Spans(
            self.start_ms[rows],
            self.end_ms[rows],
            self.score[rows],
            {name: values[rows] for name, values in self.features.items()},
            self.dead[rows],
        )

    def window(self, row: int) -> Window:
        """One of them by itself, without reasons."""
        return Window(
            int(self.start_ms[row]),
            int(self.end_ms[row]),
            round(float(self.score[row]), 4),
            {name: round(float(values[row]), 4) for name, values in self.features.items()},
        )


class Scorer:
    """Scores spans of one video for one choice."""

    def __init__(self, seen: Seen, curves: Curves, edges: Edges, choice: Choice) -> None:
        self.seen, self.curves, self.edges, self.choice = seen, curves, edges, choice
        self.preferred_ms = choice.preferred_for(edges.end_ms - edges.start_ms)
        on_beat = edges.on_beat(edges.cuts)
        self._cuts_upto = np.arange(len(edges.cuts) + 1)
        self._beats_upto = np.concatenate([[0], np.cumsum(on_beat)])

    def pairs(self, edges: list[Edge]) -> Spans:
        """Every opening with closings the right distance away, of many closings well spread ones."""
        choice = self.choice
        closing = [edge for edge in edges if edge.closes]
        closing_ms = np.array([edge.at_ms for edge in closing], np.int64)
        closing_quality = np.array([edge.quality for edge in closing])
        opening = [edge for edge in edges if edge.opens]
        opening = opening[:: -(-len(opening) // SCALES.most_openings) or 1]
        targets = np.geomspace(choice.min_ms, choice.max_ms, SCALES.ends_per_opening)
        starts: list[Whole] = []
        ends: list[Whole] = []
        quality: list[Floats] = []
        for edge in opening:
            low = int(np.searchsorted(closing_ms, edge.at_ms + choice.min_ms))
            high = int(np.searchsorted(closing_ms, edge.at_ms + choice.max_ms, side="right"))
            rows = np.arange(low, high)
            if len(rows) > SCALES.ends_per_opening:
                near = np.searchsorted(closing_ms[low:high], edge.at_ms + targets)
                rows = low + np.unique(np.minimum(near, high - low - 1))
            starts.append(np.full(len(rows), edge.at_ms, np.int64))
            ends.append(closing_ms[rows])
            quality.append((edge.quality + closing_quality[rows]) / 2)
        if not starts:
            return self.score(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        return self.score(np.concatenate(starts), np.concatenate(ends), np.concatenate(quality))

    def one(self, start_ms: int, end_ms: int) -> Window:
        """Any span, wherever its edges lie."""
        quality = (self.edges.quality_of(start_ms)[0] + self.edges.quality_of(end_ms)[0]) / 2
        spans = self.score(np.array([start_ms]), np.array([end_ms]), np.array([quality]))
        return spans.window(0)

    def score(self, start_ms: Whole, end_ms: Whole, quality: Floats) -> Spans:
        """Score spans whose edges are so good, 0–1."""
        curves, heard = self.curves, self.seen.sound.audible
        a, b = curves.spans(start_ms, end_ms)
        seconds = (end_ms - start_ms) / 1000
        features = {
            "motion": curves.means("good motion", a, b),
            "energy": curves.means("good energy", a, b) if heard else np.zeros(len(a)),
            "sharpness": curves.means("good sharpness", a, b),
            "colour": curves.means("good colour", a, b),
            "faces": curves.means("faces", a, b),
            "rhythm": self._rhythm(start_ms, end_ms, a, b),
            "variety": self._variety(start_ms, end_ms, seconds),
            "hook": self._hook(start_ms, quality),
            "exposure": curves.means("exposure", a, b),
        }
        score = ramp(self._weighed(features, heard=heard), *SCALES.stretch)
        black, frozen, card = (curves.means(name, a, b) for name in ("black", "frozen", "card"))
        score *= np.maximum(0.0, 1 - SCALES.black_price * black)
        score *= 1 - SCALES.frozen_price * frozen
        score *= np.maximum(0.0, 1 - SCALES.card_price * card)
        score *= 1 - SCALES.edge_price * (1 - quality)
        score *= self._length(end_ms - start_ms)
        features = {name: np.clip(values, 0, 1) for name, values in features.items()}
        return Spans(start_ms, end_ms, np.clip(score, 0, 1), features, black + frozen + card)

    def _weighed(self, features: dict[str, Floats], *, heard: bool) -> Floats:
        counted = {
            name: weight
            for name, weight in vars(self.choice.weights).items()
            if weight and (heard or name not in HEARD)
        }
        whole = sum(map(abs, counted.values()))
        if not whole:  # only what is heard counts, and nothing is
            return np.full(len(features["motion"]), 0.5)
        total = np.zeros(len(features["motion"]))
        for name, weight in counted.items():
            total += abs(weight) * (features[name] if weight > 0 else 1 - features[name])
        strong = [features[name] for name in STANDING_OUT if counted.get(name, 0.0) > 0]
        if not strong:
            return total / whole
        share = SCALES.standout_share
        return (1 - share) * total / whole + share * np.max(strong, axis=0)

    def _rhythm(self, start_ms: Whole, end_ms: Whole, a: Whole, b: Whole) -> Floats:
        """Share of the edges and cuts that fall on a beat, as far as there is a pulse."""
        sound = self.seen.sound
        if not sound.tempo_bpm:
            return np.zeros(len(a))
        first, last = self._inside(start_ms, end_ms)
        cuts = last - first
        on_beat = self._beats_upto[last] - self._beats_upto[first]
        edges = self.edges.on_beat(start_ms) * 1.0 + self.edges.on_beat(end_ms)
        clear = (0.4 + 0.6 * sound.rhythm) * self.curves.means("music", a, b)
        return (on_beat + edges) / (cuts + 2) * clear

    def _variety(self, start_ms: Whole, end_ms: Whole, seconds: Floats) -> Floats:
        """How many different pictures; a cut every two seconds is about right, flicker is not."""
        first, last = self._inside(start_ms, end_ms)
        cuts = last - first
        per_s = cuts / seconds
        many = 1 - np.exp(-cuts / SCALES.shots_for_variety)
        return many * np.minimum(1.0, 2.5 / np.maximum(per_s, 1.0))

    def _inside(self, start_ms: Whole, end_ms: Whole) -> tuple[Whole, Whole]:
        """[first, last) of the cuts inside each span."""
        cuts = self.edges.cuts
        first = np.searchsorted(cuts, start_ms, side="right")
        return first, np.maximum(np.searchsorted(cuts, end_ms), first)

    def _hook(self, start_ms: Whole, quality: Floats) -> Floats:
        """Strength of the first three seconds, the first of which counts twice: movement, sound, a
        face, light, and a clean beginning."""
        total = np.zeros(len(start_ms))
        for length_ms in SCALES.hook_ms:
            a, b = self.curves.spans(start_ms, start_ms + length_ms)
            motion = self.curves.means("good motion", a, b)
            heard = self.seen.sound.audible
            energy = self.curves.means("good energy", a, b) if heard else motion
            lit = 1 - np.minimum(1.0, self.curves.means("black", a, b))
            faces = self.curves.means("faces", a, b)
            total += lit * (0.4 * motion + 0.25 * energy + 0.15 * faces + 0.2 * quality)
        return total / len(SCALES.hook_ms)

    def _length(self, length_ms: Whole) -> Floats:
        """1 for a length that is liked, less the further away."""
        short, long = (share * self.preferred_ms for share in SCALES.preferred_span)
        below = np.maximum(0.0, np.log2(short / np.maximum(length_ms, 1)))
        above = np.maximum(0.0, np.log2(np.maximum(length_ms, 1) / long))
        return np.maximum(0.4, 1 - SCALES.length_price * (below + above))
