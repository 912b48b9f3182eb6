"""Preflight: every message names the field, the limit and the cure."""

import dataclasses

import pytest

from publishing.platforms import PLATFORMS
from publishing.platforms.base import Content
from publishing.preflight import LIMITS, FileFacts, problems

GOOD = FileFacts(duration_ms=10_000, width_px=1080, height_px=1920, fps=25.0, size_bytes=5_000_000)
WORDS = Content("Harbour lights", "Out now #harbour")


@pytest.mark.parametrize("platform", LIMITS)
def test_a_good_clip_has_no_problems(platform):
    assert problems(platform, GOOD, WORDS) == []


@pytest.mark.parametrize("platform", LIMITS)
def test_the_limits_cover_every_platform_and_are_no_laxer_than_its_definition(platform):
    ours, theirs = LIMITS[platform], PLATFORMS[platform]
    assert set(LIMITS) == set(PLATFORMS)
    assert ours.min_duration_ms >= theirs.min_duration_ms
    assert ours.max_duration_ms <= theirs.max_duration_ms
    assert ours.privacy == set(theirs.privacies)


@pytest.mark.parametrize(
    ("platform", "change", "field", "words"),
    [
        ("instagram", {"duration_ms": 2_999}, "clip_variant_id", "from 3 s"),
        ("instagram", {"duration_ms": 900_001}, "clip_variant_id", "up to 15 min"),
        ("instagram", {"size_bytes": 400 * 1024**2}, "clip_variant_id", "MiB"),
        ("instagram", {"width_px": 2160}, "clip_variant_id", "1920"),
        ("tiktok", {"fps": 15.0}, "clip_variant_id", "23 to 60 frames"),
        ("tiktok", {"width_px": 240}, "clip_variant_id", "360 px"),
        ("tiktok", {"duration_ms": 600_001}, "clip_variant_id", "up to 10 min"),
    ],
)
def test_a_file_outside_the_limits_is_named_with_its_cure(platform, change, field, words):
    (problem,) = problems(platform, dataclasses.replace(GOOD, **change), WORDS)
    assert problem.field == field
    assert words in problem.message
    assert any(cure in problem.message for cure in ("Choose", "Render"))


@pytest.mark.parametrize(
    ("platform", "content", "field"),
    [
        ("instagram", Content("", "x" * 2201), "caption"),
        ("instagram", Content("", "#a " * 31), "caption"),
        ("instagram", Content("", "@a " * 21), "caption"),
        ("instagram", Content("", "", "private"), "privacy"),
        ("tiktok", Content("", "😀" * 1101), "caption"),
        ("tiktok", Content("", "", "unlisted"), "privacy"),
        ("youtube", Content("", "no title"), "title"),
        ("youtube", Content("t" * 101, ""), "title"),
        ("youtube", Content("a <b>", ""), "title"),
        ("youtube", Content("ok", "é" * 2501), "caption"),
    ],
)
def test_words_outside_the_limits_are_named(platform, content, field):
    assert [problem.field for problem in problems(platform, GOOD, content)] == [field]


def test_a_limit_itself_is_still_inside():
    at_limit = dataclasses.replace(GOOD, duration_ms=3_000, fps=60.0)
    assert problems("instagram", at_limit, Content("", "x" * 2200)) == []
    assert problems("tiktok", GOOD, Content("", "😀" * 1100)) == []
