"""Where the jobs of this room enter."""

from dataclasses import dataclass

from django.conf import settings

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from ledger.replay import replay_spool
from stakazo.telemetry.services import prune_metrics, record_metrics


@dataclass(frozen=True)
class RecordTelemetry:
    """Nothing needs to be said."""


@handles("record_telemetry", payload=RecordTelemetry, max_attempts=2, timeout_s=60)
def record_telemetry(job: Running[RecordTelemetry]) -> Outcome:
    """Write the gauges down as they are now, and forget the oldest."""
    return Done(
        effect=lambda: {
            "recorded": record_metrics(),
            "forgotten": prune_metrics(keep_days=settings.TELEMETRY_KEEP_DAYS),
        }
    )


@dataclass(frozen=True)
class ReplayLedger:
    """Nothing needs to be said."""


@handles("replay_ledger", payload=ReplayLedger, max_attempts=2, timeout_s=300)
def replay_ledger(job: Running[ReplayLedger]) -> Outcome:
    """Put the events that wait in this machine's spool into the ledger."""
    return Done({"replayed": replay_spool()})
