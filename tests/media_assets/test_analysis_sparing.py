"""Pictures that are left out: which they may be, and that no cut hides in them."""

import itertools

import numpy as np
import pytest

from media_assets.analysis import segments, unseen
from media_assets.analysis.bitstreams import is_needless
from media_assets.analysis.sparing import NEAR_KEY, Plan, spared
from media_assets.analysis.splitting import lay_out
from media_assets.analysis.watch import watch
from tests.media import ffmpeg
from tests.render_media import scene, write_film

CUTS = [33, 70, 71 + 36]  # odd and even places in a group of pictures


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Six seconds at 25 frames with three cuts, and many pictures that no other needs."""
    folder = tmp_path_factory.mktemp("sparing")
    pictures = []
    for seed, (begin, end) in enumerate(itertools.pairwise([0, *CUTS, 150])):
        pictures += scene(seed + 3, end - begin, size=(192, 108), speed=1)
    made = write_film(folder / "pictures.mp4", pictures, fps=25)
    how = ("-preset", "veryfast", "-g", 150, "-sc_threshold", 0, "-bf", 3, "-b_strategy", 0)
    ffmpeg("-i", made, "-c:v", "libx264", *how, folder / "film.mp4")
    return folder / "film.mp4"


def group(kinds):
    """(pts, sizes, needless) of a group, from letters in decoding order: "P4" is shown fourth."""
    pts = np.array([int(kind[1:]) for kind in kinds])
    sizes = np.array([{"I": 9000, "P": 1000, "B": 600, "b": 100}[kind[0]] for kind in kinds])
    return pts, sizes, np.array([kind[0] == "b" for kind in kinds])


CALM = ["I0"] + [
    f"{kind}{4 * number + place}"
    for number in range(6)
    for kind, place in (("P", 4), ("B", 2), ("b", 1), ("b", 3))
]


def test_small_pictures_that_no_other_needs_are_left_out_but_not_near_the_ends():
    found = spared(*group(CALM), gap=10)
    assert list(found) == [3, 5, 7, 9, 11, 13, 15, 17, 19, 21]
    assert NEAR_KEY == 2


def test_nothing_is_left_out_beside_a_picture_that_shows_something_new():
    pts, sizes, needless = group(CALM)
    sizes[pts == 12] = 5000  # as much as a new scene takes
    assert not {9, 11} & set(spared(pts, sizes, needless, gap=10))
    pts, sizes, needless = group(CALM)
    sizes[pts == 11] = 500  # a flash
    assert 11 not in spared(pts, sizes, needless, gap=10)


def test_never_two_in_a_row_nor_across_a_long_gap():
    kinds = ["I0"] + [
        f"{k}{4 * n + p}" for n in range(6) for k, p in (("P", 4), ("b", 1), ("b", 2), ("b", 3))
    ]
    assert np.diff(spared(*group(kinds), gap=10)).min() >= 2
    assert not len(spared(*group(kinds), gap=1))


def test_where_time_went_back_everything_is_decoded():
    plan = Plan(10)
    for _ in range(2):
        for number, (pts, size, needless) in enumerate(zip(*group(CALM), strict=True)):
            plan.take(int(pts), int(size), starts=number == 0, needless=bool(needless))
    assert not len(plan.finish())


def test_a_picture_without_references_says_so_in_all_of_its_slices():
    assert is_needless(b"\0\0\0\2\x06\0" + b"\0\0\0\2\x01\0", 4)
    assert is_needless(b"\0\0\1\x01\0\0\1\x01", 0)
    assert not is_needless(b"\0\0\0\2\x01\0" + b"\0\0\0\2\x21\0", 4)
    assert not is_needless(b"\0\0\0\2\x06\0", 4)  # no slice at all
    assert not is_needless(b"", 4)


def test_frames_that_were_left_out_have_their_rows_and_no_cut_hides_in_them(film, monkeypatch):
    layout = lay_out(film)
    assert len(layout.spared) > 30
    found = watch(film)
    monkeypatch.setattr("media_assets.analysis.sparing.spared", lambda *given: np.zeros(0, int))
    whole = watch(film)
    assert not len(lay_out(film).spared)
    assert np.array_equal(found.frames["at_us"], whole.frames["at_us"])
    assert [(c.frame, c.kind) for c in found.changes] == [(c.frame, c.kind) for c in whole.changes]
    assert [change.frame for change in found.changes if change.kind == "cut"] == CUTS
    assert np.abs(found.frames["mean"] - whole.frames["mean"]).max() < 2.0
    assert found.end_ms == whole.end_ms


def test_a_cut_in_pictures_that_were_left_out_is_looked_at_again(film, monkeypatch):
    """Sizes that say nothing: the plan leaves out what lies at cuts, too."""
    monkeypatch.setattr("media_assets.analysis.sparing.OF_USUAL", 1e9)
    left_out = {round(pts / 512) for pts in lay_out(film).spared}
    beside = [cut for cut in CUTS if {cut, cut - 1} & left_out]
    assert beside
    see_again, seen = segments._Pass._see_again, []

    def watched(self, rows):
        seen.extend(rows)
        see_again(self, rows)

    monkeypatch.setattr(segments._Pass, "_see_again", watched)
    found = watch(film)
    assert all({cut, cut - 1} & set(seen) for cut in beside)
    assert [change.frame for change in found.changes if change.kind == "cut"] == CUTS
    monkeypatch.setattr(segments, "may_hide_a_cut", lambda *given: set())
    assert [c.frame for c in watch(film).changes if c.kind == "cut"] != CUTS


def test_a_picture_of_two_fields_ends_the_leaving_out(film, tmp_path):
    path = tmp_path / "fields.mp4"
    ffmpeg("-i", film, "-c:v", "libx264", "-preset", "veryfast", "-bf", 3, "-flags", "+ildct", path)
    assert not len(lay_out(path).spared)
    assert len(watch(path).frames) == 150


def test_one_step_of_two_is_a_share_of_both():
    assert unseen.share_of(1) == 1.0
    assert 0.5 <= unseen.share_of(2) < 1.0
