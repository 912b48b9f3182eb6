"""Reading a video file: the right streams, upright small pictures, whole numbers for time.

Times inside a file are PTS in the time base of the stream. What leaves this module is milliseconds
(or microseconds) since the start of the file, which is how players and ffmpeg count.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.stream import Discard, Disposition

from media_assets.allowed import AV_OPTIONS
from media_assets.analysis.boxes import View
from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.ranges import Range
from media_assets.analysis.tracks import view_of

Plane = npt.NDArray[np.uint8]

ALLOWED = AV_OPTIONS
SMALL_WIDTH_PX = 160
MAX_BAD_PACKETS = 500

# Pixel formats whose first plane is luma, and how many bits of it to drop to get eight.
_LUMA_8 = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")
_LUMA_DEEP = {
    **{f"yuv{chroma}p10le": 2 for chroma in (420, 422, 444)},
    **{f"yuv{chroma}p12le": 4 for chroma in (420, 422, 444)},
    "gray10le": 2,
}


@contextlib.contextmanager
def opened(
    path: Path, *, handler: bytes = b"", part: Range | None = None
) -> Iterator[InputContainer]:
    """The file, opened with nothing but itself allowed. Raises NothingToSee.

    handler: "vide" or "soun" where only such tracks will be read: long files then take less memory.
    part: what of the file is shown, in place of that.
    """
    with contextlib.ExitStack() as stack:
        if part is not None:
            view: View | None = part.view()
        else:
            view = view_of(path, handler) if handler else None
        if view is not None:
            stack.callback(view.close)
        try:
            container: InputContainer = av.open(
                view or f"file:{path}", mode="r", options=dict(ALLOWED), metadata_errors="replace"
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise NothingToSee(f"The file cannot be opened as a video: {error}.") from error
        stack.callback(container.close)
        yield container


def main_video(container: InputContainer) -> "av.VideoStream":
    """The stream people see: no cover picture; among default streams the largest. Raises NothingToSee."""
    pictures = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & pictures and stream.codec_context is not None
    ]
    if not streams:
        raise NothingToSee("The file has no video stream.")
    return max(
        streams,
        key=lambda stream: (
            bool(stream.disposition & Disposition.default),
            stream.width * stream.height,
            -stream.index,
        ),
    )


def main_audio(container: InputContainer) -> "av.AudioStream | None":
    """The sound that belongs to the picture: a default stream before others, then the richest."""
    streams = [
        each
        for each in container.streams.audio
        if each.codec_context is not None  # type: ignore[redundant-expr]  # where no decoder is known
    ]
    if not streams:
        return None
    return max(
        streams,
        key=lambda stream: (
            bool(stream.disposition & Disposition.default),
            stream.codec_context.sample_rate,
            -stream.index,
        ),
    )


@dataclass(frozen=True)
class Source:
    """What reading and rendering must know of a file. shown_*: upright, with square pixels.

    turn: quarter turns counter-clockwise that make the stored picture upright. origin_us: time of
    the start of the file on the clock of its streams; every time we name counts from there.
    """

    width_px: int
    height_px: int
    shown_width_px: int
    shown_height_px: int
    sar: Fraction
    turn: int
    rate: Fraction
    usual_gap_us: int
    video_index: int
    audio_index: int | None
    origin_us: int
    duration_us: int
    pixel_format: str
    transfer: int
    matrix: int
    interlaced: bool = False
    full_range: bool = False

    @property
    def steady_rate(self) -> Fraction:
        """Frames per second while frames come evenly: the average is lower where frames are missing."""
        usual = Fraction(1_000_000, self.usual_gap_us) if self.usual_gap_us > 0 else self.rate
        return self.rate if abs(usual / self.rate - 1) < Fraction(1, 100) else usual

    @property
    def deep(self) -> bool:
        """More than eight bits per sample."""
        return any(bits in self.pixel_format for bits in ("10", "12", "14", "16"))

    @property
    def hdr(self) -> bool:
        """PQ (16) or HLG (18): bright beyond what our formats can show."""
        return self.transfer in (16, 18)


def describe(path: Path) -> Source:
    """Open the file, decode its first picture and say what it is. Raises NothingToSee."""
    with opened(path) as container:
        stream, audio = main_video(container), main_audio(container)
        first = next(frames_of(container, stream), None)
        if first is None:
            raise NothingToSee("No picture of the file can be decoded.")
        source = source_of(container, stream, audio, first)
    with opened(path) as container:
        return replace(source, usual_gap_us=_usual_gap_us(container))


def _usual_gap_us(container: InputContainer) -> int:
    """The median time between frames at the start of the file, in microseconds; nothing is decoded."""
    stream = main_video(container)
    times: list[int] = []
    for packet in packets_of(container, stream):
        if packet.pts is not None and packet.time_base is not None:
            times.append(round(packet.pts * packet.time_base * 1_000_000))
        if len(times) >= 300:
            break
    gaps = np.diff(np.sort(np.array(times[: len(times) * 9 // 10], np.int64)))
    gaps = gaps[gaps > 0]
    return round(float(np.median(gaps))) if len(gaps) >= 8 else 0


def source_of(
    container: InputContainer,
    stream: "av.VideoStream",
    audio: "av.AudioStream | None",
    first: av.VideoFrame,
) -> Source:
    """The facts, once the first picture is there (rotation may come with it)."""
    sar = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 8) < sar < 8:
        sar = Fraction(1)
    turn = round(first.rotation / 90) % 4
    width, height = max(1, round(first.width * sar)), first.height
    if turn % 2:
        width, height = height, width
    duration_us = container.duration or 0
    if duration_us <= 0 and stream.duration and stream.time_base:
        duration_us = int(stream.duration * stream.time_base * 1_000_000)
    return Source(
        width_px=first.width,
        height_px=first.height,
        shown_width_px=width,
        shown_height_px=height,
        sar=Fraction(sar),
        turn=turn,
        usual_gap_us=0,
        rate=Fraction(stream.average_rate or stream.guessed_rate or 25),
        video_index=stream.index,
        audio_index=audio.index if audio is not None else None,
        origin_us=container.start_time or 0,
        duration_us=max(duration_us, 0),
        pixel_format=first.format.name,
        transfer=int(first.color_trc or 0),
        matrix=int(first.colorspace or 0),
        interlaced=bool(first.interlaced_frame),
        full_range=int(first.color_range or 0) == 2,
    )


def only(container: InputContainer, *streams: Any) -> None:
    """Read nothing but these streams; containers with an index do not even touch the others."""
    wanted = {stream.index for stream in streams}
    for stream in container.streams:
        if stream.index not in wanted:
            stream.discard = Discard.all


def packets_of(container: InputContainer, *streams: Any) -> Iterator[Any]:
    """Packets of these streams; a read error ends the file, as it does in players."""
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, OSError):
            return
        yield packet


def frames_of(container: InputContainer, stream: Any) -> Iterator[Any]:
    """Decoded frames of one stream; damaged packets are skipped, up to a limit."""
    bad = 0
    for packet in packets_of(container, stream):
        try:
            yield from packet.decode()
        except (av.FFmpegError, ValueError):
            bad += 1
            if bad > MAX_BAD_PACKETS:
                return


def small_size(source: Source, width_px: int = SMALL_WIDTH_PX) -> tuple[int, int]:
    """(width, height) of a small upright picture whose longer side is about width_px."""
    scale = width_px / max(source.shown_width_px, source.shown_height_px)
    return (
        max(16, 2 * round(source.shown_width_px * scale / 2)),
        max(16, 2 * round(source.shown_height_px * scale / 2)),
    )


def upright(picture: npt.NDArray[Any], turn: int) -> npt.NDArray[Any]:
    """The picture, turned as people see it."""
    return np.ascontiguousarray(np.rot90(picture, turn)) if turn else picture


def plane_rows(plane: Any, kind: Any) -> npt.NDArray[Any]:
    """A plane as it lies in memory, padding at the end of rows included; no copy."""
    rows = np.frombuffer(plane, kind)
    return rows.reshape(-1, plane.line_size // rows.itemsize)


def luma_of(frame: av.VideoFrame, *, rows_apart: int = 1) -> Plane | None:
    """The brightness plane as it lies in memory (no copy for 8 bits); None: reformat it instead."""
    name, plane = frame.format.name, frame.planes[0]
    if name in _LUMA_8:
        return plane_rows(plane, np.uint8)[: frame.height : rows_apart, : frame.width]
    if name in _LUMA_DEEP:
        taken = plane_rows(plane, np.uint16)[: frame.height : rows_apart, : frame.width]
        return (taken >> _LUMA_DEEP[name]).astype(np.uint8)
    return None


def shrunk(picture: npt.NDArray[Any], size: tuple[int, int]) -> Plane:
    """The picture at (width, height), by the means of areas; halved first, which costs a third."""
    rows, columns = picture.shape
    while columns >= 4 * size[0] and rows >= 2 * size[1] and not columns % 2 and not rows % 2:
        rows, columns = rows // 2, columns // 2
        picture = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def small_luma(frame: av.VideoFrame, source: Source, size: tuple[int, int]) -> Plane:
    """A small upright grey picture of a frame, without converting the large one."""
    width, height = size if source.turn % 2 == 0 else (size[1], size[0])
    rows_apart = max(1, frame.height // (height * 2))
    luma: npt.NDArray[Any] | None = luma_of(frame, rows_apart=rows_apart)
    if luma is None:
        luma = frame.reformat(width=width * 2, height=height * 2, format="gray").to_ndarray()
    return upright(shrunk(luma, (width, height)), source.turn)


def colour_picture(frame: av.VideoFrame, source: Source, size: tuple[int, int]) -> Plane:
    """An upright BGR picture of a frame."""
    width, height = size if source.turn % 2 == 0 else (size[1], size[0])
    picture = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    return upright(picture, source.turn)
