"""Proving a finished file: decoded from end to end before anybody is told that it exists."""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from media_assets.analysis.reading import opened
from media_assets.rendering.errors import BadRender
from media_assets.rendering.plan import SAMPLE_RATE_HZ, Plan

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}
MOST_SYNC_MS = 25.0


@dataclass(frozen=True)
class Proof:
    """What the check found; all of it goes into the row."""

    sha256: str
    size_bytes: int
    duration_ms: int
    fps: float
    facts: dict[str, Any]


def prove(path: Path, plan: Plan, *, check: Callable[[], None] = lambda: None) -> Proof:
    """Read the whole file and compare it with the plan. Raises BadRender with every fault found."""
    faults = _faults_of_boxes(path)
    frames, samples, ends = 0, 0, {"video": 0.0, "audio": 0.0}
    starts: dict[str, float] = {}
    keys: list[int] = []
    with opened(path) as container:
        if len(container.streams.video) != 1 or len(container.streams.audio) != 1:
            raise BadRender("The file has not exactly one picture and one sound track.")
        video, audio = container.streams.video[0], container.streams.audio[0]
        video.thread_type = "AUTO"
        video.codec_context.options = {"skip_loop_filter": "all"}  # whole, not pretty
        faults += _faults_of_streams(video, audio, plan)
        for packet in container.demux(video, audio):
            try:
                decoded: list[Any] = list(packet.decode())
            except av.FFmpegError as error:
                raise BadRender(f"The file cannot be decoded: {error}.") from error
            for frame in decoded:
                at = float(frame.pts * frame.time_base)
                if isinstance(frame, av.VideoFrame):
                    starts.setdefault("video", at)
                    if frame.key_frame:
                        keys.append(frames)
                    if frame.width != plan.format.width_px or frame.height != plan.format.height_px:
                        faults.append(f"frame {frames} is {frame.width}x{frame.height}")
                    frames += 1
                    ends["video"] = at + float(1 / plan.rate)
                    if frames % 30 == 0:
                        check()
                else:
                    starts.setdefault("audio", at)
                    samples += frame.samples
                    ends["audio"] = at + frame.samples / SAMPLE_RATE_HZ
    if abs(frames - plan.frames) > 1:
        faults.append(f"{frames} frames instead of {plan.frames}")
    for track, end in ends.items():
        if abs(end - float(plan.duration_s)) > 0.08:
            faults.append(
                f"the {track} ends at {end:.3f} s instead of {float(plan.duration_s):.3f}"
            )
    apart_ms = abs(starts.get("video", 0.0) - starts.get("audio", 0.0)) * 1000
    if apart_ms > MOST_SYNC_MS:
        faults.append(f"picture and sound start {apart_ms:.0f} ms apart")
    longest = max((b - a for a, b in zip(keys, [*keys[1:], frames], strict=True)), default=frames)
    if longest > 2 * plan.rate + 1 or not keys or keys[0] != 0:
        faults.append(f"{longest} frames without a key frame")
    if faults:
        raise BadRender("The rendered file is wrong: " + "; ".join(dict.fromkeys(faults)) + ".")
    return Proof(
        sha256=_sha256(path),
        size_bytes=path.stat().st_size,
        duration_ms=round(ends["video"] * 1000),
        fps=round(float(plan.rate), 4),
        facts={
            "frames": frames,
            "audio_samples": samples,
            "key_frames": len(keys),
            "longest_gop": longest,
            "start_apart_ms": round(apart_ms, 2),
            "kbps": round(path.stat().st_size * 8 / max(ends["video"], 0.001) / 1000),
        },
    )


def _faults_of_streams(video: Any, audio: Any, plan: Plan) -> list[str]:
    wanted, found = plan.format, video.codec_context
    faults = []
    if (found.width, found.height) != (wanted.width_px, wanted.height_px):
        faults.append(f"the picture is {found.width}x{found.height}")
    if found.name != "h264" or found.pix_fmt != "yuv420p":
        faults.append(f"the picture is {found.name} {found.pix_fmt}")
    if video.sample_aspect_ratio not in (None, 0, 1):
        faults.append("the pixels are not square")
    if audio.codec_context.name != "aac" or audio.codec_context.sample_rate != SAMPLE_RATE_HZ:
        faults.append(f"the sound is {audio.codec_context.name}")
    if audio.codec_context.channels != 2:
        faults.append(f"the sound has {audio.codec_context.channels} channels")
    return faults


def _faults_of_boxes(path: Path) -> list[str]:
    names = [name for name, _ in boxes(path)]
    faults = []
    if b"elst" in names:
        faults.append("there is an edit list")
    if b"moov" not in names or b"mdat" not in names:
        faults.append("the index is missing")
    elif names.index(b"moov") > names.index(b"mdat"):
        faults.append("the index comes after the data")
    return faults


def boxes(path: Path) -> list[tuple[bytes, int]]:
    """(name, size) of the boxes of an MP4 file, in order, inside the usual containers too."""
    found: list[tuple[bytes, int]] = []
    with path.open("rb") as file:
        _walk(file, path.stat().st_size, found)
    return found


def _walk(file: Any, end: int, found: list[tuple[bytes, int]]) -> None:
    while file.tell() + 8 <= end:
        start = file.tell()
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            found.append((b"????", size))
            return
        found.append((name, size))
        if name in CONTAINERS:
            _walk(file, start + size, found)
        file.seek(start + size)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
