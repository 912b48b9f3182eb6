"""Where one shot ends and the next begins: cuts, dissolves and fades.

A pure function of two numbers and a thumbnail per frame, so the result does not depend on how the
pass over the video was divided. How it works and how well: docs/media/shots.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.cuts import Cut, CutRule, find_cuts
from media_assets.analysis.strip import Strip
from media_assets.analysis.transitions import Candidate, TransitionRule, find_transitions
from media_assets.analysis.weights import CUT_WEIGHTS, TRANSITION_WEIGHTS


@dataclass(frozen=True)
class ShotRule:
    """Every threshold of shot detection; goes into the parameters of each analysis."""

    cuts: CutRule = field(default_factory=lambda: CutRule(weights=CUT_WEIGHTS))
    transitions: TransitionRule = field(
        default_factory=lambda: TransitionRule(weights=TRANSITION_WEIGHTS)
    )


RULE = ShotRule()


@dataclass(frozen=True)
class Change:
    """A boundary between shots.

    kind: cut, dissolve, fade_in, fade_out, fade_through_black, fade_through_white. start is the first
    frame that the transition touches, end the first one after it; both equal frame for a cut. frame is
    the first of the new shot; the middle of a dissolve or a fade through; the first plain frame after
    a fade-out; the first frame that is not plain in a fade-in. confidence is a probability, 0–1.
    """

    frame: int
    kind: str
    confidence: float
    start: int
    end: int


def find_changes(frames: Columns, strip: Strip, rule: ShotRule = RULE) -> list[Change]:
    """All boundaries, in time order.

    frames: columns at_us, difference and histogram, a row per frame, each measured against the frame
    before (0 in the first row). strip: the thumbnails of the same frames.
    """
    at_us, difference = frames["at_us"], frames["difference"]
    if len(at_us) != len(strip):
        raise ValueError(f"{len(at_us)} frames, but {len(strip)} thumbnails")
    cuts = find_cuts(at_us, difference, frames["histogram"], strip, rule.cuts)
    clear = [cut.frame for cut in cuts if cut.probability >= rule.transitions.clear_cut]
    rate = steady_rate(at_us)
    spans = find_transitions(strip, rate, clear, rule.transitions)
    kept = [cut for cut in cuts if not any(_inside(cut, span) for span in spans)]
    gradual = _through(spans, round(rule.transitions.through_s * rate), [cut.frame for cut in kept])
    changes = [
        Change(cut.frame, "cut", round(cut.probability, 4), cut.frame, cut.frame) for cut in kept
    ]
    return sorted(changes + gradual, key=lambda change: (change.frame, change.start))


def steady_rate(at_us: npt.NDArray[Any]) -> float:
    """Frames per second while frames come evenly, from the median gap; 25 where there is none."""
    gaps = np.diff(at_us)
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    return 1_000_000 / usual if usual > 0 else 25.0


def _inside(cut: Cut, span: Candidate) -> bool:
    """Whether a cut is a moment of a transition rather than one of its own."""
    return span.start <= cut.frame < span.end and cut.probability <= max(span.probability, 0.8)


def _through(spans: Sequence[Candidate], most: int, cuts: Sequence[int]) -> list[Change]:
    """Changes of the spans; out to a plain picture and soon in again from the like is one change."""
    changes: list[Change] = []
    waiting = list(spans)
    while waiting:
        one = waiting.pop(0)
        after = waiting[0] if waiting else None
        if (
            after is not None
            and (one.kind, after.kind) == ("fade_out", "fade_in")
            and after.start - one.end <= most
            and abs(one.light - after.light) < 40
            and not any(one.end <= cut <= after.start for cut in cuts)
        ):
            waiting.pop(0)
            kind = "fade_through_white" if one.light > 128 else "fade_through_black"
            middle = (one.end + after.start) // 2
            sure = min(one.probability, after.probability)
            changes.append(Change(middle, kind, round(sure, 4), one.start, after.end))
            continue
        frame = {"fade_out": one.end, "fade_in": one.start}.get(
            one.kind, (one.start + one.end) // 2
        )
        changes.append(Change(frame, one.kind, round(one.probability, 4), one.start, one.end))
    return changes
