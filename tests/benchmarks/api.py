"""The ten hottest reads beside a bare DRF view, on the same server in the same run."""

import json
import statistics
import subprocess
import sys

import pytest
from django.conf import settings

from tests.benchmarks.table import Row
from tests.factories import make_user
from tests.flows.test_admin_pages import populate
from tests.live import live_app

TITLE = "The API: reads beside a bare DRF view on the same server"
ROWS, ROUNDS, AT_ONCE = 60, 200, 4
# Path → how many queries it takes, the key's own among them; tests/flows/test_list_queries.py pins them.
HOTTEST = {
    "/videos": 2,
    "/videos/{video}": 2,
    "/clips": 2,
    "/clips/{clip}": 2,
    "/variants": 2,
    "/jobs": 2,
    "/jobs/{job}": 3,
    "/publications": 2,
    "/ledger/events": 2,
    "/telemetry/snapshot": 13,
}
MORE_ON_POSTGRESQL = {"/ledger/events": 1}  # it looks for the page's end apart
# Runs in a process of its own, so that it takes none of the server's time. Keep-alive, warm.
_ASK = """
import json, sys, threading, time, httpx
address, key, path, rounds, at_once = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
taken, lock = [], threading.Lock()
def ask(count, kept):
    with httpx.Client(base_url=address, headers={"X-Api-Key": key}, timeout=60, trust_env=False) as client:
        for _ in range(count):
            begun = time.perf_counter()
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
            with lock:
                kept.append(time.perf_counter() - begun)
ask(20, [])
begun = time.perf_counter()
threads = [threading.Thread(target=ask, args=(rounds // at_once, taken)) for _ in range(at_once)]
[each.start() for each in threads]
[each.join() for each in threads]
print(json.dumps({"taken": sorted(taken), "wall_s": time.perf_counter() - begun}))
"""


def furnish() -> tuple[str, dict[str, str]]:
    """Rows in every room: (a key that may look, the hottest reads' paths with real ids)."""
    from jobs.models import Job
    from media_assets.models import Clip, VideoAsset
    from stakazo.identity.services import create_api_key

    for number in range(ROWS):
        populate(number)
    ids = {
        "video": VideoAsset.objects.first().pk,
        "clip": Clip.objects.first().pk,
        "job": Job.objects.first().pk,
    }
    _, key = create_api_key(user=make_user("ada"), name="bench", scopes=["read"])
    return key, {path: path.format(**ids) for path in HOTTEST}


def rows() -> list[Row]:
    """p50, p95 and requests per second of each, with the bare view asked just before it."""
    settings.ROOT_URLCONF = "tests.benchmarks.bare_urls"
    key, paths = furnish()
    told = []
    with pytest.MonkeyPatch.context() as patch, live_app(patch) as address:
        for name, path in paths.items():
            bare, one = _ask(address, key, "/bench/bare"), _ask(address, key, path)
            ratio = f"{one['p50'] / bare['p50']:.1f} × its p50"
            told.append(Row(f"GET {name}", _words(one), f"bare: {_words(bare)}", ratio))
    return told


def _ask(address: str, key: str, path: str) -> dict[str, float]:
    words = [sys.executable, "-c", _ASK, address, key, path, str(ROUNDS), str(AT_ONCE)]
    told = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    taken = told["taken"]
    return {
        "p50": statistics.median(taken) * 1000,
        "p95": taken[int(len(taken) * 0.95)] * 1000,
        "per_s": len(taken) / told["wall_s"],
    }


def _words(one: dict[str, float]) -> str:
    return f"p50 {one['p50']:.1f} ms, p95 {one['p95']:.1f} ms, {one['per_s']:.0f}/s"
