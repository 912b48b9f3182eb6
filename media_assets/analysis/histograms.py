"""How differently light is spread over two pictures, block by block: one bright corner moves it little."""

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.reading import Plane

Table = npt.NDArray[np.float32]
BLOCKS, BINS = 16, 16


class BlockHistograms:
    """Histograms of sixteen blocks of a picture of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        rows = (np.arange(height) * 4 // height)[:, None]
        columns = (np.arange(width) * 4 // width)[None, :]
        self._block = (rows * 4 + columns).astype(np.uint8)

    def of(self, picture: Plane) -> Table:
        """(16, 16): per block, the share of its pixels in each of sixteen bins of brightness."""
        table = cv2.calcHist(
            [self._block, picture], [0, 1], None, [BLOCKS, BINS], [0, BLOCKS, 0, 256]
        )
        return np.asarray(table / table.sum(axis=1, keepdims=True), np.float32)


def histogram_distance(before: Table, after: Table) -> float:
    """Median over the blocks of half the L1 distance, 0–1."""
    apart = np.sort(np.abs(before - after).sum(axis=1))
    return float(apart[BLOCKS // 2 - 1] + apart[BLOCKS // 2]) / 4
