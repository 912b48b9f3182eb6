"""Reconciliation: settling attempts whose outcome nobody told us.

The platform is asked first, outside of any transaction. Success needs the platform to show the post,
failure needs proof that there is none: the platform says so, or nothing was ever sent and no job is
left that could. Everything else is skipped and looked at again. Safe to run several at once: whoever
settles an attempt first counts it.
"""

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from jobs.models import Job
from ledger.machine import IllegalMove, StaleState
from ledger.services import log_event
from publishing import queries
from publishing.errors import NeedsReconnect, PlatformBusy, PlatformProblem
from publishing.models import Publication, PublishLog, ReconcileRun
from publishing.platforms.base import PostState, PostStatus
from publishing.services import attempts, renewing, runs, settling, steps
from publishing.services.publications import ensure_job
from publishing.services.settling import Finding, Verdict
from stakazo.core.errors import InvalidInput, StakazoError
from stakazo.identity.reach import in_reach

logger = logging.getLogger(__name__)

SINCE_MINUTES_MIN, SINCE_MINUTES_MAX = 1, 1440


def reconcile(
    since_minutes: int = 10,
    *,
    now: datetime | None = None,
    dry_run: bool = False,
    door: str = runs.Door.COMMAND,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Settle the open attempts that nobody touched for since_minutes, 1 to 1440. The run is recorded.

    Answers {total_checked, marked_success, marked_failed, skipped, success_log_ids, failed_log_ids}.
    dry_run: ask, but settle nothing. door: who was asked for it. check: called between attempts, may raise to end the run.
    Raises InvalidInput. Not to be called in a transaction: it makes network calls.
    """
    if not SINCE_MINUTES_MIN <= since_minutes <= SINCE_MINUTES_MAX:
        raise InvalidInput(
            f"since_minutes lies between {SINCE_MINUTES_MIN} and {SINCE_MINUTES_MAX}.",
            since_minutes=since_minutes,
        )
    now = now or timezone.now()
    parameters = {"since_minutes": since_minutes, "dry_run": dry_run}
    forgotten = queries.attempts_untouched_since(now - timedelta(minutes=since_minutes))
    with runs.recorded(ReconcileRun.Kind.SETTLE, door=door, **parameters) as notes:
        for log in list(in_reach(forgotten, mode="publication__social_account__mode")):
            check()
            platform = log.publication.social_account.platform
            with notes.looking_at(platform) as numbers:
                trouble = partial(notes.trouble, str(log.pk), platform)
                to = _reconcile_one(log, now=now, dry_run=dry_run, trouble=trouble)
                notes.settled(log, to, numbers)
    return notes.answer()


def reconcile_publication(publication: Publication) -> str:
    """Ask about this one now, however young; what it is then, in words. Raises StakazoError."""
    log = queries.open_attempt_of(publication)
    if log is None:
        raise IllegalMove(
            "It has no open attempt to ask about.",
            entity_id=str(publication.pk),
            state=publication.status,
        )
    _reconcile_one(log, now=timezone.now(), dry_run=False, loud=True)
    publication.refresh_from_db()
    return str(publication.get_status_display())


def _reconcile_one(
    log: PublishLog,
    *,
    now: datetime,
    dry_run: bool,
    loud: bool = False,
    trouble: Callable[[str], None] = lambda words: None,
) -> PublishLog.Status | None:
    """The state it was brought into; None: skipped."""
    job = queries.live_job_of(log.publication)
    if job is not None and job.status == Job.Status.PROCESSING:
        return None  # somebody works on it at this moment
    try:
        finding = _asked(log)
        to, why = _decision(log, finding, job, now=now)
        if dry_run:
            return to
        if to is None:
            delivered = finding.verdict is Verdict.DELIVERED
            if delivered:
                attempts.deliver(log, why=finding.status.reason)
            # What waits for a creator is settled as far as we can: it is not looked at in each run.
            attempts.note_answer(log, finding.status, clean=finding.clean, touch=delivered)
            return None
        return _settle(log, to, finding, why=why, now=now)
    except StaleState:
        return None  # somebody was faster
    except StakazoError as error:
        if isinstance(error, NeedsReconnect):
            with contextlib.suppress(PlatformBusy, PlatformProblem):  # renewed: the next run asks
                renewing.renew_or_expire(log.publication.social_account, why=error.message)
        if loud:
            raise
        logger.info("Attempt %s cannot be settled now: %s", log.pk, error.message)
        trouble(error.message)
        return None


def _asked(log: PublishLog) -> Finding:
    if not log.handle and settling.nothing_was_sent(log):
        return Finding(
            Verdict.ABSENT, PostStatus(PostState.FAILED, reason="Nothing was ever sent.")
        )
    with settling.client_to_ask(log) as client:
        return settling.ask(log, client)


def _decision(
    log: PublishLog, finding: Finding, job: Job | None, *, now: datetime
) -> tuple[PublishLog.Status | None, str]:
    """Where the evidence leads, and why, in a sentence."""
    failed, reason = PublishLog.Status.FAILED, finding.status.reason
    if finding.verdict is Verdict.PUBLISHED:
        return PublishLog.Status.SUCCESS, "The platform shows the post."
    if settling.nothing_was_sent(log):
        if job is not None:
            return None, "A job will go on with it."
        if finding.verdict in (Verdict.ABSENT, Verdict.IDLE):
            return failed, "It was never sent, and no job is left that would."
        return None, "It was not sent, and the platform gives no clear answer."
    if finding.verdict is Verdict.DELIVERED:
        return None, "It waits for the creator."
    if finding.verdict is Verdict.ABSENT:
        return failed, f"The platform says that there will be no post. {reason}".strip()
    if finding.verdict is Verdict.IDLE and job is None and settling.is_gone(log, now=now):
        return failed, "The platform shows nothing of it, longer than it could still appear."
    return None, "The platform gives no clear answer yet."


def _settle(
    log: PublishLog, to: PublishLog.Status, finding: Finding, *, why: str, now: datetime
) -> PublishLog.Status | None:
    extra = {"reconciled": True, "reconciled_at": now.isoformat(), "reconciliation_reason": why}
    with transaction.atomic():
        if to is PublishLog.Status.SUCCESS:
            if not attempts.succeed(log, finding.status, why=why, extra=extra):
                return None
        else:
            attempts.fail(
                log, error=why, error_code="publishing.reconciled", untouched=True, extra=extra
            )
        log_event(
            "publish_reconciled",
            entity=log.publication,
            clip_id=log.publication.clip_variant.clip_id,
            metadata={"publish_log_id": log.pk, "to": to, "why": why},
        )
    return to


def take_up_forgotten(*, now: datetime | None = None) -> int:
    """Give a job to each publication, and each step of a live one, that should have one; how many.

    A lost job, or a dead one: what waits is posted, what is unknown is asked about, for a day.
    """
    now = now or timezone.now()
    taken = 0
    for publication in queries.publications_without_a_job(now=now):
        if publication.status != Publication.Status.SCHEDULED:
            log = queries.open_attempt_of(publication)
            # What was never sent and lost its job is settled by reconcile(), not begun again.
            if (
                log is None
                or settling.nothing_was_sent(log)
                or settling.asked_long_enough(log, now=now)
            ):
                continue
        ensure_job(publication)
        taken += 1
    return taken + steps.take_up_forgotten_steps(now=now)


def settle_if_clear(log: PublishLog, *, extra: Mapping[str, Any]) -> bool:
    """Ask about an attempt on somebody's hint; whether that settled it. Raises PlatformBusy.

    extra: noted on an attempt that is settled, in the same transaction: whose hint it was. Success is taken at once. Failure is left to the job that works on it, or to reconciliation.
    """
    with settling.client_to_ask(log) as client:
        finding = settling.ask(log, client)
    if finding.verdict is not Verdict.PUBLISHED:
        if finding.verdict is Verdict.DELIVERED:
            attempts.deliver(log, why=finding.status.reason)
        attempts.note_answer(log, finding.status, clean=False, touch=False)
        return False
    why = "The platform told us, and shows the post."
    return attempts.succeed(log, finding.status, why=why, extra=extra)
