"""A q2 worker process: who it is, what it does now, and what it does when it is told to go.

Three signals reach it. USR1: take nothing new, finish the job in hand, leave. USR2: hand the job in
hand back at once, then leave. TERM, which also is what the kernel sends when the parent dies: as
USR2, except while leaving by USR1, for then the parent's end was announced.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings

from jobs import vitals
from jobs.processes import bound_memory, die_with_parent

if TYPE_CHECKING:
    from jobs.running import Running

taking_no_more = threading.Event()
handing_back = threading.Event()

# Half as much again, and what is reserved but never touched (stacks of threads, libraries).
HEADROOM, RESERVED_BYTES = 1.5, 512 * 1024**2

running: "Running[Any] | None" = None  # the job in hand
jobs_done = 0

_busy = False
_parent_pid: int | None = None  # None: this process is no q2 worker


def node() -> str:
    """The machine we are on: heavy work is counted per machine."""
    return settings.JOB_NODE


def worker_id() -> str:
    """Who we are: machine, worker group (empty outside of `run_workers`), process."""
    return f"{group_id(settings.JOB_WORKER_GROUP)}{os.getpid()}"


def group_id(group: str) -> str:
    """How the ids of all workers of a group begin."""
    return f"{node()}:{group}:"


def is_q2_worker() -> bool:
    """Whether this process does nothing but jobs, so that it may be ended with a job that hangs."""
    return _parent_pid is not None


def settle_in(**more: Any) -> None:
    """Called by django-q2's post_spawn signal in each new worker process."""
    global _parent_pid
    from jobs import pulse  # which looks at us

    _parent_pid = os.getppid()
    die_with_parent(signal.SIGTERM)
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
        signal.signal(number, _on_signal)
    if settings.WORKER_MEMORY_BYTES:
        bound_memory(int(settings.WORKER_MEMORY_BYTES * HEADROOM) + RESERVED_BYTES)
    pulse.start()


def _on_signal(number: int, frame: Any) -> None:
    if number == signal.SIGTERM and taking_no_more.is_set():
        return
    taking_no_more.set()
    if number != signal.SIGUSR1:
        handing_back.set()
    if not _busy:
        raise SystemExit(0)


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """Within this block a signal to leave waits for the block to end; then the process leaves."""
    global _busy
    _busy = True
    tell_state()
    try:
        yield
    finally:
        _busy = False
    if taking_no_more.is_set() and is_q2_worker():
        # Not through q2: its parent processes may be gone, and a lost queue lock would hold us.
        os._exit(0)
    tell_state()


@contextlib.contextmanager
def doing(job: "Running[Any]") -> Iterator[None]:
    """Within this block the job is in hand."""
    global running, jobs_done
    running = job
    try:
        yield
    finally:
        running = None
        jobs_done += 1


def tell_state() -> None:
    """Tell the supervisor that we live, and whether we wait for a bell."""
    if is_q2_worker():
        vitals.tell("busy" if _busy else "idle", os.getpid())


def leave(why: str) -> None:
    """Take nothing new, finish the job in hand, and end; the supervisor is told why."""
    if is_q2_worker() and not taking_no_more.is_set():
        vitals.tell("leaves", os.getpid(), why)
        os.kill(os.getpid(), signal.SIGUSR1)  # to the main thread, which may be waiting for a bell


def notice_parent() -> None:
    """Hand the job back when the processes that watched over us are gone."""
    watchers = {_parent_pid, settings.JOB_SUPERVISOR_PID or None}
    if is_q2_worker() and os.getppid() not in watchers:
        taking_no_more.set()
        handing_back.set()
