"""What a claim costs beside a million finished jobs and a long backlog, and what the figures cost.

Two databases in turns in one process: a crowded copy of the benchmark's own, and one almost empty.
"""

import contextlib
import shutil
import statistics
import time
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobAttempt
from jobs.queries import jobs_summary
from jobs.registry import Done
from jobs.services import Taker, settle_done
from jobs.stats import job_stats, queue_stats
from jobs.sweeper import sweep
from tests.benchmarks.table import Row, median_s

TITLE = "Claims"
FINISHED, WAITING, FEW = 1_000_000, 100_000, 500
TURNS, CLAIMS = 6, 40  # claims of each turn, on each database


def rows():
    """The figures, on the engine at hand."""
    fill(finished=0, waiting=FEW)
    with another_database() as (here, crowded):
        switch_to(crowded)
        fill(finished=FINISHED, waiting=WAITING - FEW)
        settle_down()
        taken = {here: ([], []), crowded: ([], [])}
        for _ in range(TURNS + 1):
            for name, costs in taken.items():
                switch_to(name)
                claim_and_settle(*costs)
        switch_to(crowded)
        looks = {
            "one sweep": sweep,
            "queue_stats()": queue_stats,
            "job_stats(), with causes": job_stats,
            "jobs_summary()": jobs_summary,
        }
        looked = {name: median_s(look, rounds=3) for name, look in looks.items()}
        switch_to(here)
        looked_here = {name: median_s(look, rounds=3) for name, look in looks.items()}
    return [*_claim_rows(taken[here], taken[crowded]), *_look_rows(looked_here, looked)]


def _claim_rows(few, many):
    for what, less, more in zip(("claim", "settle"), few, many, strict=True):
        # The first turn on each database warms it up.
        a, b = (statistics.median(costs[CLAIMS:]) * 1000 for costs in (less, more))
        yield Row(
            f"{what}, {FINISHED:,} finished and {WAITING:,} waiting, {connection.vendor}",
            f"{b:.2f} ms",
            f"{FEW} jobs in all {a:.2f} ms",
            f"{b / a:.2f}",
        )


def _look_rows(few, many):
    for name, seconds in many.items():
        yield Row(
            f"{name} there, {connection.vendor}",
            f"{1000 * seconds:.1f} ms",
            f"{FEW} jobs in all {1000 * few[name]:.1f} ms",
            "–",
        )


def claim_and_settle(claims, settles):
    """One turn; seconds of each go into the lists."""
    taker = Taker("bench::1")
    for _ in range(CLAIMS):
        begun = time.perf_counter()
        job = taker.next()
        claimed = time.perf_counter()
        settle_done(job, Done(), [])
        claims.append(claimed - begun)
        settles.append(time.perf_counter() - claimed)


# --- Databases -------------------------------------------------------------------------------------


@contextlib.contextmanager
def another_database():
    """(name of ours, name of a copy of it), the copy for as long as the block lasts."""
    ours = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        copy = f"{ours}.crowded"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(ours, copy)
    else:
        copy = f"{ours}_crowded"
        _administer(
            f'DROP DATABASE IF EXISTS "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE "{ours}"'
        )
    try:
        yield ours, copy
    finally:
        switch_to(ours)
        if connection.vendor == "sqlite":
            for part in Path(copy).parent.glob(f"{Path(copy).name}*"):
                part.unlink()
        else:
            _administer(f'DROP DATABASE IF EXISTS "{copy}"')


def _administer(*statements):
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def switch_to(name):
    """Go on with this database on a new connection."""
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def settle_down():
    """What PostgreSQL does by itself after a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE jobs")
            cursor.execute("VACUUM ANALYZE job_attempts")


# --- Rows: n counts them, spread over queues, priorities, states and times ---------------------------

_QUEUES = (
    "CASE n % 4 WHEN 0 THEN 'default' WHEN 1 THEN 'publish' WHEN 2 THEN 'cut' ELSE 'render' END"
)
_TYPES = (
    "CASE n % 4 WHEN 0 THEN 'evaluate_alerts' WHEN 1 THEN 'publish_clip'"
    " WHEN 2 THEN 'cut_analysis' ELSE 'generate_variants' END"
)
_ENDS = (
    "CASE WHEN n % 100 < 94 THEN 'completed' WHEN n % 100 < 97 THEN 'failed'"
    " WHEN n % 100 < 99 THEN 'dead' ELSE 'cancelled' END"
)
# Five in a hundred have waited for their time, ten more still do, one waits for another job.
_WAITS = (
    "CASE WHEN n % 100 < 5 THEN 'retry' WHEN n % 100 < 10 THEN 'scheduled'"
    " WHEN n % 100 < 15 THEN 'retry' ELSE 'pending' END"
)
_IS_BAD = "n % 100 IN (94, 95, 96, 97, 98)"
_MONTH_S, _HOUR_S = 30 * 86_400, 3600


def fill(*, finished, waiting):
    """Put so many jobs in, finished ones with an attempt each."""
    now = timezone.now()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET synchronous_commit = off")
        if finished:
            ago = f"{_MONTH_S} * (1 - n / {finished}.0)"
            ended = _time(now, f"-({ago})")
            error = f"CASE WHEN {_IS_BAD} THEN 'It broke.' ELSE '' END"
            code = f"CASE WHEN {_IS_BAD} THEN 'jobs.bug' ELSE '' END"
            group = f"CASE WHEN {_IS_BAD} THEN 'cause-' || (n % 40) ELSE '' END"
            ids = _id(now - timedelta(days=31))
            done = {"id": ids, "status": _ENDS, "attempt": "1", "fencing_token": "1"}
            times = dict.fromkeys(("created_at", "run_at", "started_at", "ended_at"), ended)
            _insert(
                cursor,
                Job,
                finished,
                done
                | times
                | {"progress": "1.0", "error": error, "error_code": code, "error_group": group},
            )
            _insert(
                cursor, JobAttempt, finished,
                {
                    "id": ids, "job": ids, "number": "1", "fencing_token": "1",
                    "worker_id": "'host:1:' || (n % 8)", "started_at": ended, "ended_at": ended,
                    "outcome": f"CASE WHEN {_IS_BAD} THEN 'failed' ELSE 'done' END",
                    "error": error, "error_code": code,
                },
            )  # fmt: skip
        since = _time(now, f"-(n % {_HOUR_S})")
        due = f"CASE WHEN n % 100 BETWEEN 5 AND 14 THEN {_time(now, f'{_HOUR_S} + n % 86400')} ELSE {since} END"
        _insert(
            cursor, Job, waiting,
            {
                "id": _id(now), "status": _WAITS, "created_at": since, "run_at": due, "rung_at": since,
                "priority": "CASE WHEN n % 50 = 0 THEN 50 WHEN n % 10 = 0 THEN 5 WHEN n % 7 = 0 THEN -10 ELSE 0 END",
                "after_left": "CASE WHEN n % 100 = 99 THEN 1 ELSE 0 END",
            },
        )  # fmt: skip


def _insert(cursor, model, count, given):
    """So many rows in one statement; what is not given has the field's default."""
    shared = {"queue": _QUEUES, "job_type": _TYPES, "max_attempts": "3"} if model is Job else {}
    columns, expressions = [], []
    for field in model._meta.concrete_fields:
        columns.append(connection.ops.quote_name(field.column))
        expressions.append((shared | given).get(field.name) or _literal(field))
    numbers = (
        f"generate_series(1, {count}) AS numbers (n)"
        if connection.vendor == "postgresql"
        else "numbers"
    )
    recursive = (
        ""
        if connection.vendor == "postgresql"
        else f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
    )
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
        f"{recursive}SELECT {', '.join(expressions)} FROM {numbers}"
    )


def _literal(field):
    if field.null:
        return "NULL"
    value = field.get_default()
    if isinstance(value, dict | list):
        return "'{}'" if isinstance(value, dict) else "'[]'"
    if isinstance(value, bool):
        return str(value).upper()
    return f"'{value}'" if isinstance(value, str) else str(value)


def _id(since):
    """A UUIDv7 that grows with n."""
    millis = f"({int(since.timestamp() * 1000)} + n)"
    if connection.vendor == "postgresql":
        return f"(lpad(to_hex({millis}::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid"
    return f"printf('%012x70008%015x', {millis}, n)"


def _time(now, seconds):
    if connection.vendor == "postgresql":
        return f"('{now.isoformat()}'::timestamptz + ({seconds}) * interval '1 second')"
    plain = now.replace(tzinfo=None, microsecond=0)
    return f"strftime('%Y-%m-%d %H:%M:%f', '{plain}', ({seconds}) || ' seconds')"
