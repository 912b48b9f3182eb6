"""Proving a finished file: read from end to end before anybody is told that it exists.

Twice: its boxes by our own reader (`atoms`), its pictures by a decoder. The sound track was decoded and
measured when it was settled; here it is shown to be that one, packet by packet.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from media_assets.analysis.covers import StillFinder
from media_assets.analysis.reading import opened
from media_assets.rendering.atoms import IDR, BadBoxes, Mp4, Track, read_mp4, units_of
from media_assets.rendering.encoders import GOP_S, level_of
from media_assets.rendering.errors import BadRender
from media_assets.rendering.loudness import MOST_PEAK_DB, TARGET_LUFS, Settled
from media_assets.rendering.plan import AAC_FRAME, SAMPLE_RATE_HZ, Plan

MOST_SYNC_MS = 25.0
MOST_LOUDNESS_OFF_LU = 1.0
PEAK_SPARE_DB = 0.1  # the meter says tenths
ENDS_APART_S = 0.08  # the sound ends up to three AAC frames before the picture, never after it
BT709 = (1, 1, 1, False)
UPRIGHT = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
OUR_PROFILES, COPIED_PROFILES = {100}, {66, 77, 100}
CHECK_EVERY = 30  # frames


@dataclass(frozen=True)
class Proof:
    """What the check found; all of it goes into the row. best_ms: of the frame that shows it best."""

    sha256: str
    size_bytes: int
    duration_ms: int
    fps: float
    best_ms: int
    facts: dict[str, Any]


@dataclass
class _Seen:
    """What the decoder gave."""

    frames: int = 0
    end_s: float = 0.0
    sound: str = ""


def prove(
    path: Path,
    plan: Plan,
    settled: Settled,
    *,
    stills: bool = True,
    check: Callable[[], None] = lambda: None,
) -> Proof:
    """Read the whole file and compare it with the plan. Raises BadRender with every fault found.

    stills: look for the frame that shows it best; else best_ms is 0.
    """
    faults: list[str] = []
    try:
        mp4 = read_mp4(path)
        faults += faults_of_file(mp4, plan, path.stat().st_size)
        for track in mp4.tracks:
            if track.kind == "picture":
                faults += faults_of_picture(track, plan)
                faults += _faults_of_starts(path, track, plan)
            elif track.kind == "sound":
                faults += faults_of_sound(track, plan)
    except BadBoxes as error:
        raise BadRender(f"The rendered file is damaged: {error}.") from error
    if faults:
        raise _bad(faults)
    finder = StillFinder(plan.rate) if stills else None
    seen = _decoded(path, plan, finder, faults, check)
    if seen.frames != plan.frames:
        faults.append(f"{seen.frames} frames can be decoded instead of {plan.frames}")
    if abs(seen.end_s - float(plan.duration_s)) > 1 / float(plan.rate):
        faults.append(f"the picture ends at {seen.end_s:.3f} s")
    if seen.sound != sound_digest(settled.path):
        faults.append("the sound is not the one that was measured")
    faults += faults_of_loudness(settled)
    if faults:
        raise _bad(faults)
    picture = next(track for track in mp4.tracks if track.kind == "picture")
    size = path.stat().st_size
    return Proof(
        sha256=_sha256(path),
        size_bytes=size,
        duration_ms=round(seen.end_s * 1000),
        fps=round(float(plan.rate), 4),
        best_ms=finder.best_ms if finder else 0,
        facts={
            "frames": seen.frames,
            "key_frames": len(picture.sync or []),
            "longest_gop": max(_gops(picture), default=0),
            "level": picture.level / 10,
            "kbps": round(size * 8 / max(seen.end_s, 0.001) / 1000),
            "lufs": settled.heard.lufs,
            "true_peak_db": settled.heard.peak_db,
            "gain": settled.gain,
            "loudness_left": settled.left,
        },
    )


def faults_of_file(mp4: Mp4, plan: Plan, size_bytes: int) -> list[str]:
    """What is wrong with the file as a whole."""
    faults = []
    if mp4.fragmented:
        faults.append("it is in fragments")
    if b"moov" not in mp4.top or b"mdat" not in mp4.top:
        faults.append("the index or the data is missing")
    elif mp4.top.index(b"moov") > mp4.top.index(b"mdat"):
        faults.append("the index comes after the data")
    if sorted(track.kind for track in mp4.tracks) != ["picture", "sound"]:
        faults.append("it has not exactly one picture and one sound track")
    if any(track.edits for track in mp4.tracks):
        faults.append("there is an edit list")
    if size_bytes > plan.format.max_bytes:
        faults.append(
            f"it has {size_bytes} bytes; {plan.format.name} takes {plan.format.max_bytes}"
        )
    for track in mp4.tracks:
        ends = zip(track.places, track.sizes, strict=True)
        if not all(any(a <= at and at + n <= b for a, b in mp4.data) for at, n in ends):
            faults.append(f"some of the {track.kind} lies outside the data")
    return faults


def faults_of_picture(track: Track, plan: Plan) -> list[str]:
    """What is wrong with the picture track, by its tables."""
    wanted, faults = plan.format, []
    if track.codec != "avc1":
        return [f"the picture is {track.codec}"]
    if (track.width, track.height) != (wanted.width_px, wanted.height_px):
        faults.append(
            f"the picture is {track.width}x{track.height} instead of "
            f"{wanted.width_px}x{wanted.height_px}"
        )
    if track.profile not in (COPIED_PROFILES if plan.copied else OUR_PROFILES):
        faults.append(f"the profile is {track.profile}")
    most = round(float(level_of(wanted.width_px, wanted.height_px, plan.rate)) * 10)
    if track.level > most:
        faults.append(f"the level is {track.level / 10:g}, above {most / 10:g}")
    if track.colours not in ({BT709, None} if plan.copied else {BT709}):
        faults.append(f"the colours are marked {track.colours}, not BT.709")
    if track.matrix != UPRIGHT:
        faults.append("players are told to turn or flip it")
    if len(track.sizes) != plan.frames:
        faults.append(f"{len(track.sizes)} frames instead of {plan.frames}")
    tick = plan.duration_s / plan.frames * track.timescale
    shown = sorted(track.shown)
    if any(abs(at - number * tick) > 1 for number, at in enumerate(shown)):
        faults.append(
            "the frames do not follow each other evenly from the start"
            if not shown or shown[0] == 0
            else f"the picture starts at {shown[0] / track.timescale:.3f} s"
        )
    if not _gops(track) or (track.sync or [1])[0] != 0:
        faults.append("it does not begin with a key frame")
    elif max(_gops(track)) > GOP_S * plan.rate + 1:
        faults.append(f"{max(_gops(track))} frames without a key frame")
    return faults


def faults_of_sound(track: Track, plan: Plan) -> list[str]:
    """What is wrong with the sound track, by its tables."""
    faults = []
    if track.codec != "mp4a" or track.timescale != SAMPLE_RATE_HZ or track.channels != 2:
        faults.append(
            f"the sound is {track.codec}, {track.channels} channels, {track.timescale} Hz"
        )
    first = track.shown[0] if track.shown else 0
    if abs(first) * 1000 > MOST_SYNC_MS * max(track.timescale, 1):
        faults.append(f"picture and sound start {first * 1000 / track.timescale:.0f} ms apart")
    if any(delta != AAC_FRAME for _, delta in track.deltas[:-1]):
        faults.append("there are gaps in the sound")
    end_s = sum(n * delta for n, delta in track.deltas) / max(track.timescale, 1)
    late_s = end_s - float(plan.duration_s)
    if late_s > MOST_SYNC_MS / 1000 or late_s < -max(ENDS_APART_S, 1 / float(plan.rate)):
        faults.append(f"the sound ends at {end_s:.3f} s instead of {float(plan.duration_s):.3f}")
    return faults


def faults_of_loudness(settled: Settled) -> list[str]:
    """What is wrong with how loud it is."""
    faults = []
    heard = settled.heard
    if not settled.left and abs(heard.lufs - TARGET_LUFS) > MOST_LOUDNESS_OFF_LU:
        faults.append(f"the sound has {heard.lufs:.1f} LUFS instead of {TARGET_LUFS:.0f}")
    if heard.peak_db > MOST_PEAK_DB + PEAK_SPARE_DB:
        faults.append(f"the sound peaks at {heard.peak_db:.1f} dBTP, above {MOST_PEAK_DB:.0f}")
    return faults


def sound_digest(path: Path) -> str:
    """What names the packets of a file's sound, and when each is heard."""
    with opened(path) as container:
        digest = hashlib.sha256()
        for packet in container.demux(container.streams.audio[0]):
            _add(digest, packet)
    return digest.hexdigest()


def _gops(track: Track) -> list[int]:
    """The frames from each key frame to the next one, or to the end."""
    starts = range(len(track.sizes)) if track.sync is None else track.sync
    return [b - a for a, b in pairwise([*starts, len(track.sizes)])]


def _faults_of_starts(path: Path, track: Track, plan: Plan) -> list[str]:
    """A GOP is closed when it begins with an IDR frame: nothing after it needs anything before."""
    if track.codec != "avc1" or len(track.places) != len(track.sizes):
        return []
    open_ones = [n for n in track.sync or [] if IDR not in units_of(path, track, n)]
    return [f"the key frames {open_ones[:3]} do not close what is before"] if open_ones else []


def _decoded(
    path: Path,
    plan: Plan,
    finder: StillFinder | None,
    faults: list[str],
    check: Callable[[], None],
) -> _Seen:
    seen, digest = _Seen(), hashlib.sha256()
    wanted = (plan.format.width_px, plan.format.height_px, "yuv420p")
    with opened(path) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        video.thread_type = "AUTO"
        # Whole, not pretty; and what a player would hide is a fault.
        video.codec_context.options = {"skip_loop_filter": "all", "err_detect": "explode"}
        for packet in container.demux(video, audio):
            if packet.stream.index == audio.index:
                _add(digest, packet)
                continue
            for frame in _frames(packet):
                at_s = float(frame.pts * frame.time_base)
                if (frame.width, frame.height, frame.format.name) != wanted or frame.is_corrupt:
                    faults.append(f"frame {seen.frames} is damaged or of another size")
                if finder:
                    finder.see(frame, at_s)
                seen.frames += 1
                seen.end_s = at_s + float(1 / plan.rate)
                if seen.frames % CHECK_EVERY == 0:
                    check()
    seen.sound = digest.hexdigest()
    return seen


def _frames(packet: Any) -> Iterator[Any]:
    try:
        yield from packet.decode()
    except (av.FFmpegError, ValueError) as error:
        raise BadRender(f"The rendered file cannot be decoded: {error}.") from error


def _add(digest: Any, packet: Any) -> None:
    if packet.size:
        at = packet.pts * packet.time_base * SAMPLE_RATE_HZ
        digest.update(b"%d:" % round(at))
        digest.update(memoryview(packet))


def _bad(faults: list[str]) -> BadRender:
    return BadRender("The rendered file is wrong: " + "; ".join(dict.fromkeys(faults)) + ".")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
