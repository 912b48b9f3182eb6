"""Formats as rows: added, changed within limits, retired; and what each means to a render."""

from fractions import Fraction

import pytest
from django.core.checks import run_checks

from jobs.models import Job
from ledger.machine import IllegalMove
from media_assets import checks
from media_assets.errors import BadFormat, OutsideFormat, UnknownFormat
from media_assets.formats import STANDARD, RenderFormat
from media_assets.models import ClipVariant, FormatRow
from media_assets.queries import default_formats, formats_in_use, render_format
from media_assets.rendering.encoders import ENCODERS, level_of, picture_arguments
from media_assets.rendering.plan import plan_variant
from media_assets.services.formats import (
    add_format,
    change_format,
    keep_standard_formats,
    restore_format,
    retire_format,
)
from media_assets.services.variants import request_variants
from tests.events import event_types_of
from tests.factories import make_clip, make_user
from tests.past_the_ledger import erase

STORY = {"name": "story_720x1280", "width_px": 720, "height_px": 1280}
FORMATS = "/admin/media_assets/formatrow/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


@pytest.mark.django_db
def test_the_standard_formats_are_there_and_come_back_only_when_missing():
    assert formats_in_use() == STANDARD
    retire_format(FormatRow.objects.get(name="square_1080x1080"))
    erase(FormatRow.objects.filter(name="preview_640x640"))
    keep_standard_formats()
    assert set(formats_in_use()) == set(STANDARD) - {"square_1080x1080"}
    assert default_formats() == ["vertical_1080x1920", "landscape_1920x1080"]


@pytest.mark.django_db
def test_a_format_is_added_changed_retired_and_restored():
    row = add_format(**STORY)
    assert render_format("story_720x1280") == RenderFormat(
        "story_720x1280", 720, 1280, by_default=False
    )
    change_format(row, crf=24, max_ms=60_000)
    change_format(row, crf=24)  # nothing new, no event
    assert render_format("story_720x1280").crf == 24
    row.refresh_from_db()
    retire_format(row)
    with pytest.raises(UnknownFormat):
        render_format("story_720x1280")
    with pytest.raises(IllegalMove):
        retire_format(row)
    restore_format(row)
    assert event_types_of(row) == [
        "render_format_added",
        "render_format_changed",
        "render_format_retired",
        "render_format_restored",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"width_px": 721}, "width_px"),
        ({"height_px": 20}, "height_px"),
        ({"name": "Story 1"}, "name"),
        ({"name": "square_1080x1080"}, "name"),
        ({"min_ms": 5000, "max_ms": 5000}, "max_ms"),
        ({"codec": "vp9"}, "codec"),
        ({"max_fps": 240}, "max_fps"),
        ({"crf": 51}, "crf"),
        ({"max_rate_bps": 0}, "max_rate_bps"),
    ],
)
def test_a_format_that_cannot_be_is_refused_and_says_why(wrong, field):
    with pytest.raises(BadFormat) as refused:
        add_format(**STORY | wrong)
    assert field in refused.value.details["fields"]
    assert FormatRow.objects.count() == len(STANDARD)


@pytest.mark.django_db
def test_the_size_of_a_format_is_fixed():
    with pytest.raises(BadFormat, match="add a format of another name"):
        change_format(add_format(**STORY), width_px=1080)


@pytest.mark.django_db
def test_a_clip_outside_the_limits_of_a_format_is_refused_at_once():
    add_format(**STORY, max_ms=5_000)
    clip = make_clip(start_ms=0, end_ms=6_000)
    with pytest.raises(OutsideFormat, match=r"0\.5 to 5 seconds; the clip has 6\.0"):
        request_variants(clip, formats=["story_720x1280"])
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_formats_are_listed_by_the_api(ada):
    retire_format(FormatRow.objects.get(name="preview_640x640"))
    rows = ada.get("/formats").json()["results"]
    assert {row["name"] for row in rows} == set(STANDARD) - {"preview_640x640"}
    one = ada.get("/formats/portrait_1080x1350").json()
    assert (one["width_px"], one["height_px"], one["by_default"]) == (1080, 1350, False)
    assert ada.get("/formats/preview_640x640").status_code == 404


@pytest.mark.django_db
def test_operators_add_change_and_retire_formats(ada):
    limits = {"codec": "h264", "crf": 21, "max_fps": 30, "max_rate_bps": 8_000_000}
    limits |= {"min_ms": 1000, "max_ms": 60_000, "max_bytes": 100_000_000}
    refused = ada.post(f"{FORMATS}add/", STORY | limits | {"width_px": 721})
    assert "An even number" in refused.text
    assert ada.post(f"{FORMATS}add/", STORY | limits).status_code == 302
    row = FormatRow.objects.get(name="story_720x1280")
    assert row.max_fps == 30
    page = f"{FORMATS}{row.pk}/change/"
    assert ada.post(page, limits | {"crf": 25, "width_px": 100, "name": "x"}).status_code == 302
    row.refresh_from_db()
    assert (row.crf, row.width_px, row.name) == (25, 720, "story_720x1280")
    act = {"action": "retire", "_selected_action": [str(row.pk)], "index": 0}
    ada.post(FORMATS, act)
    row.refresh_from_db()
    assert row.status == FormatRow.Status.RETIRED
    assert "Retired" in ada.get(FORMATS).text
    assert ada.post(f"{FORMATS}{row.pk}/delete/").status_code == 403
    assert event_types_of(row)[-2:] == ["render_format_changed", "render_format_retired"]


# --- What a format means to a render --------------------------------------------------------------


def plan_of(source_size, wanted, *, length_ms=3000):
    from media_assets.analysis.reading import Source
    from media_assets.models import Clip, VideoAsset

    width, height = source_size
    source = Source(
        width,
        height,
        width,
        height,
        Fraction(1),
        0,
        Fraction(60),
        0,
        0,
        None,
        0,
        0,
        "yuv420p",
        1,
        1,
    )
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=0, end_ms=length_ms)
    return plan_variant(clip, source, wanted)


def test_a_preview_keeps_the_shape_of_its_source():
    preview = STANDARD["preview_640x640"]
    sizes = {(1920, 1080): (640, 360), (1080, 1920): (360, 640), (720, 576): (640, 512)}
    for source, wanted in sizes.items():
        plan = plan_of(source, preview)
        assert (plan.format.width_px, plan.format.height_px) == wanted
        assert (plan.window, plan.rate) == ({"mode": "whole"}, 30)


def test_a_long_clip_gets_fewer_bits_so_that_its_file_is_not_too_large():
    small = RenderFormat("small", 640, 360, max_bytes=3_000_000)
    plan = plan_of((1920, 1080), small, length_ms=20_000)
    assert plan.rate_bps < small.max_rate_bps
    assert (plan.rate_bps * 22 + 168_000 * 20) / 8 <= 3_000_000
    with pytest.raises(OutsideFormat, match="do not fit"):
        plan_of((1920, 1080), small, length_ms=100_000)


def test_every_limit_that_makes_other_bytes_is_in_the_recipe():
    base = RenderFormat("a", 640, 360)
    others = [
        RenderFormat("a", 642, 360),
        RenderFormat("a", 640, 360, crf=22),
        RenderFormat("a", 640, 360, max_rate_bps=1_000_000),
        RenderFormat("a", 640, 360, max_fps=30),
    ]
    hashes = {plan_of((1920, 1080), each).recipe_hash for each in [base, *others]}
    assert len(hashes) == 5
    longer = RenderFormat("a", 640, 360, max_ms=1_000_000)
    assert plan_of((1920, 1080), longer).recipe_hash == plan_of((1920, 1080), base).recipe_hash


def test_levels_follow_size_and_rate():
    assert level_of(640, 360, Fraction(30)) == "3.1"
    assert level_of(1080, 1920, Fraction(30)) == "4.1"
    assert level_of(1920, 1080, Fraction(60)) == "4.2"
    assert level_of(3840, 2160, Fraction(30)) == "5.1"
    assert level_of(3840, 2160, Fraction(60)) == "5.2"


def test_another_encoder_is_another_recipe(settings):
    wanted = STANDARD["square_1080x1080"]
    hashes = set()
    for name, encoder in ENCODERS.items():
        settings.VIDEO_ENCODER = name
        hashes.add(plan_of((1920, 1080), wanted).recipe_hash)
        arguments = picture_arguments(encoder, wanted, Fraction(25), 1_000_000)
        assert arguments[arguments.index("-g:v") + 1] == "50"
        assert arguments[arguments.index("-maxrate:v") + 1] == "1000000"
    assert len(hashes) == len(ENCODERS)


def test_an_encoder_that_is_not_there_is_said_at_start_and_not_replaced(settings):
    assert not checks.the_encoder_works()
    settings.VIDEO_ENCODER = "h264_vaapi"
    (said,) = checks.the_encoder_works()
    assert said.id == "media.E005"
    assert "cannot encode with h264_vaapi" in said.msg
    settings.VIDEO_ENCODER = "x265"
    assert "no encoder that we know" in checks.the_encoder_works()[0].msg
    assert [each.id for each in run_checks(tags=["media"])].count("media.E005") == 1


@pytest.mark.django_db
def test_variants_of_a_retired_format_stay():
    from tests.factories import make_variant

    make_variant(format="square_1080x1080")
    retire_format(FormatRow.objects.get(name="square_1080x1080"))
    assert ClipVariant.objects.get().format == "square_1080x1080"
