"""What a job costs beside a bare task of stock django-q2, both in real clusters of two workers."""

import json
import os
import statistics
import subprocess
import sys

from django.conf import settings
from django.db import connection

from tests.benchmarks.noop.drive import SINGLES, WORK
from tests.benchmarks.table import Row

TITLE = "Jobs"
ROUNDS = 3


def rows():
    """The figures, on the database at hand: rounds in turns, each cluster alone on the machine."""
    found = {"ours": [], "stock": []}
    for _ in range(ROUNDS):
        for name in found:
            found[name].append(a_round(name))
    ours, stock = (_summary(found[name]) for name in ("ours", "stock"))
    where = connection.vendor
    return [
        Row(
            f"{WORK} jobs that do nothing, {where}",
            f"{ours['per_s']:.0f} jobs/s",
            f"stock q2 {stock['per_s']:.0f} tasks/s",
            f"{ours['per_s'] / stock['per_s']:.2f}",
        ),
        *(
            Row(
                f"{what}, {where}",
                f"{ours[key]:.1f} ms",
                f"stock q2 {stock[key]:.1f} ms",
                f"{ours[key] / stock[key]:.2f}",
            )
            for key, what in {
                "put": "to enqueue one (median)",
                "p50": f"from enqueue to start, {SINGLES} alone, p50",
                "p95": "the same, p95",
            }.items()
        ),
    ]


def a_round(name):
    """A driver with its cluster, on the database of this benchmark."""
    database = connection.settings_dict
    url = {
        "sqlite": lambda: f"sqlite:///{database['NAME']}",
        "postgresql": lambda: (
            f"postgres://{database['USER']}:{database['PASSWORD']}"
            f"@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
        ),
    }[connection.vendor]()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.noop.drive"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": f"tests.benchmarks.noop.{name}", "DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the round of {name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _summary(rounds):
    """Medians; times in ms, each over all rounds together."""
    waits = sorted(1000 * wait for each in rounds for wait in each["waits_s"])
    return {
        "per_s": statistics.median(each["per_s"] for each in rounds),
        "put": statistics.median(1000 * cost for each in rounds for cost in each["put_s"]),
        "p50": statistics.median(waits),
        "p95": waits[int(0.95 * (len(waits) - 1))],
    }
