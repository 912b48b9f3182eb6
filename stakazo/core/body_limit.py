"""How much a request may bring. Django spools the whole body before anything of ours is asked."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from stakazo.core.api.errors import error_body
from stakazo.core.request_id import HEADER, carrying, chosen_id

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]  # Django's own stubs name narrower types


class BodyLimit:
    """An ASGI wrapper that answers 413 as soon as a body is, or says it will be, too large.

    max_bytes holds for every path but those of `larger`, which have limits of their own.
    """

    def __init__(self, app: App, *, max_bytes: int, larger: Mapping[str, int]) -> None:
        self.app, self.max_bytes, self.larger = app, max_bytes, dict(larger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.max_bytes)
        if _declared(scope) > limit:
            await _refuse(scope, send, limit)
            return
        arrived, begun, over = 0, False, False

        async def counted() -> Message:
            nonlocal arrived, over
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                over = True
                return {"type": "http.disconnect"}  # Django drops what it has and answers nothing
            return message

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        await self.app(scope, counted, noticed)
        if over and not begun:
            await _refuse(scope, send, limit)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(scope: Scope, send: Send, limit: int) -> None:
    given = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin1")
    with carrying(chosen_id(given)) as request_id:
        body = json.dumps(
            error_body(
                "stakazo.too-large", "The request brings more than we take.", {"max_bytes": limit}
            )
        ).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (HEADER.lower().encode(), request_id.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
