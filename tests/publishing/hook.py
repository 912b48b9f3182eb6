"""A subscriber's address on loopback that keeps what comes and answers as it is told."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hook:
    """answers: statuses to give, the last one from then on. seen: (path, headers, body) of each call."""

    url: str = ""
    answers: list = field(default_factory=lambda: [204])
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    seen: list = field(default_factory=list)

    @property
    def bodies(self):
        """The bodies, in the order in which they came."""
        return [body for _, _, body in self.seen]


def serving(hook, *, host="127.0.0.1", context=None):
    """(server, port) of a server in a thread that speaks for the hook."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers.get("Content-Length", 0))
            hook.seen.append((self.path, dict(self.headers), self.rfile.read(size)))
            status = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
            self.send_response(status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(hook.body)))
            self.end_headers()
            self.wfile.write(hook.body)

        do_GET = do_POST

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server, server.server_address[1]
