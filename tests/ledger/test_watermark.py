"""Tailing: an event that commits late is never skipped."""

import os
import random
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
    seen, give_up_at = [], time.monotonic() + 240
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
    assert "Sort  (" not in plan  # weeks are merged, each along its own index


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


TAILED = int(os.environ.get("LEDGER_TAILED", "640"))
"""Events that sixteen writers make; LEDGER_TAILED=100000 is the long run."""


@pytest.mark.timeout(300 if TAILED < 10_000 else 1800)
def test_sixteen_writers_and_two_readers_that_follow_them_lose_nothing():
    """Ids are taken long before the commit, some transactions are rolled back, and pages are small."""
    start, per_writer, failed = head(), TAILED // 16, []
    done = threading.Event()

    def write(number):
        dice = random.Random(number)
        try:
            left = per_writer
            while left:
                count = min(left, dice.randint(1, 20))
                events = [
                    LedgerEvent(event_type="worker_started", entity_id=f"{number}-{left - n}")
                    for n in range(count)
                ]
                with transaction.atomic():
                    LedgerEvent.objects.bulk_create(events[: count // 2])
                    LedgerEvent.objects.bulk_create(events[count // 2 :])
                    if dice.random() < 0.1:
                        transaction.set_rollback(True)
                        continue
                left -= count
        except Exception as error:  # noqa: BLE001  told below, in the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    def follow(seen, limit):
        position = start
        try:
            while True:
                ended = done.is_set()
                page, position = events_after(position, limit=limit)
                seen += [event.pk for event in page]
                if ended and not page:
                    return
        except Exception as error:  # noqa: BLE001  likewise
            failed.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[number]) for number in range(16)]
    seen_by = [[], []]
    readers = [
        threading.Thread(target=follow, args=[seen, limit])
        for seen, limit in zip(seen_by, (50, 500), strict=True)
    ]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    written = set(LedgerEvent.objects.values_list("pk", flat=True))
    read(start, len(written))  # waits until the watermark is behind all of them
    done.set()
    for thread in readers:
        thread.join()
    assert failed == []
    assert len(written) == per_writer * 16
    for seen in seen_by:
        assert len(seen) == len(set(seen))
        assert set(seen) == written
