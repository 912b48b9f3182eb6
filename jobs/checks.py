"""What must hold before we start: what recurs can run, what is rationed can be used."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from jobs.budgets import declared_budgets
from jobs.schedules import SCHEDULES
from stakazo.core.errors import StakazoError


@register("jobs")
def every_schedule_can_run(**more: Any) -> list[CheckMessage]:
    """Each declared schedule names a job type, a payload that it takes, and times that come."""
    found: list[CheckMessage] = []
    for declared in SCHEDULES.values():
        try:
            declared.check()
        except StakazoError as error:
            found.append(
                Error(
                    f"The schedule {declared.name} cannot run: {error.message}",
                    hint="See its declaration in the schedules.py of its room.",
                    id="jobs.E001",
                )
            )
    return found


@register("jobs")
def every_budget_can_be_used(**more: Any) -> list[CheckMessage]:
    """JOB_BUDGETS says numbers that make budgets."""
    try:
        declared_budgets()
    except (TypeError, ValueError) as error:
        return [
            Error(
                f"JOB_BUDGETS cannot be used: {error}",
                hint='Each is {"limit": 200, "per_s": 3600, "gap_s": 0}; gap_s may be left out.',
                id="jobs.E002",
            )
        ]
    return []
