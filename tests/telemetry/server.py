"""A real uvicorn with our ASGI application, in a process of its own, on the database of the tests."""

import contextlib
import os
import socket
import subprocess
import sys

import httpx
from django.conf import settings
from django.db import connection


def environment(var_dir):
    """What another process needs to be on the same database, with the same secret."""
    db = connection.settings_dict
    url = (
        f"sqlite:///{db['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT'] or 5432}/{db['NAME']}"
    )
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "stakazo.settings",
        "STAKAZO_VAR_DIR": str(var_dir),
        "STAKAZO_SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": url,
    }


@contextlib.contextmanager
def serving(var_dir):
    """The address of a running server, http://127.0.0.1:…; it is stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "stakazo.asgi:application"),
                *("--fd", str(listener.fileno()), "--log-level", "warning"),
            ],
            env=environment(var_dir),
            cwd=settings.BASE_DIR,
            pass_fds=[listener.fileno()],
        )
    try:
        url = f"http://127.0.0.1:{port}"
        httpx.get(f"{url}/debug/health/live", timeout=60).raise_for_status()
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def in_another_process(code, *, var_dir):
    """Run the Python code as an operator would: `manage.py shell -c`."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        env=environment(var_dir),
        cwd=settings.BASE_DIR,
        check=True,
        timeout=120,
        capture_output=True,
    )
