"""One frame of a variant, by the same filters as the variant itself."""

from fractions import Fraction
from pathlib import Path

from media_assets.analysis.reading import Source
from media_assets.rendering.composition.composition import Composition, Drawn
from media_assets.rendering.composition.openers import Opener
from media_assets.rendering.graph import clip_chains, film_chain, to_sdr
from media_assets.rendering.plan import Plan
from media_assets.rendering.sounds import input_arguments, seconds

WIDTH_PX = 540


def clip_frame_command(
    path: Path,
    source: Source,
    plan: Plan,
    composition: Composition,
    drawn: Drawn,
    *,
    start_ms: int,
    at_frame: int,
    output: Path,
) -> list[str]:
    """A frame of the clip with what lies over it. composition: without intro and outro."""
    at = at_frame / plan.rate
    chains = [
        f"{_single_frame(source, Fraction(start_ms, 1000), at, plan.rate)}[p0]",
        *clip_chains(source, plan, "p0", "v0", drawn),
    ]
    return [
        *("-v", "warning", *input_arguments(path, source, start_ms + int(at * 1000))),
        *_png("v0", chains, output),
    ]


def film_frame_command(opener: Opener, plan: Plan, output: Path) -> list[str]:
    """The middle of an intro or outro that is a film."""
    assert opener.path is not None and opener.source is not None  # noqa: S101, PT018  it is a film
    middle_ms = opener.duration_ms // 2
    at = Fraction(middle_ms, 1000)
    chains = [
        f"{_single_frame(opener.source, Fraction(0), at, plan.rate)}[p0]",
        f"{film_chain(opener.source, plan, 'p0')}[v0]",
    ]
    return [
        *("-v", "warning", *input_arguments(opener.path, opener.source, middle_ms)),
        *_png("v0", chains, output),
    ]


def _single_frame(source: Source, start: Fraction, at: Fraction, rate: Fraction) -> str:
    """The frame that a variant shows `at` seconds after the start, at that time."""
    origin = Fraction(source.origin_us, 1_000_000)
    half = min(1 / max(source.steady_rate, Fraction(1)), Fraction(1, 10)) / 2
    parts = [
        f"[0:{source.video_index}]trim=start={seconds(start + at + origin - half)}",
        f"setpts=PTS-{seconds(start + origin)}/TB",
        f"fps={rate.numerator}/{rate.denominator}:round=near",
        "trim=end_frame=1",
    ]
    if source.hdr:
        parts.append(to_sdr(source))
    return ",".join(parts)


def _png(name: str, chains: list[str], output: Path) -> list[str]:
    shown = f"[{name}]scale={WIDTH_PX}:-2:in_color_matrix=bt709:in_range=tv,format=rgb24[png]"
    return [
        *("-filter_complex_threads", "1", "-filter_complex", ";".join([*chains, shown])),
        *("-map", "[png]", "-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1"),
        f"file:{output}",
    ]
