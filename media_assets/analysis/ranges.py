"""Stretches of the samples of a track of a long MP4, for those who read only so much of it.

libav keeps a table of every sample of an open file. So it is shown a table of contents, made here, in
which a track has the samples of one stretch, and some others that libav draws conclusions from: its
first ones, by which it gets to know the streams; its last ones, by which it knows how long they are;
the picture that is shown latest after it is decoded; the one that is shown earliest. Samples keep their
places, times and flags: the gap of the last one before a hole is as long as the hole. The other tracks
have no stretch. The file itself, and where its media data lie, stay as they are.

What we do not understand in full gives no range, and whoever reads checks what comes.
"""

import contextlib
import functools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from media_assets.analysis.boxes import CONTAINERS, MOST_BOXES, Box, View, boxes_in, content
from media_assets.analysis.tables import (
    REORDERED,
    UNDERSTOOD,
    Numbers,
    Samples,
    Survey,
    Tables,
    joined,
    moved_by,
    runs_of,
)
from media_assets.analysis.tracks import WORTH_SAMPLES, starts_soon, tracks_of

# libav looks at 5 s, or at 30 where there are subtitles: at 120 frames a second these last 34.
HEAD_SAMPLES = 4096
TAIL_SAMPLES = 3
MOST_RANGE = 400_000  # samples; a view of so many takes as much as it saves
COPIED_BYTES = 4 * 1024**2  # of boxes that are taken over as they are
RENAMED = {b"rap ", b"sync"}  # groups of samples that libav takes key frames from
ODD = (OSError, ValueError, KeyError, IndexError, OverflowError, struct.error)


@dataclass(frozen=True)
class Range:
    """A view of a file with some samples of a track. track_id: what libav calls `id` of the stream."""

    path: Path
    track_id: int
    changed: dict[int, bytes]

    def view(self) -> View:
        """Open the file so."""
        return View(self.path, self.changed)


class LongTrack:
    """A track of an open file, and ranges of it. index: of its stream; None: no track has a range."""

    def __init__(self, path: Path, file: BinaryIO, index: int | None) -> None:
        self._path, self._file, self._index = path, file, index
        (self._moov,) = (
            box
            for box in boxes_in(file, 0, path.stat().st_size, [MOST_BOXES])
            if box.kind == b"moov"
        )
        self._boxes = tracks_of(file)
        self._long: dict[int, tuple[Tables, Survey]] = {}
        for number, boxes in enumerate(self._boxes):
            if number == index or _is_long(file, boxes):
                if not starts_soon(file, boxes):
                    raise ValueError("an edit list that is not understood")
                tables = Tables(file, boxes)
                self._long[number] = tables, _surveyed(path, path.stat().st_mtime_ns, number)

    @property
    def tables(self) -> Tables:
        """Of the track."""
        assert self._index is not None  # noqa: S101  for the type checker
        return self._long[self._index][0]

    def range(self, first: int, end: int) -> Range | None:
        """The file with samples first to end - 1 of the track; None where we cannot make that."""
        try:
            return self._made(first, end)
        except ODD:
            return None

    def _made(self, first: int, end: int) -> Range:
        if end - first > MOST_RANGE:
            raise ValueError("too many samples")
        fresh: dict[int, bytes | None] = {}
        for number, (tables, survey) in self._long.items():
            asked = (first, end) if number == self._index else (0, 0)
            fresh |= _tables_of(self._file, self._moov, tables, survey, asked)
        moov = _copied(self._file, self._moov, fresh, [COPIED_BYTES])
        spare = self._moov.end - self._moov.at - len(moov)
        if spare < 8 or spare >= 2**32:
            raise ValueError("a table of contents that does not fit")
        track_id = 0
        if self._index is not None:
            head = self._boxes[self._index][b"tkhd"]
            at = 20 if content(self._file, head, 1)[0] == 1 else 12
            (track_id,) = struct.unpack(">I", content(self._file, head, at + 4)[at:])
        changed = {self._moov.at: moov + struct.pack(">I4s", spare, b"free")}
        return Range(self._path, track_id, changed)


@contextlib.contextmanager
def long_track(path: Path, index: int | None) -> Iterator[LongTrack | None]:
    """The track of a stream; None where it is short, or not understood in full."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            track = None
            if file.read(8)[4:8] == b"ftyp":
                track = LongTrack(path, file, index)
        except ODD:
            track = None
        if track is not None and index is not None and track.tables.count < WORTH_SAMPLES:
            track = None
        yield track


def overview(path: Path) -> Range | None:
    """The file with few samples of any long track; None where we cannot make that."""
    with long_track(path, None) as track:
        return track.range(0, 0) if track is not None else None


@functools.lru_cache(maxsize=8)
def _surveyed(path: Path, changed_ns: int, number: int) -> Survey:
    with path.open("rb") as file:
        return Tables(file, tracks_of(file)[number]).survey()


def _is_long(file: BinaryIO, boxes: dict[bytes, Box]) -> bool:
    if b"stsz" not in boxes:
        return False
    _, size, count = struct.unpack(">III", content(file, boxes[b"stsz"], 12))
    return not size and bool(count >= WORTH_SAMPLES)


def _tables_of(
    file: BinaryIO, moov: Box, tables: Tables, survey: Survey, asked: tuple[int, int]
) -> dict[int, bytes | None]:
    """Other bytes for the boxes of a track, by where they lie: some samples of it; None: none at all."""
    count = tables.count
    stretches = [
        (0, HEAD_SAMPLES),
        (survey.late - REORDERED - 1, survey.late + 1),
        (survey.lowest, survey.lowest + 1),
        asked,
        (count - TAIL_SAMPLES, count),
    ]
    samples = joined([tables.between(*each) for each in _merged(stretches, count)])
    ends = samples.places + samples.sizes
    if int(samples.places.min()) < 0 or int(ends.max()) > _size(file):
        raise ValueError("samples that lie outside of the file")
    if ((samples.places < moov.end) & (ends > moov.at)).any():
        raise ValueError("samples that lie in the table of contents, of which we show another")
    if int(samples.gaps.max()) >= 2**31:
        raise ValueError("a hole that is too long")
    shifts = _shift_runs(samples)
    if moved_by(shifts) != survey.shift:
        raise ValueError("pictures that are shown before they are decoded")
    return {box.at: _table(file, box, samples, shifts) for box in _remade(file, tables)}


def _remade(file: BinaryIO, tables: Tables) -> Iterator[Box]:
    """The boxes of the tables of a track that we make anew, or leave out. Raises ValueError."""
    stbl = tables.boxes[b"stbl"]
    for box in boxes_in(file, stbl.start, stbl.end, [MOST_BOXES]):
        if box.kind not in UNDERSTOOD:
            raise ValueError("a table that we do not know")
        if box.kind == b"sbgp" and content(file, box, 8)[4:] in RENAMED:
            raise ValueError("key frames that are told elsewhere")
        if box.kind not in (b"stsd", b"sgpd"):
            yield box


def _merged(stretches: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """The same samples, in order, none twice."""
    merged: list[tuple[int, int]] = []
    for first, end in sorted((max(first, 0), min(end, count)) for first, end in stretches):
        if end <= first:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((first, end))
    return merged


def _shift_runs(samples: Samples) -> Numbers:
    """The rows of `ctts`. libav does not count the last two: these are samples at the end."""
    runs = runs_of(samples.shifts[:-TAIL_SAMPLES])
    last = [[1, int(shift)] for shift in samples.shifts[-TAIL_SAMPLES:]]
    return np.concatenate([runs, np.array(last, np.int64)])


def _table(file: BinaryIO, box: Box, samples: Samples, shifts: Numbers) -> bytes | None:
    head, count = content(file, box, 4), len(samples)
    if box.kind == b"stts":
        return _full(box, head, runs_of(samples.gaps), ">u4")
    if box.kind == b"ctts":
        return _full(box, head, shifts, ">i4")
    if box.kind == b"stss":
        return _full(box, head, np.flatnonzero(samples.keys)[:, None] + 1, ">u4")
    if box.kind == b"stsc":
        return _full(box, head, np.ones((1, 3), np.int64), ">u4")
    if box.kind in (b"stco", b"co64"):
        wide = box.kind == b"co64"
        return _full(box, head, samples.places[:, None], ">u8" if wide else ">u4")
    if box.kind == b"stsz":
        return _boxed(
            box.kind, head + struct.pack(">II", 0, count) + samples.sizes.astype(">u4").tobytes()
        )
    if box.kind == b"sdtp":
        return _boxed(box.kind, head + samples.depends.tobytes())
    return None  # groups by the numbers of samples, of kinds that libav does not read


def _full(box: Box, head: bytes, rows: Numbers, kind: str) -> bytes:
    whole = head + struct.pack(">I", len(rows)) + rows.astype(kind).tobytes()
    return _boxed(box.kind, whole)


def _boxed(kind: bytes, whole: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(whole), kind) + whole


def _copied(file: BinaryIO, box: Box, fresh: dict[int, bytes | None], left: list[int]) -> bytes:
    """A box with others in the place of some of those inside it. left: how many bytes of other boxes
    may be taken over. Raises ValueError."""
    if box.at in fresh:
        return fresh[box.at] or b""
    if box.kind in CONTAINERS:
        inside = boxes_in(file, box.start, box.end, [MOST_BOXES])
        return _boxed(box.kind, b"".join(_copied(file, each, fresh, left) for each in inside))
    left[0] -= box.end - box.at
    if left[0] < 0:
        raise ValueError("other boxes that are too large")
    file.seek(box.at)
    return file.read(box.end - box.at)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)
