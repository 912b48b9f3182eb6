"""Boxes of an MP4, and a file with other bytes in some places."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 4096
CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")


@dataclass(frozen=True)
class Box:
    """A box: its type, where it begins, and where its content lies."""

    kind: bytes
    at: int
    start: int
    end: int


class View:
    """A file, with other bytes in some places. What `av.open` wants of a file."""

    def __init__(self, path: Path, changed: dict[int, bytes]) -> None:
        self.name = str(path)
        self._file = path.open("rb", buffering=0)
        self._changed = sorted(changed.items())
        self._from = self._changed[0][0]
        self._to = max(at + len(fresh) for at, fresh in self._changed)
        self._at = 0

    def read(self, count: int) -> bytes:
        """The next bytes, at most so many."""
        content = os.pread(self._file.fileno(), count, self._at)
        first, end = self._at, self._at + len(content)
        self._at = end
        if end <= self._from or first >= self._to:
            return content
        patched = bytearray(content)
        for at, fresh in self._changed:
            low, high = max(at, first), min(at + len(fresh), end)
            if low < high:
                patched[low - first : high - first] = fresh[low - at : high - at]
        return bytes(patched)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        if whence == os.SEEK_CUR:
            offset += self._at
        elif whence == os.SEEK_END:
            offset += os.fstat(self._file.fileno()).st_size
        if offset < 0:
            raise OSError("before the start of the file")
        self._at = offset
        return offset

    def tell(self) -> int:
        """Where we are."""
        return self._at

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def boxes_in(file: BinaryIO, at: int, end: int, left: list[int]) -> Iterator[Box]:
    """The boxes between two places, without those inside them. left: how many more there may be.
    Raises ValueError."""
    while at + 8 <= end:
        left[0] -= 1
        if left[0] < 0:
            raise ValueError("too many boxes")
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        start = at + 8
        if size == 1:
            (size,), start = struct.unpack(">Q", file.read(8)), at + 16
        elif size == 0:
            size = end - at
        if size < start - at or at + size > end:
            raise ValueError("a box that does not fit")
        yield Box(kind, at, start, at + size)
        at += size


def walk(file: BinaryIO, at: int, end: int, left: list[int]) -> Iterator[Box]:
    """The same, with those inside of containers after each. Raises ValueError."""
    for box in boxes_in(file, at, end, left):
        yield box
        if box.kind in CONTAINERS:
            yield from walk(file, box.start, box.end, left)


def content(file: BinaryIO, box: Box, count: int) -> bytes:
    """The first bytes of a box. Raises ValueError when it has fewer."""
    file.seek(box.start)
    found = file.read(min(count, box.end - box.start))
    if len(found) < count:
        raise ValueError("a box that is too short")
    return found
