"""What may be asked of a search for clips."""

import math
from collections.abc import Mapping
from dataclasses import fields

from django.conf import settings

from media_assets.analysis.choosing import Choice, Weights
from media_assets.analysis.errors import BadClipCount, BadClipLength, BadWeights
from media_assets.payloads import CutAnalysis

MOST_CLIPS = 20
SHORTEST_MS, LONGEST_MS = 500, 15 * 60_000
FEATURES = tuple(each.name for each in fields(Weights))


def choice_of(wanted: CutAnalysis, *, strict: bool = False) -> Choice:
    """What a job asks for, with the settings for what it leaves open.

    strict: refuse weights that we do not understand; an old job that names some is done without them.
    Raises BadClipCount, BadClipLength, BadWeights.
    """
    count = settings.CLIPS_PER_VIDEO if wanted.clip_count is None else wanted.clip_count
    if not 1 <= count <= MOST_CLIPS:
        raise BadClipCount(
            f"A video can have 1 to {MOST_CLIPS} clips, not {count}.", clip_count=count
        )
    min_ms = settings.CLIP_MIN_MS if wanted.min_ms is None else wanted.min_ms
    max_ms = settings.CLIP_MAX_MS if wanted.max_ms is None else wanted.max_ms
    if wanted.min_ms is None:  # only one end was given: the other one of the settings yields
        min_ms = min(min_ms, max_ms)
    elif wanted.max_ms is None:
        max_ms = max(min_ms, max_ms)
    if not SHORTEST_MS <= min_ms <= max_ms <= LONGEST_MS:
        raise BadClipLength(
            f"Clips last {SHORTEST_MS} to {LONGEST_MS} ms, the shortest no longer than the longest;"
            f" not {min_ms} to {max_ms} ms.",
            min_ms=min_ms,
            max_ms=max_ms,
        )
    if strict:
        check_weights(wanted.weights)
    return Choice(
        count=count,
        min_ms=min_ms,
        max_ms=max_ms,
        preferred_ms=wanted.preferred_ms,
        weights=Weights.read(wanted.weights),
    )


def check_weights(weights: Mapping[str, object]) -> None:
    """Raises BadWeights that names each entry that is wrong."""
    wrong = {
        str(name): "is not a feature of clips" if name not in FEATURES else "is not a number"
        for name, value in weights.items()
        if name not in FEATURES
        or isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
    }
    if wrong:
        told = ", ".join(f"{name} {what}" for name, what in wrong.items())
        raise BadWeights(f"The weights are wrong: {told}.", fields=wrong, known=list(FEATURES))
