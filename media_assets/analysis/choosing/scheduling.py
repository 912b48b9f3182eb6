"""The best set of spans: weighted interval scheduling with a gain for every new look.

Given spans [start, end) with a score and a look each, take `count` of them (or as many as fit),
none overlapping another, so that

    sum of their scores + new_look_gain · number of different looks among them

is largest. Dynamic programming over the places where spans end; the state is how many were taken and
which looks they have. Exact: tests/media_assets/test_scheduling.py compares it with trying all sets.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

NEVER = -np.inf


def best_schedule(
    start: Whole,
    end: Whole,
    score: Floats,
    look: Whole,
    *,
    count: int,
    new_look_gain: float,
) -> list[int]:
    """Rows of the best spans, in time order. look: 0 … at most 7.

    Of two equally good sets, always the same one.
    """
    if not len(start) or count < 1:
        return []
    masks = 1 << (int(look.max()) + 1)
    places = np.unique(np.concatenate([start, end]))
    opens, closes = np.searchsorted(places, start), np.searchsorted(places, end)
    order = np.lexsort((start, closes))
    best = np.full((len(places), count + 1, masks), NEVER)
    took = np.full((len(places), count + 1, masks), -1, np.int32)
    best[0, 0, 0] = 0.0
    with_look, without = _masks(masks)
    at = 0
    for place in range(1, len(places)):
        best[place] = best[place - 1]
        while at < len(order) and closes[order[at]] == place:
            row = int(order[at])
            has, lacks = with_look[look[row]], without[look[row]]
            before = best[opens[row], :-1]
            value = np.maximum(before[:, has], before[:, lacks] + new_look_gain) + score[row]
            here = best[place, 1:][:, has]
            better = value > here + 1e-12
            if better.any():
                best[place, 1:, has] = np.where(better, value, here).T
                took[place, 1:, has] = np.where(better, row, took[place, 1:][:, has]).T
            at += 1
    return _walked_back(best, took, opens, look, new_look_gain, score)


def _masks(masks: int) -> tuple[list[Whole], list[Whole]]:
    """Per look: the sets that have it, and the same sets without it."""
    every = np.arange(masks)
    looks = masks.bit_length() - 1
    having = [every[(every >> look) & 1 == 1] for look in range(looks)]
    return having, [sets & ~(1 << look) for look, sets in enumerate(having)]


def _walked_back(
    best: Floats,
    took: npt.NDArray[np.int32],
    opens: Whole,
    look: Whole,
    gain: float,
    score: Floats,
) -> list[int]:
    place = len(best) - 1
    reached = np.flatnonzero(np.isfinite(best[place]).any(axis=1))
    count = int(reached[-1])
    mask = int(np.argmax(best[place, count]))
    rows: list[int] = []
    while count > 0:
        while (
            took[place, count, mask] < 0 or best[place, count, mask] == best[place - 1, count, mask]
        ):
            place -= 1
        row = int(took[place, count, mask])
        rows.append(row)
        had = best[opens[row], count - 1]
        less = mask & ~(1 << int(look[row]))
        mask = mask if had[mask] >= had[less] + gain else less
        place, count = int(opens[row]), count - 1
    return rows[::-1]
