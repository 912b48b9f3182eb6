"""One pass over the sound of a video."""

import logging
from dataclasses import dataclass
from pathlib import Path

import av

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
    with opened(path, handler=b"soun") as container:
        stream = main_audio(container)
        if stream is None:
            return Heard(SILENT, 0)
        only(container, stream)
        listener, bad = Listener((container.start_time or 0) / 1_000_000), 0
        for packet in packets_of(container, stream):
            try:
                for frame in packet.decode():
                    listener.hear(frame)
            except (av.FFmpegError, ValueError):
                bad += 1  # damaged, or of another layout than the rest: that piece is not heard
                if bad > MAX_BAD_PACKETS:
                    break
    give_back()  # the file is closed: of six hours, its index took fifty megabytes
    try:
        return Heard(listener.finish(), bad)
    except av.FFmpegError:
        logger.info("The sound of a video could not be read to its end")
        return Heard(SILENT, bad)
    finally:
        give_back()
