"""What a file is by its first bytes, whether all of it is there, and whether there is more than that.

Nothing is decoded here. What stands at the start or behind the end decides, never a name.
"""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from media_assets.errors import (
    EmptyFile,
    Encrypted,
    NotAVideo,
    PlaylistRefused,
    Truncated,
    TwoFilesInOne,
)

# First boxes of MP4 and of QuickTime files; cameras write the latter without ftyp.
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
# What a list of other files begins with, in the formats that players follow.
_PLAYLISTS = (
    b"#EXTM3U", b"#EXT-X-", b"ffconcat", b"[playlist]", b"<MPD", b"file '", b"file ", b"v=0",
    b"[Reference]", b"<ASX", b"<asx", b"<SMIL", b"<smil", b"RTSPtext", b"rtsptext", b"SMILtext",
)  # fmt: skip
_XML_PLAYLISTS = (b"<MPD", b"<playlist", b"<smil", b"<SmoothStreamingMedia", b"<asx")
# What people upload by mistake, and what polyglots hide behind a video.
_OTHER_KINDS = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b\x08": "a gzip archive",
    b"%PDF-": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"#!/": "a script",
    b"<?php": "a script",
    b"<script": "a web page",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"<svg": "a drawing (SVG)",
    b"<?xml": "an XML document",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"ID3": "sound without a picture",
    b"OggS": "an Ogg file",
    b"fLaC": "sound without a picture",
}
_PICTURE_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif"}
_ACCEPTED = "We read MP4, MOV, MKV, WebM and AVI."
_PLAYLIST_WORDS = "This is a list of other files, not a video. Upload the video itself."
_START_BYTES = 1024
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL_BYTES = 22 + 65_535  # the record at the end of a ZIP, with the longest comment
_PIECES = {b"moof", b"styp", b"sidx"}
_STRUCTURAL_BOXES = {b"ftyp", b"moov", b"moof", b"mdat"}
# A fragmented file of six hours has some 50 000 boxes; who has more is not looked at further.
_MAX_BOXES = 200_000
_INDEX_BYTES = 4 * 1024**2
_LOCKS = (b"cenc", b"cbc1", b"cens", b"cbcs", b"piff")
_EBML, _SEGMENT, _DOCTYPE = 0x1A45DFA3, 0x18538067, 0x4282
_TOP_ELEMENTS, _MAX_TOP_ELEMENTS = {_EBML, _SEGMENT}, 64


@dataclass(frozen=True)
class Outside:
    """What a file shows without being read: its kind, and how long its header claims it to be.

    kind: mp4, mov, mkv, webm, avi. claimed_ms: None where the header does not say, or another reader
    will find it. end: where its structure ends, in bytes; what follows belongs to something else.
    """

    kind: str
    end: int
    claimed_ms: int | None = None
    notes: tuple[str, ...] = ()


def look_at(path: Path) -> Outside:
    """What the file is by its content; its name counts for nothing.

    Raises EmptyFile, PlaylistRefused, NotAVideo, Truncated where the structure of the file says that
    there should be more of it, and TwoFilesInOne where another file hides in it.
    """
    size = path.stat().st_size
    if not size:
        raise EmptyFile("The file is empty.")
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
        outside = _structure(file, start, size)
        hidden = "a PDF document" if b"%PDF-" in start else _zip_at_the_end(file, size)
        if hidden is None and outside.end < size:
            file.seek(outside.end)
            tail = file.read(_START_BYTES).lstrip(b"\0 \t\r\n")
            hidden = _other_kind(tail)
            if tail and hidden is None:
                note = "Something that is no part of the video follows it; it is ignored."
                outside = replace(outside, notes=(note,))
        if hidden:
            raise TwoFilesInOne(
                f"There is something else inside this file: {hidden}. Export the video anew.",
                hidden=hidden,
            )
    return outside


def _structure(file: BinaryIO, start: bytes, size: int) -> Outside:
    if start[4:8] == b"ftyp":
        if start[8:12] in _PICTURE_BRANDS:
            raise NotAVideo(f"This is a picture, not a video. {_ACCEPTED}")
        kind = "mov" if start[8:12] == b"qt  " else "mp4"
        end, claimed_ms = _walk_boxes(file, size)
        return Outside(kind, end, claimed_ms)
    if start[4:8] in _PIECES:
        raise NotAVideo("This is a piece of a streamed video, without its start. Upload all of it.")
    if start[4:8] in _QUICKTIME_BOXES:
        end, claimed_ms = _walk_boxes(file, size)
        return Outside("mov", end, claimed_ms)
    if start.startswith(_EBML.to_bytes(4)):
        return _matroska(file, size)
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return Outside("avi", _walk_riff(file, size))
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(_PLAYLISTS) or (
        text.startswith(b"<?xml") and any(each in text for each in _XML_PLAYLISTS)
    ):
        raise PlaylistRefused(_PLAYLIST_WORDS)
    other = _other_kind(text)
    raise NotAVideo(
        f"This is {other}, not a video. {_ACCEPTED}"
        if other
        else f"This is not a video file. {_ACCEPTED}"
    )


def _other_kind(start: bytes) -> str | None:
    """What else begins like this; None for what we do not know."""
    if start.startswith(_PLAYLISTS):
        return "a list of other files"
    lowered = start[:16].lower()
    return next(
        (
            name
            for sign, name in _OTHER_KINDS.items()
            if start.startswith(sign) or (sign[:1] == b"<" and lowered.startswith(sign))
        ),
        None,
    )


def _zip_at_the_end(file: BinaryIO, size: int) -> str | None:
    """A ZIP is read from its end, so one can hide in a box that players skip."""
    length = min(size, _ZIP_TAIL_BYTES)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        record = tail[at : at + 22]
        listing_size = int.from_bytes(record[12:16], "little")
        comment_size = int.from_bytes(record[20:22], "little")
        begins = size - length + at - listing_size
        if len(record) == 22 and at + 22 + comment_size == length and begins >= 0:
            file.seek(begins)
            if not listing_size or file.read(4) == b"PK\x01\x02":
                return "a ZIP archive"
        at = tail.rfind(_ZIP_END, 0, at)
    return None


def _expect(end: int, size: int) -> None:
    if end > size:
        raise Truncated(
            "The end of the file is missing. Export or copy it again, then upload it anew.",
            size_bytes=size,
            expected_bytes=end,
        )


def _walk_boxes(file: BinaryIO, size: int) -> tuple[int, int | None]:
    """Where the last box ends, and the length that the movie header claims.

    Raises Truncated when a box that counts ends outside the file.
    """
    at, claimed_ms = 0, None
    for _ in range(_MAX_BOXES):
        if at + 8 > size:
            return at, claimed_ms
        file.seek(at)
        header = file.read(16)
        length, name = int.from_bytes(header[:4]), header[4:8]
        if length == 1 and len(header) == 16:
            length = int.from_bytes(header[8:16])
        elif length == 0:  # up to the end of the file
            length = size - at if name.isalnum() else 0
        if name in _STRUCTURAL_BOXES:
            _expect(at + length, size)
        if (
            length < 8 or at + length > size
        ):  # rubbish behind the last box, which players ignore too
            return at, claimed_ms
        if name == b"moov":
            index = header + file.read(min(length, _INDEX_BYTES))
            claimed_ms = _movie_header_ms(index[:80])
            _refuse_locked(index)
        at += length
    return size, claimed_ms


def _walk_riff(file: BinaryIO, size: int) -> int:
    """Where the last RIFF chunk ends: long AVI files have several. Raises Truncated."""
    at = 0
    for _ in range(_MAX_BOXES):
        file.seek(at)
        header = file.read(12)
        if not header.startswith(b"RIFF") or (at and header[8:12] != b"AVIX"):
            break
        length = int.from_bytes(header[4:8], "little")
        if not at:
            _expect(8 + length, size)
        at += 8 + length + (length & 1)
    return min(at, size)


def _refuse_locked(index: bytes) -> None:
    """Raises Encrypted when the index names an encrypted picture and its scheme, ISO/IEC 23001-7."""
    scheme = index.find(b"schm")
    if b"encv" in index and index[scheme + 8 : scheme + 12] in _LOCKS:
        raise Encrypted("The video is encrypted. Upload it without its copy protection.")


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


def _matroska(file: BinaryIO, size: int) -> Outside:
    file.seek(4)
    header_size = _vint(file)
    header = file.read(min(header_size or 0, 4096))
    if header_size is None or header_size > 4096 or len(header) < header_size:
        raise NotAVideo("The header of this file makes no sense.")
    kind = _element_in(header, _DOCTYPE)
    if kind.rstrip(b"\0") not in (b"webm", b"matroska"):
        raise NotAVideo(f"This is not a video file. {_ACCEPTED}")
    end = size  # a live recording, whose writer did not know
    for _ in range(_MAX_TOP_ELEMENTS):
        name, length = int.from_bytes(file.read(4)), _vint(file)
        if length is None:
            break
        after = file.tell() + length
        if name == _SEGMENT:
            _expect(after, size)
            end = after
        if name not in _TOP_ELEMENTS or after > size:
            break
        file.seek(after)
    return Outside("webm" if kind.startswith(b"webm") else "mkv", end)


def _element_in(header: bytes, wanted: int) -> bytes:
    """What the element of this two-byte number holds; empty where there is none."""
    file = io.BytesIO(header)
    for _ in range(len(header)):
        number = int.from_bytes(file.read(2))
        length = _vint(file)
        if length is None:
            break
        inside = file.read(length)
        if number == wanted:
            return inside
    return b""


def _vint(file: BinaryIO) -> int | None:
    """An EBML size; None when the writer left it unknown, or there is none."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + file.read(more))
    return None if value == (1 << (7 * (more + 1))) - 1 else value
