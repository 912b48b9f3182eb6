"""A WebSocket client that speaks to our ASGI application inside this process."""

import contextlib
import json

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connection, connections
from django.test import Client

PATIENCE_S = 20  # to give up on a test, not to time anything


class Socket(ApplicationCommunicator):
    """One connection to /telemetry/ws."""

    def __init__(self, application, *, path="/telemetry/ws", query="", headers=()):
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), *headers],
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def knock(self):
        """The answer to the handshake: websocket.accept or websocket.close."""
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(PATIENCE_S)

    async def hear(self):
        """The next message, or the close code."""
        output = await self.receive_output(PATIENCE_S)
        return output["code"] if output["type"] == "websocket.close" else json.loads(output["text"])

    async def hear_until(self, wanted):
        """All messages up to the first that is wanted, that one last."""
        heard = [await self.hear()]
        while not wanted(heard[-1]):
            heard.append(await self.hear())
        return heard

    async def say(self, message):
        """Send a message: text as it is, anything else as JSON."""
        text = message if isinstance(message, str) else json.dumps(message)
        await self.send_input({"type": "websocket.receive", "text": text})

    async def leave(self):
        """Go away as a client does."""
        with contextlib.suppress(Exception):
            await self.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.wait(PATIENCE_S)


def browser_headers(user, *, origin="http://testserver"):
    """The headers of a browser in which this user is logged in."""
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return [(b"cookie", cookie.encode()), *([(b"origin", origin.encode())] if origin else [])]


async def in_thread(work, *args, **kwargs):
    """Run database work where async code may not."""
    return await sync_to_async(work)(*args, **kwargs)


async def close_connections():
    """Leave no connection of the worker thread open, so that the test database can be dropped."""
    await sync_to_async(connections.close_all)()


def settle():
    """Wait until the watermark is past everything committed so far.

    On PostgreSQL any open transaction of the whole server holds it back, also one of other tests.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (mine,) = cursor.fetchone()
        waiting = True
        while waiting:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) <= %s::xid8, pg_sleep(0.02)", [mine]
            )
            waiting, _ = cursor.fetchone()
