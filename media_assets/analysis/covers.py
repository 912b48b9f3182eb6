"""The picture that stands for a clip: sharp, well lit, with a face where there is one."""

import contextlib
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from media_assets.analysis.choosing import SCALES
from media_assets.analysis.picture import Sample
from media_assets.analysis.reading import (
    MAX_BAD_PACKETS,
    Plane,
    colour_picture,
    luma_of,
    main_audio,
    main_video,
    opened,
    packets_of,
    small_size,
    source_of,
)
from media_assets.analysis.watch import Seen

COVER_PX = 640
QUALITIES = [86, 76, 64, 50]  # the first whose bytes are few enough
MOST_COVER_BYTES = 120_000
STILL_EVERY_MS = 330
STILL_PX = 240
NEAR_EDGE_MS = 200  # a frame this near a cut is often smeared by compression


def best_moment(seen: Seen, start_ms: int, end_ms: int) -> int:
    """The time of the frame that shows the span best."""
    samples = seen.samples.between("at_ms", start_ms, end_ms)
    if not samples:
        return (start_ms + end_ms) // 2
    times = seen.times_ms
    unclear = [
        (int(times[max(c.start, 0)]), int(times[min(c.end, len(times) - 1)])) for c in seen.changes
    ]

    def worth(sample: Sample) -> tuple[float, int]:
        low, high, _ = SCALES.sharpness
        value = 1.2 * np.clip((sample.sharpness - low) / (high - low), 0, 1)
        value += 0.8 * np.clip(sample.contrast / 60, 0, 1)
        value += 0.6 * (1 - min(1.0, abs(sample.mean - 120) / 120))
        value += 0.3 * np.clip(sample.colour / 25, 0, 1)
        value += 0.5 * bool(sample.faces)
        value -= 0.8 * sample.clipped
        if any(a - NEAR_EDGE_MS < sample.at_ms < b + NEAR_EDGE_MS for a, b in unclear):
            value -= 1.0
        return float(value), -sample.at_ms

    return max(samples, key=worth).at_ms


def picture_at(path: Path, at_ms: int, *, longest_px: int = COVER_PX) -> Plane:
    """The upright BGR picture shown at a time, square pixels, its longer side at most longest_px.

    Raises NothingToSee when the file cannot be opened; the nearest earlier frame is taken when there
    is none at that time.
    """
    with opened(path) as container:
        stream, audio = main_video(container), main_audio(container)
        stream.thread_type = "AUTO"
        origin_us = int(container.start_time or 0)
        wanted_us = at_ms * 1000 + origin_us
        base = stream.time_base
        if base is not None and at_ms > 0:
            with contextlib.suppress(av.FFmpegError):  # no index: read from where we are
                container.seek(int(wanted_us / 1_000_000 / base), stream=stream, backward=True)
        chosen, bad = None, 0
        for packet in packets_of(container, stream):
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                bad += 1
                if bad > MAX_BAD_PACKETS:
                    break
                continue
            for frame in frames:
                late = frame.pts is not None and frame.pts * base * 1_000_000 > wanted_us + 1000
                if chosen is not None and late:
                    return _picture(container, stream, audio, chosen, longest_px)
                chosen = frame
        if chosen is None:
            return np.zeros((longest_px * 9 // 16, longest_px, 3), np.uint8)
        return _picture(container, stream, audio, chosen, longest_px)


def _picture(container: Any, stream: Any, audio: Any, frame: Any, longest_px: int) -> Plane:
    source = source_of(container, stream, audio, frame)
    longest = min(longest_px, max(source.shown_width_px, source.shown_height_px))
    return colour_picture(frame, source, small_size(source, longest))


def jpeg(picture: Plane) -> bytes:
    """The picture as JPEG bytes, at most MOST_COVER_BYTES where the eye allows it."""
    return _encoded(picture, ".jpg", cv2.IMWRITE_JPEG_QUALITY)


def webp(picture: Plane) -> bytes:
    """The same as WebP."""
    return _encoded(picture, ".webp", cv2.IMWRITE_WEBP_QUALITY)


def _encoded(picture: Plane, ending: str, option: int) -> bytes:
    content = b""
    for quality in QUALITIES:
        done, data = cv2.imencode(ending, picture, [option, quality])
        if not done:
            raise ValueError(f"the picture could not be written as {ending}")
        content = data.tobytes()
        if len(content) <= MOST_COVER_BYTES:
            break
    return content


class StillFinder:
    """Watches the frames of a finished file and remembers the one that stands for it best.

    For clips that were never analysed: sharp, well lit, and hardly different from the frame after it,
    as frames in a cut or a fast movement are not.
    """

    def __init__(self, rate: Fraction) -> None:
        self.every = max(1, round(rate * STILL_EVERY_MS / 1000))
        self.number, self.best_ms = 0, 0
        self.best = -math.inf
        self.before: tuple[Plane, float, float] | None = None

    def see(self, frame: av.VideoFrame, at_s: float) -> None:
        """Look at the next frame; only some are looked at closely."""
        place = self.number % self.every
        self.number += 1
        if place == 0:
            picture = _small(frame)
            mean, spread = float(picture.mean()), float(picture.std())
            sharp = float(cv2.Laplacian(picture, cv2.CV_32F).var())
            worth = min(sharp / 1000, 1.0) + min(spread / 60, 1.0) - abs(mean - 120) / 120
            self.before = (picture, worth, at_s)
        elif place == 1 and self.before is not None:
            picture, worth, at_s = self.before
            moved = float(cv2.absdiff(picture, _small(frame)).mean())
            worth -= min(moved / 10, 2.0)
            if worth > self.best:
                self.best, self.best_ms = worth, round(at_s * 1000)


def _small(frame: av.VideoFrame) -> Plane:
    luma = luma_of(frame, rows_apart=max(1, frame.height // (2 * STILL_PX)))
    assert luma is not None  # noqa: S101  our files are yuv420p
    width = max(1, STILL_PX * frame.width // max(frame.width, frame.height))
    height = max(1, STILL_PX * frame.height // max(frame.width, frame.height))
    return cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
