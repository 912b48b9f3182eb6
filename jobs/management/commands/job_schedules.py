"""What recurs."""

from typing import Any

from jobs.api.schedules import ScheduleOut
from jobs.models import JobSchedule
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Prints it."""

    help = "Prints what recurs, how often, and when it last ran and will run next. Times are UTC."

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        return {"schedules": ScheduleOut(JobSchedule.objects.all(), many=True).data}

    def words(self, answer: dict[str, Any]) -> str:
        """A line or two per schedule."""
        return "\n".join(_lines(row) for row in answer["schedules"])


def _lines(row: dict[str, Any]) -> str:
    state = f"paused since {row['paused_at']}" if row["paused_at"] else f"next {row['next_run_at']}"
    note = f"\n    {row['note']}" if row["note"] else ""
    last = row["last_run_at"] or "never"
    return f"{row['name']}  ({row['job_type']}, {row['recurs']})\n    {state}, last {last}{note}"
