"""Hearing loudness, tempo, beats, speech and silence."""

import io
import json
import re
import subprocess
from dataclasses import fields
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np
import pytest

from media_assets.analysis.packing import pack_into, unpack_as
from media_assets.analysis.sound import SILENT, Listener, Sound
from tests.benchmarks.tracks import RATE_HZ as TRACK_HZ
from tests.benchmarks.tracks import make_track
from tests.media import REAL_VIDEOS
from tests.render_media import clicks, tone

PROMO = REAL_VIDEOS / "derived_promo_1080p.mp4"
FRIDAY = REAL_VIDEOS / "friday_4x3_people.mp4"


def frames_of(sound, *, rate_hz=48_000, size=1024, start=0, layout="stereo"):
    """The sound as decoded frames: (channels, samples), or one line for both sides."""
    lines = np.vstack([sound, sound]) if sound.ndim == 1 and layout == "stereo" else sound
    lines = np.atleast_2d(lines).astype(np.float32)
    sizes = size if isinstance(size, list) else [size]
    at, turn = 0, 0
    while at < lines.shape[1]:
        piece = np.ascontiguousarray(lines[:, at : at + sizes[turn % len(sizes)]])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.time_base = rate_hz, Fraction(1, rate_hz)
        frame.pts = start + at
        yield frame
        at, turn = at + piece.shape[1], turn + 1


def heard(sound, **how):
    listener = Listener(0.0)
    for frame in frames_of(sound, **how):
        listener.hear(frame)
    return listener.finish()


def heard_file(path):
    with av.open(str(path)) as file:
        listener = Listener((file.start_time or 0) / 1e6)
        for frame in file.decode(audio=0):
            listener.hear(frame)
    return listener.finish()


def assert_same(one, other):
    for each in fields(Sound):
        left, right = getattr(one, each.name), getattr(other, each.name)
        assert np.array_equal(left, right), each.name
        assert np.asarray(left).dtype == np.asarray(right).dtype


def ebur128(path):
    """(momentary, short-term, integrated) by ffmpeg's own meter, every 100 ms."""
    done = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner",
            "-nostdin",
            "-nostats",
            "-i",
            str(path),
            "-map",
            "0:a:0",
            "-af",
            "ebur128",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = re.findall(r"M:\s*(-?[\d.]+|nan)\s*S:\s*(-?[\d.]+|nan)", done.stderr)
    whole = re.findall(r"I:\s*(-?[\d.]+) LUFS", done.stderr)[-1]
    return *np.array(rows, float).T, float(whole)


# --- Loudness -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 22_050, 96_000])
def test_a_sine_has_the_loudness_that_the_standard_gives_it(rate_hz):
    t = np.arange(5 * rate_hz) / rate_hz
    sine = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * t)  # EBU Tech 3341, case 1
    sound = heard(sine, rate_hz=rate_hz)
    assert sound.integrated_lufs == pytest.approx(-23, abs=0.1)
    assert sound.momentary[10:].max() == pytest.approx(-23, abs=0.1)
    assert sound.short_term[-1] == pytest.approx(-23, abs=0.1)


def test_quiet_parts_do_not_count_for_the_whole():
    t = np.arange(48_000 * 6) / 48_000
    sine = np.sin(2 * np.pi * 1000 * t)
    parts = np.concatenate([sine * 10 ** (db / 20) for db in (-45, -23, -45)])
    assert heard(parts).integrated_lufs == pytest.approx(-23, abs=0.3)


def test_surround_counts_more_and_the_deep_channel_not_at_all():
    t = np.arange(48_000 * 4) / 48_000
    sine = (0.05 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    silent = np.zeros_like(sine)

    def loudness(channel):
        lines = [silent] * 6
        lines[channel] = sine
        return heard(np.array(lines), layout="5.1").integrated_lufs

    assert loudness(4) - loudness(0) == pytest.approx(10 * np.log10(1.41), abs=0.02)
    assert loudness(3) < -90


def test_the_curves_are_those_of_ffmpegs_meter(tmp_path):
    path = tmp_path / "noise.wav"
    random = np.random.default_rng(3)
    loud = np.repeat([0.02, 0.2, 0.05, 0.4, 0.001, 0.1], 48_000)
    sound = (loud * random.standard_normal((2, len(loud))) * [[0.3], [0.2]]).astype(np.float32)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=48_000)
        stream.codec_context.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray((sound.T * 32767).astype(np.int16).reshape(1, -1)),
            format="s16",
            layout="stereo",
        )
        frame.sample_rate, frame.pts = 48_000, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    ours = heard_file(path)
    momentary, short_term, whole = ebur128(path)
    count = min(len(momentary), len(ours.momentary))
    assert count >= 58
    assert (
        np.abs(ours.momentary[4:count] - momentary[4:count]).max() < 0.11
    )  # it prints one decimal
    assert np.abs(ours.short_term[30:count] - short_term[30:count]).max() < 0.11
    assert ours.integrated_lufs == pytest.approx(whole, abs=0.1)


def test_loudness_follows_the_sound():
    sound = heard(np.concatenate([tone(4, loud=0.02), tone(4, loud=0.4)]))
    change = sound.db_between(5000, 7000).mean() - sound.db_between(1000, 3000).mean()
    assert change == pytest.approx(26, abs=0.1)


# --- Time -----------------------------------------------------------------------------------------


def test_how_the_frames_are_cut_changes_nothing():
    track = make_track("rock, eighths", bpm=120, extra="chords", seed=1, seconds=12)
    one = heard(track.sound, rate_hz=TRACK_HZ)
    for size in (160, [4096, 1, 333], 50_000):
        assert_same(heard(track.sound, rate_hz=TRACK_HZ, size=size), one)


def test_what_was_stored_comes_back_exactly():
    sound = heard(clicks(8))
    assert len(sound.beats_ms) > 12
    stored = io.BytesIO()
    pack_into(stored, sound, Sound, kind="sound")
    assert_same(unpack_as(stored.getvalue(), Sound, kind="sound"), sound)


def test_sound_that_starts_late_and_has_a_hole_stays_on_the_clock():
    listener = Listener(0.0)
    loud = tone(1, loud=0.3)
    for frame in frames_of(loud, start=48_000 * 2):
        listener.hear(frame)
    for frame in frames_of(loud, start=48_000 * 5):
        listener.hear(frame)
    sound = listener.finish()
    heard_at = np.flatnonzero(sound.db > -40)
    assert set(heard_at) == {*range(20, 30), *range(50, 60)}
    assert sound.silences_ms.tolist()[0] == pytest.approx([0, 2000], abs=30)
    assert sound.silences_ms.tolist()[1] == pytest.approx([3000, 5000], abs=50)


def test_a_change_of_form_in_mid_stream_is_heard_on():
    listener = Listener(0.0)
    for frame in frames_of(tone(2, loud=0.3)):
        listener.hear(frame)
    mono = tone(2, loud=0.3)[: 2 * 44_100]
    for frame in frames_of(mono, rate_hz=44_100, layout="mono", start=2 * 44_100):
        listener.hear(frame)
    sound = listener.finish()
    assert len(sound.power) == pytest.approx(40, abs=1)
    assert (sound.db[:39] > -20).all()


# --- Beats ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bpm", [90.0, 120.0, 150.0])
def test_tempo_and_beats_of_clicks(bpm):
    sound = heard(clicks(16, bpm=bpm))
    assert sound.tempo_bpm == pytest.approx(bpm, rel=0.005)
    assert sound.rhythm > 0.6
    true = 250 + np.arange(int(15.5 * bpm / 60)) * 60_000 / bpm
    apart = [np.abs(sound.beats_ms - beat).min() for beat in true]
    assert np.median(apart) < 8
    assert max(apart) < 30


@pytest.mark.parametrize(
    ("style", "bpm", "extra"),
    [
        ("rock, eighths", 112, "chords and voice"),
        ("breakbeat", 118, "bare"),
        ("waltz", 140, "noise"),
        ("rock, sixteenths", 96, "voice"),
        ("four on the floor", 126, "quiet intro"),
        ("shuffle", 104, "drift"),
    ],
)
def test_beats_of_a_band(style, bpm, extra):
    track = make_track(style, bpm=bpm, extra=extra, seed=11, seconds=24)
    found = heard(track.sound, rate_hz=TRACK_HZ).beats_ms / 1000
    true = track.beats_s[track.beats_s > 5]
    found = found[found > max(4.93, true[0] - 0.07)]
    hits = sum(np.abs(found - beat).min() <= 0.07 for beat in true)
    assert 2 * hits / (len(found) + len(true)) > 0.9


def test_a_steady_tone_has_no_tempo():
    sound = heard(tone(16))
    assert sound.audible
    assert sound.tempo_bpm == 0
    assert len(sound.beats_ms) == 0


# --- Speech, music, silence -----------------------------------------------------------------------


def talking(seconds=12):
    """Syllables of a buzzing voice in words of four, half a second of rest after each."""
    random = np.random.default_rng(8)
    sound = np.zeros(seconds * 48_000, np.float32)
    rests, at = [], 0.2
    while at < seconds - 2:
        for _ in range(4):
            length = random.uniform(0.14, 0.22)
            t = np.arange(int(length * 48_000)) / 48_000
            hz = random.uniform(120, 180) * (1 + 0.1 * t)
            voice = sum(
                np.sin(2 * np.pi * hz * k * t) * np.exp(-(((hz.mean() * k - 700) / 900) ** 2))
                for k in range(1, 20)
            )
            start = int(at * 48_000)
            sound[start : start + len(t)] += 0.15 * voice * np.sin(np.pi * t / length)
            at += length + random.uniform(0.01, 0.06)
        rests.append((at * 1000, (at + 0.5) * 1000))
        at += 0.5
    return sound + 0.0005 * random.standard_normal(len(sound)).astype(np.float32), rests


def test_pauses_are_found_where_somebody_speaks():
    sound, rests = talking()
    found = heard(sound)
    assert found.speech[2:-6].mean() > 0.6
    assert found.music[2:-6].mean() < 0.3
    middles = [(a + b) / 2 for a, b in rests[:-1]]
    caught = [any(a <= at < b for a, b in found.pauses_ms) for at in middles]
    assert np.mean(caught) > 0.9
    assert (np.diff(found.pauses_ms[:-1], axis=1) < 900).all()


def test_a_band_is_music_and_has_no_pauses():
    track = make_track("rock, eighths", bpm=120, extra="chords", seed=3, seconds=16)
    sound = heard(track.sound, rate_hz=TRACK_HZ)
    assert sound.music.mean() > 0.8
    assert sound.speech.mean() < 0.1
    assert len(sound.pauses_ms) == 0


def test_silence_is_heard_as_silence():
    sound = heard(np.zeros(48_000 * 4, np.float32))
    assert not sound.audible
    assert sound.silences_ms.tolist() == [[0, pytest.approx(4000, abs=30)]]


def test_nothing_heard_is_silent():
    assert Listener(0.0).finish() is SILENT
    assert not SILENT.audible


# --- The real films -------------------------------------------------------------------------------


@pytest.mark.skipif(not PROMO.exists(), reason="the real films are not here")
def test_the_promo_keeps_time_and_measures_as_ffmpeg_does():
    sound = heard_file(PROMO)
    truth = json.loads((REAL_VIDEOS / "ground_truth.json").read_text())[PROMO.name]
    true = np.array(truth["beat_times_seconds_used_to_place_cuts"]) * 1000
    assert np.mean([np.abs(sound.beats_ms - beat).min() <= 70 for beat in true]) > 0.9
    assert sound.integrated_lufs == pytest.approx(-17.2, abs=0.1)


@pytest.mark.skipif(not FRIDAY.exists(), reason="the real films are not here")
def test_people_who_talk_are_speech():
    sound = heard_file(FRIDAY)
    assert sound.speech.mean() > 0.5
    assert sound.music.mean() < 0.3
