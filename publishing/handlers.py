"""Entry points for jobs."""

from jobs.registry import Done, Outcome, Snooze, handles
from jobs.running import Running
from publishing.models import ReconcileRun
from publishing.payloads import (
    AuditPosts,
    CollectAtAges,
    CollectMetrics,
    FeedWebhooks,
    FinishPost,
    FollowChannels,
    HandleWebhook,
    PublishClip,
    ReconcilePublications,
    RenewTokens,
    SendWebhooks,
    TidyWebhooks,
)
from publishing.services import (
    auditing,
    endings,
    finishing,
    leases,
    metrics,
    outgoing,
    posting,
    reconcile,
    refusals,
    webhooks,
)

Door = ReconcileRun.Door


@handles(
    "publish_clip",
    payload=PublishClip,
    queue="publish",
    max_attempts=8,
    timeout_s=3600,
    backoff_base_s=5,
    backoff_max_s=900,
)
def publish_clip(job: Running[PublishClip]) -> Outcome:
    """Post one publication, exactly once, and see it live."""
    return posting.post(job.payload.publication_id, job)


@handles(
    "finish_post",
    payload=FinishPost,
    queue="publish",
    max_attempts=8,
    timeout_s=600,
    backoff_base_s=5,
    backoff_max_s=900,
)
def finish_post(job: Running[FinishPost]) -> Outcome:
    """Do to a live post what can only be done then: its first comment, its thumbnail."""
    return finishing.finish(job.payload.step_id, job)


@handles("handle_webhook", payload=HandleWebhook, queue="publish", max_attempts=5, timeout_s=300)
def handle_webhook(job: Running[HandleWebhook]) -> Outcome:
    """Take a platform's word as a hint, and ask it about the posts concerned."""
    return Done(webhooks.handle_delivery(job.payload.delivery_id))


@handles("reconcile_publications", payload=ReconcilePublications, queue="publish", timeout_s=1800)
def reconcile_publications(job: Running[ReconcilePublications]) -> Outcome:
    """Settle posts whose outcome nobody told us, and take up those that were left lying."""
    answer = reconcile.reconcile(job.payload.since_minutes, door=Door.SCHEDULE, check=job.check)
    return Done({**answer, "taken_up": reconcile.take_up_forgotten()})


@handles("audit_posts", payload=AuditPosts, queue="publish", timeout_s=3600)
def audit_posts(job: Running[AuditPosts]) -> Outcome:
    """Compare what every connected account lists with our records, both ways; change no post."""
    days = job.payload.days
    return Done(auditing.audit_posts(days, door=Door.SCHEDULE, check=job.check))


@handles("collect_metrics", payload=CollectMetrics, queue="publish", timeout_s=3600)
def collect_metrics(job: Running[CollectMetrics]) -> Outcome:
    """Ask the platforms for the numbers of recent posts."""
    return Done(metrics.collect_metrics(days=job.payload.days, progress=job.progress))


@handles("collect_at_ages", payload=CollectAtAges, queue="publish", timeout_s=1800)
def collect_at_ages(job: Running[CollectAtAges]) -> Outcome:
    """Ask the platforms for the numbers of posts that have just reached a fixed age."""
    return Done(metrics.collect_at_ages(progress=job.progress))


@handles("follow_channels", payload=FollowChannels, queue="publish", max_attempts=5, timeout_s=600)
def follow_channels(job: Running[FollowChannels]) -> Outcome:
    """Ask YouTube's hub for word of connected channels whose lease is missing or past its half."""
    return Done(leases.follow_channels(check=job.check))


@handles("renew_tokens", payload=RenewTokens, queue="publish", max_attempts=5, timeout_s=1800)
def renew_tokens(job: Running[RenewTokens]) -> Outcome:
    """Renew tokens that near their end, used or not, and warn of accounts that need connecting soon."""
    counts = endings.renew_idle_tokens(check=job.check)
    if counts["busy"]:  # or it died while it renewed: its lease ends
        return Snooze(60, "Somebody else is renewing a token.")
    return Done(counts)


@handles("feed_webhooks", payload=FeedWebhooks, queue="webhooks", timeout_s=600)
def feed_webhooks(job: Running[FeedWebhooks]) -> Outcome:
    """Make messages to subscribers of what the ledger has new, and have due ones sent."""
    return Done(outgoing.feed(check=job.check))


@handles("send_webhooks", payload=SendWebhooks, queue="webhooks", timeout_s=300)
def send_webhooks(job: Running[SendWebhooks]) -> Outcome:
    """Bring one subscriber the messages that are due."""
    return Done(outgoing.send_due(job.payload.subscriber_id, guarded=job.guarded, check=job.check))


@handles("tidy_webhooks", payload=TidyWebhooks, queue="webhooks", timeout_s=1800)
def tidy_webhooks(job: Running[TidyWebhooks]) -> Outcome:
    """Let go of old messages to subscribers, and of refused deliveries."""
    forgotten = outgoing.forget_old(check=job.check)
    return Done({"forgotten": forgotten, "refused": refusals.forget_refused()})
