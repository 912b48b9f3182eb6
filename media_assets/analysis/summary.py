"""What of an analysis is kept with the video: enough to draw it and to know how it was made."""

import itertools
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis import choosing, framing
from media_assets.analysis.choosing import SCALES, Choice, Chosen, Curves
from media_assets.analysis.shots import RULE
from media_assets.analysis.watch import Seen

VERSION = 2
MOST_POINTS = 300


def summarise(seen: Seen, choice: Choice, chosen: Chosen, *, by_rule: str = "") -> dict[str, Any]:
    """Shots, spans to avoid, sound, curves of at most MOST_POINTS points, the alternatives to the chosen clips, and
    every parameter, as JSON data. by_rule: whose weights those of the choice are.
    """
    curves, sound, source = Curves(seen), seen.sound, seen.source
    return {
        "version": VERSION,
        "algorithm": {
            "shots": asdict(RULE),
            "framing": framing.parameters(),
            "choice": {
                "version": choosing.VERSION,
                "scales": asdict(SCALES),
                **choice.as_data(),
                "preferred_ms": choice.preferred_for(seen.end_ms),
                "by_rule": by_rule,
            },
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
        "spans": [asdict(span) for span in seen.spans],
        "sound": {
            "audible": sound.audible,
            "tempo_bpm": sound.tempo_bpm,
            "rhythm": round(sound.rhythm, 3),
            "beats": len(sound.beats_ms),
            "loudest_db": round(float(sound.db.max()), 1) if sound.audible else None,
            "integrated_lufs": round(sound.integrated_lufs, 1) if sound.audible else None,
            "speech_share": _share(sound.speech),
            "music_share": _share(sound.music),
            "pauses": len(sound.pauses_ms),
        },
        "alternatives": [window.as_data() for window in chosen.alternatives],
        "curves": {
            "step_ms": round(seen.end_ms / min(MOST_POINTS, curves.steps), 2),
            **{
                name: thinned(curves.values(name))
                for name in ("motion", "energy", "sharpness", "colour", "faces", "light")
            },
        },
    }


def _share(likelihood: npt.NDArray[np.float32]) -> float:
    """How much of the time it is more likely than not."""
    return round(float((likelihood >= 0.5).mean()), 3) if len(likelihood) else 0.0


def thinned(values: npt.NDArray[np.float64]) -> list[float]:
    """At most MOST_POINTS means of equally long pieces."""
    if len(values) <= MOST_POINTS:
        return [round(float(value), 3) for value in values]
    edges = np.linspace(0, len(values), MOST_POINTS + 1).astype(np.int64)
    return [round(float(values[a:b].mean()), 3) for a, b in itertools.pairwise(edges)]
