"""The whole application on loopback, served by uvicorn as in production."""

import contextlib
import threading

import uvicorn


@contextlib.contextmanager
def live_app(monkeypatch):
    """The base address of a running server. Needs `django_db(transaction=True)`."""
    from stakazo.asgi import application

    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    ready = threading.Event()
    really = server.startup

    async def startup(sockets=None):
        await really(sockets=sockets)
        ready.set()

    server.startup = startup
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(timeout=30)
    try:
        (port,) = {sock.getsockname()[1] for each in server.servers for sock in each.sockets}
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
