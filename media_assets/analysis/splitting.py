"""Where a video can be cut into segments that are decoded on their own.

Nothing is decoded here but the first picture; the packets of the picture are counted (a three
hundredth of what decoding costs). A segment begins at a key frame after which no picture needs
anything from before it, proven by what is in its first bytes, and with times that only grow. The
same file is always split in the same places, however many processes share the work.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from media_assets.analysis.bitstreams import (
    CLOSED,
    OPEN,
    is_needless,
    nal_length_bytes,
    start_kind,
)
from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.reading import (
    Source,
    frames_of,
    main_audio,
    main_video,
    only,
    opened,
    packets_of,
    source_of,
)
from media_assets.analysis.sparing import LONGEST_GAP_US, Plan

SEGMENT_MS = 10_000
LEAST_SEGMENTS = (
    8  # shorter videos get shorter segments, so that nobody waits long for the last one,
)
SHORTEST = 0.4  # but none shorter than this share of SEGMENT_MS
MOST_SEGMENTS = 360  # longer videos get longer segments
# Containers that keep no times of pictures, only their order in the file: what libav makes up for
# pictures that are shown in another order is not to be trusted, and differs after a seek.
TIMELESS = {"avi"}


@dataclass(frozen=True)
class Segment:
    """The pictures shown in [start_pts, end_pts), in the time base of the stream; None: no end.

    start_dts: where to look for the first packet. frames: how many packets.
    """

    number: int
    start_pts: int | None
    start_dts: int | None
    end_pts: int | None
    start_us: int
    end_us: int
    frames: int


@dataclass(frozen=True)
class Layout:
    """A video and its segments, in time order; the last one ends with the file.

    threads: of each decoder. One, where several segments are decoded side by side. timeless: pictures
    have no times of their own; each is shown when its packet was to be decoded. spared: PTS of pictures
    that need not be decoded (`sparing`), in order. entries: PTS and DTS of key frames at which decoding
    can begin, those of the segments among them, in order.
    """

    source: Source
    segments: list[Segment]
    threads: int
    timeless: bool = False
    spared: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    entries: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to hear."""
        return self.source.audio_index is not None


def lay_out(path: Path) -> Layout:
    """The segments of a video. Raises NothingToSee."""
    source = _source(path)
    with opened(path, handler=b"vide") as container:
        timeless = bool(TIMELESS & set(container.format.name.split(",")))
        scan = _scanned(container)
    segments = _segments(scan, source, timeless=timeless)
    if timeless or scan.timeless or source.interlaced:
        return Layout(source, segments, threads=_threads(segments), timeless=timeless)
    return Layout(
        source,
        segments,
        threads=_threads(segments),
        spared=scan.plan.finish(),
        entries=np.array([split[:2] for split in scan.splits], np.int64).reshape(-1, 2),
    )


def _source(path: Path) -> Source:
    with opened(path, handler=b"vide") as container:
        stream, audio = main_video(container), main_audio(container)
        only(container, stream)
        stream.codec_context.thread_count = 1
        first = next(frames_of(container, stream), None)
        if first is None:
            raise NothingToSee("No picture of the file can be decoded.")
        return source_of(container, stream, audio, first)


def _threads(segments: list[Segment]) -> int:
    return 1 if len(segments) > 1 else 2


@dataclass
class _Scan:
    """What the packets tell: where the stream can be split, how long it is, what can be left out."""

    base: Fraction
    plan: Plan
    splits: list[tuple[int, int, int]] = field(default_factory=list)  # pts, dts, packets before
    packets: int = 0
    highest: int | None = None
    timeless: bool = False


def _segments(scan: _Scan, source: Source, *, timeless: bool) -> list[Segment]:
    def at_us(pts: int) -> int:
        return round(pts * scan.base * 1_000_000) - source.origin_us

    chosen: list[tuple[int, int, int]] = []
    if not (timeless or scan.timeless) and scan.highest is not None:
        end_us, usual_us = at_us(scan.highest), SEGMENT_MS * 1000
        length_us = max(
            min(usual_us, end_us // LEAST_SEGMENTS),
            round(SHORTEST * usual_us),
            end_us // MOST_SEGMENTS,
        )
        last_us = 0
        for split in scan.splits:
            if at_us(split[0]) - last_us >= length_us:
                chosen.append(split)
                last_us = at_us(split[0])
        if chosen and at_us(scan.highest) - last_us < length_us // 4:
            chosen.pop()  # too short a rest goes with its neighbour
    whole_us = max(source.duration_us, at_us(scan.highest) if scan.highest is not None else 0, 1)
    starts: list[tuple[int | None, int | None, int]] = [(None, None, 0), *chosen]
    ends: list[tuple[int | None, int]] = [(pts, count) for pts, _, count in chosen]
    ends.append((None, scan.packets))
    return [
        Segment(
            number=number,
            start_pts=start[0],
            start_dts=start[1],
            end_pts=end[0],
            start_us=0 if start[0] is None else at_us(start[0]),
            end_us=whole_us if end[0] is None else at_us(end[0]),
            frames=end[1] - start[2],
        )
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _scanned(container: Any) -> _Scan:
    """Key frames at which all of the past has smaller times, and all that follows greater ones."""
    stream = main_video(container)
    only(container, stream)
    base = stream.time_base or Fraction(1, 1_000_000)
    scan = _Scan(base, Plan(int(Fraction(LONGEST_GAP_US, 1_000_000) / base)))
    codec, nal_bytes = stream.codec_context.name, nal_length_bytes(stream.codec_context)
    gap = max(1, round(SEGMENT_MS / 4000 / base))
    trailing: int | None = None  # pictures of this key frame that are shown before it may follow
    for packet in packets_of(container, stream):
        if not packet.size:
            continue
        pts, dts = packet.pts, packet.dts
        if pts is None:
            scan.timeless = True
            return scan
        if codec == "h264":
            content = bytes(packet)
            scan.plan.take(
                pts,
                packet.size,
                starts=packet.is_keyframe and start_kind(codec, content, nal_bytes) == CLOSED,
                needless=is_needless(content, nal_bytes),
            )
        if trailing is not None and pts > trailing:
            trailing = None
        if trailing is not None and _is_between(scan.splits, pts):
            pass  # shown before the key frame it follows; decoded with what is before that
        elif scan.splits and pts < scan.splits[-1][0]:
            while scan.splits and pts < scan.splits[-1][0]:  # time went back: no place to split
                scan.splits.pop()
        elif (
            packet.is_keyframe
            and scan.highest is not None
            and pts > scan.highest
            and (not scan.splits or pts - scan.splits[-1][0] >= gap)
        ):
            kind = start_kind(codec, bytes(packet), nal_bytes)
            if kind:
                scan.splits.append((pts, pts if dts is None else dts, scan.packets))
                trailing = pts if kind == OPEN else None
        scan.highest = pts if scan.highest is None else max(scan.highest, pts)
        scan.packets += 1
    return scan


def _is_between(splits: list[tuple[int, int, int]], pts: int) -> bool:
    """Before the last split, and behind the one before."""
    return pts < splits[-1][0] and (len(splits) < 2 or pts > splits[-2][0])


def go_to(container: Any, stream: Any, segment: Segment) -> Any:
    """The first packet of a segment, the container standing behind it; None: seek did not find it.

    Where the index of a file leads elsewhere, its packets have to be read from the start.
    """
    try:
        container.seek(segment.start_dts, stream=stream, backward=True)
    except (av.FFmpegError, OSError):
        return None
    return first_packet(container, stream, segment)


def first_packet(container: Any, stream: Any, segment: Segment) -> Any:
    """Read on to the first packet of a segment; None when it lies behind us."""
    for packet in packets_of(container, stream):
        if packet.is_keyframe and packet.pts is not None and packet.pts >= segment.start_pts:
            return packet if packet.pts == segment.start_pts else None
    return None
