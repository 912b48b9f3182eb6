"""What recurs in this room. A cluster calls these; each puts a job in the queue if there is work."""

from datetime import timedelta

from django.utils import timezone

from jobs.services import enqueue
from publishing import queries
from publishing.models import Platform, SocialAccount
from publishing.payloads import CollectMetrics, FollowChannels, ReconcilePublications

# name, function, minutes
SCHEDULES = [
    ("publishing.reconcile", "publishing.schedules.enqueue_reconciliation", 5),
    ("publishing.metrics", "publishing.schedules.enqueue_metrics", 60),
    ("publishing.follow", "publishing.schedules.enqueue_following", 3 * 24 * 60),
]


def enqueue_reconciliation() -> None:
    """One run of reconciliation; one that waits or runs already is enough."""
    wanted = ReconcilePublications()
    since = timezone.now() - timedelta(minutes=wanted.since_minutes)
    if queries.attempts_untouched_since(since).exists() or queries.publications_without_a_job():
        enqueue("reconcile_publications", wanted, dedup_key="reconcile_publications")


def enqueue_metrics() -> None:
    """One look at the numbers of recent posts."""
    wanted = CollectMetrics()
    if queries.published_since(timezone.now() - timedelta(days=wanted.days)).exists():
        enqueue("collect_metrics", wanted, dedup_key="collect_metrics")


def enqueue_following() -> None:
    """Renew what YouTube's hub grants for ten days."""
    if SocialAccount.objects.filter(
        platform=Platform.YOUTUBE, status=SocialAccount.Status.CONNECTED
    ).exists():
        enqueue("follow_channels", FollowChannels(), dedup_key="follow_channels")
