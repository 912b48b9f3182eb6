"""Telemetry events: gathered, written in bulk, never lost by an end in order, never written twice."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import OperationalError, connection, transaction

from ledger import buffer as buffers
from ledger import spool
from ledger.buffer import FLUSH_AT, Buffer
from ledger.composing import new_event
from ledger.models import LedgerEvent
from ledger.replay import replay_spool
from ledger.services import log_event
from ledger.signals import event_recorded
from tests.chaos.forking import let_go_of_the_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(settings, monkeypatch):
    """The buffer of this process; it is only flushed by hand."""
    settings.LEDGER_TELEMETRY_FLUSH_S = 3600
    buffer = Buffer()
    monkeypatch.setattr(buffer, "_start", lambda: None)
    monkeypatch.setattr("ledger.services.buffer", buffer)
    monkeypatch.setattr(buffers, "buffer", buffer)
    return buffer


def ids():
    """entity_id of all events, in the order of their ids."""
    return list(LedgerEvent.objects.order_by("id").values_list("entity_id", flat=True))


def test_telemetry_waits_and_comes_in_one_go(held):
    for number in range(8):
        assert log_event("jobs_late", entity_id=number).entity_id == str(number)
    assert ids() == []
    assert held.flush() == 8
    assert ids() == [str(number) for number in range(8)]
    assert held.flush() == 0


def test_audit_does_not_wait(held):
    log_event("worker_started", entity_id="now")
    assert ids() == ["now"]


def test_without_the_setting_nothing_waits(held, settings):
    settings.LEDGER_TELEMETRY_FLUSH_S = 0
    log_event("jobs_late", entity_id="now")
    assert ids() == ["now"]


def test_it_is_said_whether_the_callers_transaction_commits_or_not(held):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log_event("jobs_late", entity_id="measured")
        raise ZeroDivisionError
    held.flush()
    assert ids() == ["measured"]


def test_what_the_database_does_not_take_goes_to_the_spool_and_comes_back(held, monkeypatch):
    def refuse(events):
        raise OperationalError("gone (test)")

    log_event("jobs_late", entity_id="1")
    with monkeypatch.context() as broken:
        broken.setattr(buffers, "insert_new", refuse)
        assert held.flush() == 1
    assert ids() == []
    assert replay_spool() == 1
    assert ids() == ["1"]


def test_what_is_written_is_told(held):
    told = []

    def hear(event, **more):
        told.append(event.entity_id)

    event_recorded.connect(hear)
    try:
        log_event("jobs_late", entity_id="1")
        held.flush()
    finally:
        event_recorded.disconnect(hear)
    assert told == ["1"]


def test_many_wake_the_thread(held):
    for number in range(FLUSH_AT - 1):
        log_event("jobs_late", entity_id=number)
    assert not held._wake.is_set()
    log_event("jobs_late", entity_id="the last")
    assert held._wake.is_set()


def test_a_buffer_that_is_full_goes_to_the_spool(held, monkeypatch):
    monkeypatch.setattr(buffers, "MOST_IN_MEMORY", 2)
    for number in range(3):
        log_event("jobs_late", entity_id=number)
    assert [entry.event.entity_id for entry in spool.waiting()] == ["2"]


def test_it_leaves_half_of_the_spool_to_what_must_not_be_lost(held, settings):
    settings.LEDGER_SPOOL_MAX_BYTES = 2_000
    for number in range(20):
        log_event("jobs_late", entity_id=number)
    held.spool_all()
    assert list(spool.waiting()) == []
    assert spool.keep(held_event := log_event("worker_started", entity_id="kept")) is None
    assert next(spool.waiting()).event.pk == held_event.pk


def test_a_fork_takes_nothing_along(held):
    log_event("jobs_late", entity_id="the parent's")
    let_go_of_the_database()
    pid = os.fork()
    if not pid:
        try:
            held.forget()  # which the real buffer does at every fork
            held.flush()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert ids() == []
    held.flush()
    assert ids() == ["the parent's"]


CODE = """
import os, signal, sys, django
from django.conf import settings
database = sys.argv[2]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
settings.DATABASES["default"]["NAME"] = database
from django.db import connection
connection.settings_dict["NAME"] = database
settings.LEDGER_TELEMETRY_FLUSH_S, settings.LEDGER_SPOOL_DIR = 3600, sys.argv[3]
from ledger.services import log_event
for number in range(5):
    log_event("jobs_late", entity_id=number)
if sys.argv[1] == "fork":
    import multiprocessing
    def child():
        log_event("jobs_late", entity_id="of the child")
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
elif sys.argv[1] == "SIGTERM":
    os.kill(os.getpid(), signal.SIGTERM)
    raise SystemExit("it went on")
elif sys.argv[1] == "error":
    raise ValueError("and so it ends")
"""


@pytest.mark.parametrize(
    ("how", "code", "more"),
    [
        ("end", 0, []),
        ("error", 1, []),
        ("SIGTERM", -signal.SIGTERM, []),
        ("fork", 0, ["of the child"]),
    ],
)
def test_a_process_that_ends_in_order_writes_each_once(how, code, more, settings):
    database = connection.settings_dict["NAME"]
    connection.close()
    done = subprocess.run(
        [sys.executable, "-c", CODE, how, str(database), str(settings.LEDGER_SPOOL_DIR)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    replay_spool()
    assert sorted(ids()) == ["0", "1", "2", "3", "4", *more]


def test_the_thread_writes_by_itself(settings):
    settings.LEDGER_TELEMETRY_FLUSH_S = 0.01
    buffer = Buffer()
    connection.close()
    buffer.add(new_event("jobs_late", entity_id="by itself"))
    buffer._thread.join(timeout=60)  # it ends when nothing has come for a while
    assert ids() == ["by itself"]
