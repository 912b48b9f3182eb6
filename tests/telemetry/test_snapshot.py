"""One picture of all rooms, complete and cheap."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import CAMPAIGN
from jobs.models import JOB, Job, JobAttempt
from ledger.services import log_event
from ledger.watermark import events_after
from publishing.models import PUBLICATION, Publication
from stakazo.alerts.services import raise_alert
from stakazo.telemetry.events import BadPosition, position_of, position_token
from stakazo.telemetry.snapshot import take_snapshot
from tests.factories import make_account, make_campaign, make_clip, make_publication, make_variant
from tests.telemetry.sockets import settle

pytestmark = pytest.mark.django_db


def make_job(status=Job.Status.PENDING, **fields):
    """A job of the render queue, moved to where it is wanted."""
    job = Job.objects.create(job_type="generate_variants", queue="render", **fields)
    if status != Job.Status.PENDING:
        JOB.move(job, "processing", values={"lease_until": timezone.now() + timedelta(hours=1)})
    if status not in (Job.Status.PENDING, Job.Status.PROCESSING):
        JOB.move(job, status, values={"lease_until": None})
    return job


def test_an_empty_house_is_a_picture_too():
    snapshot = take_snapshot()
    assert snapshot.ledger.total == 0
    assert snapshot.ledger.last_event is None
    assert snapshot.jobs.queues == []
    assert snapshot.jobs.by_status["pending"] == 0
    assert snapshot.mode == "simulator"
    assert snapshot.data()["alerts"]["unresolved"] == 0


def test_queues_show_what_waits_and_for_how_long():
    now = timezone.now()
    make_job(run_at=now - timedelta(seconds=90))
    make_job(run_at=now - timedelta(seconds=30))
    make_job(run_at=now + timedelta(hours=1))
    make_job(Job.Status.PROCESSING)
    make_job(Job.Status.RETRY)
    make_job(Job.Status.DEAD)
    jobs = take_snapshot(now=now).jobs
    (queue,) = jobs.queues
    assert (queue.name, queue.waiting, queue.processing) == ("render", 3, 1)
    assert (queue.retry, queue.dead) == (1, 1)
    assert queue.oldest_waiting_s == jobs.oldest_waiting_s == 90.0
    assert jobs.by_status["pending"] == 3


def test_running_jobs_show_their_progress():
    job = make_job(Job.Status.PROCESSING)
    Job.objects.filter(pk=job.pk).update(stage="encode", progress=0.4, worker_id="studio:1")
    (running,) = take_snapshot().jobs.running
    assert (running.id, running.stage, running.progress) == (str(job.pk), "encode", 0.4)


def test_a_clip_is_published_when_one_of_its_posts_is_live():
    clip, account = make_clip(), make_account()
    for _ in range(2):
        post = make_publication(make_variant(clip), account)
        PUBLICATION.move(post, Publication.Status.PUBLISHING)
        PUBLICATION.move(
            post, Publication.Status.PUBLISHED, values={"external_post_id": str(post.pk)}
        )
    make_publication(make_variant(), account)
    snapshot = take_snapshot()
    assert (snapshot.media.clips_ready, snapshot.media.clips_published) == (2, 1)
    assert snapshot.media.variants == {"vertical_1080x1920": 3}
    assert snapshot.publishing.platforms == {"instagram": {"published": 2, "scheduled": 1}}
    assert snapshot.publishing.by_status["published"] == 2
    assert snapshot.media.videos["validated"] == 2


def test_campaigns_errors_and_alerts_are_counted():
    CAMPAIGN.move(make_campaign(), "active")
    make_campaign()
    log_event("health_check_failed", entity_type="health_check", entity_id="database")
    raise_alert("Look at this")
    snapshot = take_snapshot()
    assert snapshot.campaigns.by_status == {"draft": 1, "active": 1, "paused": 0, "completed": 0}
    assert (snapshot.ledger.errors_last_hour, snapshot.ledger.errors_last_day) == (1, 1)
    assert snapshot.ledger.last_event["event_type"] == "alert_opened"
    assert snapshot.data()["alerts"] == {"unresolved": 1, "open": 1, "unread": 1, "errors": 0}


def test_errors_of_long_ago_are_not_counted():
    log_event("health_check_failed", entity_id="database")
    later = timezone.now() + timedelta(hours=2)
    ledger = take_snapshot(now=later).ledger
    assert (ledger.errors_last_hour, ledger.errors_last_day, ledger.total) == (0, 1, 1)


def test_workers_are_seen_when_they_start_or_take_a_job_and_gone_when_they_stop():
    log_event("worker_started", entity_type="worker", entity_id="a:1", worker_id="a:1")
    log_event("worker_started", entity_type="worker", entity_id="b:2")
    log_event("worker_stopped", entity_type="worker", entity_id="b:2")
    job = make_job(Job.Status.PROCESSING)
    JobAttempt.objects.create(job=job, number=1, fencing_token=1, worker_id="c:3")
    assert {worker.id for worker in take_snapshot().workers.seen} == {"a:1", "c:3"}
    tomorrow = timezone.now() + timedelta(days=1)
    assert take_snapshot(now=tomorrow).workers.seen == []


def test_a_snapshot_takes_at_most_twelve_queries_however_much_there_is():
    for _ in range(3):
        make_publication()
        make_job(Job.Status.PROCESSING)
        make_campaign()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        take_snapshot()
    assert len(queries) <= 12


@pytest.mark.django_db(transaction=True)
def test_the_news_begins_where_the_picture_ends():
    log_event("worker_started", entity_id="before")
    settle()
    position = position_of(take_snapshot().position)
    log_event("worker_started", entity_id="after")
    settle()
    events, after = events_after(position)
    assert [event.entity_id for event in events] == ["after"]
    assert position_of(position_token(after)) == after


@pytest.mark.parametrize("token", ["", "made up", None, 7, "WzEsIiJd:abc:def"])
def test_a_position_that_we_never_gave_out_is_refused(token):
    with pytest.raises(BadPosition):
        position_of(token)
