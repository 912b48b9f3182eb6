"""Loudness of finished sound: what AAC does to it counts."""

from pathlib import Path

import numpy as np
import pytest

from media_assets.analysis.reading import describe
from media_assets.rendering.loudness import gain_for, measure_encoded, measure_file
from media_assets.sample import RATE_HZ, compose
from tests.render_media import scene, write_film

SPAN = {"start_ms": 0, "samples": 5 * RATE_HZ // 1024 * 1024}


@pytest.fixture(scope="module")
def drums(tmp_path_factory):
    """Six seconds of a chorus of the sample: AAC raises the peaks a limiter left by two decibels."""
    sound = compose(30)[:, 23 * RATE_HZ : 29 * RATE_HZ]
    path = tmp_path_factory.mktemp("drums") / "f.mp4"
    return write_film(path, scene(1, 144, size=(96, 54)), sound=np.ascontiguousarray(sound))


def test_encoded_drums_keep_below_what_players_clip(drums):
    path = Path(drums)
    source = describe(path)
    gain = gain_for(path, source, **SPAN)
    heard = measure_encoded(path, source, gain=gain, **SPAN)
    assert heard.lufs == pytest.approx(-14, abs=0.5)
    assert heard.peak_db <= -1.0
    assert "alimiter" in gain


def test_a_gain_is_worked_out_the_same_each_time(drums):
    path = Path(drums)
    source = describe(path)
    assert gain_for(path, source, **SPAN) == gain_for(path, source, **SPAN)


def test_a_plain_sound_of_fitting_peaks_needs_no_limiter(tmp_path):
    quiet = 0.05 * np.sin(np.arange(6 * RATE_HZ) * 2 * np.pi * 440 / RATE_HZ).astype(np.float32)
    path = Path(write_film(tmp_path / "f.mp4", scene(1, 144, size=(96, 54)), sound=quiet))
    gain = gain_for(path, describe(path), **SPAN)
    assert gain.startswith("volume=")
    assert "alimiter" not in gain
    assert measure_file(path).lufs < -20
