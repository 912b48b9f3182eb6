"""One relay per ASGI process: it tails the ledger and tells every open socket, in this process.

It looks only while somebody listens. What other processes commit is seen at the next look, so no
broker is needed. A socket that does not keep up is dropped; nothing is buffered without end.
"""

import asyncio
import json
import logging
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.core.serializers.json import DjangoJSONEncoder

from jobs.stats import queue_stats
from ledger.watermark import Position
from stakazo.telemetry.events import event_data, position_of, position_token
from stakazo.telemetry.snapshot import take_snapshot
from stakazo.telemetry.tail import Seen, Tail

logger = logging.getLogger(__name__)

POLL_S = 0.25  # so that a change is on the screen well within the promised two seconds
SNAPSHOT_EVERY_S = 1.0
QUEUES_EVERY_S = 5.0  # their last hour is dearer to count than how things stand
QUEUES_LATEST_S = 60.0  # minutes pass also while nothing happens
MAILBOX_ITEMS = 64
MAX_WAIT_S = 5.0  # between tries while the database does not answer


@dataclass(frozen=True)
class Told:
    """One message, made once for all sockets. event_id: set when it tells an event."""

    text: str
    event_id: str = ""


@dataclass(frozen=True)
class CatchUp:
    """Tell this socket what came after the position."""

    position: Position


@dataclass(frozen=True)
class Picture:
    """A snapshot as a message, and where the news after it begins."""

    text: str
    position: Position
    taken_s: float


Item = list[Told] | CatchUp


class Mailbox:
    """What waits to be sent to one socket."""

    def __init__(self, *, on_overflow: Callable[[], None]) -> None:
        self._items: asyncio.Queue[Item] = asyncio.Queue(MAILBOX_ITEMS)
        self._on_overflow = on_overflow

    def put(self, item: Item) -> None:
        """Add an item; a full box means that its owner does not keep up."""
        try:
            self._items.put_nowait(item)
        except asyncio.QueueFull:
            self._on_overflow()

    async def take(self) -> Item:
        """The next item; waits for it."""
        return await self._items.get()


class Relay:
    """Tells the mailboxes of one event loop what the ledger tells."""

    def __init__(self) -> None:
        self._mailboxes: set[Mailbox] = set()
        self._task: asyncio.Task[None] | None = None
        self._picture: Picture | None = None
        self._queues: Told | None = None
        self._taking = asyncio.Lock()

    async def picture(self) -> Picture:
        """The newest snapshot; a new one when that is older than SNAPSHOT_EVERY_S."""
        async with self._taking:
            known = self._picture
            if known is None or time.monotonic() - known.taken_s >= SNAPSHOT_EVERY_S:
                self._picture = await database_sync_to_async(_take_picture)()
        assert self._picture is not None  # noqa: S101  set above, never taken away
        return self._picture

    def join(self, mailbox: Mailbox, *, position: Position) -> None:
        """Tell this mailbox the news from now on. position: where to begin if nobody listened yet."""
        self._mailboxes.add(mailbox)
        if self._queues is not None:
            mailbox.put([self._queues])
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(position))

    async def leave(self, mailbox: Mailbox) -> None:
        """Tell it no more; the last one to leave ends the tailing, and waits until that is over."""
        self._mailboxes.discard(mailbox)
        if not self._mailboxes and self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.wait([task])
            self._queues = None  # whoever comes next is told anew

    async def _run(self, position: Position) -> None:
        loop, tail = asyncio.get_running_loop(), Tail(position)
        thread = ThreadPoolExecutor(1, thread_name_prefix="telemetry-relay")
        dirty, failures = False, 0
        stale, counted_s = True, float("-inf")
        try:
            while True:
                try:
                    seen = await loop.run_in_executor(thread, tail.look)
                    dirty = dirty or seen.changed or bool(failures)
                    stale = stale or seen.changed
                    self._tell(_messages(seen))
                    if dirty and self._picture_is_old():
                        self._picture = await loop.run_in_executor(thread, _take_picture)
                        self._tell([Told(self._picture.text)])
                        dirty = False
                    passed_s = time.monotonic() - counted_s
                    if passed_s >= (QUEUES_EVERY_S if stale else QUEUES_LATEST_S):
                        self._queues = await loop.run_in_executor(thread, _count_queues)
                        self._tell([self._queues])
                        stale, counted_s = False, time.monotonic()
                    failures, wait_s = 0, 0.0 if seen.more else POLL_S
                except Exception:  # the relay outlives whatever the database does
                    failures += 1
                    wait_s = min(POLL_S * 2**failures, MAX_WAIT_S)
                    if failures == 1:
                        logger.warning("The ledger cannot be read; trying again", exc_info=True)
                        self._tell([Told(_TROUBLE)])
                    await loop.run_in_executor(thread, tail.let_go)
                await asyncio.sleep(wait_s)
        finally:
            await loop.run_in_executor(thread, tail.let_go)
            thread.shutdown(wait=False)

    def _picture_is_old(self) -> bool:
        known = self._picture
        return known is None or time.monotonic() - known.taken_s >= SNAPSHOT_EVERY_S

    def _tell(self, messages: list[Told]) -> None:
        if messages:
            for mailbox in list(self._mailboxes):
                mailbox.put(messages)


_relays: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Relay]" = weakref.WeakKeyDictionary()


def relay() -> Relay:
    """The relay of the running event loop."""
    return _relays.setdefault(asyncio.get_running_loop(), Relay())


def message(kind: str, **content: Any) -> str:
    """A message to a client, as text."""
    return json.dumps({"type": kind, **content}, cls=DjangoJSONEncoder)


def _take_picture() -> Picture:
    taken_s = time.monotonic()
    data = take_snapshot().data()
    return Picture(message("snapshot", snapshot=data), position_of(data["position"]), taken_s)


def _count_queues() -> Told:
    """The queues with their last hour, as a message."""
    queues = [
        asdict(stats) | {"done_1h": stats.done_1h, "failed_1h": stats.failed_1h}
        for stats in queue_stats()
    ]
    return Told(message("queues", queues=queues))


def _messages(seen: Seen) -> list[Told]:
    return event_messages(seen.events, before=seen.before, after=seen.after)


def event_messages(events: list[Any], *, before: Position, after: Position) -> list[Told]:
    """A page of events as messages.

    Each carries a position from which nothing after it is missed: the end of the page for the last
    one, its beginning for the others (then some come twice, and are known by their id).
    """
    start, end = position_token(before), position_token(after)
    last = len(events) - 1
    return [
        Told(
            message("event", event=event_data(event), position=end if n == last else start),
            str(event.pk),
        )
        for n, event in enumerate(events)
    ]


_TROUBLE = message("trouble", message="The database does not answer; trying again.")
