"""How much of marked subjects the 9:16 windows hold, and how large their picture is.

Three sets of marks: the ground truth of two films, more frames of those two, and frames of seven
films that no number was fitted to (`tests/media_assets/subjects.json`). Each window is the one that
a clip of ten seconds around the frame gets at that very frame. Beside it, a window of the same size in
the middle.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from media_assets.analysis import framing
from media_assets.analysis.camera import centre_at
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.watch import watch
from media_assets.formats import FORMATS
from tests.benchmarks.sources import annotated
from tests.benchmarks.table import Row
from tests.media import REAL_VIDEOS

TITLE = "Framing"
MARKS = Path(__file__).parents[1] / "media_assets" / "subjects.json"
VERTICAL = "vertical_1080x1920"
CLIP_MS = 10_000
HELD = 0.9  # of a subject inside the window: it can be seen


@dataclass(frozen=True)
class Shown:
    """What one marked frame shows of its subject: ours, a middle window of that size, the zoom."""

    held: float
    centred: float
    zoom: float
    fitted: bool
    moving: bool


def rows():
    """The figures; none where the films are not."""
    truth = annotated()
    if not truth:
        return []
    sets = {
        "ground truth": {n: f["subjects"] for n, f in truth.items() if "subjects" in f},
        **{
            name: {film: marks for film, marks in films.items() if (REAL_VIDEOS / film).exists()}
            for name, films in json.loads(MARKS.read_text()).items()
            if name != "_about"
        },
    }
    found = []
    for name, films in sets.items():
        found += _set_rows(name, *measure(films))
    return found


def measure(films):
    """(shown per film with windows that may grow, the same with windows of the format's shape)."""
    grown = {film: shown_in(film, marks) for film, marks in films.items()}
    rule = framing.RULE
    framing.RULE = replace(rule, zooms=(1.0,))
    try:
        return grown, {film: shown_in(film, marks) for film, marks in films.items()}
    finally:
        framing.RULE = rule


_seen = {}  # name of a film → what a pass saw; tests put in what they have


def seen_in(film):
    """What a pass over a film saw, once."""
    if film not in _seen:
        _seen[film] = watch(REAL_VIDEOS / film)
    return _seen[film]


def shown_in(film, marks):
    """Each mark of a film, in a clip around it."""
    seen, found = seen_in(film), []
    for frame, subject in marks.items():
        at_ms = int(seen.times_ms[int(frame)])
        start_ms = max(0, min(at_ms - CLIP_MS // 2, seen.end_ms - CLIP_MS))
        end_ms = min(start_ms + CLIP_MS, seen.end_ms)
        made = frame_clip(seen, start_ms, end_ms, formats=[FORMATS[VERTICAL]])
        found.append(shown(made["formats"][VERTICAL], at_ms - start_ms, subject))
    return found


def shown(windows, at_ms, subject):
    """How much of [left, right] the windows of a format hold at a time of the clip."""
    if windows["mode"] == "whole":
        return Shown(held=1.0, centred=1.0, zoom=1.0, fitted=False, moving=False)
    window = next(
        each for each in windows["segments"] if each["start_ms"] <= at_ms < each["end_ms"]
    )
    _, _, bar_left, bar_right = window["bars"]
    room = 1 - bar_left - bar_right
    size = window["window"] * room
    centre = bar_left + centre_at(window["keyframes"], at_ms) * room
    return Shown(
        held=coverage(subject, centre, size),
        centred=coverage(subject, 0.5, size),
        zoom=window["zoom"],
        fitted=window["window"] >= 1,
        moving=window["mode"] == "track",
    )


def coverage(subject, centre, size):
    """How much of [left, right] a window of this size holds."""
    left, right = subject
    return max(0.0, min(right, centre + size / 2) - max(left, centre - size / 2)) / (right - left)


def said(shares):
    """Mean, and how many show the subject."""
    seen = sum(share >= HELD for share in shares)
    return f"{np.mean(shares):.3f}, {seen} of {len(shares)} at least {HELD}"


def _set_rows(name, grown, plain):
    every = [each for film in grown.values() for each in film]
    crops = [each for film in plain.values() for each in film]
    small = np.mean([each.zoom for each in every])
    facts = f"zoom {small:.2f}, {sum(each.fitted for each in every)} fitted, {sum(each.moving for each in every)} in moving windows"  # fmt: skip
    rows = [
        _row(f"{name}: windows that may grow ({facts})", every),
        _row(f"{name}: windows of the format's shape only", crops),
    ]
    return rows + [_row(f"{name}: … in {film}", shown) for film, shown in grown.items()]


def _row(what, shown):
    ours, centred = [each.held for each in shown], [each.centred for each in shown]
    return Row(
        what,
        said(ours),
        f"same size in the middle: {said(centred)}",
        f"{np.mean(ours) / max(np.mean(centred), 0.01):.2f}",
    )
