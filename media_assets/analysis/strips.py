"""The pictures of a filmstrip: evenly spread over the video, key frames where they are near enough."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.reading import (
    MAX_BAD_PACKETS,
    Plane,
    Source,
    colour_picture,
    main_audio,
    main_video,
    opened,
    packets_of,
    small_size,
    source_of,
)

TILE_PX = 160
COLUMNS = 10
MOST_TILES = 120
LEAST_APART_MS = 1_000
NEAR_ENOUGH = 3  # key frames this many tiles away will do: the others would cost ten times as much
MOST_FRAMES = 600  # beside key frames; then a strip of rare key frames has fewer tiles
JPEG_QUALITY, WEBP_QUALITY = 72, 60


@dataclass(frozen=True)
class Strip:
    """A drawn sheet. size and tile: (width, height) in pixels."""

    jpeg: bytes
    webp: bytes
    size: tuple[int, int]
    tile: tuple[int, int]
    columns: int
    times_ms: list[int]


def draw_strip(path: Path, duration_ms: int) -> Strip:
    """Draw at most MOST_TILES pictures of a video. Raises NothingToSee.

    Decodes the key frame before each; more only where key frames are rare.
    """
    apart_ms = max(LEAST_APART_MS, duration_ms / MOST_TILES)
    count = max(1, min(MOST_TILES, round(duration_ms / apart_ms)))
    wanted = [round((number + 0.5) * duration_ms / count) for number in range(count)]
    found: dict[int, Plane] = {}
    with opened(path) as container:
        reader = _Reader(container)
        for at_ms in wanted:
            taken = reader.near(at_ms, round(NEAR_ENOUGH * apart_ms))
            if taken is not None and taken[0] not in found:
                found[taken[0]] = taken[1]
    if not found:
        raise NothingToSee("No picture of the file can be decoded.")
    times = sorted(found)
    return _sheet([found[at_ms] for at_ms in times], times)


class _Reader:
    """Pictures near any time."""

    def __init__(self, container: Any) -> None:
        self.container = container
        self.stream, self.audio = main_video(container), main_audio(container)
        self.stream.codec_context.thread_count = 1  # more would decode ahead what nobody looks at
        self.stream.codec_context.options = {"skip_loop_filter": "noref"}
        self.origin_us = int(container.start_time or 0)
        self.source: Source | None = None
        self.spare_frames = MOST_FRAMES

    def near(self, at_ms: int, reach_ms: int) -> tuple[int, Plane] | None:
        """(time, picture) of the key frame before, or where that is more than reach_ms away, of a
        frame at the time."""
        frame = self._key_frame(at_ms)
        far = frame is None or self._time(frame) < at_ms - reach_ms
        if far and self.spare_frames > 0:
            frame = self._frame(at_ms) or frame
        return None if frame is None else (self._time(frame), self._picture(frame))

    def _seek(self, at_ms: int) -> None:
        seconds = Fraction(at_ms * 1000 + self.origin_us, 1_000_000)
        base = self.stream.time_base or Fraction(1)
        with contextlib.suppress(av.FFmpegError):  # no index: read on from where we are
            self.container.seek(int(seconds / base), stream=self.stream, backward=True)

    def _key_frame(self, at_ms: int) -> Any:
        """The key frame that a seek to this time leads to; that one packet is all that is decoded."""
        self._seek(at_ms)
        for packet in packets_of(self.container, self.stream):
            if packet.is_keyframe:
                return next(self._decoded([packet, None]), None)
        return None

    def _frame(self, at_ms: int) -> Any:
        """The first frame at or after the time, else the last one before it."""
        self._seek(at_ms)
        self.stream.codec_context.skip_frame = "NONREF"
        last = None
        for frame in self._decoded(packets_of(self.container, self.stream)):
            last = frame
            self.spare_frames -= 1
            if self._time(frame) >= at_ms:
                break
        self.stream.codec_context.skip_frame = "DEFAULT"
        return last

    def _decoded(self, packets: Iterable[Any]) -> Iterator[Any]:
        bad = 0
        for packet in packets:
            try:
                frames = self.stream.decode(packet)
            except (av.FFmpegError, ValueError):
                bad += 1
                if bad > MAX_BAD_PACKETS:
                    return
                continue
            yield from (frame for frame in frames if frame.pts is not None)

    def _time(self, frame: Any) -> int:
        return max(
            0, round((frame.pts * self.stream.time_base * 1_000_000 - self.origin_us) / 1000)
        )

    def _picture(self, frame: Any) -> Plane:
        if self.source is None:
            self.source = source_of(self.container, self.stream, self.audio, frame)
        return colour_picture(frame, self.source, small_size(self.source, TILE_PX))


def _sheet(pictures: list[Plane], times_ms: list[int]) -> Strip:
    height, width = pictures[0].shape[:2]
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        if picture.shape[:2] != (height, width):  # the size changed on the way
            picture = cv2.resize(picture, (width, height)).astype(np.uint8)
        y, x = number // columns * height, number % columns * width
        sheet[y : y + height, x : x + width] = picture
    done, jpeg = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    also, webp = cv2.imencode(".webp", sheet, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    if not (done and also):
        raise NothingToSee("The filmstrip could not be written.")
    return Strip(
        jpeg=jpeg.tobytes(),
        webp=webp.tobytes(),
        size=(columns * width, rows * height),
        tile=(width, height),
        columns=columns,
        times_ms=times_ms,
    )
