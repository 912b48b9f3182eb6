"""The tables of the samples of a track of an MP4, read from the file piece by piece.

ISO/IEC 14496-12, 8.6 and 8.7, and what libav 62 makes of them. Nothing that the tables say is believed
before it is checked; ValueError is raised for all that is odd, also where players would make do.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from media_assets.analysis.boxes import Box, content

Numbers = npt.NDArray[np.int64]

PIECE = 16_384  # rows that are read at once
MOST_SAMPLES = 20_000_000
LARGEST_GAP = 2**31 - 1  # libav takes larger ones for negative
LARGEST_SHIFT = 2**28  # libav does without the table where one is larger
REORDERED = 16  # pictures among which libav looks for those that are shown later
UNDERSTOOD = {
    *(b"stsd", b"stts", b"ctts", b"stss", b"stsz", b"stsc", b"stco", b"co64"),
    *(b"sdtp", b"sgpd", b"sbgp"),
}


@dataclass(frozen=True)
class Table:
    """Rows of whole numbers in a file. kind: of the numbers, as numpy names it."""

    file: BinaryIO
    start: int
    count: int
    columns: int = 1
    kind: str = ">u4"

    @classmethod
    def of(cls, file: BinaryIO, box: Box, columns: int, kind: str = ">u4") -> "Table":
        """The table of a box that begins with a version and a number of rows."""
        count = struct.unpack(">II", content(file, box, 8))[1]
        table = cls(file, box.start + 8, count, columns, kind)
        if table.start + count * table.row_bytes > box.end:
            raise ValueError("a table that its box has no room for")
        return table

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.columns * np.dtype(self.kind).itemsize

    def rows(self, first: int, end: int) -> Numbers:
        """(rows, columns): rows first to end - 1, as many as there are."""
        count = max(0, min(end, self.count) - first)
        self.file.seek(self.start + first * self.row_bytes)
        raw = self.file.read(count * self.row_bytes)
        if len(raw) < count * self.row_bytes:
            raise ValueError("a table that ends with the file")
        found = np.frombuffer(raw, self.kind).astype(np.int64).reshape(count, self.columns)
        if count and self.kind == ">u8" and int(found.min()) < 0:
            raise ValueError("a number that no file is long enough for")
        return found

    def pieces(self) -> Iterator[tuple[int, Numbers]]:
        """(number of its first row, rows) of one piece after the other."""
        for first in range(0, self.count, PIECE):
            yield first, self.rows(first, first + PIECE)


class Runs:
    """Rows (how many, value): a value per sample. Remembers where it was: going forward is quick."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._place = (0, 0, 0)  # row, first sample of it, sum of the values before

    def between(self, first: int, end: int) -> tuple[Numbers, int]:
        """The values of samples first to end - 1, and the sum of those before. Raises ValueError."""
        row, at, total = self._place if self._place[1] <= first else (0, 0, 0)
        found, before = [np.zeros(0, np.int64)], total
        while at < end and row < self.table.count:
            rows = self.table.rows(row, row + PIECE)
            counts, values = rows[:, 0] & 0xFFFFFFFF, rows[:, 1]
            ends = at + np.cumsum(counts)
            starts = ends - counts
            sums = total + np.cumsum(counts * values) - counts * values
            skipped = np.minimum(ends, first) - np.minimum(starts, first)
            before += int((skipped * values).sum())
            found.append(np.repeat(values, np.clip(ends, first, end) - np.clip(starts, first, end)))
            last = int(np.searchsorted(starts, end, side="right")) - 1
            self._place = row + last, int(starts[last]), int(sums[last])
            row, at = row + len(rows), int(ends[-1])
            total = int(sums[-1] + counts[-1] * values[-1])
        values = np.concatenate(found)
        if len(values) != end - first:
            raise ValueError("a table that ends before the samples do")
        return values, before


@dataclass(frozen=True)
class Samples:
    """Some samples of a track, in order, a row each.

    numbers count from 0; dts as the tables tell it, without any edit list; gap to the next one; shift
    of PTS against DTS; size in bytes and place in the file; key: decoding can begin, as the table says;
    depends: the byte of `sdtp`.
    """

    numbers: Numbers
    dts: Numbers
    gaps: Numbers
    shifts: Numbers
    sizes: Numbers
    places: Numbers
    keys: npt.NDArray[np.bool_]
    depends: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def pts(self) -> Numbers:
        """When each is shown."""
        return self.dts + self.shifts


@dataclass(frozen=True)
class Survey:
    """What only a look at all samples tells.

    late: the sample before which most others come that are shown after it. shift: by how much libav
    moves all PTS, because some shift is negative; lowest: the sample with that shift, or -1.
    """

    late: int = 0
    shift: int = 0
    lowest: int = -1


class Tables:
    """All tables of a track; boxes: those of the track, by type. Raises ValueError."""

    def __init__(self, file: BinaryIO, boxes: Mapping[bytes, Box]) -> None:
        self.boxes = boxes
        _, size, count = struct.unpack(">III", content(file, boxes[b"stsz"], 12))
        if size or not 0 < count <= MOST_SAMPLES:
            raise ValueError("samples of one size, or too many of them")
        self.count: int = count
        self._sizes = Table(file, boxes[b"stsz"].start + 12, count)
        if self._sizes.start + 4 * count > boxes[b"stsz"].end:
            raise ValueError("a table that its box has no room for")
        self._gaps = Runs(Table.of(file, boxes[b"stts"], 2))
        self._shifts = Runs(Table.of(file, boxes[b"ctts"], 2, ">i4")) if b"ctts" in boxes else None
        self._keys = Table.of(file, boxes[b"stss"], 1) if b"stss" in boxes else None
        self._runs = Table.of(file, boxes[b"stsc"], 3)
        wide = b"co64" in boxes
        if wide and b"stco" in boxes:
            raise ValueError("two tables where one belongs")
        self._chunks = (
            Table.of(file, boxes[b"co64"], 1, ">u8") if wide else Table.of(file, boxes[b"stco"], 1)
        )
        self._depends = self._bytes_of(file, boxes.get(b"sdtp"))
        if struct.unpack(">II", content(file, boxes[b"stsd"], 8))[1] != 1:
            raise ValueError("samples of several kinds")

    def _bytes_of(self, file: BinaryIO, box: Box | None) -> Table | None:
        if box is None:
            return None
        if box.end - box.start != 4 + self.count:
            raise ValueError("a table of another length")
        return Table(file, box.start + 4, self.count, 1, ">u1")

    def survey(self) -> Survey:
        """Look at everything once, and check it. Raises ValueError."""
        self._check_chunks()
        self._check_keys()
        _check_runs(self._gaps.table, self.count)
        for _, rows in self._gaps.table.pieces():
            if not (int(rows[:, 1].min()) >= 1 and int(rows[:, 1].max()) <= LARGEST_GAP):
                raise ValueError("time that stands still, or goes back")
        if self._shifts is None:
            return Survey()
        _check_runs(self._shifts.table, self.count)
        late, most, past = 0, 0, np.zeros(0, np.int64)
        shift, lowest = moved_by(self._shifts.table), -1
        for first in range(0, self.count, PIECE):
            end = min(first + PIECE, self.count)
            gaps, before = self._gaps.between(first, end)
            shifts = self._shifts.between(first, end)[0]
            if lowest < 0 and shift and (shifts == -shift).any():
                lowest = first + int((shifts == -shift).argmax())
            pts = before + np.cumsum(gaps) - gaps + shifts
            line = np.concatenate([past, pts])
            later = np.zeros(len(line), np.int64)
            for back in range(1, min(REORDERED, len(line) - 1) + 1):
                later[back:] += line[:-back] > line[back:]
            later = later[len(past) :]
            if int(later.max()) > most:
                most, late = int(later.max()), first + int(later.argmax())
            past = line[-REORDERED:]
        return Survey(late, shift, lowest)

    def _check_chunks(self) -> None:
        samples, last = 0, np.zeros((0, 3), np.int64)
        for first, rows in self._runs.pieces():
            if not first and rows[0, 0] != 1:
                raise ValueError("chunks without samples")
            if int(rows.max()) > MOST_SAMPLES:
                raise ValueError("chunks that are too large, or too many")
            line = np.concatenate([last, rows])
            if int(rows[:, 1].min()) < 1 or (rows[:, 2] != 1).any():
                raise ValueError("chunks that are empty, or of several kinds")
            chunks = np.diff(line[:, 0])
            if (chunks < 1).any():
                raise ValueError("chunks in disorder")
            samples += int((chunks * line[:-1, 1]).sum())
            last = line[-1:]
        chunks_left = min(self._chunks.count, MOST_SAMPLES) + 1
        rest = chunks_left - int(last[0, 0]) if len(last) else 0
        if rest < 1 or samples + rest * int(last[0, 1]) != self.count:
            raise ValueError("chunks that hold more samples, or fewer")

    def _check_keys(self) -> None:
        if self._keys is None:
            return
        last = 0
        for first, rows in self._keys.pieces():
            numbers = np.concatenate([[last], rows[:, 0]])
            if (np.diff(numbers) < 1).any() or (not first and numbers[1] != 1):
                raise ValueError("key frames in disorder, or none at the start")
            last = int(numbers[-1])
        if not 1 <= last <= self.count:
            raise ValueError("key frames that are not there")

    def between(self, first: int, end: int) -> Samples:
        """Samples first to end - 1. Raises ValueError."""
        gaps, before = self._gaps.between(first, end)
        none = np.zeros(end - first, np.int64)
        sizes, places = self._placed(first, end)
        return Samples(
            numbers=np.arange(first, end),
            dts=before + np.cumsum(gaps) - gaps,
            gaps=gaps,
            shifts=none if self._shifts is None else self._shifts.between(first, end)[0],
            sizes=sizes,
            places=places,
            keys=self._keys_between(first, end),
            depends=(
                none if self._depends is None else self._depends.rows(first, end)[:, 0]
            ).astype(np.uint8),
        )

    def _keys_between(self, first: int, end: int) -> npt.NDArray[np.bool_]:
        keys = np.full(end - first, self._keys is None)
        for _, rows in self._keys.pieces() if self._keys is not None else ():
            numbers = rows[:, 0] - 1
            keys[numbers[(numbers >= first) & (numbers < end)] - first] = True
            if numbers[-1] >= end:
                break
        return keys

    def _placed(self, first: int, end: int) -> tuple[Numbers, Numbers]:
        """Sizes and places of samples."""
        chunks, inside = self._chunked(first, end)
        before, low = (
            0,
            first - int(inside[0]),
        )  # bytes, and the first sample, of a chunk begun before
        for at in range(low, first, PIECE):
            before += int(self._sizes.rows(at, min(at + PIECE, first)).sum())
        sizes = self._sizes.rows(first, end)[:, 0]
        sums = np.cumsum(sizes) - sizes
        begun = np.arange(end - first) - inside  # the first sample of the chunk of each
        until = np.where(begun < 0, -before, sums[np.maximum(begun, 0)])
        starts = self._chunks.rows(int(chunks[0]), int(chunks[-1]) + 1)[:, 0]
        return sizes, starts[chunks - chunks[0]] + sums - until

    def _chunked(self, first: int, end: int) -> tuple[Numbers, Numbers]:
        """The chunk of each sample, from 0, and how many samples lie before it there."""
        numbers = np.arange(first, end)
        chunks, inside = np.zeros_like(numbers), np.zeros_like(numbers)
        at, row = 0, 0
        while at < end and row < self._runs.count:
            rows = self._runs.rows(row, row + PIECE + 1)  # with the one that ends the last of them
            row += PIECE
            if row >= self._runs.count:
                rows = np.concatenate([rows, [[self._chunks.count + 1, 1, 1]]])
            held = np.diff(rows[:, 0]) * rows[:-1, 1]
            ends = at + np.cumsum(held)
            mine = (numbers >= at) & (numbers < ends[-1])
            if mine.any():
                run = np.searchsorted(ends, numbers[mine], side="right")
                each = rows[run, 1]
                since = numbers[mine] - (ends - held)[run]
                chunks[mine] = rows[run, 0] - 1 + since // each
                inside[mine] = since % each
            at = int(ends[-1])
        return chunks, inside


def moved_by(table: Table | Numbers) -> int:
    """By how much libav moves all PTS for the shifts in a table of runs; it leaves out the last two."""
    if isinstance(table, Table):
        lowest = 0
        for first, rows in table.pieces():
            counted = rows[: max(0, table.count - 2 - first), 1]
            lowest = min(lowest, int(counted.min()) if len(counted) else 0)
        return -lowest
    return max(0, -int(table[:-2, 1].min())) if len(table) > 2 else 0


def _check_runs(table: Table, samples: int) -> None:
    """Each sample has a value, and libav believes it."""
    total = 0
    for _, rows in table.pieces():
        counts = rows[:, 0] & 0xFFFFFFFF
        if int(counts.min()) < 1 or int(np.abs(rows[:, 1]).max()) >= (
            LARGEST_SHIFT if table.kind == ">i4" else 2**32
        ):
            raise ValueError("runs of nothing, or far shifts")
        total += int(counts.sum())
    if total != samples:
        raise ValueError("a table for more samples, or fewer")


def joined(parts: list[Samples]) -> Samples:
    """Samples of several stretches, in order; the gap of each leads to the next one that is there."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Samples.__dataclass_fields__
    }
    every = Samples(**columns)
    gaps = every.gaps.copy()
    gaps[:-1] = np.diff(every.dts)
    return replace(every, gaps=gaps)


def runs_of(values: Numbers) -> Numbers:
    """Rows (how many, value)."""
    edges = np.flatnonzero(np.diff(values)) + 1
    starts = np.concatenate([[0], edges])
    return np.stack([np.diff(np.append(starts, len(values))), values[starts]], axis=1)
