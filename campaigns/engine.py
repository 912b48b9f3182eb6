"""The rules engine: which clip a platform gets, and why. Pure functions, no database.

A score is the weighted mean of a clip's features, 0 to 1. A negative weight means "the less, the
better": it counts 1 − x. So the order of clips is that of the linear model w · x, the score stays
between 0 and 1, and each feature has a share of the score that can be said in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campaigns.features import LABELS, NEUTRAL, Candidate, Limits, values_of

# Shares below this are too small to be worth a sentence.
WORTH_SAYING = 0.02


@dataclass(frozen=True)
class Ruleset:
    """What decides: weights and limits, and the name of the platform for the sentences."""

    platform: str
    weights: Mapping[str, float]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Contribution:
    """What one feature did to a score. share of most: points gained and points possible, 0 to 1."""

    feature: str
    value: float
    weight: float
    share: float
    most: float
    measured: bool

    @property
    def lost(self) -> float:
        """The part of the score that this feature did not give."""
        return self.most - self.share


@dataclass(frozen=True)
class Score:
    """The score of one candidate with its explanation.

    value: 0 to 1. excluded: why a hard limit puts the clip out of the choice, or "". contributions:
    largest share first. missing: features that were not measured and counted as neutral.
    """

    candidate: Candidate
    value: float
    excluded: str
    contributions: tuple[Contribution, ...]
    missing: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """The best candidate, if there is one, and every other with its score, best first."""

    ruleset: Ruleset
    best: Score | None
    others: tuple[Score, ...]

    def why_lost(self, other: Score) -> str:
        """In a sentence, why this one was not chosen."""
        if other.excluded or self.best is None:
            return other.excluded
        behind = self.best.value - other.value
        if behind <= 0:
            return "As good as the chosen one; the earlier rank decided."
        against = _largest_gap(self.best, other)
        return f"{_points(behind)} behind{f', most of it for: {against}' if against else ''}."


def evaluate(candidate: Candidate, ruleset: Ruleset) -> Score:
    """Score one candidate and say why."""
    values = values_of(candidate, ruleset.limits)
    whole = sum(abs(weight) for weight in ruleset.weights.values())
    contributions = []
    for name, weight in ruleset.weights.items():
        if not weight:
            continue
        value = values.get(name, NEUTRAL)
        most = abs(weight) / whole
        good = value if weight > 0 else 1.0 - value
        contributions.append(
            Contribution(name, value, weight, good * most, most, measured=name in values)
        )
    contributions.sort(key=lambda each: (-each.share, each.feature))
    # Rounded, so that equal clips are equal in spite of the order in which floats were added.
    score = round(min(max(sum(each.share for each in contributions), 0.0), 1.0), 6)
    excluded = exclusion(candidate, ruleset)
    missing = tuple(sorted(each.feature for each in contributions if not each.measured))
    return Score(
        candidate=candidate,
        value=score,
        excluded=excluded,
        contributions=tuple(contributions),
        missing=missing,
        sentences=tuple(_sentences(score, excluded, contributions, missing, ruleset.platform)),
    )


def choose(candidates: Iterable[Candidate], ruleset: Ruleset) -> Choice:
    """The best candidate that keeps to the limits.

    Equal scores: the better rank wins, then the earlier start, then the smaller id.
    """
    scores = sorted((evaluate(each, ruleset) for each in candidates), key=_order)
    best = scores[0] if scores and not scores[0].excluded else None
    return Choice(ruleset, best, tuple(scores[1:] if best else scores))


def exclusion(candidate: Candidate, ruleset: Ruleset) -> str:
    """Why a hard limit keeps this candidate out; "" when none does."""
    limits, length = ruleset.limits, candidate.duration_ms
    if limits.min_duration_ms and length < limits.min_duration_ms:
        return (
            f"Too short for {ruleset.platform}: {_seconds(length)},"
            f" at least {_seconds(limits.min_duration_ms)}."
        )
    if limits.max_duration_ms and length > limits.max_duration_ms:
        return (
            f"Too long for {ruleset.platform}: {_seconds(length)},"
            f" at most {_seconds(limits.max_duration_ms)}."
        )
    if limits.required_formats and not candidate.formats & set(limits.required_formats):
        return f"{ruleset.platform} needs a file in {' or '.join(limits.required_formats)}."
    return ""


def _order(score: Score) -> tuple[bool, float, int, int, str]:
    clip = score.candidate
    # Rank 0 means "not ranked", which stands behind every rank.
    return (bool(score.excluded), -score.value, clip.rank or 1 << 15, clip.start_ms, clip.clip_id)


def _sentences(
    score: float,
    excluded: str,
    contributions: list[Contribution],
    missing: tuple[str, ...],
    platform: str,
) -> Iterable[str]:
    yield f"{_number(score)} of 100 points for {platform}."
    if excluded:
        yield excluded
    for each in [one for one in contributions if one.share >= WORTH_SAYING and one.measured][:3]:
        yield f"{_named(each)} gives {_points(each.share)} of {_number(each.most)} possible."
    against = sorted(
        (one for one in contributions if one.lost >= WORTH_SAYING and one.measured),
        key=lambda one: (-one.lost, one.feature),
    )
    for each in against[:2]:
        yield f"Against it: {_named(each)} costs {_points(each.lost)}."
    if missing:
        yield f"Not measured, counted as neutral: {', '.join(missing)}."


def _named(each: Contribution) -> str:
    label = LABELS[each.feature]
    if each.feature == "format_ready":
        return label if each.value else "No file in the platform's format yet"
    return f"{label} ({each.value:.2f}{', where less is better' if each.weight < 0 else ''})"


def _largest_gap(best: Score, other: Score) -> str:
    mine = {each.feature: each.share for each in other.contributions}
    gaps = [(each.share - mine[each.feature], each.feature) for each in best.contributions]
    gap, feature = max(gaps, key=lambda one: (one[0], one[1]))
    label = LABELS[feature]
    return label[0].lower() + label[1:] if gap > 0 else ""


def _points(share: float) -> str:
    number = _number(share)
    return f"{number} point" if number == "1" else f"{number} points"


def _number(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"
