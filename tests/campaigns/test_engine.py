"""The rules engine: explained, monotone, and the same answer every time."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.defaults import DEFAULT_RULES
from campaigns.engine import Ruleset, choose, evaluate
from campaigns.errors import BadRule
from campaigns.features import (
    FEATURES,
    LABELS,
    MEASURED,
    Candidate,
    Limits,
    duration_fit,
    read_weights,
)
from publishing.models import Platform

unit = st.floats(0, 1)
weights = st.dictionaries(st.sampled_from(FEATURES), st.floats(-5, 5), min_size=1).filter(
    lambda found: any(abs(weight) > 1e-3 for weight in found.values())
)
features = st.dictionaries(st.sampled_from(MEASURED), unit)


def clip(clip_id="a", *, duration_ms=10_000, **fields):
    return Candidate(clip_id=clip_id, duration_ms=duration_ms, **fields)


def rules(weights, **limits):
    return Ruleset("TikTok", weights, Limits.read(limits))


@given(weights=weights, features=features, score=unit)
def test_a_score_lies_between_0_and_1_and_is_the_sum_of_its_contributions(weights, features, score):
    found = evaluate(clip(features=features, visual_score=score), rules(weights))
    assert 0 <= found.value <= 1
    assert found.value == pytest.approx(sum(each.share for each in found.contributions), abs=1e-6)
    assert sum(each.most for each in found.contributions) == pytest.approx(1)


@given(
    weights=weights,
    features=features,
    name=st.sampled_from(MEASURED),
    low=unit,
    high=unit,
)
def test_more_of_a_feature_never_hurts_unless_its_weight_is_below_zero(
    weights, features, name, low, high
):
    low, high = sorted([low, high])
    less = evaluate(clip(features=features | {name: low}), rules(weights)).value
    more = evaluate(clip(features=features | {name: high}), rules(weights)).value
    if weights.get(name, 0) >= 0:
        assert more >= less - 1e-6
    if weights.get(name, 0) <= 0:
        assert more <= less + 1e-6


@given(found=st.lists(st.tuples(unit, unit), min_size=1, max_size=8), seed=st.integers(0, 999))
def test_the_order_in_which_clips_come_does_not_matter(found, seed):
    clips = [
        clip(str(n), features={"motion": motion, "hook": hook}, start_ms=n)
        for n, (motion, hook) in enumerate(found)
    ]
    mixed = random.Random(seed).sample(clips, len(clips))
    ruleset = rules({"motion": 0.3, "hook": 0.7})
    assert choose(clips, ruleset) == choose(mixed, ruleset)


def test_equal_scores_are_decided_by_rank_then_start_then_id():
    ruleset = rules({"motion": 1})
    same = {"features": {"motion": 0.5}}
    late = clip("a", rank=1, start_ms=9_000, **same)
    early = clip("b", rank=1, start_ms=1_000, **same)
    second = clip("c", rank=2, start_ms=0, **same)
    unranked = clip("d", rank=0, start_ms=0, **same)
    twin = clip("aa", rank=1, start_ms=1_000, **same)
    choice = choose([unranked, second, late, early, twin], ruleset)
    order = [choice.best, *choice.others]
    assert [each.candidate.clip_id for each in order] == ["aa", "b", "a", "c", "d"]
    assert choice.why_lost(choice.others[0]) == (
        "As good as the chosen one; the earlier rank decided."
    )


def test_the_sentences_name_what_counted_most_and_what_spoke_against_it():
    found = evaluate(
        clip(features={"hook": 0.9, "motion": 0.8, "faces": 0.1, "energy": 0.5}),
        rules({"hook": 0.4, "motion": 0.3, "faces": 0.2, "energy": 0.1}),
    )
    assert found.sentences == (
        "67 of 100 points for TikTok.",
        "The opening (0.90) gives 36 points of 40 possible.",
        "Movement (0.80) gives 24 points of 30 possible.",
        "Sound energy (0.50) gives 5 points of 10 possible.",
        "Against it: Faces in frame (0.10) costs 18 points.",
        "Against it: Movement (0.80) costs 6 points.",
    )


def test_what_was_not_measured_counts_as_neutral_and_is_named():
    found = evaluate(
        clip(features={"hook": "loud", "faces": None, "motion": True, "energy": float("nan")}),
        rules({"hook": 1, "faces": 1, "motion": 1, "energy": 1}),
    )
    assert found.value == 0.5
    assert found.missing == ("energy", "faces", "hook", "motion")
    assert found.sentences[-1] == "Not measured, counted as neutral: energy, faces, hook, motion."


def test_numbers_outside_0_to_1_count_as_the_nearest():
    ruleset = rules({"motion": 1, "hook": 1})
    assert evaluate(clip(features={"motion": 7, "hook": -2}), ruleset).value == 0.5


@pytest.mark.parametrize(
    ("duration_ms", "reason"),
    [
        (2_999, "Too short for TikTok: 3.0 s, at least 3.0 s."),
        (3_000, ""),
        (60_000, ""),
        (60_001, "Too long for TikTok: 60.0 s, at most 60.0 s."),
    ],
)
def test_hard_limits_on_length_exclude_with_a_reason(duration_ms, reason):
    ruleset = rules({"motion": 1}, min_duration_ms=3_000, max_duration_ms=60_000)
    found = evaluate(clip(duration_ms=duration_ms, features={"motion": 1}), ruleset)
    assert found.excluded == reason
    assert (reason in found.sentences) == bool(reason)


def test_a_clip_without_a_needed_file_is_out_however_good_it_is():
    ruleset = rules({"motion": 1}, required_formats=["vertical_1080x1920"])
    best = clip("best", features={"motion": 1})
    plain = clip("plain", features={"motion": 0.1}, formats=frozenset(["vertical_1080x1920"]))
    choice = choose([best, plain], ruleset)
    assert choice.best.candidate.clip_id == "plain"
    assert choice.why_lost(choice.others[0]) == "TikTok needs a file in vertical_1080x1920."


def test_nobody_is_chosen_when_all_are_out_or_there_is_nobody():
    ruleset = rules({"motion": 1}, max_duration_ms=1_000)
    assert choose([clip()], ruleset).best is None
    assert choose([], ruleset).best is None


def test_the_loser_is_told_by_how_much_and_why():
    ruleset = rules({"motion": 0.5, "hook": 0.5})
    choice = choose(
        [
            clip("a", features={"motion": 0.9, "hook": 0.5}),
            clip("b", features={"motion": 0.1, "hook": 0.6}),
        ],
        ruleset,
    )
    assert choice.why_lost(choice.others[0]) == "35 points behind, most of it for: movement."


@pytest.mark.parametrize(
    ("duration_ms", "fit"),
    [(3_000, 0), (5_000, 0.5), (7_000, 1), (20_000, 1), (30_000, 1), (45_000, 0.5), (60_000, 0)],
)
def test_length_fits_best_within_the_ideal_span(duration_ms, fit):
    limits = Limits(
        min_duration_ms=3_000, max_duration_ms=60_000, ideal_min_ms=7_000, ideal_max_ms=30_000
    )
    assert duration_fit(duration_ms, limits) == fit


@given(
    duration_ms=st.integers(1, 10**8),
    limits=st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
)
def test_the_fit_of_a_length_is_always_from_0_to_1(duration_ms, limits):
    low, ideal_low, ideal_high, high = sorted(limits)
    fit = duration_fit(
        duration_ms,
        Limits(low, high, ideal_min_ms=ideal_low, ideal_max_ms=ideal_high),
    )
    assert 0 <= fit <= 1


@pytest.mark.parametrize(
    "bad",
    [
        {},
        [],
        None,
        {"charm": 1},
        {"motion": "much"},
        {"motion": True},
        {"motion": float("inf")},
        {"motion": 0},
    ],
)
def test_weights_that_say_nothing_are_refused(bad):
    with pytest.raises(BadRule):
        read_weights(bad)


@pytest.mark.parametrize(
    "bad",
    [
        [],
        {"max_length": 5},
        {"min_duration_ms": -1},
        {"min_duration_ms": 1.5},
        {"min_duration_ms": True},
        {"preferred_format": "round"},
        {"required_formats": "vertical_1080x1920"},
        {"formats": ["round"]},
        {"min_duration_ms": 9, "max_duration_ms": 5},
        {"ideal_min_ms": 9, "ideal_max_ms": 5},
    ],
)
def test_limits_that_make_no_sense_are_refused(bad):
    with pytest.raises(BadRule):
        Limits.read(bad)


def test_every_platform_has_a_default_with_a_reason_for_each_weight():
    assert set(DEFAULT_RULES) == set(Platform.values)
    for default in DEFAULT_RULES.values():
        assert set(default.weights) <= set(LABELS)
        assert sum(default.plain_weights.values()) == pytest.approx(1)
        assert all(reason for _, reason in default.weights.values())
        assert Limits.read(default.limits.as_json()) == default.limits
