"""Tailing: an event that commits late is never skipped."""

import threading
import time

import pytest
from django.db import connection, transaction

from ledger.models import LedgerEvent
from ledger.services import log_event
from ledger.watermark import _NIL, _PG_PAGE, Position, events_after, head

pytestmark = pytest.mark.django_db(transaction=True)


def read(position, count, *, limit=500):
    """The next `count` events and the position behind them.

    On PostgreSQL open transactions of other databases hold the watermark for a moment too.
    """
    seen, give_up_at = [], time.monotonic() + 60
    while len(seen) < count and time.monotonic() < give_up_at:
        page, position = events_after(position, limit=limit)
        seen += page
    return seen, position


def test_a_reader_sees_each_event_once_and_in_pages():
    start = head()
    made = [log_event("worker_started", entity_id=str(n)).pk for n in range(7)]
    seen, position = read(start, 7, limit=3)
    assert [event.pk for event in seen] == made
    assert events_after(position)[0] == []


def test_nothing_new_leaves_the_position_where_it_is():
    position = head()
    assert events_after(position) == ([], position)


def test_the_beginning_of_time_shows_everything():
    log_event("worker_started", entity_id="1")
    seen, _ = read(Position(), 1)
    assert [event.entity_id for event in seen] == ["1"]


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a plan of PostgreSQL")
def test_a_page_is_read_along_the_index_and_nothing_is_sorted():
    with transaction.atomic(), connection.cursor() as cursor:
        for how in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{how} = off")
        cursor.execute(f"EXPLAIN {_PG_PAGE}", ["0", _NIL, 1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ledger_commit_order" in plan
    assert "Sort" not in plan


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
    late, _ = read(position, 2 - len(early))
    seen = [event.entity_id for event in early + late]
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
    events, position = read(start, 100, limit=20)
    seen = [event.entity_id for event in events]
    for thread in threads:
        thread.join()
    assert events_after(position)[0] == []
    assert len(seen) == len(set(seen)) == LedgerEvent.objects.count() == 100
