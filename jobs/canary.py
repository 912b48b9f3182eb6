"""The canary: a bell that only one cluster hears, to see whether a bell can be heard there at all.

It takes the way of every bell: the broker, q2's pusher, the queue, an idle worker, the queue of
results, q2's monitor, which says so (jobs.vitals). Whichever of them hangs, the answer stays away,
also when no job waits that would show it.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from jobs import transport, vitals
from jobs.vitals import Vitals

logger = logging.getLogger(__name__)

ANSWER = "jobs.canary.answer"
SILENT_S = 30.0  # processes give a sign of life every few seconds


def answer(number: int) -> int:
    """What a worker does when the canary rings; has its database connection ready for a job."""
    try:
        connection.ensure_connection()
    except DatabaseError:
        logger.info("The database does not answer; the canary does")
    return number


def pass_on(task: dict[str, Any], **more: Any) -> None:
    """Called by django-q2's post_execute signal in its monitor, once a bell was answered."""
    if task["func"] == ANSWER and task.get("success"):
        vitals.tell("heard", task["result"])


class Canary:
    """Rings for one worker group and judges the silence."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._number = 0
        self._rung = 0.0
        self._waiting_since: float | None = None

    def forgive(self) -> None:
        """We slept ourselves: whatever was rung counts no more."""
        self._waiting_since = None

    def look(self, heard: Vitals, now: float) -> str:
        """Ring when it is time. Why the cluster should be replaced; empty when all is well.

        Raises what the broker raises: where nobody can ring, silence means nothing.
        """
        if now - heard.silent_since() > SILENT_S:
            return "one of its processes gives no sign of life"
        if heard.heard >= self._number:
            self._waiting_since = None
            if now - self._rung >= settings.JOB_CANARY_S:
                self._ring(now)
        elif self._waiting_since is None or not heard.somebody_idle():
            self._waiting_since = now
        elif now - self._waiting_since > settings.JOB_CANARY_PATIENCE_S:
            self._waiting_since = None
            transport.bells_waiting()  # can they be heard at all?
            return "it does not answer the canary"
        return ""

    def _ring(self, now: float) -> None:
        self._rung = now
        transport.ring_for_group(self.group, ANSWER, self._number + 1)
        self._number += 1
        self._waiting_since = now
