"""A thumbnail of every frame of a video, 576 bytes each: enough to tell one scene from another.

They lie in a file without a name, so that memory stays flat for hours of video and nothing is left
behind when the process dies. Two hours at 24 frames a second take a hundred megabytes of disk.
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np

from media_assets.analysis.reading import Plane

LONG_PX, SHORT_PX = 32, 18
BUFFERED = 512  # thumbnails that are written at once
COPIED_BYTES = 1 << 20


def thumbnail(picture: Plane) -> Plane:
    """A grey picture as 32x18, or 18x32 where it stands upright; its shape is not kept."""
    height, width = picture.shape
    size = (LONG_PX, SHORT_PX) if width >= height else (SHORT_PX, LONG_PX)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


class Strip:
    """The thumbnails of a video in the order of its frames. All have the shape of the first one."""

    def __init__(self, *, upright: bool = False) -> None:
        self.shape = (LONG_PX, SHORT_PX) if upright else (SHORT_PX, LONG_PX)
        self._file = tempfile.TemporaryFile(prefix="stakazo-strip-")  # noqa: SIM115  lives as long as we do
        self._waiting: list[bytes] = []
        self._written = 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one thumbnail."""
        return self.shape[0] * self.shape[1]

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    def append(self, small: Plane) -> None:
        """Add one thumbnail, as `thumbnail` makes them."""
        if small.shape != self.shape:
            raise ValueError(f"a thumbnail of {small.shape} in a strip of {self.shape}")
        self._waiting.append(small.tobytes())
        if len(self._waiting) >= BUFFERED:
            self._write()

    def extend(self, path: Path) -> None:
        """Add the thumbnails that another process wrote to a file, one after the other, raw."""
        self._write()
        with path.open("rb") as file:
            while piece := file.read(COPIED_BYTES):
                self._file.write(piece)
        size = self._file.tell()
        if size % self.frame_bytes:
            raise ValueError(f"{path.name} ends in the middle of a thumbnail")
        self._written = size // self.frame_bytes

    def read(self, first: int, end: int) -> Plane:
        """(frames, height, width): thumbnails first to end - 1, as many of them as there are."""
        self._write()
        first, end = max(first, 0), min(end, len(self))
        count = max(end - first, 0)
        self._file.seek(first * self.frame_bytes)
        raw = self._file.read(count * self.frame_bytes)
        return np.frombuffer(raw, np.uint8).reshape(count, *self.shape)

    def close(self) -> None:
        """Give the disk back; happens by itself when nobody holds the strip any more."""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()

    def _write(self) -> None:
        self._file.seek(self._written * self.frame_bytes)
        self._file.write(b"".join(self._waiting))
        self._written += len(self._waiting)
        self._waiting.clear()
