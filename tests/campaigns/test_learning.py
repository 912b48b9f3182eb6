"""Learning: it finds what matters, and does not find what is not there."""

import dataclasses

import numpy as np
import pytest

from campaigns.defaults import DEFAULT_RULES
from campaigns.features import FEATURES
from campaigns.learning import MIN_EXAMPLES, Example, learn, targets

CURRENT = DEFAULT_RULES["tiktok"].plain_weights
ALIKE = ("duration_fit", "format_ready")


def posts(number, *, seed, matters=None, noise=0.3):
    """Posts of two accounts, one ten times the size; views follow the features in `matters`."""
    draws = np.random.default_rng(seed)
    found = []
    for n in range(number):
        values = {name: float(draws.random()) for name in FEATURES} | dict.fromkeys(ALIKE, 1.0)
        pull = sum(weight * values[name] for name, weight in (matters or {}).items())
        views = int(np.exp(7 + pull + noise * draws.standard_normal())) * (10 if n % 2 else 1)
        found.append(Example(f"account {n % 2}", values, float(n), 24.0, views, likes=views // 20))
    return found


@pytest.mark.parametrize("feature", ["colour", "hook", "faces"])
def test_the_feature_that_matters_gets_the_largest_weight(feature):
    lesson = learn(posts(48, seed=1, matters={feature: 4}), current=CURRENT)
    assert lesson.better
    assert max(lesson.weights, key=lesson.weights.get) == feature
    assert lesson.weights[feature] > 2 * CURRENT.get(feature, 0.05)
    assert lesson.explained > lesson.explained_before
    assert lesson.chance < 0.01


def test_a_feature_that_hurts_gets_a_weight_below_zero():
    lesson = learn(posts(48, seed=2, matters={"energy": -4}), current=CURRENT)
    assert lesson.better
    assert min(lesson.weights, key=lesson.weights.get) == "energy"
    assert lesson.weights["energy"] < -0.1


def test_noise_is_no_reason_to_change_anything():
    proposed = [
        learn(posts(number, seed=seed), current=CURRENT).better
        for number in (MIN_EXAMPLES, 16, 40)
        for seed in range(40)
    ]
    assert sum(proposed) <= 0.08 * len(proposed)


def test_a_rule_that_already_knows_is_hardly_improved_upon():
    known = {"hook": 1.0}
    lesson = learn(posts(60, seed=3, matters={"hook": 4}), current=known)
    assert lesson.explained_before > 0.6
    assert lesson.weights["hook"] > 0.5


def test_what_was_alike_in_all_posts_keeps_its_weight():
    lesson = learn(posts(48, seed=1, matters={"colour": 4}), current=CURRENT)
    assert lesson.unseen == ALIKE
    for name in ALIKE:
        assert lesson.weights[name] == CURRENT[name]
    assert sum(abs(weight) for weight in lesson.weights.values()) == pytest.approx(1, abs=0.01)


def test_the_same_posts_teach_the_same_in_any_order():
    found = posts(30, seed=5, matters={"motion": 3})
    assert learn(found, current=CURRENT) == learn(found[::-1], current=CURRENT)


def test_a_large_account_teaches_nothing_by_being_large():
    found = posts(30, seed=6, matters={"motion": 3})
    larger = [
        dataclasses.replace(each, views=each.views * 1000, likes=each.likes * 1000)
        if each.account == "account 1"
        else each
        for each in found
    ]
    assert np.allclose(targets(found), targets(larger), atol=0.05)


def test_one_viral_post_counts_no_more_than_three_deviations():
    found = posts(12, seed=7)
    found[0] = dataclasses.replace(found[0], views=10**12, likes=0)
    assert np.abs(targets(found)).max() <= 3.0


def test_posts_without_views_or_differences_do_not_break_it():
    blank = [Example("a", {}, float(n), 0.0, 0) for n in range(MIN_EXAMPLES)]
    lesson = learn(blank, current=CURRENT)
    assert not lesson.better
    assert np.isfinite([lesson.explained, lesson.explained_before, lesson.chance]).all()


def test_too_few_posts_teach_nothing():
    with pytest.raises(ValueError, match="at least 8"):
        learn(posts(MIN_EXAMPLES - 1, seed=1), current=CURRENT)


def test_a_number_that_nobody_told_is_not_zero():
    """A post whose likes are hidden counts as usual for its account, not as one that nobody liked."""
    draws = np.random.default_rng(4)
    examples = [
        dataclasses.replace(each, likes=int(each.views * (0.02 + 0.06 * draws.random())))
        for each in posts(24, seed=3)
    ]
    hidden = dataclasses.replace(examples[4], likes=None)
    nobody = dataclasses.replace(examples[4], likes=0)

    def target(example):
        return targets([*examples[:4], example, *examples[5:]])[4]

    assert target(nobody) < target(hidden) - 0.3
    others = [*examples[:4], *examples[5:]]
    usual = [each.likes / each.views for each in others if each.account == hidden.account]
    typical = dataclasses.replace(hidden, likes=round(float(np.median(usual)) * hidden.views))
    assert target(hidden) == pytest.approx(target(typical), abs=0.1)


def test_what_a_platform_never_tells_makes_no_difference():
    examples = posts(24, seed=3)
    without = [dataclasses.replace(each, shares=None, comments=None) for each in examples]
    zeros = [dataclasses.replace(each, shares=0, comments=0) for each in examples]
    assert targets(without) == pytest.approx(targets(zeros))
