"""Loudness: measured first, then one constant gain, with a limiter only where peaks need one."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media_assets.analysis.reading import Source
from media_assets.rendering.ffmpeg import SAFE_INPUT, run_ffmpeg
from media_assets.rendering.graph import input_arguments, sound_chain
from media_assets.rendering.plan import ENCODER

MOST_GAIN_DB = 24.0  # a whisper is raised, noise is not made into music
NEARLY_SILENT_LUFS = -60.0
LIMIT_MARGIN_DB = 0.7  # what AAC adds to peaks
ROUNDS = 3  # limiting takes loudness away; two corrections bring it back
CLOSE_ENOUGH_LU = 0.2


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness and true peak; -70 and below is silence."""

    lufs: float
    peak_db: float


def measure_clip(
    path: Path,
    source: Source,
    *,
    start_ms: int,
    samples: int,
    gain: str = "",
    check: Callable[[], None] = lambda: None,
) -> Loudness:
    """How loud the sound of a span is, after these gain filters."""
    chain = sound_chain(source, start_ms, samples, gain=gain)
    said = run_ffmpeg(
        [
            "-v",
            "info",
            *input_arguments(path, source, start_ms),
            "-filter_complex",
            f"{chain},ebur128=peak=true:framelog=quiet[a]",
            "-map",
            "[a]",
            "-f",
            "null",
            "-",
        ],
        check=check,
        wall_limit_s=600,
    )
    return _read(said)


def measure_file(path: Path, *, check: Callable[[], None] = lambda: None) -> Loudness:
    """How loud a finished file is."""
    said = run_ffmpeg(
        [
            *("-v", "info", *SAFE_INPUT, "-i", f"file:{path}", "-map", "0:a:0", "-vn"),
            *("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
        ],
        check=check,
        wall_limit_s=600,
    )
    return _read(said)


def gain_for(
    path: Path,
    source: Source,
    *,
    start_ms: int,
    samples: int,
    check: Callable[[], None] = lambda: None,
) -> str:
    """The filters that bring a span to our loudness; empty for silence and for no sound."""
    if source.audio_index is None:
        return ""
    target, ceiling = float(ENCODER["loudness_lufs"]), float(ENCODER["true_peak_db"])
    plain = measure_clip(path, source, start_ms=start_ms, samples=samples, check=check)
    if plain.lufs <= NEARLY_SILENT_LUFS:
        return ""
    gain_db = min(target - plain.lufs, MOST_GAIN_DB)
    if plain.peak_db + gain_db <= ceiling - LIMIT_MARGIN_DB:
        return _filters(gain_db, limited=False)
    for _ in range(ROUNDS):
        filters = _filters(gain_db, limited=True)
        now = measure_clip(
            path, source, start_ms=start_ms, samples=samples, gain=filters, check=check
        )
        missing = target - now.lufs
        if abs(missing) < CLOSE_ENOUGH_LU or gain_db >= MOST_GAIN_DB:
            break
        gain_db = min(gain_db + missing, MOST_GAIN_DB)
    return _filters(gain_db, limited=True)


def _filters(gain_db: float, *, limited: bool) -> str:
    volume = f"volume={gain_db:.2f}dB:precision=float"
    if not limited:
        return volume
    ceiling = 10 ** ((float(ENCODER["true_peak_db"]) - LIMIT_MARGIN_DB) / 20)
    # At four times the rate samples and true peaks are nearly the same.
    return (
        f"{volume},aresample=192000,"
        f"alimiter=limit={ceiling:.4f}:level=disabled:attack=3:release=60:latency=1,"
        "aresample=48000"
    )


def _read(said: str) -> Loudness:
    """The numbers of the summary that ebur128 prints at its end."""
    summary = said.rpartition("Summary:")[2]
    lufs = re.search(r"I:\s*(-?[\d.]+|-inf|nan) LUFS", summary)
    peak = re.search(r"Peak:\s*(-?[\d.]+|-inf|nan) dBFS", summary)
    return Loudness(_number(lufs), _number(peak))


def _number(found: "re.Match[str] | None") -> float:
    value = float(found.group(1)) if found else -math.inf
    return value if math.isfinite(value) else -70.0
