"""Where the jobs of this room enter."""

from dataclasses import asdict, dataclass

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from stakazo.alerts import services


@dataclass(frozen=True)
class EvaluateAlerts:
    """Nothing needs to be said."""


@handles("evaluate_alerts", payload=EvaluateAlerts, max_attempts=2, timeout_s=60)
def evaluate_alerts(job: Running[EvaluateAlerts]) -> Outcome:
    """Ask every alert rule; open, refresh and resolve alerts."""
    return Done(effect=lambda: asdict(services.evaluate_alerts()))
