"""What of an analysis is kept with the video: enough to draw it and to know how it was made."""

import itertools
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis import choosing, framing
from media_assets.analysis.choosing import SCALES, WEIGHTS, Curves
from media_assets.analysis.shots import RULE
from media_assets.analysis.watch import Seen

VERSION = 1
MOST_POINTS = 300


def summarise(seen: Seen, *, count: int, min_ms: int, max_ms: int) -> dict[str, Any]:
    """Shots, sound, curves of at most MOST_POINTS points, and every parameter, as JSON data."""
    curves, sound, source = Curves(seen), seen.sound, seen.source
    return {
        "version": VERSION,
        "algorithm": {
            "shots": asdict(RULE),
            "framing": {"version": framing.VERSION, **asdict(framing.RULE)},
            "choice": {
                "version": choosing.VERSION,
                "weights": asdict(WEIGHTS),
                "scales": asdict(SCALES),
            },
            "clip_count": count,
            "clip_min_ms": min_ms,
            "clip_max_ms": max_ms,
        },
        "source": {
            "width_px": source.shown_width_px,
            "height_px": source.shown_height_px,
            "rotation_quarter_turns": source.turn,
            "frames": len(seen.frames),
            "end_ms": seen.end_ms,
            "damaged_packets": seen.bad_packets,
        },
        "shots": [
            {
                "start_ms": shot.start_ms,
                "end_ms": shot.end_ms,
                "begins": shot.begins,
                "ends": shot.ends,
            }
            for shot in seen.shots
        ],
        "sound": {
            "audible": sound.audible,
            "tempo_bpm": sound.tempo_bpm,
            "rhythm": round(sound.rhythm, 3),
            "beats": len(sound.beats_ms),
            "loudest_db": round(float(sound.db.max()), 1) if sound.audible else None,
        },
        "curves": {
            "step_ms": round(seen.end_ms / min(MOST_POINTS, curves.steps), 2),
            **{
                name: thinned(curves.values(name))
                for name in ("motion", "energy", "sharpness", "colour", "faces", "light")
            },
        },
    }


def thinned(values: npt.NDArray[np.float64]) -> list[float]:
    """At most MOST_POINTS means of equally long pieces."""
    if len(values) <= MOST_POINTS:
        return [round(float(value), 3) for value in values]
    edges = np.linspace(0, len(values), MOST_POINTS + 1).astype(np.int64)
    return [round(float(values[a:b].mean()), 3) for a, b in itertools.pairwise(edges)]
