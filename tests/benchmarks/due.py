"""Posts that are due together: from their time to the first call, by real workers on the simulator.

`POSTS` (500) publications over `ACCOUNTS` (360) accounts of the three platforms fall due within
`WITHIN_S` (60) seconds. The first post of an account is held back by no gap; the others wait for it.
Starts are those of the simulator's own truth, by the clock that both share.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tests.benchmarks.jobs import _database_url
from tests.benchmarks.table import Row

TITLE = "Posts that are due together"
POSTS = int(os.environ.get("POSTS", "500"))
ACCOUNTS = int(os.environ.get("ACCOUNTS", "360"))
WITHIN_S = int(os.environ.get("WITHIN_S", "60"))
WORKERS = int(os.environ.get("WORKERS", "4"))
GAP_S = float(os.environ.get("GAP_S", "20"))
PATIENCE_S = 900
PLATFORMS = ("instagram", "tiktok", "youtube")


def rows():
    """The figures, on the database at hand."""
    from tests.chaos.servers import free_port, listens, wait_for
    from tests.publishing.simulator import RunningSimulator

    with tempfile.TemporaryDirectory(prefix="stakazo-due-") as folder:
        port = free_port()
        settings.SIMULATOR_URL = f"http://127.0.0.1:{port}"
        settings.MEDIA_ROOT = Path(folder) / "media"
        settings.PUBLISH_GAP_S, settings.REPUBLISH_DAYS = GAP_S, 0
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "stakazo.settings",
            "DATABASE_URL": _database_url(),
            "STAKAZO_VAR_DIR": folder,
            "STAKAZO_SIMULATOR_URL": settings.SIMULATOR_URL,
            "STAKAZO_SIMULATOR_DELAY_S": "0",
            "STAKAZO_SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9",
            "STAKAZO_PUBLISH_GAP_S": str(GAP_S),
            "STAKAZO_REPUBLISH_DAYS": "0",
            "STAKAZO_TOKEN_KEYS": ",".join(settings.TOKEN_KEYS),
            "STAKAZO_LOG_LEVEL": "WARNING",
        }
        simulator = _started("simulator", "--port", str(port), environment=environment)
        workers = None
        try:
            wait_for(lambda: listens(port), "the simulator answers")
            control = RunningSimulator(settings.SIMULATOR_URL)
            begun = time.perf_counter()
            due = _want(control, Path(folder))
            made_s = time.perf_counter() - begun
            workers = _started("run_workers", "--workers", str(WORKERS), environment=environment)
            _wait_for_the_end()
            return _figures(control, due, made_s)
        finally:
            for process in (workers, simulator):
                if process is not None:
                    process.terminate()
                    process.wait()


def _started(*words, environment):
    with Path(environment["STAKAZO_VAR_DIR"], f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )


def _want(control, folder):
    """Text → (time, account, whether no gap holds it back), of publications that wait for their time."""
    from publishing.services.publications import create_publication
    from tests.media import make_clip_file
    from tests.publishing.road import real_variant, simulated_account

    video = make_clip_file(
        folder / "video.mp4",
        seconds=4,
        size=(540, 960),
        fps=30,
        extra=("-use_editlist", "0", "-movflags", "+faststart"),
    )
    variant = real_variant(video)
    accounts = [
        simulated_account(control, PLATFORMS[at % 3], handle=f"due{at}") for at in range(ACCOUNTS)
    ]
    dice = random.Random(1)
    lead_s = 30 + POSTS * 0.12
    start = timezone.now() + timedelta(seconds=lead_s)
    offsets = sorted(dice.uniform(0, WITHIN_S) for _ in range(POSTS))
    due, seen = {}, set()
    for number, offset in enumerate(offsets):
        account = accounts[number % ACCOUNTS]
        text = f"Due {number}"
        at = start + timedelta(seconds=offset)
        create_publication(variant, account, title=text, caption=text, scheduled_at=at)
        due[text] = (at.timestamp(), account.external_id, account.pk not in seen)
        seen.add(account.pk)
    if timezone.now() > start:
        raise RuntimeError("the publications took longer to make than the time before the first")
    return due


def _wait_for_the_end():
    from publishing.models import Publication

    until = time.monotonic() + PATIENCE_S
    ended = ["published", "failed", "missed"]
    while Publication.objects.exclude(status__in=ended).exists():
        if time.monotonic() > until:
            raise RuntimeError("not all were posted in time")
        time.sleep(0.5)


def _figures(control, due, made_s):
    from publishing.models import Publication, PublishLog

    posts = control.posts()
    begun = {
        log.publication.caption: log.created_at.timestamp()
        for log in PublishLog.objects.select_related("publication")
    }
    calls = control.get("/_control/drafts").json()["drafts"]
    first_call = {}
    for draft in calls:
        text = draft["caption"]
        first_call[text] = min(first_call.get(text, draft["created_at"]), draft["created_at"])
    free = [text for text, (_, _, is_free) in due.items() if is_free]
    waits = sorted(first_call[text] - due[text][0] for text in free)
    starts = sorted(begun[text] - due[text][0] for text in free)
    done = sorted(post["committed_at"] - due[post["caption"]][0] for post in posts)
    by_account = {}
    for post in posts:
        by_account.setdefault(post["account_id"], []).append(post["committed_at"])
    gaps = [
        later - earlier
        for times in by_account.values()
        for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)
    ]
    published = Publication.objects.filter(status="published").count()
    return [
        Row(
            f"due → first call, {len(free)} of {POSTS} posts that no gap holds back, p50",
            f"{_at(waits, 0.5):.2f} s",
            f"attempt begun {_at(starts, 0.5):.2f} s",
            "–",
        ),
        Row(
            "the same, p99", f"{_at(waits, 0.99):.2f} s", "goal 5 s", f"{_at(waits, 0.99) / 5:.2f}"
        ),
        Row("the same, at most", f"{waits[-1]:.2f} s", "–", "–"),
        Row(
            "due → posted, all, p50 and p99",
            f"{_at(done, 0.5):.1f} s, {_at(done, 0.99):.1f} s",
            f"a gap of {GAP_S:g} s",
            "–",
        ),
        Row(
            "least time between two posts of an account",
            f"{min(gaps, default=0):.2f} s",
            f"a gap of {GAP_S:g} s",
            "–",
        ),
        Row(
            "published; posts on the simulator",
            f"{published}; {len(posts)}",
            f"{POSTS} wanted",
            "–",
        ),
        Row("to make a publication", f"{1000 * made_s / POSTS:.0f} ms", "with its account", "–"),
    ]


def _at(values, share):
    return values[min(int(share * len(values)), len(values) - 1)]
