"""Every named read of reasoning: the facts of this moment, and the runs there were."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.outcomes import outcome_counts
from campaigns.queries import (
    campaign_counts,
    campaigns_summary,
    most_examples_learned_from,
    proposed_rules,
    videos_not_put_forward,
)
from jobs.models import Job, JobAttempt
from jobs.queries import jobs_due
from ledger.queries import errors_since, get_events_by_type
from media_assets.models import Clip, VideoAsset
from publishing.models import Platform, Publication, SocialAccount
from publishing.queries import publications
from stakazo.reasoning.facts import (
    MOST_ROWS,
    Account,
    Doubt,
    EndedJobs,
    Facts,
    FailedPosts,
    FailedVideo,
    Outcomes,
    ProposedRule,
    RunningCampaign,
    WaitingVideo,
)
from stakazo.reasoning.models import ReasoningRun

DEDUP_KEY = "ai_reasoning"
# What ended badly longer ago, somebody has decided to leave.
REMEMBERED = timedelta(days=7)
DAY = timedelta(days=1)


def live_job() -> Job | None:
    """The job that reasons now or waits to."""
    return Job.objects.filter(dedup_key=DEDUP_KEY, status__in=Job.LIVE).first()


def last_run() -> ReasoningRun | None:
    """The newest run that came to its end."""
    return ReasoningRun.objects.filter(status=ReasoningRun.Status.COMPLETED).first()


def runs() -> QuerySet[ReasoningRun]:
    """All runs, newest first."""
    return ReasoningRun.objects.order_by("-id")


def snapshot(*, now: datetime | None = None) -> Facts:
    """Look at every room once. About twenty queries, however much there is."""
    now = now or timezone.now()
    due = jobs_due(now=now).order_by("run_at")
    oldest = due.values_list("run_at", flat=True).first()
    errors = errors_since(now - DAY).aggregate(
        hour=Count("pk", filter=Q(timestamp__gte=now - timedelta(hours=1))), day=Count("pk")
    )
    return Facts(
        now=now,
        jobs=_by_status(Job.objects.all(), Job.Status.values),
        videos=_by_status(VideoAsset.objects.all(), VideoAsset.Status.values),
        publications=_by_status(Publication.objects.all(), Publication.Status.values),
        campaigns=campaign_counts(),
        due_jobs=due.count(),
        oldest_due_s=None if oldest is None else (now - oldest).total_seconds(),
        worker_seen_s=_worker_seen_s(now),
        ended_jobs=tuple(_ended_jobs(now)),
        doubts=tuple(_doubts(now)),
        failed_posts=tuple(_failed_posts(now)),
        accounts=tuple(_accounts(now)),
        clips_ready=Clip.objects.filter(status=Clip.Status.READY).count(),
        waiting_videos=tuple(_waiting_videos(now)),
        failed_videos=tuple(
            FailedVideo(str(video.pk), video.title, video.error)
            for video in VideoAsset.objects.filter(status=VideoAsset.Status.FAILED)[:MOST_ROWS]
        ),
        running_campaigns=tuple(_running_campaigns(now)),
        proposed_rules=tuple(_proposed_rules()),
        outcomes=tuple(_outcomes()),
        errors_last_hour=errors["hour"],
        errors_last_day=errors["day"],
    )


def _by_status(rows: QuerySet[Any], states: Iterable[str]) -> dict[str, int]:
    found = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return {str(state): found.get(state, 0) for state in states}


def _worker_seen_s(now: datetime) -> float | None:
    if Job.objects.filter(status=Job.Status.PROCESSING, lease_until__gt=now).exists():
        return 0.0
    newest = JobAttempt.objects.aggregate(at=Max("started_at"))["at"]
    return None if newest is None else max((now - newest).total_seconds(), 0.0)


def _ended_jobs(now: datetime) -> Iterable[EndedJobs]:
    badly = Job.objects.filter(
        status__in=[Job.Status.FAILED, Job.Status.DEAD], ended_at__gte=now - REMEMBERED
    )
    groups = (
        badly.order_by()
        .values("job_type", "error_code", "status")
        .annotate(jobs=Count("pk"))
        .order_by("job_type", "error_code", "status")
    )
    for group in groups[:MOST_ROWS]:
        same = badly.filter(**{key: group[key] for key in ("job_type", "error_code", "status")})
        newest = list(same.order_by("-id").values_list("pk", "error")[:MOST_ROWS])
        yield EndedJobs(
            job_type=group["job_type"],
            error_code=group["error_code"],
            error=newest[0][1] if newest else "",
            dead=group["status"] == Job.Status.DEAD,
            count=group["jobs"],
            job_ids=tuple(str(pk) for pk, _ in newest),
        )


def _doubts(now: datetime) -> Iterable[Doubt]:
    rows = list(publications().filter(status=Publication.Status.UNKNOWN).order_by("id")[:MOST_ROWS])
    told = get_events_by_type("publication_outcome_unknown").filter(
        entity_type="publication", entity_id__in=[str(row.pk) for row in rows]
    )
    since = dict(told.order_by().values_list("entity_id").annotate(Max("timestamp")))
    for row in rows:
        at = since.get(str(row.pk))
        yield Doubt(
            publication_id=str(row.pk),
            platform=row.social_account.platform,
            name=str(row),
            minutes=None if at is None else (now - at).total_seconds() / 60,
        )


def _failed_posts(now: datetime) -> Iterable[FailedPosts]:
    since = now - DAY
    failed = (
        publications()
        .filter(status=Publication.Status.FAILED)
        .filter(Q(publish_logs__settled_at__gte=since) | Q(created_at__gte=since))
        .distinct()
        .order_by("-id")
    )
    by_platform: dict[str, list[Publication]] = {}
    for row in failed:
        by_platform.setdefault(row.social_account.platform, []).append(row)
    for platform, rows in sorted(by_platform.items()):
        yield FailedPosts(
            platform=Platform(platform).label,
            count=len(rows),
            error=rows[0].error,
            publication_ids=tuple(str(row.pk) for row in rows[:MOST_ROWS]),
        )


def _accounts(now: datetime) -> Iterable[Account]:
    used = SocialAccount.objects.exclude(status=SocialAccount.Status.DISCONNECTED)
    for account in used.order_by("id"):
        ends_at = account.refresh_expires_at
        yield Account(
            account_id=str(account.pk),
            platform=account.platform,
            name=str(account),
            expired=account.status == SocialAccount.Status.EXPIRED,
            token_days=None if ends_at is None else (ends_at - now).total_seconds() / 86_400,
        )


def _waiting_videos(now: datetime) -> Iterable[WaitingVideo]:
    for video in videos_not_put_forward(limit=MOST_ROWS):
        yield WaitingVideo(
            video_id=str(video.id),
            title=video.title,
            clips=video.ready_clips,
            hours=(now - video.newest_clip_at).total_seconds() / 3600,
        )


def _running_campaigns(now: datetime) -> Iterable[RunningCampaign]:
    for campaign in campaigns_summary(status=Campaign.Status.ACTIVE, limit=MOST_ROWS):
        ends_at = campaign.ends_at
        yield RunningCampaign(
            campaign_id=str(campaign.id),
            name=campaign.name,
            platforms=len(campaign.platforms),
            choices=campaign.choices,
            ended_hours=None if ends_at is None else (now - ends_at).total_seconds() / 3600,
        )


def _proposed_rules() -> Iterable[ProposedRule]:
    for rule in proposed_rules()[:MOST_ROWS]:
        yield ProposedRule(
            rule_id=str(rule.pk),
            name=str(rule),
            platform=rule.platform,
            examples=int(rule.evidence.get("examples", 0)),
            explained=rule.evidence.get("explained"),
            explained_before=rule.evidence.get("explained_before"),
        )


def _outcomes() -> Iterable[Outcomes]:
    learned = most_examples_learned_from()
    for platform, posts in sorted(outcome_counts().items()):
        yield Outcomes(platform=platform, posts=posts, learned_from=learned.get(platform, 0))
