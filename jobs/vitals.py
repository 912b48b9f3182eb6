"""Signs of life: short lines that the processes of a cluster write into a pipe of their supervisor.

No database, no locks, and nothing waits: a line that finds the pipe full is dropped. Outside of
`run_workers` nobody listens and nothing is written.

| line | from | means |
|---|---|---|
| `sentinel` | q2's sentinel | its guard goes round |
| `idle PID`, `busy PID` | a worker | it lives, and waits for a bell or answers one |
| `heard N` | q2's monitor | the Nth canary went all the way: pusher, worker, monitor |
| `wishes PID why` | a worker | it should be replaced when there is time |
| `leaves PID why` | a worker | it ends now, of its own will |
"""

import contextlib
import os
import time
from dataclasses import dataclass, field

from django.conf import settings


def tell(*words: object) -> None:
    """Write one line."""
    if settings.JOB_VITALS_FD:
        line = " ".join(map(str, words))[:400]
        with contextlib.suppress(OSError):  # full, or nobody is there any more
            os.write(settings.JOB_VITALS_FD, f"{line}\n".encode())


@dataclass
class Vitals:
    """The supervisor's end of the pipe, and what it heard. Times are those of time.monotonic()."""

    read_fd: int
    write_fd: int  # for the cluster; see `handed_over`
    sentinel: float = 0.0
    workers: dict[int, tuple[bool, float]] = field(default_factory=dict)  # pid → (idle, when)
    heard: int = 0
    wish: str = ""
    leaving: dict[int, str] = field(default_factory=dict)
    _half: bytes = b""

    @classmethod
    def opened(cls) -> "Vitals":
        """A new pipe."""
        read_fd, write_fd = os.pipe()
        for fd in (read_fd, write_fd):
            os.set_blocking(fd, False)
        return cls(read_fd, write_fd, sentinel=time.monotonic())

    def handed_over(self) -> None:
        """Close our copy of the end that the cluster now has."""
        os.close(self.write_fd)

    def close(self) -> None:
        """Hear no more."""
        os.close(self.read_fd)

    def hear(self, now: float) -> None:
        """Read all that was written since."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.read_fd, 65536):
                *lines, self._half = (self._half + piece).split(b"\n")
                for line in lines:
                    self._note(line.decode(errors="replace").split(" ", 2), now)

    def _note(self, words: list[str], now: float) -> None:
        match words:
            case ["sentinel"]:
                self.sentinel = now
            case ["idle" | "busy" as state, pid]:
                self.workers[int(pid)] = (state == "idle", now)
            case ["heard", number]:
                self.heard = max(self.heard, int(number))
            case ["wishes", _, why]:
                self.wish = why
            case ["leaves", pid, why]:
                self.leaving[int(pid)] = why
                self.workers.pop(int(pid), None)

    def forgive(self, now: float) -> None:
        """We slept ourselves: start to count anew."""
        self.sentinel = now
        self.workers = dict.fromkeys(self.workers, (False, now))

    def somebody_idle(self) -> bool:
        """Whether a worker waits for a bell."""
        return any(idle for idle, _ in self.workers.values())

    def silent_since(self) -> float:
        """When the one was heard that is silent for longest."""
        return min([self.sentinel, *(when for _, when in self.workers.values())])
