"""How alike two thumbnails are, whatever the light: the same scene, or another one.

Three measures from 0 (or less) to 1. `likenesses` forgives a shaken camera and a figure that stands
still in both; `far_likeness` a camera that swings by up to a quarter of the picture;
`correlation` forgives nothing but light. Structure is the picture without its slow changes of
brightness, so that a flash does not alter it.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.reading import Plane

Picture = npt.NDArray[np.float32]
FINE_PX, COARSE_PX = 1.2, 2.2  # standard deviation of the blur that takes the slow changes away
BAR = 30  # darker than this in all pictures: a bar, or nothing to see
BLANK = 1.0  # standard deviation of structure; less is compression noise
FLAT = 0.3
BLOCKS = 16


def active(pictures: Plane) -> Picture:
    """The pictures without black bars: rows and columns that are dark in all of them are cut off."""
    brightest = pictures.max(axis=0)
    height, width = brightest.shape
    rows = _span(brightest.max(axis=1), height)
    columns = _span(brightest.max(axis=0), width)
    return pictures[:, rows, columns].astype(np.float32)


def _span(brightest: Plane, size: int) -> slice:
    bright = np.flatnonzero(brightest > BAR)
    if len(bright) < size // 2:
        return slice(0, size)
    first, end = int(bright[0]), int(bright[-1]) + 1
    # The edge of a bar lies inside a row of the thumbnail: leave that row out too.
    return slice(first + (first > 0), end - (end < size))


def structure(picture: Picture, blur_px: float) -> Picture:
    """The picture less itself blurred."""
    return np.asarray(picture - cv2.GaussianBlur(picture, (0, 0), blur_px), np.float32)


def likenesses(structures: Picture, pairs: Sequence[tuple[int, int]]) -> Picture:
    """Per pair the median over sixteen blocks of the correlation of two structures, 0–1.

    structures: (pictures, height, width). The best shift by a pixel of the thumbnail is found first.
    A figure that stands in the same place in two shots, a logo or a subtitle fills a few blocks, and
    a median does not see it. Blocks that are blank on both sides say nothing.
    """
    if not pairs:
        return np.zeros(0, np.float32)
    count, height, width = structures.shape
    one, other = (np.array(side) for side in zip(*pairs, strict=True))
    inner = [structures[:, y : y + height - 2, x : x + width - 2] for y, x in np.ndindex(3, 3)]
    whole = np.array([_normal(each.reshape(count, -1)) for each in inner])
    # (nine shifts, pictures, pictures): the middle of one against each shift of the other.
    match = whole[4] @ whole.transpose(0, 2, 1)
    shift = match[:, one, other].argmax(axis=0)
    blocks = np.array([_blocks(each) for each in inner])
    a, b = blocks[4][one], blocks[shift, other]
    energy_a, energy_b = np.square(a).sum(axis=2), np.square(b).sum(axis=2)
    told = np.maximum(energy_a, energy_b) > BLANK**2 * a.shape[2]
    alike = (a * b).sum(axis=2) / np.maximum(np.sqrt(energy_a * energy_b), 1e-3)
    middle = _medians(alike, told)
    best = match[shift, one, other]
    flat = structures.std(axis=(1, 2)) < FLAT
    found = np.where(told.sum(axis=1) >= BLOCKS // 4, middle, best)
    found[flat[one] | flat[other]] = 0.0
    return np.asarray(np.maximum(found, 0.0), np.float32)


def correlations(pictures: Picture, pairs: Sequence[tuple[int, int]]) -> Picture:
    """Per pair Pearson's correlation of all pixels; 0 where one of the pictures is plain."""
    flat = _normal(pictures.reshape(len(pictures), -1))
    one, other = (np.array(side) for side in zip(*pairs, strict=True))
    return np.asarray((flat[one] * flat[other]).sum(axis=1), np.float32)


def _medians(values: Picture, told: npt.NDArray[np.bool_]) -> Picture:
    """Of each row the median of the values that are told; 0 where none is."""
    ordered = np.sort(np.where(told, values, np.inf), axis=1)
    count = told.sum(axis=1)
    rows = np.arange(len(values))
    low, high = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, count // 2]
    return np.where(count > 0, (low + np.where(count > 0, high, low)) / 2, 0.0)


def _normal(rows: Picture) -> Picture:
    """Each row less its mean, of length one; nothing where it is plain."""
    rest = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(rest).sum(axis=1, keepdims=True))
    least = 0.03 * np.sqrt(rows.shape[1])
    return np.asarray(np.where(length > least, rest / np.maximum(length, 1e-3), 0.0), np.float32)


def far_likeness(one: Picture, other: Picture) -> float:
    """As `likeness`, after the best shift by up to a quarter of the picture, found by its middle."""
    best = 0.0
    for inner, whole in ((one, other), (other, one)):
        height, width = inner.shape
        top, left = height // 4, width // 4
        middle = np.ascontiguousarray(inner[top : height - top, left : width - left])
        if middle.std() < FLAT or whole.std() < FLAT:
            continue
        match, (x, y) = _best_match(middle, whole)
        down, across = y - top, x - left
        alike = _blockwise(_common(inner, down, across), _common(whole, -down, -across))
        best = max(best, float(np.median(alike)) if len(alike) >= BLOCKS // 4 else match)
    return best


def swung_likeness(one: Picture, other: Picture) -> float:
    """Best correlation of the middle of one structure with any place of the other, both ways, 0–1."""
    best = 0.0
    for inner, whole in ((one, other), (other, one)):
        height, width = inner.shape
        middle = inner[height // 4 : height - height // 4, width // 4 : width - width // 4]
        if middle.std() >= FLAT and whole.std() >= FLAT:
            best = max(best, _best_match(np.ascontiguousarray(middle), whole)[0])
    return best


def spread(one: Picture, other: Picture) -> float:
    """Whether all of the picture changed: the median block's mean difference against all blocks', 0–1."""
    height, width = (side // 4 * 4 for side in one.shape)
    change = np.abs(one[:height, :width] - other[:height, :width])
    blocks = change.reshape(4, height // 4, 4, width // 4).mean(axis=(1, 3))
    return min(float(np.median(blocks)) / max(float(blocks.mean()), 0.1), 1.0)


def correlation(one: Picture, other: Picture) -> float:
    """Pearson's correlation of all pixels; 0 where one of the pictures is plain."""
    a, b = one - one.mean(), other - other.mean()
    strength = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / strength if strength > 1e-3 * a.size else 0.0


def _common(picture: Picture, down: int, across: int) -> Picture:
    """The part that is still there when the picture is shifted by that much."""
    height, width = picture.shape
    return picture[max(-down, 0) : height - max(down, 0), max(-across, 0) : width - max(across, 0)]


def _best_match(part: Picture, whole: Picture) -> tuple[float, tuple[int, int]]:
    everywhere = cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(everywhere)
    return float(best), (x, y)


def _blockwise(one: Picture, other: Picture) -> Picture:
    """Normalised correlation of each block that is not blank in both."""
    a, b = _blocks(one[None])[0], _blocks(other[None])[0]
    energy_a, energy_b = np.square(a).sum(axis=1), np.square(b).sum(axis=1)
    told = np.maximum(energy_a, energy_b) > BLANK**2 * a.shape[1]
    strength = np.sqrt(energy_a * energy_b)
    return np.asarray(((a * b).sum(axis=1) / np.maximum(strength, 1e-3))[told], np.float32)


def _blocks(pictures: Picture) -> Picture:
    """(pictures, 16, pixels): the pictures in four by four blocks, each around its own mean."""
    height, width = (side // 4 * 4 for side in pictures.shape[1:])
    cut = pictures[:, :height, :width].reshape(-1, 4, height // 4, 4, width // 4)
    blocks = cut.transpose(0, 1, 3, 2, 4).reshape(len(pictures), BLOCKS, -1)
    return np.asarray(blocks - blocks.mean(axis=2, keepdims=True), np.float32)
