"""Where the window goes."""

import cv2
import numpy as np
import pytest

from media_assets.analysis.framing import frame_clip
from media_assets.analysis.watch import watch
from tests.render_media import scene, write_film


def framing_of(tmp_path, pictures, start_ms=0, end_ms=None, **how):
    seen = watch(write_film(tmp_path / "f.mp4", pictures, **how))
    return frame_clip(seen, start_ms, end_ms or seen.end_ms)


@pytest.mark.parametrize("subject", [0.2, 0.5, 0.8])
def test_the_subject_is_in_the_vertical_window(tmp_path, subject):
    framing = framing_of(tmp_path, scene(3, 48, subject=subject, speed=4))
    window = framing["formats"]["vertical_1080x1920"]
    assert window["mode"] == "crop"
    assert window["axis"] == "x"
    assert window["window"] == pytest.approx(0.3164, abs=0.001)
    for _, centre in window["keyframes"]:
        assert abs(centre - subject) < window["window"] / 2


def test_the_window_jumps_at_the_cut_and_rests_within_shots(tmp_path):
    pictures = [*scene(3, 48, subject=0.2, speed=3), *scene(4, 48, subject=0.8, speed=3)]
    keyframes = framing_of(tmp_path, pictures)["formats"]["vertical_1080x1920"]["keyframes"]
    assert len(keyframes) == 4
    assert [at for at, _ in keyframes] == [0, 2000, 2000, 4000]
    assert keyframes[0][1] == keyframes[1][1] < 0.4
    assert keyframes[2][1] == keyframes[3][1] > 0.6


def test_a_picture_of_the_right_shape_is_left_whole(tmp_path):
    framing = framing_of(tmp_path, scene(3, 12))
    assert framing["formats"]["landscape_1920x1080"] == {"mode": "whole"}


def test_a_portrait_is_fitted_into_a_landscape(tmp_path):
    framing = framing_of(tmp_path, scene(3, 12, size=(180, 320)))
    assert framing["formats"]["landscape_1920x1080"] == {"mode": "fit"}
    assert framing["formats"]["vertical_1080x1920"] == {"mode": "whole"}
    assert framing["formats"]["square_1080x1080"]["axis"] == "y"


def test_black_bars_are_taken_away(tmp_path):
    pictures = []
    for picture in scene(3, 24):
        wide = np.zeros_like(picture)
        wide[22:158] = cv2.resize(picture, (320, 136))
        pictures.append(wide)
    top, bottom, left, right = framing_of(tmp_path, pictures)["bars"]
    assert top == pytest.approx(22 / 180, abs=0.02)
    assert bottom == pytest.approx(22 / 180, abs=0.02)
    assert left == right == 0
