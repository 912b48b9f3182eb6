"""Every named read of accounts, publications and attempts."""

import uuid
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.models import Job
from ledger.machine import MACHINES
from media_assets.models import ClipVariant
from publishing import budgets
from publishing.approval import Mode, content_hash, mode_of
from publishing.clocks import Slot, clock_time, moment_of, zone_called
from publishing.models import (
    AccountHold,
    AccountPlan,
    Approval,
    Publication,
    PublishLog,
    PublishStep,
    SocialAccount,
)
from publishing.outgoing.models import OutgoingDelivery
from publishing.platforms.base import Content, Media
from stakazo.core.errors import NotFound

RELATED = ("clip_variant__clip__video_asset", "social_account__plan")


def publications() -> QuerySet[Publication]:
    """All of them, newest first, with what a list shows of them."""
    return Publication.objects.select_related(*RELATED)


def publication_by_id(publication_id: uuid.UUID) -> Publication:
    """The publication with its variant and account. Raises NotFound."""
    found = publications().filter(pk=publication_id).first()
    if found is None:
        raise NotFound("There is no such publication.", publication_id=str(publication_id))
    return found


def account_by_id(account_id: uuid.UUID) -> SocialAccount:
    """The account. Raises NotFound."""
    found = SocialAccount.objects.filter(pk=account_id).first()
    if found is None:
        raise NotFound("There is no such account.", account_id=str(account_id))
    return found


def attempt_by_id(log_id: uuid.UUID) -> PublishLog:
    """The attempt with its publication. Raises NotFound."""
    found = attempts().filter(pk=log_id).first()
    if found is None:
        raise NotFound("There is no such attempt.", publish_log_id=str(log_id))
    return found


def attempts() -> QuerySet[PublishLog]:
    """All attempts, newest first, with what asking about them needs."""
    return PublishLog.objects.select_related(*(f"publication__{name}" for name in RELATED))


def open_attempts() -> QuerySet[PublishLog]:
    """Attempts whose outcome is not settled, oldest first."""
    return attempts().filter(status__in=PublishLog.OPEN).order_by("id")


def open_attempt_of(publication: Publication) -> PublishLog | None:
    """The attempt in hand, if there is one."""
    return open_attempts().filter(publication=publication).first()


def last_attempt_of(publication: Publication) -> PublishLog | None:
    """The newest attempt, settled or not."""
    return attempts().filter(publication=publication).order_by("-id").first()


def attempts_untouched_since(moment: datetime) -> QuerySet[PublishLog]:
    """Open attempts that nobody wrote to since this moment, oldest first."""
    return open_attempts().filter(updated_at__lte=moment)


def job_key(publication_id: uuid.UUID) -> str:
    """The dedup key of the job that posts this publication."""
    return f"publish_clip:{publication_id}"


def live_job_of(publication: Publication) -> Job | None:
    """The job that works on the publication or waits to."""
    return Job.objects.filter(dedup_key=job_key(publication.pk), status__in=Job.LIVE).first()


def publications_without_a_job(*, now: datetime | None = None) -> list[Publication]:
    """Publications that somebody must work on and no job does.

    Waiting ones whose time has come a minute ago, and those on their way or unknown.
    """
    due = (now or timezone.now()) - timedelta(minutes=1)
    waiting = publications().filter(
        Q(status=Publication.Status.SCHEDULED)
        & (Q(scheduled_at__isnull=True, created_at__lte=due) | Q(scheduled_at__lte=due))
        | Q(status__in=[Publication.Status.PUBLISHING, Publication.Status.UNKNOWN])
    )
    rows = list(waiting)
    keys = [job_key(row.pk) for row in rows]
    busy = set(
        Job.objects.filter(dedup_key__in=keys, status__in=Job.LIVE).values_list(
            "dedup_key", flat=True
        )
    )
    return [row for row in rows if job_key(row.pk) not in busy]


def steps() -> QuerySet[PublishStep]:
    """What is or was to be done to live posts, newest first, with what doing it needs."""
    return PublishStep.objects.select_related(*(f"publication__{name}" for name in RELATED))


def step_by_id(step_id: uuid.UUID) -> PublishStep:
    """The step with its publication. Raises NotFound."""
    found = steps().filter(pk=step_id).first()
    if found is None:
        raise NotFound("There is no such step.", step_id=str(step_id))
    return found


def step_job_key(step_id: uuid.UUID) -> str:
    """The dedup key of the job that does this step."""
    return f"finish_post:{step_id}"


def live_job_of_step(step: PublishStep) -> Job | None:
    """The job that does the step or waits to."""
    return Job.objects.filter(dedup_key=step_job_key(step.pk), status__in=Job.LIVE).first()


def steps_without_a_job(*, now: datetime) -> list[PublishStep]:
    """Open steps that nobody touched for a minute and no job works on, of the last three days.

    Of those that have been unknown for a day only a person asks again.
    """
    rows = list(
        steps()
        .filter(
            status__in=PublishStep.LIVE,
            updated_at__lte=now - timedelta(minutes=1),
            created_at__gte=now - timedelta(days=3),
        )
        .exclude(status=PublishStep.Status.UNKNOWN, first_sent_at__lt=now - timedelta(days=1))
    )
    keys = [step_job_key(row.pk) for row in rows]
    busy = set(
        Job.objects.filter(dedup_key__in=keys, status__in=Job.LIVE).values_list(
            "dedup_key", flat=True
        )
    )
    return [row for row in rows if step_job_key(row.pk) not in busy]


def connected_accounts() -> QuerySet[SocialAccount]:
    """Accounts that we may use."""
    return SocialAccount.objects.filter(status=SocialAccount.Status.CONNECTED).order_by("pk")


def first_attempts_since(account: SocialAccount, moment: datetime) -> list[PublishLog]:
    """The first attempt since this moment at each publication of the account, newest first."""
    found: dict[uuid.UUID, PublishLog] = {}
    logs = attempts().filter(publication__social_account=account, created_at__gte=moment)
    for log in logs.order_by("-id"):
        found[log.publication_id] = log
    return list(found.values())


def hold_of(account: SocialAccount) -> AccountHold | None:
    """The hold that the account is under, if it is."""
    return AccountHold.objects.filter(social_account=account, status__in=AccountHold.LIVE).first()


def waiting_on(account: SocialAccount) -> QuerySet[Publication]:
    """Publications of the account that wait for their time or their turn, in that order."""
    return (
        publications()
        .filter(social_account=account, status=Publication.Status.SCHEDULED)
        .order_by("scheduled_at", "id")
    )


def published_since(moment: datetime) -> QuerySet[Publication]:
    """Live posts, published at or after this moment, oldest first."""
    return (
        publications()
        .filter(status=Publication.Status.PUBLISHED, published_at__gte=moment)
        .order_by("id")
    )


def post_id_is_taken(account: SocialAccount, external_post_id: str, *, by_not: PublishLog) -> bool:
    """Whether another publication already counts this post of the account as its own."""
    return (
        PublishLog.objects.filter(
            publication__social_account=account,
            external_post_id=external_post_id,
            status=PublishLog.Status.SUCCESS,
        )
        .exclude(publication_id=by_not.publication_id)
        .exists()
    )


def owners_of(account: SocialAccount, external_post_ids: list[str]) -> dict[str, str]:
    """Which of these posts of the account belong to publications of ours: post id → publication id."""
    logs = PublishLog.objects.filter(
        publication__social_account=account,
        external_post_id__in=external_post_ids,
        status=PublishLog.Status.SUCCESS,
    )
    return {
        post_id: str(publication_id)
        for post_id, publication_id in logs.values_list("external_post_id", "publication_id")
    }


def content_of(publication: Publication) -> Content:
    """What is said with the file."""
    return Content(
        title=publication.title,
        caption=publication.caption,
        privacy=publication.privacy,
        options=dict(publication.options),
    )


def media_of(variant: ClipVariant, path: Path | None = None) -> Media:
    """The file as a client wants it. path: where its bytes are, needed only to send them."""
    url = variant.file.url
    return Media(
        path=path or Path(str(variant.file.name)),
        size_bytes=variant.size_bytes,
        sha256=variant.sha256,
        duration_ms=variant.duration_ms,
        width_px=variant.width_px,
        height_px=variant.height_px,
        public_url=url if url.startswith(("http://", "https://")) else "",
    )


@dataclass(frozen=True)
class Evidence:
    """Why we believe what the status of a publication says. Sentences are for people."""

    known: list[str]
    attempts: list[PublishLog]
    job: Job | None


def evidence_of(publication: Publication) -> Evidence:
    """What we know, what the platform said last, and who works on it."""
    logs = list(publication.publish_logs.order_by("id"))
    known = [MACHINES[Publication].sentences[publication.status]]
    if mode_of(plan_of(publication.social_account)) is not Mode.OFF:
        known.append(_approved_in_words(publication))
    if publication.repeat_allowed:
        known.append("It may repeat an earlier post: somebody allowed that.")
    if publication.error:
        known.append(publication.error)
    for number, log in enumerate(logs, 1):
        known.append(f"Attempt {number}: {_in_words(log)}")
    known += [_step_in_words(step) for step in publication.steps.order_by("id")]
    known += why_waiting(publication)
    job = live_job_of(publication)
    if job is not None:
        when = (
            f" until {job.run_at:%Y-%m-%d %H:%M:%S} UTC"
            if job.status == Job.Status.SCHEDULED
            else ""
        )
        known.append(f"A job is on it: {job.get_status_display().lower()}{when}.")
    return Evidence(known=known, attempts=logs, job=job)


def why_waiting(publication: Publication) -> list[str]:
    """What holds a publication up whose time has come, in sentences; [] where nothing does."""
    account, now = publication.social_account, timezone.now()
    on_its_way = publication.status == Publication.Status.PUBLISHING
    is_due = publication.status == Publication.Status.SCHEDULED and (
        publication.scheduled_at is None or publication.scheduled_at <= now
    )
    if not (on_its_way or is_due):
        return []
    known = []
    hold = hold_of(account)
    if hold is not None:
        known.append(
            f"{account} is held after failures in a row; one post tries at "
            f"{hold.retry_at:%Y-%m-%d %H:%M} UTC. {hold.why} What to do: {hold.remedy}"
        )
    if wait_s := budgets.wait_for_a_post(account):
        known.append(
            f"The next post of {account} may go out in {wait_s:.0f} s: gap and daily number."
        )
    return known


def _approved_in_words(publication: Publication) -> str:
    found = standing_approval(publication)
    if found is None:
        return "Nobody has approved what it says now."
    words = f"Approved by {found.approved_by or 'somebody who is gone'} at "
    words += f"{local_time(publication.social_account, found.created_at):%Y-%m-%d %H:%M}."
    return words if not lacks_approval(publication) else f"{words} A second person must do so."


_PHASES = {
    PublishLog.Phase.INTENT: "the intent is written; the platform knows nothing yet.",
    PublishLog.Phase.PREPARED: "the platform gave us a handle; nothing can be live yet.",
    PublishLog.Phase.COMMITTING: "it was sent; until the platform answers it may be live.",
    PublishLog.Phase.ACCEPTED: "the platform has it all and works on it.",
}


def _in_words(log: PublishLog) -> str:
    if log.status == PublishLog.Status.SUCCESS:
        words = f"the platform shows the post {log.external_post_id}."
    elif log.status == PublishLog.Status.FAILED:
        words = f"not posted. {log.error}"
    else:
        words = _PHASES.get(PublishLog.Phase(log.phase), "settled.")
        words += f" Last failure: {log.error}" if log.error else ""
    asked: list[dict[str, Any]] = log.extra_metadata.get("asked", [])
    if asked:
        last = asked[-1]
        words += f" The platform said last ({last['at'][:19]} UTC): {last['said']}"
        words += f" – {last['reason']}." if last.get("reason") else "."
    if log.remedy:
        words += f" What to do: {log.remedy}"
    if log.extra_metadata.get("reconciled"):
        words += f" Reconciled: {log.extra_metadata['reconciliation_reason']}"
    return words


def _step_in_words(step: PublishStep) -> str:
    words = f"{step.get_kind_display()}: {MACHINES[PublishStep].sentences[step.status].lower()}"
    if step.error:
        words += f" {step.error} What to do: {step.remedy}" if step.remedy else f" {step.error}"
    return words


# --- When ---------------------------------------------------------------------------------------

# States in which a publication keeps its place in time.
PLACED = (
    Publication.Status.DRAFT,
    Publication.Status.AWAITING,
    Publication.Status.SCHEDULED,
    Publication.Status.PUBLISHING,
    Publication.Status.UNKNOWN,
    Publication.Status.DELIVERED,
    Publication.Status.PUBLISHED,
)


def plan_of(account: SocialAccount) -> AccountPlan:
    """When its posts go out; one with the defaults, not saved, where nobody has said so yet."""
    try:
        return account.plan
    except AccountPlan.DoesNotExist:
        return AccountPlan(social_account=account)


def zone_of(plan: AccountPlan) -> zoneinfo.ZoneInfo:
    """The zone whose clocks count for the account."""
    return zone_called(plan.zone)


def moment_for(account: SocialAccount, at: datetime | None) -> datetime | None:
    """A naive time read off the account's clocks, any other as it is. Raises InvalidInput in a gap."""
    return at if at is None or at.tzinfo else moment_of(at, zone_of(plan_of(account)))


def local_time(account: SocialAccount, at: datetime) -> datetime:
    """The moment as the account's clocks show it."""
    return at.astimezone(zone_of(plan_of(account)))


def slots_of(plan: AccountPlan) -> list[Slot]:
    """The times of the week at which its posts go out."""
    return [Slot(each["weekday"], clock_time(each["at"])) for each in plan.slots]


def hold_account(account: SocialAccount) -> None:
    """Until the transaction ends nobody else finds a place for a post of this account.

    Locked before any row of the account's publications. (SQLite: we are the only writer.)
    """
    SocialAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)


def on_the_calendar(first: datetime, last: datetime) -> QuerySet[Publication]:
    """What is out or has a time in this span (half-open), in time order; cancelled ones are not."""
    out = Q(published_at__gte=first, published_at__lt=last)
    planned = Q(published_at=None, scheduled_at__gte=first, scheduled_at__lt=last)
    return (
        publications()
        .filter(out | planned)
        .exclude(status=Publication.Status.CANCELLED)
        .order_by(Coalesce("published_at", "scheduled_at"), "id")
    )


def time_of(publication: Publication) -> datetime:
    """When it went out, or will, or was wanted."""
    return publication.published_at or publication.scheduled_at or publication.created_at


def posts_of_the_same_media(publication: Publication) -> QuerySet[Publication]:
    """Others on its account with the same bytes or of the same clip that are out or shall go out.

    The newest 200: more of one clip on one account is no accident any more.
    """
    variant = publication.clip_variant
    same = Q(clip_variant__clip_id=variant.clip_id) | Q(clip_variant__sha256=variant.sha256)
    no_post = (Publication.Status.DRAFT, Publication.Status.FAILED, Publication.Status.CANCELLED)
    others = Publication.objects.filter(same, social_account=publication.social_account)
    return others.exclude(status__in=no_post).exclude(pk=publication.pk).order_by("-id")[:200]


def left_since(account: SocialAccount, moment: datetime) -> list[datetime]:
    """When attempts at posts of this account began, since this moment."""
    logs = PublishLog.objects.filter(
        publication__social_account=account, created_at__gte=moment
    ).exclude(error_code="publishing.stopped")
    return list(logs.values_list("created_at", flat=True))


def placed_between(
    account: SocialAccount, first: datetime, last: datetime
) -> QuerySet[Publication]:
    """Publications of the account that have a place in this time, in time order."""
    return Publication.objects.filter(
        social_account=account, status__in=PLACED, scheduled_at__gte=first, scheduled_at__lte=last
    ).order_by("scheduled_at", "id")


# --- Approval -----------------------------------------------------------------------------------


def standing_approval(publication: Publication) -> Approval | None:
    """The yes that holds: not withdrawn, and to what the publication says now."""
    found = (
        Approval.objects.filter(publication=publication, withdrawn_at=None)
        .select_related("approved_by")
        .first()
    )
    return found if found and found.content_hash == content_hash(publication) else None


def lacks_approval(publication: Publication) -> bool:
    """Whether its account asks for a yes that it does not have."""
    mode = mode_of(plan_of(publication.social_account))
    if mode is Mode.OFF:
        return False
    found = standing_approval(publication)
    if found is None:
        return True
    own = found.approved_by_id is None or found.approved_by_id in publication.written_by
    return mode is Mode.SECOND and own


def accounts_with_counts() -> QuerySet[SocialAccount]:
    """Accounts with the time of their last post."""
    return SocialAccount.objects.annotate(last_post_at=Max("publications__published_at"))


def safe_handle(log: PublishLog) -> dict[str, Any]:
    """The handle as it may be shown: upload addresses are keys and are left out."""
    return {
        key: value
        for key, value in log.handle.items()
        if not isinstance(value, str) or "://" not in value
    }


# How a message to a subscriber stands, by its two times.
STANDINGS: dict[str, Q] = {
    OutgoingDelivery.Status.WAITING: Q(delivered_at=None, failed_at=None),
    OutgoingDelivery.Status.DELIVERED: Q(delivered_at__isnull=False),
    OutgoingDelivery.Status.FAILED: Q(failed_at__isnull=False),
}
