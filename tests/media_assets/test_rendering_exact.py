"""Every frame of a cut is the right one, and the sound is where it belongs."""

import pytest

from tests.exact_cuts import KINDS, cut, make_film, random_spans


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_of_a_cut_is_the_right_one(tmp_path, kind):
    film = make_film(tmp_path, kind, seconds=5)
    for start_ms, end_ms in [(0, 400), *random_spans(film, 2, seed=11)]:
        made = cut(film, start_ms, end_ms, tmp_path)
        assert made.shown == made.wanted, (start_ms, end_ms)
        assert made.declared == len(made.shown)
        assert abs(made.lag_ms) <= 25
