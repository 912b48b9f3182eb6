"""From the shared picture of a clip to one format: the window over it, its size and its colours.

A shot has one window: a part of the picture (`segments_of` brings old and new framing data to that).
Shots with windows of one size are one crop whose place depends on the time; crops of several sizes
are joined before they are scaled. Only where the size of the picture in the frame changes is there
another chain: the stream is cut between two frames and put together again. So what comes out never
changes its size, and a background is only made for frames that show one.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from media_assets.analysis.reading import Source
from media_assets.rendering.plan import Plan

BLUR_WIDTH_PX = 160  # the background is blurred at this size: an eighth of the cost, same look
STILL_PX = 0.5  # a window that moves less than this over a keyframe rests
Bars = tuple[float, float, float, float]


@dataclass(frozen=True)
class Run:
    """Shots in a row that are alike in something. segments: of the framing data, at least one."""

    first_frame: int
    end_frame: int
    segments: list[dict[str, Any]]


def format_chain(source: Source, plan: Plan, name: str) -> str:
    """Filters from the shared picture [name] to one format. The times of [name] are the clip's."""
    runs = runs_of(segments_of(plan), plan.rate, plan.timeline.clip, alike=picture_size)
    return _joined(plan, name, runs, lambda run, label: _run_chain(source, plan, run, label))


def _joined(
    plan: Plan, name: str, runs: list[Run], chain_of: Callable[[Run, str], str], *, how: str = ""
) -> str:
    """A chain per run, one after the other; frames begin at time zero. how: of concat."""
    if len(runs) == 1:
        return f"[{name}]{chain_of(runs[0], name)}"
    names = [f"{name}w{index}" for index in range(len(runs))]
    pieces = [f"[{name}]split={len(runs)}" + "".join(f"[{each}]" for each in names)]
    for each, run in zip(names, runs, strict=True):
        cut = f"trim=start={_before(run.first_frame, plan)}:end={_before(run.end_frame, plan)}"
        pieces.append(f"[{each}]{cut},{chain_of(run, each)},setpts=PTS-STARTPTS[{each}o]")
    base = f"{plan.rate.denominator}/{plan.rate.numerator}"
    joined = "".join(f"[{each}o]" for each in names)
    pieces.append(f"{joined}concat=n={len(runs)}:v=1:a=0{how},settb={base},setpts=N")
    return ";".join(pieces)


def _before(frame: int, plan: Plan) -> str:
    """Half a frame before a frame, in seconds: rounding of times never moves a cut."""
    return f"{max(0.0, float((frame - Fraction(1, 2)) / plan.rate)):.6f}"


# --- What the framing says ------------------------------------------------------------------------


def segments_of(plan: Plan) -> list[dict[str, Any]]:
    """The windows of a plan, one per shot, whatever age its framing data is of."""
    window, bars = plan.window, list(plan.bars)
    if window["mode"] == "windows":
        return list(window["segments"])
    end_ms = round(plan.timeline.clip / plan.rate * 1000)
    whole = {"start_ms": 0, "end_ms": end_ms, "mode": "hold", "bars": bars, "axis": "x"}
    still = {"window": 1.0, "zoom": 1.0, "keyframes": [[0, 0.5, 0.0]]}
    if window["mode"] == "whole":
        return [{**whole, **still}]
    if window["mode"] == "fit":
        return [{**whole, **still, "mode": "fit", "zoom": 0.0}]
    part = {"bars": bars, "axis": window["axis"], "window": window["window"], "zoom": 1.0}
    points = window["keyframes"] or [[0, 0.5]]
    if len(points) == 1:
        points = [points[0], [max(end_ms, points[0][0] + 1), points[0][1]]]
    return [
        {
            **part,
            "start_ms": t0,
            "end_ms": t1,
            "mode": "hold" if c0 == c1 else "track",
            "keyframes": [[t0, c0, speed], [t1, c1, speed]],
        }
        for (t0, c0), (t1, c1) in itertools.pairwise(points)
        if t1 > t0
        for speed in [(c1 - c0) * 1000 / (t1 - t0)]
    ]


def picture_size(segment: dict[str, Any]) -> tuple[Any, ...]:
    """Equal for segments whose pictures have one size in the frame."""
    return (min(segment["zoom"], 1.0), segment["axis"] if segment["zoom"] < 1 else "")


def crop_size(segment: dict[str, Any]) -> tuple[Any, ...]:
    """Equal for segments that one crop can serve."""
    return (tuple(segment["bars"]), segment["axis"], segment["window"])


def runs_of(
    segments: list[dict[str, Any]],
    rate: Fraction,
    end_frame: int,
    *,
    alike: Callable[[dict[str, Any]], tuple[Any, ...]],
    first_frame: int = 0,
) -> list[Run]:
    """Segments grouped by what is alike, with the frames they are shown at; together all frames."""
    runs: list[Run] = []
    for index, segment in enumerate(segments):
        first = _first_frame(segment, rate) if index else first_frame
        last = index == len(segments) - 1
        end = end_frame if last else min(_first_frame(segments[index + 1], rate), end_frame)
        if end <= first:
            continue
        if runs and alike(runs[-1].segments[0]) == alike(segment):
            runs[-1] = Run(runs[-1].first_frame, end, [*runs[-1].segments, segment])
        else:
            runs.append(Run(first, end, [segment]))
    return runs


def _first_frame(segment: dict[str, Any], rate: Fraction) -> int:
    """The first frame that shows the shot: the fps filter puts a picture at the nearest frame."""
    return max(0, round(Fraction(segment["start_ms"], 1000) * rate))


# --- What ffmpeg does -----------------------------------------------------------------------------


def _run_chain(source: Source, plan: Plan, run: Run, name: str) -> str:
    """From [name] on: crops and size for shots whose picture has one size."""
    crops = runs_of(
        run.segments, plan.rate, run.end_frame, alike=crop_size, first_frame=run.first_frame
    )
    if len(crops) == 1:
        cropped = _crop(source, plan, crops[0])
    else:
        chain = _joined(
            plan, name, crops, lambda crop, _: _crop(source, plan, crop) or "null", how=":unsafe=1"
        )
        cropped = chain.removeprefix(f"[{name}]")
    cropped += "," if cropped else ""
    wanted = plan.format
    if run.segments[0]["zoom"] >= 1:
        return cropped + _scaled(source, f"{wanted.width_px}:{wanted.height_px}")
    width, height = _crop_pixels(source, run.segments[0])
    shown = width * float(source.sar if source.turn % 2 == 0 else 1 / source.sar) / height
    return cropped + _over_itself(source, plan, name, shown)


def _crop_pixels(source: Source, segment: dict[str, Any]) -> tuple[int, int]:
    """(width, height) of a window in stored pixels, upright."""
    width, height = _upright_pixels(source)
    top, bottom, left, right = segment["bars"]
    along_x, share = segment["axis"] == "x", segment["window"]
    across, down = width * (1 - left - right), height * (1 - top - bottom)
    return (
        min(_even(across * share if along_x else across), width),
        min(_even(down if along_x else down * share), height),
    )


def _upright_pixels(source: Source) -> tuple[int, int]:
    width, height = source.width_px, source.height_px
    return (height, width) if source.turn % 2 else (width, height)


def _crop(source: Source, plan: Plan, run: Run) -> str:
    """The crop filter for shots with windows of one size; empty where they are the whole picture."""
    first = run.segments[0]
    if first["window"] >= 1 and not any(first["bars"]):
        return ""
    width, height = _upright_pixels(source)
    crop_w, crop_h = _crop_pixels(source, first)
    top, bottom, left, right = first["bars"]
    x, y = width * left, height * top
    if first["axis"] == "x":
        at = _place(run, plan.rate, width * (1 - left - right), crop_w, x, width - crop_w)
        return f"crop=w={crop_w}:h={crop_h}:x='{at}':y={round(min(y, height - crop_h))}"
    at = _place(run, plan.rate, height * (1 - top - bottom), crop_h, y, height - crop_h)
    return f"crop=w={crop_w}:h={crop_h}:x={round(min(x, width - crop_w))}:y='{at}'"


def _place(run: Run, rate: Fraction, length: float, size: int, offset: float, most: float) -> str:
    """An expression of t, the time of the clip: where the crop begins. All sizes in pixels."""
    pieces: list[tuple[float, str]] = []  # (valid until, value)
    for index, segment in enumerate(run.segments):
        later = run.segments[index + 1 :]
        end_s = float((_first_frame(later[0], rate) - Fraction(1, 2)) / rate) if later else 1e6
        points = [
            (
                at / 1000,
                min(max(centre * length - size / 2, 0.0), max(length - size, 0.0)) + offset,
                speed,
            )
            for at, centre, speed in segment["keyframes"]
        ]
        points = [(at, min(max(value, 0.0), most), speed * length) for at, value, speed in points]
        for until, value in path_pieces(points, end_s):
            if pieces and pieces[-1][1] == value:
                pieces.pop()
            pieces.append((until, value))
    return chosen_by_time(pieces)


def path_pieces(points: list[tuple[float, float, float]], end_s: float) -> list[tuple[float, str]]:
    """(valid until, expression of t) along keyframes (second, pixel, pixels per second).

    Between two keyframes the cubic through both places and speeds; after the last one it rests.
    """
    pieces = []
    for (t0, p0, v0), (t1, p1, v1) in itertools.pairwise(points):
        span = t1 - t0
        if span <= 0 or t0 >= end_s:
            continue
        if abs(p1 - p0) < STILL_PX and abs(v0) * span < STILL_PX and abs(v1) * span < STILL_PX:
            value = f"{p0:.1f}"
        else:
            square = 3 * (p1 - p0) / span**2 - (2 * v0 + v1) / span
            cube = -2 * (p1 - p0) / span**3 + (v0 + v1) / span**2
            s = f"(t-{t0:.3f})"
            value = f"{p0:.2f}+{s}*({v0:.4f}"
            if abs(square) * span**2 >= STILL_PX / 4 or abs(cube) * span**3 >= STILL_PX / 4:
                value += f"+{s}*({square:.4f}+{s}*{cube:.5f})"
            value = (value + ")").replace("+-", "-")
        pieces.append((min(t1, end_s), value))
    if not pieces or pieces[-1][0] < end_s:
        pieces.append((end_s, f"{points[-1][1]:.1f}"))
    return pieces


def chosen_by_time(pieces: list[tuple[float, str]]) -> str:
    """Nested as a balanced tree: hundreds of keyframes stay within ffmpeg's depth of 100."""
    if len(pieces) == 1:
        return pieces[0][1]
    middle = len(pieces) // 2
    return (
        f"if(lt(t,{pieces[middle - 1][0]:.4f}),"
        f"{chosen_by_time(pieces[:middle])},{chosen_by_time(pieces[middle:])})"
    )


def _over_itself(source: Source, plan: Plan, name: str, shown_ratio: float) -> str:
    """The picture in the middle of the frame, over itself, large and blurred."""
    wanted = plan.format
    scale = min(wanted.width_px / shown_ratio, wanted.height_px)
    inner_w, inner_h = _even(scale * shown_ratio), _even(scale)
    blur_w = BLUR_WIDTH_PX
    blur_h = _even(blur_w / wanted.ratio)
    cover = max(blur_w / shown_ratio, blur_h)
    cover_w, cover_h = _even(cover * shown_ratio) + 2, _even(cover) + 2
    return (
        f"split=2[{name}f][{name}b];"
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
