"""All that the probe tells of an open file."""

from typing import Any

from media_assets.probing.frames import (
    aspect_of,
    bit_depth_of,
    colour_of,
    first_frame,
    later_frames,
    shown_size,
    sounds,
)
from media_assets.probing.pace import fps_of, header_ms_of, length_of, ms_of, pace_of
from media_assets.probing.refused import Refused
from media_assets.probing.streams import codec_name, flags_of, moving_pictures, picture_of, sound_of


def facts_of(container: Any, limits: dict[str, Any]) -> dict[str, Any]:
    """What `media_assets.probe.Probe` describes, but for the container. Raises Refused."""
    if len(container.streams) > limits["max_streams"]:
        raise Refused(
            "media.too-many-streams",
            f"The file has {len(container.streams)} streams; we read up to {limits['max_streams']}.",
        )
    header_ms = header_ms_of(container)
    if header_ms and header_ms > limits["max_duration_ms"]:
        raise _too_long(header_ms, limits)
    stream = picture_of(container)
    sound = sound_of(container)
    for each in moving_pictures(container):  # also those that nobody plays: others may open them
        _check_size((each.codec_context.width, each.codec_context.height), limits)
    stream.codec_context.thread_count = 1  # threads cost address space, and one frame needs none

    notes: list[str] = []
    frame, bad_packets = first_frame(container, stream)
    if frame is None:
        raise Refused("media.undecodable", "Not one frame of the video can be decoded.")
    coded = (frame.width, frame.height)
    _check_size(coded, limits)
    if bad_packets:
        notes.append("Some frames at the start are damaged.")
    aspect = aspect_of(stream, frame)
    rotation = round(-frame.rotation / 90) * 90 % 360
    shown = shown_size(coded, aspect, rotation)
    _check_size(shown, limits)
    if min(shown) < limits["min_side_px"]:
        raise Refused(
            "media.too-small",
            f"The picture is {shown[0]}×{shown[1]} pixels; "
            f"each side must have {limits['min_side_px']} at least.",
            width_px=shown[0],
            height_px=shown[1],
        )
    pace = pace_of(container, stream)
    length = length_of(container, stream, header_ms, pace)
    duration_ms = length.duration_ms
    if duration_ms > limits["max_duration_ms"]:
        raise _too_long(duration_ms, limits)
    fps = fps_of(stream, pace)
    if stream.frames > limits["max_fps"] * limits["max_duration_ms"] / 1000:
        raise Refused(
            "media.too-many-frames",
            f"The video has {stream.frames} frames by its own account, more than we look at.",
            frames=stream.frames,
        )
    most = max(fps, length.fps_at_end)
    if most > limits["max_fps"]:
        raise Refused(
            "media.too-many-frames",
            f"The video has {most:.0f} frames per second; we take up to {limits['max_fps']}.",
            fps=most,
        )
    notes += later_frames(container, stream, duration_ms)
    if sound is not None and not sounds(container, sound):
        notes.append("The sound cannot be decoded; the video is treated as silent.")
        sound = None
    return {
        "duration_ms": duration_ms,
        "coded_width_px": coded[0],
        "coded_height_px": coded[1],
        "width_px": shown[0],
        "height_px": shown[1],
        "sample_aspect": f"{aspect.numerator}:{aspect.denominator}",
        "rotation_deg": rotation,
        "fps": round(fps, 4),
        "nominal_fps": round(float(stream.base_rate or fps), 4),
        "variable_rate": pace.uneven,
        "video_stream": stream.index,
        "video_codec": stream.codec_context.codec.canonical_name,
        "video_start_ms": ms_of(stream.start_time, stream.time_base) or 0,
        "pix_fmt": frame.format.name,
        "bit_depth": bit_depth_of(frame.format),
        "interlaced": bool(frame.interlaced_frame),
        "colour": colour_of(frame),
        "has_audio": sound is not None,
        "audio_stream": sound.index if sound else None,
        "audio_codec": sound.codec_context.codec.canonical_name if sound else "",
        "audio_channels": sound.codec_context.channels if sound else 0,
        "audio_rate_hz": sound.codec_context.sample_rate if sound else 0,
        "audio_start_ms": (ms_of(sound.start_time, sound.time_base) or 0) if sound else 0,
        "bit_rate_bps": container.bit_rate or 0,
        "streams": [_stream_facts(each) for each in container.streams],
        "notes": notes,
    }


def _stream_facts(stream: Any) -> dict[str, Any]:
    return {
        "index": stream.index,
        "type": stream.type,
        "codec": codec_name(stream),
        "duration_ms": ms_of(stream.duration, stream.time_base),
        "default": "default" in flags_of(stream),
        "language": stream.language or "",
    }


def _too_long(duration_ms: int, limits: dict[str, Any]) -> Refused:
    hours = limits["max_duration_ms"] / 3_600_000
    return Refused(
        "media.too-long",
        f"The video lasts {duration_ms / 3_600_000:.1f} hours by its own account; "
        f"we take up to {hours:g}.",
        duration_ms=duration_ms,
    )


def _check_size(size: tuple[int, int], limits: dict[str, Any]) -> None:
    longest, shortest = limits["max_width_px"], limits["max_height_px"]
    if max(size) > longest or min(size) > shortest:
        raise Refused(
            "media.too-many-pixels",
            f"The picture is {size[0]}×{size[1]} pixels; we take up to {longest}×{shortest}.",
            width_px=size[0],
            height_px=size[1],
        )
