"""The probing child without its start: one process that imported all, and forks once per file.

Two thirds of the corpus are read this way, each in a process of its own under the same limits and the
same walls; the last third goes through the child as it is started in production. Run as a script.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Reader:
    """Stands in for `media_assets.probe._ask_child`."""

    def __init__(self):
        self._server = subprocess.Popen(
            [sys.executable, "-I", "-B", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, path, demuxer, limits):
        """As the child answers; ProbeStopped where it would be stopped."""
        from media_assets.errors import ProbeStopped

        self._server.stdin.write(json.dumps([str(path.resolve()), demuxer, limits]) + "\n")
        self._server.stdin.flush()
        said = json.loads(self._server.stdout.readline())
        if said is None:
            raise ProbeStopped("Reading the file broke our reader.")
        return said

    def close(self):
        """End the server."""
        self._server.stdin.close()
        self._server.wait(timeout=30)
        self._server.stdout.close()


def serve():
    sys.path.append(str(ROOT))
    import av  # noqa: F401  what a child would import, once

    from media_assets.probing import child, facts  # noqa: F401

    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(child.main, *json.loads(line))) + "\n")
        sys.stdout.flush()


def _forked(main, path, demuxer, limits):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            answer = {**main(path, demuxer, limits), "probe_ms": 0}
            os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    said = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(reading, selectors.EVENT_READ)
        while waiting.select(limits["probe_timeout_s"]):
            if not (piece := os.read(reading, 65_536)):
                break
            said += piece
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)
    return json.loads(said) if said else None


if __name__ == "__main__":
    serve()
