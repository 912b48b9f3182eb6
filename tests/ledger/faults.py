"""Faults for whoever records: odd arguments, a database that fails, a disk that does.

`inject(count, seed)` throws so many at `log_event`, each with a write of the caller's own beside it,
and answers what became of the caller and of the events.
"""

import contextlib
import logging
import random
import shutil
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from ledger import spool
from ledger.hashing import row_hash
from ledger.models import LedgerEvent
from ledger.replay import replay_spool
from ledger.services import log_event
from ledger.writing import database_away
from stakazo.telemetry.models import TelemetryMetric


class Rude:
    """Shows itself to nobody."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __hash__ = __repr__


class RudeMapping(dict):
    def items(self):
        raise RuntimeError("no")


def _cycle(rng):
    loop = [1, {"a": 2}]
    loop[1]["loop"] = loop
    loop.extend([loop] * rng.randrange(1, 50))
    return {"loop": loop}


def _deep(rng):
    value = "bottom"
    for _ in range(rng.choice([20, 2_000])):
        value = {"down": value} if rng.random() < 0.5 else [value]
    return {"deep": value}


METADATA = {
    "plain": lambda rng: {"n": rng.random(), "note": "as always"},
    "none": lambda rng: None,
    "no mapping": lambda rng: rng.choice([[1, 2], "text", 7, Rude()]),
    "surrogates": lambda rng: {"name": "caf" + chr(0xD800 + rng.randrange(1024)), chr(0xDC00): 1},
    "nul": lambda rng: {"na\x00me": "a\x00b", "\x00": ["\x00"]},
    "huge text": lambda rng: {"text": "word " * rng.choice([1_000, 200_000])},
    "huge list": lambda rng: {"items": list(range(100_000))},
    "huge number": lambda rng: {"n": -(10 ** rng.choice([80, 6_000])), "f": 1e300, "tiny": 5e-324},
    "not numbers": lambda rng: {"n": [float("nan"), float("inf"), -float("inf"), -0.0]},
    "cycle": _cycle,
    "deep": _deep,
    "rude": lambda rng: {"rude": Rude(), "more": RudeMapping(a=1), "set": {1, "a", None}},
    "odd keys": lambda rng: {None: 1, 2: 3, (4, 5): 6, b"\xff": 7, 1.5: 8, "k" * 500: 9},
    "bytes": lambda rng: {"raw": rng.randbytes(40), "view": memoryview(b"abc")},
}
ARGUMENTS = {
    "plain": lambda rng: {"event_type": "worker_started", "entity_type": "worker"},
    "unknown type": lambda rng: {"event_type": "no_such_thing"},
    "no type": lambda rng: {
        "event_type": rng.choice([None, 5, "", "x" * 500, "a\x00" + chr(0xD801)])
    },
    "severity": lambda rng: {
        "event_type": "worker_started",
        "severity": rng.choice(["LOUD", 3, [], Rude(), "error", chr(0xD802)]),
    },
    "entity": lambda rng: {
        "event_type": "worker_started",
        "entity": rng.choice([object(), Rude(), TelemetryMetric(), "text"]),
    },
    "ids": lambda rng: {
        "event_type": "worker_started",
        "entity_id": rng.choice([Rude(), chr(0xD803) * 3, "n\x00l", 10**100, "é" * 90, b"\xff"]),
        "job_id": rng.choice(["no uuid", 5, Rude(), uuid.UUID(int=7)]),
        "clip_id": rng.choice([None, "", [], str(uuid.UUID(int=8))]),
        "correlation_id": rng.choice([chr(0xDFFF), "c" * 300, Rude(), 0]),
    },
}
MODES = ["alone", "atomic", "nested", "rolled back"]
# Faults that take the caller's own transaction with them, whatever the ledger does.
DEADLY = {"closed", "killed", "broken", "rollback asked for"}
ENGINES = {
    "sqlite": ["none", "refused", "trigger", "full", "locked", "closed", "rollback asked for"],
    "postgresql": [
        *("none", "refused", "trigger", "timeout", "read only", "closed", "killed", "broken"),
        "rollback asked for",
    ],
}


@dataclass
class Told:
    """What came of it. raised, lost, false, doubled, unwritten: words for each fault of ours."""

    count: int = 0
    raised: list = field(default_factory=list)
    lost: list = field(default_factory=list)
    false: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    unwritten: list = field(default_factory=list)
    wrong_hash: list = field(default_factory=list)
    kinds: Counter = field(default_factory=Counter)
    spooled: int = 0
    only_logged: int = 0

    def faults(self):
        """All of ours."""
        return (
            self.raised + self.lost + self.false + self.doubled + self.unwritten + self.wrong_hash
        )


class _LogLines(logging.Handler):
    """Keeps the marks of the events that only the log has."""

    def __init__(self):
        super().__init__(logging.CRITICAL)
        self.text = ""

    def emit(self, record):
        self.text += record.getMessage() + "\n"


def inject(count, *, seed, folder, only=None):
    """Throw `count` faults. folder: for the spool. only: a fault of the database to keep to."""
    rng, told = random.Random(seed), Told(count)
    lines, log = _LogLines(), logging.getLogger("ledger")
    settings.LEDGER_SPOOL_DIR = Path(folder) / "spool"
    expected, owned = {}, {}
    log.addHandler(lines)
    log.setLevel(logging.CRITICAL)
    log.propagate = False
    _arm()
    try:
        for number in range(count):
            kinds = (
                rng.choice(MODES),
                only or rng.choice(ENGINES[connection.vendor]),
                rng.choice(list(ARGUMENTS)),
                rng.choice(list(METADATA)),
                "spool full" if rng.random() < 0.05 else "spool works",
                "change" if rng.random() < 0.3 else "fact",
            )
            told.kinds.update(kinds)
            _throw(number, kinds, rng, told, expected, owned)
    finally:
        log.removeHandler(lines)
        log.setLevel(logging.NOTSET)
        log.propagate = True
        _disarm()
    told.spooled = sum(1 for _ in spool.waiting())
    replay_spool()
    replay_spool()
    _judge(told, expected, owned, lines.text)
    return told


def _throw(number, kinds, rng, told, expected, owned):
    mode, fault, arguments, metadata, disk, what = kinds
    mark = f"mark-{number}"
    before, after = f"{mark}-before", f"{mark}-after"
    given = ARGUMENTS[arguments](rng) | {"metadata": METADATA[metadata](rng)}
    is_change = what == "change"
    in_transaction = mode != "alone"

    def record():
        try:
            return log_event(worker_id=mark, of_change=is_change, **given)
        except BaseException as error:  # noqa: BLE001  the very thing that must never be
            told.raised.append(f"{kinds}: {error!r}")
            return None

    good = settings.LEDGER_SPOOL_DIR
    database_away.forget()
    try:
        with _Fault(fault, in_transaction=in_transaction) as trouble:
            if disk == "spool full":
                blocked = good.parent / "no-folder"
                blocked.touch()
                settings.LEDGER_SPOOL_DIR = blocked
            if mode == "alone":
                trouble.begin()
                record()
            else:
                with transaction.atomic():
                    _own(before)
                    with transaction.atomic() if mode == "nested" else contextlib.nullcontext():
                        trouble.begin()
                        record()
                        trouble.end()
                    if fault not in DEADLY and fault != "read only":
                        _own(after)
                    if mode == "rolled back":
                        raise _Back
    except _Back:
        pass
    except DatabaseError as error:
        if fault not in DEADLY:
            told.raised.append(f"{kinds}: the caller met {error!r}")
    finally:
        settings.LEDGER_SPOOL_DIR = good
    if mode == "alone" or fault == "none":
        committed = mode != "rolled back"
    else:
        committed = mode != "rolled back" and fault not in DEADLY
    if in_transaction and committed:
        owned[before] = kinds
        if fault != "read only":
            owned[after] = kinds
    if committed or (mode == "alone"):
        expected[mark] = ("must", kinds)
    elif is_change:
        expected[mark] = ("must not", kinds)
    elif fault in DEADLY and mode != "rolled back":
        expected[mark] = ("must", kinds)
    else:
        expected[mark] = ("may", kinds)


class _Back(Exception):
    """The caller's own reason to roll back."""


def _own(name):
    TelemetryMetric.objects.create(name=name[:64], value=1)


def _judge(told, expected, owned, logged):
    rows = Counter()
    for event in LedgerEvent.objects.filter(worker_id__startswith="mark-").iterator():
        rows[event.worker_id] += 1
        if event.row_hash != row_hash(event):
            told.wrong_hash.append(f"{expected[event.worker_id]}: {event.metadata}")
    for mark, (wanted, kinds) in expected.items():
        in_log = f'"{mark}"' in logged
        told.only_logged += in_log and not rows[mark]
        if wanted == "must" and not rows[mark] and not (in_log and "spool full" in kinds):
            told.lost.append(f"{mark} {kinds}")
        if wanted == "must not" and rows[mark]:
            told.false.append(f"{mark} {kinds}")
        if rows[mark] > 1:
            told.doubled.append(f"{mark} {kinds}")
    there = set(TelemetryMetric.objects.values_list("name", flat=True))
    told.unwritten += [f"{name} {kinds}" for name, kinds in owned.items() if name not in there]


# --- What the database does -----------------------------------------------------------------------

_ON = {"fault": 0}


def _arm():
    """A trigger that refuses events while it is told to, as a full tablespace would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                """
                CREATE FUNCTION test_fault() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF current_setting('stakazo.fault', true) = 'slow' THEN
                        PERFORM pg_sleep(5);
                    ELSIF current_setting('stakazo.fault', true) = 'full' THEN
                        RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER test_fault BEFORE INSERT ON ledger_events
                    FOR EACH ROW EXECUTE FUNCTION test_fault();
                """
            )
        else:
            _teach()
            cursor.execute(
                "CREATE TRIGGER test_fault BEFORE INSERT ON ledger_events WHEN test_fault_on() "
                "BEGIN SELECT RAISE(ABORT, 'a fault (test)'); END"
            )


def _disarm():
    connection.close()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER test_fault ON ledger_events; DROP FUNCTION test_fault()")
        else:
            _teach()
            cursor.execute("DROP TRIGGER test_fault")


def _teach():
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.create_function("test_fault_on", 0, lambda: _ON["fault"])


class _Fault:
    """One fault of the database, from `begin` to `end`."""

    def __init__(self, kind, *, in_transaction):
        self.kind, self.in_transaction, self.on = kind, in_transaction, False
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        if connection.connection is None:
            _teach()
        return self

    def begin(self):
        """Now."""
        self.on = True
        getattr(self, "_" + self.kind.replace(" ", "_"))()

    def end(self):
        """No more, as far as that can be."""
        if self.on:
            self.on = False
            self._stack.close()

    def __exit__(self, *exc):
        self.end()
        if self.kind in ("closed", "killed") and not connection.in_atomic_block:
            connection.close()

    def _none(self):
        pass

    def _refused(self):
        def refuse(execute, sql, params, many, context):
            if "ledger_" in sql and sql.lstrip()[:6].upper() in ("INSERT", "SELECT"):
                raise OperationalError("the database is not well (test)")
            return execute(sql, params, many, context)

        self._stack.enter_context(connection.execute_wrapper(refuse))

    def _trigger(self):
        if connection.vendor == "sqlite":
            _ON["fault"] = 1
            self._stack.callback(_ON.update, fault=0)
        else:
            self._say("SET stakazo.fault = 'full'", "SET stakazo.fault = ''")

    def _timeout(self):
        self._say(
            "SET stakazo.fault = 'slow'; SET statement_timeout = '15ms'",
            "SET statement_timeout = 0; SET stakazo.fault = ''",
        )

    def _read_only(self):
        if self.in_transaction:
            self._say("SET TRANSACTION READ ONLY", "SELECT 1")
        else:
            self._say(
                "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
            )

    def _full(self):
        pages = self._ask("PRAGMA page_count")
        self._say(f"PRAGMA max_page_count = {pages}", "PRAGMA max_page_count = 1073741823")

    def _locked(self):
        if self.in_transaction:  # then the lock is ours
            return
        import sqlite3

        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        self._stack.callback(other.close)
        self._say("PRAGMA busy_timeout = 0", "PRAGMA busy_timeout = 20000")

    def _closed(self):
        connection.ensure_connection()
        connection.connection.close()

    def _killed(self):
        import psycopg

        pid = self._ask("SELECT pg_backend_pid()")
        with psycopg.connect(**address(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])

    def _broken(self):
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    def _rollback_asked_for(self):
        if self.in_transaction:
            transaction.set_rollback(True)

    def _say(self, sql, back):
        def undo():
            with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(back)

        with connection.cursor() as cursor:
            cursor.execute(sql)
        self._stack.callback(undo)

    def _ask(self, sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]


def address():
    facts = connection.get_connection_params()
    return {
        name: facts[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in facts
    }


def clean(folder):
    """Nothing is left behind."""
    shutil.rmtree(folder, ignore_errors=True)
