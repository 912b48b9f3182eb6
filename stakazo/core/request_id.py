"""The id of the request at hand: in every answer's `X-Request-ID`, in every error, in the ledger.

It is the caller's where that is sane, else a new one.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from stakazo.core.ids import uuid7

HEADER = "X-Request-ID"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("stakazo_request_id", default="")


def chosen_id(given: str) -> str:
    """The id that the caller gave, or a new one: 8 to 64 letters, digits, dots, lines."""
    return given if _SANE_ID.fullmatch(given) else str(uuid7())


def current_request_id() -> str:
    """The id of the request at hand; empty outside of one."""
    return _current.get()


@contextlib.contextmanager
def carrying(request_id: str) -> Iterator[str]:
    """Within this block, this is the request at hand."""
    token = _current.set(request_id)
    try:
        yield request_id
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    """The outermost one, so that what the others refuse carries the id too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its id."""
        with carrying(chosen_id(request.headers.get(HEADER, ""))) as request_id:
            response = self.get_response(request)
        response[HEADER] = request_id
        return response
