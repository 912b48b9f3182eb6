"""Where the jobs of this room enter."""

from typing import Any

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from stakazo.reasoning import services
from stakazo.reasoning.models import ReasoningRun
from stakazo.reasoning.payloads import AiReasoning
from stakazo.reasoning.queries import snapshot
from stakazo.reasoning.reasoner import think


@handles("ai_reasoning", payload=AiReasoning, max_attempts=2, timeout_s=120)
def ai_reasoning(job: Running[AiReasoning]) -> Outcome:
    """Look at the whole house, and propose what to do next."""
    run = services.begin_run(job.job.pk, trigger=job.payload.trigger)
    if run.status == ReasoningRun.Status.COMPLETED:
        return Done({"reasoning_run_id": str(run.pk)})
    try:
        job.stage("look")
        facts = snapshot()
        job.stage("think")
        thought = think(facts)
    except Exception as error:
        services.fail_run(run, error=f"{type(error).__name__}: {error}")
        raise

    def keep() -> dict[str, Any]:
        services.complete_run(run, facts=facts.data(), thought=thought)
        return {"reasoning_run_id": str(run.pk), "findings": len(thought.findings)}

    return Done(effect=keep)
