"""The arithmetic of what is unusual, against values that others computed."""

import math

import pytest

from ledger.queries.statistics import (
    beta_binomial_tail,
    hampel_distance,
    histogram_limit,
    wilson_interval,
    without_the_worst,
    zero_probability,
)


def test_the_interval_of_wilson():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_predictive_tail_is_a_probability_and_falls():
    tails = [beta_binomial_tail(k, 10, before=3, before_tries=40) for k in range(12)]
    assert tails[0] == 1.0
    assert tails[11] == 0.0
    assert tails == sorted(tails, reverse=True)


def test_without_a_past_the_predictive_share_is_the_prior():
    # Beta(1/2, 1/2) over one try is a fair coin; over two, both fail with 3/8.
    assert beta_binomial_tail(1, 1, before=0, before_tries=0) == pytest.approx(0.5)
    assert beta_binomial_tail(2, 2, before=0, before_tries=0) == pytest.approx(3 / 8)


def test_with_a_long_past_it_is_the_binomial():
    share, tries, seen = 0.01, 50, 4
    exact = sum(
        math.comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(seen, tries + 1)
    )
    found = beta_binomial_tail(seen, tries, before=10**6, before_tries=10**8)
    assert found == pytest.approx(exact, rel=1e-3)


def test_large_counts_stay_numbers():
    assert 0 < beta_binomial_tail(600, 10_000, before=50_000, before_tries=1_000_000) < 1e-4


def test_an_outage_of_the_past_is_left_out():
    quiet, outage = [(1, 100)] * 7, [(90, 100)]
    assert without_the_worst(quiet + outage) == (6, 600)
    assert without_the_worst([(0, 0), (2, 4)]) == (2, 4)
    assert without_the_worst([]) == (0, 0)


def test_one_past_peak_hides_no_new_one():
    past = [2, 3, 2, 3, 2, 3, 500]
    distance, middle = hampel_distance(40, past)
    assert middle == 3
    assert distance > 5
    assert hampel_distance(6, past)[0] < 5


def test_a_past_of_zeros_still_has_a_scale():
    assert hampel_distance(3, [0] * 100) == (3.0, 0.0)
    assert hampel_distance(3, []) == (0.0, 0.0)


def test_the_limit_of_a_histogram_is_robust():
    bins = {80: 50, 81: 60, 82: 40, 160: 3}
    middle, last = histogram_limit(bins, deviations=5)
    assert middle == 81
    assert 82 < last < 100


def test_who_gets_nothing_among_many():
    assert zero_probability(3, among=2) == pytest.approx(1 / 8)
    assert zero_probability(10_000, among=1) == 1.0
