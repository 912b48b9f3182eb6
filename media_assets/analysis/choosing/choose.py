"""Choosing clips: candidates, scores, the best set, and what else there was."""

import numpy as np

from media_assets.analysis.choosing.choice import SCALES, Choice, Chosen, Window
from media_assets.analysis.choosing.curves import Curves
from media_assets.analysis.choosing.edges import Edges
from media_assets.analysis.choosing.looks import looks_of
from media_assets.analysis.choosing.reasons import explained
from media_assets.analysis.choosing.scheduling import best_schedule
from media_assets.analysis.choosing.scoring import Scorer, Spans
from media_assets.analysis.watch import Seen

DEFAULT = Choice()
WHOLE = 1.15  # a video up to so many times the shortest clip is one clip


def choose_clips(seen: Seen, choice: Choice = DEFAULT) -> Chosen:
    """The best clips, best first, none overlapping another; at least one, whatever the video.

    A video hardly longer than the shortest clip is one clip as a whole. Edges lie on shot boundaries;
    inside long shots (and inside all, where boundaries leave room for too few clips) on beats where
    there is music, in pauses where somebody speaks, else at calm moments; never in a transition.
    """
    curves = Curves(seen)
    edges = Edges(seen, curves)
    scorer = Scorer(seen, curves, edges, choice)
    if edges.end_ms - edges.start_ms < choice.min_ms * WHOLE:
        whole = scorer.one(edges.start_ms, edges.end_ms)
        return Chosen([explained(whole, scorer)], [])
    spans, rows = _first_choice(scorer)
    if not rows:
        end_ms = min(edges.end_ms, edges.start_ms + choice.max_ms)
        return Chosen([explained(scorer.one(edges.start_ms, end_ms), scorer)], [])
    rows.sort(key=lambda row: (-spans.score[row], spans.start_ms[row]))
    others = _alternatives(spans, rows)
    return Chosen(
        [explained(spans.window(row), scorer) for row in rows],
        [explained(spans.window(row), scorer) for row in others],
    )


def score_span(seen: Seen, start_ms: int, end_ms: int, choice: Choice = DEFAULT) -> Window:
    """Score, features and reasons of any span of a video, whoever marked it."""
    curves = Curves(seen)
    scorer = Scorer(seen, curves, Edges(seen, curves), choice)
    return explained(scorer.one(start_ms, end_ms), scorer)


def _first_choice(scorer: Scorer) -> tuple[Spans, list[int]]:
    """The spans that were weighed, and the rows of the best set of them."""
    choice, edges = scorer.choice, scorer.edges
    room = max(1, int((edges.end_ms - edges.start_ms) / (choice.min_ms * 1.5)))
    spans, rows = scorer.pairs([]), list[int]()
    for everywhere in (False, True):
        found = _shortlist(scorer.pairs(edges.candidates(choice, everywhere=everywhere)), choice)
        worth = found.score**SCALES.excellence
        taken = best_schedule(
            found.start_ms,
            found.end_ms,
            worth,
            looks_of(found) if len(found) else np.zeros(0, np.int64),
            count=choice.count,
            new_look_gain=SCALES.new_look_gain * float(worth.max(initial=0.0)),
        )
        if len(taken) > len(rows):
            spans, rows = found, taken
        if len(rows) >= min(choice.count, room):
            break
    return spans, rows


def _shortlist(spans: Spans, choice: Choice) -> Spans:
    """The spans worth weighing against each other.

    Dead ones only where there is nothing else. Of very many, the best of every stretch of time, so
    that no part of the video falls out for being like the rest.
    """
    alive = spans.dead <= SCALES.most_dead
    if alive.any():
        spans = spans.take(alive)
    if len(spans) <= SCALES.shortlist:
        return spans
    stretches = max(4 * choice.count, 40)
    first, last = int(spans.start_ms.min()), int(spans.start_ms.max())
    stretch = (spans.start_ms - first) * stretches // max(last - first + 1, 1)
    order = np.lexsort((spans.end_ms, spans.start_ms, -spans.score, stretch))
    begins = np.searchsorted(stretch[order], np.arange(stretches))
    place = np.arange(len(order)) - begins[stretch[order]]
    kept = order[place < SCALES.shortlist // stretches]
    return spans.take(np.sort(kept))


def _alternatives(spans: Spans, rows: list[int]) -> list[int]:
    """The best of the rest, none too much like another or like a chosen one."""
    with_each_other, with_clips = SCALES.alternative_overlap
    against = [(row, with_clips) for row in rows]
    found: list[int] = []
    for row in np.lexsort((spans.end_ms, spans.start_ms, -spans.score)).tolist():
        if len(found) == SCALES.alternatives:
            break
        if all(_shared(spans, row, other) <= most for other, most in against):
            found.append(row)
            against.append((row, with_each_other))
    return found


def _shared(spans: Spans, one: int, other: int) -> float:
    """How much of the shorter span lies in the other one."""
    start = max(spans.start_ms[one], spans.start_ms[other])
    end = min(spans.end_ms[one], spans.end_ms[other])
    lengths = spans.end_ms[[one, other]] - spans.start_ms[[one, other]]
    return float(max(0, end - start) / lengths.min())
