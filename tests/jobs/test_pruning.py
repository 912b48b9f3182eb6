"""Old housekeeping is forgotten; what anything refers to, and the ledger, stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.errors import Stopping
from jobs.models import Job, JobAttempt, JobSchedule
from jobs.runner import run_job
from jobs.services import enqueue
from jobs.services.pruning import forget_housekeeping
from tests.events import event_types_of
from tests.jobs.conftest import Note
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db
OLD = timedelta(days=31)


@pytest.fixture
def done(job_type_of):
    """`done(dedup_key, parent=…)`: a job that was completed long ago."""
    job_type_of()

    def make(dedup_key="", *, age=OLD, **more):
        job = run_job(enqueue("test_note", Note(), dedup_key=dedup_key, **more).pk)
        Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - age)
        return job

    return make


def test_old_completed_jobs_of_schedules_go_and_the_ledger_stays(done):
    old = [done(f"schedule:x:{number}") for number in range(5)]
    young = done("schedule:x:young", age=timedelta(days=29))
    by_hand = done("asked")
    assert forget_housekeeping(keep_days=30, batch=2) == 5
    assert set(Job.objects.all()) == {young, by_hand}
    assert JobAttempt.objects.count() == 2
    assert event_types_of(old[0])[-2:] == ["job_processing_completed", "job_forgotten"]
    assert forget_housekeeping(keep_days=30) == 0


def test_what_failed_waits_or_is_referred_to_stays(done):
    failed, waiting = done("schedule:x:1"), enqueue("test_note", Note(), dedup_key="schedule:x:2")
    overwrite(Job.objects.filter(pk=failed.pk), status=Job.Status.FAILED)
    parent = done("schedule:x:3")
    child = done("asked", parent=parent)
    last = done("schedule:x:4")
    JobSchedule.objects.create(name="x", next_run_at=timezone.now(), last_job=last)
    assert forget_housekeeping(keep_days=30) == 0
    assert set(Job.objects.all()) == {failed, waiting, parent, child, last}


def test_it_ends_between_two_batches_when_it_must(done):
    for number in range(4):
        done(f"schedule:x:{number}")
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 2:
            raise Stopping("the worker goes away")

    with pytest.raises(Stopping):
        forget_housekeeping(keep_days=30, batch=2, check=check)
    assert Job.objects.count() == 2


def test_a_job_does_it_daily(done, settings):
    done("schedule:x:1")
    settings.JOBS_KEEP_DAYS = 40
    assert run_job(enqueue("prune_jobs", {}).pk).result == {"jobs": 0, "budget_uses": 0}
    settings.JOBS_KEEP_DAYS = 30
    assert run_job(enqueue("prune_jobs", {}).pk).result == {"jobs": 1, "budget_uses": 0}
