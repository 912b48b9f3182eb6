"""Stopping a post: until the step that may make it live has begun, and not a moment longer.

The attempt's row decides. Whoever stops locks it and finds it before that step; the worker crosses
with a conditional UPDATE of the same row (`attempts.cross`), so one of the two is first and the other
finds out. Nothing is sent after a stop, however long the worker takes to notice it.
"""

import contextlib

from django.db import transaction

from jobs.services import cancel_job
from ledger.machine import IllegalMove, StaleState
from publishing import queries
from publishing.errors import TooLate
from publishing.models import PUBLICATION, Publication
from publishing.services import attempts
from stakazo.identity.reach import check_reach

Status = Publication.Status


def cancel_publication(publication: Publication, *, why: str = "asked for") -> Publication:
    """Take it back before it is sent, also while its file is on the way to the platform.

    Raises TooLate once it may be live, IllegalMove when it is over already.
    """
    check_reach(publication.social_account.mode)
    for last_try in (False, True):
        try:
            with transaction.atomic():
                if publication.status == Status.PUBLISHING:
                    take_back_attempt(publication, to=Status.CANCELLED, why=why)
                    publication.refresh_from_db()
                else:
                    PUBLICATION.move(publication, Status.CANCELLED, why=why)
            break
        except StaleState:
            if last_try:
                raise
            publication.refresh_from_db()  # it went on its way just now
    # Apart from the move, so that no two rows are ever locked in the opposite order of the worker's.
    stop_job(publication, why="Its publication was cancelled.")
    return publication


def take_back_attempt(publication: Publication, *, to: str, why: str) -> None:
    """End the attempt in hand, in the caller's transaction, if nothing can be live yet.

    Raises TooLate when it may be, StaleState when there is none (any more).
    """
    log = queries.open_attempt_of(publication)
    if log is None:
        raise StaleState("There is no attempt in hand.", entity_id=str(publication.pk))
    if not attempts.take_back(log, to=to, why=why):
        raise TooLate(
            "It has been sent and may be live; it can no longer be stopped.",
            publication_id=str(publication.pk),
        )


def stop_job(publication: Publication, *, why: str) -> None:
    """End the job that waits for it, or ask the running one to end (at its next heartbeat)."""
    job = queries.live_job_of(publication)
    if job is not None:
        # One that has ended by now will find the publication as it is.
        with contextlib.suppress(IllegalMove, StaleState):
            cancel_job(job, why=why)
