"""The hostile corpus, file by file through the service as in production: what becomes of it, at what cost.

Each figure stands beside the limit that must hold: 20 s and 1 GiB for one file.
"""

import contextlib
import os
import resource
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.test.utils import override_settings

from media_assets.services.ingest import ingest_stream
from stakazo.core.errors import StakazoError
from tests.benchmarks.table import Row
from tests.media_assets.hostile import corpus
from tests.media_assets.hostile.lures import lures_in

TITLE = "Hostile files"


@dataclass(frozen=True)
class Outcome:
    """What became of one file. wall_s of all its way; cpu_s, peak_mb of the probing child."""

    name: str
    ended: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def rows():
    """Take each file in; everything else that happens is counted against us."""
    limits = settings.MEDIA_LIMITS
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        places = {
            "WORK_DIR": root / "work",
            "MEDIA_ROOT": root / "media",
            "FETCH_DIR": root / "fetched",
        }
        with override_settings(**places), lures_in(root / "work") as lures:
            before = {*root.rglob("*")}
            files = [(each, each.make(lures.lure)) for each in corpus()]
            outcomes = [taken_in(hostile, data) for hostile, data in files]
            left = [
                each
                for each in root.rglob("*")
                if each.is_file() and each not in before and not each.is_relative_to(root / "media")
            ]
            reached = lures.taken()
    ends = Counter(each.ended for each in outcomes)
    slowest = max(outcomes, key=lambda each: each.wall_s)
    largest = max(outcomes, key=lambda each: each.peak_mb)
    walls = [each.wall_s for each in outcomes]
    seconds, megabytes = limits["probe_timeout_s"], limits["probe_memory_bytes"] / 1024**2
    return [
        Row("files", str(len(outcomes)), "300", f"{len(outcomes) / 300:.2f}"),
        Row("refused, with a reason", str(ends["refused"]), "–", "–"),
        Row("processed", str(ends["processed"]), "–", "–"),
        Row("anything else", str(ends.total() - ends["refused"] - ends["processed"]), "0", "–"),
        Row("slowest", f"{slowest.wall_s:.2f} s ({slowest.name})", f"{seconds} s", f"{slowest.wall_s / seconds:.3f}"),
        Row("median", f"{statistics.median(walls) * 1000:.0f} ms", "–", "–"),
        Row("CPU of all probes", f"{sum(each.cpu_s for each in outcomes):.1f} s", "–", "–"),
        Row("most memory", f"{largest.peak_mb:.0f} MB ({largest.name})", f"{megabytes:.0f} MB", f"{largest.peak_mb / megabytes:.2f}"),
        Row("temporaries left", str(len(left)), "0", "–"),
        Row("other files or sockets opened", str(len(reached)), "0", "–"),
    ]  # fmt: skip


def taken_in(hostile, data):
    """One file's way in, in a process of its own, whose only child is the probe."""
    from django.db import connections

    connections.close_all()
    reading, writing = os.pipe()
    begun = time.perf_counter()
    pid = os.fork()
    if not pid:
        ended = "crashed"
        with contextlib.suppress(BaseException):
            try:
                ingest_stream([data], filename=hostile.filename, dry_run=True)
                ended = "processed"
            except StakazoError as error:
                ended = "refused" if 400 <= error.http_status < 500 else "crashed"
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = f"{ended} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    ended, cpu_s, peak_mb = os.read(reading, 1000).decode().split()
    os.close(reading)
    os.waitpid(pid, 0)
    wall_s = time.perf_counter() - begun
    return Outcome(hostile.name, ended, wall_s, float(cpu_s), float(peak_mb))
