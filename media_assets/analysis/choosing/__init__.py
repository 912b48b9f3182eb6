"""Which seconds are worth showing.

Every number here is measured, every sentence in the reasons repeats one, and the same video gives the
same clips each time. The method is described in docs/media/choosing.md.
"""

from media_assets.analysis.choosing.choice import (
    SCALES,
    VERSION,
    WEIGHTS,
    Choice,
    Chosen,
    Scales,
    Weights,
    Window,
)
from media_assets.analysis.choosing.choose import choose_clips, score_span
from media_assets.analysis.choosing.curves import Curves

__all__ = [
    "SCALES",
    "VERSION",
    "WEIGHTS",
    "Choice",
    "Chosen",
    "Curves",
    "Scales",
    "Weights",
    "Window",
    "choose_clips",
    "score_span",
]
