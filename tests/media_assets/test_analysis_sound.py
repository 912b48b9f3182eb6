"""Hearing tempo, beats and silence."""

import numpy as np
import pytest

from media_assets.analysis.watch import watch
from tests.render_media import clicks, scene, tone, write_film


def heard(tmp_path, sound, seconds=16):
    pictures = scene(1, seconds * 10, size=(64, 48))
    return watch(write_film(tmp_path / "f.mp4", pictures, fps=10, sound=sound)).sound


@pytest.mark.parametrize("bpm", [90.0, 120.0, 150.0])
def test_tempo_and_beats_are_found(tmp_path, bpm):
    sound = heard(tmp_path, clicks(16, bpm=bpm))
    assert sound.tempo_bpm == pytest.approx(bpm, rel=0.01)
    assert sound.rhythm > 0.6
    true = 250 + np.arange(int(15.5 * bpm / 60)) * 60_000 / bpm
    apart = [np.abs(sound.beats_ms - beat).min() for beat in true]
    assert np.median(apart) < 15
    assert max(apart) < 40


def test_a_steady_tone_has_no_tempo(tmp_path):
    sound = heard(tmp_path, tone(16))
    assert sound.audible
    assert sound.tempo_bpm == 0
    assert len(sound.beats_ms) == 0


def test_silence_is_heard_as_silence(tmp_path):
    assert not heard(tmp_path, np.zeros(48_000 * 4, np.float32), seconds=4).audible


def test_a_film_without_sound_has_none(tmp_path):
    assert not heard(tmp_path, None, seconds=2).audible


def test_loudness_follows_the_sound(tmp_path):
    sound = heard(tmp_path, np.concatenate([tone(4, loud=0.02), tone(4, loud=0.4)]), seconds=8)
    assert sound.db_between(5000, 7000).mean() - sound.db_between(1000, 3000).mean() == (
        pytest.approx(26, abs=2)
    )
