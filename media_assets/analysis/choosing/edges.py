"""Where a clip may begin and end."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.choosing.choice import SCALES, Choice
from media_assets.analysis.choosing.curves import Curves
from media_assets.analysis.watch import Seen, Shot

Whole = npt.NDArray[np.int64]

NEAR_CUT_MS = 700  # an edge inside a shot this near its end would leave a flash of it
PLAYING, SPEAKING = 0.5, 0.5
BREATH_MS = (120, 250)  # before the first word, after the last

# How good an edge is, 0–1.
CUT_ON_BEAT, CUT_IN_PAUSE, CUT_IN_MUSIC, CUT_IN_SPEECH, CUT = 1.0, 1.0, 0.9, 0.55, 1.0
BEAT, PAUSE, CALM, CALM_IN_SPEECH = 0.85, 0.85, 0.5, 0.2


@dataclass(frozen=True)
class Edge:
    """A place where a clip may begin (opens) or end (closes). quality: 0–1; kind: what is there."""

    at_ms: int
    opens: bool
    closes: bool
    quality: float
    kind: str


class Edges:
    """Knows the cuts, beats and pauses of a video."""

    def __init__(self, seen: Seen, curves: Curves) -> None:
        self.seen, self.curves, self.shots = seen, curves, seen.shots
        self.times = seen.times_ms
        self.start_ms, self.end_ms = self.shots[0].start_ms, self.shots[-1].end_ms
        self.cuts: Whole = np.array([shot.start_ms for shot in self.shots[1:]], np.int64)
        self.hard_cuts = {
            int(self.times[change.frame]) for change in seen.changes if change.kind == "cut"
        }
        self._changes = {change.frame: change for change in seen.changes}
        last = len(self.times) - 1
        self._blends = np.array(
            [
                (self.times[max(c.start, 0)], self.times[min(c.end, last)])
                for c in seen.changes
                if c.kind != "cut"
            ],
            np.int64,
        ).reshape(-1, 2)
        self.after_blends = {int(end) for _, end in self._blends}

    # --- What is at a time --------------------------------------------------------------------

    def on_beat(self, at_ms: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether each time lies on a beat of music that plays there."""
        at, beats = np.atleast_1d(np.asarray(at_ms, np.int64)), self.seen.sound.beats_ms
        if not len(beats):
            return np.zeros(len(at), np.bool_)
        after = np.clip(np.searchsorted(beats, at), 1, len(beats) - 1) if len(beats) > 1 else 0
        near = np.minimum(np.abs(beats[after] - at), np.abs(beats[np.maximum(after - 1, 0)] - at))
        hit: npt.NDArray[np.bool_] = near <= SCALES.on_beat_ms
        return hit

    def cuts_between(self, start_ms: int, end_ms: int) -> Whole:
        """The shot boundaries inside a span."""
        inside: Whole = self.cuts[(self.cuts > start_ms) & (self.cuts < end_ms)]
        return inside

    def in_pause(self, at_ms: int) -> bool:
        """Whether nobody speaks just there, between words."""
        pauses = self.seen.sound.pauses_ms
        return bool(((pauses[:, 0] - 40 <= at_ms) & (at_ms <= pauses[:, 1] + 40)).any())

    def quality_of(self, at_ms: int) -> tuple[float, str]:
        """(how good a place it is to begin or end, what is there), for any time."""
        speaks = self.curves.value_at("speech", at_ms) >= SPEAKING
        plays = self.curves.value_at("music", at_ms) >= PLAYING
        beat = bool(self.on_beat(at_ms)[0])
        ends = at_ms in (self.start_ms, self.end_ms)
        if ends or at_ms in self.hard_cuts or at_ms in self.after_blends:
            if speaks and not ends:
                return (CUT_IN_PAUSE, "cut") if self.in_pause(at_ms) else (CUT_IN_SPEECH, "cut")
            if plays and not ends:
                return (CUT_ON_BEAT, "cut on a beat") if beat else (CUT_IN_MUSIC, "cut")
            return CUT, "cut on a beat" if beat else "cut"
        if beat and not speaks:
            return BEAT, "beat"
        if speaks:
            return (PAUSE, "pause") if self.in_pause(at_ms) else (CALM_IN_SPEECH, "calm")
        return CALM, "calm"

    # --- Candidates ---------------------------------------------------------------------------

    def candidates(self, choice: Choice, *, everywhere: bool) -> list[Edge]:
        """Shot boundaries; inside long shots (everywhere: inside all) beats, pauses, calm moments."""
        edges: dict[int, tuple[bool, bool]] = {}

        def add(at_ms: int, *, opens: bool, closes: bool) -> None:
            was_open, was_closed = edges.get(at_ms, (False, False))
            edges[at_ms] = (opens or was_open, closes or was_closed)

        duration_ms = self.end_ms - self.start_ms
        liked_ms = SCALES.preferred_span[1] * choice.preferred_for(duration_ms)
        long_ms = min(float(choice.max_ms), liked_ms)
        step_ms = max(SCALES.inner_step_ms, duration_ms // SCALES.most_openings)
        for number, shot in enumerate(self.shots):
            change = self._changes.get(shot.first_frame) if number else None
            if change is None or change.kind == "cut":
                add(shot.start_ms, opens=True, closes=number > 0)
            else:  # a transition is no place to begin or end: begin after it, end before it
                last = len(self.times) - 1
                add(int(self.times[min(change.end, last)]), opens=True, closes=False)
                add(int(self.times[max(change.start, 0)]), opens=False, closes=True)
            if everywhere or shot.end_ms - shot.start_ms > long_ms:
                for at_ms, opens, closes in self._inner(shot, step_ms):
                    add(at_ms, opens=opens, closes=closes)
        add(self.end_ms, opens=False, closes=True)
        return [
            Edge(at_ms, opens, closes, *self.quality_of(at_ms))
            for at_ms, (opens, closes) in sorted(edges.items())
            if not self._inside_blend(at_ms)
        ]

    def _inside_blend(self, at_ms: int) -> bool:
        return bool(((self._blends[:, 0] < at_ms) & (at_ms < self._blends[:, 1])).any())

    def _inner(self, shot: Shot, step_ms: int) -> list[tuple[int, bool, bool]]:
        """(time, opens, closes): about one place per step inside a shot."""
        found: list[tuple[int, bool, bool]] = []
        for begin in range(shot.start_ms + NEAR_CUT_MS, shot.end_ms - NEAR_CUT_MS, step_ms):
            end = min(begin + step_ms, shot.end_ms - NEAR_CUT_MS)
            if end - begin < 100 or self.curves.value_at("black", begin) > 0:
                continue
            if self.curves.value_at("speech", (begin + end) // 2) >= SPEAKING:
                found += self._pauses(begin, end)
            elif (beat := self._beat(begin, end)) is not None:
                found.append((beat, True, True))
            elif (calm := self._calm(begin, end)) is not None:
                found.append((calm, True, True))
        return found

    def _frame_near(self, at_ms: float) -> int:
        after = int(np.clip(np.searchsorted(self.times, at_ms), 1, len(self.times) - 1))
        before, here = int(self.times[after - 1]), int(self.times[after])
        return here if here - at_ms < at_ms - before else before

    def _beat(self, begin: int, end: int) -> int | None:
        """The strongest beat, on the frame nearest to it."""
        sound = self.seen.sound
        beats = sound.beats_ms[(sound.beats_ms >= begin) & (sound.beats_ms < end)]
        if not len(beats):
            return None
        best = int(max(beats, key=lambda beat: (sound.onset_at(float(beat)), -beat)))
        frame = self._frame_near(best)
        return frame if abs(frame - best) <= SCALES.on_beat_ms else None

    def _pauses(self, begin: int, end: int) -> list[tuple[int, bool, bool]]:
        """After a pause one may begin, a breath before the word; before it one may end."""
        pauses = self.seen.sound.pauses_ms
        middles = pauses.mean(axis=1) if len(pauses) else np.zeros(0)
        found = []
        for start_ms, stop_ms in pauses[(middles >= begin) & (middles < end)]:
            middle = (start_ms + stop_ms) // 2
            opening = self._frame_near(max(middle, stop_ms - BREATH_MS[0]))
            closing = self._frame_near(min(middle, start_ms + BREATH_MS[1]))
            found += [(opening, True, False), (closing, False, True)]
        return found

    def _calm(self, begin: int, end: int) -> int | None:
        """The frame in which least moves."""
        inside = np.flatnonzero((self.times >= begin) & (self.times < end))
        if not len(inside):
            return None
        motion: Any = self.seen.frames["motion"]
        return int(self.times[inside[int(np.argmin(motion[inside]))]])
