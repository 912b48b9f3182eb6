"""Crash before and after every database statement, file step and HTTP call of a handler, one by one.

For each step n: the database and files as they were before, a forked worker that ends with os._exit at
its nth step, then forked workers that find the job again and finish it, then the scene's own check.
Steps are counted in the thread of the handler; what the heartbeat does depends on time.
"""

import builtins
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.chaos import clock
from tests.chaos.forking import let_go_of_the_database
from tests.chaos.run import use_database

CRASHED = 137
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FILE_CALLS = ("replace", "rename", "unlink", "remove", "fsync", "link", "mkdir", "rmdir")


class Steps:
    """Counts the steps of this process, and ends it at the nth. folders: whose files count."""

    def __init__(self, *, die_at, folders, names=None):
        self.die_at, self.names = die_at, names
        self.folders = tuple(str(folder) + os.sep for folder in folders)
        self.count, self._thread = 0, threading.get_ident()

    def passed(self, name):
        """One step."""
        if threading.get_ident() != self._thread:
            return
        self.count += 1
        if self.names is not None:
            self.names.append(name)
        if self.count == self.die_at:
            os._exit(CRASHED)

    def install(self):
        """Have everything in this process counted from now on."""
        connection.execute_wrappers.append(self._statement)
        for name in ("_commit", "_rollback"):
            real = getattr(BaseDatabaseWrapper, name)
            setattr(BaseDatabaseWrapper, name, self._both(real, name.strip("_").upper()))
        for name in FILE_CALLS:
            setattr(os, name, self._both(getattr(os, name), name, of_file=True))
        sys.addaudithook(self._before_open)
        os.open = self._after_open(os.open, by_flags=True)
        builtins.open = self._after_open(builtins.open)
        Path.open = self._after_open(Path.open)
        subprocess.Popen.__init__ = self._both(subprocess.Popen.__init__, "Popen")
        httpx.Client.send = self._both(httpx.Client.send, "HTTP call")

    def _statement(self, execute, sql, params, many, context):
        name = " ".join(sql.split()[:3])[:40]
        self.passed(f"before {name}")
        answer = execute(sql, params, many, context)
        self.passed(f"after {name}")
        return answer

    def _both(self, real, name, *, of_file=False):
        @functools.wraps(real)
        def call(*args, **kwargs):
            counts = not of_file or self._is_ours(args[0])
            if counts:
                self.passed(f"before {name}")
            answer = real(*args, **kwargs)
            if counts:
                self.passed(f"after {name}")
            return answer

        return call

    def _before_open(self, event, args):
        if (
            event == "open"
            and isinstance(args[2], int)
            and args[2] & WRITES
            and self._is_ours(args[0])
        ):
            self.passed("before open for write")

    def _after_open(self, real, *, by_flags=False):
        @functools.wraps(real)
        def call(file, *args, **kwargs):
            answer = real(file, *args, **kwargs)
            how = args[0] if args else kwargs.get("flags" if by_flags else "mode", "r")
            writes = how & WRITES if by_flags else set(how) & set("wax+")
            if writes and self._is_ours(file):
                self.passed("after open for write")
            return answer

        return call

    def _is_ours(self, file):
        if isinstance(file, int):
            try:
                file = Path(f"/proc/self/fd/{file}").readlink()
            except OSError:
                return False
        return str(file).startswith(self.folders)


class Theatre:
    """Plays one scene over and over, each time with another end for the first worker."""

    def __init__(self, stage, scene):
        self.stage, self.scene = stage, scene
        self.folder = stage.folder / "theatre"
        self.before = stage.folder / "before"
        self.rows_before = f"before_{scene.name}"
        os.environ["CHAOS_DIR"] = str(self.folder)
        settings.VAR_DIR = self.folder / "var"
        settings.MEDIA_ROOT = settings.VAR_DIR / "media"
        settings.WORK_DIR = settings.VAR_DIR / "work"
        settings.FETCH_DIR = settings.VAR_DIR / "fetched"
        settings.FILE_UPLOAD_TEMP_DIR = settings.VAR_DIR / "uploads"
        settings.LEDGER_SPOOL_DIR = settings.VAR_DIR / "ledger-spool"

    def set_up(self):
        """Prepare the scene once, and keep how everything stood."""
        self._clean(self.folder)
        use_database(self.stage.database.fresh(self.rows_before))
        self.scene.open(self)
        if not self.scene.afresh:
            self.scene.prepare()
        connections.close_all()
        self._clean(self.before)
        shutil.copytree(self.folder, self.before, dirs_exist_ok=True)

    def _clean(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        for sub in ("var/media", "var/work", "var/uploads", "var/tmp", "made", "passings"):
            (folder / sub).mkdir(parents=True)

    def play(self, die_at, *, name="point"):
        """One crash. (whether it came to that, names of all steps when it did not, faults)."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.before, self.folder)
        use_database(self.stage.database.fresh(name, of=self.rows_before))
        if self.scene.afresh:
            self._forked(self.scene.prepare)
        code, steps = self._forked(lambda: self._first_worker(die_at))
        _, faults = self._forked(self._the_others)
        if code not in (0, CRASHED):
            faults = [f"the first worker ended with {code}: {steps}", *(faults or [])]
        return code == CRASHED, steps, faults

    def _first_worker(self, die_at):
        from jobs.runner import drain

        names = []
        self._own_temporaries()
        Steps(
            die_at=die_at, folders=[settings.VAR_DIR, self.folder / "made"], names=names
        ).install()
        drain(at_most=1)
        return names

    def _the_others(self):
        """Everything that comes later: leases end, waits end, workers work."""
        from jobs.models import Job
        from jobs.runner import drain
        from jobs.sweeper import sweep

        self._own_temporaries()
        clock.set_fast_by(settings.JOB_LEASE_S + 1)
        for round_number in range(40):
            sweep()
            drain()
            if not self.scene.jobs().filter(status__in=Job.LIVE).exists():
                break
            clock.set_fast_by((round_number + 1) * 61)
        return self.scene.faults()

    def _own_temporaries(self):
        """In a forked process: what it puts into the system's temporary folder is seen."""
        os.environ["TMPDIR"] = tempfile.tempdir = str(settings.VAR_DIR / "tmp")

    def _forked(self, do):
        """Do it in a process of its own: (exit code, its answer or None)."""
        let_go_of_the_database()
        answer = self.stage.folder / "answer"
        answer.unlink(missing_ok=True)
        pid = os.fork()
        if not pid:
            code = 1
            try:
                said = json.dumps(do())
                answer.write_text(said)
                code = 0
            except BaseException:  # noqa: BLE001  whatever it is, the parent is told
                answer.write_text(json.dumps([f"broke: {traceback.format_exc()}"]))
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return code, json.loads(answer.read_text()) if answer.exists() else None


def crash_everywhere(stage, options):
    """All scenes asked for; 0 when none has a fault."""
    from tests.chaos.scenes import CARELESS, SCENES

    asked = set(options.points.split(","))
    chosen = [name for name in SCENES if asked & {"all", name.split(":")[0], name}]
    chosen += [name for name in CARELESS if name in asked]
    results, bad = {}, 0
    for name in chosen:
        began = time.monotonic()
        scene = (SCENES | CARELESS)[name](name)
        theatre = Theatre(stage, scene)
        try:
            theatre.set_up()
            results[name] = _all_points(theatre, options)
        finally:
            scene.close()
            connections.close_all()
            stage.database.drop(theatre.rows_before)
            stage.database.drop("point")
        results[name]["seconds"] = round(time.monotonic() - began, 1)
        bad += len(results[name]["faults"])
        _say(f"{name}: {json.dumps({k: v for k, v in results[name].items() if k != 'faults'})}")
    _say(f"{sum(r['points'] for r in results.values())} crash points, {bad} faults")
    if options.json:
        with options.json.open("a") as out:
            out.write(json.dumps({"database": stage.database.vendor, "scenes": results}) + "\n")
    return int(bool(bad))


def _all_points(theatre, options):
    """Every nth point of one scene. --seed chooses which ones, where they are not all taken."""
    crashed, steps, faults = theatre.play(0)
    if crashed or faults or steps is None:
        for fault in faults or []:
            _say(f"FAULT {theatre.scene.name}, without any crash: {fault}")
        return {"points": 0, "steps": 0, "faults": faults or ["it does not work at all"]}
    found = []
    reached = Counter()
    for number in range(1 + options.seed % options.every, len(steps) + 1, options.every):
        crashed, _, faults = theatre.play(number)
        reached["crashed" if crashed else "not reached"] += 1
        for fault in faults if faults is not None else ["the later workers broke"]:
            words = f"crash at step {number} of {len(steps)} ({steps[number - 1]}): {fault}"
            _say(f"FAULT {theatre.scene.name}: {words}")
            found.append(words)
    kinds = Counter(_kind_of(step) for step in steps)
    return {"points": reached["crashed"], "steps": len(steps), **kinds, **reached, "faults": found}


def _kind_of(step):
    if step.endswith("HTTP call"):
        return "call"
    is_of_file = step.split()[1] in FILE_CALLS or step.endswith(("open for write", "Popen"))
    return "file" if is_of_file else "database"


def _say(words):
    print(words, file=sys.stdout, flush=True)  # noqa: T201
