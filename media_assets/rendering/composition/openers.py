"""What comes before and after the clip: a video, or a card drawn for each format with moviepy."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import ColorClip, CompositeVideoClip, ImageClip
from PIL import Image, ImageFilter

from media_assets.analysis.reading import Source
from media_assets.formats import RenderFormat
from media_assets.rendering.composition.layers import Layer, write_layer
from media_assets.rendering.composition.text import TITLE_SIZE, flattened, set_text

VERSION = 1
MOST_MS = 30_000  # longer is no intro any more
WORDS_ROOM = 0.78  # of the width
IMAGE_ROOM = 0.55  # of the height, above words
_BLUR_WIDTH_PX = 160


@dataclass(frozen=True)
class Still:
    """A card: a picture (a local PNG) or words or both, on a colour such as #101418."""

    image: Path | None
    text: str
    background: str


@dataclass(frozen=True)
class Opener:
    """An intro or an outro. Either a film with its source, or a still. identity: what recipes say."""

    duration_ms: int
    identity: dict[str, Any]
    path: Path | None = None
    source: Source | None = None
    still: Still | None = None

    @property
    def has_sound(self) -> bool:
        """Whether it is heard."""
        return self.source is not None and self.source.audio_index is not None


def draw_card(path: Path, target: RenderFormat, still: Still) -> Layer:
    """The card in one format. Raises TextTooLong."""
    width, height = target.width_px, target.height_px
    colour = tuple(int(still.background[at : at + 2], 16) for at in (1, 3, 5))
    clips: list[Any] = [ColorClip((width, height), color=colour).with_duration(1)]
    words = set_text(
        still.text,
        points=round(min(width, height) * TITLE_SIZE * 1.2),
        room_px=round(width * WORDS_ROOM),
        most_height_px=round(height * (1 - IMAGE_ROOM if still.image else 0.8)),
        box=False,
    )
    if still.image is not None:
        clips += _image_clips(still.image, width, height, with_words=words is not None)
    if words is not None:
        top = height * (0.14 + IMAGE_ROOM) if still.image else (height - words.h) / 2
        clips.append(words.with_position(((width - words.w) // 2, round(top))))
    composed = CompositeVideoClip(clips, size=(width, height), bg_color=colour)
    picture = np.clip(composed.get_frame(0), 0, 255).astype(np.uint8)
    opaque = np.full(picture.shape[:2], 255, np.uint8)
    return write_layer(path, [np.dstack([picture, opaque])], x=0, y=0)


def _image_clips(path: Path, width: int, height: int, *, with_words: bool) -> list[Any]:
    """The picture whole; alone and opaque, over itself, large and blurred; else on the colour."""
    with Image.open(path, formats=["PNG"]) as opened:
        image = opened.convert("RGBA")
    room_w, room_h = (width * WORDS_ROOM, height * IMAGE_ROOM) if with_words else (width, height)
    opaque = image.getextrema()[3][0] == 255  # type: ignore[index]  # of RGBA: four pairs
    if not opaque and not with_words:  # a logo: free on its colour
        room_w, room_h = width * WORDS_ROOM, height * WORDS_ROOM
    share = min(room_w / image.width, room_h / image.height)
    fitted = image.resize(
        (max(1, round(image.width * share)), max(1, round(image.height * share))),
        Image.Resampling.LANCZOS,
    )
    left = (width - fitted.width) // 2
    top = round(height * 0.1) if with_words else 0
    top += round(((room_h if with_words else height) - fitted.height) / 2)
    clips = [_image_clip(fitted).with_position((left, top))]
    if opaque and not with_words and fitted.size != (width, height):
        clips.insert(0, _image_clip(_blurred(image, width, height)))
    return clips


def _blurred(image: Image.Image, width: int, height: int) -> Image.Image:
    small_w, small_h = _BLUR_WIDTH_PX, max(2, round(_BLUR_WIDTH_PX * height / width))
    cover = max(small_w / image.width, small_h / image.height)
    size = (max(small_w, round(image.width * cover)), max(small_h, round(image.height * cover)))
    left, top = (size[0] - small_w) // 2, (size[1] - small_h) // 2
    small = image.convert("RGB").resize(size, Image.Resampling.BOX)
    small = small.crop((left, top, left + small_w, top + small_h)).filter(
        ImageFilter.GaussianBlur(5)
    )
    dark = small.point(lambda value: round(value * 0.62))
    return dark.resize((width, height), Image.Resampling.BILINEAR).convert("RGBA")


def _image_clip(image: Image.Image) -> Any:
    return ImageClip(np.asarray(image), transparent=True, duration=1)


def draw_mark(
    path: Path, target: RenderFormat, image: Path, *, position: str, margin: float,
    width_share: float, opacity: float,
) -> Layer:  # fmt: skip
    """A watermark in its corner, at its size and opacity, composed with moviepy."""
    full_w, full_h = target.width_px, target.height_px
    with Image.open(image, formats=["PNG"]) as opened:
        mark = opened.convert("RGBA")
    edge = round(min(full_w, full_h) * margin) // 2 * 2
    share = min(
        full_w * width_share / mark.width,
        (full_w - 2 * edge) / mark.width,
        (full_h - 2 * edge) / mark.height,
    )
    size = tuple(max(2, round(side * share) // 2 * 2) for side in mark.size)
    scaled = mark.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    clip = _image_clip(scaled).with_opacity(opacity)
    drawn = flattened(CompositeVideoClip([clip], size=(size[0], size[1]), bg_color=None))
    top, left = position.startswith("top"), position.endswith("left")
    return write_layer(
        path,
        [drawn],
        x=edge if left else (full_w - edge - size[0]) // 2 * 2,
        y=edge if top else (full_h - edge - size[1]) // 2 * 2,
    )
