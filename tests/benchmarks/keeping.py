"""Keeping the ledger: sealing beside writers, verifying, exporting, checking alone, letting a week go.

EVENTS in the environment changes how many events there are, WEEK how many the week has that is dropped.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from ledger.connections import ledger_door
from ledger.hashing import row_hash
from ledger.keeping.exporting import export_events, export_seals
from ledger.keeping.formats import has_parquet
from ledger.keeping.partitions import drop_partition, make_weeks
from ledger.models import LedgerEvent
from ledger.sealing.ahead import default_workers
from ledger.sealing.sealer import oldest_unsealed, seal_events
from ledger.sealing.verify import verify_ledger
from stakazo.core.ids import uuid7
from tests.benchmarks.table import Row, median_s, server_cpu_s
from tests.ledger.aged import grow

TITLE = "Keeping the ledger"
EVENTS = int(os.environ.get("EVENTS", "100000"))
WEEK = int(os.environ.get("WEEK", EVENTS))
TURN_S, ROUNDS = 3, 8
WEEKS = 3
AHEAD_DAYS = 30


def write_events():
    """Honest events, as a video's road has them."""
    job, clip = uuid7(), uuid7()
    for start in range(0, EVENTS, 5_000):
        batch = []
        for n in range(start, min(start + 5_000, EVENTS)):
            event = LedgerEvent(
                event_type="clip_created",
                entity_type="clip",
                entity_id=str(clip),
                actor="user:ada",
                worker_id="host-1:4711",
                correlation_id=f"road-{n // 50}",
                job_id=job,
                clip_id=clip,
                metadata={"status": "ready", "n": n, "title": "A clip of some kind", "score": 0.5},
            )
            event.row_hash = row_hash(event)
            batch.append(event)
        LedgerEvent.objects.bulk_create(batch)


def once_s(work):
    """Seconds of one run, and what it answers."""
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def per_second(seconds):
    return f"{EVENTS / seconds:,.0f} events/s"


def rows():
    """The figures, on the database at hand."""
    where = connection.vendor
    write_events()
    while oldest_unsealed() is None:
        time.sleep(0.1)
    seal_s, sealed = once_s(seal_events)
    there = LedgerEvent.objects.count()  # with what installing recorded
    assert sealed.events == there
    found = []
    fast_s = median_s(lambda: found.append(verify_ledger(with_anchors=False)), rounds=3)
    cpu_s = server_cpu_s()
    one_s = median_s(lambda: verify_ledger(with_anchors=False, workers=1), rounds=3)
    cpu_s = (server_cpu_s() - cpu_s) / 4  # one round of median_s does not count
    slow_s, by_row = once_s(_row_by_row)
    assert {each.wrong for each in [*found, by_row]} == {0}
    assert found[0].checked == by_row.checked == there
    side = f"{default_workers()} connections" if where == "postgresql" else "1 connection"
    answer = [
        Row(f"ledger_seal, {where}", f"{EVENTS / seal_s:,.0f} events/s", "–", "–"),
        Row(f"ledger_verify, {where}, {side}", per_second(fast_s), f"row by row {per_second(slow_s)}", f"{slow_s / fast_s:.1f}"),
        Row(f"ledger_verify, {where}, 1 connection", per_second(one_s), f"row by row {per_second(slow_s)}", f"{slow_s / one_s:.1f}"),
    ]  # fmt: skip
    if where == "postgresql":
        answer.append(
            Row("the server's CPU for that", per_second(cpu_s), f"{cpu_s / EVENTS * 1e6:.1f} µs an event", "–")
        )  # fmt: skip
    answer += _exports(where, there)
    if where == "postgresql":
        answer.append(_week())
    return [*answer, *_cost_of_sealing(where)]


def _row_by_row():
    from ledger.sealing import walk

    real, walk.Walk._check_digest = walk.Walk._check_digest, lambda *args: False
    try:
        return verify_ledger(with_anchors=False)
    finally:
        walk.Walk._check_digest = real


def _exports(where, there):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form in ["jsonl", "csv", *(["parquet"] if has_parquet() else [])]:
            with (folder / f"events.{form}").open("wb") as out:
                seconds, _ = once_s(lambda out=out, form=form: export_events(out, form=form))
            size = (folder / f"events.{form}").stat().st_size
            yield Row(
                f"ledger_export {form}, {where}",
                per_second(seconds),
                f"{size / EVENTS:.0f} bytes each",
                "–",
            )
        with (folder / "seals.jsonl").open("wb") as out:
            export_seals(out)
        for processes in (1, os.cpu_count() or 1):
            script = [sys.executable, settings.BASE_DIR / "ledger" / "check_export.py"]
            words = ["--seals", folder / "seals.jsonl", "--complete", "--all-sealed"]
            seconds, said = once_s(
                lambda p=processes, s=script, w=words: subprocess.run(
                    [*s, folder / "events.jsonl", *w, "--processes", str(p)],
                    capture_output=True,
                    check=True,
                )
            )
            assert str(there).encode() in said.stdout
            yield Row(f"check_export.py, {processes} processes", per_second(seconds), "–", "–")


def _week():
    """Weeks are filled, then dropped; beside it the same rows deleted."""
    taken = []
    for n in range(WEEKS):
        days = AHEAD_DAYS + 7 * n
        (name,) = make_weeks(now=timezone.now() + timedelta(days=days), ahead=0)
        grow(WEEK, since_days=-days)
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        drop_s, _ = once_s(lambda name=name: drop_partition(name))
        taken.append(drop_s * 1000)
    days = AHEAD_DAYS + 7 * WEEKS + 10
    grow(WEEK, since_days=-days)  # these lie in the default partition
    since = timezone.now() + timedelta(days=AHEAD_DAYS)

    def delete():
        with ledger_door(), connection.cursor() as cursor:
            cursor.execute('DELETE FROM ledger_events WHERE "timestamp" > %s', [since])

    delete_s, _ = once_s(delete)
    drop_ms = statistics.median(taken)
    return Row(
        f"a week of {WEEK:,} events dropped",
        f"{drop_ms:.0f} ms ({', '.join(f'{each:.0f}' for each in taken)})",
        f"deleted by row {delete_s * 1000:.0f} ms",
        f"{1000 * delete_s / drop_ms:.0f}",
    )


SEALER = """
import select, sys, time, django
django.setup()
from django.utils import timezone
from ledger.sealing.following import LOOK_S, seal_when_due
from ledger.sealing.sealer import oldest_unsealed, seal_events
lags, cpu, sealed = [0.0], 0.0, 0
print("ready", flush=True)
while True:
    if select.select([sys.stdin], [], [], LOOK_S)[0]:
        if sys.stdin.readline().strip() == "end":
            print(max(lags), cpu, sealed, flush=True)
            break
        while sys.stdin.readline().strip() != "go":
            pass
        seal_events()  # what was written meanwhile waited for us
    begun = time.process_time()
    waiting = oldest_unsealed()
    done = seal_when_due(within_s=2)
    cpu, sealed = cpu + time.process_time() - begun, sealed + done.events
    if done.seals:
        lags.append((timezone.now() - waiting.timestamp).total_seconds())
"""


def _cost_of_sealing(where):
    """Audited creates, by turns beside a sealer, as run_workers has one, and without."""
    child = subprocess.Popen(
        [sys.executable, "-c", SEALER],
        env=os.environ | {"DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "stakazo.settings"},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "ready\n"
    written = {True: [], False: []}
    for turn in range(2 * ROUNDS):
        child.stdin.write("go\n" if turn and turn % 2 == 0 else "halt\n" if turn % 2 else "")
        child.stdin.flush()
        written[turn % 2 == 0].append(_creates())
    child.stdin.write("go\nend\n")
    child.stdin.close()
    said = child.stdout.read()
    child.wait()
    lag_s, cpu_s, sealed = map(float, said.split())
    with_, without = (statistics.median(written[key]) for key in (True, False))
    ratios = [one / other for one, other in zip(written[True], written[False], strict=True)]
    yield Row(
        f"audited creates beside a sealer, {where}",
        f"{with_ / TURN_S:.0f} a second",
        f"without {without / TURN_S:.0f} a second",
        f"{statistics.median(ratios):.3f}",
    )
    yield Row(
        f"CPU of the sealer's process for what it sealed beside, {where}",
        f"{cpu_s / max(sealed, 1) * 1e6:.0f} µs an event",
        f"a create {TURN_S / with_ * 1e6:.0f} µs",
        f"{cpu_s / max(sealed, 1) / (TURN_S / with_):.3f}",
    )
    yield Row(f"seal lag beside that writer, at most, {where}", f"{lag_s:.1f} s", "–", "–")


def _creates():
    """How many in one turn."""
    count, until = 0, time.perf_counter() + TURN_S
    while time.perf_counter() < until:
        Campaign.objects.create(name="bench", platforms=[])
        count += 1
    return count


def _url():
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    return f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
