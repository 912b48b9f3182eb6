"""Live posts that lack their first comment or their thumbnail."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import WARN, Proposal


def step_undone(facts: Facts) -> Iterator[Proposal]:
    """One alert per step that failed, or of which nobody knows; the post itself is live."""
    for step in facts.undone_steps:
        doubt = "is in doubt" if step.in_doubt else "was not done"
        yield Proposal(
            key=step.step_id,
            severity=WARN,
            title=f"{step.name} {doubt}"[:200],
            message=f"The post is live. {step.error} What to do: {step.remedy}",
            entity_type="publish_step",
            entity_id=step.step_id,
        )
