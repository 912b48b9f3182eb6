"""The picture that stands for a clip: sharp, well lit, with a face where there is one."""

import contextlib
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
    main_audio,
    main_video,
    opened,
    packets_of,
    small_size,
    source_of,
)
from media_assets.analysis.watch import Seen

COVER_PX = 640
JPEG_QUALITY = 86
NEAR_EDGE_MS = 200  # a frame this near a cut is often smeared by compression


def best_moment(seen: Seen, start_ms: int, end_ms: int) -> int:
    """The time of the frame that shows the span best."""
    samples = [sample for sample in seen.samples if start_ms <= sample.at_ms < end_ms]
    if not samples:
        return (start_ms + end_ms) // 2
    times = seen.times_ms
    unclear = [
        (int(times[max(c.start, 0)]), int(times[min(c.end, len(times) - 1)])) for c in seen.changes
    ]

    def worth(sample: Sample) -> tuple[float, int]:
        low, high = SCALES.sharpness
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
    """The picture as JPEG bytes."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the picture could not be written as JPEG")
    return data.tobytes()
