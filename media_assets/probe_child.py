"""The process that opens a file somebody sent us: no Django, no network, little memory, little time.

Run as a script: `probe_child.py FILE LIMITS`, LIMITS a JSON object. Prints one JSON object: the facts
of `media_assets.probe.Probe`, or {"refused": code, "message": …, "details": {…}}. It may be killed at
any time; it writes nothing.
"""

import contextlib
import itertools
import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

# Names of codecs, and beside them the decoders that FFmpeg may use while it looks at the file.
VIDEO_CODECS = {
    "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video", "prores", "dnxhd", "mjpeg",
}  # fmt: skip
AUDIO_CODECS = {
    "aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3",
    "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_u8",
}  # fmt: skip
_DECODERS = (
    VIDEO_CODECS | AUDIO_CODECS | {"libdav1d", "libvpx", "libvpx-vp9", "mp3float", "mp2float"}
)
_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
_STILL = ("attached_pic", "timed_thumbnails", "still_image")
_SAMPLED_PACKETS = 240  # from which rates and evenness of time are read
_REORDERED = 32  # pictures that may still be missing at the end of a sample, in decoding order
_TRIED_PACKETS = 600  # within which one frame must come out


class Refused(Exception):
    """The file is not one we take."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code, self.details = code, details


def main(path: str, limits: dict[str, Any]) -> dict[str, Any]:
    """The facts of the file, or why it is refused."""
    _lock_in(memory_bytes=limits["probe_memory_bytes"], cpu_s=limits["probe_timeout_s"])
    import av  # after the limits, so that they hold for everything it does

    try:
        with av.open(
            f"file:{path}",
            options={
                "format_whitelist": _DEMUXERS,
                "protocol_whitelist": "file,pipe",
                "codec_whitelist": ",".join(sorted(_DECODERS)),
                "enable_drefs": "0",
            },
            metadata_errors="replace",
        ) as container:
            return _facts(container, limits)
    except Refused as refused:
        return {"refused": refused.code, "message": str(refused), "details": refused.details}
    except MemoryError:
        return _stopped("Reading the file takes more memory than we allow.")
    except av.FFmpegError as error:
        if error.errno == 12:
            return _stopped("Reading the file takes more memory than we allow.")
        return {
            "refused": "media.undecodable",
            "message": "The file says that it is a video, but what is in it cannot be read.",
            "details": {"reason": str(error.strerror)},
        }


def _stopped(message: str) -> dict[str, Any]:
    return {"refused": "media.probe-stopped", "message": message, "details": {}}


def _lock_in(*, memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


# --- The whole file ------------------------------------------------------------------------------


def _facts(container: Any, limits: dict[str, Any]) -> dict[str, Any]:
    if len(container.streams) > limits["max_streams"]:
        raise Refused(
            "media.too-many-streams",
            f"The file has {len(container.streams)} streams; we read up to {limits['max_streams']}.",
        )
    header_ms = _header_ms(container)
    if header_ms and header_ms > limits["max_duration_ms"]:
        raise _too_long(header_ms, limits)
    stream = _picture(container)
    sound = _sound(container)
    coded = (stream.codec_context.width, stream.codec_context.height)
    _check_size(coded, limits)
    stream.codec_context.thread_count = 1  # threads cost address space, and one frame needs none

    notes: list[str] = []
    frame, bad_packets = _first_frame(container, stream)
    if frame is None:
        raise Refused("media.undecodable", "Not one frame of the video can be decoded.")
    coded = (frame.width, frame.height)
    _check_size(coded, limits)
    if bad_packets:
        notes.append("Some frames at the start are damaged.")
    aspect = _aspect(stream, frame)
    rotation = round(-frame.rotation / 90) * 90 % 360
    shown = _shown(coded, aspect, rotation)
    if min(shown) < limits["min_side_px"]:
        raise Refused(
            "media.too-small",
            f"The picture is {shown[0]}×{shown[1]} pixels; "
            f"each side must have {limits['min_side_px']} at least.",
            width_px=shown[0],
            height_px=shown[1],
        )
    pace = _pace(container, stream)
    duration_ms = _duration_ms(container, stream, header_ms, pace)
    if duration_ms > limits["max_duration_ms"]:
        raise _too_long(duration_ms, limits)
    fps = _fps(stream, pace)
    if fps > limits["max_fps"]:
        raise Refused(
            "media.too-many-frames",
            f"The video has {fps:.0f} frames per second; we take up to {limits['max_fps']}.",
            fps=fps,
        )
    notes += _later_frames(container, stream, duration_ms)
    if sound is not None and not _sounds(container, sound):
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
        "video_start_ms": _ms(stream.start_time, stream.time_base) or 0,
        "pix_fmt": frame.format.name,
        "bit_depth": _bit_depth(frame.format),
        "colour": _colour(frame),
        "has_audio": sound is not None,
        "audio_stream": sound.index if sound else None,
        "audio_codec": sound.codec_context.codec.canonical_name if sound else "",
        "audio_channels": sound.codec_context.channels if sound else 0,
        "audio_rate_hz": sound.codec_context.sample_rate if sound else 0,
        "audio_start_ms": (_ms(sound.start_time, sound.time_base) or 0) if sound else 0,
        "bit_rate_bps": container.bit_rate or 0,
        "streams": [_stream_facts(each) for each in container.streams],
        "notes": notes,
    }


def _stream_facts(stream: Any) -> dict[str, Any]:
    return {
        "index": stream.index,
        "type": stream.type,
        "codec": _codec_name(stream),
        "duration_ms": _ms(stream.duration, stream.time_base),
        "default": "default" in _flags(stream),
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


# --- Which streams -------------------------------------------------------------------------------


def _flags(stream: Any) -> set[str]:
    return {flag.name for flag in type(stream.disposition) if flag and flag in stream.disposition}


def _codec_name(stream: Any) -> str:
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else "unknown"


def _picture(container: Any) -> Any:
    """The moving picture that players show: a default one before others, then the largest."""
    moving = [each for each in container.streams.video if _flags(each).isdisjoint(_STILL)]
    if not moving:
        raise Refused(
            "media.no-video-stream",
            "The file has sound, but no moving picture."
            if container.streams.audio
            else "There is no moving picture in the file.",
            streams=[each.type for each in container.streams],
        )
    readable = [each for each in moving if _codec_name(each) in VIDEO_CODECS]
    if not readable:
        raise Refused(
            "media.codec-not-accepted",
            f"The picture is in a codec that we do not read ({_codec_name(moving[0])}). "
            "H.264, HEVC, VP8, VP9, AV1, MPEG-2, MPEG-4, ProRes and DNxHD are fine.",
            codec=_codec_name(moving[0]),
            accepted=sorted(VIDEO_CODECS),
        )
    chosen = [each for each in readable if "default" in _flags(each)] or readable
    return max(chosen, key=lambda each: each.codec_context.width * each.codec_context.height)


def _sound(container: Any) -> Any:
    """The sound that players play, or None."""
    tracks = list(container.streams.audio)
    if not tracks:
        return None
    readable = [each for each in tracks if _codec_name(each) in AUDIO_CODECS]
    if not readable:
        raise Refused(
            "media.codec-not-accepted",
            f"The sound is in a codec that we do not read ({_codec_name(tracks[0])}). "
            "AAC, MP3, Opus, Vorbis, FLAC, ALAC, AC-3 and PCM are fine.",
            codec=_codec_name(tracks[0]),
            accepted=sorted(AUDIO_CODECS),
        )
    return next((each for each in readable if "default" in _flags(each)), readable[0])


# --- Frames --------------------------------------------------------------------------------------


def _decoded(container: Any, stream: Any) -> Iterator[tuple[Any, int]]:
    """(frame, damaged packets so far) from where the file stands; gives up after some packets."""
    import av

    damaged = 0
    for packet in itertools.islice(container.demux(stream), _TRIED_PACKETS):
        try:
            frames = packet.decode()
        except (av.InvalidDataError, av.PatchWelcomeError):
            damaged += 1
            continue
        for frame in frames:
            yield frame, damaged


def _first_frame(container: Any, stream: Any) -> tuple[Any, int]:
    return next(_decoded(container, stream), (None, 0))


def _later_frames(container: Any, stream: Any, duration_ms: int) -> list[str]:
    """Decode a frame in the middle and one near the end; what cannot be read becomes a note.

    Raises Refused when neither can: then there is nothing but a start.
    """
    start = stream.start_time or 0
    unreadable = []
    places = [0.5, 0.9]
    for part in places:
        at = start + int(duration_ms / 1000 * part / stream.time_base)
        if not _seek(container, stream, at) or next(_decoded(container, stream), None) is None:
            unreadable.append(part)
    if len(unreadable) == len(places):
        raise Refused(
            "media.undecodable", "Only the start of the video can be decoded; the rest is damaged."
        )
    return [f"Frames around {part:.0%} of the length cannot be decoded." for part in unreadable]


def _seek(container: Any, stream: Any, at: int) -> bool:
    import av

    try:
        container.seek(at, stream=stream, backward=True)
    except av.FFmpegError:
        return False
    return True


def _sounds(container: Any, sound: Any) -> bool:
    sound.codec_context.thread_count = 1
    return _seek(container, sound, sound.start_time or 0) and (
        next(_decoded(container, sound), None) is not None
    )


def _aspect(stream: Any, frame: Any) -> Fraction:
    """Width of one sample over its height; 1 where the file says nothing sensible."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not aspect or aspect <= 0 or not Fraction(1, 10) <= aspect <= 10:
        return Fraction(1)
    return Fraction(aspect)


def _shown(coded: tuple[int, int], aspect: Fraction, rotation: int) -> tuple[int, int]:
    width, height = max(round(coded[0] * aspect), 1), coded[1]
    return (height, width) if rotation in (90, 270) else (width, height)


def _bit_depth(pixels: Any) -> int:
    return max((each.bits for each in pixels.components), default=8)


def _colour(frame: Any) -> dict[str, int]:
    """As ISO/IEC 23091-2 numbers them; 2 is unknown. range: 1 is limited, 2 is full."""
    return {
        "range": int(frame.color_range),
        "matrix": int(frame.colorspace),
        "primaries": int(frame.color_primaries),
        "transfer": int(frame.color_trc),
    }


# --- Time ----------------------------------------------------------------------------------------


class _Pace:
    """How the first pictures follow each other."""

    def __init__(self, times_s: list[float]) -> None:
        gaps = sorted(b - a for a, b in itertools.pairwise(times_s) if b > a)
        self.gap_s = gaps[len(gaps) // 2] if gaps else 0.0
        self.fps = len(gaps) / sum(gaps) if gaps else 0.0
        # Files count in ticks, often of a millisecond: 41, 42, 42 is even.
        tolerance = max(0.15 * self.gap_s, 0.0015)
        self.uneven = any(abs(gap - self.gap_s) > tolerance for gap in gaps)


def _pace(container: Any, stream: Any) -> _Pace:
    if not _seek(container, stream, stream.start_time or 0):
        return _Pace([])
    packets = itertools.islice(container.demux(stream), _SAMPLED_PACKETS)
    times = sorted({packet.pts for packet in packets if packet.pts is not None})
    if len(times) > _SAMPLED_PACKETS - _REORDERED:
        times = times[:-_REORDERED]
    return _Pace([float(pts * stream.time_base) for pts in times])


def _fps(stream: Any, pace: _Pace) -> float:
    """Average frames per second: as the header says, or as measured where it cannot be right."""
    said = float(stream.average_rate or 0)
    if said <= 0 or (pace.fps and not pace.uneven and not 0.5 < said / pace.fps < 2):
        said = pace.fps or said
    return said or 1.0


def _ms(ticks: int | None, time_base: Fraction | None) -> int | None:
    return None if ticks is None or time_base is None else math.floor(ticks * time_base * 1000)


def _header_ms(container: Any) -> int | None:
    """The longest length that the header claims anywhere."""
    claims = [container.duration / 1000] if container.duration else []
    claims += [ms for each in container.streams if (ms := _ms(each.duration, each.time_base))]
    return math.floor(max(claims)) if claims else None


def _duration_ms(container: Any, stream: Any, header_ms: int | None, pace: _Pace) -> int:
    """How long the picture lasts: until its last frame has been shown, read from its packets."""
    start = stream.start_time or 0
    if header_ms is not None:
        own_ms = _ms(stream.duration, stream.time_base) or header_ms
        _seek(container, stream, start + int((own_ms - 2_000) / 1000 / stream.time_base))
    else:
        _seek(container, stream, start)
    end = _last_moment(container, stream, default_gap=int(pace.gap_s / stream.time_base))
    duration = _ms(None if end is None else end - start, stream.time_base)
    if not duration or duration <= 0:
        raise Refused("media.undecodable", "The video has no length: it is a single picture.")
    return duration


def _last_moment(container: Any, stream: Any, *, default_gap: int) -> int | None:
    """The end of the last picture, in ticks of the stream, read forward from where the file stands."""
    import av

    end: int | None = None
    with contextlib.suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.pts is not None:
                end = max(end or 0, packet.pts + (packet.duration or default_gap))
    return end


if __name__ == "__main__":
    begun = time.monotonic()
    answer = main(sys.argv[1], json.loads(sys.argv[2]))
    answer["probe_ms"] = round((time.monotonic() - begun) * 1000)
    sys.stdout.write(json.dumps(answer))
