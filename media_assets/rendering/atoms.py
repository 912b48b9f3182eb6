"""What an MP4 file says of itself, read from its boxes (ISO/IEC 14496-12 and -15) without a decoder.

Our own reader, so that a fault of the library that wrote the file is not hidden by the same library
reading it. It reads files of ours, one sample entry per track; anything else is a fault, not a crash.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf"}
IDR = 5
MOST_TABLE_BYTES = 64 * 1024 * 1024


class BadBoxes(ValueError):
    """The boxes contradict each other, or end too early."""


@dataclass(frozen=True)
class Box:
    """A box: its name, where its content begins, and where it ends."""

    name: bytes
    start: int
    end: int
    inside: tuple[bytes, ...]


@dataclass
class Track:
    """One track. Times in ticks of its timescale; numbers of samples from 0.

    deltas: of decoding, (count, ticks) as the file has them. offsets: of showing against decoding.
    sync: numbers of the samples that can be started at; None: all. places, sizes: of the samples in
    the file, by way of chunks and runs of them. colours: (primaries, transfer, matrix, full range) or None.
    """

    kind: str = ""
    timescale: int = 0
    duration: int = 0
    codec: str = ""
    width: int = 0
    height: int = 0
    profile: int = 0
    level: int = 0
    length_size: int = 4
    colours: tuple[int, int, int, bool] | None = None
    matrix: tuple[int, ...] = ()
    edits: bool = False
    channels: int = 0
    deltas: list[tuple[int, int]] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    sync: list[int] | None = None
    sizes: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list, repr=False)
    runs: list[tuple[int, int]] = field(default_factory=list, repr=False)

    @property
    def shown(self) -> list[int]:
        """When each sample is shown, in ticks, in the order of the file."""
        times, at = [], 0
        moved = [ticks for count, ticks in self.offsets for _ in range(count)]
        decoded = [ticks for count, ticks in self.deltas for _ in range(count)]
        for number, delta in enumerate(decoded):
            times.append(at + (moved[number] if number < len(moved) else 0))
            at += delta
        return times


@dataclass
class Mp4:
    """A whole file: its top boxes in order, whether it is in fragments, and its tracks."""

    top: list[bytes]
    fragmented: bool
    tracks: list[Track]
    data: list[tuple[int, int]]


def read_mp4(path: Path) -> Mp4:
    """Read the boxes of a file. Raises BadBoxes."""
    with path.open("rb") as file:
        end = path.stat().st_size
        try:
            boxes = list(_walk(file, 0, end, ()))
            tracks: list[Track] = []
            for box in boxes:
                if box.name == b"trak":
                    tracks.append(Track())
                elif b"trak" in box.inside and tracks:
                    _into(tracks[-1], box, file)
            for track in tracks:
                _place(track)
        except (struct.error, IndexError) as error:
            raise BadBoxes("a table ends too early") from error
    return Mp4(
        top=[box.name for box in boxes if not box.inside],
        fragmented=any(box.name in (b"moof", b"mvex") for box in boxes),
        tracks=tracks,
        data=[(box.start, box.end) for box in boxes if box.name == b"mdat"],
    )


def units_of(path: Path, track: Track, number: int) -> set[int]:
    """The types of the NAL units of one sample. Raises BadBoxes."""
    with path.open("rb") as file:
        file.seek(track.places[number])
        data = file.read(track.sizes[number])
    found, at = set(), 0
    while at + track.length_size < len(data):
        size = int.from_bytes(data[at : at + track.length_size], "big")
        found.add(data[at + track.length_size] & 31)
        at += track.length_size + size
    if at != len(data):
        raise BadBoxes(f"sample {number} is not made of whole units")
    return found


def _walk(file: BinaryIO, start: int, end: int, inside: tuple[bytes, ...]) -> Iterator[Box]:
    while start + 8 <= end:
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            raise BadBoxes(f"the box {name.decode('latin-1')!r} does not fit where it is")
        yield Box(name, start + header, start + size, inside)
        if name in CONTAINERS:
            yield from _walk(file, start + header, start + size, (*inside, name))
        start += size
    if start != end:
        raise BadBoxes("there are bytes that belong to no box")


def _into(track: Track, box: Box, file: BinaryIO) -> None:
    """What one box says of its track."""
    if box.name == b"elst":
        track.edits = True
    reader = _READERS.get(box.name)
    if reader is None:
        return
    if box.end - box.start > MOST_TABLE_BYTES:
        raise BadBoxes("a table is too large")
    file.seek(box.start)
    reader(track, file.read(box.end - box.start))


def _tkhd(track: Track, data: bytes) -> None:
    at = 52 if data[0] == 1 else 40
    track.matrix = struct.unpack(">9i", data[at : at + 36])


def _mdhd(track: Track, data: bytes) -> None:
    form, at = (">IQ", 20) if data[0] == 1 else (">II", 12)
    track.timescale, track.duration = struct.unpack_from(form, data, at)


def _hdlr(track: Track, data: bytes) -> None:
    track.kind = {b"vide": "picture", b"soun": "sound"}.get(data[8:12], "other")


def _stsd(track: Track, data: bytes) -> None:
    if struct.unpack_from(">I", data, 4)[0] != 1:
        raise BadBoxes("a track changes its codec on the way")
    entry = data[8:]
    track.codec = entry[4:8].decode("latin-1")
    if track.codec == "avc1":
        track.width, track.height = struct.unpack_from(">HH", entry, 32)
        _entry_boxes(track, entry[86:])
    elif track.codec == "mp4a":
        track.channels = struct.unpack_from(">H", entry, 24)[0]


def _entry_boxes(track: Track, data: bytes) -> None:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + size]
        if name == b"avcC":
            track.profile, track.level = content[1], content[3]
            track.length_size = content[4] % 4 + 1
        elif name == b"colr" and content[:4] == b"nclx":
            first, second, third, rest = struct.unpack_from(">HHHB", content, 4)
            track.colours = (first, second, third, bool(rest >> 7))
        if size < 8:
            raise BadBoxes("a sample entry is damaged")
        at += size


def _pairs(data: bytes, form: str) -> list[tuple[int, int]]:
    count = struct.unpack_from(">I", data, 4)[0]
    found = [(a, b) for a, b in struct.iter_unpack(form, data[8 : 8 + 8 * count])]
    if len(found) != count:
        raise BadBoxes("a table is shorter than it says")
    return found


def _stts(track: Track, data: bytes) -> None:
    track.deltas = _pairs(data, ">II")


def _ctts(track: Track, data: bytes) -> None:
    track.offsets = _pairs(data, ">Ii")


def _numbers(data: bytes, form: str, at: int, count: int) -> list[int]:
    size = struct.calcsize(f">{form}")
    found = [each for (each,) in struct.iter_unpack(f">{form}", data[at : at + size * count])]
    if len(found) != count:
        raise BadBoxes("a table is shorter than it says")
    return found


def _stss(track: Track, data: bytes) -> None:
    count = struct.unpack_from(">I", data, 4)[0]
    track.sync = [each - 1 for each in _numbers(data, "I", 8, count)]


def _stsz(track: Track, data: bytes) -> None:
    one, count = struct.unpack_from(">II", data, 4)
    track.sizes = [one] * count if one else _numbers(data, "I", 12, count)


def _stsc(track: Track, data: bytes) -> None:
    count = struct.unpack_from(">I", data, 4)[0]
    plain = _numbers(data, "I", 8, 3 * count)
    track.runs = list(zip(plain[::3], plain[1::3], strict=True))


def _stco(track: Track, data: bytes) -> None:
    track.chunks = _numbers(data, "I", 8, struct.unpack_from(">I", data, 4)[0])


def _co64(track: Track, data: bytes) -> None:
    track.chunks = _numbers(data, "Q", 8, struct.unpack_from(">I", data, 4)[0])


_READERS = {
    b"tkhd": _tkhd, b"mdhd": _mdhd, b"hdlr": _hdlr, b"stsd": _stsd, b"stts": _stts, b"ctts": _ctts,
    b"stss": _stss, b"stsz": _stsz, b"stsc": _stsc, b"stco": _stco, b"co64": _co64,
}  # fmt: skip


def _place(track: Track) -> None:
    """Where each sample lies: chunks hold runs of samples."""
    number = run = 0
    for chunk, at in enumerate(track.chunks, start=1):
        while run + 1 < len(track.runs) and track.runs[run + 1][0] <= chunk:
            run += 1
        held = track.runs[run][1] if track.runs else 0
        for _ in range(held):
            if number >= len(track.sizes):
                raise BadBoxes("there are more places than samples")
            track.places.append(at)
            at += track.sizes[number]
            number += 1
    if number != len(track.sizes):
        raise BadBoxes("there are fewer places than samples")
