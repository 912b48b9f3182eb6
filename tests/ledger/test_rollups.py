"""What is counted off the ledger: each event once, whoever counts, and the same when counted again."""

import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from jobs.runner import run_job
from jobs.services import enqueue
from ledger import rollups
from ledger.connections import ledger_door
from ledger.models import (
    LedgerEvent,
    LedgerFlow,
    LedgerHour,
    LedgerReader,
    LedgerSlowJob,
    LedgerStay,
    LedgerWorker,
)
from ledger.queries import events_by_severity, failure_rates, slowest_jobs, throughput_per_hour
from ledger.rollups import bin_of, hour_of, rebuild_rollups, roll_up
from tests.ledger.past import NOON, event_at, job_life, put
from tests.ledger.tamper import wait_for_the_watermark

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(rollups, "BATCH", 7)


def count_all():
    wait_for_the_watermark()
    return roll_up()


def counted():
    rows = LedgerHour.objects.values_list("hour", "event_type", "job_type", "severity", "count")
    return Counter({row[:4]: row[4] for row in rows})


def truth():
    """The same, by looking at every event."""
    return Counter(
        (
            hour_of(event.timestamp),
            event.event_type,
            event.metadata.get("job_type", "") if event.entity_type == "job" else "",
            event.severity,
        )
        for event in LedgerEvent.objects.all()
    )


def everything():
    """All that was counted, without the rows' own keys."""
    flows = LedgerFlow.objects.order_by("entity_id").values_list("entity_id", "event_id", "since")
    stays = LedgerStay.objects.values_list("entity_type", "event_type", "job_type", "bin", "count")
    slow = LedgerSlowJob.objects.order_by("event_id").values_list("event_id", "duration_ms")
    workers = LedgerWorker.objects.values_list("worker_id", "first_at", "last_at", "stopped_at")
    return counted(), list(flows), sorted(stays), list(slow), sorted(map(str, workers))


def lives(number=12):
    """Jobs of two hours, every third failed, the last still running, and a worker."""
    put(event_at(NOON - MINUTE, "worker_started"))
    for n in range(number):
        ends = "" if n == number - 1 else ["completed", "completed", "failed"][n % 3]
        begun = NOON + n * 7 * MINUTE
        put(*job_life(begun=begun, took=(n + 1) * SECOND, ends=ends))


def test_every_event_is_counted_once_and_a_second_look_changes_nothing():
    lives()
    assert count_all().events == LedgerEvent.objects.count()
    assert counted() == truth()
    before = everything()
    assert count_all().events == 0
    assert everything() == before


def test_counting_again_from_nothing_gives_the_same():
    lives()
    count_all()
    before = everything()
    LedgerHour.objects.update(count=99)
    LedgerStay.objects.all().delete()
    call_command("ledger_rollup", "--rebuild")
    assert everything() == before


def test_hours_that_retention_let_go_stay_as_they_were_counted():
    lives()
    count_all()
    before = counted()
    with ledger_door():
        LedgerEvent.objects.filter(timestamp__lt=NOON + 40 * MINUTE).delete()
    rebuild_rollups()
    assert counted() == before


def test_two_at_once_count_each_event_once():
    lives(30)
    wait_for_the_watermark()
    start = threading.Barrier(3)

    def work():
        start.wait()
        try:
            roll_up()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted() == truth()


def test_what_fails_half_way_is_counted_later_and_once(monkeypatch):
    lives()
    wait_for_the_watermark()
    real = rollups._note_workers

    def breaks(read):
        real(read)
        raise RuntimeError("gone")

    monkeypatch.setattr(rollups, "_note_workers", breaks)
    with pytest.raises(RuntimeError):
        roll_up()
    assert counted() == Counter()
    monkeypatch.setattr(rollups, "_note_workers", real)
    roll_up()
    assert counted() == truth()


def test_the_job_of_the_schedule_counts():
    lives()
    wait_for_the_watermark()
    job = run_job(enqueue("roll_up_ledger", {}).pk)
    assert job.status == "completed"
    assert LedgerHour.objects.exists()


def test_a_stay_that_ended_is_a_bar_and_one_that_did_not_is_a_flow():
    put(*job_life(begun=NOON, took=8 * SECOND))
    running = uuid.uuid4()
    put(*job_life(begun=NOON, ends="", job=running))
    count_all()
    (stay,) = LedgerStay.objects.all()
    assert (stay.event_type, stay.job_type, stay.count) == (
        "job_processing_started",
        "cut_analysis",
        1,
    )
    assert stay.bin == bin_of(8000)
    (flow,) = LedgerFlow.objects.all()
    assert (flow.entity_id, flow.since) == (str(running), NOON)


def test_a_flow_ends_whatever_order_its_events_were_read_in(monkeypatch):
    monkeypatch.setattr(rollups, "BATCH", 1)
    created, begun, ended = job_life(begun=NOON)
    put(ended, begun, created)  # the order of commits, on SQLite; of ids, on PostgreSQL
    count_all()
    assert not LedgerFlow.objects.exists()


def test_of_each_hour_and_type_the_slowest_are_kept(monkeypatch):
    monkeypatch.setattr(rollups, "SLOW_KEPT", 3)
    for n in range(10):
        put(*job_life(begun=NOON + n * SECOND, took=(n + 1) * SECOND))
    put(*job_life(begun=NOON, took=HOUR * 2, job_type="transcribe"))
    count_all()
    kept = LedgerSlowJob.objects.filter(job_type="cut_analysis").order_by("-duration_ms")
    assert [one.duration_ms for one in kept] == [10_000, 9_000, 8_000]
    assert [one.job_type for one in slowest_jobs(limit=2)] == ["transcribe", "cut_analysis"]
    assert [one.duration_ms for one in slowest_jobs(job_type="cut_analysis", limit=1)] == [10_000]
    assert [one.job_type for one in slowest_jobs(since=NOON + HOUR)] == ["transcribe"]


@pytest.mark.parametrize("limit", [0, 51])
def test_no_more_of_the_slowest_are_promised_than_are_kept(limit):
    with pytest.raises(ValueError):
        slowest_jobs(limit=limit)


def test_the_rate_of_failures_comes_with_its_interval():
    now = timezone.now()
    for n in range(8):
        put(*job_life(begun=now - HOUR, ends="failed" if n < 2 else "completed"))
    put(*job_life(begun=now - HOUR, ends="retry"))
    put(*job_life(begun=now - HOUR, ends="dead", job_type="transcribe"))
    put(*job_life(begun=now - 30 * HOUR, ends="failed"))
    count_all()
    worst, other = failure_rates()
    assert (worst.job_type, worst.rate) == ("transcribe", 1.0)
    assert (other.completed, other.failed, other.retried, other.rate) == (6, 2, 1, 0.25)
    assert 0 < other.low < 0.25 < other.high < 1


def test_throughput_has_every_hour_also_the_empty_ones():
    put(*job_life(begun=NOON), event_at(NOON - 2 * HOUR, severity="ERROR"))
    count_all()
    hours = throughput_per_hour(hours=4, now=NOON)
    assert [(h.events, h.errors, h.completed) for h in hours] == [
        (0, 0, 0),
        (1, 1, 0),
        (0, 0, 0),
        (3, 0, 1),
    ]


def test_severities_are_those_ever_recorded_counted_yet_or_not():
    put(event_at(NOON), event_at(NOON, severity="ERROR"))
    count_all()
    put(event_at(NOON, severity="ERROR"))
    with ledger_door():
        LedgerEvent.objects.filter(severity="INFO").delete()
    assert events_by_severity() == {"INFO": 1, "WARN": 0, "ERROR": 2}


def test_hours_of_long_ago_are_forgotten():
    put(event_at(timezone.now() - timedelta(days=500)), event_at(timezone.now()))
    assert count_all().forgotten == 1
    assert LedgerHour.objects.count() == 1


def test_a_dry_run_counts_nothing():
    lives()
    wait_for_the_watermark()
    call_command("ledger_rollup", "--dry-run")
    assert not LedgerHour.objects.exists()
    assert not LedgerReader.objects.filter(major__gt=0).exists()
