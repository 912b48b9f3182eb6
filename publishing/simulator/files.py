"""Is it really a video, and whole? A platform looks, so the simulator looks."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import av
from av.error import FFmpegError

from media_assets.allowed import AV_OPTIONS

_BLOCK = 1 << 20


class NotAVideo(Exception):
    """The bytes are not a whole video file; the text says why."""


@dataclass(frozen=True)
class VideoFacts:
    """What the file says of itself."""

    sha256: str
    size_bytes: int
    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    codec: str


def sha256_of(path: Path) -> str:
    """Of the whole file."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def inspect(path: Path) -> VideoFacts:
    """Look at a received file. Raises NotAVideo."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        _check_boxes(path, size)
    elif head[:4] != b"\x1a\x45\xdf\xa3":  # EBML: WebM
        raise NotAVideo("It begins like no MP4, MOV or WebM file.")
    try:
        with av.open(f"file:{path}", options=dict(AV_OPTIONS)) as container:
            if not container.streams.video:
                raise NotAVideo("It has no picture.")
            stream = container.streams.video[0]
            duration_ms = int((container.duration or 0) / 1000)
            if next(container.decode(stream), None) is None:
                raise NotAVideo("No frame of it can be decoded.")
            facts = VideoFacts(
                sha256=sha256_of(path),
                size_bytes=size,
                duration_ms=duration_ms,
                width_px=stream.codec_context.width,
                height_px=stream.codec_context.height,
                fps=float(stream.average_rate or 0),
                codec=stream.codec_context.name,
            )
    except (FFmpegError, ValueError) as err:
        raise NotAVideo("It cannot be decoded.") from err
    if facts.duration_ms <= 0:
        raise NotAVideo("It has no duration.")
    return facts


def _check_boxes(path: Path, size: int) -> None:
    """The top-level boxes of an MP4 must end exactly where the file ends."""
    at, seen = 0, set()
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:16])
            elif length == 0:
                length = size - at
            if len(head) < 8 or length < 8 or at + length > size:
                raise NotAVideo("The file is cut off.")
            seen.add(head[4:8])
            at += length
    if not {b"moov", b"mdat"} <= seen:
        raise NotAVideo("The file has no index or no content.")
