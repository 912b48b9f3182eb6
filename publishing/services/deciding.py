"""When only a person can say what became of a post: the platform's list beside our record, and a decision.

A decision is held against the platform once more before it is written: one that says "ours" must be in the
account's list and nobody else's, one that says "not there" must not contradict what the platform shows.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ledger.context import current
from ledger.machine import IllegalMove
from ledger.services import log_event
from publishing import queries
from publishing.matching import Candidate, Sought, compare, likely_first
from publishing.models import Publication, PublishLog
from publishing.platforms.base import Listing, PlatformClient, PostState, PostStatus
from publishing.services import attempts, settling
from publishing.services.settling import LOOK_BACK, Verdict
from stakazo.core.errors import Conflict, NotAllowed, StakazoError
from stakazo.identity.reach import check_reach

Status = Publication.Status
PERMISSION = "publishing.settle_publication"
UNCLEAR = (Status.UNKNOWN, Status.PUBLISHING, Status.DELIVERED)
DECLARED = "publishing.declared"


@dataclass(frozen=True)
class PlatformEvidence:
    """What the account lists around a post of ours. trouble: why there is no list; "" where there is."""

    asked_at: datetime
    since: datetime | None = None
    complete: bool = False
    candidates: list[Candidate] = field(default_factory=list)
    trouble: str = ""


def look_at_platform(publication: Publication) -> PlatformEvidence:
    """The account's own list since the last attempt began, each post with why it is ours or not.

    Never raises for a platform that is away: the trouble says so. Not to be called in a transaction.
    """
    now, log = timezone.now(), queries.last_attempt_of(publication)
    if log is None:
        return PlatformEvidence(now, trouble="Nothing was sent for this publication yet.")
    try:
        with settling.client_to_ask(log) as client:
            listing = _listed(log, client)
    except StakazoError as error:
        return PlatformEvidence(now, trouble=f"The platform cannot be asked now: {error.message}")
    return PlatformEvidence(now, _since(log), listing.complete, _candidates(log, listing))


def may_settle(publication: Publication) -> bool:
    """Whether a person may say now what became of it."""
    return publication.status in (*UNCLEAR, Status.FAILED) and publication.publish_logs.exists()


def settle_as_ours(
    publication: Publication, external_post_id: str, *, by: User, why: str = "a person looked"
) -> Publication:
    """This post of the account's list is the publication's. Twice the same is the same.

    Raises NotAllowed, Conflict (not in the list, or another publication's), IllegalMove, PlatformBusy,
    NeedsReconnect. Not to be called in a transaction.
    """
    check_reach(publication.social_account.mode)
    _check_permission(by)
    publication = queries.publication_by_id(publication.pk)
    if _is_it(publication, external_post_id):
        return publication
    log = _attempt_in_doubt(publication, also=(Status.FAILED,))
    with settling.client_to_ask(log) as client:
        candidates = _candidates(log, _listed(log, client))
    found = next(
        (each for each in candidates if each.post.external_post_id == external_post_id), None
    )
    if found is None:
        raise Conflict(
            "The account does not list this post since the attempt began.",
            external_post_id=external_post_id,
        )
    post, shown = found.post, [reason.words for reason in found.reasons]
    said = PostStatus(PostState.PUBLISHED, post.external_post_id, post.external_url)
    extra = {"settled": _signed(why, shown=shown, fits=found.fits)}
    with transaction.atomic():
        queries.hold_account(publication.social_account)
        if queries.post_id_is_taken(publication.social_account, post.external_post_id, by_not=log):
            raise Conflict(
                "This post belongs to another publication.", external_post_id=external_post_id
            )
        words = f"A person says that this post is ours: {why}"
        if attempts.succeed(log, said, why=words, extra=extra):
            _tell(publication, to=Status.PUBLISHED, why=why, external_post_id=external_post_id)
    publication = queries.publication_by_id(publication.pk)
    _is_it(publication, external_post_id)
    return publication


def settle_as_absent(
    publication: Publication,
    *,
    by: User,
    why: str = "a person looked",
    not_ours: Collection[str] = (),
) -> Publication:
    """It is not there: settled as failed, with the list as proof; it can be retried then.

    not_ours: posts of the list that fit, and that this person has seen and says are others. Where the
    platform shows the post or works on it, the person is not believed (Conflict; a post that is shown
    counts). Twice the same is the same. Raises as settle_as_ours.
    """
    check_reach(publication.social_account.mode)
    _check_permission(by)
    publication = queries.publication_by_id(publication.pk)
    last = queries.last_attempt_of(publication)
    if publication.status == Status.FAILED and last and last.error_code == DECLARED:
        return publication
    log = _attempt_in_doubt(publication)
    with settling.client_to_ask(log, but=not_ours) as client:
        finding = settling.ask(log, client)
        listing = _listed(log, client)
    if finding.verdict is Verdict.PUBLISHED:
        attempts.succeed(log, finding.status, why="The platform shows the post.")
        raise Conflict("It is live: the platform shows the post.")
    if finding.verdict is Verdict.WORKING:
        raise Conflict("The platform has it and works on it. Wait for its answer.")
    fitting = [
        each.post.external_post_id
        for each in _candidates(log, listing)
        if each.fits and each.post.external_post_id not in not_ours
    ]
    if fitting:
        raise Conflict(
            "The account lists a post that fits. Say that it is ours, or that it is another one.",
            external_post_ids=fitting,
        )
    proof = _signed(
        why,
        said=str(finding.status.state),
        complete=listing.complete,
        listed=[post.external_post_id for post in listing.posts][:200],
        not_ours=sorted(not_ours),
    )
    with transaction.atomic():
        attempts.fail(
            log,
            error=f"Not posted, vouched for by a person: {why}",
            error_code=DECLARED,
            untouched=True,
            extra={"declared": proof},
        )
        _tell(publication, to=Status.FAILED, why=why)
    return queries.publication_by_id(publication.pk)


def _check_permission(by: User) -> None:
    if not by.has_perm(PERMISSION):
        raise NotAllowed("Your role may not settle posts.", needed=PERMISSION)


def _is_it(publication: Publication, external_post_id: str) -> bool:
    """Whether it is settled so already. Raises Conflict when it is another post."""
    if publication.status != Status.PUBLISHED:
        return False
    if publication.external_post_id != external_post_id:
        raise Conflict(
            "It is live already, as another post.", external_post_id=publication.external_post_id
        )
    return True


def _attempt_in_doubt(publication: Publication, *, also: Collection[str] = ()) -> PublishLog:
    log = queries.last_attempt_of(publication)
    sent = log is not None and (publication.status in also or not settling.nothing_was_sent(log))
    if log is None or publication.status not in (*UNCLEAR, *also) or not sent:
        raise IllegalMove(
            f"Only a post that was sent, and of which nobody knows, is settled by a person; this one "
            f"is {publication.status}.",
            entity_id=str(publication.pk),
            state=publication.status,
        )
    return log


def _since(log: PublishLog) -> datetime:
    return log.created_at - LOOK_BACK


def _listed(log: PublishLog, client: PlatformClient) -> Listing:
    return client.recent_posts(since=_since(log))


def _candidates(log: PublishLog, listing: Listing) -> list[Candidate]:
    sought = sought_of(log)
    owners = queries.owners_of(
        log.publication.social_account, [post.external_post_id for post in listing.posts]
    )
    mine = str(log.publication_id)
    return likely_first(
        compare(sought, post, taken_by=owner if owner != mine else "")
        for post in listing.posts
        for owner in [owners.get(post.external_post_id, "")]
    )


def sought_of(log: PublishLog) -> Sought:
    """What an attempt looks for in its account's list."""
    publication = log.publication
    return Sought(
        platform=publication.social_account.platform,
        content=queries.content_of(publication),
        since=log.created_at,
        duration_ms=publication.clip_variant.duration_ms,
        size_bytes=publication.clip_variant.size_bytes,
    )


def _signed(why: str, **facts: object) -> dict[str, object]:
    return {"by": current().actor, "at": timezone.now().isoformat(), "why": why, **facts}


def _tell(publication: Publication, *, to: str, why: str, external_post_id: str = "") -> None:
    log_event(
        "publication_settled",
        entity=publication,
        clip_id=publication.clip_variant.clip_id,
        metadata={"to": to, "why": why, "external_post_id": external_post_id},
    )
