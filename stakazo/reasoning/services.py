"""Every write of reasoning: asking for a run, beginning it, ending it."""

import uuid
from typing import Any

from django.db import transaction

from jobs.models import Job
from jobs.services import enqueue
from stakazo.core.errors import InvalidInput
from stakazo.reasoning.models import REASONING, ReasoningRun
from stakazo.reasoning.payloads import AiReasoning
from stakazo.reasoning.queries import DEDUP_KEY
from stakazo.reasoning.reasoner import NAME, VERSION, Thought

S = ReasoningRun.Status


def request_reasoning(*, trigger: str = ReasoningRun.Trigger.ASKED) -> Job:
    """Put a run in the queue; one that waits or runs already is given back."""
    if trigger not in ReasoningRun.Trigger.values:
        raise InvalidInput(
            f"There is no trigger called {trigger!r}.", known=ReasoningRun.Trigger.values
        )
    return enqueue("ai_reasoning", AiReasoning(str(trigger)), dedup_key=DEDUP_KEY)


def begin_run(job_id: uuid.UUID, *, trigger: str) -> ReasoningRun:
    """The run of this job, running; a second try of the same job takes up the same run.

    Runs whose job ended without them (the machine died) are closed first.
    """
    with transaction.atomic():
        _close_abandoned(but=job_id)
        run, made = ReasoningRun.objects.get_or_create(
            job_id=job_id,
            defaults={"trigger": trigger, "reasoner": NAME, "reasoner_version": VERSION},
        )
        if not made and run.status == S.FAILED:
            REASONING.move(
                run, S.RUNNING, why="tried again", values={"ended_at": None, "error": ""}
            )
    return run


def complete_run(run: ReasoningRun, *, facts: dict[str, Any], thought: Thought) -> ReasoningRun:
    """Keep what came of it. Raises IllegalMove when the run has already ended."""
    return REASONING.move(
        run,
        S.COMPLETED,
        why=thought.summary,
        values={
            "snapshot": facts,
            "recommendations": [finding.data() for finding in thought.findings],
            "plan": thought.plan,
            "summary": thought.summary,
            "reasoner": thought.reasoner,
            "reasoner_version": thought.version,
        },
    )


def fail_run(run: ReasoningRun, *, error: str) -> ReasoningRun:
    """Close a run that did not get to the end."""
    return REASONING.move(run, S.FAILED, why=error, values={"error": error})


def _close_abandoned(*, but: uuid.UUID) -> None:
    open_runs = list(ReasoningRun.objects.filter(status=S.RUNNING).exclude(job_id=but))
    alive = set(
        Job.objects.filter(
            pk__in=[run.job_id for run in open_runs], status__in=Job.LIVE
        ).values_list("pk", flat=True)
    )
    for run in open_runs:
        if run.job_id not in alive:
            fail_run(run, error="Its job ended without it.")
