"""Why a span was chosen, in sentences that repeat what was measured."""

from dataclasses import replace

from media_assets.analysis.choosing.choice import WEIGHTS, Window
from media_assets.analysis.choosing.scoring import Scorer

MOST_REASONS, LEAST_REASONS = 4, 2
MEASURES = {
    "motion": "Motion",
    "energy": "Loudness",
    "sharpness": "Sharpness",
    "colour": "Colour",
}


def explained(window: Window, scorer: Scorer) -> Window:
    """The same window with its reasons, the weightiest first."""
    said = [
        *_edges(window, scorer),
        *_measures(window, scorer),
        *_shots(window, scorer),
        *_rest(window, scorer),
    ]
    said.sort(key=lambda pair: -pair[0])
    reasons = [sentence for weight, sentence in said[:MOST_REASONS] if weight > 0.4]
    if len(reasons) < LEAST_REASONS:
        reasons = [sentence for _, sentence in said[:LEAST_REASONS]]
    return replace(window, reasons=reasons)


def _edges(window: Window, scorer: Scorer) -> list[tuple[float, str]]:
    edges = scorer.edges
    if window.start_ms <= edges.start_ms and window.end_ms >= edges.end_ms:
        return [(2.0, "The whole video: it is no longer than one clip.")]
    said = [(1.5, _start(window.start_ms, scorer))]
    quality, kind = edges.quality_of(window.end_ms)
    if kind == "pause" or (kind == "cut" and edges.in_pause(window.end_ms)):
        said.append((0.9, "Ends in a pause of the speaker."))
    elif "beat" in kind and quality >= 0.85:
        said.append((0.6, f"Ends on a {'cut and a beat' if 'cut' in kind else 'beat'}."))
    return said


def _start(at_ms: int, scorer: Scorer) -> str:
    edges, tempo = scorer.edges, scorer.seen.sound.tempo_bpm
    _, kind = edges.quality_of(at_ms)
    beat = f"on a beat ({tempo:.0f} BPM)"
    if at_ms == edges.start_ms:
        return "Starts with the video."
    if at_ms in edges.after_blends:
        return "Starts right after a transition."
    if kind == "cut on a beat":
        return f"Starts on a cut and {beat}."
    if kind == "cut":
        pause = " and in a pause of the speaker" if edges.in_pause(at_ms) else ""
        return f"Starts on a cut{pause}."
    if kind == "beat":
        return f"Starts {beat}."
    if kind == "pause":
        return "Starts in a pause of the speaker."
    return "Starts at a calm moment inside a long shot."


def _measures(window: Window, scorer: Scorer) -> list[tuple[float, str]]:
    said = []
    for name, what in MEASURES.items():
        rank = scorer.curves.rank(name, window.start_ms, window.end_ms)
        if rank < 0.7 or (name == "energy" and not scorer.seen.sound.audible):
            continue
        top = max(1, round((1 - rank) * 100 / 5) * 5) if rank < 0.97 else 3
        weight = abs(getattr(scorer.choice.weights, name)) / WEIGHTS.motion
        said.append(
            (rank * (0.6 + 0.6 * min(weight, 2.0)), f"{what} in the top {top} % of the video.")
        )
    seconds = window.duration_ms / 1000
    face_s = scorer.curves.mean("faces", window.start_ms, window.end_ms) * seconds
    if face_s >= 0.3 * seconds:
        said.append((1.2, f"A face is in frame for {face_s:.1f} of {seconds:.1f} s."))
    return said


def _shots(window: Window, scorer: Scorer) -> list[tuple[float, str]]:
    seconds = window.duration_ms / 1000
    cuts = scorer.edges.cuts_between(window.start_ms, window.end_ms)
    if not len(cuts):
        return [(0.5, f"One unbroken shot of {seconds:.1f} s.")]
    on_beat = int(scorer.edges.on_beat(cuts).sum())
    shots = f"{len(cuts) + 1} shots in {seconds:.1f} s"
    if on_beat * 2 > len(cuts):
        return [(1.1, f"{shots}; {on_beat} of {len(cuts)} cuts fall on a beat.")]
    return [(0.55, f"{shots}.")]


def _rest(window: Window, scorer: Scorer) -> list[tuple[float, str]]:
    sound, span = scorer.seen.sound, (window.start_ms, window.end_ms)
    said = []
    if sound.audible:
        loud = sound.lufs_between(*span)
        change = loud - sound.integrated_lufs
        weight = 0.85 if change >= 3 else 0.3
        against = f", {change:.0f} LU above the whole video" if change >= 3 else ""
        said.append((weight, f"Sound at {loud:.0f} LUFS{against}."))
    light = scorer.curves.mean("light", *span)
    said.append((0.2, f"Brightness {light * 100:.0f} of 100."))
    return said
