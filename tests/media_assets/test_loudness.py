"""Loudness: measured, raised or lowered, limited only where peaks ask for it."""

from pathlib import Path

import numpy as np
import pytest

from media_assets.analysis.reading import describe
from media_assets.rendering.checking import faults_of_loudness
from media_assets.rendering.loudness import measure_file, settle
from media_assets.rendering.sounds import ClipSound
from media_assets.sample import RATE_HZ, compose
from tests.media import ffmpeg
from tests.render_media import clicks, scene, tone, write_film

SPAN = {"start_ms": 500, "samples": 4 * 48 * 1024}


def settled(folder, sound):
    path = Path(write_film(folder / "f.mp4", scene(1, 144, size=(96, 54)), sound=sound))
    return settle(ClipSound(path, describe(path), **SPAN), folder)


def rising_and_falling(seconds, *, loud):
    """A hum that is there and not there, as words are."""
    gate = (np.arange(int(seconds * RATE_HZ)) // (RATE_HZ // 4)) % 3 > 0
    return tone(seconds, hz=300, loud=loud) * (0.15 + 0.85 * gate)


@pytest.fixture(scope="module")
def drums(tmp_path_factory):
    """Six seconds of a chorus of the sample: AAC raises the peaks a limiter left by two decibels."""
    sound = compose(30)[:, 23 * RATE_HZ : 29 * RATE_HZ]
    path = tmp_path_factory.mktemp("drums") / "f.mp4"
    film = write_film(path, scene(1, 144, size=(96, 54)), sound=np.ascontiguousarray(sound))
    return Path(film)


def test_encoded_drums_keep_below_what_players_clip(drums, tmp_path):
    found = [
        settle(ClipSound(drums, describe(drums), **SPAN), folder) for folder in (tmp_path, tmp_path)
    ]
    assert found[0].heard.lufs == pytest.approx(-14, abs=0.5)
    assert found[0].heard.peak_db <= -1.0
    assert "alimiter" in found[0].gain
    assert found[0] == found[1]


def test_a_plain_sound_of_fitting_peaks_needs_no_limiter(tmp_path):
    found = settled(tmp_path, tone(6, loud=0.05))
    assert found.gain.startswith("volume=")
    assert "alimiter" not in found.gain
    assert measure_file(tmp_path / "f.mp4").lufs < -20
    assert found.heard.lufs == pytest.approx(-14, abs=0.5)


def test_a_whisper_is_raised_as_far_as_it_needs(tmp_path):
    found = settled(tmp_path, rising_and_falling(6, loud=0.002))
    assert measure_file(tmp_path / "f.mp4").lufs < -50
    assert found.left == ""
    assert found.heard.lufs == pytest.approx(-14, abs=0.5)
    assert found.heard.peak_db <= -1.0


# --- Sounds that a plain gain does not bring there ------------------------------------------------


def talk(seconds, *, loud):
    """Noise of about a voice's width that rises and falls like one."""
    count, random = int(seconds * RATE_HZ), np.random.default_rng(3)
    noise = np.convolve(random.standard_normal(count), np.ones(24) / 6, "same")
    marks = np.arange(0, count + 4800, 4800)
    return (noise * np.interp(np.arange(count), marks, random.uniform(0.05, 1, len(marks)))) * loud


def talk_with_far_peaks():
    sound = talk(6, loud=0.01)
    for at in (52_800, 211_200):
        sound[at : at + 30] += 0.9 * np.hanning(30)
    return sound


def sparse_drums():
    beat = np.sin(2 * np.pi * 60 * np.arange(9600) / RATE_HZ) * np.exp(-np.arange(9600) / 2000)
    sound = np.zeros(6 * RATE_HZ)
    for at in range(0, len(sound), RATE_HZ):
        sound[at : at + 9600] = beat * 0.8
    return sound


def strings_from_a_breath_to_full():
    t = np.arange(9 * RATE_HZ) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * hz * t) / n for n, hz in enumerate((220, 330, 441, 663), 1))
    return chord * 0.3 * 10 ** (np.interp(t, [0, 4, 6, 7, 9], [-50, -40, -6, -6, -45]) / 20)


SOUNDS = {
    "far peaks": talk_with_far_peaks,
    "sparse drums": sparse_drums,
    "classical": strings_from_a_breath_to_full,
    "clicks over hiss": lambda: clicks(6, bpm=60),
    "soft noise": lambda: np.random.default_rng(3).standard_normal(6 * RATE_HZ) * 0.007,
    "late sound": lambda: np.concatenate([np.zeros(3 * RATE_HZ), talk(3, loud=0.02)]),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_whatever_is_meant_to_be_heard_has_our_loudness(tmp_path, name):
    sound = np.clip(SOUNDS[name](), -1, 1).astype(np.float32)
    found = settled(tmp_path, sound)
    heard = measure_file(found.path)  # of the encoded track, as players get it
    assert found.left == ""
    assert heard.lufs == pytest.approx(-14, abs=0.5)
    assert heard.peak_db <= -1.0


@pytest.mark.parametrize("channels", [1, 6])
def test_mono_and_surround_have_it_too(tmp_path, channels):
    film = write_film(tmp_path / "f.mp4", scene(1, 144, size=(96, 54)), sound=tone(6, loud=0.02))
    path = tmp_path / "g.mp4"
    ffmpeg("-i", film, "-c:v", "copy", "-c:a", "aac", "-ac", channels, path)
    heard = measure_file(settle(ClipSound(path, describe(path), **SPAN), tmp_path).path)
    assert heard.lufs == pytest.approx(-14, abs=0.5)
    assert heard.peak_db <= -1.0


# --- What is left as it is ------------------------------------------------------------------------


def test_the_noise_of_a_room_is_left_as_it_is(tmp_path):
    hiss = np.random.default_rng(1).standard_normal(6 * RATE_HZ).astype(np.float32) * 0.001
    found = settled(tmp_path, hiss)
    assert (found.gain, found.left) == ("", "room noise")
    assert found.heard.lufs == pytest.approx(measure_file(tmp_path / "f.mp4").lufs, abs=0.5)
    assert not faults_of_loudness(found)


def test_clicks_with_nothing_between_stay_clicks(tmp_path):
    sound = np.zeros(6 * RATE_HZ, np.float32)
    sound[RATE_HZ :: 2 * RATE_HZ] = 0.9
    found = settled(tmp_path, sound)
    assert found.left == "only peaks"
    assert found.heard.peak_db <= -1.0
    assert not faults_of_loudness(found)


def test_silence_stays_silence(tmp_path):
    found = settled(tmp_path, np.zeros(6 * RATE_HZ, np.float32))
    assert (found.gain, found.left) == ("", "silence")
    assert found.heard.lufs <= -70
