"""Named points of our side, where a worker dies or stands still; the product knows nothing of it.

The functions below are wrapped from outside. A worker that dies raises `Killed`, which nobody may
catch; from then on no statement, commit or call of it takes effect, as after kill -9, whatever its
`finally` blocks try. One that stands still is held in the call while other workers go on; then it
goes on too, and does not know.
"""

import functools
import importlib
import os
import signal

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

WRAPPED = {
    "jobs.services.claiming:_take_lease": "claim",
    "jobs.services:settle_done": "settle",
    "jobs.services:settle_snoozed": "snooze",
    "publishing.services.attempts:begin": "begin",
    "publishing.services.attempts:start_sending": "start_sending",
    "publishing.services.attempts:keep_handle": "keep_handle",
    "publishing.services.attempts:cross": "cross",
    "publishing.services.attempts:step_back": "step_back",
    "publishing.services.attempts:accept": "accept",
    "publishing.services.attempts:mark_unknown": "mark_unknown",
    "publishing.services.attempts:note_answer": "note_answer",
    "publishing.services.attempts:let_go_again": "let_go_again",
    "publishing.services.attempts:succeed": "succeed",
    "publishing.services.attempts:fail": "fail",
    "publishing.services.metering:take_turn": "take_turn",
}


class Killed(BaseException):
    """kill -9 at a named point."""


class Blows:
    """What happens where in one run. stand_still: called with the seconds; None: nobody stands still."""

    def __init__(self, blows, *, stand_still=None, really=False):
        self._blows = {(blow.point, blow.nth): blow for blow in blows}
        self._passings, self._stand_still, self._really = {}, stand_still, really
        self.dead = self.standing = False
        self.crashes = self.pauses = 0

    def passed(self, point):
        """This worker is at this point."""
        if self.dead:
            raise Killed(point)
        nth = self._passings[point] = self._passings.get(point, 0) + 1
        blow = self._blows.get((point, nth))
        if blow is None:
            return
        if blow.pause_s == 0.0:
            self._die(point)
        # In a transaction everybody would wait for it: it is no zombie, just slow.
        elif self._stand_still and not self.standing and not connection.in_atomic_block:
            self.pauses += 1
            self.standing = True
            try:
                self._stand_still(blow.pause_s)
            finally:
                self.standing = False

    def _die(self, point):
        if self._really:
            os.kill(os.getpid(), signal.SIGKILL)
        self.crashes += 1
        self.dead = True
        raise Killed(point)

    def buried(self):
        """The dead worker's process is gone, and what it held of the database with it."""
        self.dead = False
        connection.close()


here: Blows = Blows(())


def install():
    """Wrap the functions above, every call over the wire, every commit and every statement."""
    for place, name in WRAPPED.items():
        module_name, function_name = place.split(":")
        module = importlib.import_module(module_name)
        setattr(module, function_name, _both(getattr(module, function_name), name))
    from publishing.platforms.wire import Wire

    Wire.call = _call(Wire.call)
    BaseDatabaseWrapper._commit = _both(BaseDatabaseWrapper._commit, "commit")


def _both(function, name):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        here.passed(f"{name}.before")
        answer = function(*args, **kwargs)
        here.passed(f"{name}.after")
        return answer

    return wrapped


def _call(function):
    @functools.wraps(function)
    def call(self, method, url, **kwargs):
        name = f"call.{kwargs.get('phase', 'read')}"
        here.passed(f"{name}.before")
        answer = function(self, method, url, **kwargs)
        here.passed(f"{name}.after")
        return answer

    return call


def refuse_when_dead(execute, sql, params, many, context):
    """An execute wrapper."""
    if here.dead:
        raise Killed("a statement")
    return execute(sql, params, many, context)
