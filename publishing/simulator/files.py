"""Is it really a video, and whole? A platform looks, so the simulator looks."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from media_assets.allowed import AV_OPTIONS

_BLOCK = 1 << 20
_INDEX_BYTES = 64 << 20


class NotAVideo(Exception):
    """The bytes are not a whole video file; the text says why."""


@dataclass(frozen=True)
class VideoFacts:
    """What the file says of itself.

    container: mp4, mov, webm, mkv, avi. width_px, height_px: as it is shown. audio_codec: "" for no
    sound. index_first, edit_list: of MP4 and MOV.
    """

    sha256: str
    size_bytes: int
    container: str
    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    codec: str
    pix_fmt: str
    interlaced: bool
    audio_codec: str = ""
    audio_channels: int = 0
    audio_rate_hz: int = 0
    index_first: bool = True
    edit_list: bool = False


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
    container_kind, order = _kind_of(path), _Order()
    if container_kind in ("mp4", "mov"):
        order = _check_boxes(path, size)
    try:
        with av.open(f"file:{path}", options=dict(AV_OPTIONS)) as container:
            if not container.streams.video:
                raise NotAVideo("It has no picture.")
            stream = container.streams.video[0]
            duration_ms = int((container.duration or 0) / 1000)
            frame = next(container.decode(stream), None)
            if frame is None:
                raise NotAVideo("No frame of it can be decoded.")
            width_px, height_px = _shown(frame, stream.sample_aspect_ratio)
            sound = container.streams.audio[0].codec_context if container.streams.audio else None
            facts = VideoFacts(
                sha256=sha256_of(path),
                size_bytes=size,
                container=container_kind,
                duration_ms=duration_ms,
                width_px=width_px,
                height_px=height_px,
                fps=float(stream.average_rate or 0),
                codec=stream.codec_context.codec.canonical_name,
                pix_fmt=frame.format.name,
                interlaced=bool(frame.interlaced_frame),
                audio_codec=sound.codec.canonical_name if sound else "",
                audio_channels=sound.channels if sound else 0,
                audio_rate_hz=sound.sample_rate if sound else 0,
                index_first=order.index_first,
                edit_list=order.edit_list,
            )
    except (FFmpegError, ValueError) as err:
        raise NotAVideo("It cannot be decoded.") from err
    if facts.duration_ms <= 0:
        raise NotAVideo("It has no duration.")
    return facts


def _kind_of(path: Path) -> str:
    """By its first bytes. Raises NotAVideo."""
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:8] == b"ftyp":
        return "mov" if head[8:12] == b"qt  " else "mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":  # EBML
        return "webm" if b"webm" in head else "mkv"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    raise NotAVideo("It begins like no MP4, MOV, WebM or AVI file.")


def _shown(frame: Any, aspect: Any) -> tuple[int, int]:
    """Width and height as players show the picture. Any: av has no types for them."""
    width, height = round(frame.width * (aspect or 1)), frame.height
    return (height, width) if round(frame.rotation) % 180 else (width, height)


@dataclass(frozen=True)
class _Order:
    """Where the index of an MP4 stands, and whether it has an edit list."""

    index_first: bool = True
    edit_list: bool = False


def _check_boxes(path: Path, size: int) -> _Order:
    """The top-level boxes of an MP4 must end exactly where the file ends."""
    at, seen, edit_list = 0, [], False
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
            seen.append(head[4:8])
            if head[4:8] == b"moov":
                file.seek(at)
                edit_list = b"elst" in file.read(min(length, _INDEX_BYTES))
            at += length
    if not {b"moov", b"mdat"} <= set(seen):
        raise NotAVideo("The file has no index or no content.")
    return _Order(seen.index(b"moov") < seen.index(b"mdat"), edit_list)
