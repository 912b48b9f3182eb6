"""Doing what is due, here and now."""

from collections import Counter
from typing import Any

from django.core.management.base import CommandParser

from jobs.models import Job
from jobs.queries import jobs_due
from jobs.registry import check_queue
from jobs.runner import drain
from jobs.services import drain_queue
from stakazo.core.commands import StakazoCommand, whole

_BAD = (Job.Status.FAILED, Job.Status.DEAD)


class Command(StakazoCommand):
    """Runs due jobs in this process."""

    help = "Does due jobs in this process until none is due. Exit code 1: some failed for good."

    def add_arguments(self, parser: CommandParser) -> None:
        """Our options."""
        parser.add_argument("--queue", default="", help="Only jobs of this queue.")
        parser.add_argument(
            "--max", type=whole(1, 1_000_000), default=None, help="At most so many."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count what is due, do nothing.")
        parser.add_argument(
            "--by-workers",
            action="store_true",
            help="Tell the workers instead: do what waits in --queue now, nothing newer, then pause it.",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """Drain. Raises UnknownQueue."""
        if options["queue"]:
            check_queue(options["queue"])
        if options["by_workers"] and not options["dry_run"]:
            queue = drain_queue(options["queue"], why="asked for on the command line")
            return {"queue": queue.name, "status": queue.status, "failed": 0}
        if options["dry_run"]:
            due = jobs_due(queue=options["queue"]).values_list("job_type", flat=True)
            return {"done": 0, "due": dict(Counter(due)), "failed": 0}
        ends = drain(queue=options["queue"], at_most=options["max"])
        return {
            "done": sum(ends.values()),
            "ends": ends,
            "failed": sum(ends.get(s, 0) for s in _BAD),
        }

    def words(self, answer: dict[str, Any]) -> str:
        """One line."""
        if "status" in answer:
            return f"{answer['queue']}: {answer['status']}"
        if "due" in answer:
            due = ", ".join(f"{count} {name}" for name, count in sorted(answer["due"].items()))
            return f"Due: {due or 'nothing'}."
        ends = ", ".join(f"{count} {status}" for status, count in sorted(answer["ends"].items()))
        return f"{answer['done']} jobs done{': ' + ends if ends else '; none was due'}."
