"""Whether two texts say nearly the same. Pure."""

import re
import unicodedata
from collections import Counter

NEARLY = 0.8  # another number or a typo in two lines stays above it, another sentence falls below


def likeness(one: str, other: str) -> float:
    """From 0 to 1: how many runs of three letters the two share (Dice's coefficient).

    Case, punctuation, emoji and white space do not count, unless there is nothing else. Letters and
    not words, so that it holds for scripts without spaces; linear in the length of the texts.
    """
    first, second = _runs(one), _runs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _runs(text: str) -> Counter[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = re.sub(r"[\W_]+", " ", folded).strip() or "".join(folded.split())
    padded = f"  {letters} " if letters else ""
    return Counter(padded[n : n + 3] for n in range(len(padded) - 2))
