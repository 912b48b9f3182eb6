"""Long bodies of tus, in slices.

Django asks us nothing before a body has arrived whole, so all of a body would be lost when its line
breaks. Here, before Django, a PATCH of many GB becomes a row of short ones: each is answered as any
other would be, and when the line breaks, what came before is kept.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from stakazo.core.body_limit import App, Message, Receive, Scope, Send

_NO_CONTENT = 204


class TusSlices:
    """An ASGI wrapper: a PATCH below `prefix` reaches the application in slices of at most so many bytes.

    One with a checksum stays whole, for the checksum is of all of it.
    """

    def __init__(self, app: App, *, prefix: str, slice_bytes: int) -> None:
        self.app, self.prefix, self.slice_bytes = app, prefix, slice_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        offset = self._begins(scope)
        if offset is None:
            await self.app(scope, receive, send)
            return
        slices = aiter(_Slices(receive, self.slice_bytes))
        body = await anext(slices)
        while True:
            answer = await self._answer(_slice_of(scope, offset, len(body)), body)
            offset += len(body)
            following = await anext(slices, None) if _went_well(answer) else None
            if following is None:
                break
            body = following
        for message in answer:
            await send(message)

    def _begins(self, scope: Scope) -> int | None:
        """Where the bytes begin; None for a request that is not ours to cut."""
        if scope["type"] != "http" or scope["method"] != "PATCH":
            return None
        headers = dict(scope["headers"])
        said = headers.get(b"upload-offset", b"")
        ours = scope["path"].startswith(self.prefix) and b"upload-checksum" not in headers
        return int(said) if ours and said.isdigit() and len(said) < 20 else None

    async def _answer(self, scope: Scope, body: bytes) -> list[Message]:
        answer: list[Message] = []
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                await asyncio.Event().wait()  # nobody leaves between slices
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope, receive, keep)
        return answer


class _Slices:
    """The body in slices; at least one, which may be empty. A line that breaks ends it."""

    def __init__(self, receive: Receive, size: int) -> None:
        self._receive, self._size = receive, size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held, more, given = bytearray(), True, False
        while more:
            message = await self._receive()
            held += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
            while len(held) >= self._size:
                given = True
                yield bytes(held[: self._size])
                del held[: self._size]
        if held or not given:
            yield bytes(held)


def _slice_of(scope: Scope, offset: int, size: int) -> dict[str, Any]:
    """The request for one slice."""
    own = (b"content-length", b"transfer-encoding", b"upload-offset")
    headers = [pair for pair in scope["headers"] if pair[0] not in own]
    headers += [
        (b"content-length", str(size).encode()),
        (b"upload-offset", str(offset).encode()),
    ]
    return {**scope, "headers": headers}


def _went_well(answer: list[Message]) -> bool:
    return bool(answer) and answer[0].get("status") == _NO_CONTENT
