"""What recording costs: beside the same write without its event, and beside other audit libraries."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from campaigns.models import CAMPAIGN, Campaign
from ledger import buffer as buffers
from ledger.models import LedgerEvent
from ledger.registry import AUDITED
from ledger.services import log_event, log_events
from ledger.writing import database_away
from tests.benchmarks.jobs import PEERS
from tests.benchmarks.table import Row, undisturbed_s

TITLE = "Recording"
ROUNDS = int(os.environ.get("ROUNDS", "400"))
BULK = 20_000
GONE = 2_000
LINE = b"x" * 420 + b"\n"  # as long as an event in the spool
LIBRARIES = {
    "auditlog": "django-auditlog",
    "simple_history": "django-simple-history",
    "pghistory": "django-pghistory",
}


@contextlib.contextmanager
def unaudited(model):
    """The model without its ledger."""
    audited, save_base = AUDITED.pop(model), model.save_base
    model.save_base = save_base.__wrapped__
    try:
        yield
    finally:
        AUDITED[model], model.save_base = audited, save_base


def rows():
    """The figures, on the database at hand."""
    return [*writes(), *bulk(), *gone(), *peers()]


def writes():
    """Single writes, each in its own transaction."""

    def create():
        with transaction.atomic():
            Campaign.objects.create(name="bench", platforms=[])

    def alone():
        Campaign.objects.create(name="bench", platforms=[])

    def move():
        with transaction.atomic():
            campaign = Campaign.objects.create(name="bench", platforms=[])
            CAMPAIGN.move(campaign, Campaign.Status.ACTIVE)
            CAMPAIGN.move(campaign, Campaign.Status.PAUSED)

    kept = Campaign.objects.create(name="bench", platforms=[])

    def other():
        running, paused = Campaign.Status.ACTIVE, Campaign.Status.PAUSED
        return paused if kept.status == running else running

    def one_move():
        with transaction.atomic():
            CAMPAIGN.move(kept, other())

    def one_save():
        with transaction.atomic():
            kept.status = other()
            kept.save()

    def measured():
        create()
        log_event("jobs_late", entity_type="worker", entity_id="bench", metadata={"age_s": 3})

    def plainly(do):
        def work():
            with unaudited(Campaign):
                do()

        return work

    with _buffered():
        times = undisturbed_s(
            {
                "plain create": plainly(create),
                "create": create,
                "plain alone": plainly(alone),
                "alone": alone,
                "plain save": plainly(one_save),
                "bare move": plainly(one_move),
                "one move": one_move,
                "plain moves": plainly(move),
                "moves": move,
                "telemetry": plainly(measured),
                "one event": lambda: log_event("worker_started"),
            },
            rounds=ROUNDS,
        )
    return [
        _beside("audited create in a transaction", times, "create", "plain create"),
        _beside("audited create and two moves in one", times, "moves", "plain moves"),
        _beside("audited move", times, "one move", "plain save"),
        _beside("audited move", times, "one move", "bare move"),
        _beside("audited create outside of one", times, "alone", "plain alone"),
        _beside("create with a telemetry event", times, "telemetry", "plain create"),
        _beside("log_event alone", times, "one event", "plain alone"),
        _cpu_beside("create with a telemetry event", plainly(measured), plainly(create)),
    ]


def bulk():
    """Many at once, from facts to rows."""
    entity = {"entity_type": "clip", "entity_id": "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"}
    facts = [
        {
            "event_type": "clip_created",
            "metadata": {"n": n, "start_ms": 1000, "end_ms": 9000, "made_by": "analysis"},
            **entity,
        }
        for n in range(BULK)
    ]
    taken, cpu = [], []
    for _ in range(5):
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        assert log_events(facts) == BULK
        taken.append(time.perf_counter() - begun)
        cpu.append(time.thread_time() - begun_cpu)
    one_by_one = undisturbed_s({"one": lambda: log_event(**facts[0])}, rounds=200)
    per_s, single = BULK / min(taken), 1 / one_by_one["one"]
    return [
        Row(
            f"{BULK:,} events at once, best of 5, {connection.vendor}",
            f"{per_s:,.0f} events/s (median {BULK / statistics.median(taken):,.0f},"
            f" {statistics.median(cpu) / BULK * 1e6:.0f} µs of our CPU each)",
            f"one by one {single:,.0f}/s",
            f"{per_s / single:.1f}",
        ),
    ]


def gone():
    """log_event while the database does not answer: into the spool, fsynced."""
    there, spool_dir = dict(connection.settings_dict), settings.LEDGER_SPOOL_DIR
    taken, bare = [], []
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as folder:
        settings.LEDGER_SPOOL_DIR = Path(folder)
        connection.close()
        if connection.vendor == "sqlite":
            connection.settings_dict["NAME"] = f"{folder}/no/such/folder.sqlite3"
        else:
            connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
        try:
            for _ in range(GONE):
                begun = time.perf_counter()
                assert log_event("worker_started") is None
                taken.append((time.perf_counter() - begun) * 1000)
                bare.append(_fsynced(Path(folder) / "bare", LINE) * 1000)
            lines = sum(1 for _ in (Path(folder) / "events.jsonl").open())
        finally:
            connection.close()
            connection.settings_dict.update(there)
            settings.LEDGER_SPOOL_DIR = spool_dir
            database_away.forget()
    taken.sort()
    bare.sort()
    assert lines == GONE
    at = int(0.99 * GONE)
    return [
        Row(
            f"log_event with the database gone, p99, {connection.vendor}",
            f"{taken[at]:.2f} ms (median {taken[GONE // 2]:.2f})",
            f"a bare line, fsynced: {bare[at]:.2f} ms (median {bare[GONE // 2]:.2f})",
            f"{taken[at] / bare[at]:.2f}",
        )
    ]


def _fsynced(path, line):
    """Seconds that the disk itself takes for as much."""
    begun = time.perf_counter()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line)
    os.fsync(descriptor)
    os.close(descriptor)
    return time.perf_counter() - begun


def peers():
    """The same two writes under other libraries, each beside its own plain model."""
    return [_peer(name, words) for name, words in LIBRARIES.items()]


def _peer(name, words):
    what = f"{words}: create, change, {connection.vendor}"
    if not (PEERS / name).is_dir():
        return Row(what, "–", "not measured: not installed (`make bench` does)", "–")
    if name == "pghistory" and connection.vendor != "postgresql":
        return Row(what, "–", "not measured: it needs PostgreSQL", "–")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.audit_peers.measure", str(ROUNDS)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PEER": name, "DATABASE_URL": _url(name), "PYTHONPATH": str(PEERS)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return Row(what, "–", f"not measured: {done.stderr.strip().splitlines()[-1]}", "–")
    told = json.loads(done.stdout.splitlines()[-1])
    return Row(
        what,
        f"{told['create_us']:.0f} µs",
        "its own plain model",
        f"{told['create']:.2f}, {told['change']:.2f}",
    )


def _url(name):
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return ""
    user = f"{database['USER']}:{database['PASSWORD']}"
    return f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/bench_{name}"


@contextlib.contextmanager
def _buffered():
    """Telemetry as in the product: gathered, and written by its thread."""
    before, settings.LEDGER_TELEMETRY_FLUSH_S = settings.LEDGER_TELEMETRY_FLUSH_S, 1.0
    try:
        yield
    finally:
        buffers.buffer.flush()
        settings.LEDGER_TELEMETRY_FLUSH_S = before
        assert LedgerEvent.objects.filter(event_type="jobs_late").count() >= ROUNDS


def _cpu_beside(what, ours, plain):
    """By CPU of this process, its writing thread included, which on SQLite is the database's too."""
    taken = {ours: [], plain: []}
    with _buffered():
        for _ in range(ROUNDS // 5):
            for do in (ours, plain):
                begun = time.process_time()
                for _ in range(20):
                    do()
                if do is ours:
                    buffers.buffer.flush()
                taken[do].append((time.process_time() - begun) / 20)
    ours_s, plain_s = (statistics.median(taken[do]) for do in (ours, plain))
    return Row(
        f"{what}, CPU with its writing, {connection.vendor}",
        f"{ours_s * 1e6:.0f} µs",
        f"plain {plain_s * 1e6:.0f} µs",
        f"{ours_s / plain_s:.2f}",
    )


def _beside(what, times, ours, plain):
    return Row(
        f"{what}, {connection.vendor}",
        f"{times[ours] * 1e6:.0f} µs",
        f"{plain} {times[plain] * 1e6:.0f} µs",
        f"{times[ours] / times[plain]:.2f}",
    )
