"""One pass over one segment of a video: each frame decoded once and measured.

What is between two segments needs the pictures on both sides, so each leaves its first and its last
one, and `across` joins them; a thumbnail of every frame goes to `shots`. Frames that need not be
decoded (`sparing`) have rows all the same, made of their neighbours; where a cut may hide in them, the
segment is decoded again up to there, with them. What comes out is the same whoever works on which
segment, and in which order.
"""

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.excerpts import part_for
from media_assets.analysis.picture import FrameMeasures, FrameMeter, Sample, look_closely
from media_assets.analysis.reading import (
    MAX_BAD_PACKETS,
    Plane,
    main_video,
    only,
    opened,
    packets_of,
    small_luma,
    small_size,
)
from media_assets.analysis.rows import Rows
from media_assets.analysis.shots import RULE
from media_assets.analysis.splitting import Layout, first_packet, go_to
from media_assets.analysis.strip import Strip, thumbnail
from media_assets.analysis.unseen import may_hide_a_cut, share_of

SAMPLE_EVERY_MS = 330
FACES_EVERY_MS = 1_300  # a search costs as much as everything else about a sample
JUMP = 20.0  # of brightness between two frames
LONGEST_SERIES_MS = 8 * 3600 * 1000
TELL_EVERY_FRAMES = 6
KEPT_AT_ONCE = 1024  # thumbnails that are written at once
COLUMNS = {
    "at_us": np.int64,
    "difference": np.float32,
    "histogram": np.float32,
    "motion": np.float32,
    "camera": np.float32,
    "mean": np.float32,
    "contrast": np.float32,
}


@dataclass(frozen=True)
class Piece:
    """What one segment showed. Frame numbers count from its first frame; first, last: small pictures,
    without a pixel where there was no frame."""

    frames: Columns
    samples: Rows[Sample]
    first: npt.NDArray[np.uint8]
    last: npt.NDArray[np.uint8]
    end_us: int
    bad_packets: int


def watch_segment(
    path: Path,
    layout: Layout,
    number: int,
    *,
    tell: Callable[[int], None],
    keep: Callable[[bytes], object],
) -> Piece:
    """What a segment shows.

    tell hears, some times a second, how many microseconds of the segment are seen. keep gets the
    thumbnail of each frame.
    """
    cv2.setNumThreads(1)  # results and speed should not depend on how many cores there are
    try:
        return _Pass(path, layout, number, tell).run(keep)
    except _Fields:
        whole = replace(layout, spared=np.zeros(0, np.int64))
        return _Pass(path, whole, number, tell).run(keep)


def across(layout: Layout, before: Plane, after: Plane) -> FrameMeasures:
    """The first picture of a segment against the last one before it."""
    cv2.setNumThreads(1)
    meter = FrameMeter(small_size(layout.source))
    meter.measure(before)
    return meter.measure(after)


class _Fields(Exception):
    """A picture of two fields, each of which may have a packet of its own: none can be left out."""


class _Pass:
    def __init__(
        self, path: Path, layout: Layout, number: int, tell: Callable[[int], None]
    ) -> None:
        self.path, self.layout, self.tell = path, layout, tell
        self.source, self.segment = layout.source, layout.segments[number]
        self.part = part_for(path, layout, number)
        self.size = small_size(self.source)
        self.strip = Strip(upright=self.size[1] > self.size[0])
        self.spared = self._spared_here()
        self.next_spared = 0  # of those, in the order of time
        self.unseen: dict[int, tuple[float, float]] = {}  # row → difference, histogram around it
        self.replaced: dict[int, Plane] = {}  # row → thumbnail
        self.base = Fraction(0)  # of time, in seconds
        self.seen_frames = 0
        self.last_light = (0.0, 0.0)  # mean and contrast
        self.meter = FrameMeter(self.size)
        self.frames = Columns(**COLUMNS)
        self.samples = Rows(Sample)
        self.bad_packets = 0
        self.last_us = -1
        self.last_duration_us = round(1_000_000 / max(float(self.source.rate), 1.0))
        self.sampled_ms = self.next_sample_ms = self.next_faces_ms = 0.0
        self.first = self.last = self.last_small = np.zeros((0, 0), np.uint8)

    def run(self, keep: Callable[[bytes], object]) -> Piece:
        self._see_all()
        self._see_again(may_hide_a_cut(self.frames, self.strip, self.unseen, RULE.cuts))
        for first in range(0, len(self.frames), KEPT_AT_ONCE):
            end = min(first + KEPT_AT_ONCE, len(self.frames))
            thumbnails = self.strip.read(first, end).copy()
            for row in self.replaced.keys() & range(first, end):
                thumbnails[row - first] = self.replaced[row]
            keep(thumbnails.tobytes())
        return Piece(
            frames=self.frames,
            samples=self.samples,
            first=self.first,
            last=self.last,
            end_us=self.last_us + self.last_duration_us if len(self.frames) else -1,
            bad_packets=self.bad_packets,
        )

    # --- Decoding -----------------------------------------------------------------------------

    def _see_all(self) -> None:
        """Once through the segment; its decoder is gone when this ends, for another may follow."""
        with contextlib.closing(self._decoded(frozenset(self.spared))) as frames:
            for frame in frames:
                self._see(frame)
                del frame  # or the decoder has to take three megabytes more for the next one

    def _spared_here(self) -> list[int]:
        """PTS of the pictures of this segment that are left out."""
        spared, ends = self.layout.spared, (self.segment.start_pts, self.segment.end_pts)
        first, end = (None if each is None else np.searchsorted(spared, each) for each in ends)
        return [int(pts) for pts in spared[first:end]]

    def _decoded(self, spared: frozenset[int]) -> Generator[av.VideoFrame]:
        """The frames of this segment, in the order in which they are shown, without those spared."""
        for stream, packets in self._streams():
            context = stream.codec_context
            context.thread_type = "AUTO"
            context.thread_count = self.layout.threads
            # Deblocking changes neither cuts nor motion, and costs a quarter of the decoding.
            context.options = {"skip_loop_filter": "all"}
            self.base = stream.time_base or Fraction(0)
            for packet in packets:
                if packet is not None and packet.pts in spared:
                    continue
                try:
                    decoded = packet.decode() if packet is not None else context.decode(None)
                except (av.FFmpegError, ValueError):
                    self.bad_packets += 1
                    if self.bad_packets > MAX_BAD_PACKETS:
                        return
                    continue
                while decoded:
                    frame = decoded.pop(0)
                    if spared and frame.interlaced_frame:
                        raise _Fields
                    if self._is_ours(frame):
                        yield frame
                    del frame

    def _streams(self) -> Iterator[tuple[Any, Iterator[Any]]]:
        """(the stream, its packets from the first one of the segment on, then None); at most once."""
        for find in (go_to, first_packet):
            with opened(self.path, handler=b"vide", part=self.part) as container:
                stream = main_video(container)
                only(container, stream)
                first = None
                if self.segment.start_pts is not None:
                    first = find(container, stream, self.segment)
                    if first is None:
                        continue
                yield stream, self._until_the_end(packets_of(container, stream), first)
                return

    def _until_the_end(self, packets: Iterator[Any], first: Any = None) -> Iterator[Any]:
        """Packets up to the key frame of the next segment, and what is shown before that one."""
        if first is not None:
            yield first
        end_pts, over = self.segment.end_pts, False
        for packet in packets:
            if not packet.size:
                continue
            if end_pts is not None:
                if packet.is_keyframe and packet.pts == end_pts:
                    over = True
                elif over and packet.pts > end_pts:
                    break
            yield packet
        yield None

    def _is_ours(self, frame: av.VideoFrame) -> bool:
        start, end = self.segment.start_pts, self.segment.end_pts
        if frame.pts is None:
            return start is None and end is None
        return (start is None or frame.pts >= start) and (end is None or frame.pts < end)

    # --- Measuring ----------------------------------------------------------------------------

    def _see(self, frame: av.VideoFrame) -> None:
        at_us = self._clock(frame)
        if at_us <= self.last_us or at_us > LONGEST_SERIES_MS * 1000:
            return  # a frame that is shown at no time of its own
        left_out = self._left_out_before(frame)
        picture = small_luma(frame, self.source, self.size)
        seen = self.meter.measure(picture, apart=len(left_out) + 1)
        share = share_of(len(left_out) + 1)
        steps = (seen.difference * share, seen.histogram * share, seen.motion, seen.camera)
        for place, between_us in enumerate(left_out, 1):
            self._guess(between_us, steps, seen, place / (len(left_out) + 1))
        number = len(self.frames)
        self.last_small = thumbnail(picture)
        self.strip.append(self.last_small)
        self.first, self.last = (self.first if number else picture), picture
        self.frames.append(at_us, *steps, seen.mean, seen.contrast)
        if number:
            self.last_duration_us = min(at_us - self.last_us, 1_000_000)
        if frame.duration:
            told = self._us(frame.duration)
            if 1_000 < told < 1_000_000:
                self.last_duration_us = told
        self.last_us, self.last_light = at_us, (seen.mean, seen.contrast)
        self._sample(frame, seen, number, at_us / 1000)
        self.seen_frames += 1
        if self.seen_frames % TELL_EVERY_FRAMES == 0:
            self.tell(max(0, at_us - self.segment.start_us))

    def _left_out_before(self, frame: av.VideoFrame) -> list[int]:
        """When the pictures are shown that were left out between the last frame and this one."""
        found: list[int] = []
        while self.next_spared < len(self.spared):
            pts = self.spared[self.next_spared]
            if frame.pts is None or pts >= frame.pts:
                break
            self.next_spared += 1
            at_us = self._us(pts) - self.source.origin_us
            if len(self.frames) and at_us > self.last_us:
                found.append(at_us)
        return found

    def _guess(
        self, at_us: int, steps: tuple[float, ...], after: FrameMeasures, share: float
    ) -> None:
        """The row of a frame that was left out; share: of the way from the last one to the one after."""
        mean, contrast = (
            old + share * (new - old)
            for old, new in zip(self.last_light, (after.mean, after.contrast), strict=True)
        )
        row = len(self.frames)
        self.unseen[row] = (after.difference, after.histogram)
        self.strip.append(self.last_small)
        self.frames.append(at_us, *steps, mean, contrast)
        self.last_us = at_us

    def _see_again(self, rows: set[int]) -> None:
        """Decode again, and measure these rows and those after them."""
        if not rows:
            return
        at_us = self.frames["at_us"]
        wanted = {int(at_us[row + way]): row + way for row in rows for way in (-1, 0, 1)}
        shown = {int(at_us[row]) for row in rows}
        spared = frozenset(
            pts for pts in self.spared if self._us(pts) - self.source.origin_us not in shown
        )
        self._begin_before(int(at_us[min(rows) - 1]))
        before: tuple[int, Plane] | None = None
        with contextlib.closing(self._decoded(spared)) as frames:
            for frame in frames:
                row = wanted.get(self._clock(frame))
                if row is None:
                    continue
                picture = small_luma(frame, self.source, self.size)
                if before is not None and before[0] == row - 1:
                    self._replace(row, across(self.layout, before[1], picture), picture)
                before = row, picture
                if row > max(rows):
                    break

    def _begin_before(self, at_us: int) -> None:
        """Begin the segment with the last key frame at or before a time that decoding can begin at."""
        entries = [(int(pts), int(dts)) for pts, dts in self.layout.entries]
        for pts, dts in reversed(entries):
            if self._us(pts) - self.source.origin_us <= at_us:
                if self.segment.start_pts is None or pts > self.segment.start_pts:
                    self.segment = replace(self.segment, start_pts=pts, start_dts=dts)
                break

    def _replace(self, row: int, seen: FrameMeasures, picture: Plane) -> None:
        for name in ("difference", "histogram", "mean", "contrast"):
            self.frames[name][row] = getattr(seen, name)
        self.unseen.pop(row, None)
        self.replaced[row] = thumbnail(picture)

    def _sample(self, frame: av.VideoFrame, seen: FrameMeasures, number: int, at_ms: float) -> None:
        """Look closely at some frames: evenly spaced ones, and soon after a jump."""
        if number == 0 and self.segment.start_pts is not None:
            # A key frame is often the first of a shot: wait until something has moved in it.
            self.next_sample_ms = at_ms + SAMPLE_EVERY_MS / 3
            self.sampled_ms = at_ms
        if seen.difference > JUMP:  # perhaps a cut: what moved before it belongs to another picture
            self.meter.take_moved()
            self.next_faces_ms = min(self.next_faces_ms, self.sampled_ms + FACES_EVERY_MS / 2)
            self.next_sample_ms = min(self.next_sample_ms, self.sampled_ms + SAMPLE_EVERY_MS / 3)
        if at_ms < self.next_sample_ms:
            return
        faces = at_ms >= self.next_faces_ms
        self.samples.append(
            look_closely(
                frame,
                self.source,
                at_ms=round(at_ms),
                number=number,
                moved=self.meter.take_moved(),
                faces=faces,
            )
        )
        if faces:
            self.next_faces_ms = at_ms + FACES_EVERY_MS
        self.sampled_ms = at_ms
        self.next_sample_ms = at_ms + SAMPLE_EVERY_MS

    def _clock(self, frame: av.VideoFrame) -> int:
        """Microseconds since the start of the file; a frame without a time follows the last one."""
        at = frame.dts if self.layout.timeless else frame.pts
        if at is None or not self.base:
            return self.last_us + self.last_duration_us if self.last_us >= 0 else 0
        return self._us(at) - self.source.origin_us

    def _us(self, ticks: int) -> int:
        """So many ticks of the stream in microseconds, as `round` rounds; without fractions, which
        are slow."""
        over, below = self.base.as_integer_ratio()
        whole, rest = divmod(ticks * over * 1_000_000, below)
        return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))
