"""A search for clips that ends without its handler: the video does not wait for it for ever."""

import pytest

from jobs.services import cancel_job, claim, enqueue, retry_job, settle_failed, settle_lost
from media_assets.models import VIDEO, VideoAsset
from media_assets.services.clips import request_analysis
from tests.events import event_types_of
from tests.factories import make_video

pytestmark = pytest.mark.django_db


def in_search(**fields):
    """A video whose search a worker has begun, and the job."""
    video = make_video(**fields)
    job = claim(request_analysis(video).pk, worker_id="w")
    VIDEO.move(video, VideoAsset.Status.PROCESSING)
    return video, job


def lose(job):
    """The worker dies, again and again, until no try is left."""
    while True:
        settle_lost(job, why="The worker w died.")
        if job.status == "dead":
            return
        job = claim(job.pk, worker_id="w")


def test_a_search_that_kills_its_workers_leaves_a_failed_video():
    video, job = in_search()
    lose(job)
    video.refresh_from_db()
    assert (video.status, video.error) == ("failed", "The worker w died.")
    assert event_types_of(video)[-1] == "video_processing_failed"


def test_a_search_cancelled_between_two_tries_leaves_a_failed_video():
    video, job = in_search()
    settle_failed(job, error="busy", error_code="x")
    video.refresh_from_db()
    assert video.status == "processing"
    cancel_job(job)
    video.refresh_from_db()
    assert (video.status, video.error) == ("failed", "The job was cancelled.")


def test_a_search_cancelled_before_it_began_changes_nothing():
    video = make_video()
    cancel_job(request_analysis(video))
    video.refresh_from_db()
    assert video.status == "validated"


def test_a_video_that_another_job_searches_goes_on():
    video, job = in_search()
    settle_failed(job, error="busy", error_code="x")
    enqueue("cut_analysis", {"video_asset_id": str(video.pk)})
    cancel_job(job)
    video.refresh_from_db()
    assert video.status == "processing"


def test_a_buried_search_can_be_retried():
    video, job = in_search()
    lose(job)
    job.refresh_from_db()
    retry_job(job)
    video.refresh_from_db()
    assert VIDEO.may(video, VideoAsset.Status.PROCESSING)
