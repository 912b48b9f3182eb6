"""The ffmpeg command: one decode, one split, one encoder per format."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from media_assets.analysis.reading import Source
from media_assets.rendering.composition.composition import Drawn
from media_assets.rendering.composition.layers import Layer, layers_chain, pictures_of
from media_assets.rendering.encoders import MP4_ARGUMENTS, picture_arguments
from media_assets.rendering.ffmpeg import SAFE_INPUT
from media_assets.rendering.plan import Plan
from media_assets.rendering.sounds import seconds
from media_assets.rendering.windows import format_chain

# Light of 203 nits is white paper (ITU-R BT.2408): it and all below keep their brightness, what is
# above is bent into the rest of our range, up to 1000 nits.
PAPER_NITS, PEAK_NITS = 203, 1000
HOLD_S = 2  # a last frame that is missing is the one before it, so long


def picture_chain(
    source: Source, start_ms: int, *, rate: Fraction, frames: int, number: int = 0, first: int = 0
) -> str:
    """So many frames from start_ms on, at a constant rate, times from zero. number: of the input.

    first: those before this one are left out; the times stay. At each moment the frame that a player would show then, also at the first, where that one may have
    begun long before.
    """
    origin = Fraction(source.origin_us, 1_000_000)
    start = Fraction(start_ms, 1000) + origin
    end = (
        start + (frames - Fraction(1, 2)) / rate
    )  # from there on a frame is nearer to the next moment
    parts = [f"[{number}:{source.video_index}]trim=end={seconds(end)}"]
    if source.interlaced:
        parts.append("bwdif=mode=send_frame:deint=interlaced")
    parts += [
        f"setpts=PTS-{seconds(start)}/TB",
        f"fps={rate.numerator}/{rate.denominator}:start_time=0:round=near",
        f"tpad=stop_mode=clone:stop_duration={HOLD_S}",
        f"trim=start_frame={first}:end_frame={frames}" if first else f"trim=end_frame={frames}",
    ]
    if source.hdr:
        parts.append(to_sdr(source))
    return ",".join(parts)


def to_sdr(source: Source) -> str:
    """Filters from PQ or HLG to BT.709, whatever of primaries and matrix the file says."""
    transfer = {16: "smpte2084", 18: "arib-std-b67"}[source.transfer]
    return (
        f"zscale=tin={transfer}:pin=bt2020:min=bt2020nc:rin={'full' if source.full_range else 'limited'}"
        f":t=linear:npl={PAPER_NITS},format=gbrpf32le,zscale=p=bt709,"
        f"tonemap=tonemap=mobius:param=0.3:desat=0:peak={PEAK_NITS / PAPER_NITS:.3f},"
        "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
    )


def command(
    source: Source,
    plans: list[Plan],
    outputs: list[Path],
    *,
    start_ms: int,
    inputs: Sequence[str],
    sound: Path,
    drawn: Sequence[Drawn] = (),
) -> list[str]:
    """All arguments for clips that nothing comes before or after. All lists go together.

    All plans have one frame rate. inputs open the clip. drawn: what lies over it, none where nothing
    does. sound: the encoded track, which each file carries as it is.
    """
    opened = [*inputs, *SAFE_INPUT, "-i", f"file:{sound}"]
    chains = picture_chains(source, plans, start_ms=start_ms, drawn=drawn)
    return arguments_of(plans, outputs, opened, chains, sound=opened.count("-i") - 1)


def arguments_of(
    plans: list[Plan],
    outputs: list[Path],
    inputs: list[str],
    chains: list[str],
    *,
    sound: int | None,
) -> list[str]:
    """A command that encodes [v0], [v1] … of the chains. sound: which input is the sound track."""
    encoder, label = plans[0].encoder, "v"
    if encoder.filters:
        label = "e"
        chains = chains + [f"[v{index}]{encoder.filters}[e{index}]" for index in range(len(plans))]
    arguments = ["-v", "warning", *encoder.before, *inputs]
    arguments += ["-filter_complex_threads", "1", "-filter_complex", ";".join(chains)]
    heard = [] if sound is None else ["-map", f"{sound}:a", "-c:a", "copy"]
    for index, (plan, output) in enumerate(zip(plans, outputs, strict=True)):
        arguments += ["-map", f"[{label}{index}]", *heard]
        arguments += picture_arguments(encoder, plan.format, plan.rate, plan.rate_bps)
        arguments += [*MP4_ARGUMENTS, f"file:{output}"]
    return arguments


def picture_chains(
    source: Source, plans: list[Plan], *, start_ms: int, drawn: Sequence[Drawn] = ()
) -> list[str]:
    """From the inputs to [v0], [v1] …: the clip decoded once, split, and composed per format."""
    line = plans[0].timeline
    decoded = picture_chain(source, start_ms, rate=line.rate, frames=line.clip)
    chains = [decoded + split_into("p", len(plans))]
    for index, plan in enumerate(plans):
        own = drawn[index] if drawn else Drawn()
        chains += clip_chains(source, plan, f"p{index}", f"v{index}", own)
    return chains


def split_into(name: str, count: int) -> str:
    """Behind a chain: its picture for each format."""
    return f",split={count}" + "".join(f"[{name}{index}]" for index in range(count))


def clip_chains(
    source: Source, plan: Plan, before: str, after: str, drawn: Drawn, *, first: int = 0
) -> list[str]:
    """From [before], the clip from this frame on, to [after]: in its format, with what lies over it."""
    bare = f"{after}q" if drawn.layers else after
    again = f",{_frame_base(plan.rate)},setpts=N+{first}" if first else ""
    return [
        f"{format_chain(source, plan, before)}{again}[{bare}]",
        *layers_chain(drawn.layers, rate=plan.rate, before=bare, after=after),
    ]


def film_chain(film: Source, plan: Plan, name: str) -> str:
    """From [name], the picture of an intro or outro, to one format."""
    return format_chain(film, fitting(plan, film), name)


def crossfade(frames: int, rate: Fraction) -> str:
    """The filter that takes so many frames from one picture to another."""
    return f"xfade=transition=fade:duration={seconds(frames / rate)}:offset=0"


def _frame_base(rate: Fraction) -> str:
    return f"settb={rate.denominator}/{rate.numerator}"


def steady(rate: Fraction) -> str:
    """Frames numbered one by one in a time base of one frame, as crossfades need them."""
    return f"{_frame_base(rate)},setpts=N,fps={rate.numerator}/{rate.denominator}"


def still_chain(card: Layer, rate: Fraction, frames: int) -> str:
    """So many frames of a card."""
    return (
        f"{pictures_of(card)},scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p,"
        "setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,"
        f"loop=loop=-1:size=1,{steady(rate)},trim=end_frame={frames}"
    )


def fitting(plan: Plan, film: Source) -> Plan:
    """The plan of an opener: whole, and over itself where it has another shape."""
    ratio = film.shown_width_px / film.shown_height_px
    mode = "whole" if abs(ratio / plan.format.ratio - 1) < 0.01 else "fit"
    return replace(plan, window={"mode": mode}, bars=(0.0, 0.0, 0.0, 0.0))
