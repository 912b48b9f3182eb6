"""Reconciliation: asks first, believes proof only, counts each attempt once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job, JobSchedule
from jobs.services import enqueue
from jobs.services.schedules import run_due_schedules
from ledger.models import LedgerEvent
from publishing import queries
from publishing.models import Publication, PublishLog
from publishing.payloads import PublishClip, ReconcilePublications
from publishing.services.publications import confirm_publish
from publishing.services.reconcile import reconcile, reconcile_publication, take_up_forgotten
from stakazo.core.errors import Conflict, InvalidInput
from tests.factories import make_publication, make_user
from tests.past_the_ledger import overwrite
from tests.publishing.road import PLATFORMS, crash_at, drive, run_once, wanted

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING = {
    "total_checked": 0,
    "marked_success": 0,
    "marked_failed": 0,
    "skipped": 0,
    "success_log_ids": [],
    "failed_log_ids": [],
}


@pytest.fixture
def clock():
    """A clock that tests move; the simulator lives by it too."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


def stranded(simulator, platform, path, monkeypatch, point):
    """A publication whose worker died at this point, and whose job is gone for good."""
    publication = wanted(simulator, platform, path)
    crash_at(monkeypatch, point)
    run_once(publication)
    overwrite(Job.objects.filter(job_type="publish_clip"), status="dead")
    (log,) = publication.publish_logs.all()
    return publication, log


def never_sent(**fields):
    """An attempt that wrote its intent and nothing more."""
    publication = make_publication(status="publishing")
    log = PublishLog.objects.create(publication=publication, **fields)
    return publication, log


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_the_platform_shows_is_marked_success(
    simulator, clock, small_video, monkeypatch, platform
):
    publication, log = stranded(simulator, platform, small_video, monkeypatch, "publish.after")
    clock.shift(11 * 60)
    assert reconcile(10) == {
        **NOTHING,
        "total_checked": 1,
        "marked_success": 1,
        "success_log_ids": [str(log.pk)],
    }
    publication.refresh_from_db()
    log.refresh_from_db()
    (post,) = simulator.posts()
    assert (publication.status, publication.external_post_id) == ("published", post["id"])
    assert log.extra_metadata["reconciled"] is True
    assert log.extra_metadata["reconciled_at"]
    assert log.extra_metadata["reconciliation_reason"] == "The platform shows the post."
    event = LedgerEvent.objects.get(event_type="publish_reconciled")
    assert (event.entity_id, event.metadata["to"]) == (str(publication.pk), "success")
    assert reconcile(10) == NOTHING


@pytest.mark.parametrize(
    ("platform", "gone_min"), [("instagram", 15), ("tiktok", 70), ("youtube", 15)]
)
def test_what_the_platform_never_got_fails_only_after_its_time_limit(
    simulator, clock, small_video, monkeypatch, platform, gone_min
):
    publication, log = stranded(simulator, platform, small_video, monkeypatch, "publish.before")
    clock.shift(11 * 60)
    assert reconcile(10) == {**NOTHING, "total_checked": 1, "skipped": 1}
    clock.shift(gone_min * 60)
    assert reconcile(10)["failed_log_ids"] == [str(log.pk)]
    publication.refresh_from_db()
    log.refresh_from_db()
    assert (publication.status, log.status) == ("failed", "failed")
    assert log.extra_metadata["reconciled"] is True
    assert simulator.posts() == []


def test_what_was_never_sent_fails_without_a_question(clock):
    publication, log = never_sent()
    clock.shift(11 * 60)
    assert reconcile(10)["failed_log_ids"] == [str(log.pk)]
    publication.refresh_from_db()
    assert publication.status == "failed"
    assert "never sent" in publication.error


def test_what_a_job_will_go_on_with_is_left_to_it(clock):
    publication, _ = never_sent()
    enqueue("publish_clip", PublishClip(publication.pk), dedup_key=queries.job_key(publication.pk))
    clock.shift(11 * 60)
    assert reconcile(10) == {**NOTHING, "total_checked": 1, "skipped": 1}


def test_what_is_younger_than_asked_for_is_not_looked_at(clock):
    never_sent()
    clock.shift(9 * 60)
    assert reconcile(10) == NOTHING
    assert reconcile(9)["marked_failed"] == 1


def test_what_was_settled_is_not_looked_at(clock):
    publication = make_publication(status="failed")
    PublishLog.objects.create(publication=publication, status="failed", phase="settled")
    clock.shift(3600)
    assert reconcile(10) == NOTHING


def test_a_platform_that_works_on_it_is_left_to_work(simulator, clock, small_video, monkeypatch):
    simulator.set(youtube__processing_s=7200)
    _, log = stranded(simulator, "youtube", small_video, monkeypatch, "publish.after")
    clock.shift(3600)
    assert reconcile(10)["skipped"] == 1
    log.refresh_from_db()
    assert log.extra_metadata["asked"][-1]["said"] == "processing"


def test_a_platform_that_does_not_answer_proves_nothing(
    simulator, clock, small_video, monkeypatch, settings
):
    stranded(simulator, "tiktok", small_video, monkeypatch, "publish.after")
    clock.shift(2 * 3600)
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    assert reconcile(10) == {**NOTHING, "total_checked": 1, "skipped": 1}


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_minutes_outside_1_to_1440_are_refused(minutes):
    with pytest.raises(InvalidInput):
        reconcile(minutes)


def test_runs_at_the_same_time_count_each_attempt_once(clock):
    logs = [str(never_sent()[1].pk) for _ in range(4)]
    clock.shift(11 * 60)

    def run(_):
        try:
            return reconcile(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(run, range(3)))
    failed = [log for answer in answers for log in answer["failed_log_ids"]]
    assert sorted(failed) == sorted(logs)
    assert LedgerEvent.objects.filter(event_type="publish_reconciled").count() == 4


def test_a_dry_run_tells_and_writes_nothing(clock, capsys):
    publication, log = never_sent()
    clock.shift(11 * 60)
    call_command("reconcile", "--json", "--dry-run")
    assert json.loads(capsys.readouterr().out)["failed_log_ids"] == [str(log.pk)]
    publication.refresh_from_db()
    assert publication.status == "publishing"
    call_command("reconcile", "--since-minutes", "11")
    assert "1 are not" in capsys.readouterr().out


def test_the_command_refuses_wrong_minutes():
    with pytest.raises(SystemExit) as exit_:
        call_command("reconcile", "--since-minutes", "0")
    assert exit_.value.code == 2


def test_a_lost_job_is_taken_up_again(simulator, clock, small_video, monkeypatch):
    publication, _ = stranded(simulator, "instagram", small_video, monkeypatch, "publish.after")
    assert take_up_forgotten() == 1
    assert take_up_forgotten() == 0
    publication = drive(publication, clock)
    assert (publication.status, len(simulator.posts())) == ("published", 1)


def test_a_waiting_publication_without_a_job_gets_one_when_it_is_due(clock):
    make_publication(scheduled_at=timezone.now() + timedelta(hours=1))
    assert take_up_forgotten() == 0
    clock.shift(3700)
    assert take_up_forgotten() == 1


def test_the_job_reconciles_and_says_what_it_did(clock):
    never_sent()
    clock.shift(11 * 60)
    from jobs.runner import run_job

    job = run_job(enqueue("reconcile_publications", ReconcilePublications()).pk)
    assert (job.status, job.result["marked_failed"]) == ("completed", 1)


def test_an_operator_may_ask_about_one_at_once(simulator, clock, small_video, monkeypatch):
    publication, _ = stranded(simulator, "youtube", small_video, monkeypatch, "publish.after")
    assert reconcile_publication(publication) == "Published"


def test_the_schedule_makes_a_job_only_where_there_is_work(clock, settings):
    settings.JOB_SCHEDULES_RUN = True
    here = JobSchedule.objects.filter(name="publishing.reconcile")

    def tick():
        here.update(next_run_at=timezone.now())
        JobSchedule.objects.exclude(pk=here.get().pk).update(paused_at=timezone.now())
        return run_due_schedules(timezone.now())

    assert tick() == 0
    never_sent()
    clock.shift(11 * 60)
    assert [tick(), tick()] == [1, 0]
    assert Job.objects.get().job_type == "reconcile_publications"


# --- confirm_publish ----------------------------------------------------------------------------


@pytest.fixture
def api():
    """Ada's."""
    client = APIClient()
    client.force_authenticate(make_user("ada"))
    return client


def test_a_confirmation_is_believed_when_the_platform_shows_the_post(
    api, simulator, clock, small_video, monkeypatch
):
    publication, log = stranded(simulator, "tiktok", small_video, monkeypatch, "publish.after")
    (post,) = simulator.posts()
    body = {"publish_log_id": str(log.pk), "external_post_id": post["id"]}
    answer = api.post("/confirm_publish", body, format="json")
    assert (answer.status_code, answer.data["outcome"]) == (200, "confirmed"), answer.data
    assert answer.data["publication"]["status"] == "published"
    again = api.post("/confirm_publish", {"publication_id": str(publication.pk)}, format="json")
    assert again.status_code == 200
    assert LedgerEvent.objects.filter(event_type="clip_published").count() == 1


def test_a_confirmation_that_the_platform_denies_changes_nothing(
    api, simulator, clock, small_video, monkeypatch
):
    publication, _ = stranded(simulator, "instagram", small_video, monkeypatch, "publish.before")
    body = {"publication_id": str(publication.pk), "external_post_id": "17900000000000000"}
    answer = api.post("/confirm_publish", body, format="json")
    assert answer.status_code == 409
    publication.refresh_from_db()
    assert publication.status != "published"


def test_a_confirmation_of_another_post_is_refused(simulator, clock, small_video, monkeypatch):
    publication, _ = stranded(simulator, "youtube", small_video, monkeypatch, "publish.after")
    with pytest.raises(Conflict):
        confirm_publish(publication_id=publication.pk, external_post_id="another")
    assert Publication.objects.get(pk=publication.pk).status != "published"


def test_a_confirmation_while_the_platform_works_is_accepted_for_later(
    api, simulator, clock, small_video, monkeypatch
):
    simulator.set(youtube__processing_s=7200)
    publication, _ = stranded(simulator, "youtube", small_video, monkeypatch, "publish.after")
    answer = api.post("/confirm_publish", {"publication_id": str(publication.pk)}, format="json")
    assert (answer.status_code, answer.data["outcome"]) == (202, "unknown")
