"""Learning from outcomes: what comes of it is a proposal, never a decision."""

import math
from collections.abc import Mapping
from dataclasses import asdict

from campaigns.errors import NothingLearned, TooFewExamples
from campaigns.learning import MIN_EXAMPLES, MOST_CHANCE, Lesson, learn
from campaigns.models import PlatformRule
from campaigns.outcomes import examples_of
from campaigns.services.rules import propose_rule, rule_in_use
from publishing.models import Platform


def train(platform: str) -> PlatformRule:
    """Propose weights that fit what the posts on this platform brought.

    The same outcomes give the same proposal, and one that still waits is given back. Raises
    UnknownPlatform, NoActiveRule, TooFewExamples, NothingLearned.
    """
    current = rule_in_use(platform)
    examples = examples_of(platform, limits=current.ruleset.limits)
    label = Platform(platform).label
    if len(examples) < MIN_EXAMPLES:
        missing = MIN_EXAMPLES - len(examples)
        raise TooFewExamples(
            f"{len(examples)} posts on {label} have figures; {missing} more are needed.",
            platform=platform,
            examples=len(examples),
            needed=MIN_EXAMPLES,
            missing=missing,
        )
    lesson = learn(examples, current=current.ruleset.weights)
    figures = _figures(lesson, current)
    if not lesson.better:
        raise NothingLearned(
            f"{_quality(lesson, current)} That is no reason to change the rule.",
            platform=platform,
            **figures,
        )
    waiting = PlatformRule.objects.filter(
        platform=platform, status=PlatformRule.Status.PROPOSED, weights=lesson.weights
    ).first()
    return waiting or propose_rule(
        platform,
        weights=lesson.weights,
        limits=current.limits,
        why=_why(lesson, current),
        evidence=figures,
    )


def _figures(lesson: Lesson, current: PlatformRule) -> dict[str, object]:
    figures = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(lesson).items()
        if name != "weights"
    }
    return {
        **figures,
        "unseen": list(lesson.unseen),
        "compared_with": current.version,
        "most_chance": MOST_CHANCE,
    }


def _quality(lesson: Lesson, current: PlatformRule) -> str:
    return (
        f"Learned from {lesson.examples} posts. Of the differences between the {lesson.held_out}"
        f" newest, which were held out, the learned weights explain {_percent(lesson.explained)},"
        f" the rule in use (v{current.version}) {_percent(lesson.explained_before)}. Outcomes dealt"
        f" out at random fit as well in {lesson.chance:.1%} of the cases."
    )


def _why(lesson: Lesson, current: PlatformRule) -> str:
    before = shares(current.weights)
    names = sorted(
        before.keys() | lesson.weights.keys(),
        key=lambda name: (-abs(lesson.weights.get(name, 0.0) - before.get(name, 0.0)), name),
    )
    changes = [
        f"{name} {before.get(name, 0.0):.3f} → {lesson.weights.get(name, 0.0):.3f}"
        for name in names
        if not math.isclose(before.get(name, 0.0), lesson.weights.get(name, 0.0), abs_tol=5e-4)
    ]
    lines = [_quality(lesson, current), f"Changes: {', '.join(changes) or 'none'}."]
    if lesson.unseen:
        lines.append(f"Left as they are, for all posts were alike: {', '.join(lesson.unseen)}.")
    return "\n".join(lines)


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights as shares that by size sum to 1, so that two rules can be compared."""
    whole = sum(abs(weight) for weight in weights.values()) or 1.0
    return {name: weight / whole for name, weight in weights.items()}


def _percent(share: float) -> str:
    return f"{share:.0%}" if share > 0 else "nothing"
