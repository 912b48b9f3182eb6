"""What a job costs beside django-q2, Procrastinate and Celery, each with two workers of its own."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from tests.benchmarks.noop.drive import SINGLES, WORK
from tests.benchmarks.table import Row

TITLE = "Jobs"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PEERS = Path(sys.prefix, "bench")  # where `make bench` installs what only it needs
REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/5"
NAMES = {"Stock": "stock q2", "Procrastinate": "Procrastinate", "Celery": "Celery, acks late"}
FIGURES = {
    "per_s": (f"{WORK} that do nothing", "{:.0f}/s"),
    "put": ("to enqueue one, median", "{:.2f} ms"),
    "put95": ("the same, p95", "{:.2f} ms"),
    "p50": (f"from enqueue to start, {SINGLES} alone, p50", "{:.1f} ms"),
    "p95": ("the same, p95", "{:.1f} ms"),
}


def rows():
    """The figures, on the database at hand: rounds in turns, each system alone on the machine."""
    missing = {name: why for name in NAMES if (why := _why_missing(name))}
    found = {name: [] for name in ("Ours", *NAMES) if name not in missing}
    for _ in range(ROUNDS):
        for name in found:
            try:
                found[name].append(a_round(name))
            except RuntimeError as error:
                if name == "Ours":
                    raise
                missing[name] = f"a round failed: {str(error).splitlines()[-1]}"
    told = {name: _summary(rounds) for name, rounds in found.items() if rounds}
    where = connection.vendor
    return [
        *(
            Row(
                f"{what}, {where}",
                form.format(told["Ours"][key]),
                f"{NAMES[name]} {form.format(told[name][key])}",
                f"{told['Ours'][key] / told[name][key]:.2f}",
            )
            for name in told
            if name != "Ours"
            for key, (what, form) in FIGURES.items()
        ),
        *(
            Row(f"{NAMES[name]} that began twice, {where}", str(told[name]["twice"]), "–", "–")
            for name in told
            if name != "Ours" and told[name]["twice"]
        ),
        *(Row(f"{NAMES[name]}, {where}", "–", why, "–") for name, why in missing.items()),
    ]


def _why_missing(name):
    """Why this peer cannot be measured here; empty: it can."""
    if name == "Stock":
        return ""
    if not (PEERS / name.lower()).is_dir():
        return "not measured: not installed (`make bench` does)"
    if name == "Procrastinate" and connection.vendor != "postgresql":
        return "not measured: it needs PostgreSQL"
    if name == "Celery":
        try:
            redis.Redis.from_url(REDIS_URL, socket_timeout=2).ping()
        except (redis.RedisError, OSError):
            return f"not measured: no Redis answers at {REDIS_URL}"
    return ""


def a_round(name):
    """A driver with its workers, on the database of this benchmark."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.noop.drive", name],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": _database_url(), "NOOP_REDIS_URL": REDIS_URL}
        | ({"PYTHONPATH": str(PEERS)} if name in ("Procrastinate", "Celery") else {}),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the round of {name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    )


def _summary(rounds):
    """Medians; times in ms, each over all rounds together."""
    puts = [1000 * cost for each in rounds for cost in each["put_s"]]
    waits = [1000 * wait for each in rounds for wait in each["waits_s"]]
    return {
        "per_s": statistics.median(each["per_s"] for each in rounds),
        "put": statistics.median(puts),
        "put95": _p95(puts),
        "p50": statistics.median(waits),
        "p95": _p95(waits),
        "twice": sum(each["twice"] for each in rounds),
    }


def _p95(values):
    return sorted(values)[int(0.95 * (len(values) - 1))]
