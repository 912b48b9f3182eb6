"""What is unusual is told, and what is usual is not; the past that was bad hides nothing."""

import uuid
from datetime import timedelta

import pytest

from ledger.models import LedgerHour, LedgerStay, LedgerWorker
from ledger.queries import (
    anomalies,
    failures_above_usual,
    retry_storms,
    silent_workers,
    stuck_flows,
)
from ledger.rollups import bin_of, hour_of, roll_up
from tests.ledger.past import NOON, event_at, job_life, put
from tests.ledger.tamper import wait_for_the_watermark

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def hours(event_type, counts, job_type="cut_analysis"):
    """counts: hours ago → how many."""
    LedgerHour.objects.bulk_create(
        LedgerHour(
            hour=hour_of(NOON) - ago * HOUR,
            event_type=event_type,
            job_type=job_type,
            severity="INFO",
            count=count,
        )
        for ago, count in counts.items()
        if count
    )


def a_fortnight(each):
    """The same for each of the hours that make up the past."""
    return dict.fromkeys(range(2, 14 * 24 + 2), each)


def count_all():
    wait_for_the_watermark()
    roll_up()


# --- Failures -------------------------------------------------------------------------------------


def test_a_burst_of_failures_is_unusual():
    hours("job_processing_completed", a_fortnight(10) | {0: 5, 1: 5})
    hours("job_processing_failed", {0: 6, 50: 1, 90: 1})
    (found,) = failures_above_usual(now=NOON)
    assert (found.kind, found.job_type, found.observed) == ("failures", "cut_analysis", 6 / 16)
    assert found.surprise < 1e-6
    assert "6 of 16 cut_analysis jobs failed" in found.sentence


@pytest.mark.parametrize("failed", [0, 1, 3])
def test_as_many_failures_as_always_are_not(failed):
    hours("job_processing_completed", a_fortnight(10) | {0: 10, 1: 10})
    hours("job_died", a_fortnight(1) | {0: failed})
    assert failures_above_usual(now=NOON) == []


def test_three_failures_of_a_job_type_without_a_past_prove_nothing():
    hours("job_processing_failed", {0: 3})
    assert failures_above_usual(now=NOON) == []


def test_an_outage_of_last_week_does_not_make_another_usual():
    hours("job_processing_completed", a_fortnight(10) | {0: 10})
    hours("job_processing_failed", {0: 8, **dict.fromkeys(range(170, 190), 40)})
    (found,) = failures_above_usual(now=NOON)
    assert found.usual == 0


# --- Retries --------------------------------------------------------------------------------------


def test_a_storm_of_retries_is_told_and_a_rough_hour_is_not():
    past = {ago: ago % 3 for ago in range(2, 14 * 24 + 2)}
    hours("job_retry_scheduled", past | {1: 60, 100: 500})
    hours("job_retry_scheduled", past | {1: 4}, job_type="transcribe")
    (found,) = retry_storms(now=NOON)
    assert (found.job_type, found.observed, found.usual) == ("cut_analysis", 60, 1)
    assert found.surprise > 5


# --- Flows ----------------------------------------------------------------------------------------


def usual_stays(seconds, job_type="cut_analysis"):
    for n, each in enumerate(seconds):
        LedgerStay.objects.update_or_create(
            entity_type="job",
            event_type="job_processing_started",
            job_type=job_type,
            bin=bin_of(each * 1000) + n % 2,
            defaults={"count": 20},
        )


def test_a_job_that_runs_far_longer_than_its_kind_is_stuck():
    stuck, slow_kind = uuid.uuid4(), uuid.uuid4()
    put(*job_life(begun=NOON - 3 * HOUR, ends="", job=stuck))
    put(*job_life(begun=NOON - 3 * HOUR, ends="", job=slow_kind, job_type="transcribe"))
    put(*job_life(begun=NOON - MINUTE, ends=""))
    count_all()
    usual_stays([40, 50, 60, 75])
    usual_stays([3600, 5000, 7000, 9000], job_type="transcribe")
    (found,) = stuck_flows(now=NOON)
    assert (found.entity_id, found.entity_type) == (str(stuck), "job")
    assert found.observed == 3 * 3600
    assert 40 < found.usual < 80
    assert "has stood at job_processing_started for 3 h" in found.sentence


def test_with_few_stays_nothing_is_said():
    put(*job_life(begun=NOON - 3 * HOUR, ends=""))
    count_all()
    LedgerStay.objects.create(
        entity_type="job", event_type="job_processing_started", job_type="cut_analysis",
        bin=bin_of(1000), count=19,
    )  # fmt: skip
    assert stuck_flows(now=NOON) == []


def test_what_ended_since_the_last_count_is_not_stuck():
    job = uuid.uuid4()
    put(*job_life(begun=NOON - 3 * HOUR, ends="", job=job))
    count_all()
    usual_stays([40, 50, 60, 75])
    assert stuck_flows(now=NOON)
    put(*job_life(begun=NOON - 3 * HOUR, job=job, took=HOUR)[2:])
    assert stuck_flows(now=NOON) == []


# --- Workers --------------------------------------------------------------------------------------


def two_workers(jobs_of_the_other):
    for name in ("studio:a", "studio:b"):
        put(event_at(NOON - HOUR, "worker_started", entity_id=name))
    for n in range(jobs_of_the_other):
        put(*job_life(begun=NOON - 30 * MINUTE + n * MINUTE, worker_id="studio:b:7"))
    count_all()


def test_a_worker_that_takes_nothing_while_others_do_is_silent():
    two_workers(20)
    (found,) = silent_workers(now=NOON)
    assert (found.entity_id, found.since) == ("studio:a", NOON - HOUR)
    assert found.surprise < 0.0005
    assert "20 jobs began elsewhere" in found.sentence


def test_three_jobs_that_fell_to_the_other_prove_nothing():
    two_workers(3)
    assert silent_workers(now=NOON) == []


def test_a_worker_that_holds_a_job_or_said_goodbye_is_not_silent():
    two_workers(20)
    busy = job_life(begun=NOON - 40 * MINUTE, ends="", worker_id="studio:a:9")
    put(*busy)
    count_all()
    LedgerWorker.objects.filter(pk="studio:a").update(last_at=NOON - HOUR)
    assert silent_workers(now=NOON) == []
    put(*job_life(begun=busy[1].timestamp, job=busy[1].job_id, worker_id="")[2:])
    put(event_at(NOON - 30 * MINUTE, "worker_stopped", entity_id="studio:a"))
    count_all()
    assert silent_workers(now=NOON) == []


def test_nothing_is_unusual_in_an_empty_house():
    assert anomalies(now=NOON) == []
