"""Rules that wait for a decision, and outcomes that nobody has learned from yet."""

from collections.abc import Iterator

from campaigns.learning import MIN_EXAMPLES
from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity, some


def rules_to_decide_on(facts: Facts) -> Iterator[Finding]:
    """Rules that were learned, and proposed, and wait for somebody."""
    for rule in facts.proposed_rules:
        if not rule.examples or rule.explained is None:
            continue  # written by somebody, who knows what for
        before = 0.0 if rule.explained_before is None else max(rule.explained_before, 0.0)
        yield Finding(
            title=f"{rule.name} waits for a decision",
            evidence=(
                f"Learned from {some(rule.examples, 'post')}; it explains {rule.explained:.0%} of the"
                f" differences between posts it had not seen, the rule in use {before:.0%}.",
            ),
            severity=Severity.INFO,
            action=Action(
                "Look at what changes, and activate it.",
                (Call("POST", f"/rules/{rule.rule_id}/activate", {"why": "better on outcomes"}),),
            ),
            confidence=round(min(max(0.5 + (rule.explained - before) / 2, 0.5), 0.9), 2),
        )


def outcomes_to_learn_from(facts: Facts) -> Iterator[Finding]:
    """Platforms with MIN_EXAMPLES more posts with figures than when somebody last learned there."""
    for outcomes in facts.outcomes:
        new = outcomes.posts - outcomes.learned_from
        if new >= MIN_EXAMPLES:
            yield Finding(
                title=f"{some(new, 'post')} on {outcomes.platform} to learn from",
                evidence=(
                    f"{outcomes.posts} posts have figures; the last rule was learned from"
                    f" {outcomes.learned_from}.",
                ),
                severity=Severity.INFO,
                action=Action(
                    "Learn from them; a rule is only proposed if it is better.",
                    (Call("POST", "/engine/train", {"platform": outcomes.platform}),),
                ),
                confidence=0.6,
            )
