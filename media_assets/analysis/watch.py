"""One pass over a video: each frame decoded once, seen and heard."""

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.picture import FrameMeter, Sample, look_closely
from media_assets.analysis.reading import (
    MAX_BAD_PACKETS,
    Source,
    main_audio,
    main_video,
    opened,
    packets_of,
    small_luma,
    small_size,
    source_of,
)
from media_assets.analysis.shots import Change, ShotFinder
from media_assets.analysis.sound import SILENT, Listener, Sound

logger = logging.getLogger(__name__)

SAMPLE_EVERY_MS = 330
FACES_EVERY_MS = 600  # finding them costs as much as everything else about a sample
JUMP = 20.0  # of brightness between two frames
LONGEST_SERIES_MS = 8 * 3600 * 1000


@dataclass(frozen=True)
class Shot:
    """A span between two boundaries, in frames and milliseconds; begins and ends as named."""

    first_frame: int
    end_frame: int
    start_ms: int
    end_ms: int
    begins: str
    ends: str


@dataclass(frozen=True)
class Seen:
    """Everything that one pass found out. frames holds a column per measure, a row per frame."""

    source: Source
    frames: Columns
    samples: list[Sample]
    changes: list[Change]
    sound: Sound
    end_ms: int
    bad_packets: int

    @property
    def times_ms(self) -> npt.NDArray[Any]:
        """When each frame is shown."""
        return np.round(self.frames["at_us"] / 1000).astype(np.int64)

    @property
    def shots(self) -> list[Shot]:
        """Consecutive shots; a transition belongs half to each side."""
        times, count = self.times_ms, len(self.frames)
        edges = [(0, "start")]
        edges += [(c.frame, c.kind) for c in self.changes if 0 < c.frame < count]
        edges.append((count, "end"))
        clock = [int(times[frame]) for frame, _ in edges[:-1]] + [self.end_ms]
        return [
            Shot(a[0], b[0], clock[i], clock[i + 1], a[1], b[1])
            for i, (a, b) in enumerate(itertools.pairwise(edges))
            if b[0] > a[0] and clock[i + 1] > clock[i]
        ]


def watch(path: Path, *, progress: Callable[[float], None] = lambda fraction: None) -> Seen:
    """Decode the file once and measure it. Raises NothingToSee, and what `progress` raises.

    progress is called about ten times a second with the share of the time line that was seen.
    """
    cv2.setNumThreads(1)  # results and speed should not depend on how many cores there are
    with opened(path) as container:
        return _Pass(container, progress).run()


class _Pass:
    def __init__(self, container: Any, progress: Callable[[float], None]) -> None:
        self.container, self.progress = container, progress
        self.video, self.audio = main_video(container), main_audio(container)
        self.video.thread_type = "AUTO"
        # Deblocking changes neither cuts nor motion, and costs a quarter of the decoding.
        self.video.codec_context.options = {"skip_loop_filter": "all"}
        self.origin_us = int(container.start_time or 0)
        self.listener = Listener(self.origin_us / 1_000_000) if self.audio is not None else None
        self.frames = Columns(
            at_us=np.int64,
            difference=np.float32,
            histogram=np.float32,
            motion=np.float32,
            camera=np.float32,
            mean=np.float32,
            contrast=np.float32,
        )
        self.samples: list[Sample] = []
        self.bad_packets = 0
        self.source: Source | None = None
        self.last_us, self.last_duration_us = -1, 40_000
        self.sampled_ms = self.next_sample_ms = self.next_faces_ms = 0.0
        self.told_at = 0

    def run(self) -> Seen:
        streams = [self.video] if self.audio is None else [self.video, self.audio]
        for packet in packets_of(self.container, *streams):
            try:
                decoded = packet.decode()
            except (av.FFmpegError, ValueError):
                self.bad_packets += 1
                if self.bad_packets > MAX_BAD_PACKETS:
                    break
                continue
            for frame in decoded:
                if packet.stream.index == self.video.index:
                    self._see(frame)
                elif self.listener is not None:
                    self._hear(frame)
        if self.source is None or not len(self.frames):
            raise NothingToSee("No picture of the file can be decoded.")
        sound = self._end_of_sound()
        return Seen(
            source=self.source,
            frames=self.frames,
            samples=self.samples,
            changes=self.finder.finish(),
            sound=sound,
            end_ms=round((self.last_us + self.last_duration_us) / 1000),
            bad_packets=self.bad_packets,
        )

    def _begin(self, first: av.VideoFrame) -> None:
        self.source = source_of(self.container, self.video, self.audio, first)
        self.size = small_size(self.source)
        self.meter = FrameMeter(self.size)
        self.finder = ShotFinder(float(self.source.rate))
        self.last_duration_us = round(1_000_000 / max(float(self.source.rate), 1.0))

    def _see(self, frame: av.VideoFrame) -> None:
        if self.source is None:
            self._begin(frame)
        assert self.source is not None  # noqa: S101  for the type checker; _begin sets it
        at_us = self._clock(frame)
        if at_us <= self.last_us or at_us > LONGEST_SERIES_MS * 1000:
            return  # a frame that is shown at no time of its own
        picture = small_luma(frame, self.source, self.size)
        seen = self.meter.measure(picture)
        self.finder.push(picture, seen.difference, seen.histogram)
        number = len(self.frames)
        self.frames.append(
            at_us,
            seen.difference,
            seen.histogram,
            seen.motion,
            seen.camera,
            seen.mean,
            seen.contrast,
        )
        if number:
            self.last_duration_us = min(at_us - self.last_us, 1_000_000)
        if frame.duration and frame.time_base:
            told = int(frame.duration * frame.time_base * 1_000_000)
            if 1_000 < told < 1_000_000:
                self.last_duration_us = told
        self.last_us = at_us
        if seen.difference > JUMP:  # perhaps a cut: what moved before it belongs to another picture
            self.meter.take_moved()
            self.next_faces_ms = min(self.next_faces_ms, self.sampled_ms + FACES_EVERY_MS / 2)
            self.next_sample_ms = min(self.next_sample_ms, self.sampled_ms + SAMPLE_EVERY_MS / 3)
        if at_us / 1000 >= self.next_sample_ms:
            self.samples.append(
                look_closely(
                    frame,
                    self.source,
                    at_ms=round(at_us / 1000),
                    number=number,
                    moved=self.meter.take_moved(),
                    faces=at_us / 1000 >= self.next_faces_ms,
                )
            )
            if at_us / 1000 >= self.next_faces_ms:
                self.next_faces_ms = at_us / 1000 + FACES_EVERY_MS
            self.sampled_ms = at_us / 1000
            self.next_sample_ms = self.sampled_ms + SAMPLE_EVERY_MS
        if number - self.told_at >= 12:
            self.told_at = number
            whole = self.source.duration_us or 1
            self.progress(min(at_us / whole, 1.0))

    def _clock(self, frame: av.VideoFrame) -> int:
        """Microseconds since the start of the file; a frame without a time follows the last one."""
        if frame.pts is None or frame.time_base is None:
            return self.last_us + self.last_duration_us if self.last_us >= 0 else 0
        return round(frame.pts * frame.time_base * 1_000_000) - self.origin_us

    def _hear(self, frame: av.AudioFrame) -> None:
        assert self.listener is not None  # noqa: S101  for the type checker
        try:
            self.listener.hear(frame)
        except (av.FFmpegError, ValueError):
            self.bad_packets += 1  # a change of layout in mid-stream, say: that piece is not heard

    def _end_of_sound(self) -> Sound:
        if self.listener is None:
            return SILENT
        try:
            return self.listener.finish()
        except av.FFmpegError:
            logger.info("The sound of a video could not be read to its end")
            return SILENT
