"""Black bars that were burnt into a film: found per shot, believed when they repeat."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from media_assets.analysis.subjects import NO_BARS, Bars
from media_assets.analysis.watch import Seen, Shot


@dataclass(frozen=True)
class BarsRule:
    """When dark edges are bars. Shares of width or height."""

    least: float = 0.015
    most: float = 0.62  # of width or height that two bars may take together
    uneven: float = 0.02  # a dark sky or a dark floor is no bar
    unsteady: float = 0.01  # … and dark scenery moves
    alike: float = 0.012  # two shots with the same bars
    of_the_film: float = 0.2  # all but this share of the samples have at least the film's bars
    margin: float = 0.004  # cut away beside the bar, where it is neither black nor picture


RULE = BarsRule()


def bars_of_shots(seen: Seen) -> list[Bars]:
    """The bars of each shot of a video.

    Those of the whole film hold everywhere. A shot has others only where its own are steady, even
    and found in another shot too: a face in the dark is not a narrow film.
    """
    known = np.array([bars for bars in seen.samples.values("bars") if bars is not None])
    if not len(known):
        return [NO_BARS for _ in seen.shots]
    film = _even(np.quantile(known, RULE.of_the_film, axis=0), RULE.alike)
    own = [_own_bars(seen, shot) for shot in seen.shots]
    found = []
    for index, bars in enumerate(own):
        other_than_film = bars is not None and np.abs(bars - film).max() > RULE.alike
        repeated = other_than_film and any(
            other is not None and np.abs(other - bars).max() <= RULE.alike
            for place, other in enumerate(own)
            if place != index
        )
        found.append(_settled(np.maximum(bars, film) if bars is not None and repeated else film))
    return found


def _own_bars(seen: Seen, shot: Shot) -> np.ndarray | None:
    known = np.array([each.bars for each in seen.samples_of(shot) if each.bars is not None])
    if not len(known) or (np.ptp(known, axis=0) > RULE.unsteady).any():
        return None
    return _even(known.min(axis=0), RULE.uneven)


def _even(bars: np.ndarray, tolerance: float) -> np.ndarray:
    """Only bars of one size on both sides are bars at all."""
    top, bottom, left, right = bars
    down = min(top, bottom) if abs(top - bottom) <= tolerance else 0.0
    across = min(left, right) if abs(left - right) <= tolerance else 0.0
    return np.array([down, down, across, across])


def _settled(bars: np.ndarray) -> Bars:
    wide = np.where(bars < RULE.least, 0.0, bars + RULE.margin)
    if wide[0] + wide[1] > RULE.most or wide[2] + wide[3] > RULE.most:
        return NO_BARS
    return cast(Bars, tuple(round(float(bar), 4) for bar in wide))
