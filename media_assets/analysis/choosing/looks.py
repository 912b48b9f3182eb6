"""Which spans look and sound alike."""

import numpy as np
import numpy.typing as npt

from media_assets.analysis.choosing.choice import SCALES
from media_assets.analysis.choosing.scoring import Spans

SIGNS = {"motion": 1.0, "energy": 1.0, "colour": 1.0, "faces": 0.8, "exposure": 0.7}


def looks_of(spans: Spans) -> npt.NDArray[np.int64]:
    """The look of each span: a small number; spans of one look resemble each other.

    The best span is the first example. The span least like any example becomes the next one, until
    all are like one of them or there are SCALES.most_looks (farthest-first, Gonzalez 1985).
    """
    signs = np.column_stack([spans.features[name] * weight for name, weight in SIGNS.items()])
    first = int(np.argmax(spans.score))
    apart = np.linalg.norm(signs - signs[first], axis=1)
    look = np.zeros(len(spans), np.int64)
    for number in range(1, SCALES.most_looks):
        farthest = int(np.argmax(apart))
        if apart[farthest] < SCALES.looks_apart:
            break
        to_it = np.linalg.norm(signs - signs[farthest], axis=1)
        look[to_it < apart] = number
        apart = np.minimum(apart, to_it)
    return look
