"""Events of the class `telemetry`: gathered in the process, written in bulk a moment later.

A thread of the process writes them every LEDGER_TELEMETRY_FLUSH_S, or sooner when many have come; what
the database does not take goes to the spool. A process that ends in order (its end, SIGTERM, a worker
that leaves) writes what it has; one that is killed takes the last moment with it. A process that is
forked begins with an empty buffer: what was in it is its parent's to write.
"""

import atexit
import contextlib
import logging
import os
import signal
import threading
from collections import deque
from multiprocessing import util as multiprocessing_util
from types import FrameType

from django.conf import settings
from django.db import connection, connections

from ledger import spool
from ledger.models import LedgerEvent
from ledger.telling import tell
from ledger.writing import insert_new

logger = logging.getLogger(__name__)

FLUSH_AT = 500  # events that are not waited with
MOST_IN_MEMORY = 10_000  # beyond, whoever brings one writes it to the spool himself
SPOOL_SHARE = 0.5  # of the spool's size; the rest is kept for what must not be lost
EXIT_PATIENCE_S = 10.0


class Buffer:
    """The events of one process that are not written yet."""

    def __init__(self) -> None:
        self._waiting: deque[LedgerEvent] = deque()
        self._in_hand: list[LedgerEvent] = []
        self._flushing = threading.Lock()
        self._wake = threading.Event()
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, event: LedgerEvent) -> None:
        """Have the event written soon. Never waits for the database."""
        if len(self._waiting) >= MOST_IN_MEMORY:
            _spool([event])
            return
        self._waiting.append(event)
        if self._thread is None or not self._thread.is_alive():
            self._start()
        if len(self._waiting) >= FLUSH_AT:
            self._wake.set()

    def flush(self) -> int:
        """Write what there is, here and now, in a transaction of its own; how many. Never raises."""
        with self._flushing:
            events = self._in_hand = self._taken()
            if events:
                self._write(events)
            self._in_hand = []
            return len(events)

    def spool_all(self) -> None:
        """Put everything into the spool, also what is being written: an id is only taken once.

        For a signal handler: it takes no lock and asks no database.
        """
        if events := [*self._in_hand, *self._taken()]:
            _spool(events)

    def forget(self) -> None:
        """After a fork, in the child: these are the parent's, and so was the thread."""
        self.__init__()  # type: ignore[misc]  # locks may have been held, so all is made anew

    def _taken(self) -> list[LedgerEvent]:
        events: list[LedgerEvent] = []
        with contextlib.suppress(IndexError):
            while True:
                events.append(self._waiting.popleft())
        return events

    def _write(self, events: list[LedgerEvent]) -> None:
        try:
            insert_new(events)
        except Exception:
            logger.warning("%s telemetry events go to the spool", len(events), exc_info=True)
            _spool(events)
            return
        for event in events:
            tell(event)

    def _start(self) -> None:
        with self._started:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._run, name="ledger-telemetry", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter is ending: `_at_exit` writes it
                self._thread = None
                return
            _see_to_the_end()

    def _run(self) -> None:
        """Write now and then, until nothing has come for a while; the next event starts it anew."""
        idle = 0
        while idle < 10:
            self._wake.wait(settings.LEDGER_TELEMETRY_FLUSH_S)
            self._wake.clear()
            idle = 0 if self.flush() else idle + 1
            if connection.vendor == "sqlite":  # which must not be open in a process that forks
                connection.close()
        connections.close_all()  # this thread's own


buffer = Buffer()


def _spool(events: list[LedgerEvent]) -> None:
    try:
        spool.keep_all(events, fill=SPOOL_SHARE)
    except OSError as error:
        logger.error("%s telemetry events are lost: %s", len(events), error)


# --- The end of the process ---------------------------------------------------------------------

_prepared_in: set[int] = set()


def _see_to_the_end() -> None:
    """Once in each process that has a buffer."""
    if os.getpid() in _prepared_in:
        return
    _prepared_in.add(os.getpid())
    # A child of multiprocessing (each worker of django-q2) ends without `atexit`.
    multiprocessing_util.Finalize(None, _at_exit, exitpriority=100)
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, _at_sigterm)


@atexit.register
def _at_exit() -> None:
    """The database may be gone by now, and the thread may be writing: give it a moment."""
    if buffer._flushing.acquire(timeout=EXIT_PATIENCE_S):
        buffer._flushing.release()
        buffer.flush()
    buffer.spool_all()


def _at_sigterm(number: int, frame: FrameType | None) -> None:
    """Only where nobody else sees to SIGTERM: keep what there is, then end as everybody does."""
    buffer.spool_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


os.register_at_fork(after_in_child=buffer.forget)
