"""Taking pictures over as they are, where nothing has to change: no loss, and hardly any work.

Only where it is exact: the clip begins at an IDR frame of an H.264 source that is what we would make,
and what is shown in it is a run of packets, none of which needs one that is left out. The sound is
settled and encoded as for every other variant; the file is proved like every other.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from media_assets.analysis.reading import Source, main_video, opened, packets_of
from media_assets.rendering.encoders import GOP_S
from media_assets.rendering.errors import RenderFailed

PROFILES = {"Baseline", "Constrained Baseline", "Main", "High"}
BT709 = 1
IDR, SLICE = 5, 1
REORDERED = 16  # H.264 shows no picture more than so many packets after its place
VERSION = 1


def writer_version() -> str:
    """What writes files of packets here; part of the recipe of each, for another makes other bytes."""
    return ".".join(map(str, av.library_versions["libavformat"]))


@dataclass(frozen=True)
class Copied:
    """The packets of a source that make a variant: so many from the one with this PTS."""

    first_pts: int
    frames: int

    @property
    def recipe(self) -> dict[str, Any]:
        """All of it that determines bytes."""
        return {
            "name": "copy",
            "version": VERSION,
            "first_pts": self.first_pts,
            "frames": self.frames,
            "libav": writer_version(),
        }


def copyable(
    path: Path,
    source: Source,
    *,
    start_ms: int,
    frames: int,
    rate: Fraction,
    size: tuple[int, int],
    level: str,
    most_bps: int,
) -> Copied | None:
    """The packets that are the wanted picture already; None when it has to be encoded.

    The wanted one: so many frames from start_ms at this rate and size, of at most this level of H.264
    and these bits per second.
    """
    plain = (source.width_px, source.height_px) == size and source.sar == 1 and not source.turn
    if not plain or source.hdr or source.interlaced or source.full_range:
        return None
    with opened(path) as container:
        stream = main_video(container)
        if not _is_ours(stream, source, level):
            return None
        base = stream.time_base
        if base is None:
            return None
        origin = Fraction(source.origin_us, 1_000_000)
        start = (Fraction(start_ms, 1000) + origin) / base
        half = 1 / rate / base / 2
        container.seek(int(start + half), stream=stream, backward=True)
        length_size = (stream.codec_context.extradata or b"")[4] % 4 + 1
        found = _run(packets_of(container, stream), start - half, frames)
        if found is None or not _is_even(found, 1 / rate / base):
            return None
        return _checked(found, length_size, rate=rate, most_bps=most_bps)


def write_copy(path: Path, copied: Copied, rate: Fraction, *, sound: Path, to: Path) -> None:
    """Write the packets and the encoded sound into an MP4 file of our kind."""
    with opened(path) as pictures:
        stream = main_video(pictures)
        _write(stream, [_taken(pictures, stream, copied)], rate, sound=sound, to=to)


def write_joined(files: Sequence[Path], rate: Fraction, *, sound: Path, to: Path) -> None:
    """Write the pictures of files one after the other, and the encoded sound, into one such file.

    Each begins with a key frame that closes what is before. Raises RenderFailed where they do not
    have the same headers.
    """
    with contextlib.ExitStack() as stack:
        containers = [stack.enter_context(opened(each)) for each in files]
        streams = [main_video(each) for each in containers]
        headers = {bytes(each.codec_context.extradata or b"") for each in streams}
        if len(headers) != 1:
            raise RenderFailed("The parts of the picture were encoded with different headers.")
        runs = [
            [packet for packet in packets_of(container, stream) if packet.size]
            for container, stream in zip(containers, streams, strict=True)
        ]
        _write(streams[0], runs, rate, sound=sound, to=to)


def _write(
    stream: Any, runs: Sequence[list[Any]], rate: Fraction, *, sound: Path, to: Path
) -> None:
    """stream: what the packets are like. runs: packets in coding order, each run shown after the other."""
    options = {
        "movflags": "+faststart+negative_cts_offsets",
        "use_editlist": "0",
        "fflags": "+bitexact",
    }
    with (
        opened(sound) as sounds,
        av.open(f"file:{to}", "w", format="mp4", options=options) as out,
    ):
        heard = sounds.streams.audio[0]
        picture_to = out.add_stream_from_template(stream)
        sound_to = out.add_stream_from_template(heard)
        for each in (picture_to, sound_to):
            each.metadata.clear()
        picture_to.time_base = Fraction(1, rate.numerator)
        packets = _timed(runs, rate)
        for packet in _by_time(packets, _sound_packets(sounds, heard)):
            packet.stream = picture_to if packet.opaque == "picture" else sound_to
            out.mux(packet)


def _is_ours(stream: Any, source: Source, level: str) -> bool:
    context = stream.codec_context
    extradata = context.extradata or b""
    return (
        context.name == "h264"
        and context.profile in PROFILES
        and context.pix_fmt == "yuv420p"
        and len(extradata) > 6
        and extradata[0] == 1  # the boxed form that MP4 keeps; the other would have to be rewritten
        and extradata[3] <= round(float(level) * 10)
        and (context.color_primaries, context.color_trc, context.colorspace) == (BT709,) * 3
        and source.matrix == BT709
    )


def _run(packets: Iterator[Any], earliest: Fraction, frames: int) -> list[Any] | None:
    """The packets from the first at or after `earliest`, when they show just so many frames."""
    run: list[Any] = []
    for packet in packets:
        if packet.pts is None or packet.dts is None:
            continue
        if not run and packet.pts < earliest:
            continue
        run.append(packet)
        if len(run) > frames + REORDERED:
            break
    if len(run) < frames or not run[0].is_keyframe:
        return None
    shown = sorted(packet.pts for packet in run)[:frames]
    taken = run[:frames]
    return taken if sorted(packet.pts for packet in taken) == shown else None


def _is_even(packets: list[Any], gap: Fraction) -> bool:
    """Whether the frames follow each other evenly, but for the rounding of the file's clock."""
    times = sorted(packet.pts for packet in packets)
    return times[0] == packets[0].pts and all(
        abs(at - times[0] - number * gap) <= 1 for number, at in enumerate(times)
    )


def _checked(
    packets: list[Any], length_size: int, *, rate: Fraction, most_bps: int
) -> Copied | None:
    """None when key frames are not what ours are, or the bit rate is above the format's."""
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    gaps = [b - a for a, b in pairwise([*keys, len(packets)])]
    if max(gaps) > GOP_S * rate + 1:
        return None
    if any(IDR not in _units(bytes(packets[number]), length_size) for number in keys):
        return None
    bits = sum(packet.size for packet in packets) * 8
    if bits / (len(packets) / rate) > most_bps:
        return None
    return Copied(packets[0].pts, len(packets))


def _units(data: bytes, length_size: int) -> set[int]:
    """The types of the NAL units in a packet of the boxed form."""
    found, at = set(), 0
    while at + length_size < len(data):
        size = int.from_bytes(data[at : at + length_size], "big")
        found.add(data[at + length_size] & 31)
        at += length_size + size
    return found


def _taken(container: Any, stream: Any, copied: Copied) -> list[Any]:
    container.seek(copied.first_pts, stream=stream, backward=True)
    taken: list[Any] = []
    for packet in packets_of(container, stream):
        if taken or packet.pts == copied.first_pts:
            taken.append(packet)
        if len(taken) == copied.frames:
            break
    return taken


def _timed(runs: Sequence[list[Any]], rate: Fraction) -> list[Any]:
    """The packets with even times from zero, in ticks of 1/numerator of the rate."""
    packets: list[Any] = []
    shown: list[int] = []
    for run in runs:
        places = {pts: place for place, pts in enumerate(sorted(packet.pts for packet in run))}
        shown += [len(packets) + places[packet.pts] for packet in run]
        packets += run
    delay = max(number - place for number, place in enumerate(shown))
    for number, (packet, place) in enumerate(zip(packets, shown, strict=True)):
        packet.time_base = Fraction(1, rate.numerator)
        packet.pts = place * rate.denominator
        packet.dts = (number - delay) * rate.denominator
        packet.duration = rate.denominator
        packet.opaque = "picture"
    return packets


def _sound_packets(container: Any, stream: Any) -> list[Any]:
    found = [packet for packet in packets_of(container, stream) if packet.pts is not None]
    for packet in found:
        packet.opaque = "sound"
    return found


def _by_time(pictures: list[Any], sounds: list[Any]) -> list[Any]:
    return sorted([*pictures, *sounds], key=lambda packet: packet.dts * packet.time_base)
