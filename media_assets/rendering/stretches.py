"""Variants with an intro or an outro: made in stretches, one after the other, and put together unchanged.

In one graph the parts wait for each other as pictures: hundreds of megabytes. So each stretch has a
command of its own, which opens only what is seen in it; a crossfade, where two films are open, one for
each format as well. The encoded packets follow each other in one file, for each stretch begins with a
key frame and all have one encoder's headers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media_assets.analysis.reading import Source
from media_assets.rendering.composition.composition import Composition, Drawn
from media_assets.rendering.composition.timeline import Piece, Stretch
from media_assets.rendering.copying import write_joined
from media_assets.rendering.graph import (
    arguments_of,
    clip_chains,
    crossfade,
    film_chain,
    picture_chain,
    split_into,
    steady,
    still_chain,
)
from media_assets.rendering.plan import Plan
from media_assets.rendering.sounds import input_arguments


@dataclass(frozen=True)
class Step:
    """A command, and the seconds of picture it makes for each format."""

    arguments: list[str]
    seconds: float


@dataclass(frozen=True)
class Joined:
    """Variants of one frame rate that more than the clip is seen in. drawn goes with plans."""

    path: Path
    source: Source
    start_ms: int
    plans: list[Plan]
    composition: Composition
    drawn: Sequence[Drawn]
    folder: Path

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Of all: they have one time line."""
        return self.plans[0].timeline.stretches

    def steps(self) -> list[Step]:
        """The commands that make all stretches of all formats, in any order."""
        found = []
        for number, stretch in enumerate(self.stretches):
            every = list(range(len(self.plans)))
            for together in [[index] for index in every] if stretch.fades else [every]:
                arguments = self._arguments(number, stretch, together)
                found.append(Step(arguments, float(stretch.frames / self.plans[0].rate)))
        return found

    def put_together(self, outputs: Sequence[Path], *, sound: Path) -> None:
        """From the stretches, which are there, to finished files. Raises RenderFailed."""
        for index, (plan, output) in enumerate(zip(self.plans, outputs, strict=True)):
            files = [self._file(number, index) for number in range(len(self.stretches))]
            write_joined(files, plan.rate, sound=sound, to=output)
            for file in files:
                file.unlink()

    def _file(self, stretch: int, index: int) -> Path:
        return self.folder / f"stretch-{stretch}-{index}.mp4"

    def _arguments(self, number: int, stretch: Stretch, together: list[int]) -> list[str]:
        """The command for one stretch of these plans."""
        inputs: list[str] = []
        chains: list[str] = []
        opened = 0
        for piece in stretch.pieces:
            if film := self._film(piece):
                path, source, start_ms = film
                inputs += input_arguments(
                    path, source, start_ms + int(piece.first * 1000 / self.plans[0].rate)
                )
                decoded = picture_chain(
                    source, start_ms,
                    rate=self.plans[0].rate, frames=piece.end, first=piece.first, number=opened,
                )  # fmt: skip
                chains.append(decoded + split_into(piece.name, len(together)))
                opened += 1
        for place, index in enumerate(together):
            chains += self._format_chains(stretch, place, index)
        plans = [self.plans[index] for index in together]
        outputs = [self._file(number, index) for index in together]
        return arguments_of(plans, outputs, inputs, chains, sound=None)

    def _format_chains(self, stretch: Stretch, place: int, index: int) -> list[str]:
        """From what was decoded to [v<place>], in the format of the plan of this index."""
        plan, drawn, chains = self.plans[index], self.drawn[index], []
        for piece in stretch.pieces:
            before, after = f"{piece.name}{place}", f"{piece.name}m{place}"
            # A layer that changes later than the last frame would make frames of its own.
            ends = f"trim=end_frame={piece.frames},{steady(plan.rate)}[{after}]"
            if piece.name == "clip":
                chains += clip_chains(
                    self.source, plan, before, f"{after}c", drawn, first=piece.first
                )
                chains.append(f"[{after}c]{ends}")
            elif piece.name in drawn.stills:
                card = drawn.stills[piece.name]
                chains.append(f"{still_chain(card, plan.rate, piece.frames)}[{after}]")
            else:
                source = self.composition.opener(piece.name).source
                assert source is not None  # noqa: S101  a card was drawn
                chains.append(f"{film_chain(source, plan, before)},{ends}")
        shown = "".join(f"[{piece.name}m{place}]" for piece in stretch.pieces)
        join = crossfade(stretch.frames, plan.rate) if stretch.fades else "null"
        return [*chains, f"{shown}{join}[v{place}]"]

    def _film(self, piece: Piece) -> tuple[Path, Source, int] | None:
        """(path, source, where it starts) of what is decoded; None for a card."""
        if piece.name == "clip":
            return self.path, self.source, self.start_ms
        opener = self.composition.opener(piece.name)
        if opener.path is None or opener.source is None:
            return None
        return opener.path, opener.source, 0
