"""The window over the picture: that what is rendered is what the framing says."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from media_assets.analysis.camera import centre_at
from media_assets.analysis.reading import describe
from media_assets.formats import FORMATS
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import graph
from media_assets.rendering.ffmpeg import run_ffmpeg
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.sounds import input_arguments
from media_assets.rendering.windows import (
    chosen_by_time,
    crop_size,
    path_pieces,
    picture_size,
    runs_of,
    segments_of,
)
from tests.render_media import pictures_of, write_film

VERTICAL = "vertical_1080x1920"
NO_BARS = [0, 0, 0, 0]


def segment(start_ms, end_ms, *keyframes, window=0.31641, zoom=1.0, bars=NO_BARS, axis="x"):
    return {
        "start_ms": start_ms, "end_ms": end_ms, "mode": "hold", "bars": bars, "axis": axis,
        "window": window, "zoom": zoom, "keyframes": [list(point) for point in keyframes],
    }  # fmt: skip


def shown(film, framing, end_ms, *, name=VERTICAL):
    """The pictures of a format, a third of its size: the windows are what matters here."""
    clip = Clip(
        video_asset=VideoAsset(sha256="0" * 64),
        start_ms=0,
        end_ms=end_ms,
        framing={"version": 2, "bars": NO_BARS, "formats": {name: framing}},
    )
    target = FORMATS[name]
    small = replace(target, width_px=target.width_px // 6 * 2, height_px=target.height_px // 6 * 2)
    return rendered(film, plan_variant(clip, describe(film), small))


def rendered(film, plan):
    """The pictures of a plan for a clip at the start of a film, nearly as the encoder got them."""
    output = film.parent / f"{plan.recipe_hash}.mp4"
    chains = graph.picture_chains(describe(film), [plan], start_ms=0)
    run_ffmpeg(
        [
            *("-v", "error", *input_arguments(film, describe(film), 0)),
            *("-filter_complex", ";".join(chains), "-map", "[v0]", "-c:v", "libx264"),
            *("-preset", "ultrafast", "-crf", "12", f"file:{output}"),
        ]
    )
    return pictures_of(output)


def ramp(frames, *, size=(640, 360)):
    """Pictures whose grey says how far to the right a place is; the grey above says which frame."""
    width, height = size
    across = np.linspace(20, 240, width).astype(np.uint8)[:, None]
    for number in range(frames):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:] = across
        picture[: height // 4] = 20 + number * 4
        yield picture


def place_of(picture):
    """Where in the ramp the middle of a picture comes from, as a share; coding costs 0.02."""
    height, width = picture.shape[:2]
    middle = picture[height // 2 - 4 : height // 2 + 4, width // 2 - 3 : width // 2 + 3]
    return (float(middle.mean()) - 20) / 220


def test_a_window_that_grew_shows_a_smaller_picture_over_a_blurred_one(tmp_path):
    pictures = []
    for _ in range(12):
        picture = np.full((360, 640, 3), 200, np.uint8)
        cv2.rectangle(picture, (260, 0), (380, 359), (0, 0, 255), 6)
        pictures.append(picture)
    film = write_film(tmp_path / "f.mp4", pictures)
    zoom, window = 0.72, 0.31641 / 0.72
    framing = {
        "mode": "windows",
        "segments": [segment(0, 500, (0, 0.5, 0), window=window, zoom=zoom)],
    }
    picture = shown(film, framing, 500)[6]
    height, width = picture.shape[:2]
    assert (width, height) == (360, 640)
    inner = round(height * zoom / 2)
    inside = picture[height // 2 - inner + 12 : height // 2 + inner - 12]
    outside = picture[: height // 2 - inner - 12]
    assert inside[:, 5:20].mean() == pytest.approx(200, abs=6)
    assert outside.mean() < 150  # the background is darker
    red = (inside[..., 2].astype(int) - inside[..., 1]).max(axis=0) > 80
    columns = np.flatnonzero(red)
    # The rectangle is 126 of 640 pixels wide; the window shows 0.4395 of them on all the width.
    assert np.ptp(columns) == pytest.approx(126 / (640 * window) * width, abs=5)
    assert columns.mean() == pytest.approx(width / 2, abs=4)


def test_windows_change_size_exactly_at_the_cut_and_no_frame_is_lost(tmp_path):
    film = write_film(tmp_path / "f.mp4", ramp(48))
    framing = {
        "mode": "windows",
        "segments": [
            segment(0, 500, (0, 0.2, 0)),
            segment(500, 1000, (500, 0.7, 0), window=0.45, zoom=0.70313),
            segment(1000, 1500, (1000, 0.8, 0)),
            segment(1500, 2000, (1500, 0.3, 0)),
        ],
    }
    pictures = shown(film, framing, 2000)
    assert len(pictures) == 48
    above = [picture[112:144, 170:190].mean() for picture in pictures]
    numbers = [round((grey - above[0]) / 4) for grey in above]
    assert numbers == list(range(48))  # each frame once, in order
    places = [place_of(picture) for picture in pictures]
    expected = [0.2] * 12 + [0.7] * 12 + [0.8] * 12 + [0.3] * 12
    assert places == pytest.approx(expected, abs=0.03)
    smaller = [
        picture[20:60].mean() < 0.8 * grey for picture, grey in zip(pictures, above, strict=True)
    ]
    assert smaller == [False] * 12 + [True] * 12 + [False] * 24


def test_a_moving_window_goes_where_its_keyframes_say(tmp_path):
    film = write_film(tmp_path / "f.mp4", ramp(48))
    keyframes = [(0, 0.3, 0), (500, 0.3, 0), (1000, 0.345, 0.18), (1500, 0.435, 0.18), (2000, 0.48, 0)]  # fmt: skip
    framing = {"mode": "windows", "segments": [segment(0, 2000, *keyframes)]}
    places = [place_of(picture) for picture in shown(film, framing, 2000)]
    expected = [centre_at(keyframes, 1000 * number / 24) for number in range(48)]
    assert places == pytest.approx(expected, abs=0.03)
    assert np.diff(places) == pytest.approx(np.diff(expected), abs=0.009)


def test_a_window_that_moves_down_keeps_the_width(tmp_path):
    film = write_film(
        tmp_path / "f.mp4", [np.rot90(picture, 3).copy() for picture in ramp(12)]
    )  # the ramp goes down
    segments = [segment(0, 500, (0, 0.3, 0), window=0.5625, axis="y")]
    pictures = shown(film, {"mode": "windows", "segments": segments}, 500, name="square_1080x1080")
    assert [place_of(picture) for picture in pictures] == pytest.approx([0.3] * 12, abs=0.03)


def test_each_shot_can_have_bars_of_its_own(tmp_path):
    pictures = []
    for number in range(24):
        picture = np.full((360, 640, 3), 180, np.uint8)
        if number >= 12:
            picture[:44] = picture[-44:] = 0
        pictures.append(picture)
    film = write_film(tmp_path / "f.mp4", pictures)
    barred = [0.1278, 0.1278, 0, 0]
    segments = [
        segment(0, 500, (0, 0.5, 0)),
        segment(500, 1000, (500, 0.5, 0), window=0.2356, bars=barred),
    ]
    for picture in shown(film, {"mode": "windows", "segments": segments}, 1000):
        assert picture.min() > 150


# --- Parts ----------------------------------------------------------------------------------------


def test_shots_alike_are_one_run():
    segments = [
        segment(0, 1000, (0, 0.2, 0)),
        segment(1000, 2000, (1000, 0.6, 0), window=0.24, bars=[0.12, 0.12, 0, 0]),
        segment(2000, 2010, (2000, 0.5, 0), window=0.5, zoom=0.63),
        segment(2010, 3000, (2010, 0.4, 0), window=0.5, zoom=0.63),
    ]

    def frames(alike):
        found = runs_of(segments, Fraction(25), 75, alike=alike)
        return [(run.first_frame, run.end_frame, len(run.segments)) for run in found]

    assert frames(picture_size) == [(0, 50, 2), (50, 75, 1)]
    assert frames(crop_size) == [(0, 25, 1), (25, 50, 1), (50, 75, 1)]


def test_a_path_is_smooth_within_a_shot_and_rests_after_its_last_keyframe():
    pieces = path_pieces([(0.0, 10.0, 0.0), (1.0, 10.0, 0.0), (3.0, 50.0, 40.0)], 4.0)
    assert [until for until, _ in pieces] == [1.0, 3.0, 4.0]
    assert (pieces[0][1], pieces[2][1]) == ("10.0", "50.0")
    value = {t: eval(pieces[1][1], {"t": t}) for t in (1.0, 2.0, 3.0)}
    assert value == pytest.approx({1.0: 10.0, 2.0: 20.0, 3.0: 50.0}, abs=0.1)


def test_hundreds_of_keyframes_stay_within_the_depth_that_ffmpeg_allows():
    text = chosen_by_time([(float(at), f"{at}.0") for at in range(600)])
    depth = max(text[:place].count("(") - text[:place].count(")") for place in range(len(text)))
    assert depth < 30


@pytest.mark.parametrize("mode", ["crop", "fit", "whole"])
def test_framing_of_the_first_version_still_has_windows(tmp_path, mode):
    film = write_film(tmp_path / "f.mp4", ramp(12))
    old = {"mode": mode, "axis": "x", "window": 0.3164, "keyframes": [[0, 0.2], [200, 0.2], [200, 0.8], [500, 0.7]]}  # fmt: skip
    clip = Clip(
        video_asset=VideoAsset(sha256="0" * 64), start_ms=0, end_ms=500,
        framing={"bars": NO_BARS, "formats": {VERTICAL: old}},
    )  # fmt: skip
    plan = plan_variant(clip, describe(film), FORMATS[VERTICAL])
    segments = segments_of(plan)
    spans = {"crop": [(0, 200), (200, 500)], "fit": [(0, 500)], "whole": [(0, 500)]}
    assert [(each["start_ms"], each["end_ms"]) for each in segments] == spans[mode]
    assert len(shown(film, old, 500)) == 12
