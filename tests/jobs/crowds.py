"""Several processes at once, on the database of the test."""

import multiprocessing
import traceback

from django.db import connections

PROCESSES = 4


def in_processes(work):
    """What `work(number)` answered in each of PROCESSES processes that start together."""
    connections.close_all()
    context = multiprocessing.get_context("fork")  # they see this test's settings and registries
    gate, answers = context.Barrier(PROCESSES), context.SimpleQueue()

    def one(number):
        try:
            gate.wait()
            answers.put((None, work(number)))
        except BaseException:  # noqa: BLE001  told to the test, where it fails
            answers.put((traceback.format_exc(), None))
        finally:
            connections.close_all()

    processes = [context.Process(target=one, args=(number,)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    assert [fault for fault, _ in found if fault] == []
    return [answer for _, answer in found]
