"""Just enough of a web framework for the simulator: requests, answers, routes. Raw ASGI below.

Handlers are plain functions `(world, request, **parts of the path) -> Response` and run in a thread.
A route may name a point, where faults can be injected (see `faults`).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

# A message of the ASGI protocol; Any, because each kind of message has keys of its own.
Message = dict[str, Any]


@dataclass
class Request:
    """One request, read whole.

    headers: names in lower case. body: empty where `upload` holds it as a file. whole: False where the
    connection broke before the announced end; the rest is what arrived. late_s: a fault asks that the
    effect comes this much later than the answer.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    base_url: str
    body: bytes = b""
    upload: Path | None = None
    upload_bytes: int = 0
    whole: bool = True
    late_s: float = 0.0

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, or of the query where there is no form."""
        if self.headers.get("content-type", "").startswith("application/json"):
            return {key: str(value) for key, value in self.json.items()}
        return {**self.query, **dict(parse_qsl(self.body.decode(), keep_blank_values=True))}

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object in the body; empty where there is none. Any: whatever JSON carries."""
        try:
            body = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def token(self) -> str:
        """The access token, from the header or the parameters."""
        _, _, given = self.headers.get("authorization", "").partition(" ")
        return given.strip() or self.query.get("access_token") or self.form.get("access_token", "")


@dataclass
class Response:
    """An answer; `file` streams bytes [start, end) of a file instead of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    file: tuple[Path, int, int] | None = None


def json_response(body: Any, *, status: int = 200, **headers: str) -> Response:
    """Any: whatever JSON carries. Header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status, json.dumps(body).encode(), {"content-type": "application/json", **named}
    )


def html_response(body: str, *, status: int = 200) -> Response:
    """A page."""
    return Response(status, body.encode(), {"content-type": "text/html; charset=utf-8"})


def redirect(url: str, *, fragment: str = "", **query: str) -> Response:
    """Send the browser on, with these parameters added."""
    joint = "&" if "?" in url else "?"
    return Response(302, headers={"location": f"{url}{joint}{urlencode(query)}{fragment}"})


class Refusal(Exception):
    """Carries the answer that refuses a request; raised by helpers of the handlers."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Handler = Callable[..., Response]
Point = str | Callable[..., str]


@dataclass(frozen=True)
class Route:
    """methods: as in "GET POST". pattern: a regular expression over the whole path. free: the handler
    runs outside the request's transaction."""

    methods: str
    pattern: re.Pattern[str]
    handler: Handler
    point: Point
    platform: str
    streams: bool
    free: bool


class Routes:
    """The routes of one platform's hosts."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.routes: list[Route] = []

    def __call__(
        self,
        methods: str,
        pattern: str,
        *,
        point: Point = "",
        streams: bool = False,
        free: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Decorate a handler. streams: the body is written to a file as it arrives."""

        def add(handler: Handler) -> Handler:
            self.routes.append(
                Route(methods, re.compile(pattern), handler, point, self.platform, streams, free)
            )
            return handler

        return add


def http_date(seconds: float) -> str:
    """A time as in the Date header."""
    return formatdate(seconds, usegmt=True)
