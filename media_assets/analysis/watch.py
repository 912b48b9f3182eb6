"""One pass over a video: each frame decoded once, seen and heard."""

import itertools
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.crew import work_together
from media_assets.analysis.errors import AnalysisStopped, AnalysisUnusable, NothingToSee
from media_assets.analysis.hearing import Heard
from media_assets.analysis.picture import Sample
from media_assets.analysis.reading import Source
from media_assets.analysis.rows import Rows
from media_assets.analysis.segments import COLUMNS, Piece, across
from media_assets.analysis.shots import Change, find_changes
from media_assets.analysis.sound import SILENT, Sound
from media_assets.analysis.spans import Span, spans_of
from media_assets.analysis.workbench import LAYOUT, SOUND, Part, Workbench

logger = logging.getLogger(__name__)

MOST_ROUNDS = 3


@dataclass(frozen=True)
class Shot:
    """A span between two boundaries, in frames and milliseconds; begins and ends as named."""

    first_frame: int
    end_frame: int
    start_ms: int
    end_ms: int
    begins: str
    ends: str


@dataclass(frozen=True)
class Seen:
    """Everything that one pass found out. frames holds a column per measure, a row per frame."""

    source: Source
    frames: Columns
    samples: Rows[Sample]
    changes: list[Change]
    sound: Sound
    end_ms: int
    bad_packets: int

    @property
    def times_ms(self) -> npt.NDArray[Any]:
        """When each frame is shown."""
        return np.round(self.frames["at_us"] / 1000).astype(np.int64)

    @property
    def shots(self) -> list[Shot]:
        """Consecutive shots; a transition belongs half to each side."""
        times, count = self.times_ms, len(self.frames)
        edges = [(0, "start")]
        edges += [(c.frame, c.kind) for c in self.changes if 0 < c.frame < count]
        edges.append((count, "end"))
        clock = [int(times[frame]) for frame, _ in edges[:-1]] + [self.end_ms]
        return [
            Shot(a[0], b[0], clock[i], clock[i + 1], a[1], b[1])
            for i, (a, b) in enumerate(itertools.pairwise(edges))
            if b[0] > a[0] and clock[i + 1] > clock[i]
        ]

    def samples_of(self, shot: Shot) -> list[Sample]:
        """What was looked at closely in a shot."""
        return self.samples.between("frame", shot.first_frame, shot.end_frame)

    @cached_property
    def spans(self) -> list[Span]:
        """Where the picture is black, frozen, or has bars around it; in time order."""
        return spans_of(self.frames, self.samples, self.end_ms)


def watch(
    path: Path,
    *,
    progress: Callable[[float], None] = lambda fraction: None,
    workers: int = 0,
    folder: Path | None = None,
) -> Seen:
    """Decode the file once and measure it. Raises NothingToSee, AnalysisStopped, and what `progress`
    raises.

    progress is called several times a second with the share of the time line that was seen. workers:
    how many processes share the work; 0: all of it is done in this one. The result is the same to
    the last bit. folder: where finished parts lie; those that are there already are not done again.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="stakazo-seeing-") as temporary:
            return watch(path, progress=progress, workers=workers, folder=Path(temporary))
    bench = Workbench(path, folder)
    for _ in range(MOST_ROUNDS):
        work_together(bench, workers=workers, progress=progress)
        try:
            return _joined(bench)
        except AnalysisUnusable as error:  # a part was damaged while it lay there; it is gone now
            logger.warning("Parts of an analysis are done again: %s", error.message)
    raise AnalysisStopped("What is written into the work folder does not stay as it was.")


def _joined(bench: Workbench) -> Seen:
    """All parts as one."""
    layout = bench.get(LAYOUT)
    heard: Heard = bench.get(SOUND) if layout.has_sound else Heard(SILENT, 0)
    frames, samples = Columns(**COLUMNS), Rows(Sample)
    strip, last = bench.empty_strip(), np.zeros((0, 0), np.uint8)
    end_us, bad_packets = 0, heard.bad_packets
    for segment in layout.segments:
        part = Part("piece", segment.number)
        piece: Piece = bench.get(part)
        bench.add_thumbnails(part, len(piece.frames), strip)
        before = len(frames)
        frames.extend(piece.frames)
        if last.size and piece.first.size:
            first = across(layout, last, piece.first)
            for name in ("difference", "histogram", "motion", "camera"):
                frames[name][before] = getattr(first, name)
        last = piece.last if piece.last.size else last
        for sample in piece.samples:
            sample.frame += before
            samples.append(sample)
        end_us = max(end_us, piece.end_us)
        bad_packets += piece.bad_packets
    if not len(frames):
        raise NothingToSee("No picture of the file can be decoded.")
    return Seen(
        source=layout.source,
        frames=frames,
        samples=samples,
        changes=find_changes(frames, strip),
        sound=heard.sound,
        end_ms=round(end_us / 1000),
        bad_packets=bad_packets,
    )
