"""manage.py evaluate_alerts"""

from dataclasses import asdict
from typing import Any

from stakazo.alerts.services import evaluate_alerts
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Ask every rule here and now: for cron, because workers that are silent evaluate nothing."""

    help = "Asks every alert rule; opens, refreshes and resolves alerts."
    writes = True

    def work(self, **options: Any) -> dict[str, Any]:
        """One evaluation; failed names the rules that broke."""
        done = asdict(evaluate_alerts())
        return done | {"failed": done["broken_rules"]}
