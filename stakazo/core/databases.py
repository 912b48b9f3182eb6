"""How we talk to the two databases we run on."""

from pathlib import Path
from typing import Any

import environ

# WAL lets readers and the writer work side by side; IMMEDIATE takes the write lock at BEGIN, so a
# transaction that read first cannot fail when it writes (with DEFERRED 10 % did, measured).
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON;"
    ),
}


def database_settings(url: str, *, var_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry for DATABASE_URL; SQLite below var_dir when it is empty."""
    if not url or url.startswith("sqlite"):
        name = environ.Env.db_url_config(url)["NAME"] if url else str(var_dir / "stakazo.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": dict(_SQLITE_OPTIONS),
            # A file, not memory: worker threads and processes of the tests must see the same rows.
            "TEST": {"NAME": str(var_dir / "test.sqlite3")},
        }
    return environ.Env.db_url_config(url) | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}
