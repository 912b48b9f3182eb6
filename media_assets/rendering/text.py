"""Title and caption over a variant: a transparent picture of its size, composed with moviepy."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.contrib.staticfiles import finders
from moviepy import ColorClip, CompositeVideoClip, TextClip
from PIL import Image, ImageFont

from media_assets.formats import RenderFormat
from media_assets.rendering.errors import TextTooLong

FONT = "unfold/fonts/inter/Inter-Bold.woff2"  # ships with our admin theme; Latin, Greek, Cyrillic
MOST_LETTERS = 300
SIDE_MARGIN = 0.07  # of the width
TOP_MARGIN = 0.09  # of the height; platforms put their own signs nearer the edges
BOTTOM_MARGIN = 0.17
BOX_OPACITY = 0.55
TITLE_SIZE, CAPTION_SIZE = 0.062, 0.042  # of the shorter side
SMALLEST = 0.5  # text is set smaller until it fits, down to this share of its size
MOST_HEIGHT = 0.36  # of the picture, per text


def font_path() -> str:
    """The font file. Pillow's own small font stands in should the theme ever lose its fonts."""
    return str(finders.find(FONT) or "")


@cache
def font_identity() -> str:
    """What the recipe says of the font."""
    path = font_path()
    if not path:
        return "pillow-default"
    return f"{Path(path).name}:{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]}"


def check_text(title: str, caption: str) -> None:
    """Refuse what can never be shown. Raises TextTooLong."""
    for name, text in (("title", title), ("caption", caption)):
        if len(text) > MOST_LETTERS:
            raise TextTooLong(
                f"The {name} has {len(text)} letters; {MOST_LETTERS} fit on a picture.",
                field=name,
                most=MOST_LETTERS,
            )


def draw_card(path: Path, target: RenderFormat, *, title: str, caption: str) -> Path:
    """Write a PNG of the format's size: the title above, the caption below, the rest transparent.

    Letters that the font does not have are left out. Raises TextTooLong when a text cannot be set
    even at half its size.
    """
    size = (target.width_px, target.height_px)
    layers = [ColorClip(size, color=(0, 0, 0)).with_opacity(0.0)]
    for text, share, at_top in ((title, TITLE_SIZE, True), (caption, CAPTION_SIZE, False)):
        text = drawable(text)
        if text:
            layers += _text_layers(text, size, share, at_top=at_top)
    card = CompositeVideoClip(
        [layer.with_duration(1) for layer in layers], size=size, bg_color=None
    )
    picture = np.clip(card.get_frame(0), 0, 255).astype(np.uint8)
    alpha = np.clip(card.mask.get_frame(0) * 255, 0, 255).astype(np.uint8)
    Image.fromarray(np.dstack([picture, alpha])).save(path, compress_level=3)
    return path


def _text_layers(
    text: str, size: tuple[int, int], share: float, *, at_top: bool
) -> "list[TextClip | ColorClip]":
    width, height = size
    room = round(width * (1 - 2 * SIDE_MARGIN))
    points = round(min(width, height) * share)
    padding = round(points * 0.45)
    smallest = points * SMALLEST
    while True:
        letters = TextClip(
            font=font_path() or None,
            text=wrapped(text, points, room - 2 * padding),
            font_size=points,
            color="white",
            stroke_color="black",
            stroke_width=max(1, points // 22),
            method="label",
            text_align="center",
            margin=(padding, padding, padding, padding + points // 4),
            transparent=True,
        )
        if letters.w <= width * (1 - SIDE_MARGIN) and letters.h <= height * MOST_HEIGHT:
            break
        points = round(points * 0.9)
        if points < smallest:
            raise TextTooLong("The text does not fit on the picture.", text=text[:80])
    top = round(height * TOP_MARGIN) if at_top else round(height * (1 - BOTTOM_MARGIN)) - letters.h
    left = (width - letters.w) // 2
    box = ColorClip((letters.w, letters.h), color=(0, 0, 0)).with_opacity(BOX_OPACITY)
    return [box.with_position((left, top)), letters.with_position((left, top))]


def wrapped(text: str, points: int, room_px: int) -> str:
    """The text in lines that are no wider than the room; words too long for a line are broken."""
    font = _font(points)
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            while font.getlength(word) > room_px and len(word) > 1:
                cut = len(word)
                while cut > 1 and font.getlength(word[:cut]) > room_px:
                    cut -= 1
                if line:
                    lines.append(line)
                    line = ""
                lines.append(word[:cut])
                word = word[cut:]
            together = f"{line} {word}".strip()
            if line and font.getlength(together) > room_px:
                lines.append(line)
                line = word
            else:
                line = together
        lines.append(line)
    return "\n".join(line for line in lines if line)


def drawable(text: str) -> str:
    """The text without letters that the font lacks, and without control characters."""
    font = _font(48)
    missing = _shape(font, "\U000fffff")
    kept = "".join(
        letter
        for letter in text.replace("\t", " ")
        if letter in " \n" or (letter.isprintable() and _shape(font, letter) != missing)
    )
    return "\n".join(line.strip() for line in kept.splitlines() if line.strip())


def _shape(font: "ImageFont.FreeTypeFont | ImageFont.ImageFont", letter: str) -> bytes:
    mask = font.getmask(letter)
    drawn: npt.NDArray[np.uint8] = np.array(list(mask), np.uint8)
    return bytes(drawn) + repr(mask.size).encode()


@cache
def _font(points: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    path = font_path()
    return ImageFont.truetype(path, points) if path else ImageFont.load_default(points)
