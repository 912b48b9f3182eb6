"""What of a long file one segment needs, and the packets of a long track, some after the others.

A range (`ranges`) is used only where what libav reads through it lies where our tables say: the streams,
the packets and their times are then those of the whole file.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from media_assets.analysis.ranges import LongTrack, Range, long_track
from media_assets.analysis.reading import main_video, only, opened, packets_of
from media_assets.analysis.splitting import Layout, Segment, go_to
from media_assets.analysis.tables import Samples

FOLLOWING = 256  # pictures after a key frame, one of which is shown after it
PACKETS_AT_ONCE = 32_768
ASTRAY = 16  # packets before the one that was sought
# Packets that libav hands out as they lie in the file; others it puts together anew.
WHOLE_PACKETS = {"aac", "alac", "opus"}


class Astray(Exception):
    """What was read is not what the tables say; the file has to be read as it is."""


def part_for(path: Path, layout: Layout, number: int) -> Range | None:
    """A view of the file that shows the packets of one segment, and how it ends; None where it is short,
    or where that is not certain."""
    following = layout.segments[number + 1 : number + 2]
    segment = layout.segments[number]
    if segment.start_pts is None and not following:
        return None
    with long_track(path, layout.source.video_index) as track:
        if track is None:
            return None
        try:
            found = _segment_part(track, layout, segment)
            if found is None:
                return None
            part, begins, ends = found
            places = [(segment, begins), *((each, ends) for each in following)]
            return part if _leads_to(path, part, places) else None
        except (ValueError, OSError, IndexError):
            return None


def _segment_part(
    track: LongTrack, layout: Layout, segment: Segment
) -> tuple[Range, int, int] | None:
    """(the part, the places in the file of its first packet, and of the first one of the next)."""
    count = track.tables.count
    first = sum(each.frames for each in layout.segments[: segment.number])
    end = first + segment.frames
    if segment.end_pts is None:
        end = count
    samples = track.tables.between(first, min(end + FOLLOWING, count))
    places = [int(place) for place in samples.places]
    if segment.end_pts is None:
        part = track.range(first, count)
        return (part, places[0], -1) if part is not None else None
    key = segment.frames
    if not (samples.keys[0] and samples.keys[key]):
        return None
    if segment.start_pts is not None:
        length = int(samples.pts[key] - samples.pts[0])
        if length != segment.end_pts - segment.start_pts:
            return None
    later = (samples.pts[key:] > samples.pts[key]).nonzero()[0]
    if not len(later):
        return None
    part = track.range(first, first + key + int(later[0]) + 1)
    return (part, places[0], places[key]) if part is not None else None


def _leads_to(path: Path, part: Range, places: list[tuple[Segment, int]]) -> bool:
    """Whether segments begin where the tables say."""
    with opened(path, part=part) as container:
        stream = main_video(container)
        if stream.id != part.track_id:
            return False
        only(container, stream)
        for segment, place in places:
            if segment.start_pts is None:
                continue  # it begins with the file
            packet = go_to(container, stream, segment)
            if packet is None or packet.pos != place:
                return False
    return True


def packets_in_parts(path: Path, stream: Any) -> Iterator[Any]:
    """All packets of a stream of sound, in order, from one view of the file after the other; then None.
    Raises Astray."""
    if stream.codec_context.name not in WHOLE_PACKETS:
        raise Astray
    with long_track(path, stream.index) as track:
        if track is None:
            raise Astray
        count = track.tables.count
        late: int | None = None  # of libav's clock against the one of the tables
        for first in range(0, count, PACKETS_AT_ONCE):
            end = min(first + PACKETS_AT_ONCE, count)
            try:
                samples = track.tables.between(first, end)
            except (ValueError, OSError, IndexError) as error:
                raise Astray from error
            # With one more, for the last one lasts until then.
            part = track.range(first, min(end + 1, count))
            if part is None or part.track_id != stream.id or not samples.sizes.all():
                raise Astray
            with opened(path, part=part) as container:
                there = container.streams[stream.index]
                only(container, there)
                for packet in _from(container, there, samples, late):
                    if late is None:
                        late = packet.dts - int(samples.dts[0])
                    yield packet
    yield None


def _from(container: Any, stream: Any, samples: Samples, late: int | None) -> Iterator[Any]:
    """The packets of some samples. late: None where they are the first ones of the file."""
    if late is not None:
        with contextlib.suppress(av.FFmpegError, OSError):
            container.seek(int(samples.dts[0]) + late, stream=stream, any_frame=True)
    places = [int(place) for place in samples.places]
    at = before = 0
    for packet in packets_of(container, stream):
        if at == 0 and packet.pos != places[0] and late is not None and before < ASTRAY:
            before += 1
            continue
        if packet.pos != places[at]:
            raise Astray
        at += 1
        yield packet
        if at == len(places):
            return
    raise Astray
