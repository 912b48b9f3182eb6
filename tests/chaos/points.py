"""Named points of the product's road, and what a plan lets happen there.

A process that is *armed* (CHAOS_ARMED is set) has the functions below wrapped from outside; the product
knows nothing of it. Each passing of a point is one byte at the end of `$CHAOS_DIR/passings/<point>`,
so that "the 7th passing of claim.after" is one certain passing among all processes of a run.
`$CHAOS_DIR/crashes.json` says what happens when: {"claim.after": {"7": "exit"}}.
"""

import errno
import functools
import importlib
import json
import os
import signal
import time
from pathlib import Path

from django.db import OperationalError
from django.db.backends.signals import connection_created

# function → point. Passed before and after each call; `…?` only where the call answered something.
WRAPPED = {
    "jobs.services.claiming:_take_lease": "claim?",
    "jobs.services:settle_done": "settle",
    "jobs.services:settle_failed": "settle_failed",
    "jobs.services:settle_snoozed": "snooze",
    "jobs.services:settle_lost": "lose",
    "jobs.services:release": "release",
    "jobs.services:renew_lease": "renew",
    "jobs.services:ring_unrung": "ring_again",
    "jobs.transport:ring": "ring",
    "jobs.sweeper:sweep": "sweep",
}
# What handlers of the trial app pass by themselves, while they make their effects.
MIDWAY = (
    "work",
    "effect.before",
    "effect.after",
    "file.half",
    "file.written",
    "call.asked",
    "call.made",
)
POINTS = tuple(
    sorted(
        [f"{name.rstrip('?')}.{when}" for name in WRAPPED.values() for when in ("before", "after")]
        + ["commit.before", "commit.after", *MIDWAY]
    )
)
ACTIONS = ("exit", "kill", "stop", "full")


def armed():
    """Whether the points of this process do something."""
    return bool(os.environ.get("CHAOS_ARMED"))


def _folder():
    return Path(os.environ["CHAOS_DIR"])


def passed(point):
    """This process is at this point. Does what the plan says, if it says anything."""
    if not armed():
        return
    folder = _folder()
    descriptor = os.open(folder / "passings" / point, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, b".")
    nth = os.lseek(descriptor, 0, os.SEEK_CUR)  # where our own byte ended
    os.close(descriptor)
    action = _plan().get(point, {}).get(str(nth))
    if action:
        log("injected", {"kind": f"point:{action}", "at": point, "nth": nth, "pid": os.getpid()})
        _act(action, point)


@functools.cache
def _plan():
    file = _folder() / "crashes.json"
    return json.loads(file.read_text()) if file.exists() else {}


def _act(action, point):
    match action:
        case "exit":
            os._exit(137)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":  # the harness wakes it up again, when its lease is long over
            log("stopped", {"pid": os.getpid(), "for_s": float(os.environ["CHAOS_LEASE_S"]) + 1.5})
            os.kill(os.getpid(), signal.SIGSTOP)
        case "full":
            if point.startswith(("file", "effect")):
                raise OSError(errno.ENOSPC, "No space left on device (chaos)")
            if point.startswith(("claim.before", "settle.before", "renew.before")):
                raise OperationalError("database or disk is full (chaos)")


def log(file, facts):
    """One JSON line at the end of a file of the run, at once, whole, and on the disk."""
    line = json.dumps({"at_s": time.time(), **facts}) + "\n"
    descriptor = os.open(_folder() / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def install():
    """Wrap the functions above, and the commit of every connection."""
    (_folder() / "passings").mkdir(exist_ok=True)
    for place, name in WRAPPED.items():
        module_name, function_name = place.split(":")
        module = importlib.import_module(module_name)
        setattr(module, function_name, _wrapped(getattr(module, function_name), name))
    from django.db.backends.base.base import BaseDatabaseWrapper

    BaseDatabaseWrapper._commit = _wrapped(BaseDatabaseWrapper._commit, "commit")
    connection_created.connect(_teach, weak=False, dispatch_uid="chaos.full")


def _teach(connection, **more):
    if refuse_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_writes)


def _wrapped(function, name):
    only_answers = name.endswith("?")
    name = name.rstrip("?")

    @functools.wraps(function)
    def call(*args, **kwargs):
        passed(f"{name}.before")
        answer = function(*args, **kwargs)
        if name == "lose":  # the real time at which a dead worker's job was given up on
            log("noticed", {"job": str(args[0].pk), "token": args[0].fencing_token})
        if answer is not None or not only_answers:
            passed(f"{name}.after")
        return answer

    return call


def disk_is_full():
    """Whether the harness lets the disk be full just now."""
    return armed() and (_folder() / "full").exists()


def refuse_writes(execute, sql, params, many, context):
    """An execute wrapper: what a database says whose disk is full."""
    if disk_is_full() and ("INSERT INTO " in sql or "UPDATE " in sql):
        raise OperationalError("database or disk is full (chaos)")
    return execute(sql, params, many, context)
