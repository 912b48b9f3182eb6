"""The sound of a variant: of the clip alone, or of everything that is joined to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from media_assets.analysis.reading import Source
from media_assets.rendering.composition.composition import Composition
from media_assets.rendering.composition.timeline import SAMPLE_RATE_HZ, Timeline
from media_assets.rendering.ffmpeg import SAFE_INPUT
from media_assets.rendering.plan import AAC_FRAME, Plan

# An AAC encoder puts this many samples before the first; without edit lists players play them, so
# the sound begins this much later in the source and the two come out together.
PRIMING_SAMPLES = AAC_FRAME
EARLY_S = 1.0
_SHAPE = f"aformat=sample_fmts=fltp:sample_rates={SAMPLE_RATE_HZ}:channel_layouts=stereo"


class Sound(Protocol):
    """What ffmpeg is told of a sound. Inputs are numbered from 0, the clip first."""

    @property
    def inputs(self) -> list[str]:
        """The arguments that open its files."""

    @property
    def audible(self) -> bool:
        """Whether there is any sound at all."""

    def chain(self, gain: str) -> str:
        """The filters, without a name for their end. gain: filters over the whole, may be empty."""


@dataclass(frozen=True)
class ClipSound:
    """The sound of a span of one file: exact, 48 kHz stereo, `samples` long."""

    path: Path
    source: Source
    start_ms: int
    samples: int

    @property
    def inputs(self) -> list[str]:
        """The file, opened near the start."""
        return input_arguments(self.path, self.source, self.start_ms)

    @property
    def audible(self) -> bool:
        """Whether the file has a sound track."""
        return self.source.audio_index is not None

    def chain(self, gain: str) -> str:
        """From the file, or as long a silence."""
        if not self.audible:
            return f"anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo,atrim=end_sample={self.samples}"
        heard = _heard(self.source, self.start_ms, self.samples, number=0)
        return f"{heard},{_finished(gain, self.samples)}"


@dataclass(frozen=True)
class Part:
    """A stretch of a joined sound: from the file of that number, or silence where source is None.

    gain: filters that bring it to the loudness of the others.
    """

    source: Source | None
    number: int
    start_ms: int
    samples: int
    gain: str = ""


@dataclass(frozen=True)
class JoinedSound:
    """Intro, clip and outro, each fading into the next. fades: samples in which two are heard."""

    parts: tuple[Part, ...]
    fades: tuple[int, ...]
    samples: int
    inputs: list[str]

    @property
    def audible(self) -> bool:
        """Whether any part is heard."""
        return any(part.source is not None for part in self.parts)

    def chain(self, gain: str) -> str:
        """All parts, joined without a gap."""
        chains = [f"{_part_chain(part)}[j{number}]" for number, part in enumerate(self.parts)]
        at = "j0"
        for number, fade in enumerate(self.fades, start=1):
            # Two sounds that have nothing to do with each other keep their power in a quarter sine.
            join = f"acrossfade=ns={fade}:c1=qsin:c2=qsin" if fade else "concat=n=2:v=0:a=1"
            chains.append(f"[{at}][j{number}]{join}[s{number}]")
            at = f"s{number}"
        return ";".join([*chains, f"[{at}]asetpts=N/SR/TB,{_finished(gain, self.samples)}"])


def sound_of(
    path: Path,
    source: Source,
    start_ms: int,
    plan: Plan,
    composition: Composition,
    *,
    gains: Sequence[str] = ("", "", ""),
) -> Sound:
    """The sound of a variant. gains: filters for the clip and for each opener, in order."""
    if not composition.openers:
        return ClipSound(path, source, start_ms, plan.samples)
    line, parts, inputs = plan.timeline, [], input_arguments(path, source, start_ms)
    numbers = film_numbers(composition)
    heard = source if source.audio_index is not None else None
    stretches = [
        (0, line.intro),
        (line.clip_at, line.clip_at + line.clip),
        (line.outro_at, line.frames),
    ]
    for name, (first, end) in zip(("intro", "clip", "outro"), stretches, strict=True):
        samples = line.samples(first, end)
        if name == "clip":
            parts.append(Part(heard, 0, start_ms, samples, gains[0]))
            continue
        opener = composition.intro if name == "intro" else composition.outro
        if opener is not None:
            own = gains[1 + composition.openers.index(opener)]
            sounding = opener.source if opener.has_sound else None
            parts.append(Part(sounding, numbers.get(name, -1), 0, samples, own))
    for opener in composition.openers:
        if opener.path is not None and opener.source is not None:
            inputs += input_arguments(opener.path, opener.source, 0)
    fades = _fades(line, composition)
    return JoinedSound(tuple(parts), fades, plan.samples, inputs)


def film_numbers(composition: Composition) -> dict[str, int]:
    """intro and outro → number among ffmpeg's inputs, for those that are films; the clip is 0."""
    films = [
        name
        for name, opener in (("intro", composition.intro), ("outro", composition.outro))
        if opener is not None and opener.source is not None
    ]
    return {name: number for number, name in enumerate(films, start=1)}


def _fades(line: Timeline, composition: Composition) -> tuple[int, ...]:
    fades = []
    if composition.intro:
        fades.append(line.samples(line.clip_at, line.intro))
    if composition.outro:
        fades.append(line.samples(line.outro_at, line.clip_at + line.clip))
    return tuple(fades)


def _part_chain(part: Part) -> str:
    if part.source is None:
        silence = f"anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo,atrim=end_sample={part.samples}"
        return f"{silence},{_SHAPE}"
    heard = _heard(part.source, part.start_ms, part.samples, number=part.number)
    own = f",{part.gain},{_SHAPE}" if part.gain else ""
    return f"{heard}{own},apad=whole_len={part.samples},atrim=end_sample={part.samples}"


def _heard(source: Source, start_ms: int, samples: int, *, number: int) -> str:
    """From the input of that number: the span and a second more, times from zero."""
    start = Fraction(start_ms, 1000) + Fraction(source.origin_us, 1_000_000)
    length = Fraction(samples, SAMPLE_RATE_HZ)
    return (
        f"[{number}:{source.audio_index}]atrim=start={seconds(start)}:"
        f"end={seconds(start + length + 1)},asetpts=PTS-{seconds(start)}/TB,"
        f"aresample={SAMPLE_RATE_HZ}:async=1:first_pts=0,{_SHAPE}"
    )


def _finished(gain: str, samples: int) -> str:
    """Loud enough, begun where the encoder wants it, and of the right length."""
    louder = f"{gain},{_SHAPE}," if gain else ""
    return (
        f"{louder}atrim=start_sample={PRIMING_SAMPLES},asetpts=N/SR/TB,"
        f"apad=whole_len={samples},atrim=end_sample={samples}"
    )


def seconds(value: Fraction | float) -> str:
    """A time for ffmpeg: microseconds are exact enough, and stable in text."""
    return f"{float(value):.6f}"


def input_arguments(path: Path, source: Source, start_ms: int) -> list[str]:
    """Open the source near the start, with its own clock kept (trim does the exact work)."""
    early = start_ms / 1000 - EARLY_S
    # From the very start nothing is sought: a seek to 0 passes over what AAC keeps before it, and
    # without that its first 21 ms are nearly silent.
    seek = ["-ss", seconds(early + source.origin_us / 1_000_000)] if early > 0 else []
    return [
        "-copyts",
        "-noaccurate_seek",
        "-seek_timestamp",
        "1",
        *seek,
        *SAFE_INPUT,
        "-threads",
        "2",
        "-i",
        f"file:{path}",
    ]
