"""A video's time line as data: every place where a clip may begin or end, and what lies between.

All times are whole milliseconds since the start of the file. Nothing is decoded here.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from media_assets.analysis.choosing import Curves
from media_assets.analysis.sound import STEP_MS as HEARD_EVERY_MS
from media_assets.analysis.sound import Sound
from media_assets.analysis.sound.spectra import HOPS_A_SECOND
from media_assets.analysis.summary import thinned
from media_assets.analysis.watch import Seen

MOST_PEAKS = 36_000  # an hour at 100 ms; longer videos get wider ones
FLOOR_DB = -54.0  # drawn as nothing
STRONG_ONSET = 0.4
MOST_ONSETS = 5_000
CURVES = ("motion", "energy", "faces", "light")


def timeline_of(seen: Seen) -> dict[str, Any]:
    """Frames, shots, transitions, beats, onsets, pauses, waveform, curves and spans to avoid."""
    curves, sound = Curves(seen), seen.sound
    return {
        "end_ms": seen.end_ms,
        "frames": compact_frames(seen),
        "shots": [
            {
                "start_ms": shot.start_ms,
                "end_ms": shot.end_ms,
                "begins": shot.begins,
                "ends": shot.ends,
            }
            for shot in seen.shots
        ],
        "transitions": _transitions(seen),
        "beats_ms": [int(beat) for beat in sound.beats_ms],
        "tempo_bpm": round(float(sound.tempo_bpm), 1),
        "onsets": _onsets(sound),
        "pauses_ms": _pauses(sound),
        "waveform": waveform(sound),
        "curves": {
            "step_ms": round(seen.end_ms / len(thinned(curves.values("motion"))), 3),
            **{name: _from_0_to_1(thinned(curves.values(name))) for name in CURVES},
        },
        "avoid": [asdict(span) for span in seen.spans],
    }


def compact_frames(seen: Seen) -> dict[str, Any]:
    """When each frame is shown, so short that hours fit, and exact to the millisecond.

    {"count", "first_us", "rate": [n, d]}: frame k is at floor(first_us / 1000 + k * 1000 * d / n + 0.5);
    {"count", "gaps_ms": [first, …]} where that rule would miss one frame by one millisecond: each is
    so long after the one before.
    """
    times = seen.times_ms
    for rate in (seen.source.rate, seen.source.steady_rate):
        first_us, steps = int(seen.frames["at_us"][0]), np.arange(len(times))
        told = first_us / 1000 + steps * (1000 * rate.denominator / rate.numerator)
        if np.array_equal(np.floor(told + 0.5).astype(np.int64), times):
            return {
                "count": len(times),
                "first_us": first_us,
                "rate": [rate.numerator, rate.denominator],
            }
    return {"count": len(times), "gaps_ms": np.diff(times, prepend=0).tolist()}


def waveform(sound: Sound) -> dict[str, Any]:
    """{"step_ms", "peaks"}: how loud it is, 0 to 100, even steps; no peaks without sound."""
    if not sound.audible:
        return {"step_ms": HEARD_EVERY_MS, "peaks": []}
    wide = -(-len(sound.db) // MOST_PEAKS)
    db = np.pad(sound.db, (0, -len(sound.db) % wide), constant_values=-100.0)
    loudest = db.reshape(-1, wide).max(axis=1)
    peaks = np.clip((loudest - FLOOR_DB) / -FLOOR_DB, 0, 1) * 100
    return {"step_ms": HEARD_EVERY_MS * wide, "peaks": np.round(peaks).astype(int).tolist()}


def _transitions(seen: Seen) -> list[dict[str, Any]]:
    """Boundaries that take time; [start_ms, end_ms) is where both pictures, or black, are seen."""
    times = np.append(seen.times_ms, seen.end_ms)
    last = len(times) - 1
    return [
        {
            "kind": change.kind,
            "at_ms": int(times[min(change.frame, last)]),
            "start_ms": int(times[min(max(change.start, 0), last)]),
            "end_ms": int(times[min(change.end, last)]),
        }
        for change in seen.changes
        if change.kind != "cut"
    ]


def _onsets(sound: Sound) -> list[int]:
    """Milliseconds of the strongest onsets: local maxima, in time order."""
    onset = sound.onset
    if len(onset) < 3:
        return []
    top = (onset[1:-1] >= STRONG_ONSET) & (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:])
    at = np.flatnonzero(top) + 1
    if len(at) > MOST_ONSETS:
        at = np.sort(at[np.argsort(-onset[at], kind="stable")[:MOST_ONSETS]])
    return [int(ms) for ms in np.round(at * (1000 / HOPS_A_SECOND))]


def _pauses(sound: Sound) -> list[list[int]]:
    """[start_ms, end_ms) of silences and of pauses in speech, in time order, none touching another."""
    spans: list[list[int]] = []
    found = [*sound.silences_ms.tolist(), *sound.pauses_ms.tolist()]
    for start, end in sorted(found):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return spans


def _from_0_to_1(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [round((value - low) / (high - low), 3) if high > low else 0.0 for value in values]
