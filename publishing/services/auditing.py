"""The audit: what each account lists against what we have on record, both ways. It changes no post.

Ours that are listed no more were removed there. Theirs that look like ours, and that no publication has,
are doubles of posts we know, or posts we took for failed. Each becomes a finding for a person; what is
listed and looks like nothing of ours is the account's own business.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger.machine import StaleState
from publishing import queries
from publishing.matching import compare
from publishing.models import (
    FINDING,
    Platform,
    PostFinding,
    Publication,
    ReconcileRun,
    SocialAccount,
)
from publishing.platforms.base import ListedPost, Listing
from publishing.services import accounts, runs
from publishing.services.deciding import sought_of
from publishing.services.metering import KEPT_FOR_POSTS
from stakazo.core.errors import InvalidInput, StakazoError
from stakazo.identity.reach import check_reach

logger = logging.getLogger(__name__)

Kind, Status = PostFinding.Kind, PostFinding.Status
DAYS_MIN, DAYS_MAX = 1, 90
# A list may lag behind: a younger post that is not in it says nothing.
SETTLED_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Proposal:
    """A finding that should be open now."""

    kind: str
    publication: Publication
    external_post_id: str
    why: str
    external_url: str = ""
    posted_at: datetime | None = None


def audit_posts(
    days: int = 30,
    *,
    account: SocialAccount | None = None,
    now: datetime | None = None,
    door: str = runs.Door.COMMAND,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Compare the posts of the last `days` days, of every connected account or of one.

    Answers {accounts, posts, opened, resolved, failed}: an account that cannot be asked (failed) stops
    no other, and its findings stay as they are. check: called between accounts, may raise to end the
    run. Raises InvalidInput. Not to be called in a transaction.
    """
    if not DAYS_MIN <= days <= DAYS_MAX:
        raise InvalidInput(f"days lies between {DAYS_MIN} and {DAYS_MAX}.", days=days)
    now = now or timezone.now()
    wanted = [account] if account else list(queries.connected_accounts())
    answer = {"accounts": 0, "posts": 0, "opened": 0, "resolved": 0, "failed": 0}
    with runs.recorded(ReconcileRun.Kind.AUDIT, door=door, days=days) as notes:
        for each in wanted:
            check()
            with notes.looking_at(each.platform) as numbers:
                answer["accounts"] += 1
                try:
                    seen = _audit_account(each, since=now - timedelta(days=days), now=now)
                except StakazoError as error:
                    logger.info("Account %s cannot be audited: %s", each.pk, error.message)
                    notes.trouble(str(each), each.platform, error.message)
                    numbers["skipped"] += 1
                    answer["failed"] += 1
                    continue
                for name, count in seen.items():
                    answer[name] += count
                    numbers[name] = numbers.get(name, 0) + count
                notes.found += seen["opened"]
    return answer


def _audit_account(account: SocialAccount, *, since: datetime, now: datetime) -> dict[str, int]:
    with accounts.client_of(account, keep=KEPT_FOR_POSTS) as client:
        listing = client.recent_posts(since=since)
    proposals = [
        *_removed(account, listing, since=since, now=now),
        *_unclaimed(account, listing, since=since),
    ]
    opened = sum(_open(account, proposal, now=now) for proposal in proposals)
    resolved = _resolve(account, listing, proposals)
    return {"posts": len(listing.posts), "opened": opened, "resolved": resolved}


# --- Ours that are gone ---------------------------------------------------------------------------


def _removed(
    account: SocialAccount, listing: Listing, *, since: datetime, now: datetime
) -> Iterator[Proposal]:
    there = {post.external_post_id for post in listing.posts}
    # What lies before the oldest post of a list that is cut off was not looked at.
    oldest = (
        since if listing.complete else min((post.posted_at for post in listing.posts), default=now)
    )
    ours = queries.published_since(oldest).filter(
        social_account=account, published_at__lte=now - SETTLED_AFTER
    )
    for publication in ours:
        if publication.external_post_id not in there and _is_listed(publication):
            yield Proposal(
                Kind.REMOVED,
                publication,
                publication.external_post_id,
                f"It was posted at {publication.published_at:%Y-%m-%d %H:%M} UTC, and the account "
                "does not list it any more: its owner or the platform removed it, or hid it.",
                publication.external_url,
                publication.published_at,
            )


def _is_listed(publication: Publication) -> bool:
    """Whether its platform lists such a post at all. TikTok lists public ones only."""
    if publication.social_account.platform != Platform.TIKTOK:
        return True
    return publication.privacy == "public" and publication.external_post_id.isdecimal()


# --- Theirs that look like ours -------------------------------------------------------------------


def _unclaimed(account: SocialAccount, listing: Listing, *, since: datetime) -> Iterator[Proposal]:
    owners = queries.owners_of(account, [post.external_post_id for post in listing.posts])
    strangers = [post for post in listing.posts if post.external_post_id not in owners]
    if not strangers:
        return
    first_logs = queries.first_attempts_since(account, since)
    for post in strangers:
        for log in first_logs:
            publication = log.publication
            if publication.status in (Publication.Status.UNKNOWN, Publication.Status.PUBLISHING):
                continue  # it is being asked about
            if compare(sought_of(log), post).fits:
                yield _looks_like(publication, post)
                break


def _looks_like(publication: Publication, post: ListedPost) -> Proposal:
    if publication.status == Publication.Status.PUBLISHED:
        kind, state = Kind.DOUBLE, f"which is live as {publication.external_post_id}"
    else:
        kind, state = Kind.UNCLAIMED, f"which is {publication.get_status_display().lower()}"
    why = f"It was posted at {post.posted_at:%Y-%m-%d %H:%M} UTC and looks like “{publication}”, {state}."
    return Proposal(
        kind, publication, post.external_post_id, why, post.external_url, post.posted_at
    )


# --- Findings -------------------------------------------------------------------------------------


def _open(account: SocialAccount, proposal: Proposal, *, now: datetime) -> bool:
    """Whether that is new. What somebody has dismissed is not opened again."""
    same = PostFinding.objects.filter(
        social_account=account,
        kind=proposal.kind,
        external_post_id=proposal.external_post_id,
    )
    if same.filter(status=Status.DISMISSED).exists():
        return False
    if same.filter(status=Status.OPEN).update(last_seen=now, why=proposal.why):
        return False
    try:
        with transaction.atomic():
            PostFinding.objects.create(
                social_account=account,
                kind=proposal.kind,
                publication=proposal.publication,
                external_post_id=proposal.external_post_id,
                external_url=proposal.external_url,
                posted_at=proposal.posted_at,
                why=proposal.why,
                first_seen=now,
                last_seen=now,
            )
    except IntegrityError:
        return False  # another audit was faster
    return True


def _resolve(account: SocialAccount, listing: Listing, proposals: Iterable[Proposal]) -> int:
    """End those of which the list now says something else; how many."""
    still = {(each.kind, each.external_post_id) for each in proposals}
    there = {post.external_post_id for post in listing.posts}
    ended = 0
    for finding in PostFinding.objects.filter(social_account=account, status=Status.OPEN):
        if (finding.kind, finding.external_post_id) in still:
            continue
        if finding.kind == Kind.REMOVED:
            why = "The account lists it again." if finding.external_post_id in there else ""
        elif finding.external_post_id in there:
            why = "It belongs to a publication now, or looks like none of ours any more."
        else:
            why = "The account does not list it any more." if listing.complete else ""
        ended += bool(why) and _end(finding, Status.RESOLVED, why)
    return ended


def _end(finding: PostFinding, to: str, why: str) -> bool:
    try:
        FINDING.move(finding, to, why=why, values={"ended_why": why[:500]})
    except StaleState:
        return False  # somebody ended it just now
    return True


def dismiss_finding(finding: PostFinding, *, why: str = "a person looked") -> PostFinding:
    """Somebody looked, and it is as it should be; it is not opened again.

    Raises IllegalMove when it is over already, StaleState.
    """
    check_reach(finding.social_account.mode)
    return FINDING.move(finding, Status.DISMISSED, why=why, values={"ended_why": why[:500]})
