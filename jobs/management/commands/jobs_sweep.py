"""One round of repair."""

import dataclasses
from typing import Any

from jobs.sweeper import sweep
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Sweeps once."""

    help = (
        "Puts jobs whose worker is gone back in the queue, and rings for due jobs that nobody took. "
        "`run_workers` does so every half second."
    )

    def work(self, **options: Any) -> dict[str, Any]:
        """Sweep."""
        return dataclasses.asdict(sweep())

    def words(self, answer: dict[str, Any]) -> str:
        """One line."""
        return f"{answer['lost']} jobs had lost their worker, {answer['rung']} bells were rung."
