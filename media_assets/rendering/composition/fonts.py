"""Which font draws a text. One of ours ships with the admin theme; settings may name more."""

import hashlib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import PIL
from django.conf import settings
from django.contrib.staticfiles import finders
from PIL import ImageFont, features

FONT = "unfold/fonts/inter/Inter-Bold.woff2"  # ships with our admin theme; Latin, Greek, Cyrillic
SHAPED = features.check("raqm")  # joins letters and sets them from right to left
# Signs without a shape of their own that decide how their neighbours are shaped and ordered.
JOINERS = "\u200c\u200d\u200e\u200f"
_PROBE_POINTS = 48

AnyFont = ImageFont.FreeTypeFont | ImageFont.ImageFont


def font_paths() -> list[str]:
    """The font files, first choice first. An empty name stands for Pillow's own small font."""
    ours = str(finders.find(FONT) or "")
    return [ours, *(str(path) for path in settings.FONTS)]


def font_identity() -> str:
    """What a recipe says of whatever draws letters."""
    return ",".join([f"pillow {PIL.__version__}", *(_identity(path) for path in font_paths())])


@cache
def _identity(path: str) -> str:
    if not path:
        return "pillow-default"
    return f"{Path(path).name}:{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]}"


def face_for(text: str) -> str:
    """The font file that has most letters of the text; the earlier one where several have."""
    paths = font_paths()
    letters = {letter for letter in text if not letter.isspace() and letter not in JOINERS}
    return max(
        paths,
        key=lambda path: (sum(has_letter(path, each) for each in letters), -paths.index(path)),
    )


def drawable(text: str, path: str | None = None) -> str:
    """The text without letters that its font lacks, and without control characters."""
    face = face_for(text) if path is None else path
    kept = "".join(
        letter
        for letter in text.replace("\t", " ")
        if letter in " \n"
        or letter in JOINERS
        or (letter.isprintable() and has_letter(face, letter))
    )
    return "\n".join(line.strip() for line in kept.splitlines() if line.strip(f" {JOINERS}"))


def undrawable(text: str) -> list[str]:
    """The letters of a text that will be missing on the picture, each once, in order."""
    face = face_for(text)
    return [
        letter
        for letter in dict.fromkeys(text)
        if letter.isprintable() and letter != " " and not has_letter(face, letter)
    ]


@lru_cache(maxsize=8192)
def has_letter(path: str, letter: str) -> bool:
    """Whether the font has a shape for this letter. Marks that belong to a letter go with it."""
    if unicodedata.category(letter) in ("Mn", "Me") and letter != "\ufe0f":
        return True
    return _shape(path, letter) != _shape(path, "\U000fffff")


@lru_cache(maxsize=8192)
def _shape(path: str, letter: str) -> bytes:
    mask = font(path, _PROBE_POINTS).getmask(letter)
    return bytes(np.array(list(mask), np.uint8)) + repr(mask.size).encode()


@lru_cache(maxsize=64)
def font(path: str, points: int) -> AnyFont:
    """The font at a size in pixels."""
    return ImageFont.truetype(path, points) if path else ImageFont.load_default(points)


def direction_of(text: str) -> str | None:
    """`rtl` or `ltr`, as its first letter that has a direction says; None where nothing can turn it."""
    if not SHAPED:
        return None
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"
