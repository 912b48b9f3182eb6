"""Which streams of a file count: the moving picture that players show, and its sound."""

from typing import Any

from media_assets.allowed import AUDIO_CODECS, VIDEO_CODECS
from media_assets.probing.refused import Refused

_STILL = ("attached_pic", "timed_thumbnails", "still_image")


def flags_of(stream: Any) -> set[str]:
    """The names of its dispositions."""
    return {flag.name for flag in type(stream.disposition) if flag and flag in stream.disposition}


def codec_name(stream: Any) -> str:
    """The codec, as FFmpeg calls it; "unknown" for one that is not on the list."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else "unknown"


def moving_pictures(container: Any) -> list[Any]:
    """The video streams that are not covers or stills, and that we have a decoder for or not."""
    return [
        each
        for each in container.streams.video
        if flags_of(each).isdisjoint(_STILL) and each.codec_context is not None
    ]


def picture_of(container: Any) -> Any:
    """The moving picture that players show: a default one before others, then the largest."""
    moving = [each for each in container.streams.video if flags_of(each).isdisjoint(_STILL)]
    if not moving:
        raise Refused(
            "media.no-video-stream",
            "The file has sound, but no moving picture."
            if container.streams.audio
            else "There is no moving picture in the file.",
            streams=[each.type for each in container.streams],
        )
    readable = [each for each in moving if codec_name(each) in VIDEO_CODECS]
    if not readable:
        raise Refused(
            "media.codec-not-accepted",
            f"The picture is in a codec that we do not read{_in_brackets(moving[0])}. "
            "H.264, HEVC, VP8, VP9, AV1, MPEG-2, MPEG-4, ProRes and DNxHD are fine.",
            codec=codec_name(moving[0]),
            accepted=sorted(VIDEO_CODECS),
        )
    chosen = [each for each in readable if "default" in flags_of(each)] or readable
    return max(chosen, key=lambda each: each.codec_context.width * each.codec_context.height)


def sound_of(container: Any) -> Any:
    """The sound that players play, or None."""
    tracks = list(container.streams.audio)
    if not tracks:
        return None
    readable = [each for each in tracks if codec_name(each) in AUDIO_CODECS]
    if not readable:
        raise Refused(
            "media.codec-not-accepted",
            f"The sound is in a codec that we do not read{_in_brackets(tracks[0])}. "
            "AAC, MP3, Opus, Vorbis, FLAC, ALAC, AC-3 and PCM are fine.",
            codec=codec_name(tracks[0]),
            accepted=sorted(AUDIO_CODECS),
        )
    return next((each for each in readable if "default" in flags_of(each)), readable[0])


def _in_brackets(stream: Any) -> str:
    name = codec_name(stream)
    return "" if name == "unknown" else f" ({name})"
