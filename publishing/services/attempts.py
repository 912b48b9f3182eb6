"""The two phases of an attempt: intent → handle → point of no return → result.

Each function is one step, written in the caller's transaction (`job.guarded()`, so that only the
worker that holds the job can take it). A step that no longer fits what the row says raises StaleState
and leaves everything as it is. Rows are always locked in the order attempt, publication.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.machine import StaleState
from publishing import queries
from publishing.errors import REMEDIES, FailureKind, PlatformError
from publishing.models import PUBLICATION, PUBLISH_LOG, Publication, PublishLog
from publishing.platforms.base import Handle, PostStatus
from publishing.platforms.error_table import Failure
from publishing.services import steps
from stakazo.core.errors import StakazoError

Phase, LogStatus, Status = PublishLog.Phase, PublishLog.Status, Publication.Status
SAFE_PHASES = (Phase.INTENT, Phase.PREPARED)  # nothing can be live yet
MAX_ASKED = 20
NO_FAILURE = {"error": "", "error_code": "", "error_kind": "", "remedy": ""}


def begin(publication: Publication) -> PublishLog:
    """Write the intent. Raises IllegalMove/StaleState when it is not (any more) to be posted."""
    with transaction.atomic():
        PUBLICATION.move(publication, Status.PUBLISHING, values={"error": ""})
        return PublishLog.objects.create(publication=publication)


def start_sending(log: PublishLog) -> None:
    """From now on the platform may be given something."""
    if log.status != LogStatus.PROCESSING:
        PUBLISH_LOG.move(log, LogStatus.PROCESSING, values={"updated_at": timezone.now()})


def keep_handle(log: PublishLog, handle: Handle) -> None:
    """Write down by what the platform knows this attempt."""
    if log.phase == Phase.PREPARED and log.handle == handle:
        return
    _write(log, within=SAFE_PHASES, phase=Phase.PREPARED, handle=dict(handle))


def cross(log: PublishLog) -> None:
    """The next call may make it live. If we die after this, the outcome is unknown."""
    _write(log, within=(Phase.PREPARED,), phase=Phase.COMMITTING, **NO_FAILURE)


def step_back(log: PublishLog, error: StakazoError) -> None:
    """The platform said no, provably before anything was posted: it may be tried again."""
    with transaction.atomic():
        if log.phase == Phase.COMMITTING:
            _write(log, within=(Phase.COMMITTING,), phase=Phase.PREPARED)
        facts = {**failure_facts(error), "updated_at": timezone.now()}
        if log.status == LogStatus.PROCESSING:
            PUBLISH_LOG.move(log, LogStatus.RETRY, why=error.message, values=facts)
        else:
            _write(log, within=SAFE_PHASES, **facts)


def failure_facts(error: StakazoError) -> dict[str, str]:
    """What an attempt keeps of a failure."""
    facts = {**NO_FAILURE, "error": error.message, "error_code": error.code}
    if isinstance(error, PlatformError):
        facts |= {"error_kind": str(error.kind), "remedy": error.remedy}
    return facts


def verdict_facts(failure: Failure | None) -> dict[str, str]:
    """What an attempt keeps of a platform's verdict."""
    return {"error_kind": str(failure.kind), "remedy": failure.cure} if failure else {}


def keep_post_id(log: PublishLog, status: PostStatus) -> None:
    """The platform named the post in its answer to the commit: by that it can be asked from now on."""
    handle = {**log.handle, "external_post_id": status.external_post_id}
    _write(log, within=(Phase.COMMITTING,), phase=Phase.ACCEPTED, handle=handle)


def accept(log: PublishLog) -> None:
    """The platform has it all and works on it."""
    with transaction.atomic():
        _write(log, within=(Phase.COMMITTING, Phase.ACCEPTED), phase=Phase.ACCEPTED)
        if log.publication.status == Status.UNKNOWN:
            PUBLICATION.move(
                log.publication, Status.PUBLISHING, why="The platform has it.", values={"error": ""}
            )


def deliver(log: PublishLog, *, why: str) -> None:
    """It waits for the creator. Nothing to do where that is known already."""
    if log.publication.status == Status.DELIVERED:
        return
    now = timezone.now()
    meta = {**log.extra_metadata, "delivered_at": now.isoformat()}
    with transaction.atomic():
        _write(
            log,
            within=(Phase.COMMITTING, Phase.ACCEPTED),
            phase=Phase.ACCEPTED,
            extra_metadata=meta,
            **NO_FAILURE,
        )
        PUBLICATION.move(log.publication, Status.DELIVERED, why=why, values={"error": ""})


def mark_unknown(log: PublishLog, *, why: str, error: PlatformError | None = None) -> None:
    """It was sent and nobody knows whether it is live. From here only asking helps."""
    kind = FailureKind.AMBIGUOUS
    known = failure_facts(error) if error else {"error_kind": kind, "remedy": REMEDIES[kind]}
    with transaction.atomic():
        _write(
            log,
            within=(Phase.COMMITTING, Phase.ACCEPTED),
            phase=log.phase,
            **{**known, "error": why},
        )
        if log.publication.status == Status.PUBLISHING:
            PUBLICATION.move(log.publication, Status.UNKNOWN, why=why, values={"error": why})


def let_go_again(log: PublishLog, *, why: str) -> None:
    """It is proven that nothing was posted: the same handle may be committed again."""
    with transaction.atomic():
        _write(
            log,
            within=(Phase.COMMITTING, Phase.ACCEPTED),
            phase=Phase.PREPARED,
            extra_metadata={**log.extra_metadata, "clean_checks": [], "went_again": why},
        )
        if log.publication.status == Status.UNKNOWN:
            PUBLICATION.move(log.publication, Status.PUBLISHING, why=why, values={"error": ""})


def take_for_sent(log: PublishLog, error: PlatformError) -> None:
    """It went again, and was not taken this time: whether the first one is live must be asked anew."""
    with transaction.atomic():
        _write(
            log,
            within=(*SAFE_PHASES, Phase.COMMITTING),
            phase=Phase.COMMITTING,
            extra_metadata={**log.extra_metadata, "clean_checks": []},
        )
        mark_unknown(log, why=error.message, error=error)


def note_answer(log: PublishLog, status: PostStatus, *, clean: bool, touch: bool = True) -> None:
    """Keep what the platform said when we asked. clean: it has nothing of it, and can go on.

    touch: whether this counts as work on the attempt (reconciliation leaves the time alone, so that
    what it could not settle is looked at again).
    """
    now = timezone.now().isoformat()
    meta = dict(log.extra_metadata)
    answer = {"at": now, "said": str(status.state), "reason": status.reason[:300]}
    meta.setdefault("asked_since", now)
    meta["asked"] = [*meta.get("asked", []), answer][-MAX_ASKED:]
    meta["clean_checks"] = [*meta.get("clean_checks", []), now][-MAX_ASKED:] if clean else []
    log.extra_metadata = meta
    changed: dict[str, Any] = {"extra_metadata": meta}
    if touch:
        log.updated_at = changed["updated_at"] = timezone.now()
    PublishLog.objects.filter(pk=log.pk).update(**changed)


def note_renewal(log: PublishLog, *, within: timedelta) -> int:
    """Keep that the account's token was renewed for this attempt; how often that was lately."""
    now = timezone.now()
    times = [
        text
        for text in log.extra_metadata.get("renewed", [])
        if now - datetime.fromisoformat(text) <= within
    ]
    log.extra_metadata = {**log.extra_metadata, "renewed": [*times, now.isoformat()]}
    PublishLog.objects.filter(pk=log.pk).update(extra_metadata=log.extra_metadata)
    return len(times) + 1


def succeed(
    log: PublishLog, status: PostStatus, *, why: str, extra: Mapping[str, Any] | None = None
) -> bool:
    """The platform shows the post. False: that was known already.

    Also true of an attempt that was taken for failed: what the platform shows wins.
    """
    with transaction.atomic():
        log = locked(log)
        if log.status == LogStatus.SUCCESS:
            return False
        found: dict[str, Any] = {
            "external_post_id": status.external_post_id,
            "external_url": status.external_url,
        }
        if log.status == LogStatus.PENDING:
            PUBLISH_LOG.move(log, LogStatus.PROCESSING)
        PUBLISH_LOG.move(
            log,
            LogStatus.SUCCESS,
            why=why,
            values={
                **found,
                "phase": Phase.SETTLED,
                **NO_FAILURE,
                "updated_at": timezone.now(),
                "extra_metadata": {**log.extra_metadata, **(extra or {})},
            },
            metadata=found,
        )
        publication = locked(log.publication)
        _close_unsent(publication, but=log)
        if publication.status != Status.PUBLISHED:
            PUBLICATION.move(publication, Status.PUBLISHED, why=why, values={**found, "error": ""})
            steps.plan_steps(publication)
    return True


def fail(
    log: PublishLog,
    *,
    error: str,
    error_code: str,
    again: bool = False,
    untouched: bool = False,
    extra: Mapping[str, Any] | None = None,
    facts: Mapping[str, str] | None = None,
) -> None:
    """It is proven that this attempt posted nothing and never will. facts: its kind and remedy.

    again: the publication goes back to waiting, for a fresh attempt. untouched: only if nobody wrote
    to the attempt since it was read (for callers that do not hold its job). Raises StaleState.
    """
    with transaction.atomic():
        fresh = locked(log)
        if fresh.status not in PublishLog.OPEN or (
            untouched and fresh.updated_at != log.updated_at
        ):
            raise StaleState("Somebody else is working on this attempt.", entity_id=str(log.pk))
        PUBLISH_LOG.move(
            fresh,
            LogStatus.FAILED,
            why=error,
            values={
                "phase": Phase.SETTLED,
                **NO_FAILURE,
                **(facts or {}),
                "error": error,
                "error_code": error_code,
                "updated_at": timezone.now(),
                "extra_metadata": {**fresh.extra_metadata, **(extra or {})},
            },
            metadata={"error_code": error_code},
        )
        publication = locked(log.publication)
        PUBLICATION.move(
            publication,
            Status.SCHEDULED if again else Status.FAILED,
            why=error,
            values={"error": error},
            metadata={"error": error, "error_code": error_code},
        )
        log.status, log.phase = fresh.status, fresh.phase
        log.publication.status = publication.status


def take_back(log: PublishLog, *, to: str, why: str) -> bool:
    """Somebody stops it: the attempt ends, its publication goes `to`. False: it may be live.

    Raises StaleState when it was settled meanwhile.
    """
    with transaction.atomic():
        fresh = locked(log)
        if fresh.status not in PublishLog.OPEN:
            raise StaleState("This attempt was settled just now.", entity_id=str(log.pk))
        # One that went again has been sent before; that it left nothing is likely, not certain.
        if fresh.phase not in SAFE_PHASES or "went_again" in fresh.extra_metadata:
            return False
        words = f"Stopped before it was sent: {why}"
        PUBLISH_LOG.move(
            fresh,
            LogStatus.FAILED,
            why=words,
            values={
                "phase": Phase.SETTLED,
                "error": words,
                "error_code": "publishing.stopped",
                "updated_at": timezone.now(),
            },
            metadata={"error_code": "publishing.stopped"},
        )
        PUBLICATION.move(locked(log.publication), to, why=why)
    return True


def _close_unsent(publication: Publication, *, but: PublishLog) -> None:
    """A post was found: an attempt that has sent nothing yet must not send it a second time."""
    unsent = PublishLog.objects.filter(
        publication=publication, status__in=PublishLog.OPEN, phase__in=SAFE_PHASES
    ).exclude(pk=but.pk)
    for log in unsent:
        PUBLISH_LOG.move(
            log,
            LogStatus.FAILED,
            why="An earlier attempt turned out to be live.",
            values={"phase": Phase.SETTLED, "error": "An earlier attempt turned out to be live."},
        )


def locked(row: Any) -> Any:
    """The row as the database holds it, held until the transaction ends."""
    rows = queries.attempts() if isinstance(row, PublishLog) else queries.publications()
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def _write(log: PublishLog, *, within: tuple[str, ...], **values: Any) -> None:
    """Write to an open attempt that is still in one of these phases. Raises StaleState."""
    values["updated_at"] = timezone.now()
    changed = PublishLog.objects.filter(
        pk=log.pk, status__in=PublishLog.OPEN, phase__in=within
    ).update(**values)
    if changed != 1:
        raise StaleState("Somebody else settled or moved this attempt.", entity_id=str(log.pk))
    for name, value in values.items():
        setattr(log, name, value)
