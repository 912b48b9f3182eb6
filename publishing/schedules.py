"""What recurs in this room; where there is no work, no job is made."""

from datetime import timedelta

from django.utils import timezone

from jobs.schedules import schedule
from publishing import queries
from publishing.lifetimes import something_ends
from publishing.payloads import (
    AuditPosts,
    CollectAtAges,
    CollectMetrics,
    FeedWebhooks,
    FollowChannels,
    ReconcilePublications,
    RenewTokens,
    TidyWebhooks,
)
from publishing.services.leases import accounts_to_ask_for
from publishing.services.metrics import posts_at_an_age
from publishing.services.outgoing import something_to_tell


def something_lies_about() -> bool:
    """Whether an attempt was left without an outcome, or a publication or a step without a job."""
    since = timezone.now() - timedelta(minutes=ReconcilePublications().since_minutes)
    return (
        queries.attempts_untouched_since(since).exists()
        or bool(queries.publications_without_a_job())
        or bool(queries.steps_without_a_job(now=timezone.now()))
    )


def something_may_be_compared() -> bool:
    """Whether a connected account has posts of ours."""
    days = timedelta(days=AuditPosts().days)
    return (
        queries.connected_accounts()
        .filter(publications__publish_logs__created_at__gte=timezone.now() - days)
        .exists()
    )


def something_was_posted() -> bool:
    """Whether there are recent posts that have numbers."""
    return queries.published_since(timezone.now() - timedelta(days=CollectMetrics().days)).exists()


def a_post_reached_an_age() -> bool:
    """Whether a post is to be counted at 1, 24 or 72 hours, or 7 days."""
    return bool(posts_at_an_age(timezone.now()))


def a_lease_is_due() -> bool:
    """Whether a channel is connected that YouTube's hub does not tell us of, or not for long."""
    return bool(accounts_to_ask_for(timezone.now()))


schedule(
    "publishing.reconcile",
    "reconcile_publications",
    payload=ReconcilePublications(),
    every=timedelta(minutes=5),
    when=something_lies_about,
)
schedule(
    "publishing.audit",
    "audit_posts",
    payload=AuditPosts(),
    cron="23 3 * * *",  # at night, by UTC; not on the hour, when everybody asks
    when=something_may_be_compared,
)
schedule(
    "publishing.metrics",
    "collect_metrics",
    payload=CollectMetrics(),
    every=timedelta(hours=1),
    when=something_was_posted,
)
schedule(
    "publishing.metrics_at_ages",
    "collect_at_ages",
    payload=CollectAtAges(),
    every=timedelta(minutes=5),
    when=a_post_reached_an_age,
)
schedule(
    "publishing.follow",
    "follow_channels",
    payload=FollowChannels(),
    every=timedelta(hours=1),
    when=a_lease_is_due,
    dedup_key="follow_channels",  # connecting a channel asks for it too
)
schedule(
    "publishing.renew_tokens",
    "renew_tokens",
    payload=RenewTokens(),
    every=timedelta(hours=1),
    when=something_ends,
)
schedule(
    "publishing.webhooks_out",
    "feed_webhooks",
    payload=FeedWebhooks(),
    every=timedelta(seconds=5),
    when=something_to_tell,
)
schedule(
    "publishing.tidy_webhooks", "tidy_webhooks", payload=TidyWebhooks(), every=timedelta(days=1)
)
