"""Doing what is due, here and now."""

from typing import Any

from django.core.management.base import CommandParser

from jobs.models import Job
from jobs.runner import drain
from stakazo.core.commands import StakazoCommand

_BAD = (Job.Status.FAILED, Job.Status.DEAD)


class Command(StakazoCommand):
    """Runs due jobs in this process."""

    help = "Does due jobs in this process until none is due. Exit code 1: some failed for good."

    def add_arguments(self, parser: CommandParser) -> None:
        """Our options."""
        parser.add_argument("--queue", default="", help="Only jobs of this queue.")
        parser.add_argument("--max", type=int, default=None, help="At most so many.")

    def work(self, **options: Any) -> dict[str, Any]:
        """Drain."""
        ends = drain(queue=options["queue"], at_most=options["max"])
        return {
            "done": sum(ends.values()),
            "ends": ends,
            "failed": sum(ends.get(s, 0) for s in _BAD),
        }

    def words(self, answer: dict[str, Any]) -> str:
        """One line."""
        ends = ", ".join(f"{count} {status}" for status, count in sorted(answer["ends"].items()))
        return f"{answer['done']} jobs done{': ' + ends if ends else '; none was due'}."
