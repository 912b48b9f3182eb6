"""Ids that sort by time."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stakazo.core.ids import uuid7


def test_ids_are_version_7_and_strictly_increase():
    made = [uuid7() for _ in range(10_000)]
    assert {each.version for each in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_carries_the_time_it_was_made():
    before = time.time_ns() // 1_000_000
    made_ms = uuid7().int >> 80
    assert before <= made_ms <= time.time_ns() // 1_000_000 + 1_000


@pytest.mark.parametrize(
    ("back_s", "goes_on"), [(1, True), (9, True), (60, False), (90_000, False)]
)
def test_a_clock_set_back_a_little_is_bridged_and_one_set_back_far_is_followed(back_s, goes_on):
    with time_machine.travel(datetime(2030, 1, 1, 12, tzinfo=UTC), tick=False) as clock:
        first = uuid7()
        clock.shift(timedelta(seconds=-back_s))
        second, third = uuid7(), uuid7()
    assert (second > first) is goes_on
    assert third > second


def test_threads_never_get_the_same_id():
    made: list[object] = []
    threads = [
        threading.Thread(target=lambda: made.extend([uuid7() for _ in range(2_000)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000
