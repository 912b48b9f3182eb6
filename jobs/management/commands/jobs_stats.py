"""How the queues are doing."""

import dataclasses
from typing import Any

from jobs.stats import QueueStats, failures_by_cause, queue_stats
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Prints the figures that the board shows."""

    help = "Prints each queue with what waits and runs and its last hour, and failures by cause."

    def work(self, **options: Any) -> dict[str, Any]:
        """A few reads."""
        return {
            "queues": [_plain(stats) for stats in queue_stats()],
            "causes": [dataclasses.asdict(cause) for cause in failures_by_cause()],
        }

    def words(self, answer: dict[str, Any]) -> str:
        """Two tables."""
        rows = [_HEAD, *(_row(stats) for stats in answer["queues"])]
        causes = [
            f"{cause['count']:>7}  {cause['job_type']}  {cause['error_code']}  {cause['error'][:100]}"
            for cause in answer["causes"]
        ]
        return "\n".join([*rows, "", "Failures by cause:", *(causes or ["      none"])])


_HEAD = (
    f"{'queue':<12}{'status':<10}{'waiting':>8}{'blocked':>8}{'later':>8}{'retry':>8}{'running':>8}"
    f"{'oldest':>10}{'done/h':>8}{'failed':>8}"
)


def _row(stats: dict[str, Any]) -> str:
    oldest = stats["oldest_wait_s"]
    return (
        f"{stats['queue']:<12}{stats['status']:<10}{stats['waiting']:>8}{stats['blocked']:>8}"
        f"{stats['scheduled']:>8}{stats['retry']:>8}{stats['running']:>8}"
        f"{'–' if oldest is None else f'{oldest:.0f} s':>10}"
        f"{stats['done_1h']:>8}{stats['failure_share']:>8.0%}"
    )


def _plain(stats: QueueStats) -> dict[str, Any]:
    figures = ("done_1h", "failed_1h", "failure_share")
    return dataclasses.asdict(stats) | {name: getattr(stats, name) for name in figures}
