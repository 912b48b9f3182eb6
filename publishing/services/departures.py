"""The last looks before a post leaves: at its approval, at the file, and at the clock.

Called by the job that posts (`posting`). What must not leave is put where somebody finds it.
"""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from jobs.models import Job
from jobs.registry import Done, Outcome, Snooze
from ledger.services import log_event
from publishing import queries
from publishing.approval import Mode, mode_of
from publishing.errors import NoFreeSlot, NotApproved
from publishing.models import PUBLICATION, Publication, PublishLog
from publishing.plan_models import CatchUp
from publishing.services import attempts, slots

Status = Publication.Status
# A queue that works is seconds behind; so much is downtime, or a queue that somebody held.
LATE_AFTER = timedelta(minutes=15)
_UNAPPROVED = "Nobody has approved what it says now."


def before_start(publication: Publication, job: Job) -> Outcome | None:
    """In the transaction that begins the attempt: None when it may begin, else how its job ends.

    job: a post without a time is due when that was made. What waited until now by our own wish, for a
    gap or a limit, was told by it when to look again, and is not late.
    """
    queries.hold_account(publication.social_account)  # always before its publications
    publication = attempts.locked(publication)
    if publication.status != Status.SCHEDULED:
        return Done({"left": publication.status})
    if queries.lacks_approval(publication):
        PUBLICATION.move(publication, Status.AWAITING, why=_UNAPPROVED)
        return Done({"left": publication.status, "why": _UNAPPROVED})
    return _catch_up(publication, job)


def _catch_up(publication: Publication, job: Job) -> Outcome | None:
    """What the plan says of a post that is late: it goes now, at a later place, or asks."""
    now = timezone.now()
    due = publication.missed_at or publication.scheduled_at or job.created_at
    expected = max(publication.scheduled_at or job.created_at, job.run_at)
    # One whose attempt began in time and failed is not late: it is tried again.
    if now - expected < LATE_AFTER or publication.publish_logs.filter(created_at__gte=due).exists():
        return None
    plan = queries.plan_of(publication.social_account)
    try:
        if plan.catch_up == CatchUp.SLOT:
            place = slots.take_slot(publication.social_account, but=publication, now=now)
        else:
            place = slots.next_gap(publication.social_account, but=publication, now=now)
    except NoFreeSlot as error:
        return _miss(publication, error.message)
    if plan.catch_up == CatchUp.ASK:
        return _miss(publication, f"Its time was {due:%Y-%m-%d %H:%M} UTC.")
    limit = timedelta(hours=plan.catch_up_within_h)
    if plan.catch_up == CatchUp.LATE and place - due > limit:
        return _miss(publication, f"It would go out more than {plan.catch_up_within_h} h late.")
    if place <= now:
        return None
    Publication.objects.filter(pk=publication.pk).update(scheduled_at=place, missed_at=due)
    why = "Its time passed while nothing ran."
    log_event(
        "publication_rescheduled",
        entity=publication,
        clip_id=publication.clip_variant.clip_id,
        metadata={"at": place, "missed": due, "why": why},
    )
    return Snooze(
        (place - now).total_seconds(), f"{why} It goes out at {place:%Y-%m-%d %H:%M} UTC."
    )


def _miss(publication: Publication, why: str) -> Outcome:
    words = f"Its time passed while nothing ran. {why}"
    PUBLICATION.move(publication, Status.MISSED, why=words, values={"error": words})
    return Done({"left": publication.status, "why": words})


def before_commit(log: PublishLog) -> Outcome | None:
    """In the transaction that crosses the point of no return: None when it may, else how its job ends."""
    log = attempts.locked(log)
    if not queries.lacks_approval(log.publication):
        return None
    attempts.take_back(log, to=Status.AWAITING, why=_UNAPPROVED)
    return Done({"left": Status.AWAITING, "why": _UNAPPROVED})


def check_bytes(publication: Publication, path: Path) -> None:
    """Where posts need approval: that the file is the approved one. Raises NotApproved."""
    if mode_of(queries.plan_of(publication.social_account)) is Mode.OFF:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != publication.clip_variant.sha256:
        raise NotApproved(
            "The file is not the one that was approved: its bytes have changed. Render it again.",
            publication_id=str(publication.pk),
        )
