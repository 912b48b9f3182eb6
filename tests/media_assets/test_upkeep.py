"""Making good, sweeping up, and the checks before a start."""

import os
from pathlib import Path

import pytest

from jobs.models import Job
from media_assets import checks
from media_assets.models import VideoAsset
from media_assets.services.ingest import ingest_path
from media_assets.services.upkeep import backfill_media, sweep_temporaries
from tests.events import event_types_of
from tests.factories import make_clip, make_variant, make_video
from tests.media import make_clip_file

pytestmark = pytest.mark.django_db


def test_a_house_in_order_needs_nothing(tmp_path):
    video = make_video(probe={"bit_depth": 8}, thumbnail="thumbnails/v.jpg")
    make_variant(make_clip(video, thumbnail="thumbnails/c.jpg"))
    nothing = {"missing_files": [], "without_picture": [], "failed": []}
    assert backfill_media() == {"checked": 2, "repaired": 0, "filmstrips": 0, **nothing}


def test_lost_facts_are_read_again(tmp_path):
    video = ingest_path(make_clip_file(tmp_path / "v.mp4", seconds=2)).video
    VideoAsset.objects.update(probe={}, duration_ms=1, thumbnail="thumbnails/v.jpg")
    assert backfill_media()["repaired"] == 1  # its facts; the filmstrip is counted by itself
    video.refresh_from_db()
    assert (video.duration_ms, video.probe["width_px"]) == (2000, 320)
    assert event_types_of(video)[-1] == "video_probed_again"
    assert backfill_media()["repaired"] == 0


def test_what_cannot_be_read_again_is_reported():
    video = make_video(probe={})
    report = backfill_media()
    assert report["repaired"] == 0
    assert report["failed"] == [
        {
            "entity": f"video {video.pk}",
            "code": "media.not-a-video",
            "message": "This is not a video file. We read MP4, MOV, MKV, WebM and AVI.",
        }
    ]


def test_a_video_without_picture_and_clips_is_analysed_once():
    make_video(probe={"bit_depth": 8})
    assert backfill_media()["repaired"] == 1
    assert backfill_media()["repaired"] == 0
    assert Job.objects.get().job_type == "cut_analysis"


def test_pictures_that_only_rendering_can_make_are_reported():
    clip = make_clip(make_video(probe={"bit_depth": 8}))
    report = backfill_media()
    assert {each["entity"] for each in report["without_picture"]} == {
        f"video {clip.video_asset_id}",
        f"clip {clip.pk}",
    }
    assert not Job.objects.exists()


def test_lost_files_are_reported():
    variant = make_variant()
    video = variant.clip.video_asset
    Path(variant.file.path).unlink()
    Path(video.file.path).unlink()
    assert {each["entity"] for each in backfill_media()["missing_files"]} == {
        f"variant {variant.pk}",
        f"video {video.pk}",
    }


def test_leftovers_are_swept_and_work_in_hand_is_not(settings):
    work = Path(settings.WORK_DIR)
    (work / "render-1").mkdir(parents=True)
    (work / "render-2").mkdir()
    old, old_inside, young = (
        work / "upload-old",
        work / "render-1" / "a.mp4",
        work / "render-2" / "b.mp4",
    )
    uploaded = Path(settings.FILE_UPLOAD_TEMP_DIR) / "half.upload"
    for each in [old, old_inside, young, uploaded]:
        each.write_bytes(b"12345")
    now = young.stat().st_mtime
    for each in [old, old_inside, uploaded]:
        os.utime(each, (now - 100, now - 100))
    os.utime(work / "render-1", (now - 100, now - 100))
    assert sweep_temporaries(50, now=now + 1) == {"removed": 3, "bytes": 15}
    assert [each.name for each in work.rglob("*") if each.is_file()] == ["b.mp4"]
    assert work.is_dir()


def ids(found):
    return [each.id for each in found]


def test_the_defaults_pass_the_checks():
    assert checks.ffmpeg_is_there() == []
    assert checks.work_is_not_served() == []
    assert checks.limits_are_limits() == []
    assert checks.platforms_can_fetch_files() == []


def test_dangerous_settings_are_found_at_the_start(settings):
    settings.FFMPEG_BINARY = "/nowhere/ffmpeg"
    settings.WORK_DIR = Path(settings.MEDIA_ROOT) / "work"
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "max_bytes": 0}
    settings.STAKAZO_LIVE = True
    assert ids(checks.ffmpeg_is_there()) == ["media.E001"]
    assert ids(checks.work_is_not_served()) == ["media.E002"]
    assert ids(checks.limits_are_limits()) == ["media.E003"]
    assert ids(checks.platforms_can_fetch_files()) == ["media.W004"]
    settings.BASE_URL = "https://stakazo.example"
    assert checks.platforms_can_fetch_files() == []
