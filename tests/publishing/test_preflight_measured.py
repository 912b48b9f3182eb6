"""Preflight finds what the simulator would refuse: a slice of `make bench ONLY=preflight`."""

import pytest

from tests.publishing.preflight_cases import judge

pytestmark = pytest.mark.any_database


def test_what_the_simulator_refuses_was_named_before_the_first_call(simulator, tmp_path):
    tallies = judge(simulator, tmp_path, posts=75, drawn=4, seed=7, all_of_them=False)
    for platform, tally in tallies.items():
        assert tally.refused >= 15, platform
        assert tally.missed == [], platform
        assert tally.named == tally.refused, platform
        taken = tally.posts - tally.refused
        assert taken >= 15, platform
        # The other way round: few posts are held up that would have been taken.
        assert tally.strict.total() <= 0.2 * taken, tally.strict
