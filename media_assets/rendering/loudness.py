"""Loudness: measured first, then one constant gain, with a limiter only where peaks need one."""

import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_assets.analysis.reading import Source
from media_assets.rendering.ffmpeg import SAFE_INPUT, run_ffmpeg
from media_assets.rendering.graph import input_arguments, sound_chain
from media_assets.rendering.plan import ENCODER

MOST_GAIN_DB = 24.0  # a whisper is raised, noise is not made into music
NEARLY_SILENT_LUFS = -60.0
LIMIT_MARGIN_DB = 0.7  # what AAC adds to the peaks of most sound; drums can get two decibels more
MOST_PEAK_DB = -1.0  # of the finished file: what platforms ask for
SPARE_DB = 0.2
LEAST_CEILING_DB = -8.0
ROUNDS = 5  # limiting takes loudness away, and AAC adds peaks; corrections settle both
CLOSE_ENOUGH_LU = 0.3


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


def measure_encoded(
    path: Path,
    source: Source,
    *,
    start_ms: int,
    samples: int,
    gain: str,
    check: Callable[[], None] = lambda: None,
) -> Loudness:
    """How loud the sound of a span is in the finished file: after these filters, and after AAC."""
    with tempfile.TemporaryDirectory(prefix="loudness-", ignore_cleanup_errors=True) as folder:
        encoded = Path(folder) / "sound.m4a"
        run_ffmpeg(
            [
                *("-v", "warning", *input_arguments(path, source, start_ms)),
                "-filter_complex",
                f"{sound_chain(source, start_ms, samples, gain=gain)}[a]",
                *("-map", "[a]", "-c:a", "aac", "-b:a", str(ENCODER["audio_bps"])),
                *("-flags:a", "+bitexact", "-f", "mp4", f"file:{encoded}"),
            ],
            check=check,
            wall_limit_s=600,
        )
        return measure_file(encoded, check=check)


def gain_for(
    path: Path,
    source: Source,
    *,
    start_ms: int,
    samples: int,
    check: Callable[[], None] = lambda: None,
) -> str:
    """The filters that bring a span to our loudness; empty for silence and for no sound.

    One constant gain. Where peaks would stand out, a limiter as well, lowered until the encoded sound
    keeps below MOST_PEAK_DB: that comes first, for players clip what is above.
    """
    if source.audio_index is None:
        return ""
    span: dict[str, Any] = {"start_ms": start_ms, "samples": samples, "check": check}
    target, highest_db = float(ENCODER["loudness_lufs"]), float(ENCODER["true_peak_db"])
    ceiling_db = highest_db = highest_db - LIMIT_MARGIN_DB
    plain = measure_clip(path, source, **span)
    if plain.lufs <= NEARLY_SILENT_LUFS:
        return ""
    gain_db = min(target - plain.lufs, MOST_GAIN_DB)
    limited = plain.peak_db + gain_db > ceiling_db
    found: list[tuple[float, float, str]] = []  # too high by, away from the target by, filters
    for _ in range(ROUNDS):
        filters = _filters(gain_db, ceiling_db if limited else None)
        now = measure_encoded(path, source, gain=filters, **span)
        missing, above = target - now.lufs, max(0.0, now.peak_db - MOST_PEAK_DB)
        quiet_for_good = missing > 0 and gain_db >= MOST_GAIN_DB
        found.append((above, 0.0 if quiet_for_good else abs(missing), filters))
        if not above and (abs(missing) < CLOSE_ENOUGH_LU or quiet_for_good):
            break
        room = MOST_PEAK_DB - SPARE_DB - now.peak_db
        if above:
            limited, ceiling_db = True, max(ceiling_db + room, LEAST_CEILING_DB)
        elif limited and missing > 0:  # the limiter takes more than it must
            ceiling_db = min(ceiling_db + max(room, 0.0) / 2, highest_db)
        gain_db = min(gain_db + missing, MOST_GAIN_DB)
    return min(found)[2]


def _filters(gain_db: float, ceiling_db: float | None) -> str:
    """A gain, and where a ceiling is given, a limiter."""
    volume = f"volume={gain_db:.2f}dB:precision=float"
    if ceiling_db is None:
        return volume
    # At four times the rate samples and true peaks are nearly the same.
    return (
        f"{volume},aresample=192000,"
        f"alimiter=limit={10 ** (ceiling_db / 20):.4f}:level=disabled:attack=3:release=60:latency=1,"
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
