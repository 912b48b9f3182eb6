"""What the brokers of all engines share."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_q.brokers import Broker
from django_q.signing import SignedPackage

from jobs import vitals

ANSWER_BELL = "jobs.runner.answer_bell"
PATIENCE_S = 0.5  # q2 looks between two calls of `dequeue` whether its pusher is to stop
PAUSE_S = 1.0  # between two tries while the engine is away

Bell = tuple[None, Any]  # (nothing to acknowledge, the signed package)


class Doorbell(Broker):
    """A q2 broker whose messages may be lost.

    It listens to the shared bell, and to the private one of the worker group that it is part of,
    which only the supervisor of that group rings (jobs.canary).
    """

    list_key: str

    @property
    def keys(self) -> list[str]:
        """The bells that this process listens to."""
        group = settings.JOB_WORKER_GROUP
        return [private_key(self.list_key, group), self.list_key] if group else [self.list_key]

    def ring(self, package: str, *, enough: int) -> bool:
        """Put a bell in unless so many wait already. False: enough waited."""
        raise NotImplementedError

    def ring_for(self, group: str, package: str) -> None:
        """Ring the private bell of one worker group."""
        raise NotImplementedError

    def forget(self, group: str) -> None:
        """Take back what was rung for one worker group."""
        raise NotImplementedError

    def forget_stale(self, *, older_than_s: float) -> int:
        """Remove private bells whose group is long gone; how many."""
        raise NotImplementedError

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """Called by the sentinel at each round of its own watch: a sign of life."""
        vitals.tell("sentinel")

    def lock_size(self) -> int:
        """Bells that were taken and may come back: none."""
        return 0

    def acknowledge(self, task_id: object) -> None:
        """Nothing is left to remove."""

    def fail(self, task_id: object) -> None:
        """Nothing is left to remove."""

    def delete(self, task_id: object) -> None:
        """Nothing is left to remove."""


def private_key(list_key: str, group: str) -> str:
    """The name of the bell of one worker group."""
    return f"{list_key}.{group}"


def pause() -> None:
    """Wait before the engine is tried again."""
    time.sleep(PAUSE_S)


def package(function: str, *arguments: Any) -> str:
    """What q2 carries: have a worker call this function. As q2 would write it, without its options."""
    return str(
        SignedPackage.dumps(
            {
                "id": uuid.uuid4().hex,
                "name": "bell",
                "func": function,
                "args": arguments,
                "kwargs": {},
                "started": timezone.now(),
                "save": False,
                "ack_failure": True,
            }
        )
    )
