"""Preflight: every finding names the field, the limit, what is there, and the cure."""

import ast
import dataclasses
import json
from pathlib import Path

import pytest
from django.core.checks import run_checks

from media_assets.file_facts import FileFacts
from publishing.platforms import PLATFORMS
from publishing.platforms.base import Content
from publishing.preflight import (
    DECLARATIONS,
    SCHEMAS,
    AccountFacts,
    Severity,
    Subject,
    findings_of,
)
from publishing.preflight.measures import MEASURES

ROOT = Path(__file__).parents[2] / "publishing"
PINNED = json.loads((Path(__file__).parent / "preflight_versions.json").read_text())
GOOD = FileFacts(
    container="mp4",
    size_bytes=5_000_000,
    duration_ms=10_000,
    whole_ms=10_000,
    width_px=1080,
    height_px=1920,
    fps=25.0,
    video_codec="h264",
    pix_fmt="yuv420p",
    audio_codec="aac",
    audio_channels=2,
    audio_rate_hz=48_000,
)
WORDS = Content("Harbour lights", "Out now #harbour")
AGREED = AccountFacts(declared=frozenset(DECLARATIONS))


def found(platform, content=WORDS, account=AGREED, trouble="", **changes):
    file = None if trouble else dataclasses.replace(GOOD, **changes)
    return findings_of(Subject(platform, file, content, account, trouble))[1]


def errors(*args, **kwargs):
    return [each for each in found(*args, **kwargs) if each.severity is Severity.ERROR]


# --- The schemas as data --------------------------------------------------------------------------


def test_the_schemas_cover_every_platform_and_are_no_laxer_than_its_definition():
    assert {schema.platform for schema in SCHEMAS.values()} == set(PLATFORMS)
    for schema in SCHEMAS.values():
        theirs = PLATFORMS[schema.platform]
        assert schema.rule("shortest").least >= theirs.min_duration_ms
        assert schema.rule("size").most <= theirs.max_bytes
        assert set(schema.rule("privacy").among) == set(theirs.privacies)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_a_schema_is_dated_sourced_and_refers_to_what_there_is(schema):
    assert schema.version.startswith(schema.as_of.isoformat())
    assert all(source.startswith("https://") for source in schema.sources)
    names = [rule.name for rule in schema.rules]
    assert len(set(names)) == len(names)
    for rule in schema.rules:
        assert rule.measure in MEASURES
        assert rule.limit_in_words
        assert rule.cure.endswith(".")


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_whoever_changes_a_rule_gives_the_schema_a_new_version(schema):
    """Add the new version to the file; a version that is there keeps its digest for ever."""
    assert PINNED.get(schema.ref) == schema.digest


def test_preflight_and_the_simulator_do_not_know_each_other():
    """Or comparing them would prove nothing."""
    for folder, stranger in (("preflight", "simulator"), ("simulator", "preflight")):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in getattr(node, "names", [])]
                names.append(getattr(node, "module", "") or "")
                if isinstance(node, ast.Import | ast.ImportFrom):
                    assert not any(stranger in name.split(".") for name in names), path


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_good_clip_has_no_findings(platform):
    assert found(platform) == []


@pytest.mark.parametrize(
    ("platform", "change", "limit", "actual"),
    [
        ("instagram", {"duration_ms": 2_999}, "from 3 s", "2.999 s"),
        ("instagram", {"whole_ms": 900_001}, "up to 15 min", "15 min 0.001 s"),
        ("instagram", {"size_bytes": 300_000_001, "duration_ms": 600_000}, "up to 300 MB", "300.000001 MB"),
        ("instagram", {"width_px": 2160}, "up to 1920 px", "2160 px"),
        ("instagram", {"width_px": 1280, "height_px": 120}, "from 0.01:1 to 10:1", "10.7:1"),
        ("instagram", {"size_bytes": 40_000_000}, "up to 25 Mbit/s", "32 Mbit/s"),
        ("instagram", {"container": "webm"}, "mp4, mov", "webm"),
        ("instagram", {"video_codec": "mpeg4"}, "h264, hevc", "mpeg4"),
        ("instagram", {"pix_fmt": "yuv444p"}, "4:2:0", "4:4:4"),
        ("instagram", {"pix_fmt": "gbrp"}, "4:2:0", "gbrp"),
        ("instagram", {"interlaced": True}, "progressive", "interlaced"),
        ("instagram", {"index_first": False}, "before the data", "behind the data"),
        ("instagram", {"edit_list": True}, "without an edit list", "an edit list"),
        ("instagram", {"audio_codec": "mp3"}, "aac", "mp3"),
        ("instagram", {"audio_channels": 6}, "from 1 to 2 channels", "6 channels"),
        ("instagram", {"audio_rate_hz": 96_000}, "up to 48000 Hz", "96000 Hz"),
        ("tiktok", {"fps": 15.0}, "from 23 to 60 frames per second", "15 frames per second"),
        ("tiktok", {"width_px": 240}, "from 360 px", "240 px"),
        ("tiktok", {"height_px": 4097}, "up to 4096 px", "4097 px"),
        ("tiktok", {"whole_ms": 600_001}, "up to 10 min", "10 min 0.001 s"),
        ("tiktok", {"video_codec": "av1"}, "h264, hevc, vp8, vp9", "av1"),
        ("youtube", {"video_codec": "mjpeg"}, "h264, hevc", "mjpeg"),
        ("youtube", {"container": "mkv"}, "mp4, mov, webm, avi", "mkv"),
        ("youtube", {"tail_bytes": 9}, "that end where they say", "9 bytes behind the end"),
    ],
)  # fmt: skip
def test_a_file_outside_a_limit_is_named_with_limit_value_and_cure(platform, change, limit, actual):
    (finding,) = errors(platform, **change)
    assert finding.field == "clip_variant_id"
    assert finding.limit.startswith(limit)
    assert finding.actual == actual
    for part in (finding.limit, finding.actual, finding.cure):
        assert part in finding.message


def test_a_limit_itself_is_still_inside():
    assert errors("instagram", duration_ms=3_000, fps=60.004, whole_ms=900_000) == []
    assert errors("instagram", audio_codec="", audio_channels=0, audio_rate_hz=0) == []
    assert errors("tiktok", Content("", "😀" * 1100)) == []


def test_a_file_that_cannot_be_read_is_one_finding_with_the_reason():
    (finding,) = errors("tiktok", trouble="The end of the file is missing.")
    assert (finding.rule, finding.actual) == ("readable", "The end of the file is missing.")


# --- Words, privacy, options ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "content", "field", "rule"),
    [
        ("instagram", Content("", "x" * 2201), "caption", "caption"),
        ("instagram", Content("x" * 2201, ""), "caption", "caption"),  # the title is sent then
        ("instagram", Content("", "#a " * 31), "caption", "hashtags"),
        ("instagram", Content("", "a#b" * 31), "caption", "hashtags"),
        ("instagram", Content("", "@a " * 21), "caption", "mentions"),
        ("instagram", Content("", "", "private"), "privacy", "privacy"),
        ("tiktok", Content("", "😀" * 1101), "caption", "caption"),
        ("tiktok", Content("", "half \ud83d"), "caption", "text"),
        ("tiktok", Content("", "", "unlisted"), "privacy", "privacy"),
        ("youtube", Content("  ", "no title"), "title", "title"),
        ("youtube", Content("t" * 101, ""), "title", "title length"),
        ("youtube", Content("a <b>", ""), "title", "title signs"),
        ("youtube", Content("ok", "1 < 2"), "caption", "description signs"),
        ("youtube", Content("ok", "é" * 2501), "caption", "description length"),
    ],
)
def test_words_outside_the_limits_are_named(platform, content, field, rule):
    assert [(each.field, each.rule) for each in errors(platform, content)] == [(field, rule)]


@pytest.mark.parametrize(
    ("platform", "options", "field"),
    [
        ("instagram", {"thumb_offset_ms": "soon"}, "options.thumb_offset_ms"),
        ("instagram", {"thumb_offset_ms": None}, "options.thumb_offset_ms"),
        ("instagram", {"thumb_offset_ms": -1}, "options.thumb_offset_ms"),
        ("instagram", {"thumb_offset_ms": 10_001}, "options.thumb_offset_ms"),
        ("instagram", {"upload": "ftp"}, "options.upload"),
        ("instagram", {"share_to_feed": "no"}, "options.share_to_feed"),
        ("instagram", {"destination": "youtube_short"}, "options.destination"),
        ("tiktok", {"privacy_level": "EVERYBODY"}, "options.privacy_level"),
        ("tiktok", {"privacy_level": "SELF_ONLY", "brand_content": True}, "options.brand_content"),
        ("youtube", {"tags": "harbour"}, "options.tags"),
        ("youtube", {"tags": ["x" * 20] * 24}, "options.tags"),  # 480 and 23 commas
        ("youtube", {"tags": ["a b"] * 84}, "options.tags"),  # each counts five, with its quotes
        ("youtube", {"tags": ["<b>"]}, "options.tags"),
        ("youtube", {"category_id": "99"}, "options.category_id"),
        ("youtube", {"made_for_kids": "no"}, "options.made_for_kids"),
    ],
)
def test_an_option_that_would_be_refused_or_misread_is_named(platform, options, field):
    content = Content("Harbour lights", "", "public", options)
    assert [each.field for each in errors(platform, content)] == [field]


def test_options_at_their_limits_are_taken():
    tags = {"tags": ["x" * 20] * 23 + ["x" * 17], "category_id": 22}
    assert errors("youtube", Content("t", "", "public", tags)) == []
    assert errors("instagram", Content("t", "", "public", {"thumb_offset_ms": 10_000})) == []


def test_an_option_that_nobody_reads_is_worth_a_warning():
    (finding,) = found("youtube", Content("t", "", "public", {"made_for_kid": True}))
    assert (finding.severity, finding.actual) == (Severity.WARNING, "made_for_kid")


# --- What the account may, and what was declared --------------------------------------------------


def test_what_the_creator_offers_is_heeded():
    private = AccountFacts(
        profile={
            "privacy_level_options": ["FOLLOWER_OF_CREATOR", "SELF_ONLY"],
            "max_video_post_duration_sec": 5,
        },
        declared=AGREED.declared,
    )
    rules = {each.rule: each for each in errors("tiktok", account=private)}
    assert set(rules) == {"privacy offered", "creator's length"}
    assert rules["privacy offered"].actual == "PUBLIC_TO_EVERYONE"
    followers = Content("t", "", "public", {"privacy_level": "FOLLOWER_OF_CREATOR"})
    assert errors("tiktok", followers, private, whole_ms=5_000, duration_ms=5_000) == []


def test_a_verified_channel_may_upload_for_longer():
    lying = {"width_px": 1920, "height_px": 1080, "whole_ms": 16 * 60_000}
    assert [each.rule for each in errors("youtube", **lying)] == ["unverified length"]
    verified = AccountFacts(
        profile={"status": {"longUploadsStatus": "allowed"}}, declared=AGREED.declared
    )
    assert errors("youtube", account=verified, **lying) == []


@pytest.mark.parametrize(
    ("platform", "option"), [("tiktok", "music_usage_consent"), ("youtube", "made_for_kids")]
)
def test_a_duty_holds_up_a_live_post_and_warns_on_the_simulator(platform, option):
    live, simulated = AccountFacts(live=True), AccountFacts()
    (held,) = errors(platform, account=live)
    assert held.field == f"options.{option}"
    (warned,) = found(platform, account=simulated)
    assert (warned.severity, warned.field) == (Severity.WARNING, held.field)
    said = Content("t", "", "public", {option: True})
    assert found(platform, said, live) == []
    assert found(platform, account=dataclasses.replace(live, declared=AGREED.declared)) == []


def test_a_misspelt_declaration_is_an_error_at_start(settings):
    settings.DECLARATIONS = ["tiktok.music-usage", "tiktok.music"]
    (error,) = run_checks(tags=["publishing"])
    assert (error.id, "'tiktok.music'" in error.msg) == ("publishing.E001", True)


# --- Which destination ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "options", "name"),
    [
        ({}, {}, "youtube_short"),
        ({"width_px": 1080, "height_px": 1080}, {}, "youtube_short"),
        ({"width_px": 1920, "height_px": 1080}, {}, "youtube_video"),
        ({"whole_ms": 180_001}, {}, "youtube_video"),
        ({}, {"destination": "youtube_video"}, "youtube_video"),
    ],
)
def test_youtubes_destination_follows_the_shape_unless_it_is_named(change, options, name):
    subject = Subject(
        "youtube", dataclasses.replace(GOOD, **change), Content("t", "", "public", options)
    )
    assert findings_of(subject)[0].name == name


def test_a_short_that_is_asked_for_must_be_one():
    short = Content("t", "", "public", {"destination": "youtube_short"})
    wide = {"width_px": 1920, "height_px": 1080, "whole_ms": 200_000}
    assert {each.rule for each in errors("youtube", short, **wide)} == {"length", "ratio"}
