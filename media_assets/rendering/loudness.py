"""Loudness: measured first, then one constant gain, with a limiter where peaks need one.

The sound is cut out of the source once; what is settled here is the encoded track itself, which every
variant then carries unchanged.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media_assets.rendering.encoders import MP4_ARGUMENTS, sound_arguments
from media_assets.rendering.ffmpeg import SAFE_INPUT, run_ffmpeg
from media_assets.rendering.plan import SAMPLE_RATE_HZ
from media_assets.rendering.sounds import Sound

TARGET_LUFS = -14.0
MOST_PEAK_DB = -1.0  # of the finished file: what platforms ask for
AIMED_PEAK_DB = -1.5
LIMIT_MARGIN_DB = 0.7  # what AAC adds to the peaks of most sound; drums can get two decibels more
SPARE_DB = 0.2
LEAST_CEILING_DB = -9.0
ROUNDS = 14  # limiting takes loudness away, and AAC adds peaks; most sounds need one to four
CLOSE_ENOUGH_LU = 0.3
STILL_GOOD_LU = 0.5
LEAST_SLOPE = 0.15
MOST_STEP_DB = 12.0  # from one round to the next, where nothing louder was tried yet

# What has less than this is left as it is when it does not rise and fall: a room, a tape, a cable. The
# noise of rooms and microphones has -50 LUFS and less; whoever means to be heard is louder, or moves by
# MOVES_DB between quiet and loud tenths of a second, as whispers and far voices do.
ROOM_LUFS = -50.0
MOVES_DB = 6.0
NOTHING_DB = -90.0  # softer than the last bit of 16: digital silence
SILENT_LUFS = -69.0  # the meter of EBU R128 hears nothing below -70
MOST_GAIN_DB = 66.0
NO_SOUND, SILENCE, ROOM_NOISE, ONLY_PEAKS = "no sound", "silence", "room noise", "only peaks"
_RAW = ["-f", "f32le", "-ar", str(SAMPLE_RATE_HZ), "-ac", "2"]
Check = Callable[[], None]


def _never() -> None:
    return


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness and true peak; -70 and below is silence."""

    lufs: float
    peak_db: float


@dataclass(frozen=True)
class Settled:
    """The encoded sound track of a variant. gain: the filters that made it so loud.

    left: why it does not have our loudness; empty where it has. "only peaks" are clicks with nothing
    between them, which no gain brings there.
    """

    path: Path
    gain: str
    heard: Loudness
    left: str = ""


@dataclass(frozen=True)
class _Try:
    """A round: gain and ceiling (None: no limiter), and what came out."""

    gain_db: float
    ceiling_db: float | None
    path: Path
    heard: Loudness

    @property
    def missing(self) -> float:
        """Loudness units to the target; negative where it is too loud."""
        return TARGET_LUFS - self.heard.lufs

    @property
    def above(self) -> float:
        """Decibels of its peaks above the most; 0 where they keep below."""
        return max(0.0, self.heard.peak_db - MOST_PEAK_DB)


def settle(sound: Sound, folder: Path, *, check: Check = _never) -> Settled:
    """Encode a sound at our loudness, as one file in the folder. Silence stays silence.

    One constant gain. Where peaks would stand out, a limiter as well, lowered until the encoded sound
    keeps below MOST_PEAK_DB: that comes first, for players clip what is above.
    """
    if not sound.audible:
        path = _encode([*sound.inputs, "-filter_complex", f"{sound.chain('')}[a]"], folder, check)
        return Settled(path, "", Loudness(-70.0, -70.0), NO_SOUND)
    raw = folder / "sound.f32"
    plain = _cut_out(sound, raw, check)
    left = SILENCE if plain.lufs <= SILENT_LUFS else ""
    if not left and plain.lufs < ROOM_LUFS and not is_meant(raw):
        left = ROOM_NOISE
    if left:
        path = _encode_raw(raw, "", folder, 0, check)
        raw.unlink()
        return Settled(path, "", plain, left)
    tried: list[_Try] = []
    gain_db = TARGET_LUFS - plain.lufs
    highest_db = AIMED_PEAK_DB - LIMIT_MARGIN_DB
    ceiling_db = highest_db if plain.peak_db + gain_db > highest_db else None
    for number in range(ROUNDS):
        path = _encode_raw(raw, _filters(gain_db, ceiling_db), folder, number, check)
        tried.append(_Try(gain_db, ceiling_db, path, measure_file(path, check=check)))
        last = tried[-1]
        if not last.above and abs(last.missing) < CLOSE_ENOUGH_LU:
            break
        if not last.above and last.missing > 0 and gain_db >= MOST_GAIN_DB:
            break
        if last.above:
            room = MOST_PEAK_DB - SPARE_DB - last.heard.peak_db
            ceiling_db = max((highest_db if ceiling_db is None else ceiling_db) + room,
                             LEAST_CEILING_DB)  # fmt: skip
        gain_db = _next_gain(tried)
    raw.unlink()
    best = min(tried, key=lambda each: (each.above, abs(each.missing)))
    for each in tried:
        if each is not best:
            each.path.unlink()
    left = ONLY_PEAKS if best.missing > STILL_GOOD_LU and best.ceiling_db is not None else ""
    return Settled(best.path, _filters(best.gain_db, best.ceiling_db), best.heard, left)


def _next_gain(tried: Sequence[_Try]) -> float:
    """By how the last rounds went: less than a decibel louder per decibel where a limiter takes of it.

    Never beyond a gain that came out on the other side of the target under the same ceiling.
    """
    last = tried[-1]
    slope = 1.0
    if len(tried) > 1 and abs(last.gain_db - tried[-2].gain_db) >= 0.2:
        before = tried[-2]
        slope = (last.heard.lufs - before.heard.lufs) / (last.gain_db - before.gain_db)
        slope = min(1.0, max(LEAST_SLOPE, slope))
    step = min(max(last.missing / slope, -MOST_STEP_DB), MOST_STEP_DB)
    wanted = min(last.gain_db + step, MOST_GAIN_DB)
    alike = [each for each in tried if each.ceiling_db == last.ceiling_db]
    too_soft = max((each.gain_db for each in alike if each.missing > 0), default=-math.inf)
    too_loud = min((each.gain_db for each in alike if each.missing < 0), default=math.inf)
    if too_soft < too_loud < math.inf and too_soft > -math.inf:
        inner = (too_loud - too_soft) / 10
        wanted = min(max(wanted, too_soft + inner), too_loud - inner)
    return wanted


def is_meant(raw: Path) -> bool:
    """Whether a file of float samples, in stereo, rises and falls as speech and music do."""
    samples = np.memmap(raw, np.float32, "r")
    block = SAMPLE_RATE_HZ // 10 * 2
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    power = np.array([float(np.mean(np.square(each, dtype=np.float64))) for each in blocks])
    levels = 10 * np.log10(power[power > 10 ** (NOTHING_DB / 10)])
    if len(levels) < 5:
        return False
    quiet, loud = np.percentile(levels, [10, 95])
    return bool(loud - quiet >= MOVES_DB)


def measure_clip(sound: Sound, *, gain: str = "", check: Check = _never) -> Loudness:
    """How loud a sound is, after these gain filters."""
    said = run_ffmpeg(
        [
            *("-v", "info", *sound.inputs, "-filter_complex"),
            f"{sound.chain(gain)},ebur128=peak=true:framelog=quiet[a]",
            *("-map", "[a]", "-f", "null", "-"),
        ],
        check=check,
        wall_limit_s=600,
    )
    return _read(said)


def measure_file(path: Path, *, check: Check = _never) -> Loudness:
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


def level_of(sound: Sound, *, check: Check = _never) -> str:
    """A plain gain that brings one part of a variant to our loudness, before all are settled as one.

    Empty for silence, for the noise of rooms, and for no sound.
    """
    if not sound.audible:
        return ""
    plain = measure_clip(sound, check=check)
    return "" if plain.lufs < ROOM_LUFS else _filters(TARGET_LUFS - plain.lufs, None)


def _cut_out(sound: Sound, raw: Path, check: Check) -> Loudness:
    """Write the samples of a sound to a file, and measure them on the way."""
    said = run_ffmpeg(
        [
            *("-v", "info", *sound.inputs, "-filter_complex"),
            f"{sound.chain('')},ebur128=peak=true:framelog=quiet[a]",
            *("-map", "[a]", *_RAW, f"file:{raw}"),
        ],
        check=check,
        wall_limit_s=600,
    )
    return _read(said)


def _encode_raw(raw: Path, filters: str, folder: Path, number: int, check: Check) -> Path:
    source = ["-protocol_whitelist", "file", *_RAW, "-i", f"file:{raw}"]
    if filters:  # resampling may give some samples more or fewer than it got
        samples = raw.stat().st_size // 8
        source += ["-af", f"{filters},apad=whole_len={samples},atrim=end_sample={samples}"]
    return _encode([*source, "-map", "0:a"], folder, check, number=number)


def _encode(source: list[str], folder: Path, check: Check, *, number: int = 0) -> Path:
    path = folder / f"sound-{number}.mp4"
    mapped = [] if "-map" in source else ["-map", "[a]"]
    run_ffmpeg(
        ["-v", "warning", *source, *mapped, *sound_arguments(), *MP4_ARGUMENTS, f"file:{path}"],
        check=check,
        wall_limit_s=600,
    )
    return path


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
