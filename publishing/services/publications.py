"""Wanting a post, changing one's mind, and saying that it is there."""

import enum
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs.errors import NotWaiting
from jobs.models import Job
from jobs.services import cancel_job, enqueue, start_now
from ledger.machine import IllegalMove, StaleState
from ledger.services import log_event
from media_assets.models import ClipVariant, video_correlation
from publishing import queries
from publishing.models import PUBLICATION, Publication, PublishLog, SocialAccount
from publishing.payloads import PublishClip
from publishing.people import acting_user_id
from publishing.platforms.base import Content
from publishing.services import attempts, repeats, settling, slots
from publishing.services.checking import check_again, check_publishable
from publishing.services.settling import Verdict
from stakazo.core.errors import Conflict, InvalidInput

Status = Publication.Status
LATE = timedelta(minutes=1)
FAR = timedelta(days=366)
UNDECIDED = (Status.DRAFT, Status.AWAITING, Status.MISSED)  # nothing happens at their time yet


# --- Wanting ------------------------------------------------------------------------------------


def create_publication(
    variant: ClipVariant,
    account: SocialAccount,
    *,
    title: str,
    caption: str,
    privacy: str = "public",
    scheduled_at: datetime | None = None,
    options: Mapping[str, Any] | None = None,
    draft: bool = False,
    next_slot: bool = False,
    allow_repeat: bool = False,
) -> Publication:
    """Have this variant posted on this account, at its time or now; a draft waits to be scheduled.

    scheduled_at: a moment, or without an offset a time of the account's clocks. next_slot: the next
    free slot of the account's plan instead. The same variant, account, text and time wanted twice is one publication: the one that is there
    (not failed, not cancelled) is given back. One that says nearly the same with the same clip is
    refused, unless allow_repeat. Raises NotPublishable, Conflict, Repeated, NoFreeSlot, InvalidInput.
    """
    publication, _ = ensure_publication(
        variant,
        account,
        title=title,
        caption=caption,
        privacy=privacy,
        scheduled_at=scheduled_at,
        options=options,
        draft=draft,
        next_slot=next_slot,
        allow_repeat=allow_repeat,
    )
    return publication


def ensure_publication(
    variant: ClipVariant,
    account: SocialAccount,
    *,
    title: str,
    caption: str,
    privacy: str = "public",
    scheduled_at: datetime | None = None,
    options: Mapping[str, Any] | None = None,
    draft: bool = False,
    next_slot: bool = False,
    allow_repeat: bool = False,
) -> tuple[Publication, bool]:
    """As create_publication; also says whether it is new."""
    content = Content(title, caption, privacy, dict(options or {}))
    scheduled_at = _moment(account, scheduled_at, next_slot=next_slot)
    key = dedup_key(variant, account, content, "next slot" if next_slot else scheduled_at)
    if (there := _live(key)) is not None:
        return (there if draft else _no_longer_draft(there)), False
    checked = check_publishable(variant, account, content)
    _check_time(scheduled_at)
    publication = Publication(
        clip_variant=variant,
        social_account=account,
        title=title,
        caption=caption,
        privacy=privacy,
        options=content.options,
        scheduled_at=scheduled_at,
        dedup_key=key,
        **checked.columns,
        written_by=[] if (author := acting_user_id()) is None else [author],
    )
    try:
        with transaction.atomic():
            queries.hold_account(account)
            if next_slot:
                publication.scheduled_at = slots.take_slot(account)
            publication.save(force_insert=True)
            if not draft:
                repeats.guard(publication, allow=allow_repeat)
                wait_or_ask(publication)
            elif allow_repeat:
                repeats.allow_repeat(publication)
    except IntegrityError:
        if (there := _live(key)) is not None:
            return there, False
        raise
    return publication, True


def dedup_key(
    variant: ClipVariant,
    account: SocialAccount,
    content: Content,
    at: datetime | Literal["next slot"] | None,
) -> str:
    """What makes two publications the same: the bytes, the account, the text and the time."""
    slot = at.isoformat() if isinstance(at, datetime) else at or ""
    parts = [variant.sha256, str(account.pk), content.title, content.caption, slot]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _live(key: str) -> Publication | None:
    live = queries.publications().filter(dedup_key=key)
    return live.exclude(status__in=[Status.FAILED, Status.CANCELLED]).first()


def _no_longer_draft(publication: Publication) -> Publication:
    if publication.status == Status.DRAFT:
        return schedule_publication(publication, at=publication.scheduled_at)
    return publication


def _moment(account: SocialAccount, at: datetime | None, *, next_slot: bool) -> datetime | None:
    """The moment that is wished for. Raises InvalidInput for two wishes at once."""
    if next_slot and at is not None:
        raise InvalidInput("Choose a time or the next slot, not both.", scheduled_at=str(at))
    return queries.moment_for(account, at)


def _check_time(at: datetime | None) -> None:
    now = timezone.now()
    if at is not None and not now - LATE <= at <= now + FAR:
        raise InvalidInput(
            "The time to post at lies in the past or more than a year ahead.",
            scheduled_at=at.isoformat(),
        )


# --- When ---------------------------------------------------------------------------------------


def schedule_publication(
    publication: Publication,
    *,
    at: datetime | None = None,
    next_slot: bool = False,
    allow_repeat: bool = False,
) -> Publication:
    """Have it posted at this time, None: now. A draft begins to wait; one that waits gets a new time.

    Where its account asks for approval and nobody has given it, it waits for that first.
    at, next_slot, allow_repeat: as for create_publication. Raises IllegalMove when it is on its way
    or over already, InvalidInput, NoFreeSlot, NotPublishable, Repeated.
    """
    account = publication.social_account
    at = _moment(account, at, next_slot=next_slot)
    _check_time(at)
    if publication.status in UNDECIDED:
        checked = check_again(publication)
        with transaction.atomic():
            queries.hold_account(account)
            at = slots.take_slot(account, but=publication) if next_slot else at
            columns = {"scheduled_at": at, "missed_at": None, **checked.columns}
            Publication.objects.filter(pk=publication.pk).update(**columns)
            _set(publication, columns)
            repeats.guard(publication, allow=allow_repeat)
            wait_or_ask(publication, values={"error": ""})
        if publication.status == Status.SCHEDULED:
            ensure_job(publication)  # a job of its former time may still sleep
        return publication
    if publication.status != Status.SCHEDULED:
        raise IllegalMove(
            f"A publication that is {publication.status} cannot be scheduled.",
            entity_id=str(publication.pk),
            state=publication.status,
        )
    checked = check_again(publication, account_too=False)
    with transaction.atomic():
        at = slots.take_slot(account, but=publication) if next_slot else at
        waiting = Publication.objects.filter(pk=publication.pk, status=Status.SCHEDULED)
        columns = {"scheduled_at": at, "missed_at": None, **checked.columns}
        if waiting.update(**columns) != 1:
            raise StaleState("It went on its way just now.", entity_id=str(publication.pk))
        _set(publication, columns)
        log_event("publication_rescheduled", entity=publication, metadata={"at": at or "now"})
    ensure_job(publication)
    return publication


def _set(publication: Publication, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(publication, name, value)


def move_publication(publication: Publication, *, at: datetime) -> Publication:
    """Give it another time and leave all else as it is: a draft stays one, one that waits for a yes too.

    Raises IllegalMove when it is on its way or over, StaleState, InvalidInput.
    """
    if publication.status not in (Status.DRAFT, Status.AWAITING):
        return schedule_publication(publication, at=at)
    _check_time(at)
    with transaction.atomic():
        here = Publication.objects.filter(pk=publication.pk, status=publication.status)
        if here.update(scheduled_at=at, missed_at=None) != 1:
            raise StaleState("Somebody else changed it just now.", entity_id=str(publication.pk))
        publication.scheduled_at, publication.missed_at = at, None
        log_event("publication_rescheduled", entity=publication, metadata={"at": at})
    return publication


def wait_or_ask(
    publication: Publication, *, why: str = "", values: Mapping[str, Any] | None = None
) -> Publication:
    """Have it wait for its time, with a job; or for somebody's yes, where it needs one it has not.

    In the caller's transaction. Raises IllegalMove, StaleState.
    """
    asks = queries.lacks_approval(publication)
    to = Status.AWAITING if asks else Status.SCHEDULED
    at = {"at": (values or {}).get("scheduled_at", publication.scheduled_at)}
    if publication.status == to:
        log_event("publication_rescheduled", entity=publication, metadata=at)
    else:
        PUBLICATION.move(publication, to, why=why, values=values, metadata=at)
    if not asks:
        _enqueue(publication)
    return publication


def _enqueue(publication: Publication) -> Job:
    return enqueue(
        "publish_clip",
        PublishClip(publication.pk),
        dedup_key=queries.job_key(publication.pk),
        run_at=publication.scheduled_at,
        correlation_id=video_correlation(publication.clip_variant.clip.video_asset_id),
    )


def ensure_job(publication: Publication) -> Job:
    """A job that works on it at its time; one that sleeps past that is woken or replaced."""
    job = queries.live_job_of(publication)
    now = timezone.now()
    wanted = publication.scheduled_at or now
    if job is not None and job.status in Job.WAITING and job.run_at > wanted:
        try:
            if wanted <= now:
                return start_now(job, why="It is wanted now.")
            cancel_job(job, why="It is wanted sooner.")
        except (IllegalMove, StaleState, NotWaiting):
            return job  # it began just now
    return _enqueue(publication)


def retry_publication(
    publication: Publication, *, why: str = "asked for", allow_repeat: bool = False
) -> Publication:
    """Try one that failed once more, now. Raises IllegalMove, NotPublishable, Conflict, Repeated."""
    if publication.status != Status.FAILED:
        raise IllegalMove(
            f"Only a failed publication is retried; this one is {publication.status}.",
            entity_id=str(publication.pk),
            state=publication.status,
        )
    checked = check_again(publication)
    try:
        with transaction.atomic():
            queries.hold_account(publication.social_account)
            publication.scheduled_at = None
            repeats.guard(publication, allow=allow_repeat)
            values = {"scheduled_at": None, "missed_at": None, "error": "", **checked.columns}
            wait_or_ask(publication, why=why, values=values)
    except IntegrityError:
        publication.refresh_from_db()
        raise Conflict(
            "The same post is wanted by another publication already.",
            publication_id=str(publication.pk),
        ) from None
    if publication.status == Status.SCHEDULED:
        ensure_job(publication)
    return publication


# --- Saying that it is there --------------------------------------------------------------------


class Confirmation(enum.StrEnum):
    """What became of somebody's word that a post is live."""

    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Confirmed:
    """The answer to confirm_publish."""

    outcome: Confirmation
    publication: Publication
    reason: str = ""


def confirm_publish(
    *,
    publication_id: uuid.UUID | None = None,
    publish_log_id: uuid.UUID | None = None,
    external_post_id: str = "",
    external_url: str = "",
) -> Confirmed:
    """Somebody says that it is live: ask the platform, and believe the platform.

    Raises Conflict when the platform denies it or shows another post, NotFound, InvalidInput,
    PlatformBusy, NeedsReconnect.
    """
    log = _attempt_meant(publication_id, publish_log_id)
    if log.status != PublishLog.Status.SUCCESS:
        with settling.client_to_ask(log) as client:
            finding = settling.ask(log, client)
        attempts.note_answer(log, finding.status, clean=False, touch=False)
        if finding.verdict in (Verdict.ABSENT, Verdict.IDLE):
            raise Conflict(
                "The platform does not show this post.",
                said=str(finding.status.state),
                reason=finding.status.reason,
            )
        if finding.verdict is not Verdict.PUBLISHED:
            reason = finding.status.reason or "The platform does not say yet."
            return Confirmed(Confirmation.UNKNOWN, log.publication, reason)
        _same_post(finding.status.external_post_id, external_post_id)
        attempts.succeed(
            log,
            finding.status,
            why="Confirmed from outside; the platform shows the post.",
            extra={"confirmed": {"external_post_id": external_post_id, "url": external_url}},
        )
        log.external_post_id = finding.status.external_post_id
    _same_post(log.external_post_id, external_post_id)
    return Confirmed(Confirmation.CONFIRMED, queries.publication_by_id(log.publication_id))


def _attempt_meant(publication_id: uuid.UUID | None, log_id: uuid.UUID | None) -> PublishLog:
    if log_id is not None:
        log = queries.attempt_by_id(log_id)
        if publication_id is not None and log.publication_id != publication_id:
            raise InvalidInput("This attempt belongs to another publication.")
        return log
    if publication_id is None:
        raise InvalidInput("Name the publication_id or the publish_log_id.")
    publication = queries.publication_by_id(publication_id)
    last = queries.last_attempt_of(publication)
    if last is None:
        raise Conflict(
            "Nothing was sent for this publication yet.", publication_id=str(publication_id)
        )
    return last


def _same_post(shown: str, claimed: str) -> None:
    if claimed and claimed != shown:
        raise Conflict("The platform shows another post for it.", shown=shown, claimed=claimed)


def declare_not_posted(publication: Publication, *, why: str = "a person looked") -> Publication:
    """A person has looked at the account and vouches that an unknown post is not there, or that the
    creator will not post what is in the inbox.

    The platform is asked once more first: where it shows the post, or still works on it, the person
    is not believed (Conflict, and the post counts). Raises IllegalMove, PlatformBusy, NeedsReconnect.
    """
    log = queries.open_attempt_of(publication)
    if publication.status not in (Status.UNKNOWN, Status.DELIVERED) or log is None:
        raise IllegalMove(
            f"Only what is unknown or in the creator's inbox can be settled so; this one is "
            f"{publication.status}.",
            entity_id=str(publication.pk),
            state=publication.status,
        )
    with settling.client_to_ask(log) as client:
        finding = settling.ask(log, client)
    if finding.verdict is Verdict.PUBLISHED:
        attempts.succeed(log, finding.status, why="The platform shows the post.")
        raise Conflict("It is live: the platform shows the post.")
    if finding.verdict is Verdict.WORKING:
        raise Conflict("The platform has it and works on it. Wait for its answer.")
    attempts.fail(
        log,
        error=f"Not posted, vouched for by a person: {why}",
        error_code="publishing.declared",
        untouched=True,
        extra={"declared": {"why": why, "said": str(finding.status.state)}},
    )
    return queries.publication_by_id(publication.pk)
