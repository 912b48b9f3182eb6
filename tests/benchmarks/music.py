"""Whether beats, tempo and loudness are heard right, and whether clips begin and end with the music.

Tracks of seed 1 were looked at while the numbers of the beat tracker were chosen, those of seed 2 were
not. As is usual (MIREX), the first five seconds do not count, nor what lies before the first beat.
"""

import atexit
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from media_assets.analysis.choosing import Choice, choose_clips
from media_assets.analysis.sound import Listener
from media_assets.analysis.watch import watch
from media_assets.sample import make_sample
from tests.benchmarks.cost import cost_of
from tests.benchmarks.sources import PROMO
from tests.benchmarks.table import Row, cpu_and_wall_s
from tests.benchmarks.tracks import EXTRAS, RATE_HZ, STYLES, tracks
from tests.media import REAL_VIDEOS

TITLE = "Music"
NEAR_S = 0.07
SKIPPED_S = 5.0
SAMPLE_S = 60
CHOICES = [
    Choice(),
    Choice(count=5),
    Choice(count=8, min_ms=3_000, max_ms=12_000),
    Choice(count=2, min_ms=12_000, max_ms=30_000),
]


def rows():
    """Beats of made tracks and of a real one, the loudness curve, the edges of clips."""
    answer = []
    for name, seed in (("looked at", 1), ("held out", 2)):
        answer += _beat_rows(
            name, cost_of(lambda seed=seed: [_heard(t) for t in tracks(seed, tempi=1)])[1]
        )
    if PROMO.exists():
        answer += _promo_rows(cost_of(_promo)[1])
    answer += _edge_rows()
    return answer


# --- Beats ----------------------------------------------------------------------------------------


def _heard(track):
    """(name, F, F at half or double the beat, tempo found, tempo)."""
    listener = Listener(0.0)
    for frame in _frames(track.sound):
        listener.hear(frame)
    sound = listener.finish()
    found, true = sound.beats_ms / 1000, track.beats_s
    levels = [f_measure(found, true)]
    levels += [f_measure(found[phase::2], true) for phase in (0, 1)]
    levels += [f_measure(found, true[phase::2]) for phase in (0, 1)]
    return track.name, levels[0], max(levels), sound.tempo_bpm, track.bpm


def f_measure(found, true):
    """Of beats within NEAR_S, each counted once."""
    since = max(SKIPPED_S, true[0] - NEAR_S)
    found, true = found[found >= since], true[true >= since]
    free, hits = set(range(len(found))), 0
    for beat in true:
        near = [number for number in free if abs(found[number] - beat) <= NEAR_S]
        if near:
            free.remove(min(near, key=lambda number: abs(found[number] - beat)))
            hits += 1
    return 2 * hits / max(len(found) + len(true), 1)


def _beat_rows(name, heard):
    strict = np.array([each[1] for each in heard])
    level = np.array([each[2] for each in heard])
    tempo = np.array([_octaves_off(found, true) for _, _, _, found, true in heard])
    steady = np.array([not each[0].endswith("drift") for each in heard])
    right = float((tempo[steady] < 0.02).mean())
    table = [
        Row(
            f"beats of {len(heard)} tracks {name}, F at ±70 ms",
            f"{strict.mean():.3f}",
            f"{level.mean():.3f} where half and double the beat count as right; the goal is 0.9",
            f"{(strict >= 0.9).mean():.0%} of tracks at 0.9",
        ),
        Row(
            f"tempo of the {int(steady.sum())} of them without drift, within 2 %, up to an octave",
            f"{right:.0%}",
            "–",
            "–",
        ),
    ]
    for kinds, belongs in (
        (STYLES, lambda track, kind: track.startswith(f"{kind}, ")),
        (EXTRAS, lambda track, kind: track.endswith(f" bpm, {kind}")),
    ):
        worst = sorted(
            (float(np.mean([each[1] for each in heard if belongs(each[0], kind)])), kind)
            for kind in kinds
        )
        said = ", ".join(f"{kind} {value:.2f}" for value, kind in worst[:4])
        table.append(Row(f"beats of tracks {name}: the weakest kinds", said, "–", "–"))
    return table


def _octaves_off(found, true):
    """How far the tempo is off, an octave more or less forgiven."""
    if not found:
        return 1.0
    return min(abs(found * times / true - 1) for times in (0.5, 1, 2))


def _frames(sound):
    from fractions import Fraction

    import av

    for at in range(0, len(sound), 4096):
        piece = np.ascontiguousarray(sound[None, at : at + 4096], np.float32)
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, Fraction(1, RATE_HZ)
        yield frame


# --- The real film --------------------------------------------------------------------------------


def _promo():
    import av

    with av.open(str(PROMO)) as file:
        origin_s = (file.start_time or 0) / 1e6
        frames = list(file.decode(audio=0))
    kept = []

    def hear():
        listener = Listener(origin_s)
        for frame in frames:
            listener.hear(frame)
        kept.append(listener.finish())

    cpu_s, _ = cpu_and_wall_s(hear)
    (sound,) = kept
    truth = json.loads((REAL_VIDEOS / "ground_truth.json").read_text())[PROMO.name]
    true = np.array(truth["beat_times_seconds_used_to_place_cuts"])
    found = sound.beats_ms / 1000
    momentary, short_term, whole = _ebur128()
    count = min(len(momentary), len(sound.momentary))
    off = np.abs(sound.momentary[4:count] - momentary[4:count])
    off_short = np.abs(sound.short_term[30:count] - short_term[30:count])
    return {
        "cpu_s": cpu_s,
        "f": f_measure(found, true),
        "tempo": sound.tempo_bpm,
        "true_tempo": 60 / float(np.median(np.diff(true))),
        "momentary": [float(np.percentile(off, 99)), float(off.max())],
        "short_term": float(off_short.max()),
        "whole": [sound.integrated_lufs, whole],
    }


def _ebur128():
    """(momentary, short-term, integrated) of the promo by ffmpeg's meter."""
    done = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats"),
            *("-i", str(PROMO), "-map", "0:a:0", "-af", "ebur128", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = re.findall(r"M:\s*(-?[\d.]+|nan)\s*S:\s*(-?[\d.]+|nan)", done.stderr)
    momentary, short_term = np.array(pairs, float).T
    return momentary, short_term, float(re.findall(r"I:\s*(-?[\d.]+) LUFS", done.stderr)[-1])


def _promo_rows(facts):
    ours, meter = facts["whole"]
    return [
        Row(
            "beats of the promo, F at ±70 ms",
            f"{facts['f']:.3f}, {facts['tempo']:.1f} bpm",
            f"the beats that its cuts were placed on, {facts['true_tempo']:.1f} bpm",
            "–",
        ),
        Row(
            "loudness of the promo, against ffmpeg's ebur128",
            f"{ours:.2f} LUFS",
            f"{meter:.1f} LUFS; momentary off by {facts['momentary'][0]:.2f} (99 %) and"
            f" {facts['momentary'][1]:.2f} LU at most, short-term by {facts['short_term']:.2f} LU",
            "–",
        ),
        Row("hearing 60 s of the promo", f"{facts['cpu_s']:.2f} s CPU", "–", "–"),
    ]


# --- Edges ----------------------------------------------------------------------------------------


def _edge_rows():
    films = {f"the sample, {SAMPLE_S} s": _sample()}
    if PROMO.exists():
        films["the promo"] = PROMO
    table = []
    for name, path in films.items():
        near, count = cost_of(lambda path=path: _edges(path))[1]
        table.append(
            Row(
                f"edges of clips of {name} within one frame of a beat or a cut",
                f"{near} of {count}",
                "the goal is 95 %",
                f"{near / count:.0%}",
            )
        )
    return table


def _sample():
    folder = Path(tempfile.mkdtemp(prefix="stakazo-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cost_of(lambda: str(make_sample(folder / "sample.mp4", seconds=SAMPLE_S)))
    return folder / "sample.mp4"


def _edges(path):
    """(edges within one frame of a cut or a beat, all edges inside the film), for all CHOICES."""
    seen = watch(path)
    frame_ms = 1000 / float(seen.source.rate)
    cuts = [shot.start_ms for shot in seen.shots]
    places = np.array(sorted([*cuts, seen.end_ms, *seen.sound.beats_ms.tolist()]))
    edges = [
        at
        for choice in CHOICES
        for window in choose_clips(seen, choice).clips
        for at in (window.start_ms, window.end_ms)
    ]
    near = sum(bool(np.abs(places - at).min() <= frame_ms + 1) for at in edges)
    return near, len(edges)
