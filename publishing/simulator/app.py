"""The platform simulator as an ASGI application; `manage.py simulator` serves it.

It plays Instagram, TikTok and YouTube over plain HTTP, each of their hosts under a path of that name
(`/graph.instagram.com/…`), and keeps its own truth. Django is used for its settings only.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl

from django.conf import settings

from publishing.simulator import (
    control,
    facebook,
    fault_page,
    faults,
    instagram,
    live_posts,
    pages,
    tiktok,
    youtube,
)
from publishing.simulator.faults import Fault, When
from publishing.simulator.hooks import Courier
from publishing.simulator.web import (
    Message,
    Refusal,
    Request,
    Response,
    Route,
    html_response,
    http_date,
    json_response,
)
from publishing.simulator.world import World

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES = 2 * 1024 * 1024
_BLOCK = 1 << 18
# A form that is dropped on the way never came whole.
_SILENT = ("reset_before", "timeout_before", "drop_upload")
_PLATFORMS = {"instagram": instagram, "tiktok": tiktok, "youtube": youtube}


class Simulator:
    """One simulated world behind HTTP."""

    def __init__(self, database: Path, *, webhook_url: str = "", delay_s: float = 1.0) -> None:
        self.world = World(database, webhook_url=webhook_url, delay_s=delay_s)
        self.courier = Courier(self.world)
        self._routes: list[Route] = [
            *control.routes_for(self.courier, _PLATFORMS).routes,
            *pages.routes.routes,
            *live_posts.instagram_routes.routes,
            *live_posts.youtube_routes.routes,
            *fault_page.routes.routes,
            *facebook.routes.routes,
            *(route for platform in _PLATFORMS.values() for route in platform.routes.routes),
        ]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI: lifespan and http."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.courier.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(self.courier.stop)
                self.world.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Message, receive: Receive, send: Send) -> None:
        request = _request(scope)
        route, parts = self._find(request)
        if route is None:
            await self._send(send, json_response({"error": "There is nothing here."}, status=404))
            return
        point = route.point if isinstance(route.point, str) else route.point(request)
        before = await asyncio.to_thread(self._take, point, When.BEFORE)
        drops = before is not None and before.name == "drop_upload" and route.streams
        cut = int(before.number("bytes")) if before and drops else 0
        try:
            if not await self._read(request, route, receive, cut_after=cut):
                too_large = json_response({"error": "The body is too large."}, status=413)
                await self._send(send, too_large)
                return
            if before and not cut and before.name in _SILENT:
                await self._go_silent(before, scope, receive, send)
                return
            if before and not cut:
                await self._send(send, _answer_of(before, route))
                return
            after = await asyncio.to_thread(self._take, point, When.AFTER)
            if after and after.name == "late_effect":
                request.late_s = after.number("seconds")
            response = await asyncio.to_thread(self._answer, route, request, parts)
            if cut:
                await self._drop(scope, receive, send)
            elif after:
                await self._fail_after(after, response, scope, receive, send)
            elif request.whole:
                await self._send(send, response)
        finally:
            if request.upload:
                request.upload.unlink(missing_ok=True)

    def _find(self, request: Request) -> tuple[Route | None, dict[str, str]]:
        for route in self._routes:
            found = route.pattern.fullmatch(request.path)
            if found and request.method in route.methods.split():
                return route, found.groupdict()
        return None, {}

    def _take(self, point: str, when: When) -> Fault | None:
        if not point:
            return None
        with self.world.transaction():
            return faults.take(self.world, point, when=when)

    def _answer(self, route: Route, request: Request, parts: dict[str, str]) -> Response:
        """One request is one transaction; a refusal is an answer like any other."""
        try:
            if route.free:
                return route.handler(self.world, request, **parts)
            with self.world.transaction():
                try:
                    return route.handler(self.world, request, **parts)
                except Refusal as refusal:
                    return refusal.response
        except Exception:
            logger.exception("The simulator failed at %s %s", request.method, request.path)
            return json_response({"error": "The simulator failed; see its log."}, status=500)

    # --- In and out ------------------------------------------------------------------------------

    async def _read(
        self, request: Request, route: Route, receive: Receive, *, cut_after: int
    ) -> bool:
        """Fill in the body; False where it is too large. cut_after: stop after so many bytes."""
        if not route.streams:
            body = bytearray()
            async for block in _blocks(request, receive):
                body += block
                if len(body) > MAX_BODY_BYTES:
                    return False
            request.body = bytes(body)
            return True
        request.upload = self.world.files / f"incoming-{uuid.uuid4().hex}"
        with request.upload.open("wb") as file:
            async for block in _blocks(request, receive):
                if cut_after and request.upload_bytes + len(block) >= cut_after:
                    request.upload_bytes += file.write(block[: cut_after - request.upload_bytes])
                    request.whole = False
                    break
                request.upload_bytes += file.write(block)
        return True

    async def _send(self, send: Send, response: Response) -> None:
        size = len(response.body)
        if response.file:
            size = response.file[2] - response.file[1]
        headers = {
            "date": http_date(self.world.now()),
            "server": "stakazo-simulator",
            "content-length": str(size),
            **response.headers,
        }
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
            }
        )
        if response.file:
            path, at, end = response.file
            with path.open("rb") as file:
                file.seek(at)
                while at < end and (block := file.read(min(_BLOCK, end - at))):
                    at += len(block)
                    await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": response.body, "more_body": False})

    async def _fail_after(
        self, fault: Fault, response: Response, scope: Message, receive: Receive, send: Send
    ) -> None:
        if fault.name in ("reset_after", "timeout_after"):
            await self._go_silent(fault, scope, receive, send)
        elif fault.name == "truncated_after":
            response.headers["content-length"] = str(len(response.body) or 100)
            response.body = response.body[: len(response.body) // 2]
            await self._send_and_hang_up(send, response)
        elif fault.name == "html_after":
            await self._send(send, html_response("<html><body>Sorry, something went wrong</body>"))
        else:
            await self._send(send, Response(int(fault.number("status"))))

    async def _go_silent(self, fault: Fault, scope: Message, receive: Receive, send: Send) -> None:
        if fault.name.startswith("timeout"):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_gone(receive), timeout=fault.number("seconds"))
        await self._drop(scope, receive, send)

    async def _drop(self, scope: Message, receive: Receive, send: Send) -> None:
        """Break the connection without an answer, where our server lets us; else in mid-answer."""
        if abort := scope.get("simulator.abort"):
            abort()
            await _gone(receive)
            return
        await self._send_and_hang_up(send, Response(200, headers={"content-length": "1000"}))

    async def _send_and_hang_up(self, send: Send, response: Response) -> None:
        headers = [(name.encode(), text.encode()) for name, text in response.headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})


def _request(scope: Message) -> Request:
    headers = {name.decode("latin-1").lower(): text.decode() for name, text in scope["headers"]}
    host = headers.get("host") or "{}:{}".format(*scope.get("server", ("127.0.0.1", 80)))
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        headers=headers,
        base_url=f"{scope.get('scheme', 'http')}://{host}",
    )


async def _blocks(request: Request, receive: Receive) -> AsyncIterator[bytes]:
    """The body as it arrives; `request.whole` is False where it broke."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            request.whole = False
            return
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _answer_of(fault: Fault, route: Route) -> Response:
    platform = _PLATFORMS.get(route.platform)
    if platform and fault.name == "rate_limited":
        return platform.rate_limited()
    if platform and fault.name == "expired_token":
        return platform.expired_token()
    return Response(int(fault.number("status")))


class _LazySimulator:
    """Reads the settings when the first request comes, not when it is imported."""

    def __init__(self) -> None:
        self._simulator: Simulator | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if self._simulator is None:
            self._simulator = Simulator(
                settings.SIMULATOR_DATABASE,
                webhook_url=settings.SIMULATOR_WEBHOOK_URL,
                delay_s=settings.SIMULATOR_DELAY_S,
            )
        await self._simulator(scope, receive, send)


application = _LazySimulator()
