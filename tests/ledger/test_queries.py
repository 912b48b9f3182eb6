"""The named reads: what is about a job, a clip, a type, a time, a video."""

import uuid
from datetime import timedelta

import pytest

from jobs.services import enqueue
from ledger import queries
from ledger.context import acting
from ledger.models import LedgerEvent
from ledger.services import log_clip_event, log_event, log_job_event
from publishing.models import PublishLog
from tests.factories import make_clip, make_publication, make_variant, make_video
from tests.ledger.past import NOON, event_at, put

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def types(events):
    return [event.event_type for event in events]


def test_the_newest_come_first_and_no_more_than_asked():
    put(*(event_at(NOON + n * HOUR, entity_id=str(n)) for n in range(4)))
    assert [event.entity_id for event in queries.get_recent_events(limit=2)] == ["3", "2"]


def test_a_job_and_a_clip_have_their_events_oldest_first():
    job, clip = uuid.uuid4(), uuid.uuid4()
    log_job_event("job_created", job)
    log_clip_event("clip_created", clip, job_id=job)
    log_clip_event("clip_kept", clip)
    assert types(queries.get_events_by_job(job)) == ["job_created", "clip_created"]
    assert types(queries.get_events_by_clip(clip)) == ["clip_created", "clip_kept"]
    assert types(queries.entity_timeline("clip", str(clip))) == ["clip_created", "clip_kept"]


def test_a_type_is_narrowed_by_severity_and_by_time():
    early, middle, late = put(
        event_at(NOON, severity="ERROR"),
        event_at(NOON + HOUR),
        event_at(NOON + 2 * HOUR, severity="ERROR"),
    )
    put(event_at(NOON + HOUR, "worker_stopped"))
    name = "worker_started"
    assert list(queries.get_events_by_type(name)) == [late, middle, early]
    assert list(queries.get_events_by_type(name, severity="ERROR")) == [late, early]
    assert list(queries.get_events_by_type(name, since=NOON + HOUR)) == [late, middle]
    assert list(queries.get_events_by_type(name, until=NOON + HOUR)) == [early]
    both = {"since": NOON + HOUR, "until": NOON + 2 * HOUR}
    assert list(queries.get_events_by_type(name, **both)) == [middle]


def test_errors_are_those_of_severity_error_since_then():
    put(event_at(NOON - HOUR, severity="ERROR"), event_at(NOON))
    (error,) = put(event_at(NOON, severity="ERROR"))
    assert list(queries.errors_since(NOON)) == [error]


def test_the_trail_of_a_video_has_its_jobs_clips_variants_and_publications():
    video = make_video()
    with acting(correlation_id="request-1"):
        job = enqueue(
            "cut_analysis",
            {"video_asset_id": str(video.pk)},
            correlation_id=video.correlation_id,
        )
        clip = make_clip(video)
        variant = make_variant(clip)
        publication = make_publication(variant)
        PublishLog.objects.create(publication=publication)
        log_job_event("job_cancel_requested", job.pk)
        log_clip_event("clip_focus_set", clip.pk)
        log_event("video_probed_again", entity=video)
        make_publication()  # another video's
    trail = queries.get_events_by_video(video.pk)
    assert types(trail) == [
        "video_uploaded",
        "job_created",
        "clip_created",
        "clip_variant_generated",
        "publication_created",
        "publish_attempt_created",
        "job_cancel_requested",
        "clip_focus_set",
        "video_probed_again",
    ]
    assert types(queries.get_events_by_video(video.pk, limit=2)) == types(trail)[:2]


def test_the_trail_begins_with_the_upload_that_brought_the_video():
    upload, video, job = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with acting(correlation_id=str(upload)):
        log_event("upload_started", entity_type="upload", entity_id=upload)
        log_job_event("job_created", job)
    with acting(correlation_id=str(video), job_id=job):
        log_event("video_uploaded", entity_type="video_asset", entity_id=video)
    assert types(queries.get_events_by_video(video)) == [
        "upload_started",
        "job_created",
        "video_uploaded",
    ]


def test_a_job_that_looks_after_many_videos_brings_none_of_the_others():
    one, other, job = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with acting(job_id=job):
        for video in (one, other):
            log_event(
                "publish_reconciled",
                entity_type="publication",
                entity_id=uuid.uuid4(),
                correlation_id=str(video),
            )
    (event,) = queries.get_events_by_video(one)
    assert event.correlation_id == str(one)


def test_the_total_is_exact_while_it_is_small_and_an_estimate_beyond(monkeypatch):
    assert queries.events_total() == 0
    put(*(event_at(NOON, entity_id=str(n)) for n in range(30)))
    assert queries.events_total() == 30
    monkeypatch.setattr("ledger.queries.events.COUNTED", 10)
    estimate = queries.events_total()
    assert estimate >= 11
    assert LedgerEvent.objects.count() == 30


def test_nothing_is_counted_to_tell_the_total_of_many(monkeypatch, django_assert_num_queries):
    put(*(event_at(NOON, entity_id=str(n)) for n in range(30)))
    monkeypatch.setattr("ledger.queries.events.COUNTED", 10)
    with django_assert_num_queries(2) as seen:
        queries.events_total()
    assert "LIMIT 11" in seen[0]["sql"]
