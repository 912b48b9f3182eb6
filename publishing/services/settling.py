"""Settling an attempt by asking the platform: probe the handle, then look through the recent posts.

`ask` talks to the network and writes nothing; what follows from its verdict is written by the callers
through `attempts`. Never is the absence of an answer taken for an answer.
"""

import enum
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from publishing import queries
from publishing.models import Platform, PublishLog
from publishing.platforms.base import PlatformClient, PostState, PostStatus
from publishing.services import accounts, attempts

# A list may lag behind, and clocks differ: look a little further back than the attempt began.
LOOK_BACK = timedelta(minutes=5)
ASK_FOR = timedelta(hours=24)  # then it is left to reconciliation and to a person
DELIVERED_FOR = timedelta(hours=72)  # a job looks so long whether the creator posts it


@dataclass(frozen=True)
class Patience:
    """How often, over how long, a platform must say "nothing posted" before we believe it.

    clean_checks over clean_for: then the same handle may be committed again. gone_after: without a
    job that would go on, the attempt counts as not posted this long after it was sent.
    """

    clean_checks: int
    clean_for: timedelta
    gone_after: timedelta


# platform-apis section 11, November 2026. Instagram: one container yields at most one post by all
# reports, but no page promises it. TikTok: the upload address dies after an hour. YouTube: nothing
# exists before the last byte, and a session answers for itself.
PATIENCE = {
    Platform.INSTAGRAM: Patience(3, timedelta(minutes=2), timedelta(minutes=15)),
    Platform.TIKTOK: Patience(2, timedelta(minutes=1), timedelta(minutes=70)),
    Platform.YOUTUBE: Patience(2, timedelta(minutes=1), timedelta(minutes=15)),
}


class Verdict(enum.StrEnum):
    """What asking has shown."""

    PUBLISHED = "published"  # the platform shows the post
    ABSENT = "absent"  # it says that there will be none
    IDLE = "idle"  # it has nothing of it yet, and could go on
    WORKING = "working"  # it has it all and works on it
    DELIVERED = "delivered"  # it waits for the creator, who posts it or not
    UNKNOWN = "unknown"  # it does not say


@dataclass(frozen=True)
class Finding:
    """The verdict and the platform's words."""

    verdict: Verdict
    status: PostStatus

    @property
    def clean(self) -> bool:
        """Whether this counts as one look that found nothing."""
        return self.verdict in (Verdict.IDLE, Verdict.ABSENT)


def client_to_ask(
    log: PublishLog, *, but: Iterable[str] = ()
) -> AbstractContextManager[PlatformClient]:
    """A client that knows which posts of the account belong to other publications.

    but: posts that somebody says are others.
    """
    account = log.publication.social_account
    taken = PublishLog.objects.filter(
        publication__social_account=account, status=PublishLog.Status.SUCCESS
    ).exclude(publication_id=log.publication_id)
    known = list(taken.order_by("-id").values_list("external_post_id", flat=True)[:200])
    known += but
    return accounts.client_of(account, known_post_ids=known)


def ask(log: PublishLog, client: PlatformClient) -> Finding:
    """What the platform shows of this attempt. Raises PlatformBusy, NeedsReconnect, PlatformProblem."""
    status = (
        client.get_publish_status(log.handle)
        if log.handle
        else PostStatus(PostState.UNKNOWN, reason="We have no handle to ask by")
    )
    if status.state is PostState.PUBLISHED and status.external_post_id:
        return Finding(Verdict.PUBLISHED, status)
    if status.state is PostState.DELIVERED:
        return Finding(Verdict.DELIVERED, status)
    if status.state is PostState.PROCESSING and log.publication.social_account.platform != (
        Platform.INSTAGRAM  # there it may just be the container that is not ready to be published
    ):
        return Finding(Verdict.WORKING, status)
    found = _in_the_list(log, client)
    if found is not None:
        return found
    match status.state:
        case PostState.PUBLISHED | PostState.PROCESSING:
            return Finding(Verdict.WORKING, status)
        case PostState.FAILED:
            return Finding(Verdict.ABSENT, status)
        case PostState.READY | PostState.UPLOADING:
            return Finding(Verdict.IDLE, status)
    return Finding(Verdict.UNKNOWN, status)


def _in_the_list(log: PublishLog, client: PlatformClient) -> Finding | None:
    publication = log.publication
    found = client.find_post(
        queries.content_of(publication),
        queries.media_of(publication.clip_variant),
        since=log.created_at - LOOK_BACK,
    )
    if found is None:
        return None
    if found.external_post_id and found.state is PostState.PUBLISHED:
        if queries.post_id_is_taken(publication.social_account, found.external_post_id, by_not=log):
            return Finding(
                Verdict.UNKNOWN,
                PostStatus(
                    PostState.UNKNOWN,
                    reason="The only post that fits belongs to another publication",
                ),
            )
        return Finding(Verdict.PUBLISHED, found)
    return Finding(Verdict.WORKING, found)


def may_go_again(log: PublishLog, *, now: datetime | None = None) -> bool:
    """Whether enough looks, over enough time, have found nothing."""
    patience = PATIENCE[Platform(log.publication.social_account.platform)]
    checks: list[str] = log.extra_metadata.get("clean_checks", [])
    if len(checks) < patience.clean_checks:
        return False
    first = datetime.fromisoformat(checks[0])
    return (now or timezone.now()) - first >= patience.clean_for


def is_gone(log: PublishLog, *, now: datetime | None = None) -> bool:
    """Whether an attempt that is idle on the platform has been so for longer than it can live on."""
    patience = PATIENCE[Platform(log.publication.social_account.platform)]
    return (now or timezone.now()) - log.updated_at >= patience.gone_after


def asked_long_enough(log: PublishLog, *, now: datetime | None = None) -> bool:
    """Whether we have asked for so long that only a person can help."""
    since: str | None = log.extra_metadata.get("asked_since")
    if since is None:
        return False
    return (now or timezone.now()) - datetime.fromisoformat(since) > ASK_FOR


def is_ready_to_send(log: PublishLog) -> bool:
    """Whether sending is what comes next: for the first time, or again."""
    return log.phase in attempts.SAFE_PHASES


def was_sent_before(log: PublishLog) -> bool:
    """Whether it went to the platform once, which then showed nothing often enough to go again."""
    return "went_again" in log.extra_metadata


def delivered_long_ago(log: PublishLog, *, now: datetime | None = None) -> bool:
    """Whether it has waited in an inbox for so long that only webhooks and reconciliation look."""
    since: str | None = log.extra_metadata.get("delivered_at")
    return since is not None and (now or timezone.now()) - datetime.fromisoformat(since) > (
        DELIVERED_FOR
    )


def nothing_was_sent(log: PublishLog) -> bool:
    """Whether the attempt never came to the point of no return."""
    return is_ready_to_send(log) and not was_sent_before(log)
