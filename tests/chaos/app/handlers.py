"""The trial job types. Each effect is made so that it must happen exactly once, whatever breaks.

That a try began is a line in `$CHAOS_DIR/begun`; that it took effect a row of Effect in the completing
transaction, a line in `$CHAOS_DIR/did` from within and one in `$CHAOS_DIR/committed` after it.
"""

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from jobs.registry import Done, GiveUp, Outcome, Snooze, handles
from jobs.running import Running
from jobs.services import enqueue
from stakazo.core.errors import Unavailable
from tests.chaos import outside, points
from tests.chaos.app import files
from tests.chaos.app.models import Effect, Intent


@dataclass(frozen=True)
class Trial:
    """name: of this order. seconds: how long to work. times: of whatever is done several times."""

    name: str
    seconds: float = 0.0
    times: int = 1


class Flaky(Unavailable):
    """A failure that passes."""

    code = "trial.flaky"


def _begin(job):
    facts = {"job": str(job.job.pk), "token": job.token, "pid": os.getpid()}
    points.log("begun", {**facts, "type": job.job.job_type})
    points.passed("work")


def _work(job):
    """Be busy for a while, in small steps."""
    job.stage("working")
    until = time.monotonic() + job.payload.seconds
    while (left := until - time.monotonic()) > 0:
        job.progress(1 - left / job.payload.seconds)
        job.stop.wait(min(left, 0.05))
    job.check()


def _took_effect(job, kind="done"):
    """In the completing transaction: the effect, and the lines that tell of it."""
    points.passed("effect.before")
    facts = {"job": str(job.job.pk), "token": job.token, "kind": kind}
    Effect.objects.create(job_id=job.job.pk, token=job.token, kind=kind)
    points.log("did", facts)
    transaction.on_commit(partial(points.log, "committed", facts))
    points.passed("effect.after")


def _done(job):
    return Done(effect=lambda: _took_effect(job))


def _begun_before(job):
    return job.job.attempts.exclude(fencing_token=job.token)


@handles("trial_note", payload=Trial, queue="default", max_attempts=40, backoff_max_s=1)
def trial_note(job: Running[Trial]) -> Outcome:
    """Write a row when it completes."""
    _begin(job)
    _work(job)
    return _done(job)


@handles("trial_heavy", payload=Trial, queue="render", max_attempts=40, backoff_max_s=1)
def trial_heavy(job: Running[Trial]) -> Outcome:
    """Write a row when it completes, as heavy work."""
    _begin(job)
    _work(job)
    return _done(job)


def _tidy(payload, why):
    files.forget(payload.name)


@handles(
    "trial_file", payload=Trial, queue="cut", max_attempts=40, backoff_max_s=1, on_buried=_tidy
)
def trial_file(job: Running[Trial]) -> Outcome:
    """Make a file: written under a name with the token, moved into place by the completing transaction."""
    _begin(job)
    files.tidy(job.payload.name, older_than=job.token)
    part = files.write(job)

    def effect():
        files.keep(job, part)
        _took_effect(job)

    try:
        _work(job)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Done(effect=effect)


@handles("trial_call", payload=Trial, queue="publish", max_attempts=40, backoff_max_s=1)
def trial_call(job: Running[Trial]) -> Outcome:
    """Make one post outside: intent, handle, commit, cross; what is unclear is asked, never repeated."""
    _begin(job)
    with job.guarded():
        intent, _ = Intent.objects.get_or_create(job_id=job.job.pk)
    _work(job)
    if not intent.handle:
        handle = outside.ask_for_handle(job)
        with job.guarded():
            intent.handle = handle
            intent.save(update_fields=["handle"])
    if intent.crossing:
        intent.post = outside.look(job, intent.handle)
        points.passed("call.asked")
    if not intent.post:
        with job.guarded():
            intent.crossing = True
            intent.save(update_fields=["crossing"])
        job.check()
        intent.post = outside.post(job, intent.handle)
        points.passed("call.made")

    def effect():
        Intent.objects.filter(pk=intent.pk).update(post=intent.post)
        _took_effect(job)

    return Done(effect=effect)


@handles("trial_flaky", payload=Trial, max_attempts=40, backoff_base_s=0.1, backoff_max_s=1)
def trial_flaky(job: Running[Trial]) -> Outcome:
    """Fail some times, then do it."""
    _begin(job)
    if _begun_before(job).filter(outcome="failed").count() < job.payload.times:
        raise Flaky("Not this time.")
    return _done(job)


@handles("trial_snooze", payload=Trial, max_attempts=40, backoff_max_s=1)
def trial_snooze(job: Running[Trial]) -> Outcome:
    """Sleep some times, then do it."""
    _begin(job)
    if _begun_before(job).filter(outcome="snoozed").count() < job.payload.times:
        return Snooze(0.2, "not yet")
    return _done(job)


@handles("trial_give_up", payload=Trial, max_attempts=40, backoff_max_s=1)
def trial_give_up(job: Running[Trial]) -> Outcome:
    """Know that it cannot be done."""
    _begin(job)
    _work(job)
    return GiveUp("It cannot be done.")


@handles("trial_doomed", payload=Trial, max_attempts=2, backoff_base_s=0.1, backoff_max_s=0.5)
def trial_doomed(job: Running[Trial]) -> Outcome:
    """Fail each time."""
    _begin(job)
    raise Flaky("Never.")


@handles("trial_poison", payload=Trial, max_attempts=2, backoff_max_s=0.5)
def trial_poison(job: Running[Trial]) -> Outcome:
    """Kill the worker."""
    _begin(job)
    os.kill(os.getpid(), 9)
    return _done(job)


@handles("trial_child", payload=Trial, queue="render", max_attempts=40, backoff_max_s=1)
def trial_child(job: Running[Trial]) -> Outcome:
    """Wait for a child process, as renders wait for ffmpeg."""
    _begin(job)
    child = subprocess.Popen(["sleep", str(job.payload.seconds)])
    points.log("children", {"pid": child.pid})
    try:
        while child.poll() is None:
            job.check()
            job.stop.wait(0.05)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()
    return _done(job)


@handles("trial_parent", payload=Trial, max_attempts=40, backoff_max_s=1)
def trial_parent(job: Running[Trial]) -> Outcome:
    """Put two more jobs in the queue, in the completing transaction."""
    _begin(job)

    def effect():
        for number in range(2):
            enqueue("trial_note", Trial(f"{job.payload.name}/{number}"), parent=job.job)
        _took_effect(job)

    return Done(effect=effect)


@handles("trial_steps", payload=Trial, max_attempts=40, backoff_max_s=1)
def trial_steps(job: Running[Trial]) -> Outcome:
    """Take effect in three steps in the middle, each once, and once at the end."""
    _begin(job)
    for number in range(3):
        with job.guarded():
            kind = f"step{number}"
            if not Effect.objects.filter(job_id=job.job.pk, kind=kind).exists():
                Effect.objects.create(job_id=job.job.pk, token=job.token, kind=kind)
        job.stop.wait(job.payload.seconds / 3)
        job.check()
    return _done(job)


@handles("trial_careless", payload=Trial, max_attempts=40, backoff_max_s=1)
def trial_careless(job: Running[Trial]) -> Outcome:
    """Take effect before it completes, unguarded: the crime that the harness must find."""
    _begin(job)
    _took_effect(job)
    return Done()
