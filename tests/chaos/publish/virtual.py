"""A run without waiting: a clock that only we move, and the simulator in this very process.

Statements and calls take their time on that clock, so that one seed gives one order of events.
"""

import asyncio
import hashlib
import logging
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import time_machine
from django.conf import settings

STATEMENT_S, CALL_S = 0.001, 0.02
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_RealClient = httpx.Client


class Clock:
    """The time of everything in this process, the simulator's too."""

    def __init__(self):
        self._travel = time_machine.travel(START, tick=False)
        self._there = None
        self._sleep = time.sleep

    def __enter__(self):
        self._there = self._travel.start()
        time.sleep = self.shift
        return self

    def __exit__(self, *_):
        time.sleep = self._sleep
        self._travel.stop()

    def begin(self, moment=START):
        """Go to this moment, back too."""
        self._there.move_to(moment, tick=False)

    def shift(self, seconds):
        """Let so many seconds pass."""
        if seconds > 0:
            self._there.shift(seconds)

    def ticking(self, execute, sql, params, many, context):
        """An execute wrapper: a statement takes its time."""
        self.shift(STATEMENT_S)
        return execute(sql, params, many, context)


class InProcess(httpx.BaseTransport):
    """Calls of the simulator without a socket; what a broken connection is on a socket it is here too."""

    def __init__(self, application, clock):
        self.application, self._clock = application, clock
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request):
        """One exchange."""
        self._clock.shift(CALL_S)
        exchange = _Exchange(request)
        self._loop.run_until_complete(
            self.application(exchange.scope, exchange.receive, exchange.send)
        )
        if exchange.timed_out:
            patience_s = request.extensions.get("timeout", {}).get("read") or 0
            self._clock.shift(patience_s)
            raise httpx.ReadTimeout("No answer came.", request=request)
        if not exchange.whole:
            raise httpx.RemoteProtocolError("The connection broke.", request=request)
        return httpx.Response(exchange.status, headers=exchange.headers, content=exchange.body)

    def close(self):
        """The loop is kept: clients come and go."""


class _Exchange:
    """One request on its way through the application."""

    def __init__(self, request):
        self._content, self._sent = request.read(), False
        self.status, self.headers, self.body = 0, [], b""
        self.whole = self.timed_out = self._waits = False
        self.scope = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "server": (request.url.host, request.url.port),
            "simulator.abort": self._abort,
        }

    async def receive(self):
        """The body at once; who asks on waits for us to give up."""
        if self._sent:
            self._waits = True
            return {"type": "http.disconnect"}
        self._sent = True
        return {"type": "http.request", "body": self._content, "more_body": False}

    async def send(self, message):
        """The answer; whole when its last part came."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
            return
        self.body += message["body"]
        self.whole = not message.get("more_body")

    def _abort(self):
        """Silence before the break is what a client calls a timeout."""
        self.timed_out = self._waits


class ToUs(httpx.BaseTransport):
    """The simulator's webhooks, taken in by the view that takes them in production."""

    def __init__(self):
        from django.test import Client

        self._browser = Client()

    def handle_request(self, request):
        """One delivery."""
        headers = {name.title(): value for name, value in request.headers.items()}
        kind = headers.pop("Content-Type", "application/json")
        answer = self._browser.post(
            request.url.raw_path.decode(),
            data=request.read(),
            content_type=kind,
            headers=headers,
        )
        return httpx.Response(answer.status_code, content=answer.content)


async def _at_once(function, *args, **kwargs):
    return function(*args, **kwargs)


def connect(application, clock):
    """Every client made from now on talks to the simulator in this process, or to us."""
    from publishing.simulator import uploads

    there, us = InProcess(application, clock), ToUs()
    home = settings.SIMULATOR_URL

    class Router(httpx.BaseTransport):
        """By the address."""

        def handle_request(self, request):
            there_too = str(request.url).startswith(home)
            return (there if there_too else us).handle_request(request)

    def client(**more):
        return _RealClient(**{**more, "transport": Router()})

    httpx.Client = client
    asyncio.to_thread = _at_once  # the simulator's only: one thread, one order
    uploads.inspect = _remembering(uploads.inspect)
    return there


def _remembering(inspect):
    """A file looked at once needs no second decoding: the runs post the same few videos."""
    known = {}

    def look(path):
        key = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        if key not in known:
            known[key] = inspect(path)
        return known[key]

    return look


class NoHeartbeat:
    """In place of the thread beside running jobs: nothing of a run takes real time."""

    def __init__(self, running, *, end_for):
        """As jobs.heartbeat.Heartbeat."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """A lease ends by the clock alone."""


def quieten():
    """No thread, no bell: workers look by themselves. Clients wait as they do for live platforms."""
    from jobs import runner, transport
    from publishing.platforms.instagram import InstagramClient
    from publishing.platforms.wire import Wire

    Wire.__init__ = _then(Wire.__init__, lambda wire: setattr(wire, "pace_s", 1.0))
    InstagramClient.__init__ = _then(InstagramClient.__init__, _poll_as_live)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # forgeries are refused
    runner.Heartbeat = NoHeartbeat
    transport._try_to_ring = lambda queue: None
    transport.ring = lambda queue: None
    transport.bells_waiting = lambda: transport.ENOUGH_BELLS
    transport.forget_stale_bells = lambda: 0


def _then(function, do):
    def then(self, *args, **kwargs):
        function(self, *args, **kwargs)
        do(self)

    return then


def _poll_as_live(client):
    client._polls, client._poll_units = 6, 10.0
