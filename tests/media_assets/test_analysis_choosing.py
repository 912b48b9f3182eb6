"""Choosing clips: where they begin and end, and which seconds win."""

import itertools

import numpy as np
import pytest

from media_assets.analysis.choosing import (
    WEIGHTS,
    Choice,
    Weights,
    choose_clips,
    score_span,
)
from media_assets.analysis.watch import watch
from tests.render_media import clicks, scene, tone, write_film
from tests.seen import make_seen


def choose(seen, *, count, min_ms=3000, max_ms=10_000, **more):
    return choose_clips(seen, Choice(count=count, min_ms=min_ms, max_ms=max_ms, **more)).clips


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
    chosen = choose(film, count=3)
    assert len(chosen) == 3
    edges = {shot.start_ms for shot in film.shots} | {film.end_ms}
    for window in chosen:
        assert {window.start_ms, window.end_ms} <= edges
        assert 3000 <= window.duration_ms <= 10_000
    inorder = sorted(chosen, key=lambda window: window.start_ms)
    for before, after in itertools.pairwise(inorder):
        assert before.end_ms <= after.start_ms


def test_the_part_where_most_happens_wins(film):
    best, *others = choose(film, count=3)
    assert best.start_ms < 9_500 < best.end_ms
    assert best.score > max(other.score for other in others) + 0.05


def test_scores_and_features_are_between_nothing_and_one(film):
    for window in choose(film, count=3):
        assert 0 <= window.score <= 1
        assert set(window.features) == set(vars(WEIGHTS))
        assert all(0 <= value <= 1 for value in window.features.values())


def test_reasons_say_what_was_measured(film):
    best = choose(film, count=1)[0]
    assert 2 <= len(best.reasons) <= 4
    assert any("Motion in the top" in reason for reason in best.reasons)
    assert all(reason.endswith(".") for reason in best.reasons)


def test_the_same_film_gives_the_same_clips(film):
    assert choose(film, count=3) == choose(film, count=3)


@pytest.mark.parametrize("count", [1, 5])
def test_as_many_as_asked_for_where_there_is_room(film, count):
    assert len(choose(film, count=count)) == count


def test_a_short_film_is_one_clip(tmp_path):
    seen = watch(write_film(tmp_path / "f.mp4", scene(1, 30)))
    (only,) = choose(seen, count=3)
    assert (only.start_ms, only.end_ms) == (0, 1250)
    assert len(only.reasons) >= 2


def test_one_long_shot_is_cut_on_beats(tmp_path):
    pictures = scene(1, 24 * 30, speed=2, size=(160, 90))
    seen = watch(write_film(tmp_path / "f.mp4", pictures, sound=clicks(30)))
    assert len(seen.shots) == 1
    chosen = choose(seen, count=3)
    assert len(chosen) == 3
    inner = [w.start_ms for w in chosen if w.start_ms > 0]
    assert inner
    assert all(np.abs(seen.sound.beats_ms - at).min() <= 45 for at in inner)


def test_a_still_without_sound_has_a_clip_too(tmp_path):
    (picture,) = scene(1, 1)
    seen = watch(write_film(tmp_path / "f.mp4", [picture] * 24 * 12))
    chosen = choose(seen, count=2)
    assert 1 <= len(chosen) <= 2
    assert chosen[0].features["energy"] == 0


def test_black_is_avoided(tmp_path):
    pictures = [*scene(1, 96), *[np.zeros((180, 320, 3), np.uint8)] * 120, *scene(2, 96)]
    seen = watch(write_film(tmp_path / "f.mp4", pictures))
    best = choose(seen, count=1)[0]
    assert best.end_ms <= 4000 or best.start_ms >= 9000


# --- Edges, on made-up films ----------------------------------------------------------------------


def edges_of(windows):
    return [at for window in windows for at in (window.start_ms, window.end_ms)]


def test_no_clip_begins_or_ends_inside_a_transition():
    seen = make_seen(60, blends_s=[(9, 11), (20, 21.5), (33, 34), (47, 49)], wild_s=[(10, 34)])
    for count in (1, 3, 5):
        for at_ms in edges_of(choose(seen, count=count, min_ms=4000)):
            assert not any(a < at_ms < b for a, b in [(9000, 11_000), (20_000, 21_500)])
            assert not any(a < at_ms < b for a, b in [(33_000, 34_000), (47_000, 49_000)])


def test_inside_long_shots_of_music_edges_lie_on_beats():
    seen = make_seen(90, cuts_s=[40.3], bpm=110, wild_s=[(12, 30), (60, 75)])
    chosen = choose(seen, count=4, min_ms=5000, max_ms=15_000)
    inner = [at for at in edges_of(chosen) if at not in (0, 40_320, 90_000)]
    assert len(inner) >= 4
    assert all(np.abs(seen.sound.beats_ms - at).min() <= 40 for at in inner)


def test_where_somebody_speaks_edges_lie_in_pauses():
    pauses = [(at, at + 0.4) for at in np.arange(2.2, 88, 3.1)]
    seen = make_seen(90, pauses_s=pauses, wild_s=[(20, 31), (55, 70)])
    inner = [at for at in edges_of(choose(seen, count=3)) if 0 < at < 90_000]
    assert len(inner) >= 3
    assert all(any(a * 1000 <= at <= b * 1000 for a, b in pauses) for at in inner)


def test_a_cut_on_a_beat_is_liked_better_than_one_beside_it():
    seen = make_seen(60, cuts_s=[10, 10.25, 20, 20.25, 30, 40], bpm=120)
    starts = {window.start_ms for window in choose(seen, count=4, min_ms=6000)}
    assert not starts & {10_240, 20_240}


# --- Lengths and numbers --------------------------------------------------------------------------


def test_clips_of_a_long_video_are_fifteen_to_thirty_seconds_long():
    seen = make_seen(300, cuts_s=list(range(3, 300, 3)), wild_s=[(50, 80), (150, 175), (220, 260)])
    lengths = [window.duration_ms for window in choose_clips(seen, Choice()).clips]
    assert len(lengths) == 3
    assert all(15_000 <= length <= 35_000 for length in lengths)


def test_a_wanted_length_is_kept_to():
    seen = make_seen(120, cuts_s=list(range(2, 120, 2)), wild_s=[(20, 50)])
    for preferred_ms in (8_000, 30_000):
        for window in choose_clips(seen, Choice(count=1, preferred_ms=preferred_ms)).clips:
            assert 0.6 * preferred_ms <= window.duration_ms <= 1.6 * preferred_ms


@pytest.mark.parametrize("count", [1, 8, 20])
def test_any_number_of_clips(count):
    seen = make_seen(200, cuts_s=list(range(4, 200, 4)))
    chosen = choose_clips(seen, Choice(count=count)).clips
    assert len(chosen) == count
    inorder = sorted(chosen, key=lambda window: window.start_ms)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(inorder))
    assert [each.score for each in chosen] == sorted((each.score for each in chosen), reverse=True)


def test_a_video_hardly_longer_than_the_shortest_clip_is_one_clip():
    chosen = choose_clips(make_seen(6), Choice())
    assert [(each.start_ms, each.end_ms) for each in chosen.clips] == [(0, 6000)]
    assert chosen.alternatives == []


def test_black_and_frozen_parts_are_left_where_there_is_something_else():
    seen = make_seen(60, cuts_s=[15, 30, 45], black_s=[(15, 30)], wild_s=[(16, 29)])
    for window in choose(seen, count=3, min_ms=6000, max_ms=20_000):
        assert window.end_ms <= 15_500 or window.start_ms >= 29_500


# --- Weights --------------------------------------------------------------------------------------


def two_kinds():
    """Ten shots of six seconds: one moves, one is loud, one is colourful."""
    return make_seen(
        60, cuts_s=range(6, 60, 6), wild_s=[(6, 12)], loud_s=[(24, 30)], colourful_s=[(42, 48)]
    )


@pytest.mark.parametrize(
    ("weights", "start_ms"),
    [({"motion": 1.0}, 6000), ({"energy": 1.0}, 24_000), ({"colour": 2.0}, 42_000)],
)
def test_what_counts_is_what_is_chosen(weights, start_ms):
    (best,) = choose(two_kinds(), count=1, min_ms=5000, weights=Weights.read(weights))
    assert best.start_ms == start_ms


def test_a_weight_below_nothing_avoids():
    (best,) = choose(two_kinds(), count=1, min_ms=5000, weights=Weights.read({"motion": -1.0}))
    assert best.end_ms <= 6000 or best.start_ms >= 12_000


def test_weights_are_read_tolerantly():
    assert Weights.read({}) == Weights.read(None) == WEIGHTS
    assert Weights.read({"hook": 1, "unheard_of": 3, "motion": "much", "colour": True}) == (
        Weights(**dict.fromkeys(vars(WEIGHTS), 0.0) | {"hook": 1.0})
    )
    assert Weights.read({"unheard_of": 1}) == WEIGHTS


def test_three_clips_show_three_kinds_of_things():
    chosen = choose(two_kinds(), count=3, min_ms=5000, max_ms=7000)
    assert {each.start_ms for each in chosen} == {6000, 24_000, 42_000}


# --- Alternatives and any span --------------------------------------------------------------------


def test_alternatives_are_good_and_unlike_each_other():
    seen = make_seen(180, cuts_s=list(range(4, 180, 4)), wild_s=[(20, 90), (120, 150)])
    chosen = choose_clips(seen, Choice(count=3))
    assert 3 <= len(chosen.alternatives) <= 12
    for number, one in enumerate(chosen.alternatives):
        assert one.reasons
        assert one.score <= max(each.score for each in chosen.clips)
        for other in [*chosen.alternatives[:number], *chosen.clips]:
            shared = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
            assert shared <= min(one.duration_ms, other.duration_ms) / 2


def test_a_span_that_somebody_marked_is_scored_like_ours():
    seen = two_kinds()
    (best,) = choose(seen, count=1, min_ms=5000)
    again = score_span(
        seen, best.start_ms, best.end_ms, Choice(count=1, min_ms=5000, max_ms=10_000)
    )
    assert again == best
    marked = score_span(seen, 7010, 9990)
    assert 0 <= marked.score <= 1
    assert len(marked.reasons) >= 2
