"""What an operator said about where to look, put over what the analysis found."""

import itertools
from collections.abc import Sequence
from typing import Any

from media_assets.errors import BadFocus

MOST_POINTS = 400
LEAST_ZOOM = 0.3
Point = dict[str, Any]


def checked(points: Sequence[Point], framing: dict[str, Any], duration_ms: int) -> list[Point]:
    """The points in the order of time, each of them for at least one shot. Raises BadFocus.

    points: {"start_ms", "end_ms", "x", "y"} and perhaps "zoom"; times from the start of the clip, x and
    y shares of the picture without its black bars, zoom the share of the frame that shows picture;
    without it, the window keeps its size.
    """
    shots = shots_of(framing)
    if points and not shots:
        raise BadFocus(
            "The clip has no shots to set a focus in. Analyse the video again; a format of the shape "
            "of the video needs no focus."
        )
    if len(points) > MOST_POINTS:
        raise BadFocus(f"A clip can have {MOST_POINTS} focus points, not {len(points)}.")
    found = sorted(
        (_checked(point, duration_ms) for point in points), key=lambda each: each["start_ms"]
    )
    for point, after in itertools.pairwise(found):
        if after["start_ms"] < point["end_ms"]:
            raise BadFocus(
                "Two focus points share a time.", first=point["end_ms"], second=after["start_ms"]
            )
    for point in found:
        if not any(_covers(point, *shot) for shot in shots):
            raise BadFocus(
                "A focus point must cover the middle of a shot.", point=point, shots_ms=shots
            )
    return found


def _checked(point: Point, duration_ms: int) -> Point:
    start_ms, end_ms = point.get("start_ms"), point.get("end_ms")
    if type(start_ms) is not int or type(end_ms) is not int:
        raise BadFocus("A focus point needs start_ms and end_ms, whole numbers.", point=point)
    if not 0 <= start_ms < end_ms <= duration_ms:
        raise BadFocus(
            f"A focus point lies within the clip, from 0 to {duration_ms} ms.", point=point
        )
    unknown = set(point) - {"start_ms", "end_ms", "x", "y", "zoom"}
    if unknown:
        raise BadFocus(f"A focus point has no {min(unknown)!r}.", point=point)
    shares = {"x": (0.0, 1.0), "y": (0.0, 1.0), "zoom": (LEAST_ZOOM, 1.0)}
    kept: Point = {"start_ms": start_ms, "end_ms": end_ms}
    for name, (least, most) in shares.items():
        value = point.get(name)
        if name == "zoom" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadFocus(f"A focus point needs {name}, a number.", point=point)
        if not least <= value <= most:
            raise BadFocus(f"{name} of a focus point is {least:g} to {most:g}.", point=point)
        kept[name] = round(float(value), 4)
    return kept


def shots_of(framing: dict[str, Any]) -> list[tuple[int, int]]:
    """(start_ms, end_ms) of the shots that have windows; none where the framing is of an old kind."""
    for window in framing.get("formats", {}).values():
        if window["mode"] == "windows":
            return [(each["start_ms"], each["end_ms"]) for each in window["segments"]]
    return []


def focused(window: dict[str, Any], points: Sequence[Point]) -> dict[str, Any]:
    """The windows of one format with the operator's points: there they rest on what was pointed at."""
    if not points or window["mode"] != "windows":
        return window
    return {**window, "segments": [_focused(each, points) for each in window["segments"]]}


def _focused(segment: dict[str, Any], points: Sequence[Point]) -> dict[str, Any]:
    span = (segment["start_ms"], segment["end_ms"])
    point = next((each for each in points if _covers(each, *span)), None)
    shaped = segment["window"] == 1 and segment["zoom"] == 1  # it has the format's shape itself
    if point is None or shaped:
        return segment
    least = segment["window"] * segment["zoom"]  # the window that has the format's shape
    zoom = point.get("zoom", segment["zoom"] if segment["window"] < 1 else 1.0)
    window = min(1.0, least / zoom)
    centre = min(max(point[segment["axis"]], window / 2), 1 - window / 2)
    return {
        **segment,
        "mode": "fit" if window == 1 else "hold",
        "window": round(window, 5),
        "zoom": round(min(1.0, least / window), 4),
        "keyframes": [[segment["start_ms"], round(centre, 5), 0.0]],
        "focus": [point["x"], point["y"]],
        "sure": 1.0,
        "by": "operator",
    }


def _covers(point: Point, start_ms: int, end_ms: int) -> bool:
    """Whether the point is about this shot: it holds its middle."""
    return bool(point["start_ms"] <= (start_ms + end_ms) // 2 < point["end_ms"])
