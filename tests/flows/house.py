"""A whole Stakazo of its own: a folder, a SQLite file, and the processes that work on them."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from django.conf import settings

from jobs.processes import parents, send

PATIENCE_S = 120  # to give up on a test, not to time anything; the machine may be busy


class House:
    """Everything below `folder`. Processes that belong to it are known by that folder."""

    def __init__(self, folder, **env):
        self.var = folder / "var"
        self.database = self.var / "stakazo.sqlite3"
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STAKAZO_", "DATABASE_URL", "REDIS_URL", "TEST_"))
        } | {
            "DJANGO_SETTINGS_MODULE": "stakazo.settings",
            "STAKAZO_VAR_DIR": str(self.var),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            **env,
        }

    def start(self, *words, **options):
        """Begin a manage.py command."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=settings.BASE_DIR,
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )

    def manage(self, *words):
        """Run a manage.py command to its end: (exit code, everything it said)."""
        process = self.start(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=PATIENCE_S)
        return process.returncode, said

    def python(self, code):
        """Run a few lines inside of it, as `manage.py shell` does; what they printed."""
        exit_code, said = self.manage("shell", "--no-imports", "-c", code)
        assert exit_code == 0, said
        return said.strip()

    def rows(self, query, *values, database=None):
        """Rows of its database, as an onlooker sees them: read only, beside everybody."""
        uri = f"file:{database or self.database}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as onlooker:
            onlooker.row_factory = sqlite3.Row
            return [dict(row) for row in onlooker.execute(query, values)]

    def posts(self):
        """What the simulator knows to be posted, by its own file."""
        return self.rows(
            "SELECT * FROM posts WHERE fail_reason = ''", database=self.var / "simulator.sqlite3"
        )

    def until(self, holds, what):
        """Wait for something that other processes bring about."""
        pause = threading.Event()
        for _ in range(PATIENCE_S * 20):
            with contextlib.suppress(sqlite3.OperationalError):  # no file or no table yet
                if answer := holds():
                    return answer
            pause.wait(0.05)
        raise AssertionError(f"never: {what}\n{self.log()}")

    def log(self):
        """The end of what its processes said."""
        tails = [path.read_text(errors="replace")[-3000:] for path in self.var.glob("log/*.log")]
        return "\n".join(tails)

    def processes(self):
        """pid → command line of every process that works in this folder."""
        mark = f"STAKAZO_VAR_DIR={self.var}\0".encode()
        found = {}
        for pid in parents():
            with contextlib.suppress(OSError):
                if mark in Path(f"/proc/{pid}/environ").read_bytes() + b"\0":
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                    found[pid] = b" ".join(words).decode(errors="replace").strip()
        return found

    def is_empty(self):
        """Wait until no process is left."""
        return self.until(lambda: not self.processes(), f"all are gone: {self.processes()}")

    def tear_down(self):
        """Kill whatever a failed test left."""
        send(self.processes(), signal.SIGKILL)


def free_ports(count):
    """Ports that nobody listens on right now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
