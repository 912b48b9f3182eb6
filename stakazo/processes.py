"""The processes of one machine: web, workers and simulator, started, watched and stopped together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from django.conf import settings

from stakazo.core.errors import Unavailable

GRACE_S = 30
_PR_SET_PDEATHSIG = 1


def free_port(wanted: int) -> int:
    """The wanted port, or the next one on loopback that nobody listens on."""
    for port in range(wanted, min(wanted + 200, 65_536)):
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Unavailable(f"No free port from {wanted} on.", port=wanted)


def _die_with_parent() -> None:
    """In a child, before it runs: end when the parent is gone, however it went (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Member:
    """One process of the group. ready: an address that answers once it works; "" if it has none."""

    name: str
    command: Sequence[str]
    ready: str = ""
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)


class Group:
    """Processes that live and die together; one that dies alone is started anew.

    Their output goes to log files in `log_dir`. Leaving the `running` block stops them all.
    """

    def __init__(self, members: Sequence[Member], *, env: Mapping[str, str], log_dir: Path) -> None:
        self.members, self.env, self.log_dir = list(members), dict(env), log_dir

    @contextlib.contextmanager
    def running(self) -> Iterator["Group"]:
        """Start all, wait until those with an address answer, and stop all at the end."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        try:
            for member in self.members:
                self._start(member)
            for member in self.members:
                self._await(member)
            yield self
        finally:
            self.stop()

    def watch(self, tell: Callable[[str], None]) -> None:
        """Start anew what has died; give up on what dies again and again. Call it now and then."""
        for member in self.members:
            process = member.process
            if process is None or process.poll() is None:
                continue
            member.restarts = [at for at in member.restarts if at > time.monotonic() - 60]
            if len(member.restarts) >= 5:
                raise Unavailable(
                    f"The {member.name} process ends again and again; its log says why.",
                    log=str(self.log_path(member)),
                )
            tell(f"The {member.name} process ended ({process.returncode}); starting it anew.")
            member.restarts.append(time.monotonic())
            self._start(member)

    def stop(self) -> None:
        """Ask all to end, wait, and kill what does not; with everything they started.

        A Ctrl-C or TERM that comes meanwhile cuts the wait short.
        """
        with _interrupts() as interrupted:
            alive = [member for member in self.members if member.process is not None]
            for member in alive:
                _signal(member, signal.SIGTERM, whole_group=False)
            until = time.monotonic() + GRACE_S
            for member in alive:
                if member.process is None:
                    continue
                while member.process.poll() is None and time.monotonic() < until:
                    if interrupted.is_set():
                        break
                    time.sleep(0.05)
                _signal(member, signal.SIGKILL, whole_group=True)
                member.process.wait()
                member.process = None

    def log_path(self, member: Member) -> Path:
        """Where its output goes."""
        return self.log_dir / f"{member.name}.log"

    def _start(self, member: Member) -> None:
        with self.log_path(member).open("ab") as log:
            member.process = subprocess.Popen(  # noqa: S603  our own command lines
                list(member.command),
                env=os.environ | self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # no threads run here yet
                cwd=settings.BASE_DIR,
            )

    def _await(self, member: Member, *, timeout_s: float = 60) -> None:
        until = time.monotonic() + timeout_s
        while member.ready:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(member.ready, timeout=5, trust_env=False).status_code < 500:
                    return
            ended = member.process is None or member.process.poll() is not None
            if ended or time.monotonic() > until:
                tail = self.log_path(member).read_text(errors="replace")[-2000:]
                raise Unavailable(f"The {member.name} process did not start:\n{tail}")
            time.sleep(0.1)


def _signal(member: Member, number: int, *, whole_group: bool) -> None:
    if member.process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if whole_group:
            os.killpg(member.process.pid, number)
        else:
            member.process.send_signal(number)


@contextlib.contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Within the block Ctrl-C and TERM are noted, and break nothing off."""
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = {
        number: signal.signal(number, lambda *_: noted.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True)
class Addresses:
    """Where the group listens."""

    web: str
    simulator: str


def whole_group(*, web_port: int, simulator_port: int) -> tuple[Group, Addresses]:
    """Web, workers and, unless we are live, the simulator; each port or the next free one."""
    web, simulator = free_port(web_port), free_port(simulator_port)
    addresses = Addresses(f"http://127.0.0.1:{web}", f"http://127.0.0.1:{simulator}")
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    uvicorn = [sys.executable, "-m", "uvicorn", "stakazo.asgi:application", "--no-access-log"]
    listen = ["--host", "127.0.0.1", "--port", str(web), "--timeout-graceful-shutdown", "5"]
    members = [
        Member("simulator", [*manage, "simulator", "--port", str(simulator)], addresses.simulator),
        Member("web", [*uvicorn, *listen], f"{addresses.web}/debug/health/live"),
        Member("workers", [*manage, "run_workers"]),
    ]
    if settings.STAKAZO_LIVE:
        members = members[1:]
    env = {
        "STAKAZO_BASE_URL": addresses.web,
        "STAKAZO_SIMULATOR_URL": addresses.simulator,
        "STAKAZO_SIMULATOR_WEBHOOK_URL": addresses.web,
    }
    return Group(members, env=env, log_dir=settings.VAR_DIR / "log"), addresses
