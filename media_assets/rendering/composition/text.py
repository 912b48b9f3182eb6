"""Title and caption over a clip: words in a box, composed with moviepy."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import ColorClip, CompositeVideoClip, TextClip

from media_assets.formats import RenderFormat
from media_assets.rendering.composition.fonts import drawable, face_for, font
from media_assets.rendering.composition.layers import Layer, Pixels, trimmed, write_layer
from media_assets.rendering.composition.lines import broken
from media_assets.rendering.errors import TextTooLong

VERSION = 2  # 2: lines of about equal length
MOST_LETTERS = 300
SIDE_MARGIN = 0.07  # of the width
TOP_MARGIN = 0.09  # of the height; platforms put their own signs nearer the edges
BOTTOM_MARGIN = 0.17
BOX_OPACITY = 0.55
TITLE_SIZE, CAPTION_SIZE = 0.062, 0.042  # of the shorter side
SMALLEST = 0.5  # text is set smaller until it fits, down to this share of its size
MOST_HEIGHT = 0.36  # of the picture, per text


@dataclass(frozen=True)
class Words:
    """A drawn text: its layer, and the rows it takes, from top to before bottom."""

    layer: Layer
    top: int
    bottom: int


def check_text(title: str, caption: str) -> None:
    """Refuse what can never be shown. Raises TextTooLong."""
    for name, text in (("title", title), ("caption", caption)):
        if len(text) > MOST_LETTERS:
            raise TextTooLong(
                f"The {name} has {len(text)} letters; {MOST_LETTERS} fit on a picture.",
                field=name,
                most=MOST_LETTERS,
            )


def draw_title(path: Path, target: RenderFormat, text: str) -> Words | None:
    """The title, near the top; None when no letter of it can be drawn. Raises TextTooLong."""
    return _draw(path, target, text, TITLE_SIZE, at_top=True)


def draw_caption(path: Path, target: RenderFormat, text: str) -> Words | None:
    """The caption, near the bottom; None when no letter of it can be drawn. Raises TextTooLong."""
    return _draw(path, target, text, CAPTION_SIZE, at_top=False)


def _draw(
    path: Path, target: RenderFormat, text: str, share: float, *, at_top: bool
) -> Words | None:
    width, height = target.width_px, target.height_px
    letters = set_text(
        text,
        points=round(min(width, height) * share),
        room_px=round(width * (1 - 2 * SIDE_MARGIN)),
        most_height_px=round(height * MOST_HEIGHT),
    )
    if letters is None:
        return None
    box = ColorClip((letters.w, letters.h), color=(0, 0, 0)).with_opacity(BOX_OPACITY)
    picture = flattened(CompositeVideoClip([box.with_duration(1), letters], bg_color=None))
    found = trimmed(picture)
    if found is None:
        return None
    drawn, _, _ = found
    rows, columns = drawn.shape[:2]
    top = round(height * TOP_MARGIN) if at_top else round(height * (1 - BOTTOM_MARGIN)) - rows
    x, y = max(0, (width - columns) // 4 * 2), max(0, top // 2 * 2)
    return Words(write_layer(path, [drawn], x=x, y=y), y, y + rows)


def set_text(
    text: str, *, points: int, room_px: int, most_height_px: int, box: bool = True
) -> Any | None:
    """The text as a moviepy clip in lines within the room, smaller where it must be; None for nothing.

    box: with room around the letters, for a box behind them. Raises TextTooLong when half the size
    is still too large.
    """
    face = face_for(text)
    text = drawable(text, face)
    if not text:
        return None
    smallest = points * SMALLEST
    while True:
        padding = round(points * 0.45) if box else round(points * 0.1)
        lines = broken(text, font(face, points).getlength, room_px - 2 * padding)
        letters = TextClip(
            font=face or None,
            text="\n".join(lines),
            font_size=points,
            color="white",
            stroke_color="black",
            stroke_width=max(1, points // 22),
            method="label",
            text_align="center",
            margin=(padding, padding, padding, padding + points // 4),
            transparent=True,
        )
        if letters.w <= room_px * 1.05 and letters.h <= most_height_px:
            return letters.with_duration(1)
        points = round(points * 0.9)
        if points < smallest:
            raise TextTooLong("The text does not fit on the picture.", text=text[:80])


def flattened(clip: Any) -> Pixels:
    """The first frame of a moviepy clip as RGBA."""
    picture = np.clip(clip.get_frame(0), 0, 255).astype(np.uint8)
    alpha = np.clip(clip.mask.get_frame(0) * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.dstack([picture, alpha])
