"""What is still to be done to posts that are live: planned with the post's success, each a row and a job.

How one is done, and never twice: `finishing`.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jobs.errors import NotWaiting
from jobs.models import Job
from jobs.services import cancel_job, enqueue, start_now
from ledger.machine import IllegalMove, StaleState
from media_assets.models import video_correlation
from publishing import queries
from publishing.models import STEP, Publication, PublishStep, StepKind
from publishing.payloads import FinishPost
from publishing.platforms import definition_of
from stakazo.identity.reach import check_reach

Status = PublishStep.Status
NO_FAILURE = {"error": "", "error_code": "", "error_kind": "", "remedy": ""}


def steps_wanted(platform: str, options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Kind → columns of the steps that these options ask for. Pure."""
    wanted: dict[str, dict[str, Any]] = {}
    comment, at_ms = options.get("first_comment"), options.get("thumb_offset_ms")
    if isinstance(comment, str) and comment.strip():
        wanted[StepKind.FIRST_COMMENT] = {"text": comment.strip()}
    if isinstance(at_ms, int) and not isinstance(at_ms, bool) and at_ms >= 0:
        wanted[StepKind.THUMBNAIL] = {"at_ms": at_ms}
    return {kind: wanted[kind] for kind in definition_of(platform).steps if kind in wanted}


def plan_steps(publication: Publication) -> None:
    """It is live now: write down what is to be done to it. In the transaction of the success."""
    platform = publication.social_account.platform
    for kind, columns in steps_wanted(platform, publication.options).items():
        step, is_new = PublishStep.objects.get_or_create(
            publication=publication, kind=kind, defaults=columns
        )
        if is_new:
            ensure_job(step)


def ensure_job(step: PublishStep) -> Job:
    """A job that works on it; one that waits is left as it is."""
    return enqueue(
        "finish_post",
        FinishPost(step.pk),
        dedup_key=queries.step_job_key(step.pk),
        correlation_id=video_correlation(step.publication.clip_variant.clip.video_asset_id),
    )


def retry_step(step: PublishStep, *, why: str = "asked for") -> PublishStep:
    """Do one that failed once more; what was sent before is asked about first, and at once.

    Raises IllegalMove when it is done, dropped or waits already, StaleState.
    """
    check_reach(step.publication.social_account.mode)
    if step.status not in (Status.FAILED, Status.UNKNOWN):
        raise IllegalMove(
            f"Only a step that failed or is unknown is tried again; this one is {step.status}.",
            entity_id=str(step.pk),
            state=step.status,
        )
    with transaction.atomic():
        if step.status == Status.FAILED:
            values = {**NO_FAILURE, "sends": 0, "clean_checks": [], "updated_at": timezone.now()}
            ask_first = step.kind == StepKind.FIRST_COMMENT and step.sends > 0
            STEP.move(step, Status.UNKNOWN if ask_first else Status.WAITING, why=why, values=values)
        job = ensure_job(step)
    if job.is_waiting and job.run_at > timezone.now():
        with contextlib.suppress(NotWaiting):  # it began just now
            start_now(job, why=why)
    return step


def drop_step(step: PublishStep, *, why: str = "asked for") -> PublishStep:
    """Leave it undone. Raises IllegalMove when it is done or being done, StaleState."""
    check_reach(step.publication.social_account.mode)
    STEP.move(step, Status.DROPPED, why=why)
    job = queries.live_job_of_step(step)
    if job is not None:
        with contextlib.suppress(IllegalMove, StaleState):  # it will find the step as it is
            cancel_job(job, why="Its step was dropped.")
    return step


def take_up_forgotten_steps(*, now: datetime | None = None) -> int:
    """Give a job to each open step that lost its own; how many."""
    forgotten = queries.steps_without_a_job(now=now or timezone.now())
    for step in forgotten:
        ensure_job(step)
    return len(forgotten)
