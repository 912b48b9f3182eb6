"""The ffmpeg command: one decode, one split, one encoder per format."""

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

from media_assets.analysis.reading import Source
from media_assets.rendering.ffmpeg import SAFE_INPUT
from media_assets.rendering.plan import AAC_FRAME, ENCODER, SAMPLE_RATE_HZ, Plan

BLUR_WIDTH_PX = 160  # the background is blurred at this size: an eighth of the cost, same look
# An AAC encoder puts this many samples before the first; without edit lists players play them, so
# the sound begins this much later in the source and the two come out together.
PRIMING_SAMPLES = AAC_FRAME
AUDIO_EARLY_S = 1.0


def seconds(value: Fraction | float) -> str:
    """A time for ffmpeg: microseconds are exact enough, and stable in text."""
    return f"{float(value):.6f}"


def input_arguments(path: Path, source: Source, start_ms: int) -> list[str]:
    """Open the source near the start, with its own clock kept (trim does the exact work)."""
    early = max(0.0, start_ms / 1000 - AUDIO_EARLY_S) + source.origin_us / 1_000_000
    return [
        "-copyts",
        "-noaccurate_seek",
        "-seek_timestamp",
        "1",
        "-ss",
        seconds(early),
        *SAFE_INPUT,
        "-threads",
        "2",
        "-i",
        f"file:{path}",
    ]


def sound_chain(source: Source, start_ms: int, samples: int, *, gain: str) -> str:
    """The sound of the clip: exact, 48 kHz stereo, `samples` long. gain: filters, may be empty."""
    start = Fraction(start_ms, 1000) + Fraction(source.origin_us, 1_000_000)
    length = Fraction(samples, SAMPLE_RATE_HZ)
    shape = f"aformat=sample_fmts=fltp:sample_rates={SAMPLE_RATE_HZ}:channel_layouts=stereo"
    return (
        f"[0:{source.audio_index}]atrim=start={seconds(start)}:end={seconds(start + length + 1)},"
        f"asetpts=PTS-{seconds(start)}/TB,"
        f"aresample={SAMPLE_RATE_HZ}:async=1:first_pts=0,{shape},"
        + (f"{gain},{shape}," if gain else "")
        + f"atrim=start_sample={PRIMING_SAMPLES},asetpts=N/SR/TB,"
        f"apad=whole_len={samples},atrim=end_sample={samples}"
    )


def silence_chain(samples: int) -> str:
    """As long a silence: platforms refuse files without a sound track."""
    return f"anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo,atrim=end_sample={samples}"


def picture_chain(source: Source, start_ms: int, end_ms: int, plan: Plan) -> str:
    """Exactly the frames of the span, at a constant rate, times from zero."""
    origin = Fraction(source.origin_us, 1_000_000)
    half = min(1 / max(source.steady_rate, Fraction(1)), Fraction(1, 10)) / 2
    start = Fraction(start_ms, 1000) + origin - half
    end = Fraction(end_ms, 1000) + origin - half
    parts = [
        f"[0:{source.video_index}]trim=start={seconds(start)}:end={seconds(end)}",
        f"setpts=PTS-{seconds(start + half)}/TB",
    ]
    if source.hdr:
        parts.append(
            "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
            "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
        )
    parts += [
        f"fps={plan.rate.numerator}/{plan.rate.denominator}:start_time=0:round=near",
        "tpad=stop_mode=clone:stop_duration=2",
        f"trim=end_frame={plan.frames}",
    ]
    return ",".join(parts)


def format_chain(source: Source, plan: Plan, name: str) -> str:
    """From the shared picture [name] to one format: window or fit, size, colours."""
    width, height = source.width_px, source.height_px
    if source.turn % 2:
        width, height = height, width
    top, bottom, left, right = plan.bars
    area_x, area_y = width * left, height * top
    area_w, area_h = width * (1 - left - right), height * (1 - top - bottom)
    wanted = plan.format
    size = f"{wanted.width_px}:{wanted.height_px}"
    mode = plan.window["mode"]
    if mode == "crop":
        crop = _window_crop(plan, area_x, area_y, area_w, area_h)
        return f"[{name}]{crop},{_scaled(source, size)}"
    area = (
        f"crop={_even(area_w)}:{_even(area_h)}:{round(area_x)}:{round(area_y)},"
        if any(plan.bars)
        else ""
    )
    if mode == "whole":
        return f"[{name}]{area}{_scaled(source, size)}"
    return _fitted(source, plan, name, area, area_w, area_h)


def _window_crop(plan: Plan, x: float, y: float, width: float, height: float) -> str:
    share = plan.window["window"]
    along_x = plan.window["axis"] == "x"
    crop_w = _even(width * share if along_x else width)
    crop_h = _even(height if along_x else height * share)
    length, size, offset = (width, crop_w, x) if along_x else (height, crop_h, y)
    keyframes = [
        (at_ms, min(max(centre * length - size / 2, 0.0), max(length - size, 0.0)) + offset)
        for at_ms, centre in plan.window["keyframes"] or [[0, 0.5]]
    ]
    moving = path_expression(keyframes, half_frame_s=0.49 / float(plan.rate))
    still = round(y if along_x else x)
    place = f"x='{moving}':y={still}" if along_x else f"x={still}:y='{moving}'"
    return f"crop=w={crop_w}:h={crop_h}:{place}"


def path_expression(keyframes: list[tuple[int, float]], *, half_frame_s: float) -> str:
    """An expression of t that goes straight between the keyframes, and jumps where two share a time.

    Jumps come half a frame early, so that rounding never shows a new shot in the old window.
    """
    pieces: list[tuple[float, str]] = []  # (valid until, value)
    for (t0, v0), (t1, v1) in itertools.pairwise(keyframes):
        if t1 <= t0:
            continue
        if abs(v1 - v0) < 0.5:
            value = f"{v0:.1f}"
        else:
            speed = (v1 - v0) / ((t1 - t0) / 1000)
            value = f"{v0:.1f}+{speed:.3f}*(t-{t0 / 1000:.3f})".replace("+-", "-")
        if pieces and pieces[-1][1] == value:
            pieces[-1] = (t1 / 1000 - half_frame_s, value)
        else:
            pieces.append((t1 / 1000 - half_frame_s, value))
    if not pieces:
        return f"{keyframes[0][1]:.1f}"
    return _chosen_by_time(pieces)


def _chosen_by_time(pieces: list[tuple[float, str]]) -> str:
    """Nested as a balanced tree: hundreds of keyframes stay within ffmpeg's depth of 100."""
    if len(pieces) == 1:
        return pieces[0][1]
    middle = len(pieces) // 2
    return (
        f"if(lt(t,{pieces[middle - 1][0]:.4f}),"
        f"{_chosen_by_time(pieces[:middle])},{_chosen_by_time(pieces[middle:])})"
    )


def _fitted(source: Source, plan: Plan, name: str, area: str, area_w: float, area_h: float) -> str:
    """The whole picture in the middle, over itself, large and blurred."""
    wanted = plan.format
    shown_ratio = area_w * float(source.sar if source.turn % 2 == 0 else 1 / source.sar) / area_h
    scale = min(wanted.width_px / shown_ratio, wanted.height_px)
    inner_w, inner_h = _even(scale * shown_ratio), _even(scale)
    blur_w = BLUR_WIDTH_PX
    blur_h = _even(blur_w / wanted.ratio)
    cover = max(blur_w / shown_ratio, blur_h)
    cover_w, cover_h = _even(cover * shown_ratio) + 2, _even(cover) + 2
    return (
        f"[{name}]{area}split=2[{name}f][{name}b];"
        f"[{name}b]scale={cover_w}:{cover_h}:flags=area,crop={blur_w}:{blur_h},"
        f"gblur=sigma=5,lutyuv=y='16+(val-16)*0.62',"
        f"{_scaled(source, f'{wanted.width_px}:{wanted.height_px}', flags='bilinear')}[{name}bg];"
        f"[{name}f]{_scaled(source, f'{inner_w}:{inner_h}')}[{name}fg];"
        f"[{name}bg][{name}fg]overlay=(W-w)/2:(H-h)/2:format=yuv420"
    )


def _scaled(source: Source, size: str, flags: str = "bicubic") -> str:
    """Scale to size, to eight-bit BT.709 with square pixels, whatever the source says it is."""
    known = "" if source.hdr else f":in_color_matrix={_matrix(source)}"
    return (
        f"scale={size}:flags={flags}{known}:out_color_matrix=bt709:out_range=tv,"
        "format=yuv420p,setsar=1,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    )


def _matrix(source: Source) -> str:
    """The colour matrix of the source; where it does not say, what its size suggests."""
    named = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
    small = min(source.shown_width_px, source.shown_height_px) < 720
    return named.get(source.matrix, "bt601" if small else "bt709")


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def command(
    path: Path,
    source: Source,
    plans: list[Plan],
    outputs: list[Path],
    *,
    start_ms: int,
    end_ms: int,
    gain: str,
    cards: list[Path | None],
) -> list[str]:
    """All arguments. plans, outputs and cards (pictures with the text, or None) go together."""
    arguments = ["-v", "warning", *input_arguments(path, source, start_ms)]
    card_inputs: dict[int, int] = {}
    for index, card in enumerate(cards):
        if card is not None:
            card_inputs[index] = 1 + len(card_inputs)
            arguments += ["-protocol_whitelist", "file", "-f", "image2"]
            arguments += ["-pattern_type", "none", "-i", f"file:{card}"]
    count, first = len(plans), plans[0]
    chains = [
        picture_chain(source, start_ms, end_ms, first)
        + f",split={count}"
        + "".join(f"[p{index}]" for index in range(count))
    ]
    for index, plan in enumerate(plans):
        chain = format_chain(source, plan, f"p{index}")
        if index in card_inputs:
            chain += f"[q{index}];[q{index}][{card_inputs[index]}:v]overlay=0:0:format=yuv420"
        chains.append(f"{chain}[v{index}]")
    sound = (
        sound_chain(source, start_ms, first.samples, gain=gain)
        if source.audio_index is not None
        else silence_chain(first.samples)
    )
    chains.append(f"{sound},asplit={count}" + "".join(f"[a{index}]" for index in range(count)))
    arguments += ["-filter_complex_threads", "1", "-filter_complex", ";".join(chains)]
    for index, (plan, output) in enumerate(zip(plans, outputs, strict=True)):
        arguments += ["-map", f"[v{index}]", "-map", f"[a{index}]", *encoder_arguments(plan)]
        arguments += [f"file:{output}"]
    return arguments


def encoder_arguments(plan: Plan) -> list[str]:
    """How one variant is encoded and written: the one safe profile, and the same bytes each time."""
    gop = max(1, int(ENCODER["gop_s"] * plan.rate))
    wanted = plan.format
    options: dict[str, Any] = {
        "-c:v": "libx264",
        "-preset:v": ENCODER["preset"],
        "-x264-params:v": ENCODER["x264"],
        "-profile:v": "high",
        "-level:v": "4.1" if plan.rate <= 31 else "4.2",
        "-crf:v": ENCODER["crf"],
        "-maxrate:v": wanted.max_rate_bps,
        "-bufsize:v": 2 * wanted.max_rate_bps,
        "-g:v": gop,
        "-bf:v": ENCODER["b_frames"],
        "-flags:v": "+cgop+bitexact",
        "-threads:v": 1,
        "-pix_fmt:v": "yuv420p",
        "-color_range:v": "tv",
        "-color_primaries:v": "bt709",
        "-color_trc:v": "bt709",
        "-colorspace:v": "bt709",
        "-fps_mode:v": "passthrough",
        "-c:a": "aac",
        "-b:a": ENCODER["audio_bps"],
        "-ar:a": SAMPLE_RATE_HZ,
        "-ac:a": 2,
        "-flags:a": "+bitexact",
        "-map_metadata": -1,
        "-map_chapters": -1,
        "-fflags": "+bitexact",
        "-use_editlist": 0,
        "-movflags": "+faststart+negative_cts_offsets",
        "-f": "mp4",
    }
    return [str(part) for pair in options.items() for part in pair]
