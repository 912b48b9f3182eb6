"""The dispatch table."""

from typing import Any

from jobs.registry import describe_job_types
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Prints it."""

    help = "Prints which job types there are, what they do and how they are treated."

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        return {"job_types": describe_job_types()}

    def words(self, answer: dict[str, Any]) -> str:
        """A paragraph per type."""
        return "\n".join(
            f"{row['name']}  (queue {row['queue']}, {row['max_attempts']} attempts, "
            f"{row['timeout_s']} s)\n    {row['sentence']}\n"
            f"    takes {', '.join(f'{key}: {kind}' for key, kind in row['payload'].items())}"
            for row in answer["job_types"]
        )
