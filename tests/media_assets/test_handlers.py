"""The two jobs of this room, from the queue to the rows and files."""

import threading
from pathlib import Path

import cv2
import pytest
from django.conf import settings
from django.core.management import call_command

from jobs import services as job_services
from jobs.errors import Cancelled
from jobs.models import Job
from jobs.registry import decode_payload, job_type
from jobs.runner import run_job
from jobs.running import Running
from media_assets.analysis.errors import BadClipCount
from media_assets.models import CLIP, Clip, ClipVariant, VideoAsset
from media_assets.services import clips, variants
from media_assets.services.clips import request_analysis
from media_assets.services.variants import request_variants, sweep_leftovers
from tests.events import event_types_of
from tests.factories import make_variant, make_video
from tests.past_the_ledger import overwrite
from tests.render_media import clicks, make_film_asset, scene, write_film

pytestmark = pytest.mark.django_db(transaction=True)
SQUARE = "square_1080x1080"


@pytest.fixture
def film(tmp_path):
    # Every other shot is mirrored, lest the same figure stands in the same place in all of them.
    pictures = [
        p[:, :: (-1) ** seed] for seed in range(5) for p in scene(seed + 1, 90, speed=1 + 3 * seed)
    ]
    return write_film(tmp_path / "film.mp4", pictures, sound=clicks(18.75))


def stored_files():
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def claimed(job):
    """The job, taken by a worker, as its handler would see it."""
    taken = job_services.claim(job.pk, worker_id="w:1")
    return Running(taken, decode_payload(job_type(taken.job_type), taken.payload))


def test_an_analysis_makes_clips_and_a_ready_video(film):
    video = make_film_asset(film)
    job = run_job(request_analysis(video).pk)
    assert job.status == "completed", job.error
    video.refresh_from_db()
    assert video.status == "ready"
    assert video.thumbnail.storage.exists(video.thumbnail.name)
    assert len(video.analysis["shots"]) == 5
    assert all(len(v) <= 300 for v in video.analysis["curves"].values() if isinstance(v, list))
    found = list(video.clips.order_by("rank"))
    assert [clip.rank for clip in found] == [1, 2, 3]
    assert job.result["clip_ids"] == [str(clip.pk) for clip in found]
    edges = {shot["start_ms"] for shot in video.analysis["shots"]} | {18_750}
    for clip in found:
        assert {clip.start_ms, clip.end_ms} <= edges
        assert clip.thumbnail.storage.exists(clip.thumbnail.name)
        assert clip.framing["formats"]
        assert event_types_of(clip) == ["clip_created"]
    assert event_types_of(video)[-2:] == ["video_processing_started", "video_processing_completed"]


def test_a_second_analysis_changes_nothing_and_leaks_nothing(film):
    video = make_film_asset(film)
    run_job(request_analysis(video).pk)
    before, files = set(Clip.objects.values_list("pk", flat=True)), stored_files()
    run_job(request_analysis(video).pk)
    assert set(Clip.objects.values_list("pk", flat=True)) == before
    assert stored_files() == files
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_clips_that_are_not_chosen_again_are_put_aside_unless_they_are_used(film):
    video = make_film_asset(film)
    run_job(request_analysis(video).pk)
    used, unused = video.clips.order_by("-rank")[:2]
    make_variant(used)
    run_job(request_analysis(video, clip_count=1).pk)
    used.refresh_from_db()
    unused.refresh_from_db()
    assert used.status == "ready"
    assert unused.status == "archived"
    run_job(request_analysis(video, clip_count=3).pk)
    unused.refresh_from_db()
    assert unused.status == "ready"


def test_a_clip_that_somebody_put_aside_stays_aside(film):
    video = make_film_asset(film)
    run_job(request_analysis(video).pk)
    clip = video.clips.first()
    CLIP.move(clip, Clip.Status.ARCHIVED, why="dull")
    run_job(request_analysis(video).pk)
    clip.refresh_from_db()
    assert clip.status == "archived"


def test_a_file_that_is_no_video_makes_the_video_fail_with_a_reason(db):
    video = make_video(content=b"ffconcat version 1.0\nfile other.mp4\n")
    job = run_job(request_analysis(video).pk)
    video.refresh_from_db()
    assert job.status == "failed"
    assert job.error_code == "media.nothing-to-see"
    assert video.status == "failed"
    assert video.error == job.error
    assert not Clip.objects.exists()


def test_a_second_try_goes_on_from_a_video_in_work(film):
    video = make_film_asset(film, status=VideoAsset.Status.PROCESSING)
    assert run_job(request_analysis(video).pk).status == "completed"


def test_a_cancelled_analysis_leaves_a_failed_video(film):
    video = make_film_asset(film)
    running = claimed(request_analysis(video))
    running.end(Cancelled("asked for"))
    with pytest.raises(Cancelled):
        clips.cut_clips(running)
    video.refresh_from_db()
    assert video.status == "failed"
    assert "cancelled" in video.error
    assert not Clip.objects.exists()


@pytest.mark.parametrize("count", [0, 21])
def test_a_silly_number_of_clips_is_refused(count):
    with pytest.raises(BadClipCount):
        request_analysis(make_video(), clip_count=count)


def test_a_second_rendering_makes_no_second_row_or_file(film):
    clip = Clip.objects.create(
        video_asset=make_film_asset(film), start_ms=0, end_ms=1000, visual_score=0.5
    )
    first = run_job(request_variants(clip, formats=[SQUARE]).pk)
    files = stored_files()
    second = run_job(request_variants(clip, formats=[SQUARE]).pk)
    assert first.result["variant_ids"] == second.result["variant_ids"]
    assert (second.result["rendered"], second.result["reused"]) == (0, 1)
    assert ClipVariant.objects.count() == 1
    assert stored_files() == files
    assert event_types_of(ClipVariant.objects.get()) == ["clip_variant_generated"]


def test_a_rendering_that_died_after_storing_is_done_again_once(film):
    clip = Clip.objects.create(
        video_asset=make_film_asset(film), start_ms=0, end_ms=1000, visual_score=0.5
    )
    lost = claimed(request_variants(clip, formats=[SQUARE]))
    variants.render_variants(lost)  # and the worker dies before the transaction
    assert not ClipVariant.objects.exists()
    overwrite(Job.objects.filter(pk=lost.job.pk), status="retry", lease_until=None)
    assert run_job(lost.job.pk).status == "completed"
    assert ClipVariant.objects.count() == 1
    assert (
        len([name for name in stored_files() if name.endswith(".mp4") and "variants" in name]) == 1
    )


def test_cancelling_stops_ffmpeg_and_leaves_nothing(film):
    clip = Clip.objects.create(
        video_asset=make_film_asset(film), start_ms=0, end_ms=18_000, visual_score=0.5
    )
    running = claimed(request_variants(clip, formats=[SQUARE]))
    files = stored_files()
    stage = running.stage

    def stage_and_cancel(name):
        stage(name)
        if name == "rendering":
            threading.Timer(0.3, running.end, [Cancelled("asked for")]).start()

    running.stage = stage_and_cancel
    with pytest.raises(Cancelled):
        variants.render_variants(running)
    assert not ClipVariant.objects.exists()
    assert stored_files() == files
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_work_of_dead_attempts_is_swept_and_that_of_live_ones_is_not(film):
    clip = Clip.objects.create(
        video_asset=make_film_asset(film), start_ms=0, end_ms=1000, visual_score=0.5
    )
    running = claimed(request_variants(clip, formats=[SQUARE]))
    root = Path(settings.WORK_DIR)
    live, dead = (root / f"render-{running.job.pk}-{token}" for token in (running.token, 99))
    for folder in (live, dead):
        folder.mkdir(parents=True)
        (folder / "0.mp4").write_bytes(b"half")
    assert sweep_leftovers() == 1
    assert live.exists()
    assert not dead.exists()


def test_a_contact_sheet_shows_the_clips(film, tmp_path):
    video = make_film_asset(film)
    run_job(request_analysis(video).pk)
    out = tmp_path / "sheet.png"
    call_command("contact_sheet", str(video.pk), str(out), "--columns", "3", "--json")
    assert cv2.imread(str(out)).shape == (3 * 204, 3 * 356, 3)
