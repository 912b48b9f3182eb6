"""The work on one video in parts, and the folder where finished parts lie.

A part is done when its file has its name: files are written beside it and renamed. So whoever comes
after a crash finds what is done, and does the rest. The parts:

layout     where the video can be split (`splitting`)
sound      all that is heard (`hearing`)
piece n    what segment n shows (`segments`), and beside it the thumbnails of its frames
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_assets.analysis.errors import AnalysisUnusable
from media_assets.analysis.hearing import Heard, hear
from media_assets.analysis.packing import pack_into, unpack_as
from media_assets.analysis.reading import small_size
from media_assets.analysis.segments import Piece, watch_segment
from media_assets.analysis.splitting import Layout, lay_out
from media_assets.analysis.strip import Strip

Tell = Callable[[int], None]


@dataclass(frozen=True, order=True)
class Part:
    """One part of the work: what kind, and of which segment."""

    kind: str
    number: int = 0

    @property
    def name(self) -> str:
        """What its file is called, without the ending."""
        return f"{self.kind}-{self.number:05d}" if self.kind == "piece" else self.kind


LAYOUT, SOUND = Part("layout"), Part("sound")
_TYPES: dict[str, Any] = {"layout": Layout, "sound": Heard, "piece": Piece}


class Workbench:
    """The folder of one video. Reading a part that is damaged takes it away: it is to be done again."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path, self.folder = path, folder
        self._layout: Layout | None = None

    def perform(self, part: Part, tell: Tell) -> None:
        """Do one part and put it down. Raises NothingToSee, and what tell raises."""
        if part == LAYOUT:
            self._put(part, lay_out(self.path))
        elif part == SOUND:
            self._put(part, hear(self.path))
        else:
            strip = self._strip_path(part)
            beside = _beside(strip)
            with beside.open("wb") as file:
                piece = watch_segment(
                    self.path, self.layout, part.number, tell=tell, keep=file.write
                )
            beside.replace(strip)
            self._put(part, piece)  # last: with it, the part is done

    @property
    def layout(self) -> Layout:
        """Where the segments are; the part must be done."""
        if self._layout is None:
            self._layout = self.get(LAYOUT)
        return self._layout

    def parts(self) -> list[Part]:
        """Everything that is to be done after the layout; the sound first, for it cannot be shared, and
        the largest pieces before smaller ones, so that all end at about the same time."""
        by_size = sorted(self.layout.segments, key=lambda each: (-each.frames, each.number))
        pieces = [Part("piece", segment.number) for segment in by_size]
        return [SOUND, *pieces] if self.layout.has_sound else pieces

    def is_done(self, part: Part) -> bool:
        """Whether its files are there."""
        there = self._part_path(part).exists()
        return there and (part.kind != "piece" or self._strip_path(part).exists())

    def get(self, part: Part) -> Any:
        """A finished part. Raises AnalysisUnusable when it is not there or damaged."""
        path = self._part_path(part)
        try:
            return unpack_as(path.read_bytes(), _TYPES[part.kind], kind=part.kind)
        except FileNotFoundError as error:
            raise AnalysisUnusable(f"The part {part.name} is not there.") from error
        except AnalysisUnusable:
            path.unlink(missing_ok=True)
            raise

    def empty_strip(self) -> Strip:
        """A strip for the thumbnails of this video."""
        width, height = small_size(self.layout.source)
        return Strip(upright=height > width)

    def add_thumbnails(self, part: Part, frames: int, strip: Strip) -> None:
        """Add those of a piece. Raises AnalysisUnusable, and takes the piece away, if some are missing."""
        path = self._strip_path(part)
        if not path.exists() or path.stat().st_size != frames * strip.frame_bytes:
            self._part_path(part).unlink(missing_ok=True)
            raise AnalysisUnusable(f"The thumbnails of {part.name} are not all there.")
        strip.extend(path)

    def _put(self, part: Part, value: Any) -> None:
        path = self._part_path(part)
        beside = _beside(path)
        with beside.open("wb") as file:
            pack_into(file, value, _TYPES[part.kind], kind=part.kind, level=1)
        beside.replace(path)

    def _part_path(self, part: Part) -> Path:
        return self.folder / f"{part.name}.npz"

    def _strip_path(self, part: Part) -> Path:
        return self.folder / f"strip-{part.number:05d}.raw"


def _beside(path: Path) -> Path:
    """Where a file is written before it has its name."""
    return path.with_name(f".{path.name}.{os.getpid()}")
