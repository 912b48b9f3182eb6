"""What watching a video costs beside decoding it, and how well it sees."""

import re
from dataclasses import dataclass

import imageio_ffmpeg

from media_assets.analysis.choosing import choose_clips
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.reading import describe
from media_assets.analysis.watch import watch
from tests.benchmarks.cost import (
    Cost,
    cost_of,
    cost_of_command,
    in_turns,
    median_cost,
    median_ratio,
)
from tests.benchmarks.sources import PROMO, SECONDS, annotated, sample_1080p
from tests.benchmarks.table import Row
from tests.media import REAL_VIDEOS

TITLE = "Analysis"
ROUNDS = 3
LENGTHS = {"min_ms": 5_000, "max_ms": 10_000}
HELD = 0.9  # of a subject inside the window: it can be seen
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error"]


def rows():
    """The figures; those of the annotated films only where they lie beside the project."""
    found = cost_rows(sample_1080p(), f"sample, 1080p, {SECONDS} s")
    if PROMO.exists():
        found += cost_rows(PROMO, "promo, 1080p, 60 s")
    if truth := annotated():
        found += film_rows(truth)
    return found


# --- What it costs --------------------------------------------------------------------------------


def analyse(path):
    """Everything that a cut_analysis job works out, short of storing it; how many clips."""
    seen = watch(path)
    windows = choose_clips(seen, count=3, **LENGTHS)
    return len([frame_clip(seen, window.start_ms, window.end_ms) for window in windows])


def cost_rows(path, name):
    """Ours and scdet, each against T: one full decode of the picture, in the same round."""

    def decode(*filters) -> Cost:
        return cost_of_command(
            [*FFMPEG, "-i", path, "-map", "0:v:0", *filters, "-an", "-f", "null", "-"]
        )[0]

    costs = in_turns(
        {
            "T": decode,
            "ours": lambda: cost_of(lambda: analyse(path))[0],
            "scdet": lambda: decode("-vf", "scale=320:-2,scdet=t=10"),
        },
        rounds=ROUNDS,
        once=["scdet"],
    )
    whole = median_cost(costs["T"])
    against = f"T = {whole.cpu_s:.1f} s CPU, {whole.wall_s:.1f} s wall, {whole.peak_mb:.0f} MB"
    return [
        Row(f"{name}: {what}", _cost(median_cost(costs[way])), against, _times(costs, way))
        for way, what in {
            "ours": "whole analysis (shots, motion, faces, sound, framing)",
            "scdet": "ffmpeg scdet at 320 px (shots only)",
        }.items()
    ]


def _cost(cost):
    return f"{cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s wall, {cost.peak_mb:.0f} MB"


def _times(costs, way):
    cpu, wall = (median_ratio(costs[way], costs["T"], each) for each in ("cpu_s", "wall_s"))
    return f"CPU {cpu:.2f} T, wall {wall:.2f} T"


# --- How well it sees -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """Found cuts that are there, found ones that are not, and those not found."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other):
        return Score(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def f1(self):
        """In per cent; 100 where there is nothing to find and nothing was found."""
        whole = 2 * self.hits + self.false + self.missed
        return 200 * self.hits / whole if whole else 100.0

    def __str__(self):
        found, there = self.hits + self.false, self.hits + self.missed
        precision = 100 * self.hits / found if found else 100.0
        recall = 100 * self.hits / there if there else 100.0
        return (
            f"F1 {self.f1:.1f}, P {precision:.0f}, R {recall:.0f}"
            f" ({self.hits} right, {self.false} false, {self.missed} missed)"
        )


def film_rows(truth):
    """Cuts per film and over all, then the subjects."""
    found, held = [], []
    ours_total, scdet_total = Score(), Score()
    for name, facts in truth.items():
        path = REAL_VIDEOS / name
        seen_cuts, windows = cost_of(lambda path=path, facts=facts: look(path, facts))[1]
        held += windows
        cuts = true_cuts(facts)
        if cuts is None:
            continue
        ours, peer = score(seen_cuts, cuts), score(scdet_cuts(path), cuts)
        ours_total, scdet_total = ours_total + ours, scdet_total + peer
        found.append(_shots_row(f"shots of {name}, {len(cuts)} cuts", ours, peer))
    total = _shots_row(f"shots of all {len(found)} films, frame-exact", ours_total, scdet_total)
    return [total, *found, *subject_rows(held)]


def _shots_row(what, ours, peer):
    return Row(what, str(ours), f"scdet {peer}", f"{ours.f1 - peer.f1:+.1f} points")


def true_cuts(facts):
    """Frame numbers of the hard cuts, title cards included; None where nobody marked them."""
    if "hard_v1" in facts:  # of two streams we watch the default one
        return facts["hard_v1"]
    if "hard" not in facts:
        return None
    return sorted({*facts["hard"], *facts.get("hard_title_cards", [])})


def score(found, cuts):
    """Frame-exact: one frame beside the cut is a false one and a missed one."""
    hits = len(set(found) & set(cuts))
    return Score(hits, len(set(found)) - hits, len(set(cuts)) - hits)


def scdet_cuts(path):
    """What ffmpeg's scdet finds at its usual threshold, in the stream that we watch too."""
    _, said = cost_of_command(
        [
            *FFMPEG,
            *("-i", path, "-map", f"0:{describe(path).video_index}", "-fps_mode", "passthrough"),
            *("-vf", "scale=320:-2,scdet=t=10,metadata=print:key=lavfi.scd.time:file=-"),
            *("-f", "null", "-"),
        ]
    )
    return [int(number) for number in re.findall(r"^frame:(\d+)", said, re.MULTILINE)]


def look(path, facts):
    """(frames of the cuts that we find, [share of each marked subject in our window, in a centred one])."""
    seen = watch(path)
    cuts = [change.frame for change in seen.changes if change.kind == "cut"]
    windows = []
    for frame, subject in facts.get("subjects", {}).items():
        at_ms = int(seen.times_ms[int(frame)])
        start_ms = max(0, min(at_ms - 5_000, seen.end_ms - 10_000))
        made = frame_clip(seen, start_ms, min(start_ms + 10_000, seen.end_ms))
        window = made["formats"]["vertical_1080x1920"]
        if window["mode"] != "crop":
            windows.append([1.0, coverage(subject, 0.5, _centre_share(seen.source))])
            continue
        centre = centre_at(window["keyframes"], at_ms - start_ms)
        windows.append(
            [
                coverage(subject, centre, window["window"]),
                coverage(subject, 0.5, window["window"]),
            ]
        )
    return cuts, windows


def _centre_share(source):
    return 9 / 16 / (source.shown_width_px / source.shown_height_px)


def centre_at(keyframes, at_ms):
    """Where the window is at a time: straight between keyframes, a jump where two share a time."""
    before = [frame for frame in keyframes if frame[0] <= at_ms]
    after = [frame for frame in keyframes if frame[0] > at_ms]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (t0, c0), (t1, c1) = before[-1], after[0]
    return c0 + (c1 - c0) * (at_ms - t0) / (t1 - t0)


def coverage(subject, centre, share):
    """How much of [left, right] a window of this share of the width holds."""
    left, right = subject
    inside = min(right, centre + share / 2) - max(left, centre - share / 2)
    return max(0.0, inside) / (right - left)


def subject_rows(windows):
    """The 9:16 window over the marked subjects."""
    if not windows:
        return []
    ours, centred = zip(*windows, strict=True)
    count = len(windows)

    def said(shares):
        seen = sum(share >= HELD for share in shares)
        return f"{sum(shares) / count:.2f} on average, {seen} of {count} at least {HELD}"

    return [
        Row(
            f"9:16 window, share of {count} marked subjects that it holds",
            said(ours),
            f"centre crop of the same size: {said(centred)}",
            f"{sum(ours) / sum(centred):.2f}",
        )
    ]
