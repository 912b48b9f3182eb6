"""Whether somebody speaks or music plays, where the speaker pauses, and where nothing is heard.

Cheap signs, as Scheirer and Slaney (Construction and Evaluation of a Robust Multifeature Speech/Music
Discriminator, 1997) list them: speech swells and fades with its syllables, about four times a second,
has many quiet moments and no deep bass; music has a pulse, or holds its tones. They are likelihoods,
not a recogniser: singing over drums is music here, and so is most film music under a voice.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media_assets.analysis.series import Long, smoothed, stretches
from media_assets.analysis.sound.blocks import OUT_HZ
from media_assets.analysis.sound.spectra import HOP, HOPS_A_SECOND, Curves

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

EVERY_S, WINDOW_S = 0.5, 3.0
SYLLABLES_HZ, CHANGES_HZ = (2.5, 7.0), (0.3, 25.0)
HEARD_DB = -55.0  # of full scale; below is silence
SHORTEST_SILENCE_MS = 300
SHORTEST_PAUSE_MS = 180  # the closure of a p or t is shorter
SPEECH_ENOUGH = 0.5
PAUSE_DEPTH = 0.3  # of the way from the quietest to the loud moments around
LEAST_RANGE_DB = 12.0  # below, nobody can say where the voice pauses


@dataclass(frozen=True)
class Talk:
    """speech, music: likelihood 0–1 every EVERY_S. Spans in milliseconds, (n, 2), half-open."""

    speech: Floats
    music: Floats
    pauses_ms: Times
    silences_ms: Times


def tell_apart(curves: Curves, clarity: Floats) -> Talk:
    """clarity: how clear the pulse is, per second; empty where nobody looked."""
    speech, music = _likelihoods(curves, clarity)
    silent = np.zeros(len(curves.level), np.bool_)
    for first, end in stretches(len(silent)):
        silent[first:end] = curves.level[first:end].astype(np.float32) < HEARD_DB
    return Talk(
        speech=speech,
        music=music,
        pauses_ms=_pauses(curves.level, speech),
        silences_ms=_spans(silent, SHORTEST_SILENCE_MS),
    )


def _likelihoods(curves: Curves, clarity: Floats) -> tuple[Floats, Floats]:
    window, hops = round(WINDOW_S * HOPS_A_SECOND), len(curves.level)
    count = max(1, int(hops / HOPS_A_SECOND / EVERY_S))
    speech, music = np.zeros(count, np.float32), np.zeros(count, np.float32)
    missing = max(0, window - hops)
    last_start = hops + missing - window
    hz = np.fft.rfftfreq(window, 1 / HOPS_A_SECOND)
    syllables = (hz >= SYLLABLES_HZ[0]) & (hz <= SYLLABLES_HZ[1])
    changes = (hz >= CHANGES_HZ[0]) & (hz <= CHANGES_HZ[1])
    taper = np.hanning(window)
    for first in range(0, count, 512):
        numbers = np.arange(first, min(first + 512, count))
        starts = np.round(((numbers + 0.5) * EVERY_S - WINDOW_S / 2) * HOPS_A_SECOND)
        starts = np.clip(starts, 0, last_start).astype(np.int64)
        part = slice(int(starts[0]), int(starts[-1]) + window)
        where = (starts - starts[0])[:, None] + np.arange(window)
        db, *others = (
            np.pad(getattr(curves, name)[part], (0, missing), mode="edge")[where].astype(np.float32)
            for name in ("level", "deep", "held", "flatness")
        )
        loud = 10 ** (db / 20)
        mean = loud.mean(axis=1, keepdims=True) + 1e-9
        swell = np.abs(np.fft.rfft((loud / mean - 1) * taper, axis=1)) ** 2
        modulation = swell[:, syllables].sum(axis=1) / (swell[:, changes].sum(axis=1) + 1e-9)
        energy = np.square(loud)
        quiet = (energy < 0.25 * energy.mean(axis=1, keepdims=True)).mean(axis=1)
        share = loud / (loud.sum(axis=1, keepdims=True) + 1e-9)
        deep, held, flat = ((each * share).sum(axis=1) for each in others)
        seconds = np.minimum((numbers * EVERY_S).astype(np.int64), max(len(clarity) - 1, 0))
        pulse = _ramp(clarity[seconds], 0.18, 0.32) if len(clarity) else np.zeros(len(numbers))
        heard = _ramp(db.max(axis=1), HEARD_DB, HEARD_DB + 10)
        tonal = 1 - _ramp(flat, 0.04, 0.12)
        swells = _ramp(modulation, 0.12, 0.3)
        speech[numbers] = (
            heard
            * (1 - pulse)
            * tonal
            * np.sqrt(swells * _ramp(quiet, 0.1, 0.3))
            * (1 - _ramp(deep, 0.4, 0.7))
        )
        sustained = (1 - _ramp(modulation, 0.15, 0.35)) * tonal * _ramp(held, 0.72, 0.82)
        music[numbers] = heard * np.maximum(pulse, sustained)
    return speech, music


def _pauses(level: Long, speech: Floats) -> Times:
    """Quiet moments between words, where somebody speaks."""
    if not (speech >= SPEECH_ENOUGH).any():
        return np.zeros((0, 2), np.int64)
    soft = np.zeros(len(level), np.float32)
    for first, end in stretches(len(level)):
        low, high = max(first - 3, 0), min(end + 3, len(level))
        near = level[low:high].astype(np.float32)
        soft[first:end] = smoothed(near, np.ones(3, np.float32) / 3, first - low, end - low)
    step = EVERY_S * HOPS_A_SECOND
    quiet = np.zeros(len(level), np.bool_)
    for number in np.flatnonzero(speech >= SPEECH_ENOUGH):
        middle = (number + 0.5) * step
        around = soft[max(0, int(middle - 3 * step)) : int(middle + 3 * step) + 1]
        low, high = np.percentile(around, (5, 90))
        if high - low < LEAST_RANGE_DB:
            continue
        here = slice(int(number * step), int((number + 1) * step) + 1)
        quiet[here] = soft[here] < low + PAUSE_DEPTH * (high - low)
    return _spans(quiet, SHORTEST_PAUSE_MS)


def _spans(flags: npt.NDArray[np.bool_], least_ms: int) -> Times:
    """Runs of set flags at least so long, in milliseconds."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    edges = np.column_stack([np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)])
    spans = np.round(edges * HOP * 1000 / OUT_HZ).astype(np.int64)
    long_enough: Times = spans[spans[:, 1] - spans[:, 0] >= least_ms]
    return long_enough


def _ramp(value: npt.NDArray[np.floating], low: float, high: float) -> Doubles:
    """0 at low, 1 at high, straight in between."""
    return np.clip((value.astype(np.float64) - low) / (high - low), 0, 1)
