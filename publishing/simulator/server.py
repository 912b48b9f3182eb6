"""Serving the simulator with uvicorn, in a way that lets it break connections on purpose."""

import logging
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from publishing.simulator.web import Message


class BreakableProtocol(H11Protocol):  # type: ignore[misc]  # uvicorn is untyped for us
    """HTTP whose application may cut the connection: `scope["simulator.abort"]()`."""

    def handle_events(self) -> None:
        """The task of a request starts after this returns, so it finds the key."""
        super().handle_events()
        if self.scope:  # None before the first request, which uvicorn does not tell mypy
            scope = cast(Message, self.scope)
            scope["simulator.abort"] = self.transport.abort


def server_for(application: Any, *, host: str, port: int) -> uvicorn.Server:
    """A server; port 0 takes a free one. Any: an ASGI application. The simulator sends its own Date, by the virtual clock."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=BreakableProtocol,
        ws="none",
        lifespan="on",
        date_header=False,
        server_header=False,
        access_log=False,
        log_level=logging.WARNING,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
