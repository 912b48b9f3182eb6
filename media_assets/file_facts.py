"""What a finished video file is, as whoever gets it will see it: container, codecs, shape, order.

Rendering knows these facts of what it made and proved; of any other file `look` finds them out, by the
probe's caged child and by a walk along the boxes of our own.
"""

import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

from media_assets.containers import look_at
from media_assets.probe import probe_file
from media_assets.rendering.checking import Proof
from media_assets.rendering.plan import SAMPLE_RATE_HZ, Plan

_ISO = ("mp4", "mov")
_HOLDERS = {b"moov", b"trak", b"edts"}
_MOST_BOXES = 100_000


@dataclass(frozen=True)
class FileFacts:
    """The facts of one file.

    container: mp4, mov, webm, mkv, avi. duration_ms: until the last picture has been shown; whole_ms:
    the longest that any of its streams or headers claims. width_px, height_px: as players show it.
    fps: average. video_codec, audio_codec: FFmpeg's names; "" for no sound. index_first: the moov box
    stands before the data. edit_list: players are told to shift or leave out parts. tail_bytes: what
    follows the last whole box. The last three are those of MP4 and MOV; elsewhere they say nothing is
    wrong.
    """

    container: str
    size_bytes: int
    duration_ms: int
    whole_ms: int
    width_px: int
    height_px: int
    fps: float
    video_codec: str
    pix_fmt: str
    interlaced: bool = False
    audio_codec: str = ""
    audio_channels: int = 0
    audio_rate_hz: int = 0
    index_first: bool = True
    edit_list: bool = False
    tail_bytes: int = 0

    @property
    def bit_rate_bps(self) -> int:
        """Bits per second of all that is in it."""
        return self.size_bytes * 8000 // max(self.duration_ms, 1)

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> "FileFacts | None":
        """What `as_json` gave; None for anything else. Any: it comes out of a JSON column."""
        names = {each.name for each in fields(cls)}
        if not isinstance(data, dict) or not names <= data.keys():
            return None
        return cls(**{name: data[name] for name in names})


def facts_of_render(plan: Plan, proof: Proof) -> FileFacts:
    """Of a file that we rendered: `prove` has found it to be like this, or refused it."""
    return FileFacts(
        container="mp4",
        size_bytes=proof.size_bytes,
        duration_ms=proof.duration_ms,
        whole_ms=proof.duration_ms,
        width_px=plan.format.width_px,
        height_px=plan.format.height_px,
        fps=proof.fps,
        video_codec="h264",
        pix_fmt="yuv420p",
        audio_codec="aac",
        audio_channels=2,
        audio_rate_hz=SAMPLE_RATE_HZ,
    )


def look(path: Path) -> FileFacts:
    """The facts of any file, which may be hostile. Raises what `media_assets.probe.probe_file` raises."""
    probe, outside = probe_file(path), look_at(path)
    index_first, edit_list, end = True, False, outside.end
    size = path.stat().st_size
    if probe.container in _ISO:
        index_first, edit_list, end = _order_of(path, size)
    claims = [stream.get("duration_ms") or 0 for stream in probe.streams]
    return FileFacts(
        container=probe.container,
        size_bytes=size,
        duration_ms=probe.duration_ms,
        whole_ms=max(probe.duration_ms, outside.claimed_ms or 0, *claims),
        width_px=probe.width_px,
        height_px=probe.height_px,
        fps=probe.fps,
        video_codec=probe.video_codec,
        pix_fmt=probe.pix_fmt,
        interlaced=probe.interlaced,
        audio_codec=probe.audio_codec,
        audio_channels=probe.audio_channels,
        audio_rate_hz=probe.audio_rate_hz,
        index_first=index_first,
        edit_list=edit_list,
        tail_bytes=size - end,
    )


def _order_of(path: Path, size: int) -> tuple[bool, bool, int]:
    """(the index comes first, there is an edit list, where the last whole box ends)."""
    seen: list[bytes] = []
    edits, end = False, 0
    with path.open("rb") as file:
        for depth, name, after in _boxes(file, size):
            if depth == 0:
                seen.append(name)
                end = max(end, after)
            edits = edits or name == b"elst"
    places = [seen.index(name) if name in seen else len(seen) for name in (b"moov", b"mdat")]
    return places[0] < places[1], edits, end


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, int]]:
    """(depth, name, where it ends) of the boxes, and of those in boxes that hold edit lists."""
    spans = [(0, 0, size)]
    for _ in range(_MOST_BOXES):
        while spans and spans[-1][1] + 8 > spans[-1][2]:
            spans.pop()
        if not spans:
            return
        depth, at, end = spans.pop()
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1 and at + 16 <= end:
            (length,), header = struct.unpack(">Q", file.read(8)), 16
        elif length == 0:
            length = end - at
        if length < header or at + length > end:
            continue  # no whole box is left in this span
        yield depth, name, at + length
        spans.append((depth, at + length, end))
        if name in _HOLDERS and depth < len(_HOLDERS):
            spans.append((depth + 1, at + header, at + length))
