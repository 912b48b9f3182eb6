"""Cuts, and all that is not one: told from pictures that are made here, without a file."""

import cv2
import numpy as np
import pytest

from media_assets.analysis import transitions
from media_assets.analysis.artifact import algorithm
from media_assets.analysis.moves import pursuit, scaled_likeness, staying
from media_assets.analysis.shots import find_changes
from media_assets.analysis.strip import Strip, thumbnail
from tests.shot_films import effects
from tests.shot_films.compose import THEMES, compose
from tests.shot_films.material import Piece
from tests.shot_films.scoring import scored
from tests.shot_films.signals import signals_from

WIDTH, HEIGHT = 160, 90
LONG = 64  # frames of a shot in which something happens


def shot(seed, frames, *, light=1.0):
    """Pictures of one scene: texture of all sizes, a camera that drifts, a figure that walks."""
    random = np.random.default_rng(seed)
    ground = np.zeros((HEIGHT + 60, WIDTH + 100, 3), np.float32)
    for size, strength in ((4, 40), (9, 34), (20, 26), (45, 18)):
        coarse = random.normal(0, strength, (size, size * 16 // 9, 3)).astype(np.float32)
        ground += cv2.resize(coarse, ground.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    ground = np.clip(ground + random.uniform(80, 150), 0, 255) * light
    way, colour = random.uniform(-0.4, 0.4, 2), random.uniform(0, 255, 3) * light
    for step in range(frames):
        x, y = (round(30 + way[0] * step), round(30 + way[1] * step))
        picture = ground[y : y + HEIGHT, x : x + WIDTH].astype(np.uint8)
        at = int(WIDTH * 0.3 + step * way[0] * 3), HEIGHT // 2
        cv2.ellipse(picture, at, (12, 30), 0, 0, 360, colour.tolist(), -1, cv2.LINE_AA)
        yield picture


def film(*shots):
    return [picture for each in shots for picture in each]


def changes_of(pictures, **how):
    return find_changes(*signals_from(pictures, **how))


def cuts_of(pictures, **how):
    return [change.frame for change in changes_of(pictures, **how) if change.kind == "cut"]


def mixed(before, after):
    """A dissolve from all of one list of pictures to all of another."""
    count = len(before)
    return [
        cv2.addWeighted(old, 1 - (n + 1) / (count + 1), new, (n + 1) / (count + 1), 0)
        for n, (old, new) in enumerate(zip(before, after, strict=True))
    ]


def plain(level, frames):
    return [np.full((HEIGHT, WIDTH, 3), level, np.uint8)] * frames


# --- Cuts -----------------------------------------------------------------------------------------


def test_cuts_are_found_to_the_frame_and_with_confidence():
    changes = changes_of(film(shot(1, 40), shot(2, 9), shot(3, 5), shot(4, 30), shot(5, 24)))
    assert [(change.frame, change.kind) for change in changes] == [
        (at, "cut") for at in (40, 49, 54, 84)
    ]
    assert all(0.5 <= change.confidence <= 1 for change in changes)
    assert all(change.start == change.end == change.frame for change in changes)


def test_cuts_between_dark_scenes_are_found():
    assert cuts_of(film(shot(1, 30, light=0.2), shot(2, 30, light=0.2))) == [30]


def test_a_cut_to_black_and_one_out_of_it_are_two():
    assert cuts_of(film(shot(1, 30), plain(0, 6), shot(2, 30))) == [30, 36]


def test_a_page_of_words_is_a_shot():
    page = plain(0, 30)[0].copy()
    effects.write(page, "THE END", (30, 50), 0.8)
    assert cuts_of(film(shot(1, 30), [page] * 30, shot(2, 30))) == [30, 60]


def test_dim_words_on_black_are_a_shot():
    page = plain(0, 1)[0].copy()
    cv2.putText(page, "SOON", (70, 46), cv2.FONT_HERSHEY_SIMPLEX, 0.3, (110, 110, 110), 1)
    assert cuts_of(film(shot(1, 30), plain(0, 20), [page] * 20)) == [30, 50]


def test_three_frames_of_black_are_no_flash_between_two_scenes():
    assert cuts_of(film(shot(1, 30, light=0.4), plain(0, 3), shot(2, 30))) == [30, 33]


def test_an_insert_of_another_scene_is_no_flash():
    scene = list(shot(1, 60))
    assert cuts_of(film(scene[:30], shot(2, 5), scene[30:])) == [30, 35]


@pytest.mark.parametrize("name", effects.TRAPS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_only_looks_like_a_cut_is_none(name, seed):
    def place(frames):
        return 10 + (seed * 7) % (LONG - frames - 20)

    random = np.random.default_rng(seed)
    tricked, _ = effects.TRAPS[name](list(shot(seed, LONG)), random, place)
    pictures = film(shot(seed + 20, 20), tricked, shot(seed + 40, 20))
    assert cuts_of(pictures) == [20, 20 + LONG]


@pytest.mark.parametrize("frames", [1, 2, 4, 7])
def test_white_frames_are_no_cut(frames):
    pictures = film(shot(1, 60), shot(2, 20))
    pictures[30 : 30 + frames] = plain(255, frames)
    assert cuts_of(pictures) == [60]


@pytest.mark.parametrize("name", effects.LOOKS)
def test_cuts_are_found_through_noise_combs_and_darkness(name):
    random = np.random.default_rng(5)
    looks = [effects.LOOKS[name](list(shot(seed, 25)), random, None)[0] for seed in (1, 2, 3)]
    assert cuts_of(film(*looks)) == [25, 50]


def test_frames_that_come_unevenly_are_judged_by_the_clock():
    gaps = [42_000 if number % 3 else 84_000 for number in range(60)]
    times = [sum(gaps[:number]) for number in range(60)]
    pictures = film(shot(1, 30), shot(2, 30))
    pictures[12] = plain(255, 1)[0]
    assert cuts_of(pictures, times_us=times) == [30]


def test_pictures_that_stand_upright_are_told_apart_too():
    pictures = [cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE) for p in film(shot(1, 30), shot(2, 30))]
    assert cuts_of(pictures) == [30]


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_films_have_no_boundary(frames):
    assert changes_of(list(shot(1, frames))) == []


# --- Gradual transitions --------------------------------------------------------------------------


@pytest.mark.parametrize("frames", [6, 12, 24, 48])
def test_a_dissolve_has_its_kind_and_its_extent(frames):
    before, after = list(shot(1, 50 + frames)), list(shot(2, 50 + frames))
    pictures = [*before[:50], *mixed(before[50:], after[:frames]), *after[frames:]]
    (change,) = changes_of(pictures)
    assert change.kind == "dissolve"
    assert abs(change.start - 50) <= 2 + frames // 8
    assert abs(change.end - 50 - frames) <= 2 + frames // 8
    assert change.start < change.frame < change.end
    assert change.confidence >= 0.5


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("frames", [8, 24])
def test_fades_are_named_by_their_direction(level, frames):
    scene = list(shot(3, 40 + frames))
    out = [*scene[:40], *mixed(scene[40:], plain(level, frames)), *plain(level, 40)]
    changes = changes_of([*out, *reversed(out)])
    assert [change.kind for change in changes] == ["fade_out", "fade_in"]
    gone, back = changes
    assert abs(gone.start - 40) <= 2 + frames // 4
    assert abs(gone.end - 40 - frames) <= 2 + frames // 4
    assert gone.frame == gone.end
    assert back.frame == back.start
    assert abs(back.end - (len(out) * 2 - 40)) <= 2 + frames // 4


@pytest.mark.parametrize(
    ("level", "kind"), [(0, "fade_through_black"), (255, "fade_through_white")]
)
def test_a_fade_out_and_soon_in_again_is_one_change(level, kind):
    before, after = list(shot(4, 52)), list(shot(5, 52))
    dark = plain(level, 12)
    pictures = [*before[:40], *mixed(before[40:], dark), *plain(level, 4)]
    pictures += [*mixed(dark, after[:12]), *after[12:]]
    (change,) = changes_of(pictures)
    assert change.kind == kind
    assert abs(change.start - 40) <= 3
    assert abs(change.end - 68) <= 3
    assert 50 <= change.frame <= 58


def test_a_fade_through_grey_is_seen_between_black_bars():
    before, after = list(shot(4, 52)), list(shot(5, 52))
    grey = plain(190, 12)
    pictures = [*before[:40], *mixed(before[40:], grey), *plain(190, 4)]
    pictures = [p.copy() for p in [*pictures, *mixed(grey, after[:12]), *after[12:]]]
    for picture in pictures:
        picture[:12], picture[-12:] = 0, 0
    (change,) = changes_of(pictures)
    assert change.kind.startswith("fade_through")
    assert abs(change.start - 40) <= 3
    assert abs(change.end - 68) <= 3


def test_a_scene_that_is_lit_slowly_is_one_shot():
    pictures = [
        cv2.convertScaleAbs(picture, alpha=0.5 + 0.5 * min(1.0, number / 40))
        for number, picture in enumerate(shot(6, 80))
    ]
    assert changes_of(pictures) == []


# --- What leads across a gap ----------------------------------------------------------------------


def small(picture):
    return thumbnail(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)).astype(np.float32)


def test_a_zoom_is_told_from_another_scene():
    scene, other = next(shot(3, 1)), next(shot(4, 1))
    nearer = cv2.resize(scene[10:80, 18:142], (WIDTH, HEIGHT))
    assert scaled_likeness(small(scene), small(nearer)) > 0.7
    assert scaled_likeness(small(nearer), small(scene)) > 0.7
    assert scaled_likeness(small(scene), small(other)) < 0.6


def test_a_swing_is_told_from_a_cut_between_two():
    wide = np.hstack([next(shot(seed, 1)) for seed in (3, 4, 5)])
    swung = [small(wide[:, x : x + WIDTH]) for x in (0, 60, 120, 180)]
    other = [small(wide[::-1, x : x + WIDTH]) for x in (120, 180)]
    assert pursuit(*swung) > 0.9
    assert pursuit(*swung[:2], *other) < 0.6


def test_a_caption_leaves_the_scene_where_it_is():
    scene, captioned = next(shot(3, 1)), next(shot(3, 1)).copy()
    captioned[64:82, 12:120] = (40, 30, 90)
    assert staying(small(scene), small(captioned)) > 0.5
    assert staying(small(scene), small(next(shot(4, 1)))) < 0.2
    assert staying(small(plain(0, 1)[0]), small(captioned)) < 0.1


# --- Whole films, and how they are read ------------------------------------------------------------


def packed(seed):
    pictures = [cv2.resize(picture, (320, 180)) for picture in shot(seed, 80)]
    return Piece(str(seed), tuple(cv2.imencode(".jpg", p)[1].tobytes() for p in pictures))


@pytest.fixture(scope="module")
def composed_film():
    pictures, truth = compose("mixed", [packed(seed) for seed in range(8)], 11, shots=9)
    return signals_from(pictures), truth


def test_a_film_of_everything_is_understood(composed_film):
    signals, truth = composed_film
    score = scored(find_changes(*signals), truth)
    assert len(truth.cuts) + len(truth.gradual) >= 8
    assert score.f1 >= 90
    assert score.gradual_recall >= 80


def test_the_same_is_found_however_the_film_is_read(composed_film, tmp_path, monkeypatch):
    (frames, strip), _ = composed_film
    expected = find_changes(frames, strip)
    monkeypatch.setattr(transitions, "CHUNK_FRAMES", 50)
    pieces = Strip()
    for number, first in enumerate(range(0, len(strip), 97)):
        path = tmp_path / f"{number}.strip"
        path.write_bytes(strip.read(first, first + 97).tobytes())
        pieces.extend(path)
    assert find_changes(frames, pieces) == expected


@pytest.mark.parametrize("theme", THEMES)
def test_composed_films_know_their_own_truth(theme):
    pictures, truth = compose(theme, [packed(seed) for seed in range(3)], 7, shots=4)
    count = sum(1 for _ in pictures)
    assert count == truth.frames
    edges = [0, *truth.cuts, *(edge for _, start, end in truth.gradual for edge in (start, end))]
    assert all(0 <= edge <= count for edge in edges)
    assert all(start < end for _, start, end in truth.gradual)


def test_a_strip_gives_back_what_was_put_in():
    strip, pictures = Strip(), [thumbnail(p[:, :, 0]) for p in shot(1, 30)] * 40
    for picture in pictures:
        strip.append(picture)
    assert len(strip) == 1200
    assert np.array_equal(strip.read(505, 520), np.array(pictures[505:520]))
    assert strip.read(-5, 2).shape == (2, 18, 32)
    assert strip.read(1195, 2000).shape == (5, 18, 32)


def test_a_strip_refuses_what_does_not_belong(tmp_path):
    strip = Strip()
    with pytest.raises(ValueError, match="thumbnail"):
        strip.append(np.zeros((32, 18), np.uint8))
    (tmp_path / "torn").write_bytes(bytes(1000))
    with pytest.raises(ValueError, match="middle of a thumbnail"):
        strip.extend(tmp_path / "torn")


def test_frames_and_thumbnails_must_be_as_many():
    frames, strip = signals_from(shot(1, 5))
    strip.append(strip.read(0, 1)[0])
    with pytest.raises(ValueError, match="5 frames, but 6 thumbnails"):
        find_changes(frames, strip)


def test_every_threshold_is_told_with_the_analysis():
    told = algorithm()["shots"]["RULE"]
    assert told["cuts"]["weights"]["likeness"] < 0
    assert told["transitions"]["weights"]["dip"] < 0
    assert told["cuts"]["look_us"] == 340_000
