"""Choosing clips: where they begin and end, and which seconds win."""

import itertools

import numpy as np
import pytest

from media_assets.analysis.choosing import WEIGHTS, choose_clips
from media_assets.analysis.watch import watch
from tests.render_media import clicks, scene, tone, write_film

LENGTHS = {"min_ms": 3000, "max_ms": 10_000}
SHOTS = [48, 36, 60, 48, 36, 36, 72, 48, 60, 48]  # 20.5 s at 24 fps
WILD = (4, 5)  # 8.0 s to 11.0 s


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten shots; in two of them much happens, and it is loud there."""
    pictures = [
        picture
        for number, frames in enumerate(SHOTS)
        for picture in scene(number + 1, frames, speed=14 if number in WILD else 0.3)
    ]
    sound = clicks(20.5, loud=0.05)
    sound[8 * 48_000 : 11 * 48_000] += tone(3, loud=0.5)
    path = tmp_path_factory.mktemp("film") / "f.mp4"
    return watch(write_film(path, pictures, sound=np.clip(sound, -1, 1)))


def test_clips_lie_between_cuts_and_do_not_overlap(film):
    chosen = choose_clips(film, count=3, **LENGTHS)
    assert len(chosen) == 3
    edges = {shot.start_ms for shot in film.shots} | {film.end_ms}
    for window in chosen:
        assert {window.start_ms, window.end_ms} <= edges
        assert 3000 <= window.duration_ms <= 10_000
    inorder = sorted(chosen, key=lambda window: window.start_ms)
    for before, after in itertools.pairwise(inorder):
        assert before.end_ms <= after.start_ms


def test_the_part_where_most_happens_wins(film):
    best, *others = choose_clips(film, count=3, **LENGTHS)
    assert best.start_ms < 9_500 < best.end_ms
    assert best.score > max(other.score for other in others) + 0.05


def test_scores_and_features_are_between_nothing_and_one(film):
    for window in choose_clips(film, count=3, **LENGTHS):
        assert 0 <= window.score <= 1
        assert set(window.features) == set(vars(WEIGHTS))
        assert all(0 <= value <= 1 for value in window.features.values())


def test_reasons_say_what_was_measured(film):
    best = choose_clips(film, count=1, **LENGTHS)[0]
    assert 2 <= len(best.reasons) <= 4
    assert any("Motion in the top" in reason for reason in best.reasons)
    assert all(reason.endswith(".") for reason in best.reasons)


def test_the_same_film_gives_the_same_clips(film):
    assert choose_clips(film, count=3, **LENGTHS) == choose_clips(film, count=3, **LENGTHS)


@pytest.mark.parametrize("count", [1, 5])
def test_as_many_as_asked_for_where_there_is_room(film, count):
    assert len(choose_clips(film, count=count, **LENGTHS)) == count


def test_a_short_film_is_one_clip(tmp_path):
    seen = watch(write_film(tmp_path / "f.mp4", scene(1, 30)))
    (only,) = choose_clips(seen, count=3, **LENGTHS)
    assert (only.start_ms, only.end_ms) == (0, 1250)
    assert len(only.reasons) >= 2


def test_one_long_shot_is_cut_on_beats(tmp_path):
    pictures = scene(1, 24 * 30, speed=2, size=(160, 90))
    seen = watch(write_film(tmp_path / "f.mp4", pictures, sound=clicks(30)))
    assert len(seen.shots) == 1
    chosen = choose_clips(seen, count=3, **LENGTHS)
    assert len(chosen) == 3
    inner = [w.start_ms for w in chosen if w.start_ms > 0]
    assert inner
    assert all(np.abs(seen.sound.beats_ms - at).min() <= 45 for at in inner)


def test_a_still_without_sound_has_a_clip_too(tmp_path):
    (picture,) = scene(1, 1)
    seen = watch(write_film(tmp_path / "f.mp4", [picture] * 24 * 12))
    chosen = choose_clips(seen, count=2, **LENGTHS)
    assert 1 <= len(chosen) <= 2
    assert chosen[0].features["energy"] == 0


def test_black_is_avoided(tmp_path):
    pictures = [*scene(1, 96), *[np.zeros((180, 320, 3), np.uint8)] * 120, *scene(2, 96)]
    seen = watch(write_film(tmp_path / "f.mp4", pictures))
    best = choose_clips(seen, count=1, **LENGTHS)[0]
    assert best.end_ms <= 4000 or best.start_ms >= 9000
