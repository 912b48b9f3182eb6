"""The last looks before a post leaves: at its approval, at the file, and at the clock.

Called by the job that posts (`posting`). What must not leave is put where somebody finds it.
"""

import hashlib
from pathlib import Path

from jobs.registry import Done, Outcome
from publishing import queries
from publishing.approval import Mode, mode_of
from publishing.errors import NotApproved
from publishing.models import PUBLICATION, Publication, PublishLog
from publishing.services import attempts

Status = Publication.Status
_UNAPPROVED = "Nobody has approved what it says now."


def before_start(publication: Publication) -> Outcome | None:
    """In the transaction that begins the attempt: None when it may begin, else how its job ends.

    Raises StaleState when it does not wait any more.
    """
    publication = attempts.locked(publication)
    if publication.status != Status.SCHEDULED:
        return Done({"left": publication.status})
    if queries.lacks_approval(publication):
        PUBLICATION.move(publication, Status.AWAITING, why=_UNAPPROVED)
        return Done({"left": publication.status, "why": _UNAPPROVED})
    return None


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
