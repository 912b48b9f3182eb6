"""What is asked for, by which numbers it is judged, and what comes of it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

VERSION = 2


@dataclass(frozen=True)
class Weights:
    """How much each feature counts; below 0: the less of it, the better. Without sound, the rest
    counts for all.
    """

    motion: float = 0.20
    energy: float = 0.18
    sharpness: float = 0.08
    colour: float = 0.09
    faces: float = 0.13
    rhythm: float = 0.08
    variety: float = 0.08
    hook: float = 0.11
    exposure: float = 0.05

    @classmethod
    def read(cls, data: Mapping[str, Any] | None) -> "Weights":
        """Weights by name; what is not named counts 0, what we do not know is left out.

        The default ones where nothing is named that counts.
        """
        known = {each.name for each in fields(cls)}
        told = {
            name: float(value)
            for name, value in (data or {}).items()
            if name in known
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
        }
        return cls(**(dict.fromkeys(known, 0.0) | told)) if any(told.values()) else cls()


@dataclass(frozen=True)
class Scales:
    """Where each measure counts as nothing and as everything, and what spoils a span."""

    # How good a measure is within its video: by its place between the usual and the best moments,
    # and by its rank; and how good in itself: (nothing, everything, least difference that matters).
    relative_share: float = 0.7
    rank_share: float = 0.3
    usual_percentile: float = 20.0
    best_percentile: float = 98.0
    motion: tuple[float, float, float] = (0.0, 12.0, 1.0)
    energy_db: tuple[float, float, float] = (-45.0, -12.0, 6.0)
    sharpness: tuple[float, float, float] = (2.5, 7.5, 1.0)
    colour: tuple[float, float, float] = (3.0, 28.0, 4.0)
    camera_weight: float = 60.0
    mean_good: tuple[float, float] = (60.0, 190.0)
    shots_for_variety: float = 2.5
    hook_ms: tuple[int, int] = (1000, 3000)  # the first second counts twice
    # One thing that stands out is reason enough to watch: the strongest of these counts once more.
    standout_share: float = 0.2
    # Dead time.
    black_mean: float = 18.0
    black_contrast: float = 9.0
    frozen_difference: float = 0.06
    card_difference: float = 0.35
    card_mean: float = 45.0
    dead_run_ms: int = 700
    black_price: float = 2.5
    frozen_price: float = 0.5
    card_price: float = 1.0
    most_dead: float = 0.5  # of a span; above, it is taken only where there is nothing else
    # Edges.
    on_beat_ms: float = 40.0
    edge_price: float = 0.2
    # Length.
    preferred_most_ms: int = 24_000
    preferred_span: tuple[float, float] = (0.7, 1.4)  # of the preferred length; free of charge
    length_price: float = 0.2  # per octave beyond
    # The optimisation.
    excellence: float = 2.0  # scores are raised to it: one great clip is worth more than two halves
    new_look_gain: float = 0.1  # for each look that no other clip has, as a share of the best span
    looks_apart: float = 0.45
    most_looks: int = 6
    stretch: tuple[float, float] = (0.08, 0.90)  # this range of the weighted mean becomes 0–1
    inner_step_ms: int = 1000
    most_openings: int = 6000
    ends_per_opening: int = 24
    shortlist: int = 2500
    alternatives: int = 12
    alternative_overlap: tuple[float, float] = (1 / 3, 1 / 2)  # with each other, with a clip

    @property
    def goodness(self) -> dict[str, tuple[float, float, float]]:
        """Measures that are good within their video and in themselves."""
        return {
            "motion": self.motion,
            "energy": self.energy_db,
            "sharpness": self.sharpness,
            "colour": self.colour,
        }


WEIGHTS, SCALES = Weights(), Scales()
HEARD = ("energy", "rhythm")
STANDING_OUT = ("motion", "energy", "colour", "faces")


@dataclass(frozen=True)
class Choice:
    """What is asked for. preferred_ms None: by the length of the video and the number of clips."""

    count: int = 3
    min_ms: int = 6_000
    max_ms: int = 60_000
    preferred_ms: int | None = None
    weights: Weights = WEIGHTS

    def preferred_for(self, duration_ms: int) -> int:
        """The length that is liked best: half of the video shared out among the clips."""
        wanted = self.preferred_ms
        if wanted is None:
            fair = duration_ms // (2 * self.count)
            wanted = min(max(fair, round(1.25 * self.min_ms)), SCALES.preferred_most_ms)
        return min(max(wanted, self.min_ms), self.max_ms)

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        return asdict(self)


@dataclass(frozen=True)
class Window:
    """A span between two places where a clip may begin and end. features: 0 to 1 each."""

    start_ms: int
    end_ms: int
    score: float
    features: dict[str, float]
    reasons: list[str] = field(default_factory=list)

    @property
    def duration_ms(self) -> int:
        """Length of the span."""
        return self.end_ms - self.start_ms

    def as_data(self) -> dict[str, Any]:
        """As an alternative is kept: plain JSON data."""
        return {
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "visual_score": self.score,
            "features": self.features,
            "reasons": self.reasons,
        }


@dataclass(frozen=True)
class Chosen:
    """clips: best first, none overlapping another. alternatives: good ones that were not taken."""

    clips: list[Window]
    alternatives: list[Window]
