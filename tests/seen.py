"""What an analysis could have seen, made up without a film."""

from fractions import Fraction

import numpy as np

from media_assets.analysis.columns import Columns
from media_assets.analysis.picture import Sample
from media_assets.analysis.reading import Source
from media_assets.analysis.rows import Rows
from media_assets.analysis.shots import Change
from media_assets.analysis.sound import SILENT, Sound
from media_assets.analysis.watch import Seen

FPS = 25


def make_seen(
    seconds,
    *,
    cuts_s=(),
    blends_s=(),
    wild_s=(),
    loud_s=(),
    black_s=(),
    colourful_s=(),
    bpm=0.0,
    pauses_s=None,
):
    """A film of so many seconds at 25 frames each. Spans are (start, end) in seconds.

    blends_s: dissolves. wild_s, loud_s, colourful_s: where it moves, sounds, glows. bpm: music on the
    beat of which everything stands; pauses_s: somebody speaks all the time, with these pauses.
    """
    count = seconds * FPS
    times = np.arange(count) / FPS

    def within(spans):
        flags = np.zeros(count, bool)
        for start, end in spans:
            flags |= (times >= start) & (times < end)
        return flags

    black, wild = within(black_s), within(wild_s)
    frames = Columns(
        at_us=np.int64,
        difference=np.float32,
        histogram=np.float32,
        motion=np.float32,
        camera=np.float32,
        mean=np.float32,
        contrast=np.float32,
    )
    for i in range(count):
        motion = 9.0 if wild[i] else 0.8
        light, contrast = (4.0, 2.0) if black[i] else (110.0, 45.0)
        frames.append(int(times[i] * 1e6), 1.0, 0.0, motion, 0.0, light, contrast)
    colourful = within(colourful_s)
    zeros = np.zeros(64, np.float32)
    samples = [
        Sample(
            at_ms=round(times[i] * 1000),
            frame=i,
            sharpness=5.0,
            colour=30.0 if colourful[i] else 8.0,
            mean=4.0 if black[i] else 110.0,
            contrast=2.0 if black[i] else 45.0,
            clipped=0.0,
            bars=None,
            motion_x=zeros,
            motion_y=zeros,
            salient_x=zeros,
            salient_y=zeros,
        )
        for i in range(0, count, 8)
    ]
    changes = [
        Change(round(at * FPS), "cut", 1.0, round(at * FPS) - 1, round(at * FPS)) for at in cuts_s
    ]
    changes += [
        Change(
            round((start + end) / 2 * FPS), "dissolve", 1.0, round(start * FPS), round(end * FPS)
        )
        for start, end in blends_s
    ]
    return Seen(
        source=Source(
            320, 180, 320, 180, Fraction(1), 0, Fraction(FPS), 40_000, 0, 1, 0, seconds * 1_000_000,
            "yuv420p", 1, 1,
        ),
        frames=frames,
        samples=Rows(Sample, samples),
        changes=sorted(changes, key=lambda change: change.frame),
        sound=_sound(seconds, loud_s, bpm, pauses_s),
        end_ms=seconds * 1000,
        bad_packets=0,
    )  # fmt: skip


def _sound(seconds, loud_s, bpm, pauses_s):
    if not (loud_s or bpm or pauses_s is not None):
        return SILENT
    steps = np.arange(seconds * 10) / 10
    power = np.full(len(steps), 1e-4, np.float32)
    for start, end in loud_s:
        power[(steps >= start) & (steps < end)] = 0.03
    likely = np.ones(seconds * 2, np.float32)
    return Sound(
        power=power,
        onset=np.zeros(seconds * 86, np.float32),
        beats_ms=np.arange(0, seconds * 1000, 60_000 / bpm).astype(np.int64)
        if bpm
        else SILENT.beats_ms,
        tempo_bpm=bpm,
        rhythm=0.8 if bpm else 0.0,
        music=likely if bpm else 0 * likely,
        speech=likely if pauses_s is not None else 0 * likely,
        pauses_ms=(np.array(pauses_s or []).reshape(-1, 2) * 1000).astype(np.int64),
    )
