"""The world outside: a small HTTP server of the harness that keeps count of what it was asked to do.

As at the real platforms there are no idempotency keys: a *handle* is harmless and may be made often, a
*post* of a handle is for ever, and one handle gives one post. Every call is a line in
`$CHAOS_DIR/calls`, on the disk before it is answered.
"""

import contextlib
import json
import os
import signal
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from jobs.processes import die_with_parent
from stakazo.core.errors import Unavailable
from tests.chaos import points
from tests.chaos.forking import let_go_of_the_database


class Silent(Unavailable):
    """The world outside did not answer."""

    code = "trial.silent"


class World:
    """The server, in a process of its own. Every so many posts the answer gets lost."""

    def __init__(self, *, answer_lost_each=0):
        self.posts = {}
        self._lock = threading.Lock()
        self._made = 0
        self._lost_each = answer_lost_each
        world = self

        class Handler(BaseHTTPRequestHandler):
            """One call."""

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = world.call(self.path.strip("/"), body)
                if answer is None:
                    self.connection.close()  # done, but the caller never hears of it
                    return
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *words):
                """Quietly."""

        class Server(ThreadingHTTPServer):
            """Whose callers may die while they wait."""

            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                """That is what they are here for."""

        server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        let_go_of_the_database()
        self.pid = os.fork()  # not a thread: the harness itself forks
        if not self.pid:
            try:
                die_with_parent()
                server.serve_forever()
            finally:
                os._exit(0)
        server.server_close()

    def call(self, what, body):
        """Do it and write it down; the answer, or None where the answer is to get lost."""
        with self._lock:
            match what:
                case "handle":
                    answer = {"handle": f"{body['job']}:{uuid.uuid4().hex[:8]}"}
                case "look":
                    answer = {"post": self.posts.get(body["handle"], "")}
                case "post":
                    fresh = body["handle"] not in self.posts
                    post = self.posts.setdefault(body["handle"], uuid.uuid4().hex)
                    self._made += fresh
                    answer = {"post": post}
            made = what == "post" and fresh
            points.log("calls", {"what": what, **body, "made": made})
            if made and self._lost_each and self._made % self._lost_each == 0:
                return None
            return answer

    def close(self):
        """No more."""
        os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _ask(what, job, **more):
    url = (Path(os.environ["CHAOS_DIR"]) / "world").read_text()
    body = {"job": str(job.job.pk), "token": job.token, **more}
    try:
        return httpx.post(f"{url}/{what}", json=body, timeout=30, trust_env=False).json()
    except httpx.HTTPError as error:
        raise Silent(f"No answer: {error}") from error


def ask_for_handle(job):
    """A new handle; harmless."""
    return _ask("handle", job)["handle"]


def look(job, handle):
    """What became of the handle: its post, or empty."""
    return _ask("look", job, handle=handle)["post"]


def post(job, handle):
    """Cross the point of no return."""
    return _ask("post", job, handle=handle)["post"]
