"""Never two posts, never a lost one: compared with the simulator's own truth."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import enqueue, settle_lost
from ledger.models import LedgerEvent
from publishing import queries, vault
from publishing.models import Publication, PublishLog
from publishing.payloads import PublishClip
from publishing.platforms import client_for
from publishing.platforms.base import Tokens
from publishing.services import accounts, attempts
from publishing.services.publications import (
    confirm_publish,
    retry_publication,
    schedule_publication,
)
from publishing.services.stopping import cancel_publication
from tests.events import event_types_of
from tests.past_the_ledger import overwrite
from tests.publishing.road import (
    PLATFORMS,
    crash_at,
    drive,
    run_once,
    wanted,
)

pytestmark = pytest.mark.django_db(transaction=True)

CRASHES = [
    "upload.before",
    "handle.before",
    "handle.after",
    "upload.after",
    "publish.before",
    "publish.after",
]
COMMIT = {
    "instagram": "instagram.media_publish",
    "tiktok": "tiktok.commit",
    "youtube": "youtube.commit",
}


def the_one_post(simulator, publication):
    """The only post there is, and it is the one that we say."""
    (post,) = simulator.posts()
    assert publication.status == Publication.Status.PUBLISHED, publication.error
    assert publication.external_post_id == post["id"]
    assert post["sha256"] == publication.clip_variant.sha256
    return post


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_publication_becomes_one_post(simulator, clock, small_video, platform):
    publication = drive(wanted(simulator, platform, small_video), clock)
    post = the_one_post(simulator, publication)
    assert "Out now #harbour" in post["caption"]
    (log,) = publication.publish_logs.all()
    assert (log.status, log.phase, log.external_post_id) == ("success", "settled", post["id"])
    assert publication.external_url
    assert event_types_of(publication) == [
        "publication_created",
        "publication_scheduled",
        "publication_started",
        "clip_published",
    ]
    assert Job.objects.get(job_type="publish_clip").status == "completed"


@pytest.mark.parametrize("point", CRASHES)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_crash_anywhere_still_makes_exactly_one_post(
    simulator, clock, small_video, monkeypatch, platform, point
):
    publication = wanted(simulator, platform, small_video)
    crash_at(monkeypatch, point)
    drive(publication, clock)
    the_one_post(simulator, publication)
    unknown = "publication_outcome_unknown" in event_types_of(publication)
    assert unknown == point.startswith("publish.")


@pytest.mark.parametrize(
    "fault", ["reset_after", "error_after", "truncated_after", "html_after", "late_effect"]
)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_lost_or_broken_answer_of_the_commit_never_makes_a_second_post(
    simulator, clock, small_video, platform, fault
):
    publication = wanted(simulator, platform, small_video)
    simulator.inject(COMMIT[platform], fault)
    drive(publication, clock)
    the_one_post(simulator, publication)
    assert "publish_attempt_failed" not in LedgerEvent.objects.values_list("event_type", flat=True)


@pytest.mark.parametrize("fault", ["reset_before", "error_before", "rate_limited"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_commit_that_did_not_happen_is_made_up_for_once(
    simulator, clock, small_video, platform, fault
):
    publication = wanted(simulator, platform, small_video)
    simulator.inject(COMMIT[platform], fault)
    drive(publication, clock)
    the_one_post(simulator, publication)
    assert publication.publish_logs.count() == 1


def test_what_the_platform_answered_to_the_commit_is_kept_before_anything_else_is_asked(
    simulator, clock, small_video, monkeypatch
):
    publication = wanted(simulator, "instagram", small_video)
    crash_at(monkeypatch, "permalink.before")
    run_once(publication)
    (log,) = publication.publish_logs.all()
    assert log.phase == "accepted"
    assert log.handle["external_post_id"] == simulator.posts()[0]["id"]
    simulator.inject("instagram.list", "error_before", count=500)  # the id alone will do
    drive(publication, clock)
    the_one_post(simulator, publication)
    assert publication.external_url


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_crash_after_a_lost_answer_is_still_one_post(
    simulator, clock, small_video, monkeypatch, platform
):
    publication = wanted(simulator, platform, small_video)
    simulator.inject(COMMIT[platform], "reset_after")
    crash_at(monkeypatch, "upload.after", times=2)
    drive(publication, clock)
    the_one_post(simulator, publication)


def test_an_unknown_outcome_is_not_sent_again_before_it_is_clear(
    simulator, clock, small_video, monkeypatch
):
    publication = wanted(simulator, "instagram", small_video)
    crash_at(monkeypatch, "publish.before")
    run_once(publication)
    for _ in range(2):
        run_once(publication)
        publication.refresh_from_db()
        assert publication.status == "unknown"
        assert simulator.posts() == []
    drive(publication, clock)
    the_one_post(simulator, publication)
    assert publication.publish_logs.count() == 1  # the same handle went again


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_handle_that_dies_while_the_outcome_is_unknown_gives_way_to_a_fresh_attempt(
    simulator, clock, small_video, monkeypatch, platform
):
    publication = wanted(simulator, platform, small_video)
    crash_at(monkeypatch, "publish.before")
    run_once(publication)
    clock.shift(25 * 3600)  # Instagram's container lives a day, TikTok's upload address an hour
    drive(publication, clock)
    the_one_post(simulator, publication)


def test_an_attempt_that_went_again_is_not_called_failed_because_nobody_takes_it(
    simulator, clock, small_video
):
    """Its first commit may still come; until the platform says something, that is unknown."""
    publication = wanted(simulator, "instagram", small_video)
    simulator.inject(COMMIT["instagram"], "late_effect", seconds=40_000)
    run_once(publication)
    log = publication.publish_logs.get()
    attempts.let_go_again(log, why="It showed nothing, three times.")
    simulator.inject("instagram.read", "error_before", count=500, status=503)
    drive(publication, clock, rounds=25, step_s=1_200)
    assert publication.status == Publication.Status.UNKNOWN
    simulator.reset_faults()
    clock.shift(12_000)
    drive(publication, clock, step_s=601)
    the_one_post(simulator, publication)


def test_what_was_taken_for_failed_and_is_live_after_all_is_not_posted_again(
    simulator, clock, small_video, monkeypatch
):
    publication = wanted(simulator, "instagram", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    (log,) = publication.publish_logs.all()
    attempts.fail(log, error="Somebody was sure.", error_code="test")
    publication.refresh_from_db()
    retry_publication(publication)
    drive(publication, clock)
    the_one_post(simulator, publication)
    assert not PublishLog.objects.filter(status__in=PublishLog.OPEN).exists()


def test_a_late_truth_ends_the_wait_for_the_next_attempt(
    simulator, clock, small_video, monkeypatch
):
    publication = wanted(simulator, "tiktok", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    (log,) = publication.publish_logs.all()
    attempts.fail(log, error="Somebody was sure.", error_code="test")
    publication.refresh_from_db()
    retry_publication(publication)
    confirm_publish(publish_log_id=log.pk)
    publication.refresh_from_db()
    the_one_post(simulator, publication)
    drive(publication, clock)
    the_one_post(simulator, publication)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_video_that_the_platform_rejects_fails_with_its_reason(
    simulator, clock, small_video, platform
):
    publication = wanted(simulator, platform, small_video)
    simulator.inject(f"{platform}.processing", "rejected", count=10)
    drive(publication, clock)
    assert publication.status == "failed"
    assert publication.error
    assert simulator.posts() == []
    assert not PublishLog.objects.filter(status__in=PublishLog.OPEN).exists()


def test_a_cancelled_publication_is_never_sent(simulator, clock, small_video):
    publication = wanted(simulator, "instagram", small_video)
    job = queries.live_job_of(publication)
    cancel_publication(publication)
    assert run_once(publication) is None
    overwrite(Job.objects.filter(pk=job.pk), status="pending")  # even if its job comes back
    drive(publication, clock)
    assert simulator.posts() == []
    assert event_types_of(publication) == [
        "publication_created",
        "publication_scheduled",
        "publication_cancelled",
    ]


def test_a_scheduled_time_is_respected(simulator, clock, small_video):
    at = timezone.now() + timedelta(hours=2)
    publication = wanted(simulator, "youtube", small_video, scheduled_at=at)
    job = run_once(publication)
    assert (job.status, simulator.posts()) == ("scheduled", [])
    clock.shift(2 * 3600 + 1)
    the_one_post(simulator, drive(publication, clock))


def test_two_jobs_for_one_publication_make_one_post(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video)
    drive(publication, clock)
    again = enqueue("publish_clip", PublishClip(publication.pk))

    assert run_job(again.pk).result == {"left": "published"}
    the_one_post(simulator, publication)


def test_an_account_that_was_revoked_is_marked_and_the_post_fails_clearly(
    simulator, clock, small_video
):
    publication = wanted(simulator, "youtube", small_video)
    account = publication.social_account

    vault.keep_tokens(account, Tokens("revoked", "revoked"))
    drive(publication, clock)
    account.refresh_from_db()
    assert (account.status, publication.status) == ("expired", "failed")
    assert "connected again" in publication.error
    assert simulator.posts() == []
    fresh = simulator.account("youtube")
    vault.keep_tokens(account, Tokens(fresh.access_token, fresh.refresh_token))
    overwrite(type(account).objects.filter(pk=account.pk), status="connected")
    publication.social_account.refresh_from_db()
    retry_publication(publication)
    the_one_post(simulator, drive(publication, clock))


def test_a_token_that_ends_in_the_middle_is_renewed_and_the_post_is_made(
    simulator, clock, small_video
):
    publication = wanted(simulator, "tiktok", small_video)
    simulator.inject("tiktok.init", "expired_token")
    the_one_post(simulator, drive(publication, clock))


def test_a_busy_platform_is_tried_later_and_then_given_up_with_proof(simulator, clock, small_video):
    publication = wanted(simulator, "youtube", small_video)
    simulator.inject("youtube.session", "error_before", count=500)
    drive(publication, clock, rounds=60)
    assert publication.status == "failed"
    assert "Tried 8 times" in publication.error
    assert Job.objects.get(job_type="publish_clip").status == "failed"


def test_live_accounts_are_not_touched_while_live_is_off(simulator, clock, small_video):
    publication = wanted(simulator, "instagram", small_video)
    account = publication.social_account
    type(account).objects.filter(pk=account.pk).update(mode="live")
    drive(publication, clock)
    assert publication.status == "failed"
    assert "STAKAZO_LIVE" in publication.error


def test_a_draft_is_not_sent_before_somebody_says_so(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video, draft=True)
    assert run_once(publication) is None
    schedule_publication(publication)
    the_one_post(simulator, drive(publication, clock))


def test_the_token_and_the_upload_address_are_in_no_event(simulator, clock, small_video):
    publication = wanted(simulator, "tiktok", small_video)
    token = vault.read_tokens(publication.social_account).access_token
    drive(publication, clock)
    everything = str(list(LedgerEvent.objects.values()))
    assert token not in everything
    assert "upload_token" not in everything


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_worker_that_was_given_up_and_wakes_up_again_makes_no_second_post(
    simulator, clock, small_video, monkeypatch, platform, when
):
    """It stalls at the point of no return, another worker settles the post, then it goes on."""
    publication = wanted(simulator, platform, small_video)
    stalled = []

    class Sleeper:
        def __init__(self, real):
            self._real = real

        def __getattr__(self, name):
            return getattr(self._real, name)

        def publish_video(self, media, content, *, handle):
            if stalled:
                return self._real.publish_video(media, content, handle=handle)
            stalled.append(True)
            if when == "after":
                self._real.publish_video(media, content, handle=handle)
            job = queries.live_job_of(publication)
            settle_lost(job, why="its lease ended")
            drive(publication, clock)
            return self._real.publish_video(media, content, handle=handle)

    monkeypatch.setattr(
        accounts, "client_for", lambda *args, **kwargs: Sleeper(client_for(*args, **kwargs))
    )
    drive(publication, clock)
    the_one_post(simulator, publication)


FAULTS = [
    *(f"{fault}@commit" for fault in ("reset_after", "error_after", "html_after", "late_effect")),
    *(f"{fault}@commit" for fault in ("reset_before", "error_before", "rate_limited")),
    *(f"{fault}@any" for fault in ("reset_before", "error_before", "reset_after", "html_after")),
    *(f"crash:{point}" for point in CRASHES),
]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_goes_wrong_in_whatever_order_there_is_never_a_second_post(
    simulator, clock, small_video, monkeypatch, seed
):
    """Random mishaps, three at a time; the simulator's truth decides."""
    dice = random.Random(seed)
    platform = PLATFORMS[seed % 3]
    publication = wanted(simulator, platform, small_video)
    mishaps = dice.sample(FAULTS, 3)
    for mishap in mishaps:
        if mishap.startswith("crash:"):
            crash_at(monkeypatch, mishap.removeprefix("crash:"))
            continue
        fault, where = mishap.split("@")
        point = COMMIT[platform] if where == "commit" else f"{platform}.*"
        simulator.inject(point, fault, skip=0 if where == "commit" else dice.randrange(6))
    drive(publication, clock, rounds=60)
    truth = simulator.truth()
    assert truth["posted_twice"] == [], mishaps
    the_one_post(simulator, publication)
