"""One pass over the sound of a video."""

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

import av

from media_assets.analysis.excerpts import Astray, packets_in_parts
from media_assets.analysis.ranges import Range, overview
from media_assets.analysis.reading import MAX_BAD_PACKETS, main_audio, only, opened, packets_of
from media_assets.analysis.series import give_back
from media_assets.analysis.sound import SILENT, Listener, Sound

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Heard:
    """The sound of a video, and how many of its packets were damaged."""

    sound: Sound
    bad_packets: int


def hear(path: Path) -> Heard:
    """Decode the sound once and measure it; silence where there is none. Raises NothingToSee."""
    part = overview(path)
    if part is not None:
        with contextlib.suppress(Astray):
            return _heard(path, part)
    return _heard(path, None)


def _heard(path: Path, part: Range | None) -> Heard:
    """The same; part: a view of a long file, whose sound is read in parts. Raises Astray."""
    with opened(path, handler=b"soun", part=part) as container:
        stream = main_audio(container)
        if stream is None:
            return Heard(SILENT, 0)
        only(container, stream)
        listener, bad = Listener((container.start_time or 0) / 1_000_000), 0
        context = stream.codec_context  # one decoder, wherever the packets come from
        read = packets_of(container, stream) if part is None else packets_in_parts(path, stream)
        for packet in read:
            try:
                for frame in context.decode(packet):
                    listener.hear(frame)
            except (av.FFmpegError, ValueError):
                bad += 1  # damaged, or of another layout than the rest: that piece is not heard
                if bad > MAX_BAD_PACKETS:
                    break
    give_back()  # the file is closed; where it was read as it is, its index took fifty megabytes
    try:
        return Heard(listener.finish(), bad)
    except av.FFmpegError:
        logger.info("The sound of a video could not be read to its end")
        return Heard(SILENT, bad)
    finally:
        give_back()
