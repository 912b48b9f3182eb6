"""From facts to findings, a plan and a summary.

The reasoner is deterministic: the same facts give the same answer, no network, no model. A language
model may one day reason beside it behind the same signature; this one stays the default, for what it
says can be proved.
"""

from dataclasses import dataclass
from typing import Any

from stakazo.reasoning.facts import Facts
from stakazo.reasoning.findings import ORDER, Finding, Severity, some
from stakazo.reasoning.rules import RULES

NAME, VERSION = "rules", "1"
NOTE = "Nothing was done. Each step waits for somebody to take it."


@dataclass(frozen=True)
class Thought:
    """What came of looking: findings in order of urgency, a plan, and a summary for people."""

    findings: tuple[Finding, ...]
    plan: dict[str, Any]
    summary: str
    reasoner: str = NAME
    version: str = VERSION


def think(facts: Facts) -> Thought:
    """Ask every rule. Pure."""
    found = [
        Finding(**{**_fields(finding), "rule": rule.__name__})
        for rule in RULES
        for finding in rule(facts)
    ]
    # Stable: what is equally urgent keeps the order of the rules.
    found.sort(key=lambda each: (ORDER[each.severity], -each.confidence))
    return Thought(tuple(found), plan_of(found), summary_of(found))


def plan_of(findings: list[Finding]) -> dict[str, Any]:
    """The actions in order, each action once; what it rests on beside it. Proposals, nothing more."""
    steps: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in findings:
        data = finding.data()
        calls = data["action"]["calls"]
        key = (data["action"]["title"], repr(calls))
        if key in seen:
            seen[key]["because"].append(finding.title)
            continue
        step = {
            "number": len(steps) + 1,
            "do": data["action"]["title"],
            "because": [finding.title],
            "severity": data["severity"],
            "confidence": finding.confidence,
            "calls": calls,
        }
        seen[key] = step
        steps.append(step)
    return {"note": NOTE, "steps": steps}


def summary_of(findings: list[Finding]) -> str:
    """How things are, in a sentence or two."""
    if not findings:
        return "All is well; nothing needs anybody."
    counts = {level: sum(each.severity == level for each in findings) for level in Severity}
    words = {
        Severity.ERROR: ("thing needs somebody now", "things need somebody now"),
        Severity.WARN: ("should be looked at", "should be looked at"),
        Severity.INFO: ("could be made better", "could be made better"),
    }
    parts = [some(counts[level], *words[level]) for level in ORDER if counts[level]]
    return f"{', '.join(parts)}. First: {findings[0].title}."


def _fields(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
