"""Ids that sort by time."""

import threading
import time

from stakazo.core.ids import uuid7


def test_ids_are_version_7_and_strictly_increase():
    made = [uuid7() for _ in range(10_000)]
    assert {each.version for each in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_carries_the_time_it_was_made(monkeypatch):
    monkeypatch.setattr("stakazo.core.ids._last_ms", 0)  # other tests move the clock
    before = time.time_ns() // 1_000_000
    made_ms = uuid7().int >> 80
    assert before <= made_ms <= time.time_ns() // 1_000_000


def test_ids_go_on_increasing_when_the_clock_is_set_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr("stakazo.core.ids.time.time_ns", lambda: 0)
    assert uuid7() > first


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
