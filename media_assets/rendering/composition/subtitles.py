"""Captions burned into the picture: which words stand on which frames, and how they look."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from media_assets.cues import Cue, plain
from media_assets.formats import RenderFormat
from media_assets.rendering.composition import fonts
from media_assets.rendering.composition.layers import Layer, Pixels, write_layer
from media_assets.rendering.composition.lines import broken, reflowed
from stakazo.core.errors import InvalidInput

VERSION = 1
POSITIONS = ("bottom", "middle", "top")
SMALLEST, LARGEST = 0.5, 2.0
POINTS = 0.052  # of the shorter side, at size 1: 56 of 1080
TIGHTEST = 0.55  # of the size; what is then still too much loses its end
MOST_HEIGHT = 0.3  # of the picture
MOST_AT_ONCE = 3  # cues over one another; more is unreadable
LINE_HEIGHT = 1.26
SLANT = 0.2
_WHITE, _BLACK = (255, 255, 255, 255), (0, 0, 0, 255)
_BOX = (0, 0, 0, 165)


@dataclass(frozen=True)
class CaptionStyle:
    """How captions look. size: 1 is usual. box: on a dark box; else outlined."""

    size: float = 1.0
    position: str = "bottom"
    box: bool = True

    @classmethod
    def of(cls, wanted: dict[str, Any]) -> "CaptionStyle":
        """The style of these words and numbers; what is left out is as usual. Raises InvalidInput."""
        unknown = set(wanted) - {"size", "position", "box"}
        size, position = wanted.get("size", 1.0), wanted.get("position", "bottom")
        box = wanted.get("box", True)
        number = isinstance(size, int | float) and not isinstance(size, bool)
        fits = number and SMALLEST <= size <= LARGEST
        if unknown or not fits or position not in POSITIONS or not isinstance(box, bool):
            raise InvalidInput(
                f"A caption style has a size from {SMALLEST} to {LARGEST}, a position "
                f"({', '.join(POSITIONS)}), and box: true or false.",
            )
        return cls(float(size), position, box)

    def as_json(self) -> dict[str, Any]:
        """As it stands in recipes and payloads."""
        return asdict(self)


@dataclass(frozen=True)
class SafeArea:
    """Shares of the picture, at each edge, that platforms cover with signs and buttons of theirs."""

    side: float
    top: float
    bottom: float


def safe_area(target: RenderFormat) -> SafeArea:
    """Tall pictures are shown full screen, under the app's own words; others stand free.

    The margins of the tall ones hold what TikTok, Reels and Shorts put over a video of 9:16.
    """
    if target.ratio < 0.7:
        return SafeArea(side=0.11, top=0.12, bottom=0.20)
    return SafeArea(side=0.08, top=0.07, bottom=0.08)


def states(
    cues: Sequence[Cue], *, rate: Fraction, frames: int
) -> list[tuple[int, tuple[str, ...]]]:
    """(first frame, texts shown from it), in time order; the last state shows nothing.

    A cue begins and ends on the frames nearest to its times, and is on one frame at least.
    """
    spans = []
    for cue in cues:
        first = min(max(round(cue.start_ms * rate / 1000), 0), frames - 1)
        spans.append((first, max(round(cue.end_ms * rate / 1000), first + 1), cue.text))
    found: list[tuple[int, tuple[str, ...]]] = []
    for at in sorted({edge for first, end, _ in spans for edge in (first, end)}):
        texts = tuple(text for first, end, text in spans if first <= at < end)[-MOST_AT_ONCE:]
        if at < frames and (not found or found[-1][1] != texts):
            found.append((at, texts))
    return found


def draw_captions(
    path: Path,
    target: RenderFormat,
    cues: Sequence[Cue],
    *,
    style: CaptionStyle,
    rate: Fraction,
    frames: int,
    above: int | None = None,
    below: int | None = None,
) -> Layer | None:
    """The cues of a clip as a layer; None when there is nothing to see.

    above, below: rows that other words begin at or end at; captions keep away from them.
    """
    shown = states(cues, rate=rate, frames=frames)
    blocks = {texts: _Block(texts, target, style) for _, texts in shown}
    width = max((block.width for block in blocks.values()), default=0)
    height = max((block.height for block in blocks.values()), default=0)
    if not width:
        return None
    width, height = -(-width // 2) * 2, -(-height // 2) * 2
    y = _row(target, style, height, above, below) // 2 * 2
    x = max(0, (target.width_px - width) // 4 * 2)
    pictures = {
        texts: block.drawn(width, height, at_top=style.position == "top")
        for texts, block in blocks.items()
    }
    return write_layer(
        path,
        [pictures[texts] for _, texts in shown],
        x=x,
        y=y,
        starts=[first for first, _ in shown],
    )


def _row(
    target: RenderFormat, style: CaptionStyle, height: int, above: int | None, below: int | None
) -> int:
    """The row at which captions of this height begin."""
    safe, full = safe_area(target), target.height_px
    gap = round(full * 0.015)
    if style.position == "middle":
        return (full - height) // 2
    if style.position == "top":
        top = round(full * safe.top)
        return min(max(top, below + gap) if below is not None else top, full - height)
    bottom = round(full * (1 - safe.bottom))
    return max((min(bottom, above - gap) if above is not None else bottom) - height, 0)


class _Block:
    """The lines of what is shown at one time, set to fit its format."""

    def __init__(self, texts: tuple[str, ...], target: RenderFormat, style: CaptionStyle) -> None:
        safe = safe_area(target)
        room = target.width_px * (1 - 2 * safe.side)
        most = target.height_px * MOST_HEIGHT
        usual = min(target.width_px, target.height_px) * POINTS * style.size
        self.style, self.lines, points = style, [], 0
        for share in (1.0, 0.9, 0.8, 0.7, 0.62, TIGHTEST):
            points = max(8, round(usual * share))
            padding = round(points * 0.42)
            self.lines = [
                line for text in texts for line in _set_lines(text, points, room - 2 * padding)
            ]
            fitting = int((most - 2 * padding) // (points * LINE_HEIGHT))
            if len(self.lines) <= fitting:
                break
        else:
            self.lines = self.lines[: max(fitting, 1)]
            self.lines[-1] = self.lines[-1].ended()
        self.points, self.padding = points, round(points * 0.42)
        self.pitch = round(points * LINE_HEIGHT)
        widest = max((line.width for line in self.lines), default=0.0)
        self.width = min(round(widest) + 2 * self.padding, target.width_px) if self.lines else 0
        self.height = self.pitch * len(self.lines) + 2 * self.padding if self.lines else 0

    def drawn(self, width: int, height: int, *, at_top: bool) -> Pixels:
        """RGBA of this size: the block at its foot (or head), in the middle of its width."""
        picture = Image.new("RGBA", (width, height))
        if self.lines:
            left, top = (width - self.width) // 2, 0 if at_top else height - self.height
            if self.style.box:
                ImageDraw.Draw(picture).rounded_rectangle(
                    (left, top, left + self.width - 1, top + self.height - 1),
                    radius=self.points * 0.3,
                    fill=_BOX,
                )
            for number, line in enumerate(self.lines):
                line.draw(
                    picture,
                    middle=width / 2,
                    baseline=top + self.padding + number * self.pitch + round(self.points * 0.95),
                    outline=0 if self.style.box else max(2, round(self.points * 0.09)),
                )
        return np.asarray(picture).copy()


@dataclass(frozen=True)
class _Line:
    text: str
    face: str
    points: int
    direction: str | None
    slanted: bool
    underlined: bool

    @property
    def width(self) -> float:
        """In pixels, with what a slant adds."""
        return self._length() + (self.points * SLANT if self.slanted else 0)

    def _length(self) -> float:
        return _measure(self.face, self.points)(self.text)

    def ended(self) -> "_Line":
        """With a sign that more was said."""
        return _Line(
            self.text.rstrip(" .,") + "…",
            self.face, self.points, self.direction, self.slanted, self.underlined,
        )  # fmt: skip

    def draw(self, picture: Image.Image, *, middle: float, baseline: int, outline: int) -> None:
        """Onto the picture, centred."""
        layer = Image.new("RGBA", picture.size)
        pen = ImageDraw.Draw(layer)
        letters = fonts.font(self.face, self.points)
        x = round(middle - self._length() / 2)
        how: dict[str, Any] = {"direction": self.direction} if self.direction else {}
        pen.text(
            (x, baseline), self.text, font=letters, fill=_WHITE, anchor="ls",
            stroke_width=outline, stroke_fill=_BLACK, **how,
        )  # fmt: skip
        if self.underlined:
            thick = max(1, round(self.points * 0.06))
            below = baseline + round(self.points * 0.12)
            pen.rectangle((x, below, x + round(self._length()), below + thick - 1), fill=_WHITE)
        if self.slanted:
            layer = layer.transform(
                layer.size,
                Image.Transform.AFFINE,
                (1, SLANT, -SLANT * (baseline - self.points * 0.35), 0, 1, 0),
                Image.Resampling.BICUBIC,
            )
        picture.alpha_composite(layer)


def _measure(face: str, points: int) -> Callable[[str], float]:
    return fonts.font(face, points).getlength


def _set_lines(text: str, points: int, room: float) -> list[_Line]:
    """A cue in lines. Its own breaks stay where they fit; the font is the one with most letters."""
    words = plain(text)
    face = fonts.face_for(words)
    words = fonts.drawable(words, face)
    width_of = _measure(face, points)
    if any(width_of(line) > room for line in words.splitlines()):
        words = reflowed(words)
    return [
        _Line(
            text=line,
            face=face,
            points=points,
            direction=fonts.direction_of(words),
            slanted=_whole(text, "i"),
            underlined=_whole(text, "u"),
        )
        for line in broken(words, width_of, room)
    ]


def _whole(text: str, tag: str) -> bool:
    """Whether the whole cue is set so; a few words within it stay plain."""
    inside = text.replace(f"</{tag}>\n<{tag}>", "\n")
    return inside.startswith(f"<{tag}>") and inside.find(f"</{tag}>") == len(inside) - 4
