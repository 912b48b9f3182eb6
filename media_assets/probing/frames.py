"""Frames of a file, tried at a few places, and what they tell."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from media_assets.probing.refused import Refused

_TRIED_PACKETS = 600  # within which one frame must come out


def _decoded(container: Any, stream: Any) -> Iterator[tuple[Any, int]]:
    """(frame, damaged packets so far) from where the file stands; gives up after some packets."""
    damaged = 0
    for packet in itertools.islice(container.demux(stream), _TRIED_PACKETS):
        try:
            frames = packet.decode()
        except (av.InvalidDataError, av.PatchWelcomeError):
            damaged += 1
            continue
        for frame in frames:
            yield frame, damaged


def first_frame(container: Any, stream: Any) -> tuple[Any, int]:
    """The first frame that can be decoded, or None, and how many packets before it were damaged."""
    return next(_decoded(container, stream), (None, 0))


def later_frames(container: Any, stream: Any, duration_ms: int) -> list[str]:
    """Decode a frame in the middle and one near the end; what cannot be read becomes a note.

    Raises Refused when neither can: then there is nothing but a start.
    """
    start = stream.start_time or 0
    unreadable = []
    places = [0.5, 0.9]
    for part in places:
        at = start + int(duration_ms / 1000 * part / stream.time_base)
        if not seek(container, stream, at) or next(_decoded(container, stream), None) is None:
            unreadable.append(part)
    if len(unreadable) == len(places):
        raise Refused(
            "media.undecodable", "Only the start of the video can be decoded; the rest is damaged."
        )
    return [f"Frames around {part:.0%} of the length cannot be decoded." for part in unreadable]


def seek(container: Any, stream: Any, at: int) -> bool:
    """Go to the key frame before this time, in ticks; False when the file cannot."""
    try:
        container.seek(at, stream=stream, backward=True)
    except av.FFmpegError:
        return False
    return True


def sounds(container: Any, sound: Any) -> bool:
    """Whether a piece of the sound can be decoded."""
    sound.codec_context.thread_count = 1
    return seek(container, sound, sound.start_time or 0) and (
        next(_decoded(container, sound), None) is not None
    )


def aspect_of(stream: Any, frame: Any) -> Fraction:
    """Width of one sample over its height; 1 where the file says nothing sensible."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not aspect or aspect <= 0 or not Fraction(1, 10) <= aspect <= 10:
        return Fraction(1)
    return Fraction(aspect)


def shown_size(coded: tuple[int, int], aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Width and height as players show the picture: with square pixels, turned."""
    width, height = max(round(coded[0] * aspect), 1), coded[1]
    return (height, width) if rotation in (90, 270) else (width, height)


def bit_depth_of(pixels: Any) -> int:
    """Bits per component."""
    return max((each.bits for each in pixels.components), default=8)


def colour_of(frame: Any) -> dict[str, int]:
    """As ISO/IEC 23091-2 numbers them; 2 is unknown. range: 1 is limited, 2 is full."""
    return {
        "range": int(frame.color_range),
        "matrix": int(frame.colorspace),
        "primaries": int(frame.color_primaries),
        "transfer": int(frame.color_trc),
    }
