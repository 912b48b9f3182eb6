"""Everything a variant is composed of beside its clip."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from media_assets.cues import Cue
from media_assets.formats import RenderFormat
from media_assets.rendering.composition import openers, subtitles, text
from media_assets.rendering.composition.fonts import font_identity
from media_assets.rendering.composition.layers import Layer
from media_assets.rendering.composition.openers import Opener, draw_card, draw_mark
from media_assets.rendering.composition.subtitles import CaptionStyle
from media_assets.rendering.composition.timeline import Timeline, timeline

VERSION = 1
MOST_CROSSFADE_MS = 2000


@dataclass(frozen=True)
class Mark:
    """A watermark: a local PNG, and where it goes. Shares as in the model Watermark."""

    image: Path
    sha256: str
    position: str
    margin: float
    width_share: float
    opacity: float


@dataclass(frozen=True)
class Drawn:
    """What was drawn for one format: what lies over the clip, and the cards, by intro and outro."""

    layers: list[Layer] = field(default_factory=list)
    stills: dict[str, Layer] = field(default_factory=dict)


@dataclass(frozen=True)
class Composition:
    """What to compose. Over the clip lie title, caption, cues and mark; before and after it, openers.

    cues: of the clip, counted from its start. Empty: the clip alone.
    """

    title: str = ""
    caption: str = ""
    cues: tuple[Cue, ...] = ()
    style: CaptionStyle = field(default_factory=CaptionStyle)
    mark: Mark | None = None
    intro: Opener | None = None
    outro: Opener | None = None
    crossfade_ms: int = 0

    def has_opener(self, name: str) -> bool:
        """Whether there is an intro, or an outro."""
        return (self.intro if name == "intro" else self.outro) is not None

    def opener(self, name: str) -> Opener:
        """The intro or the outro, which is there."""
        found = self.intro if name == "intro" else self.outro
        assert found is not None  # noqa: S101  has_opener says so
        return found

    @property
    def openers(self) -> list[Opener]:
        """Intro and outro, where there are any."""
        return [each for each in (self.intro, self.outro) if each is not None]

    def timeline(self, *, rate: Fraction, clip: int) -> Timeline:
        """When everything is seen, for a clip of so many frames."""
        return timeline(
            rate=rate,
            clip=clip,
            intro_ms=self.intro.duration_ms if self.intro else 0,
            outro_ms=self.outro.duration_ms if self.outro else 0,
            crossfade_ms=self.crossfade_ms,
        )

    def recipe(self, line: Timeline) -> dict[str, Any] | None:
        """All of it that determines bytes, as JSON data; None when there is nothing to compose."""
        parts: dict[str, Any] = {}
        if self.title or self.caption:
            parts["text"] = {"title": self.title, "caption": self.caption, "version": text.VERSION}
        if self.cues:
            parts["captions"] = {
                "cues": [[cue.start_ms, cue.end_ms, cue.text] for cue in self.cues],
                "style": self.style.as_json(),
                "version": subtitles.VERSION,
            }
        if mark := self.mark:
            parts["watermark"] = {
                "sha256": mark.sha256,
                "position": mark.position,
                "margin": mark.margin,
                "width_share": mark.width_share,
                "opacity": mark.opacity,
            }
        for name, opener in (("intro", self.intro), ("outro", self.outro)):
            if opener:
                parts[name] = {**opener.identity, "duration_ms": opener.duration_ms}
        if not parts:
            return None
        if self.openers:
            parts["openers_version"] = openers.VERSION
            parts["crossfade_frames"] = [line.fade_in, line.fade_out]
        return {"version": VERSION, "letters": font_identity(), **parts}

    def draw(self, folder: Path, target: RenderFormat, line: Timeline) -> "Drawn":
        """Draw everything that is drawn. folder: for the files. Raises TextTooLong."""
        folder.mkdir(parents=True, exist_ok=True)
        stills = {
            name: draw_card(folder / f"{name}.png", target, opener.still)
            for name in ("intro", "outro")
            if self.has_opener(name) and (opener := self.opener(name)).still is not None
        }
        return Drawn(self._layers(folder, target, line), stills)

    def _layers(self, folder: Path, target: RenderFormat, line: Timeline) -> list[Layer]:
        """What lies over the clip, lowest first."""
        title = text.draw_title(folder / "title.png", target, self.title)
        caption = text.draw_caption(folder / "caption.png", target, self.caption)
        cues = subtitles.draw_captions(
            folder / "cues.png",
            target,
            self.cues,
            style=self.style,
            rate=line.rate,
            frames=line.clip,
            above=caption.top if caption else None,
            below=title.bottom if title else None,
        )
        mark = self.mark and draw_mark(
            folder / "mark.png",
            target,
            self.mark.image,
            position=self.mark.position,
            margin=self.mark.margin,
            width_share=self.mark.width_share,
            opacity=self.mark.opacity,
        )
        words = [each.layer for each in (title, caption) if each]
        return [*([mark] if mark else []), *words, *([cues] if cues else [])]
