"""What the rules look at: plain facts of one moment, gathered in a few queries.

The rules are pure functions of these, so they can be tested without a database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from jobs.models import Job, JobAttempt
from ledger.models import LedgerEvent
from ledger.queries import errors_since
from ledger.sealing.sealer import unsealed_since
from media_assets.models import VideoAsset
from publishing.models import (
    AccountHold,
    PostFinding,
    Publication,
    PublishStep,
    SocialAccount,
)
from publishing.outgoing.models import WebhookSubscriber
from publishing.services.renewing import APP_REFUSED, TOLD_AGAIN_AFTER

RECENT = timedelta(minutes=10)
USUAL = timedelta(hours=24)
STEP_PATIENCE = timedelta(minutes=15)  # a comment in doubt is asked about well within this
MOST_ROWS = 200  # alerts are for people; beyond this many of a kind, one more tells nothing


@dataclass(frozen=True)
class DeadLetters:
    """Jobs of one type that died of one error. job_id: the newest of them."""

    job_type: str
    error_code: str
    count: int
    job_id: str


@dataclass(frozen=True)
class UnknownOutcome:
    """A publication that may be live; since: when that began, None where nobody noted it."""

    publication_id: str
    name: str
    since: datetime | None


@dataclass(frozen=True)
class ExpiredAccount:
    """An account whose token the platform refuses."""

    account_id: str
    name: str


@dataclass(frozen=True)
class EndingAccount:
    """An account that people were warned of. days: before its end, the last of 14, 7 and 1 reached."""

    account_id: str
    name: str
    days: int


@dataclass(frozen=True)
class HeldAccount:
    """An account whose posts wait. by_platform: the platform objects to the account itself."""

    account_id: str
    name: str
    why: str
    remedy: str
    by_platform: bool


@dataclass(frozen=True)
class MissedPost:
    """A publication whose time passed while nothing ran."""

    publication_id: str
    name: str
    why: str


@dataclass(frozen=True)
class AwaitingPost:
    """A publication that waits for a yes; at: when it is to go out."""

    publication_id: str
    name: str
    at: datetime


@dataclass(frozen=True)
class FindingSeen:
    """An open finding of the audit."""

    finding_id: str
    name: str
    kind: str
    why: str


@dataclass(frozen=True)
class UndoneStep:
    """What should have been done to a live post and was not, or is in doubt."""

    step_id: str
    name: str
    in_doubt: bool
    error: str
    remedy: str


@dataclass(frozen=True)
class FailedVideo:
    """A video that could not be analysed."""

    video_id: str
    title: str
    error: str


@dataclass(frozen=True)
class DisabledSubscriber:
    """A subscriber of webhooks that we gave up on."""

    subscriber_id: str
    name: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """All that the rules know. Errors are ledger events of severity ERROR.

    errors_recent: in the last ten minutes. errors_before: in the 24 hours before those.
    refused_apps: as platform:mode. oldest_due: run time of the job that has been due the longest. last_attempt: when a worker last
    began or still held a job. ledger_faults: of the last verification, which that job did.
    unsealed_since: since when committed events have waited and nothing was sealed.
    """

    now: datetime
    dead_letters: tuple[DeadLetters, ...] = ()
    unknown_outcomes: tuple[UnknownOutcome, ...] = ()
    expired_accounts: tuple[ExpiredAccount, ...] = ()
    ending_accounts: tuple[EndingAccount, ...] = ()
    held_accounts: tuple[HeldAccount, ...] = ()
    undone_steps: tuple[UndoneStep, ...] = ()
    missed_posts: tuple[MissedPost, ...] = ()
    awaiting_posts: tuple[AwaitingPost, ...] = ()
    post_findings: tuple[FindingSeen, ...] = ()
    refused_apps: tuple[str, ...] = ()
    failed_videos: tuple[FailedVideo, ...] = ()
    disabled_subscribers: tuple[DisabledSubscriber, ...] = ()
    errors_recent: int = 0
    errors_before: int = 0
    due_jobs: int = 0
    oldest_due: datetime | None = None
    last_attempt: datetime | None = None
    ledger_faults: int = 0
    ledger_verified_by: str = ""
    unsealed_since: datetime | None = None


def gather_facts(*, now: datetime | None = None) -> Facts:
    """Look at the rooms."""
    now = now or timezone.now()
    errors = errors_since(now - RECENT - USUAL).aggregate(
        recent=Count("pk", filter=Q(timestamp__gte=now - RECENT)),
        before=Count("pk", filter=Q(timestamp__lt=now - RECENT)),
    )
    due = Job.objects.filter(status__in=Job.WAITING, run_at__lte=now).order_by("run_at")
    faults, verified_by = _ledger_faults()
    return Facts(
        now=now,
        dead_letters=_dead_letters(),
        unknown_outcomes=_unknown_outcomes(),
        expired_accounts=tuple(
            ExpiredAccount(str(account.pk), str(account))
            for account in SocialAccount.objects.filter(status=SocialAccount.Status.EXPIRED)
        ),
        ending_accounts=tuple(
            EndingAccount(str(account.pk), str(account), account.warned_days or 0)
            for account in SocialAccount.objects.filter(
                status=SocialAccount.Status.CONNECTED, warned_days__isnull=False
            )[:MOST_ROWS]
        ),
        refused_apps=_refused_apps(now),
        held_accounts=tuple(
            HeldAccount(
                str(hold.social_account_id),
                str(hold.social_account),
                hold.why,
                hold.remedy,
                hold.by_platform,
            )
            for hold in AccountHold.objects.filter(status__in=AccountHold.LIVE).select_related(
                "social_account"
            )[:MOST_ROWS]
        ),
        undone_steps=_undone_steps(now),
        missed_posts=tuple(
            MissedPost(str(post.pk), str(post), post.error) for post in _posts("missed")
        ),
        awaiting_posts=tuple(
            AwaitingPost(str(post.pk), str(post), post.scheduled_at or post.created_at)
            for post in _posts("awaiting")
        ),
        post_findings=tuple(
            FindingSeen(str(each.pk), str(each), each.kind, each.why)
            for each in PostFinding.objects.filter(status=PostFinding.Status.OPEN).select_related(
                "social_account"
            )[:MOST_ROWS]
        ),
        failed_videos=tuple(
            FailedVideo(str(video.pk), video.title, video.error)
            for video in VideoAsset.objects.filter(status=VideoAsset.Status.FAILED)[:MOST_ROWS]
        ),
        disabled_subscribers=tuple(
            DisabledSubscriber(str(each.pk), each.name, each.disabled_reason)
            for each in WebhookSubscriber.objects.filter(
                status=WebhookSubscriber.Status.DISABLED, disabled_by_us=True
            )[:MOST_ROWS]
        ),
        errors_recent=errors["recent"],
        errors_before=errors["before"],
        due_jobs=due.count(),
        oldest_due=due.values_list("run_at", flat=True).first(),
        last_attempt=_last_attempt(now),
        ledger_faults=faults,
        ledger_verified_by=verified_by,
        unsealed_since=unsealed_since(),
    )


def _dead_letters() -> tuple[DeadLetters, ...]:
    dead = Job.objects.filter(status=Job.Status.DEAD)
    groups = (
        dead.order_by()
        .values("job_type", "error_code")
        .annotate(jobs=Count("pk"), latest=Max("ended_at"))
        .order_by("job_type", "error_code")
    )
    found = []
    for group in groups[:MOST_ROWS]:
        same = dead.filter(job_type=group["job_type"], error_code=group["error_code"])
        newest = same.order_by("-id").values_list("pk", flat=True).first()
        found.append(
            DeadLetters(group["job_type"], group["error_code"], group["jobs"], str(newest or ""))
        )
    return tuple(found)


def _unknown_outcomes() -> tuple[UnknownOutcome, ...]:
    unknown = list(
        Publication.objects.filter(status=Publication.Status.UNKNOWN)
        .select_related("social_account")
        .order_by("id")[:MOST_ROWS]
    )
    since: dict[str, datetime] = {}
    if unknown:
        events = LedgerEvent.objects.filter(
            event_type="publication_outcome_unknown",
            entity_type="publication",
            entity_id__in=[str(publication.pk) for publication in unknown],
        )
        since = dict(events.order_by().values_list("entity_id").annotate(Max("timestamp")))
    return tuple(
        UnknownOutcome(str(each.pk), str(each), since.get(str(each.pk))) for each in unknown
    )


def _posts(status: str) -> QuerySet[Publication]:
    """Those in this state, the next to go out first."""
    rows = Publication.objects.filter(status=status).select_related("social_account")
    return rows.order_by("scheduled_at", "id")[:MOST_ROWS]


def _undone_steps(now: datetime) -> tuple[UndoneStep, ...]:
    status = PublishStep.Status
    undone = PublishStep.objects.filter(
        Q(status=status.FAILED) | Q(status=status.UNKNOWN, first_sent_at__lte=now - STEP_PATIENCE)
    ).select_related("publication__social_account")
    return tuple(
        UndoneStep(str(each.pk), str(each), each.status == status.UNKNOWN, each.error, each.remedy)
        for each in undone.order_by("id")[:MOST_ROWS]
    )


def _refused_apps(now: datetime) -> tuple[str, ...]:
    """Told again each hour for as long as somebody finds out, so two hours of silence mean it works."""
    told = LedgerEvent.objects.filter(
        event_type=APP_REFUSED, timestamp__gte=now - 2 * TOLD_AGAIN_AFTER
    )
    return tuple(told.order_by("entity_id").values_list("entity_id", flat=True).distinct())


def _ledger_faults() -> tuple[int, str]:
    verified = Job.objects.filter(job_type="verify_ledger", status=Job.Status.COMPLETED)
    last = verified.order_by("-id").only("result").first()
    return (int((last.result or {}).get("wrong", 0)), str(last.pk)) if last else (0, "")


def _last_attempt(now: datetime) -> datetime | None:
    if Job.objects.filter(status=Job.Status.PROCESSING, lease_until__gt=now).exists():
        return now
    newest = JobAttempt.objects.order_by("-id").values_list("started_at", flat=True)
    return newest.first()
