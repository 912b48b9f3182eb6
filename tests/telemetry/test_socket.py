"""The live socket: who gets in, what it tells, and that nothing is missed or kept without end."""

import asyncio
import contextlib
from datetime import timedelta

import pytest
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.db import OperationalError
from django.utils import timezone

from jobs.models import JOB, Job
from jobs.registry import Done
from jobs.services import claim, enqueue, pause_queue, settle_done
from ledger.services import log_event
from ledger.watermark import head
from stakazo.asgi import application as asgi
from stakazo.identity.services import issue_ticket
from stakazo.telemetry import consumers, tail
from stakazo.telemetry import relay as relay_module
from stakazo.telemetry.consumers import TelemetryConsumer
from stakazo.telemetry.events import position_token
from stakazo.telemetry.routing import websocket_urlpatterns
from tests.factories import make_user
from tests.telemetry.sockets import (
    Socket,
    browser_headers,
    close_connections,
    in_thread,
    settle,
)

pytestmark = pytest.mark.django_db(transaction=True)
application = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))


@pytest.fixture
async def sockets():
    """Opens sockets, and closes them at the end."""
    opened = []

    def make(**how):
        opened.append(Socket(application, **how))
        return opened[-1]

    yield make
    for socket in opened:
        await socket.leave()
    await close_connections()


@pytest.fixture
async def watching(sockets):
    """A socket of Cleo that has heard its first snapshot."""
    headers = await in_thread(lambda: browser_headers(make_user("cleo")))
    socket = sockets(headers=headers)
    assert (await socket.knock())["type"] == "websocket.accept"
    assert (await socket.hear())["type"] == "snapshot"
    return socket


def note(name):
    return log_event("worker_started", entity_type="worker", entity_id=name)


def is_event(name):
    return lambda message: message["type"] == "event" and message["event"]["entity_id"] == name


def names_of(messages):
    return [m["event"]["entity_id"] for m in messages if m["type"] == "event"]


# --- Who gets in ----------------------------------------------------------------------------------


async def test_strangers_are_told_4401(sockets):
    socket = sockets(headers=[(b"origin", b"http://testserver")])
    assert (await socket.knock())["type"] == "websocket.accept"
    assert await socket.hear() == 4401


@pytest.mark.parametrize("origin", ["", "http://evil.example", "http://testserver:81", "null"])
async def test_a_session_from_another_page_is_refused(sockets, origin):
    headers = await in_thread(lambda: browser_headers(make_user("cleo"), origin=origin))
    answer = await sockets(headers=headers).knock()
    assert (answer["type"], answer["code"]) == ("websocket.close", 4403)


@pytest.mark.parametrize(
    ("trusted", "origin"),
    [
        ("https://watch.example", "https://watch.example"),
        ("https://*.example", "https://watch.example"),
    ],
)
async def test_a_trusted_origin_is_let_in(sockets, settings, trusted, origin):
    settings.CSRF_TRUSTED_ORIGINS = [trusted]
    headers = await in_thread(lambda: browser_headers(make_user("cleo"), origin=origin))
    assert (await sockets(headers=headers).knock())["type"] == "websocket.accept"


async def test_a_ticket_lets_a_program_in_once(sockets):
    ticket = await in_thread(lambda: issue_ticket(make_user("cleo")))
    first, second = sockets(query=f"ticket={ticket}"), sockets(query=f"ticket={ticket}")
    await first.knock()
    assert (await first.hear())["type"] == "snapshot"
    await second.knock()
    assert await second.hear() == 4401


async def test_an_old_ticket_opens_nothing(sockets):
    past = timezone.now() - timedelta(seconds=61)
    ticket = await in_thread(lambda: issue_ticket(make_user("cleo"), now=past))
    socket = sockets(query=f"ticket={ticket}")
    await socket.knock()
    assert await socket.hear() == 4401


async def test_other_paths_are_refused():
    socket = Socket(asgi, path="/somewhere/else")
    assert (await socket.knock())["code"] == 4404
    await socket.leave()


async def test_who_is_switched_off_is_sent_away_at_the_next_heartbeat(sockets, monkeypatch):
    monkeypatch.setattr(consumers, "HEARTBEAT_S", 0.01)
    cleo = await in_thread(make_user, "cleo")
    socket = sockets(headers=await in_thread(browser_headers, cleo))
    await socket.knock()
    await socket.hear_until(lambda message: message["type"] == "ping")
    cleo.is_active = False
    await in_thread(cleo.save)
    assert (await socket.hear_until(lambda message: isinstance(message, int)))[-1] == 4401


# --- What it tells --------------------------------------------------------------------------------


async def test_an_event_is_told_and_then_a_fresh_snapshot(watching):
    event = await in_thread(note, "w1")
    heard = await watching.hear_until(is_event("w1"))
    assert heard[-1]["event"]["id"] == str(event.pk)
    (*_, snapshot) = await watching.hear_until(lambda message: message["type"] == "snapshot")
    assert snapshot["snapshot"]["ledger"]["last_event"]["entity_id"] == "w1"


async def test_the_progress_of_a_job_is_told_though_it_is_no_event(watching):
    def start():
        job = Job.objects.create(job_type="generate_variants")
        JOB.move(job, "processing", values={"lease_until": timezone.now() + timedelta(hours=1)})
        return job

    job = await in_thread(start)
    await watching.hear_until(
        lambda message: message["type"] == "snapshot" and message["snapshot"]["jobs"]["running"]
    )
    await in_thread(lambda: Job.objects.filter(pk=job.pk).update(progress=0.5))
    heard = await watching.hear_until(
        lambda message: (
            message["type"] == "snapshot"
            and message["snapshot"]["jobs"]["running"][0]["progress"] == 0.5
        )
    )
    assert "0.5" not in str([m for m in heard if m["type"] == "event"])


async def test_each_event_is_told_once_and_in_order(watching, monkeypatch):
    monkeypatch.setattr(tail, "PAGE_EVENTS", 7)
    wanted = [f"w{number}" for number in range(40)]
    await in_thread(lambda: [note(name) for name in wanted])
    assert names_of(await watching.hear_until(is_event("w39"))) == wanted


async def test_a_client_that_comes_back_hears_what_it_missed(sockets):
    headers = await in_thread(lambda: browser_headers(make_user("cleo")))
    await in_thread(note, "before")
    await in_thread(settle)
    position = position_token(await in_thread(head))
    missed = [f"missed{number}" for number in range(3)]
    await in_thread(lambda: [note(name) for name in missed])
    await in_thread(settle)
    socket = sockets(headers=headers)
    await socket.knock()
    await socket.say({"type": "resume", "position": position})
    heard = await socket.hear_until(is_event("missed2"))
    assert names_of(heard) == missed
    await socket.say({"type": "resume", "position": position})
    await in_thread(note, "news")
    assert names_of(await socket.hear_until(is_event("news"))) == ["news"]
    last = heard[-1]["position"]
    again = sockets(headers=headers)
    await again.knock()
    await again.say({"type": "resume", "position": last})
    assert names_of(await again.hear_until(is_event("news"))) == ["news"]


async def test_who_missed_too_much_is_told_so(sockets, monkeypatch):
    monkeypatch.setattr(consumers, "MAX_MISSED_EVENTS", 4)
    monkeypatch.setattr(consumers, "PAGE_EVENTS", 2)
    headers = await in_thread(lambda: browser_headers(make_user("cleo")))
    await in_thread(settle)
    position = position_token(await in_thread(head))
    await in_thread(lambda: [note(f"w{number}") for number in range(9)])
    await in_thread(settle)
    socket = sockets(headers=headers)
    await socket.knock()
    await socket.say({"type": "resume", "position": position})
    heard = await socket.hear_until(lambda message: message["type"] == "skipped")
    assert names_of(heard) == ["w0", "w1", "w2", "w3"]
    await in_thread(note, "news")
    await socket.hear_until(is_event("news"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("not json", "stakazo.invalid-input"),
        ("[]", "stakazo.invalid-input"),
        ("7", "stakazo.invalid-input"),
        ({"type": "drop tables"}, "stakazo.invalid-input"),
        ({"type": "resume"}, "telemetry.bad-position"),
        ({"type": "resume", "position": {"major": 1}}, "telemetry.bad-position"),
        ("x" * 100_000, "stakazo.invalid-input"),
    ],
)
async def test_what_we_do_not_understand_gets_an_error_and_nothing_breaks(watching, said, code):
    await watching.say(said)
    (*_, error) = await watching.hear_until(lambda message: message["type"] == "error")
    assert error["code"] == code
    assert set(error) == {"type", "code", "message", "details", "request_id"}
    await in_thread(note, "still here")
    await watching.hear_until(is_event("still here"))


# --- What it does not do --------------------------------------------------------------------------


async def test_a_client_that_does_not_read_is_dropped(monkeypatch):
    monkeypatch.setattr(relay_module, "MAILBOX_ITEMS", 3)
    ticket = await in_thread(lambda: issue_ticket(make_user("cleo")))
    incoming, closed = asyncio.Queue(), asyncio.Queue()

    async def send(message):
        if message["type"] == "websocket.close":
            closed.put_nowait(message["code"])
        elif message["type"] == "websocket.send" and '"snapshot"' not in message["text"]:
            await asyncio.Event().wait()  # the wire is full

    scope = {
        "type": "websocket",
        "path": "/telemetry/ws",
        "query_string": f"ticket={ticket}".encode(),
        "headers": [(b"host", b"testserver")],
    }
    serving = asyncio.create_task(TelemetryConsumer.as_asgi()(scope, incoming.get, send))
    await incoming.put({"type": "websocket.connect"})
    for _ in range(6):
        await incoming.put({"type": "websocket.receive", "text": "nonsense"})
    assert await asyncio.wait_for(closed.get(), 20) == 4408
    assert relay_module.relay()._mailboxes == set()
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    await close_connections()


async def test_the_relay_rests_when_nobody_listens(sockets):
    headers = await in_thread(lambda: browser_headers(make_user("cleo")))
    for _ in range(2):
        socket = sockets(headers=headers)
        await socket.knock()
        await socket.hear()
        await in_thread(note, "tick")
        await socket.hear_until(is_event("tick"))
        await socket.leave()
        assert relay_module.relay()._task is None


async def test_the_relay_outlives_trouble_with_the_database(watching, monkeypatch):
    look, failures = tail.Tail.look, iter([OperationalError("gone"), OperationalError("gone")])

    def troubled(self):
        if error := next(failures, None):
            raise error
        return look(self)

    monkeypatch.setattr(relay_module.Tail, "look", troubled)
    await watching.hear_until(lambda message: message["type"] == "trouble")
    await in_thread(note, "after the trouble")
    await watching.hear_until(is_event("after the trouble"))
    await watching.hear_until(lambda message: message["type"] == "snapshot")


async def test_many_sockets_share_one_relay_and_each_hears_everything(sockets):
    headers = await in_thread(lambda: browser_headers(make_user("cleo")))
    opened = [sockets(headers=headers) for _ in range(20)]
    for socket in opened:
        await socket.knock()
        await socket.hear()
    await in_thread(lambda: [note(f"w{number}") for number in range(5)])
    for socket in opened:
        assert names_of(await socket.hear_until(is_event("w4"))) == ["w0", "w1", "w2", "w3", "w4"]


def test_a_look_at_an_unchanged_sqlite_database_is_one_statement(django_assert_num_queries):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is polled")
    watcher = tail.Tail(head())
    watcher.look()
    with django_assert_num_queries(1):
        assert not watcher.look().changed


# --- The queues -----------------------------------------------------------------------------------


def is_about(queue, **facts):
    """A message about the queues in which this one stands so."""

    def wanted(message):
        if message["type"] != "queues":
            return False
        (found,) = [one for one in message["queues"] if one["queue"] == queue]
        return facts.items() <= found.items()

    return wanted


async def test_queues_are_told_with_their_last_hour_and_again_when_they_change(
    watching, sockets, monkeypatch
):
    monkeypatch.setattr(relay_module, "QUEUES_EVERY_S", 0.0)
    await watching.hear_until(is_about("default", status="running", done_1h=0))

    def work():
        job = enqueue("evaluate_alerts", {})
        settle_done(claim(job.pk, worker_id="vm::1"), Done(), [])
        pause_queue("default", why="night")

    await in_thread(work)
    await in_thread(settle)
    await watching.hear_until(is_about("default", status="paused", done_1h=1))

    # Who comes later is told at once, also when nothing changes any more.
    other = sockets(headers=await in_thread(lambda: browser_headers(make_user("ben"))))
    await other.knock()
    await other.hear_until(is_about("default", status="paused", done_1h=1))
