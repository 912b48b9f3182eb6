"""What a file is by its first bytes, and whether all of it is there. Nothing is decoded here."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media_assets.errors import EmptyFile, NotAVideo, PlaylistRefused, Truncated

# First boxes of MP4 and of QuickTime files; cameras write the latter without ftyp.
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"<MPD", b"file '")
_STRUCTURAL_BOXES = {b"ftyp", b"moov", b"moof", b"mdat"}
# A fragmented file of six hours has some 50 000 boxes; who has more is not looked at further.
_MAX_BOXES = 200_000
_EBML, _SEGMENT, _DOCTYPE = 0x1A45DFA3, 0x18538067, 0x4282


@dataclass(frozen=True)
class Outside:
    """What a file shows without being read: its kind, and how long its header claims it to be.

    kind: mp4, mov, mkv, webm, avi. claimed_ms: None where the header does not say, or another reader
    will find it.
    """

    kind: str
    claimed_ms: int | None = None


def look_at(path: Path) -> Outside:
    """What the file is by its content; its name counts for nothing.

    Raises EmptyFile, PlaylistRefused, NotAVideo, and Truncated where the structure of the file says
    that there should be more of it.
    """
    size = path.stat().st_size
    if not size:
        raise EmptyFile("The file is empty.")
    with path.open("rb") as file:
        start = file.read(64)
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
        if text.startswith(_PLAYLISTS):
            raise PlaylistRefused(
                "This is a list of other files, not a video. Upload the video itself."
            )
        if start[4:8] == b"ftyp":
            return Outside("mov" if start[8:12] == b"qt  " else "mp4", _walk_boxes(file, size))
        if start[4:8] in _QUICKTIME_BOXES:
            return Outside("mov", _walk_boxes(file, size))
        if start.startswith(_EBML.to_bytes(4)):
            return Outside(_matroska(file, size))
        if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
            _expect(8 + int.from_bytes(start[4:8], "little"), size)
            return Outside("avi")
    raise NotAVideo("This is not a video file. We read MP4, MOV, MKV, WebM and AVI.")


def _expect(end: int, size: int) -> None:
    if end > size:
        raise Truncated(
            "The end of the file is missing. Export or copy it again, then upload it anew.",
            size_bytes=size,
            expected_bytes=end,
        )


def _walk_boxes(file: BinaryIO, size: int) -> int | None:
    """The length that the movie header claims. Raises Truncated when a box ends outside."""
    at, claimed_ms = 0, None
    for _ in range(_MAX_BOXES):
        if at + 8 > size:
            break
        file.seek(at)
        header = file.read(16)
        length, name = int.from_bytes(header[:4]), header[4:8]
        if length == 1 and len(header) == 16:
            length = int.from_bytes(header[8:16])
        elif length == 0:  # up to the end of the file
            break
        if length < 8:  # rubbish behind the last box, which players ignore too
            break
        if name in _STRUCTURAL_BOXES:
            _expect(at + length, size)
        if name == b"moov":
            claimed_ms = _movie_header_ms(header + file.read(64))
        at += length
    return claimed_ms


def _movie_header_ms(inside: bytes) -> int | None:
    """The length in an mvhd box near the start of `inside`. FFmpeg overrules it, players show it."""
    at = inside.find(b"mvhd") + 4
    wide = inside[at : at + 1] == b"\1"
    scale_at = at + (20 if wide else 12)
    scale = int.from_bytes(inside[scale_at : scale_at + 4])
    length = inside[scale_at + 4 : scale_at + (12 if wide else 8)]
    if at < 4 or not scale or not length or set(length) == {0xFF}:  # all ones: not known
        return None
    return int.from_bytes(length) * 1000 // scale


def _matroska(file: BinaryIO, size: int) -> str:
    file.seek(4)
    header_size = _vint(file)
    header = file.read(min(header_size or 0, 4096))
    if header_size is None or header_size > 4096 or len(header) < header_size:
        raise NotAVideo("The header of this file makes no sense.")
    found = header.find(_DOCTYPE.to_bytes(2))
    kind = header[found + 3 : found + 3 + (header[found + 2] & 0x7F)] if found >= 0 else b""
    if kind.rstrip(b"\0") not in (b"webm", b"matroska"):
        raise NotAVideo("This is not a video file. We read MP4, MOV, MKV, WebM and AVI.")
    if int.from_bytes(file.read(4)) == _SEGMENT:
        length = _vint(file)
        if length is not None:  # None: a live recording, whose writer did not know
            _expect(file.seek(0, os.SEEK_CUR) + length, size)
    return "webm" if kind.startswith(b"webm") else "mkv"


def _vint(file: BinaryIO) -> int | None:
    """An EBML size; None when the writer left it unknown, or there is none."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + file.read(more))
    return None if value == (1 << (7 * (more + 1))) - 1 else value
