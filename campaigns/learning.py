"""Learning weights from outcomes. Pure numpy, no database, no chance: the same posts, the same answer.

Each example is a post: the features of its clip and how well it did. How well is relative to its own
account, so that a large account teaches nothing by being large. A ridge regression pulls the weights
away from those in use only as far as the outcomes say; before anything is proposed, it has to predict
the newest posts, which it has not seen, better than the rule in use, and better than chance does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaigns.features import FEATURES, NEUTRAL

Array = NDArray[np.float64]

# Twelve features cannot be told apart from fewer posts than this.
MIN_EXAMPLES = 8
# Below this spread (standard deviation) a feature was the same in all posts: nothing to learn of it.
MIN_SPREAD = 0.02
# How strongly weights are held at those in use; the best by leave-one-out is taken.
RIDGES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# Views count more than reactions, for they are what is counted most surely.
VIEWS_SHARE = 0.7
# A post cannot be more than this many robust deviations from its account's median.
MOST_DEVIATION = 3.0
# Shuffles of the outcomes that tell what chance alone reaches, and how seldom it may do as well.
SHUFFLES = 400
MOST_CHANCE = 0.05
# Smaller shares are not told apart from chance, and only make a rule harder to read.
SMALLEST_WEIGHT = 0.01


@dataclass(frozen=True)
class Example:
    """A post and what came of it. values: its features, 0 to 1; age_h: hours from post to count.

    likes, comments, shares: None where the platform does not tell. order: when it was posted, as any number that grows with time.
    """

    account: str
    values: Mapping[str, float]
    order: float
    age_h: float
    views: int
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None


@dataclass(frozen=True)
class Lesson:
    """What was learned. explained: share of the differences between the held-out posts that the new
    weights predict, and `explained_before` that those in use predict (1: all, 0: none, below: worse
    than saying "average"). chance: how often shuffled outcomes fit as well. weights sum to 1 by size.
    """

    weights: dict[str, float]
    examples: int
    held_out: int
    explained: float
    explained_before: float
    chance: float
    ridge: float
    unseen: tuple[str, ...]

    @property
    def better(self) -> bool:
        """Whether it is worth proposing."""
        return (
            self.explained > max(self.explained_before, 0.0)
            and self.chance <= MOST_CHANCE
            and bool(self.weights)
        )


def targets(examples: Sequence[Example]) -> Array:
    """How well each post did, in robust deviations from the median of its account."""
    views = np.log1p([max(each.views, 0) for each in examples])
    accounts = np.array([each.account for each in examples])
    kinds = ("likes", "comments", "shares")
    reactions = sum((_rates(kind, examples, accounts) for kind in kinds), np.zeros(len(examples)))
    return np.asarray(
        VIEWS_SHARE * _relative(views, accounts)
        + (1 - VIEWS_SHARE) * _relative(np.sqrt(reactions), accounts)
    )


def learn(examples: Sequence[Example], *, current: Mapping[str, float]) -> Lesson:
    """Weights that fit the outcomes, judged on the newest quarter of the posts.

    current: the weights in use. Raises ValueError for fewer than MIN_EXAMPLES.
    """
    if len(examples) < MIN_EXAMPLES:
        raise ValueError(f"{len(examples)} examples, at least {MIN_EXAMPLES}")
    ordered = sorted(examples, key=lambda each: each.order)
    held_out = max(3, len(ordered) // 4)
    wanted = targets(ordered)
    table = np.array([[each.values.get(name, NEUTRAL) for name in FEATURES] for each in ordered])
    # Older posts had longer to gather views; that is taken out, it says nothing of the clip.
    age = np.log1p([max(each.age_h, 0.0) for each in ordered])
    now = _of_sum_one(np.array([current.get(name, 0.0) for name in FEATURES]))
    seen = table.std(axis=0) >= MIN_SPREAD

    early, late = slice(None, -held_out), slice(-held_out, None)
    first = _fit(table[early], age[early], wanted[early], now, seen)
    explained = _explained(first.predict(table[late], age[late]), wanted[late], wanted[early])
    before = _fit_current(table[early], age[early], wanted[early], now)
    explained_before = _explained(
        before.predict(table[late], age[late]), wanted[late], wanted[early]
    )
    final = _fit(table, age, wanted, now, seen)
    return Lesson(
        weights=_as_weights(final.weights, now, seen),
        examples=len(ordered),
        held_out=held_out,
        explained=explained,
        explained_before=explained_before,
        chance=_chance(table, age, wanted, now, seen),
        ridge=final.ridge,
        unseen=tuple(name for name, ok in zip(FEATURES, seen, strict=True) if not ok),
    )


# --- The regression -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Model:
    """intercept + age · age_h + weights · features."""

    intercept: float
    age: float
    weights: Array
    ridge: float

    def predict(self, table: Array, age: Array) -> Array:
        return np.asarray(self.intercept + self.age * age + table @ self.weights)


def _design(table: Array, age: Array, now: Array, *, free: bool) -> Array:
    """Columns: 1, the score by the weights in use, age, and (free) each feature by itself."""
    columns = [np.ones(len(table)), table @ now, age]
    design = np.column_stack(columns)
    return np.hstack([design, table]) if free else design


def _penalty(features: int, ridge: float) -> Array:
    # The intercept is free; slope of the score in use and age are held lightly, for stability.
    return np.diag(np.concatenate([[1e-9, 0.01, 0.3], np.full(features, ridge)]))


def _solve(design: Array, wanted: Array, ridge: float) -> Array:
    penalty = _penalty(design.shape[1] - 3, ridge)
    return np.asarray(np.linalg.solve(design.T @ design + penalty, design.T @ wanted))


def _fit(table: Array, age: Array, wanted: Array, now: Array, seen: NDArray[np.bool_]) -> _Model:
    """Ridge towards a multiple of the weights in use, over the features that vary."""
    used, kept = table[:, seen], now[seen]
    middle = float(age.mean())
    design = _design(used, age - middle, kept, free=True)
    ridge = min(RIDGES, key=lambda each: _left_out_error(design, wanted, each))
    solved = _solve(design, wanted, ridge)
    slope = max(solved[1], 0.0)
    if solved[1] < 0:  # the rule in use is no guide here: learn without it
        design[:, 1] = 0.0
        solved = _solve(design, wanted, ridge)
    weights = np.zeros(len(now))
    weights[seen] = slope * kept + solved[3:]
    return _Model(float(solved[0] - solved[2] * middle), float(solved[2]), weights, ridge)


def _fit_current(table: Array, age: Array, wanted: Array, now: Array) -> _Model:
    """The weights in use, brought to the scale of the outcomes."""
    middle = float(age.mean())
    solved = _solve(_design(table, age - middle, now, free=False), wanted, 0.0)
    return _Model(
        float(solved[0] - solved[2] * middle), float(solved[2]), max(solved[1], 0.0) * now, 0.0
    )


def _hat(design: Array, ridge: float) -> Array:
    penalty = _penalty(design.shape[1] - 3, ridge)
    return np.asarray(design @ np.linalg.solve(design.T @ design + penalty, design.T))


def _left_out(hat: Array, wanted: Array) -> Array:
    """The error at each post when it is left out of the fit; wanted may have several columns."""
    free = np.maximum(1.0 - np.diag(hat), 1e-6)
    residual = wanted - hat @ wanted
    return np.asarray(residual / (free[:, None] if wanted.ndim == 2 else free))


def _left_out_error(design: Array, wanted: Array, ridge: float) -> float:
    return float(np.mean(_left_out(_hat(design, ridge), wanted) ** 2))


def _chance(table: Array, age: Array, wanted: Array, now: Array, seen: NDArray[np.bool_]) -> float:
    """How often outcomes that were dealt out at random are predicted as well, left out one by one.

    Each deal may choose its own ridge, as the real outcomes did. The draws are seeded, so the same
    posts give the same answer.
    """
    design = _design(table[:, seen], age - age.mean(), now[seen], free=True)
    draws = np.random.default_rng(20_260)
    deals = np.column_stack([wanted, *(draws.permutation(wanted) for _ in range(SHUFFLES))])
    errors = [np.mean(_left_out(_hat(design, ridge), deals) ** 2, axis=0) for ridge in RIDGES]
    real, *dealt = np.min(errors, axis=0)
    return float((1 + np.sum(np.array(dealt) <= real)) / (1 + SHUFFLES))


# --- Numbers ------------------------------------------------------------------------------------


def _rates(kind: str, examples: Sequence[Example], accounts: NDArray[np.str_]) -> Array:
    """Reactions of one kind for each view. Where nobody told it, what is usual for the account.

    An account whose platform never tells it has 0 throughout, which makes no difference between posts.
    """
    told = [getattr(each, kind) for each in examples]
    rates = np.array(
        [
            np.nan if count is None else count / max(each.views, 1)
            for each, count in zip(examples, told, strict=True)
        ]
    )
    for account in np.unique(accounts):
        mine = accounts == account
        known = rates[mine & ~np.isnan(rates)]
        rates[mine & np.isnan(rates)] = np.median(known) if len(known) else 0.0
    return rates


def _relative(values: Array, accounts: NDArray[np.str_]) -> Array:
    """Each value as robust deviations from the median of its account."""
    relative = np.zeros(len(values))
    for account in np.unique(accounts):
        mine = accounts == account
        middle = np.median(values[mine])
        # 1.4826: the median deviation of a normal distribution, as a standard deviation.
        spread = 1.4826 * np.median(np.abs(values[mine] - middle))
        if spread < 1e-9:
            spread = float(values[mine].std()) or 1.0
        relative[mine] = np.clip((values[mine] - middle) / spread, -MOST_DEVIATION, MOST_DEVIATION)
    return relative


def _explained(predicted: Array, wanted: Array, known: Array) -> float:
    """1 − error² over the error² of saying "as the earlier ones on average"."""
    error = float(np.sum((wanted - predicted) ** 2))
    plain = float(np.sum((wanted - known.mean()) ** 2))
    return 1.0 - error / plain if plain > 1e-12 else 0.0


def _of_sum_one(weights: Array) -> Array:
    whole = float(np.abs(weights).sum())
    return weights / whole if whole else weights


def _as_weights(learned: Array, now: Array, seen: NDArray[np.bool_]) -> dict[str, float]:
    """Learned weights for what varied, those in use for the rest, by size summing to 1."""
    kept = float(np.abs(now[~seen]).sum())
    fresh = _of_sum_one(np.where(seen, learned, 0.0)) * (1.0 - kept)
    fresh = _of_sum_one(np.where(np.abs(fresh) < SMALLEST_WEIGHT, 0.0, fresh)) * (1.0 - kept)
    if not fresh.any():
        return {}
    mixed = np.where(seen, fresh, now)
    return {
        name: round(float(weight), 4)
        for name, weight in zip(FEATURES, mixed, strict=True)
        if weight
    }
