"""What a question to a large ledger costs, beside the same question to a tenth of it.

Both are filled first, in databases of their own, and asked in turns. `EVENTS=` says how many events the
large one has (100 000; 10 000 000 takes PostgreSQL some twenty minutes and 10 GB), `ROUNDS=` how often each
question is asked, `KEEP=1` leaves the databases for the next time, `ASK=` asks only what has this word.
"""

import contextlib
import os
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client

from ledger import queries
from ledger.queries import Asked, page_of
from ledger.queries.trails import ids_of_video
from tests.benchmarks.ledger_filled import House, filled
from tests.benchmarks.table import Row, server_cpu_s
from tests.factories import make_user

TITLE = "Reading the ledger"
EVENTS = int(os.environ.get("EVENTS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "200"))
KEEP, ASK = bool(os.environ.get("KEEP")), os.environ.get("ASK", "")
WARMING = 20
HTTP = ("API", "admin")  # a fifth of the rounds


def questions(house: House) -> dict[str, Callable[[], Any]]:
    """What is asked: name → the asking, to the last row read."""
    deep = page_of(Asked(until=house.begin + timedelta(days=3)), limit=1).next
    typed = page_of(
        Asked(event_types=("clip_created",), until=house.begin + timedelta(days=3)), limit=1
    ).next
    day = house.end - timedelta(days=1)
    return {
        "recent 50": lambda: list(queries.get_recent_events(limit=50)),
        "entity timeline": lambda: list(queries.entity_timeline("clip", str(house.clip))),
        "job timeline": lambda: list(queries.get_events_by_job(house.job)),
        "clip timeline": lambda: list(queries.get_events_by_clip(house.clip)),
        "whole video trail, 200 events": lambda: list(queries.get_events_by_video(house.video)),
        "20 slowest jobs of all time": lambda: queries.slowest_jobs(),
        "20 slowest jobs of a day": lambda: queries.slowest_jobs(since=day),
        "newest 50 of a type": lambda: list(queries.get_events_by_type("clip_created")[:50]),
        "newest 50 errors": lambda: list(queries.errors_since(house.begin).order_by("-id")[:50]),
        "a page near the newest": lambda: page_of(Asked()),
        "a page 87 days deep": lambda: page_of(Asked(), cursor=deep),
        "a page of a type, 87 days deep": lambda: page_of(
            Asked(event_types=("clip_created",)), cursor=typed
        ),
        "failure rates over 24 h": lambda: queries.failure_rates(since=day),
        "throughput of 24 h": lambda: queries.throughput_per_hour(now=house.end),
        "total": queries.events_total,
        "beside: a job's 8 ids from a bare table with one index": lambda: _bare(house.job),
    }


def _bare(job: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        value = job if connection.vendor == "postgresql" else job.hex
        cursor.execute("SELECT id FROM bench_bare WHERE job_id = %s ORDER BY id", [value])
        assert len(cursor.fetchall()) == 8


def through_the_api(house: House) -> dict[str, Callable[[], Any]]:
    """The same through HTTP, in this process: routing, login, permissions, JSON."""
    client = Client(SERVER_NAME="127.0.0.1")
    name = f"reader{time.time_ns()}"
    client.force_login(make_user(name, is_staff=True, is_superuser=True))

    def get(path: str) -> Callable[[], Any]:
        def ask() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"

        return ask

    return {
        "API: 50 events": get("/ledger/events"),
        "API: a video's trail": get(f"/ledger/videos/{house.video}?limit=200"),
        "API: debug/ledger/recent": get("/debug/ledger/recent"),
        "API: failure rates": get("/ledger/failures"),
        "API: slowest jobs": get("/ledger/jobs/slowest"),
        "admin: the list of events": get("/admin/ledger/ledgerevent/"),
    }


@dataclass
class Taken:
    """Milliseconds of each round. wall, cpu: of the database; whole: of all, this process with it."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


@dataclass
class Asker:
    """One of the two ledgers, on a connection of its own."""

    wrapper: Any
    asked: dict[str, Callable[[], Any]] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)

    @contextlib.contextmanager
    def at_hand(self) -> Iterator[None]:
        """Within this block it is the database."""
        before, connections["default"] = connections["default"], self.wrapper
        try:
            yield
        finally:
            connections["default"] = before

    def prepare(self, events: int) -> None:
        """Fill it, and see what there is to ask."""
        with self.at_hand():
            house = filled(events)
            ids = ids_of_video(house.video).slice(newest_first=False, limit=1000)
            assert len(ids) == 200
            self.asked = questions(house) | through_the_api(house)
            self.taken = {name: Taken() for name in self.asked if ASK in name}

    def ask(self, name: str, *, counts: bool) -> None:
        """Once."""
        with self.at_hand(), Statements() as statements:
            cpu, begun = server_cpu_s(), time.perf_counter()
            self.asked[name]()
            whole, cpu = time.perf_counter() - begun, server_cpu_s() - cpu
            if connection.vendor == "sqlite":
                cpu = statements.again_s()
        if counts:
            found = self.taken[name]
            found.wall.append(1000 * statements.seconds)
            found.cpu.append(1000 * cpu)
            found.whole.append(1000 * whole)


class Statements:
    """Seconds that statements took, from here to the database and back with all rows."""

    def __enter__(self) -> "Statements":
        self.seconds = 0.0
        self.said: list[tuple[Any, Any]] = []
        self._wrapping = connection.execute_wrapper(self._timed)
        self._wrapping.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._wrapping.__exit__(*failure)

    def _timed(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begun
            self.said.append((sql, params))

    def again_s(self) -> float:
        """For SQLite, which finds rows while they are fetched: the statements once more, without the ORM.

        Seconds of CPU; the wall's are then those of `seconds`.
        """
        said, self.said, self.seconds = self.said, [], 0.0
        cpu, begun = time.thread_time(), time.perf_counter()
        with connection.cursor() as cursor:
            for sql, params in said:
                cursor.execute(sql, params)
                cursor.fetchall()
        self.seconds = time.perf_counter() - begun
        return time.thread_time() - cpu


@contextlib.contextmanager
def a_copy(suffix: str) -> Iterator[Any]:
    """A connection to a new database of its own, which is gone afterwards unless it is kept."""
    wrapper = connection.copy(connection.alias)
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as folder:
            path = wrapper.settings_dict["NAME"] = str(Path(folder) / "ledger.sqlite3")
            connection.ensure_connection()
            with contextlib.closing(sqlite3.connect(path)) as file:
                connection.connection.backup(file)
            yield wrapper
            wrapper.close()
        return
    creation, before = connection.creation, dict(connection.settings_dict)
    creation.clone_test_db(suffix=suffix, verbosity=0, keepdb=KEEP)
    wrapper.settings_dict.update(creation.get_test_db_clone_settings(suffix))
    try:
        yield wrapper
    finally:
        wrapper.close()
        if not KEEP:
            creation.destroy_test_db(suffix=suffix, verbosity=0)
        connection.settings_dict.update(before)


def rows() -> list[Row]:
    """The figures, on the kind of database at hand."""
    sizes = (EVENTS // 10, EVENTS)
    settings.ALLOWED_HOSTS = ["*"]
    with a_copy(str(sizes[0])) as small, a_copy(str(sizes[1])) as large:
        few, many = askers = (Asker(small), Asker(large))
        for asker, events in zip(askers, sizes, strict=True):
            asker.prepare(events)
        for name in many.taken:
            rounds = ROUNDS // 5 if name.startswith(HTTP) else ROUNDS
            for number in range(rounds + WARMING):
                for asker in askers if number % 2 else askers[::-1]:
                    asker.ask(name, counts=number >= WARMING)
        return [_row(name, many.taken[name], few.taken[name]) for name in many.taken]


def _row(name: str, many: Taken, few: Taken) -> Row:
    http = name.startswith(HTTP)
    now, then = (many.whole, few.whole) if http else (many.wall, few.wall)
    ratio = _share(now, 20) / _share(then, 20)
    return Row(
        f"{name}, {connection.vendor}",
        f"{_said(now, many.cpu)} of {EVENTS:,}",
        f"{_said(then, few.cpu)} of {EVENTS // 10:,}",
        f"{ratio:.2f} (CPU {statistics.median(many.cpu) / statistics.median(few.cpu):.2f})",
    )


def _said(wall: list[float], cpu: list[float]) -> str:
    """What one round in twenty and one in four stay below, the median, and the median of CPU."""
    walls = f"{_share(wall, 20):.2f} / {_share(wall, 4):.2f} / {_share(wall, 2):.2f}"
    return f"{walls} ms, CPU {statistics.median(cpu):.2f}"


def _share(found: list[float], part: int) -> float:
    return sorted(found)[len(found) // part]
