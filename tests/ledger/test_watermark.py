"""Tailing: an event that commits late is never skipped."""

import threading
import time

import pytest
from django.db import connection, transaction

from ledger.models import LedgerEvent
from ledger.services import log_event
from ledger.watermark import Position, events_after, head

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_sees_each_event_once_and_in_pages():
    start = head()
    made = [log_event("worker_started", entity_id=str(n)).pk for n in range(7)]
    seen, position = [], start
    while page := events_after(position, limit=3)[0]:
        seen += [event.pk for event in page]
        position = events_after(position, limit=3)[1]
    assert seen == made


def test_nothing_new_leaves_the_position_where_it_is():
    position = head()
    assert events_after(position) == ([], position)


def test_the_beginning_of_time_shows_everything():
    log_event("worker_started", entity_id="1")
    assert len(events_after(Position())[0]) == 1


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_event_that_commits_late_is_not_skipped():
    start = head()
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            log_event("worker_started", entity_id="slow")
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    log_event("worker_started", entity_id="fast")
    early, position = events_after(start)
    may_commit.set()
    thread.join()
    assert "slow" not in {event.entity_id for event in early}
    seen = [event.entity_id for event in early]
    give_up_at = time.monotonic() + 60
    while len(seen) < 2 and time.monotonic() < give_up_at:
        page, position = events_after(position)
        seen += [event.entity_id for event in page]
    assert sorted(seen) == ["fast", "slow"]


def test_many_writers_and_one_reader_lose_nothing():
    start = head()

    def write(name):
        for n in range(25):
            with transaction.atomic():
                log_event("worker_started", entity_id=f"{name}-{n}")
        connection.close()

    threads = [threading.Thread(target=write, args=[name]) for name in "abcd"]
    for thread in threads:
        thread.start()
    seen, position = [], start
    give_up_at = time.monotonic() + 60  # other databases' open transactions hold the watermark too
    while len(seen) < 100 and time.monotonic() < give_up_at:
        page, position = events_after(position, limit=20)
        seen += [event.entity_id for event in page]
    for thread in threads:
        thread.join()
    assert events_after(position)[0] == []
    assert len(seen) == len(set(seen)) == LedgerEvent.objects.count() == 100
