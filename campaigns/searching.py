"""What the rules of platforms ask of a search for clips. Pure functions, no database.

A rule scores clips that are there; here the same weights and limits say which spans of a video to
make clips of. What the analysis measures has one name in both; the overall look stands for the mix of
features that it is made of; whether a file is rendered already says nothing about a span.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from campaigns.engine import Ruleset
from campaigns.features import MEASURED
from media_assets.analysis.choosing import WEIGHTS, Weights

KNOWN = tuple(name for name in MEASURED if name in {each.name for each in fields(Weights)})


@dataclass(frozen=True)
class Search:
    """What to look for. None: as media_assets has it. weights: feature → share, {} for its own."""

    min_ms: int | None
    max_ms: int | None
    weights: dict[str, float]


def search_for(rulesets: Sequence[Ruleset]) -> Search:
    """One search that serves all these platforms: the mean of their weights, lengths all of them like.

    Where no length is liked by all, lengths that all of them take.
    """
    ideal = _span([(each.limits.ideal_min_ms, each.limits.ideal_max_ms) for each in rulesets])
    hard = _span([(each.limits.min_duration_ms, each.limits.max_duration_ms) for each in rulesets])
    low, high = ideal
    if low and high and low > high:
        low, high = hard
    if hard[0] and low:
        low = max(low, hard[0])
    if hard[1] and high:
        high = min(high, hard[1])
    if low and high and low > high:
        low = high = None
    return Search(low, high, _mean([weights_of(each) for each in rulesets]))


def weights_of(ruleset: Ruleset) -> dict[str, float]:
    """The weights of a rule as shares of what a span can be judged by; {} where it names none of it."""
    shares = {name: ruleset.weights[name] for name in KNOWN if ruleset.weights.get(name)}
    if look := ruleset.weights.get("visual_score", 0.0):
        ours = vars(WEIGHTS)
        whole = sum(map(abs, ours.values()))
        for name in KNOWN:
            shares[name] = shares.get(name, 0.0) + look * ours[name] / whole
    whole = sum(map(abs, shares.values()))
    return {name: value / whole for name, value in shares.items()} if whole else {}


def _mean(each: list[dict[str, float]]) -> dict[str, float]:
    told = [weights for weights in each if weights]
    names = [name for name in KNOWN if any(name in weights for weights in told)]
    return {
        name: round(sum(weights.get(name, 0.0) for weights in told) / len(told), 6)
        for name in names
    }


def _span(spans: list[tuple[int, int]]) -> tuple[int | None, int | None]:
    """The part that all spans share; 0 is no limit."""
    low = max((low for low, _ in spans), default=0)
    high = min((high for _, high in spans if high), default=0)
    return low or None, high or None
