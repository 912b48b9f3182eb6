"""What the rules look at in a clip: numbers from 0 to 1, each with a name for people.

Nine come from the analysis of the video, three are derived here from the clip and the limits of a
platform. A number that is not there counts as neutral (the middle), and is named as such.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from campaigns.errors import BadRule
from media_assets.formats import FORMATS, STANDARD

NEUTRAL = 0.5

# feature → what it is called in a sentence.
LABELS = {
    "motion": "Movement",
    "energy": "Sound energy",
    "sharpness": "Sharpness",
    "colour": "Colour",
    "faces": "Faces in frame",
    "rhythm": "Rhythm of cuts and beats",
    "variety": "Variety of shots",
    "hook": "The opening",
    "exposure": "Light",
    "duration_fit": "Length",
    "format_ready": "A file in the platform's format",
    "visual_score": "Overall look",
}
FEATURES = tuple(LABELS)
DERIVED = ("duration_fit", "format_ready", "visual_score")
MEASURED = tuple(name for name in FEATURES if name not in DERIVED)


@dataclass(frozen=True)
class Limits:
    """What a platform takes at all, and what it likes. Times in milliseconds, 0: no limit.

    required_formats: a clip without a file in one of them is out. preferred_format: what
    `format_ready` asks for. formats: what may be posted, best first, after the preferred one.
    """

    min_duration_ms: int = 0
    max_duration_ms: int = 0
    ideal_min_ms: int = 0
    ideal_max_ms: int = 0
    preferred_format: str = ""
    formats: tuple[str, ...] = ()
    required_formats: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Any, *, formats: Collection[str] | None = STANDARD) -> "Limits":
        """Limits from JSON. formats: the names that there are; None: not looked at,
        for rules that were checked when they were written.

        Raises BadRule that names each entry that is wrong.
        """
        if not isinstance(data, Mapping):
            raise BadRule("The limits of a rule are an object.")
        known = {each.name for each in fields(cls)}
        wrong = {str(name): "is not a limit" for name in data if name not in known}
        values: dict[str, Any] = {}
        for name in known & set(data):
            value = data[name]
            if name.endswith("_ms"):
                if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                    wrong[name] = "is not a whole number of milliseconds, 0 or more"
            elif name == "preferred_format":
                if not isinstance(value, str) or (value and _unknown([value], formats)):
                    wrong[name] = f"is none of {', '.join(formats or STANDARD)}"
            elif not isinstance(value, list | tuple) or _unknown(value, formats):
                wrong[name] = f"is not a list of {', '.join(formats or STANDARD)}"
            else:
                value = tuple(value)
            values[name] = value
        if wrong:
            raise BadRule(_sentence("limits", wrong), fields=wrong)
        limits = cls(**values)
        for low, high in (("min_duration_ms", "max_duration_ms"), ("ideal_min_ms", "ideal_max_ms")):
            if 0 < getattr(limits, high) < getattr(limits, low):
                raise BadRule(
                    f"{low} is above {high}.", fields={low: getattr(limits, low), high: "lower"}
                )
        return limits

    def as_json(self) -> dict[str, Any]:
        """The same as JSON data, without what is not limited."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value
        }

    @property
    def postable_formats(self) -> tuple[str, ...]:
        """The formats that may be posted, best first."""
        first = (self.preferred_format,) if self.preferred_format else ()
        rest = self.formats or tuple(FORMATS)
        return first + tuple(name for name in rest if name not in first)


def _unknown(names: Iterable[Any], formats: Collection[str] | None) -> bool:
    return any(not isinstance(n, str) or (formats is not None and n not in formats) for n in names)


def read_weights(data: Any) -> dict[str, float]:
    """Weights from JSON, in the order of FEATURES. Raises BadRule that names what is wrong."""
    if not isinstance(data, Mapping) or not data:
        raise BadRule("The weights of a rule are an object: feature → number.")
    wrong: dict[str, str] = {}
    for name, value in data.items():
        if name not in LABELS:
            wrong[str(name)] = "is not a feature"
        elif _number(value) is None:
            wrong[str(name)] = "is not a number"
    if wrong:
        raise BadRule(_sentence("weights", wrong), fields=wrong, known=list(FEATURES))
    weights = {name: float(data[name]) for name in FEATURES if name in data}
    if not any(weights.values()):
        raise BadRule("At least one weight must differ from 0.")
    return weights


@dataclass(frozen=True)
class Candidate:
    """A clip as the engine sees it. features: as the analysis left them, possibly incomplete."""

    clip_id: str
    duration_ms: int
    features: Mapping[str, Any] = field(default_factory=dict)
    visual_score: float | None = None
    formats: frozenset[str] = frozenset()
    rank: int = 0
    start_ms: int = 0
    name: str = ""


def values_of(candidate: Candidate, limits: Limits) -> dict[str, float]:
    """Each feature that is known of the candidate, 0 to 1; what is unknown is left out."""
    values: dict[str, float] = {}
    for name in MEASURED:
        value = _number(candidate.features.get(name))
        if value is not None:
            values[name] = min(max(value, 0.0), 1.0)
    values["duration_fit"] = duration_fit(candidate.duration_ms, limits)
    if limits.preferred_format:
        values["format_ready"] = float(limits.preferred_format in candidate.formats)
    score = _number(candidate.visual_score)
    if score is not None:
        values["visual_score"] = min(max(score, 0.0), 1.0)
    return values


def duration_fit(duration_ms: int, limits: Limits) -> float:
    """1 within the ideal span, falling in a straight line to 0 at the hard limits.

    Where there is no hard limit, the line ends at half the ideal minimum and at twice the maximum.
    """
    low, high = limits.ideal_min_ms, limits.ideal_max_ms
    if low and duration_ms < low:
        floor = min(limits.min_duration_ms or low // 2, low - 1)
        return max(0.0, (duration_ms - floor) / (low - floor))
    if high and duration_ms > high:
        ceiling = max(limits.max_duration_ms or 2 * high, high + 1)
        return max(0.0, (ceiling - duration_ms) / (ceiling - high))
    return 1.0


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _sentence(what: str, wrong: Mapping[str, str]) -> str:
    return f"The {what} are wrong: " + ", ".join(f"{k} {v}" for k, v in wrong.items()) + "."
