"""Music made of nothing, whose beats are known: drums of many styles, with and without company."""

import itertools
from dataclasses import dataclass

import numpy as np

RATE_HZ = 22_050

# style → (beats in a bar, steps in a beat, {drum: {step of the bar: loudness}}, tempi it is played at).
# k: bass drum, s: snare, h: hi-hat, r: ride, c: clap or rim.
STYLES = {
    "rock, eighths": (4, 2, {"k": {0: 1, 4: 0.9, 5: 0.5}, "s": {2: 1, 6: 1}, "h": dict.fromkeys(range(8), 0.4)}, (84, 160)),
    "rock, sixteenths": (4, 4, {"k": {0: 1, 8: 0.9, 10: 0.6}, "s": {4: 1, 12: 1}, "h": {i: 0.4 if i % 2 == 0 else 0.2 for i in range(16)}}, (60, 110)),
    "four on the floor": (4, 2, {"k": dict.fromkeys((0, 2, 4, 6), 1), "c": {2: 0.7, 6: 0.7}, "h": {1: 0.5, 3: 0.5, 5: 0.5, 7: 0.5}}, (100, 150)),
    "breakbeat": (4, 4, {"k": {0: 1, 2: 0.7, 10: 0.9}, "s": {4: 1, 7: 0.4, 9: 0.4, 12: 1, 15: 0.4}, "h": dict.fromkeys(range(0, 16, 2), 0.35)}, (90, 140)),
    "drum and bass": (4, 4, {"k": {0: 1, 10: 1}, "s": {4: 1, 12: 1, 7: 0.3}, "h": dict.fromkeys(range(0, 16, 2), 0.4)}, (160, 180)),
    "punk": (4, 2, {"k": {0: 1, 4: 1, 3: 0.6}, "s": {2: 1, 6: 1}, "h": dict.fromkeys((0, 2, 4, 6), 0.5)}, (150, 190)),
    "waltz": (3, 2, {"k": {0: 1}, "s": {2: 0.6, 4: 0.6}, "h": dict.fromkeys((0, 2, 4), 0.3)}, (84, 180)),
    "swing": (4, 3, {"k": {0: 0.5, 6: 0.5}, "c": {3: 0.6, 9: 0.6}, "r": {0: 0.7, 3: 0.8, 5: 0.5, 6: 0.7, 9: 0.8, 11: 0.5}}, (90, 180)),
    "shuffle": (4, 3, {"k": {0: 1, 6: 1, 5: 0.5}, "s": {3: 1, 9: 1}, "h": {i: 0.4 for i in range(12) if i % 3 != 1}}, (80, 140)),
    "son clave": (4, 4, {"c": {0: 0.9, 3: 0.9, 6: 0.9, 10: 0.9, 12: 0.9}, "k": {0: 0.8, 8: 0.8, 6: 0.4, 14: 0.4}, "h": dict.fromkeys(range(0, 16, 2), 0.3)}, (85, 125)),
    "reggaeton": (4, 4, {"k": dict.fromkeys((0, 4, 8, 12), 1), "s": dict.fromkeys((3, 6, 11, 14), 0.8), "h": dict.fromkeys(range(0, 16, 2), 0.2)}, (85, 105)),
    "ballad": (4, 2, {"k": {0: 0.9, 5: 0.6}, "s": {2: 0.7, 6: 0.7}, "h": dict.fromkeys(range(8), 0.25)}, (60, 84)),
}  # fmt: skip
EXTRAS = ("bare", "chords", "voice", "noise", "quiet intro", "drift", "chords and voice")


@dataclass(frozen=True)
class Track:
    """Sound at RATE_HZ, and when its beats are, in seconds."""

    name: str
    sound: np.ndarray
    beats_s: np.ndarray
    bpm: float


def make_track(style: str, *, bpm: float, extra: str, seed: int, seconds: float = 40.0) -> Track:
    """One track; the same arguments make the same samples."""
    random = np.random.default_rng([seed, *map(ord, style + extra)])
    per_bar, per_beat, drums, _ = STYLES[style]
    first_s = float(random.uniform(0.05, 1.5)) + (7.0 if extra == "quiet intro" else 0.0)
    beats_s = _beat_times(first_s, bpm, seconds, random, drifts=extra == "drift")
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    kit = _kit(random)
    human_s = float(random.uniform(0, 0.006))
    for number in range(len(beats_s) - 1):
        length_s = beats_s[number + 1] - beats_s[number]
        for step in range(per_beat):
            in_bar = number % per_bar * per_beat + step
            at_s = beats_s[number] + length_s * step / per_beat + random.normal(0, human_s)
            for drum, steps in drums.items():
                if in_bar in steps:
                    loud = steps[in_bar] * random.uniform(0.8, 1.0)
                    _add(sound, kit[drum] * np.float32(loud), at_s)
    if extra in ("chords", "quiet intro", "chords and voice", "drift"):
        begin = 0.0 if extra == "quiet intro" else first_s
        sound += 0.5 * _chords(beats_s[::per_bar], len(sound), begin, random)
    if extra in ("voice", "chords and voice"):
        sound += 0.45 * _voice(beats_s, len(sound), random)
    if extra == "noise":
        sound += random.normal(0, 0.05, len(sound)).astype(np.float32)
    sound += random.normal(0, 0.0005, len(sound)).astype(np.float32)
    name = f"{style}, {bpm:.0f} bpm, {extra}"
    return Track(name, 0.5 * sound / np.abs(sound).max(), beats_s[:-1], bpm)


def tracks(seed: int, *, tempi: int = 3) -> list[Track]:
    """Every style with every extra, at `tempi` tempi each."""
    random = np.random.default_rng(seed)
    return [
        make_track(style, bpm=float(random.uniform(*span)), extra=extra, seed=seed + turn)
        for style, (*_, span) in STYLES.items()
        for extra in EXTRAS
        for turn in range(tempi)
    ]


def _beat_times(first_s, bpm, seconds, random, *, drifts):
    """Even beats; or ones that get up to a tenth faster or slower on the way."""
    change = float(random.uniform(-0.1, 0.1)) if drifts else 0.0
    times = [first_s]
    while times[-1] < seconds - 0.3:
        along = (times[-1] - first_s) / (seconds - first_s)
        times.append(times[-1] + 60 / (bpm * (1 + change * along)))
    return np.array(times)


def _kit(random):
    t = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    hiss = random.standard_normal(len(t))
    sharp = np.diff(hiss, prepend=0)
    pitch = random.uniform(48, 62)
    kick = np.sin(2 * np.pi * (pitch * t + 8 * (1 - np.exp(-t * 30)) / 2)) * np.exp(-t * 14)
    return {
        name: sound.astype(np.float32)
        for name, sound in {
            "k": kick + 0.1 * hiss * np.exp(-t * 300),
            "s": 0.5 * hiss * np.exp(-t * 22) + 0.4 * np.sin(2 * np.pi * 190 * t) * np.exp(-t * 25),
            "h": 0.3 * sharp * np.exp(-t * 70),
            "r": 0.25 * sharp * np.exp(-t * 12) + 0.05 * np.sin(2 * np.pi * 3100 * t) * np.exp(-t * 9),
            "c": 0.5 * hiss * np.exp(-t * 45) + 0.2 * np.sin(2 * np.pi * 900 * t) * np.exp(-t * 60),
        }.items()
    }  # fmt: skip


def _add(sound, piece, at_s):
    start = round(at_s * RATE_HZ)
    if start < 0:
        return
    room = min(len(piece), len(sound) - start)
    if room > 0:
        sound[start : start + room] += piece[:room]


def _chords(bars_s, size, begin_s, random):
    """Sustained harmony that changes with the bar, swelling softly."""
    out = np.zeros(size, np.float32)
    edges = [begin_s, *[each for each in bars_s if each > begin_s + 0.5], size / RATE_HZ]
    if begin_s == 0.0:  # an intro of chords, two seconds each
        intro = np.arange(0.0, max(bars_s[0] - 1.0, 0.1), 2.0)
        edges = [*intro, *bars_s, size / RATE_HZ]
    root = random.uniform(110, 180)
    for start_s, end_s in itertools.pairwise(edges):
        a, b = round(start_s * RATE_HZ), min(round(end_s * RATE_HZ), size)
        t = np.arange(b - a) / RATE_HZ
        degree = random.choice([0, 5, 7, 9])
        for third in (0, 4, 7):
            hz = root * 2 ** ((degree + third) / 12)
            for harmonic in range(1, 5):
                out[a:b] += (0.1 / harmonic * np.sin(2 * np.pi * hz * harmonic * t + third)).astype(
                    np.float32
                )
        soft = np.minimum(1, np.minimum(t, t[-1:] - t) / 0.08) if len(t) else t
        out[a:b] *= soft.astype(np.float32)
    return out


def _voice(beats_s, size, random):
    """A line with vibrato and glides whose notes begin mostly beside the beat."""
    out = np.zeros(size, np.float32)
    phase, at_s = 0.0, float(beats_s[0])
    while at_s < size / RATE_HZ - 0.2:
        length_s = float(random.choice([0.25, 0.4, 0.7, 1.1]))
        a, b = round(at_s * RATE_HZ), min(round((at_s + length_s) * RATE_HZ), size)
        t = np.arange(b - a) / RATE_HZ
        hz = random.choice([220, 247, 277, 330, 370]) * (1 + 0.015 * np.sin(2 * np.pi * 5.5 * t))
        angle = phase + 2 * np.pi * np.cumsum(hz) / RATE_HZ
        phase = float(angle[-1]) if len(angle) else phase
        shape = np.minimum(1, np.minimum(t / 0.06, (t[-1:] - t) / 0.08)) if len(t) else t
        for harmonic in range(1, 9):
            strength = 0.5 * np.exp(-(((harmonic * 280 - 700) / 600) ** 2)) + 0.1 / harmonic
            out[a:b] += (0.4 * strength * np.sin(harmonic * angle) * shape).astype(np.float32)
        at_s += length_s + float(random.choice([0.05, 0.15, 0.4]))
    return out
