"""What recurs in this room. A cluster calls these; each only puts a job in the queue."""

from jobs.services import enqueue
from publishing.payloads import CollectMetrics, ReconcilePublications

# name, function, minutes
SCHEDULES = [
    ("publishing.reconcile", "publishing.schedules.enqueue_reconciliation", 5),
    ("publishing.metrics", "publishing.schedules.enqueue_metrics", 60),
]


def enqueue_reconciliation() -> None:
    """One run of reconciliation; one that waits or runs already is enough."""
    enqueue("reconcile_publications", ReconcilePublications(), dedup_key="reconcile_publications")


def enqueue_metrics() -> None:
    """One look at the numbers of recent posts."""
    enqueue("collect_metrics", CollectMetrics(), dedup_key="collect_metrics")
