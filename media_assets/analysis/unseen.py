"""Rows of pictures that were not decoded: what they would have measured, and where a cut may hide.

There is one at most between two pictures that were seen. A cut to it and a cut behind it look the
same from outside, so where a cut may be, both frames have to be seen.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from media_assets.analysis.columns import Columns
from media_assets.analysis.cuts import CutRule, find_cuts
from media_assets.analysis.strip import Strip

OF_TWO_STEPS = 0.6  # what one frame measures of the difference of two: the median of seven films
LEAST_PROBABILITY = 0.1  # of a cut that is looked for again


def share_of(apart: int) -> float:
    """What one step measures, as a share of what so many frames in a row measure together."""
    return 1.0 if apart == 1 else OF_TWO_STEPS


def may_hide_a_cut(
    frames: Columns, strip: Strip, unseen: Mapping[int, tuple[float, float]], rule: CutRule
) -> set[int]:
    """Rows that were not seen, and at whose start or end a cut may be.

    unseen: row → (difference, histogram) from the picture before to the one after. Its thumbnail is
    that of the picture before.
    """
    if not unseen:
        return set()
    difference, histogram = frames["difference"].copy(), frames["histogram"].copy()
    rows = np.fromiter(unseen, np.int64)
    difference[rows] = histogram[rows] = 0.0
    difference[rows + 1], histogram[rows + 1] = zip(*unseen.values(), strict=True)
    loose = replace(rule, least_probability=LEAST_PROBABILITY)
    cuts = {cut.frame for cut in find_cuts(frames["at_us"], difference, histogram, strip, loose)}
    return {int(row) for row in rows if row in cuts or row + 1 in cuts}
