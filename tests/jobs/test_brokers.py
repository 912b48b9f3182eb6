"""The bells: heard at once, by whom they are meant for, and free to be lost."""

import signal
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.signing import SignedPackage

from jobs import canary, pulse, transport, vitals
from jobs.brokers import postgresql
from jobs.brokers.doorbell import package
from jobs.brokers.redis import RedisDoorbell
from jobs.models import JobWorker
from jobs.queries import workers_alive
from jobs.services import forget_silent_workers, forget_workers, note_pulse
from jobs.vitals import Vitals
from tests.jobs.conftest import forget_all_bells

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql" or not Conf.ORM, reason="needs bells in PostgreSQL"
)
on_redis = pytest.mark.skipif(bool(Conf.ORM), reason="needs bells in Redis")


@pytest.fixture
def listener(settings):
    """A broker as the pusher of a group has it, in a thread with a connection of its own."""
    settings.JOB_WORKER_GROUP = "ours"
    forget_all_bells()
    broker = get_broker()
    broker.forget("ours")
    yield broker
    broker.forget("ours")
    if Conf.ORM:
        broker._hang_up()


def heard(broker, times=60):
    """What the next bell calls, and with what."""
    for _ in range(times):
        if bells := broker.dequeue():
            ((acknowledge, signed),) = bells
            assert acknowledge is None
            task = SignedPackage.loads(signed)
            return task["func"], task["args"]
    raise AssertionError("no bell rang")


def test_a_bell_is_heard_once(listener):
    transport.ring("render")
    transport.ring("publish")
    assert transport.bells_waiting() == 2
    answer = "jobs.runner.answer_bell"
    assert [heard(listener), heard(listener)] == [(answer, ("render",)), (answer, ("publish",))]
    assert transport.bells_waiting() == 0
    assert listener.dequeue() is None


def test_who_waits_for_a_bell_is_woken_by_it(listener, monkeypatch):
    # Asking by itself, which this broker does in case it is not woken, comes too late here.
    monkeypatch.setattr(postgresql, "ASK_AGAIN_S", 3600)
    assert listener.dequeue() is None
    found, asks = [], threading.Event()

    def wait():
        asks.set()
        found.append(heard(listener))
        connections.close_all()

    thread = threading.Thread(target=wait)
    thread.start()
    asks.wait()
    transport.ring("render")
    thread.join(30)
    assert found == [("jobs.runner.answer_bell", ("render",))]


def test_a_private_bell_is_heard_by_its_group_only(listener, settings):
    transport.ring_for_group("others", "jobs.canary.answer", 1)
    transport.ring_for_group("ours", "jobs.canary.answer", 2)
    assert heard(listener) == ("jobs.canary.answer", (2,))
    assert listener.dequeue() is None
    assert transport.bells_waiting() == 0
    settings.JOB_WORKER_GROUP = "others"
    if Conf.ORM:
        listener._hang_up()
    transport.forget_group("others")
    assert listener.dequeue() is None


def test_a_burst_rings_a_few_bells_only(listener):
    rung = [listener.ring(package("x"), enough=3) for _ in range(9)]
    assert rung == [True] * 3 + [False] * 6
    assert transport.bells_waiting() == 3


def test_a_bell_inside_of_a_transaction_rings_when_that_commits(listener):
    with transaction.atomic():
        transport.ring("render")
        transaction.set_rollback(True)
    assert transport.bells_waiting() == (0 if Conf.ORM else 1)


@on_postgresql
def test_a_cut_line_is_called_again(listener):
    assert listener.dequeue() is None
    cut = listener._line.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [cut])
    transport.ring("render")
    assert heard(listener)[1] == ("render",)
    assert listener._line.info.backend_pid != cut


@on_postgresql
def test_ringing_does_not_choose_how_the_transaction_of_somebody_else_commits(listener):
    with transaction.atomic():
        transport.ring("render")
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="needs SQLite")
def test_ringing_leaves_the_connection_as_careful_as_it_was(listener):
    transport.ring("render")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)


@pytest.mark.skipif(connection.vendor != "sqlite" or not Conf.ORM, reason="needs bells in SQLite")
def test_a_file_that_nobody_wrote_is_not_asked_again(listener, monkeypatch):
    assert listener.dequeue() is None
    asked = []
    monkeypatch.setattr(type(listener), "_take", lambda *args: asked.append(1))
    assert listener.dequeue() is None
    assert asked == []


def test_without_redis_workers_look_for_jobs_by_themselves(monkeypatch):
    monkeypatch.setattr(Conf, "REDIS", "redis://127.0.0.1:1/0")  # nobody listens there
    monkeypatch.setattr("jobs.brokers.redis.pause", lambda: None)
    broker = RedisDoorbell()
    assert not broker.ping()
    assert heard(broker, times=1) == ("jobs.runner.answer_bell", ("",))


@on_redis
def test_redis_that_forgot_everything_or_was_away_is_used_again(listener, monkeypatch):
    transport.ring("render")
    forget_all_bells()
    assert listener.dequeue() is None
    listener._away = True
    assert heard(listener, times=1) == ("jobs.runner.answer_bell", ("",))
    cut = listener.connection.client_id()
    assert RedisDoorbell.get_connection().client_kill_filter(_id=cut) == 1
    transport.ring("publish")
    assert heard(listener)[1] == ("publish",)


# --- Signs of life ----------------------------------------------------------------------------------


@pytest.fixture
def pipe(settings):
    """The pipe of a supervisor, with this process at its other end."""
    ours = Vitals.opened()
    settings.JOB_VITALS_FD = ours.write_fd
    yield ours
    ours.handed_over()
    ours.close()


def test_signs_of_life_arrive_and_a_full_pipe_holds_nobody_up(pipe):
    for words in ("idle 7", "busy 8", "heard 2", "leaves 8 it is done", "wishes 7 to go", "what"):
        vitals.tell(words)
    pipe.hear(5.0)
    assert pipe.workers == {7: (True, 5.0)}  # 8 is gone
    assert (pipe.heard, pipe.wish, pipe.leaving) == (2, "to go", {8: "it is done"})
    assert pipe.somebody_idle()
    for _ in range(20_000):
        vitals.tell("sentinel")
    pipe.hear(9.0)
    assert pipe.sentinel == 9.0
    pipe.forgive(20.0)
    assert pipe.silent_since() == 20.0
    assert not pipe.somebody_idle()


def test_the_canary_is_missed_only_while_a_worker_is_idle(pipe):
    bird = canary.Canary("ours")
    transport.forget_group("ours")
    now = pipe.sentinel

    def look(after_s, *lines):
        nonlocal now
        now += after_s
        for line in ("sentinel", *lines):
            vitals.tell(line)
        pipe.hear(now)
        return bird.look(pipe, now)

    assert look(9, "idle 7") == ""  # rings the first
    assert look(4, "idle 7") == ""
    canary.pass_on({"func": canary.ANSWER, "success": True, "result": canary.answer(1)})
    assert look(9, "idle 7") == ""  # was answered, and rings the second
    assert look(9, "busy 7") == ""
    assert look(4, "idle 7") == ""
    assert look(2, "idle 7") == "it does not answer the canary"
    bird.forgive()
    assert look(9, "idle 7") == ""  # we slept, and begin anew
    assert look(31, "idle 8") == "one of its processes gives no sign of life"  # what of 7?
    transport.forget_group("ours")


def test_a_row_says_that_a_worker_lives_until_it_is_gone():
    def row(**values):
        return JobWorker(worker_id="vm:ours:7", node="vm", group="ours", pid=7, **values)

    assert note_pulse(row(memory_bytes=1)) is False
    JobWorker.objects.update(stop_requested=True)
    assert note_pulse(row(memory_bytes=2, jobs_done=3)) is True
    (seen,) = workers_alive()
    assert (seen.memory_bytes, seen.jobs_done, seen.pid) == (2, 3, 7)
    assert not workers_alive(now=seen.seen_at + timedelta(seconds=60)).exists()
    assert forget_silent_workers(now=seen.seen_at) == 0
    assert forget_workers("vm:others:") == 0
    assert forget_workers("vm:ours:", except_for={7}) == 0
    assert forget_workers("vm:ours:") == 1


def test_past_the_grace_a_worker_that_shall_stop_hands_its_job_back(settings):
    settings.JOB_STOP_GRACE_S = 10
    told = []
    before = signal.signal(signal.SIGUSR2, lambda *_: told.append("hand back"))
    try:
        ours = pulse._Pulse(None)
        for now in (100.0, 109.0):
            ours._stop(now)
        assert told == []
        ours._stop(111.0)
        assert told == ["hand back"]
    finally:
        signal.signal(signal.SIGUSR2, before)
