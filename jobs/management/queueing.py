"""What the commands that act on whole queues share."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser

from jobs.models import JobQueue
from jobs.queues import queue_names
from jobs.registry import check_queue
from stakazo.core.commands import StakazoCommand


class QueueCommand(StakazoCommand):
    """Does one thing to the queues it is given."""

    writes = True
    act: Callable[..., JobQueue]

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and why."""
        parser.add_argument("queue", nargs="+", help="Names of queues, or `all`.")
        parser.add_argument("--why", default="asked for on the command line")

    def work(self, **options: Any) -> dict[str, Any]:
        """All of them or, when one is unknown, none. Raises UnknownQueue."""
        names = options["queue"]
        if names == ["all"]:
            names = sorted(queue_names())
        for name in names:
            check_queue(name)
        queues = [type(self).act(name, why=options["why"]) for name in names]
        return {"queues": [{"queue": queue.name, "status": queue.status} for queue in queues]}

    def words(self, answer: dict[str, Any]) -> str:
        """A line per queue."""
        return "\n".join(f"{row['queue']}: {row['status']}" for row in answer["queues"])
