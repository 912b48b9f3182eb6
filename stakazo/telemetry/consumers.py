"""The sockets of the watch page and of programs that watch.

Server to client: `{type: snapshot, snapshot}`, `{type: queues, queues}` (each with its last hour),
`{type: event, event, position}`, `{type: ping, at}`,
`{type: skipped, position}` (more was missed than is told again), `{type: trouble, message}`,
`{type: error, code, message, details, request_id}`,
with the id of the handshake. Client to server: `{type: resume, position}`.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs, urlparse

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from ledger.watermark import Position, events_after, head
from stakazo.core.api.errors import error_body
from stakazo.core.errors import InvalidInput, StakazoError
from stakazo.core.request_id import HEADER, carrying, chosen_id
from stakazo.identity.browsing import login_in
from stakazo.identity.policy import WATCH
from stakazo.identity.services import take_ticket
from stakazo.identity.services.browsers import see_browser_login
from stakazo.identity.services.second_factors import lacks_second_factor
from stakazo.telemetry.events import position_of, position_token
from stakazo.telemetry.relay import CatchUp, Mailbox, Told, event_messages, message, relay
from stakazo.telemetry.tail import PAGE_EVENTS

logger = logging.getLogger(__name__)

HEARTBEAT_S = 15.0
STAY_S = 4.0  # so long at most somebody stays whose account or login has ended
MAX_MISSED_EVENTS = 2_000
REMEMBERED_IDS = 5_000
MAX_MESSAGE_CHARS = 2_000

NOT_LOGGED_IN, WRONG_ORIGIN, TOO_SLOW, NO_SUCH_SOCKET, TRY_AGAIN = 4401, 4403, 4408, 4404, 1013


class TelemetryConsumer(AsyncWebsocketConsumer):
    """Tells one watcher how things stand, and then everything that happens."""

    mailbox: Mailbox | None = None
    user: User | None = None
    login_id: str | None = None  # of the browser; None: it came by a ticket

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the socket; however it ends, leave nothing running."""
        self._told: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"")
        self.request_id = chosen_id(given.decode("latin1"))
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave()

    async def connect(self) -> None:
        """Let in who is known; then the snapshot, then the news after it."""
        if "ticket" in self._query():
            taken = await database_sync_to_async(take_ticket)(self._query()["ticket"][0])
            if taken is not None and await database_sync_to_async(_may_stay)(taken, None):
                self.user = taken
        elif not _is_our_origin(self.scope):
            await self.close(WRONG_ORIGIN)
            return
        elif self.scope["user"].is_authenticated:
            self.login_id = login_in(self.scope["session"])
            if await database_sync_to_async(_may_stay)(self.scope["user"], self.login_id):
                self.user = self.scope["user"]
        await self.accept(headers=[(HEADER.lower().encode(), self.request_id.encode())])
        if self.user is None:
            await self.close(NOT_LOGGED_IN)  # after accepting: only so the client sees the code
            return
        try:
            picture = await relay().picture()
        except DatabaseError:
            logger.warning("No snapshot for a new socket", exc_info=True)
            await self.close(TRY_AGAIN)
            return
        await self.send(picture.text)
        self.mailbox = Mailbox(on_overflow=self._drop)
        relay().join(self.mailbox, position=picture.position)
        # What was committed after the snapshot and before we joined.
        self.mailbox.put(CatchUp(picture.position))
        self._start(self._deliver(self.mailbox))
        self._start(self._beat(self.mailbox, self.user))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A client asks for what it missed; anything else is answered with an error."""
        if self.mailbox is None:
            return
        try:
            self.mailbox.put(CatchUp(_asked_for(text_data)))
        except StakazoError as error:
            with carrying(self.request_id):
                body = error_body(error.code, error.message, error.details)
            self.mailbox.put([Told(message("error", **body))])

    async def _deliver(self, mailbox: Mailbox) -> None:
        while True:
            item = await mailbox.take()
            if isinstance(item, CatchUp):
                await self._catch_up(item.position)
            else:
                await self._send_new(item)

    async def _catch_up(self, position: Position) -> None:
        read = database_sync_to_async(events_after)
        for _ in range(MAX_MISSED_EVENTS // PAGE_EVENTS):
            before = position
            try:
                events, position = await read(before, limit=PAGE_EVENTS)
            except DatabaseError:
                logger.warning("A socket could not catch up", exc_info=True)
                await self.close(TRY_AGAIN)
                return
            await self._send_new(event_messages(events, before=before, after=position))
            if len(events) < PAGE_EVENTS:
                return
        now_at = await database_sync_to_async(head)()
        await self.send(message("skipped", position=position_token(now_at)))

    async def _send_new(self, messages: list[Told]) -> None:
        for told in messages:
            if told.event_id:
                if told.event_id in self._told:
                    continue
                self._told[told.event_id] = None
                if len(self._told) > REMEMBERED_IDS:
                    self._told.popitem(last=False)
            await self.send(told.text)

    async def _beat(self, mailbox: Mailbox, user: User) -> None:
        told = time.monotonic()
        while True:
            await asyncio.sleep(min(STAY_S, HEARTBEAT_S))
            with contextlib.suppress(DatabaseError):
                if not await database_sync_to_async(_may_stay)(user, self.login_id):
                    await self.close(NOT_LOGGED_IN)
                    return
            if time.monotonic() - told >= HEARTBEAT_S:
                told = time.monotonic()
                mailbox.put([Told(message("ping", at=timezone.now()))])

    def _drop(self) -> None:
        """The client does not read what we send: end it rather than keep it all."""
        if self.mailbox is not None:
            logger.info("A telemetry socket was too slow and is dropped")
            self._start(self._end_slow())

    async def _end_slow(self) -> None:
        await self._leave(spare=asyncio.current_task())
        await self.close(TOO_SLOW)

    async def _leave(self, *, spare: "asyncio.Task[None] | None" = None) -> None:
        mailbox, self.mailbox = self.mailbox, None
        for task in self._tasks - {spare}:
            task.cancel()
        if mailbox is not None:
            await relay().leave(mailbox)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.info("A telemetry socket went away while we wrote to it: %r", error)

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(self.scope["query_string"].decode("latin1"))


class NoSuchSocket(AsyncWebsocketConsumer):
    """Every other WebSocket path."""

    async def connect(self) -> None:
        """Refuse."""
        await self.close(NO_SUCH_SOCKET)


def _asked_for(text: str | None) -> Position:
    """The position that the client asks to resume from. Raises InvalidInput."""
    try:
        asked = json.loads((text or "")[:MAX_MESSAGE_CHARS])
        kind, position = asked["type"], asked.get("position")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput('We understand {"type": "resume", "position": …}.') from None
    if kind != "resume":
        raise InvalidInput("We only understand resume.", type=str(kind)[:64])
    return position_of(position)


def _may_stay(user: User, login_id: str | None) -> bool:
    """Whether the account is switched on and may watch and, of a browser, its login is open."""
    now = User.objects.filter(pk=user.pk, is_active=True).first()
    if now is None or not now.has_perm(WATCH):
        return False
    if login_id is None:
        return True
    return see_browser_login(login_id, user) and not lacks_second_factor(now)


def _is_our_origin(scope: Any) -> bool:
    """Whether the page that opened the socket is ours: a session cookie alone proves nothing."""
    headers = dict(scope["headers"])
    origin = urlparse(headers.get(b"origin", b"").decode("latin1"))
    host = headers.get(b"host", b"").decode("latin1")
    domain, _ = split_domain_port(host)
    if origin.netloc and origin.netloc == host:
        return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
    trusted = [each.replace("://*.", "://.") for each in settings.CSRF_TRUSTED_ORIGINS]
    return bool(OriginValidator(None, trusted).valid_origin(origin if origin.netloc else None))
