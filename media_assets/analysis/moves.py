"""Whether a camera that moves gets from one thumbnail to the other: by a zoom, or by a swing.

Both ask for overlap: what was seen before is seen again, larger, smaller, or farther to one side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.likeness import COARSE_PX, FLAT, Picture, structure

SCALES = (1.1, 1.2, 1.35, 1.5, 1.7)  # from one picture to the next; a crash zoom takes 1.4 at most
FARTHEST_SHARE = (
    0.35,
    0.65,
)  # of height and width that a camera swings from one picture to the next
SLACK_PX = (1, 3)  # down and across, by which a swing may gain or lose speed


def scaled_likeness(one: Picture, other: Picture) -> float:
    """Best correlation of the whole of one structure, made smaller, with a place in the other, 0–1."""
    best = 0.0
    for nearer, wider in ((one, other), (other, one)):
        height, width = nearer.shape
        whole = structure(wider, COARSE_PX)
        if whole.std() < FLAT:
            continue
        for scale in SCALES:
            size = round(width / scale), round(height / scale)
            smaller = cv2.resize(nearer, size, interpolation=cv2.INTER_AREA)
            small = structure(np.asarray(smaller, np.float32), COARSE_PX)
            if small.std() >= FLAT:
                match = cv2.matchTemplate(whole, small, cv2.TM_CCOEFF_NORMED)
                best = max(best, float(match.max()))
    return best


@dataclass(frozen=True)
class Overlaps:
    """How well a picture agrees with another one at every shift: correlation, and share in common."""

    match: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]

    @property
    def best(self) -> tuple[int, int]:
        """The shift, as an index into both, that is the least likely to agree by chance."""
        sure = np.arctanh(np.clip(self.match, -0.99, 0.99)) * np.sqrt(self.share)
        down, across = np.unravel_index(int(sure.argmax()), sure.shape)
        return int(down), int(across)


def overlaps(one: Picture, other: Picture) -> Overlaps:
    """Correlation of what two pictures have in common, for every shift up to FARTHEST_SHARE."""
    height, width = one.shape
    down, across = round(FARTHEST_SHARE[0] * height), round(FARTHEST_SHARE[1] * width)
    a, b = (np.asarray(side - side.mean(), np.float32) for side in (one, other))
    wide = cv2.copyMakeBorder(a, down, down, across, across, cv2.BORDER_CONSTANT, value=0)
    product = cv2.matchTemplate(wide, b, cv2.TM_CCORR).astype(np.float64)
    y, x = np.ogrid[-down : down + 1, -across : across + 1]
    area = (height - np.abs(y)) * (width - np.abs(x))
    rows, columns = (
        (np.maximum(y, 0), np.minimum(height + y, height)),
        (
            np.maximum(x, 0),
            np.minimum(width + x, width),
        ),
    )
    # Shifted the other way, the same rectangle of the other picture.
    back = ((rows[0] - y, rows[1] - y), (columns[0] - x, columns[1] - x))
    sum_a, sum_b = _sums(a, rows, columns), _sums(b, *back)
    power_a = _sums(a * a, rows, columns) - sum_a**2 / area
    power_b = _sums(b * b, *back) - sum_b**2 / area
    strength = np.sqrt(np.maximum(power_a, 0) * np.maximum(power_b, 0))
    match = np.where(strength > area, (product - sum_a * sum_b / area) / np.maximum(strength, 1), 0)
    return Overlaps(match, area / (height * width))


def pursuit(before: Picture, last: Picture, first: Picture, after: Picture) -> float:
    """Best correlation of last and first at a shift between those of the pictures next to them, 0–1."""
    slower, across, faster = overlaps(before, last), overlaps(last, first), overlaps(first, after)
    ranges = [
        slice(max(0, min(pair) - slack), max(pair) + slack + 1)
        for pair, slack in zip(zip(slower.best, faster.best, strict=True), SLACK_PX, strict=True)
    ]
    return max(0.0, float(across.match[ranges[0], ranges[1]].max()))


def staying(one: Picture, other: Picture) -> float:
    """Share of the structure of one picture that is in place in the other too, the greater way, 0–1.

    A caption that comes or goes leaves the scene where it is. Blocks whose structure differs by less
    than a quarter of its power stay.
    """
    a, b = _cells(one), _cells(other)
    power_a, power_b = np.square(a).sum(axis=1), np.square(b).sum(axis=1)
    rest = np.square(a - b).sum(axis=1)
    shares = [
        float(power[rest < 0.25 * power].sum()) / max(float(power.sum()), 0.1 * a.size)
        for power in (power_a, power_b)
    ]
    return max(shares)


def _cells(picture: Picture) -> Picture:
    """(24 or so, pixels): six by four blocks."""
    rows, columns = (6, 4) if picture.shape[0] > picture.shape[1] else (4, 6)
    height, width = picture.shape[0] // rows * rows, picture.shape[1] // columns * columns
    cut = picture[:height, :width].reshape(rows, height // rows, columns, width // columns)
    cells = cut.transpose(0, 2, 1, 3).reshape(rows * columns, -1)
    return np.asarray(cells - cells.mean(axis=1, keepdims=True), np.float32)


def _sums(
    values: Picture, rows: Sequence[npt.NDArray[np.int64]], columns: Sequence[npt.NDArray[np.int64]]
) -> npt.NDArray[np.float64]:
    """Of the rectangles rows[0]:rows[1], columns[0]:columns[1]."""
    whole = cv2.integral(values, sdepth=cv2.CV_64F)
    (top, bottom), (left, right) = rows, columns
    return np.asarray(
        whole[bottom, right] - whole[top, right] - whole[bottom, left] + whole[top, left]
    )
