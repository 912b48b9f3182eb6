"""Somebody's yes to a publication, and taking it back. What it is bound to: `publishing.approval`."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ledger.machine import StaleState
from ledger.services import log_event
from publishing import queries
from publishing.approval import Mode, content_hash, mode_of
from publishing.errors import NotApprovable, NotYours
from publishing.models import Approval, Publication
from publishing.services import checking, publications, stopping
from stakazo.core.errors import Conflict, NotAllowed
from stakazo.identity.reach import check_reach

Status = Publication.Status
PERMISSION = "publishing.approve_publication"
_OPEN = (Status.DRAFT, Status.AWAITING, Status.SCHEDULED, Status.MISSED, Status.FAILED)


def approve_publication(
    publication: Publication, *, by: User, seen: str = "", why: str = ""
) -> Publication:
    """Say yes to what it says now. One that waits for this goes out at its time.

    seen: the content hash of what this person looked at; when it says something else by now, the yes
    is not taken. A second yes to the same changes nothing. Raises NotAllowed, NotYours,
    NotApprovable, NotPublishable, Conflict.
    """
    check_reach(publication.social_account.mode)
    if not by.has_perm(PERMISSION):
        raise NotAllowed("Your role may not approve posts.", needed=PERMISSION)
    with transaction.atomic():
        publication = _locked(publication)
        _check(publication, by=by, seen=seen)
        checking.check_again(publication)
        if queries.lacks_approval(publication):
            _withdraw(publication, why="Something else was approved.")
            digest = content_hash(publication)
            Approval.objects.create(
                publication=publication, content_hash=digest, approved_by=by, why=why[:500]
            )
            log_event(
                "publication_approved",
                entity=publication,
                clip_id=publication.clip_variant.clip_id,
                metadata={"by": f"user:{by.pk}", "content_hash": digest, "why": why},
            )
        if publication.status == Status.AWAITING:
            publications.wait_or_ask(publication, why="It was approved.")
    if publication.status == Status.SCHEDULED:
        publications.ensure_job(publication)  # a job of its former time may still sleep
    return publication


def _check(publication: Publication, *, by: User, seen: str) -> None:
    mode = mode_of(queries.plan_of(publication.social_account))
    if mode is Mode.OFF:
        raise NotApprovable(f"Posts of {publication.social_account} need no approval.")
    if publication.status not in _OPEN:
        raise NotApprovable(
            f"A publication that is {publication.status} cannot be approved.",
            state=publication.status,
        )
    if mode is Mode.SECOND and by.pk in publication.written_by:
        raise NotYours(
            "You have written or changed this post; somebody else must approve it.",
            publication_id=str(publication.pk),
        )
    if seen and seen != content_hash(publication):
        raise Conflict(
            "It was changed since you looked. Look again, then approve what it says now.",
            seen=seen[:64],
            now=content_hash(publication),
        )


def withdraw_approval(publication: Publication, *, why: str = "asked for") -> Publication:
    """Take the yes back. What waits or is on its way is stopped; it needs a yes again.

    Raises NotApprovable when there is none, TooLate past the point of no return.
    """
    check_reach(publication.social_account.mode)
    for last_try in (False, True):
        try:
            with transaction.atomic():
                publication = _take_back(publication, why=why)
            break
        except StaleState:
            if last_try:
                raise
    stopping.stop_job(publication, why="Its approval was withdrawn.")
    return publication


def _take_back(publication: Publication, *, why: str) -> Publication:
    found = queries.publication_by_id(publication.pk)
    if not Approval.objects.filter(publication=found, withdrawn_at=None).exists():
        raise NotApprovable("There is no approval to withdraw.", publication_id=str(found.pk))
    if found.status == Status.PUBLISHING:
        # First the attempt, so that it cannot be sent while we are at it.
        stopping.take_back_attempt(found, to=Status.AWAITING, why=why)
        found = queries.publication_by_id(found.pk)
    elif found.status not in _OPEN:
        raise NotApprovable(
            f"The approval of a publication that is {found.status} stays.", state=found.status
        )
    _withdraw(found, why=why)
    if found.status == Status.SCHEDULED and queries.lacks_approval(found):
        publications.wait_or_ask(found, why=why)
    return found


def forget_approval(publication: Publication, *, why: str) -> None:
    """For edits, in their transaction: what was approved is not what it says any more."""
    _withdraw(publication, why=why)


def _withdraw(publication: Publication, *, why: str) -> None:
    gone = Approval.objects.filter(publication=publication, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_why=why[:500]
    )
    if gone:
        log_event(
            "publication_approval_withdrawn",
            entity=publication,
            clip_id=publication.clip_variant.clip_id,
            metadata={"why": why},
        )


def _locked(publication: Publication) -> Publication:
    rows = queries.publications().select_for_update(of=("self",))
    return rows.get(pk=publication.pk)
