"""Processes of this machine: who is whose child, and how to make them die together.

Linux tells all of it in /proc and by prctl; elsewhere `ps` answers and the prctl calls do nothing,
so that workers then notice by themselves that their parent has changed (jobs.worker).
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(with_signal: int = signal.SIGKILL) -> None:
    """Have the kernel send us this signal when the thread that started us ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every process below us that loses its own."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def parents() -> dict[int, int]:
    """pid → pid of its parent, for every process that runs; zombies are left out."""
    if not (_PROC / "self" / "stat").exists():
        return _parents_from_ps()
    found: dict[int, int] = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError, ValueError):
            # The name of the program stands in parentheses and may hold anything.
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state not in ("Z", "X"):
                found[int(folder.name)] = int(parent)
    return found


def _parents_from_ps() -> dict[int, int]:
    listing = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(pid): int(parent) for pid, parent, state, *_ in rows if not state.startswith("Z")}


def children_of(pid: int, *, table: dict[int, int] | None = None) -> list[int]:
    """The pids of the children of a process, in the order of their numbers."""
    table = parents() if table is None else table
    return sorted(child for child, parent in table.items() if parent == pid)


def descendants_of(pid: int, *, table: dict[int, int] | None = None) -> list[int]:
    """Children, their children and so on; nearest first."""
    table = parents() if table is None else table
    found: list[int] = []
    level = [pid]
    while level:
        level = [child for parent in level for child in children_of(parent, table=table)]
        found += level
    return found


def memory_of(pid: int) -> int:
    """Resident memory of a process, in bytes; 0 where that is not known."""
    try:
        pages = (_PROC / str(pid) / "statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * _PAGE_BYTES


def bound_memory(data_bytes: int) -> None:
    """From here on this process gets MemoryError instead of so much private memory (Linux).

    Its children inherit that, until they call `unbound_memory`.
    """
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or data_bytes < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, hard))


def unbound_memory() -> None:
    """Undo what the parent bounded. One system call, so it may stand between fork and exec."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


class Deaths:
    """Tells at once when one of some processes ends, without asking again and again (Linux)."""

    def __init__(self) -> None:
        self._fds: dict[int, int] = {}  # pid → what the kernel makes readable at its end
        self._poll = select.poll()

    def watch(self, pids: set[int]) -> bool:
        """Watch exactly these from now on. False: one of them is gone already."""
        for pid in self._fds.keys() - pids:
            self._drop(pid)
        for pid in pids - self._fds.keys():
            with contextlib.suppress(OSError, AttributeError):  # gone, or no Linux
                self._fds[pid] = fd = os.pidfd_open(pid)
                self._poll.register(fd, select.POLLIN)
        return self._fds.keys() == pids

    def wait(self, timeout_s: float) -> bool:
        """Wait for one to end. False: none did. Each death wakes us once."""
        if not hasattr(os, "pidfd_open"):
            time.sleep(timeout_s)
            return True
        ended = {fd for fd, _ in self._poll.poll(timeout_s * 1000)}
        for pid in [pid for pid, fd in self._fds.items() if fd in ended]:
            self._drop(pid)
        return bool(ended)

    def _drop(self, pid: int) -> None:
        fd = self._fds.pop(pid)
        self._poll.unregister(fd)
        os.close(fd)


def send(pids: Iterable[int], with_signal: int) -> None:
    """Send a signal to each; one that is gone already is no fault."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, with_signal)
