"""One kind of track of a long MP4: the others keep their first samples only.

libav keeps a table of every sample of every track of an open file: of six hours 75 MB, two thirds of
them for the sound, in each process that has it open. So the file is read through a view that tells
the other tracks shorter than they are. Nothing else changes: streams have their numbers, their
parameters and their starts, and the track that is read is read as it is. Where we do not understand
a track in full (ISO/IEC 14496-12, 8.5 to 8.7), it stays as it is.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

KEPT_SAMPLES = 1024  # at least; chunks stay whole
WORTH_SAMPLES = 10_000  # a shorter track is left as it is
LATEST_START_S = 1  # of an edit list; the samples that are kept have to reach beyond it
MOST_BOXES = 4096
CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")


@dataclass(frozen=True)
class Box:
    """A box: its type, and where its content lies."""

    kind: bytes
    start: int
    end: int


class View:
    """A file, with other bytes in some places. What `av.open` wants of a file."""

    def __init__(self, path: Path, changed: dict[int, bytes]) -> None:
        self.name = str(path)
        self._file = path.open("rb", buffering=0)
        self._changed = sorted(changed.items())
        self._at = 0

    def read(self, count: int) -> bytes:
        """The next bytes, at most so many."""
        content = os.pread(self._file.fileno(), count, self._at)
        first, end = self._at, self._at + len(content)
        self._at = end
        if end <= self._changed[0][0] or first >= self._changed[-1][0] + 4:
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


def view_of(path: Path, handler: bytes) -> View | None:
    """The file with the samples of one kind of track ("vide", "soun") and few of all others; None where
    that would gain nothing, or where we do not understand the file."""
    changed: dict[int, bytes] = {}
    try:
        with path.open("rb") as file:
            if file.read(8)[4:8] != b"ftyp":
                return None
            for track in _tracks(file):
                changed |= _shortened(file, track, handler)
    except (OSError, ValueError, KeyError, struct.error):
        return None
    return View(path, changed) if changed else None


def _tracks(file: BinaryIO) -> list[dict[bytes, Box]]:
    """The boxes of each track that is not fragmented, by type. Raises ValueError."""
    tracks: list[dict[bytes, Box]] = []
    moovs = 0
    for box in _walk(file, 0, os.fstat(file.fileno()).st_size, [MOST_BOXES]):
        if box.kind == b"moov":
            moovs += 1
        elif box.kind == b"trak":
            tracks.append({})
        elif box.kind in (b"moof", b"mvex", b"cmov"):
            raise ValueError("tables that lie elsewhere")
        elif tracks:
            if box.kind in tracks[-1] and box.kind in (b"stsz", b"stco", b"co64", b"stsc", b"elst"):
                raise ValueError("two boxes where one belongs")
            tracks[-1].setdefault(box.kind, box)
    if moovs != 1:
        raise ValueError("one table of contents is understood")
    return tracks


def _walk(file: BinaryIO, at: int, end: int, left: list[int]) -> Iterator[Box]:
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
        yield Box(kind, start, at + size)
        if kind in CONTAINERS:
            yield from _walk(file, start, at + size, left)
        at += size


def _shortened(file: BinaryIO, boxes: dict[bytes, Box], handler: bytes) -> dict[int, bytes]:
    """Other bytes for the tables of a track of another kind: fewer chunks, and the samples in them."""
    hdlr = _content(file, boxes[b"hdlr"], 12)
    if hdlr[8:12] == handler:
        return {}
    _, size, samples = struct.unpack(">III", _content(file, boxes[b"stsz"], 12))
    if size or samples < WORTH_SAMPLES or not _starts_soon(file, boxes):
        return {}
    offsets = boxes.get(b"stco") or boxes[b"co64"]
    chunks = struct.unpack(">II", _content(file, offsets, 8))[1]
    runs = struct.unpack(">II", _content(file, boxes[b"stsc"], 8))[1]
    if not 0 < runs <= (boxes[b"stsc"].end - boxes[b"stsc"].start - 8) // 12:
        return {}
    kept = kept_chunks = 0
    for run in range(min(runs, KEPT_SAMPLES)):
        file.seek(boxes[b"stsc"].start + 8 + 12 * run)
        first, each = struct.unpack(">II", file.read(8))
        file.seek(4, os.SEEK_CUR)
        after = struct.unpack(">I", file.read(4))[0] if run + 1 < runs else chunks + 1
        if first != kept_chunks + 1 or after <= first or not each:
            return {}
        wanted = min(after - first, -(-(KEPT_SAMPLES - kept) // each))
        kept, kept_chunks = kept + wanted * each, kept_chunks + wanted
        if kept >= KEPT_SAMPLES:
            break
    if not KEPT_SAMPLES <= kept < samples or kept_chunks > chunks:
        return {}
    return {
        boxes[b"stsz"].start + 8: struct.pack(">I", kept),
        boxes[b"stsc"].start + 4: struct.pack(">I", run + 1),
        offsets.start + 4: struct.pack(">I", kept_chunks),
    }


def _starts_soon(file: BinaryIO, boxes: dict[bytes, Box]) -> bool:
    """Whether the edit list, if any, shows the track from near its start to its end."""
    if b"elst" not in boxes:
        return True
    version = _content(file, boxes[b"mdhd"], 1)[0]
    at = 20 if version == 1 else 12
    (scale,) = struct.unpack(">I", _content(file, boxes[b"mdhd"], at + 4)[at:])
    head = _content(file, boxes[b"elst"], 8)
    (count,) = struct.unpack(">I", head[4:])
    form = ">QqI" if head[0] == 1 else ">IiI"
    if not 0 < count <= 2:
        return False
    table = _content(file, boxes[b"elst"], 8 + count * struct.calcsize(form))[8:]
    edits = [(start, rate) for _, start, rate in struct.iter_unpack(form, table)]
    shown = [start for start, _ in edits if start != -1]
    usual = all(rate == 0x10000 for _, rate in edits)
    return usual and len(shown) == 1 and edits[-1][0] == shown[0] <= LATEST_START_S * scale


def _content(file: BinaryIO, box: Box, count: int) -> bytes:
    """The first bytes of a box. Raises ValueError when it has fewer."""
    file.seek(box.start)
    content = file.read(min(count, box.end - box.start))
    if len(content) < count:
        raise ValueError("a box that is too short")
    return content
