"""What the ledger remembers of reasoning."""

from ledger.flows import on_its_way
from ledger.registry import ERROR, Audited, audit, declare
from stakazo.reasoning.models import ReasoningRun

S = ReasoningRun.Status
audit(
    Audited(
        model=ReasoningRun,
        entity_type="reasoning_run",
        created=declare("reasoning_started", "The reasoning worker looks at the house."),
        moved={
            S.RUNNING: declare("reasoning_restarted", "A look that failed is begun again."),
            S.COMPLETED: declare("reasoning_completed", "Its proposals are there."),
            S.FAILED: declare("reasoning_failed", "It did not get to the end.", ERROR),
        },
        facts=lambda run: {
            "trigger": run.trigger,
            **({"summary": run.summary} if run.summary else {}),
            **({"error": run.error} if run.error else {}),
        },
        job_id=lambda run: run.job_id,
    )
)
on_its_way("reasoning_started", "reasoning_restarted")
