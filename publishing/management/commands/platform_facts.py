"""manage.py platform_facts"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Prints the dated table of what the platforms promise."""

    help = (
        "Prints hosts, versions, lifetimes, margins and budgets of the platforms, each with the day it "
        "was read. STAKAZO_PLATFORM_FACTS puts rows in place of ours. Changes nothing."
    )

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        today = timezone.now().date()
        return {
            "facts": [
                {
                    "key": key,
                    "value": _plain(row.value),
                    "as_of": row.as_of,
                    "days_old": (today - row.as_of).days,
                    "ends": row.ends,
                    "source": row.source,
                }
                for key, row in sorted(settings.PLATFORM_FACTS.items())
            ],
            "faults": settings.PLATFORM_FACT_FAULTS,
        }

    def words(self, answer: dict[str, Any]) -> str:
        """A line per row."""
        lines = [
            f"{row['key']:<38} {row['value']!s:<44} {row['as_of']}"
            + (f" to {row['ends']}" if row["ends"] else "")
            for row in answer["facts"]
        ]
        return "\n".join([*lines, *(f"Not taken: {fault}." for fault in answer["faults"])])


def _plain(value: Any) -> Any:
    """As STAKAZO_PLATFORM_FACTS writes it: times in seconds. Any: each kind has a shape of its own."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return list(value) if isinstance(value, tuple) else value
