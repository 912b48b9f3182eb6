"""Where the window goes."""

import itertools

import cv2
import numpy as np
import pytest

from media_assets.analysis.bars import bars_of_shots
from media_assets.analysis.camera import RULE, centre_at, follow, held_by, stay, ticks_of
from media_assets.analysis.evidence import overlap, trust_in
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.picture import Sample
from media_assets.analysis.subjects import NO_BARS, Face, Pair, moving_by_itself, standing_out
from media_assets.analysis.watch import watch
from tests.render_media import scene, write_film

VERTICAL = "vertical_1080x1920"
NO_PULL = (0.5, 0.0)


def framing_of(tmp_path, pictures, start_ms=0, end_ms=None, **how):
    seen = watch(write_film(tmp_path / "f.mp4", pictures, **how))
    return frame_clip(seen, start_ms, end_ms or seen.end_ms)


def windows_of(framing, name=VERTICAL):
    return framing["formats"][name]["segments"]


# --- Clips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [0.2, 0.5, 0.8])
def test_the_subject_is_in_the_vertical_window(tmp_path, subject):
    [window] = windows_of(framing_of(tmp_path, scene(3, 48, subject=subject, speed=4)))
    assert window["axis"] == "x"
    assert window["window"] * window["zoom"] == pytest.approx(0.3164, abs=0.001)
    assert abs(window["focus"][0] - subject) < 0.15
    for at, *_ in window["keyframes"]:
        centre = centre_at(window["keyframes"], at)
        assert abs(centre - subject) < window["window"] / 2 - 0.03


def test_the_window_jumps_at_the_cut_and_rests_within_shots(tmp_path):
    pictures = [*scene(3, 48, subject=0.2, speed=3), *scene(4, 48, subject=0.8, speed=3)]
    first, second = windows_of(framing_of(tmp_path, pictures))
    assert [(each["start_ms"], each["end_ms"]) for each in (first, second)] == [
        (0, 2000),
        (2000, 4000),
    ]
    assert [each["mode"] for each in (first, second)] == ["hold", "hold"]
    assert first["keyframes"][0][1] < 0.4
    assert second["keyframes"][0][1] > 0.6


def test_a_picture_of_the_right_shape_is_left_whole(tmp_path):
    framing = framing_of(tmp_path, scene(3, 12))
    assert framing["formats"]["landscape_1920x1080"] == {"mode": "whole"}


def test_a_portrait_is_fitted_into_a_landscape_and_keeps_its_heads_in_a_square(tmp_path):
    framing = framing_of(tmp_path, scene(3, 12, size=(180, 320)))
    assert windows_of(framing, "landscape_1920x1080")[0]["mode"] == "fit"
    assert framing["formats"][VERTICAL] == {"mode": "whole"}
    [square] = windows_of(framing, "square_1080x1080")
    assert square["axis"] == "y"
    top = square["keyframes"][0][1] - square["window"] / 2
    assert top * 320 < 320 / 3 - 26  # where the figure's head begins


def test_equal_films_get_equal_framing(tmp_path):
    one = framing_of(tmp_path, scene(3, 36, speed=4))
    assert framing_of(tmp_path, scene(3, 36, speed=4)) == one


def test_a_card_of_text_is_shown_whole_however_small_it_gets(tmp_path):
    card = np.full((360, 640, 3), 12, np.uint8)
    write = {"fontFace": cv2.FONT_HERSHEY_DUPLEX, "color": (230, 230, 230), "thickness": 2}
    cv2.putText(card, "THE HARBOUR AT NIGHT", (60, 170), fontScale=1.4, **write)
    [window] = windows_of(framing_of(tmp_path, [card] * 24))
    size, centre = window["window"], window["keyframes"][0][1]
    letters = np.flatnonzero((card > 100).any(axis=(0, 2))) / 640
    assert centre - size / 2 < letters[0] < letters[-1] < centre + size / 2
    assert window["zoom"] < 0.6


# --- Bars -----------------------------------------------------------------------------------------


def boxed(picture, rows=22):
    height, width = picture.shape[:2]
    wide = np.zeros_like(picture)
    wide[rows : height - rows] = cv2.resize(picture, (width, height - 2 * rows))
    return wide


def test_black_bars_are_taken_away(tmp_path):
    framing = framing_of(tmp_path, [boxed(picture) for picture in scene(3, 24)])
    top, bottom, left, right = framing["bars"]
    assert top == bottom == pytest.approx(22 / 180, abs=0.02)
    assert left == right == 0
    assert windows_of(framing)[0]["bars"] == framing["bars"]


def test_bars_belong_to_their_shots(tmp_path):
    pictures = []
    for seed in range(4):
        shot = scene(seed, 24, speed=3)
        pictures += [boxed(picture) for picture in shot] if seed % 2 else shot
    seen = watch(write_film(tmp_path / "f.mp4", pictures))
    tops = [bars[0] for bars in bars_of_shots(seen)]
    assert tops == pytest.approx([0, 22 / 180, 0, 22 / 180], abs=0.02)


def test_one_figure_in_the_dark_is_no_narrow_film(tmp_path):
    dark = np.zeros((180, 320, 3), np.uint8)
    cv2.rectangle(dark, (110, 0), (210, 179), (90, 140, 200), -1)
    pictures = [*scene(3, 48), *[dark] * 24]
    assert framing_of(tmp_path, pictures)["bars"] == [0, 0, 0, 0]


# --- Witnesses ------------------------------------------------------------------------------------


def test_what_is_surrounded_stands_out_wherever_it_is():
    for at in (20, 70):
        picture = np.full((54, 96, 3), 90, np.uint8)
        picture[:, :, 1] = np.linspace(60, 120, 96)
        picture[14:, at : at + 8] = (40, 60, 220)  # down to the lower edge, as people are
        found = standing_out(picture, NO_BARS)
        inside = found[20:, at : at + 8].mean()
        assert inside > 8 * (found.sum() - found[14:, at : at + 8].sum()) / found.size


def test_what_moves_is_told_from_a_camera_that_moves():
    ground = np.random.default_rng(3).integers(30, 200, (30, 60)).astype(np.uint8)
    wide = cv2.resize(ground, (320, 160), interpolation=cv2.INTER_CUBIC)
    before, now = wide[35:125, 80:240].copy(), wide[35:125, 82:242].copy()  # the camera pans
    before[30:60, 100:120] = wide[0:30, 0:20]
    now[30:60, 103:123] = wide[0:30, 0:20]  # … and one thing does not stay behind
    found = moving_by_itself(Pair(before, now), NO_BARS)
    assert found[30:60, 100:122].mean() > 5 * found[:, :80].mean()
    small = moving_by_itself(Pair(before[:40, :60].copy(), now[:40, :60].copy()), NO_BARS)
    assert small.shape == (40, 60)
    # What was looked at before, of whatever size, changes nothing.
    assert np.array_equal(moving_by_itself(Pair(before, now), NO_BARS), found)
    assert not moving_by_itself(Pair(now, now), NO_BARS).any()
    assert not moving_by_itself(Pair(now, 255 - now), NO_BARS).any()  # another picture


def samples_with(*faces):
    line = np.zeros(64, np.float32)
    return [
        Sample(600 * index, 14 * index, 5, 0, 90, 30, 0, NO_BARS, line, line, line, line, each)
        for index, each in enumerate(faces)
    ]


def test_a_face_is_believed_when_it_is_found_again_in_its_place():
    face, near = Face(0.3, 0.4, 0.1, 0.2), Face(0.31, 0.42, 0.11, 0.2)
    below = Face(0.3, 0.6, 0.1, 0.2)
    assert overlap(face, face) == pytest.approx(1)
    assert trust_in(samples_with([face], [], [near]), 0, face) == 1
    assert trust_in(samples_with([face], [below]), 0, face) < 0.3
    assert trust_in(samples_with([face], [], [], [], [near]), 0, face) < 0.3  # too late


# --- The rules of the camera ----------------------------------------------------------------------


def evidence(places, width=0.1):
    """A line per tick, with a subject of this width at each place."""
    bins = (np.arange(64) + 0.5) / 64
    lines = np.array([np.exp(-0.5 * ((bins - place) / (width / 2)) ** 2) for place in places])
    return lines / lines.sum(axis=1, keepdims=True)


def walks():
    """(name, subject at each tick) of subjects that walk, jump, tremble and stand."""
    times = ticks_of(0, 8000)
    count = len(times)
    random = np.random.default_rng(7)
    yield "walks", np.linspace(0.2, 0.8, count)
    yield "jumps", np.where(np.arange(count) < count // 2, 0.25, 0.75)
    yield "trembles", 0.5 + random.normal(0, 0.02, count)
    yield "strolls about", np.clip(0.5 + np.cumsum(random.normal(0, 0.04, count)), 0.1, 0.9)
    yield "turns back", 0.2 + 0.5 * np.abs(np.linspace(-1, 1, count))


@pytest.mark.parametrize(("name", "places"), list(walks()), ids=lambda value: str(value)[:12])
@pytest.mark.parametrize("frame_ms", [1000 / 60, 1000 / 24, 1000 / 10])
def test_the_window_keeps_to_speed_acceleration_and_rest(name, places, frame_ms):
    times, window = ticks_of(0, 8000), 0.3
    path = follow(evidence(places), times, window, (0, 0), NO_PULL, frame_ms=frame_ms)
    at = np.arange(0, 8001, 5)
    line = np.array([centre_at(path.keyframes, ms) for ms in at])
    speed = np.diff(line) / 0.005
    assert np.abs(speed).max() <= 0.2 * window
    assert np.abs(np.diff(speed) / 0.005).max() <= 0.3 * window  # about: of the window, per s²
    assert np.ptp(line[at <= 3 * frame_ms]) < 1e-9
    assert line.min() >= window / 2 - 1e-6
    assert line.max() <= 1 - window / 2 + 1e-6


def test_a_walk_is_followed_and_nothing_is_gained_by_moving_where_one_place_will_do():
    times, window = ticks_of(0, 12_000), 0.3
    lines = evidence(np.linspace(0.25, 0.75, len(times)))
    still = stay(lines, times, window, (0, 0), NO_PULL)
    moving = follow(lines, times, window, (0, 0), NO_PULL, frame_ms=40)
    assert moving.held > still.held + 0.2
    assert moving.moves
    random = np.random.default_rng(1)
    lines = evidence(0.5 + random.normal(0, 0.03, len(times)), width=0.08)
    still = stay(lines, times, window, (0, 0), NO_PULL)
    assert still.held > 0.99
    assert not follow(lines, times, window, (0, 0), NO_PULL, frame_ms=40).moves


def test_a_short_shot_has_a_window_that_rests():
    times = ticks_of(0, RULE.shortest_to_move_ms - 100)
    lines = evidence(np.linspace(0.2, 0.8, len(times)))
    assert follow(lines, times, 0.3, (0, 0), NO_PULL, frame_ms=40) is None


def test_bars_are_no_part_of_what_a_window_holds():
    lines = np.full((1, 64), 1 / 64)
    whole = held_by(lines, np.array([0.5]), 1.0, 0.25, 0.25)
    half = held_by(lines, np.array([0.25, 0.75]), 0.5, 0.25, 0.25)
    assert whole == pytest.approx(np.array([[1.0]]))
    assert half == pytest.approx(np.array([[0.5, 0.5]]), abs=0.01)


def test_between_keyframes_speed_has_no_steps():
    keyframes = [(0, 0.2, 0.0), (250, 0.2, 0.0), (500, 0.205, 0.04), (2000, 0.265, 0.04), (2250, 0.27, 0.0)]  # fmt: skip
    line = [centre_at(keyframes, at) for at in range(0, 2400, 10)]
    steps = np.diff([b - a for a, b in itertools.pairwise(line)])
    assert np.abs(steps).max() < 0.00003
