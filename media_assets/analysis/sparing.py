"""Pictures that need not be decoded: no other refers to them, and nothing happens around them.

A picture of H.264 whose nal_ref_idc is 0 can be left out without harm to any other. Where a scene
changes, the encoder has to describe a new picture, and that takes many bytes. So it is left out only
where it is small itself, and where the pictures that it lies between are. Never two in a row, and none
near a key frame. What hides nevertheless is found afterwards (`unseen`). The plan is made of packets
alone: it is the same however the video is divided.
"""

from array import array

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

OF_USUAL = 2.0  # times the median size of its kind; larger pictures show something new
NEAR_KEY = 2  # pictures at both ends of a group are all decoded
LONGEST_GAP_US = 100_000  # between two pictures that are decoded
LONGEST_GROUP = 600  # pictures that are looked at together


class Plan:
    """Takes the packets of a stream in the order of the file; gap: LONGEST_GAP_US in its time base."""

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self._group: list[tuple[int, int, bool]] = []
        self._spared = array("q")
        self._highest: int | None = None
        self._forward = True

    def take(self, pts: int, size: int, *, starts: bool, needless: bool) -> None:
        """The next packet. starts: no picture after it needs anything from before it."""
        if starts or len(self._group) >= LONGEST_GROUP:
            self._close()
        self._group.append((pts, size, needless))

    def finish(self) -> Numbers:
        """PTS of the pictures that need not be decoded, in order; none where time ever went back."""
        self._close()
        return np.sort(np.array(self._spared if self._forward else (), np.int64))

    def _close(self) -> None:
        if not self._group:
            return
        pts, sizes, needless = (np.array(each) for each in zip(*self._group, strict=True))
        self._group.clear()
        self._forward &= self._highest is None or int(pts.min()) > self._highest
        self._highest = int(pts.max())
        self._spared.extend(map(int, spared(pts, sizes, needless, self._gap)))


def spared(pts: Numbers, sizes: Numbers, needless: npt.NDArray[np.bool_], gap: int) -> Numbers:
    """PTS of those pictures of one group that need not be decoded. The arguments are in decoding order."""
    if not needless.any() or needless.all() or len(pts) <= 2 * NEAR_KEY or _twice(pts):
        return np.zeros(0, np.int64)
    highest = np.maximum.accumulate(pts)
    ahead = pts == highest  # shown after all that came before; the pictures that others lie before
    anchor = np.flatnonzero(ahead)[np.cumsum(ahead) - 1]
    usual = np.median(sizes[needless]), np.median(sizes[ahead][1:] if ahead.sum() > 1 else sizes)
    calm = needless & (sizes <= OF_USUAL * usual[0]) & (sizes[anchor] <= OF_USUAL * usual[1])
    shown = np.argsort(pts)
    times, may = pts[shown], calm[shown]
    may[:NEAR_KEY] = may[-NEAR_KEY:] = False
    may[1:-1] &= times[2:] - times[:-2] <= gap
    chosen: list[int] = []
    for at in map(int, np.flatnonzero(may)):
        if not chosen or at - chosen[-1] > 1:
            chosen.append(at)
    return np.asarray(times[chosen], np.int64)


def _twice(pts: Numbers) -> bool:
    return len(np.unique(pts)) < len(pts)
