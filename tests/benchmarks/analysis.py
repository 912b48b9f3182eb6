"""What watching a video costs beside decoding it."""

import json
import os
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg

from tests.benchmarks.cost import (
    Cost,
    cost_of_command,
    cost_of_tree,
    in_turns,
    median_cost,
    median_ratio,
)
from tests.benchmarks.sources import PROMO, SECONDS, sample_1080p
from tests.benchmarks.table import Row
from tests.media import ffmpeg

TITLE = "Analysis"
ROUNDS = 3
LIMIT_MB = 200  # of memory, at any duration
HOURS = tuple(map(float, os.environ.get("ANALYSIS_HOURS", "0.17,1").split(",")))  # 6 takes long
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error"]


def rows():
    """The figures; those of the annotated films only where they lie beside the project."""
    found = cost_rows(sample_1080p(), f"sample, 1080p, {SECONDS} s")
    if PROMO.exists():
        found += cost_rows(PROMO, "promo, 1080p, 60 s")
        found += long_rows(PROMO, "promo")
    return found + memory_rows()


# --- What it costs --------------------------------------------------------------------------------


def analyse(path, workers, told):
    """Its cost; what it found, and the memory of all its processes, are added to `told`."""
    cost, resident_mb, said = cost_of_tree(
        [sys.executable, "-m", "tests.benchmarks.watching", str(path), str(workers)]
    )
    found = json.loads(said)
    told.append((found, resident_mb))
    return Cost(found["cpu_s"], found["wall_s"], cost.peak_mb)


def decode(path, *filters):
    """The cost of one full decode of the picture by ffmpeg."""
    return cost_of_command(
        [*FFMPEG, "-i", path, "-map", "0:v:0", *filters, "-an", "-f", "null", "-"]
    )[0]


def cost_rows(path, name):
    """Ours and scdet, each against T: one full decode of the picture, in the same round."""
    told = []
    costs = in_turns(
        {
            "T": lambda: decode(path),
            "one": lambda: analyse(path, 1, told),
            "two": lambda: analyse(path, 2, told),
            "scdet": lambda: decode(path, "-vf", "scale=320:-2,scdet=t=10"),
        },
        rounds=ROUNDS,
        once=["scdet"],
    )
    whole = median_cost(costs["T"])
    against = f"T = {whole.cpu_s:.1f} s CPU, {whole.wall_s:.1f} s wall, {whole.peak_mb:.0f} MB"
    found = [
        Row(f"{name}: {what}", _cost(median_cost(costs[way])), against, _times(costs, way))
        for way, what in {
            "one": "whole analysis, one worker",
            "two": "whole analysis, two workers",
            "scdet": "ffmpeg scdet at 320 px (shots only)",
        }.items()
    ]
    hashes = {seen["hash"] for seen, _ in told}
    equal = "all equal" if len(hashes) == 1 else f"{len(hashes)} DIFFERENT results"
    found.append(
        Row(
            f"{name}: hashes of all that was seen",
            f"{len(told)} runs, {equal}",
            "one worker beside two",
            f"{max(mb for _, mb in told):.0f} MB at most, shared pages counted twice",
        )
    )
    return found


def long_rows(path, name):
    """Ten times the film in one file: memory, and the cost where starting no longer counts."""
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as folder:
        long = Path(folder) / "long.mp4"
        ffmpeg("-stream_loop", 9, "-i", path, "-map", "0", "-c", "copy", long)
        told = []
        whole, ours = decode(long), analyse(long, 2, told)
    seen, resident_mb = told[0]
    return [
        Row(
            f"{name}, ten times in a row: whole analysis, two workers",
            f"{_cost(ours)}, {seen['frames']} frames",
            f"T = {whole.cpu_s:.1f} s CPU, {whole.wall_s:.1f} s wall",
            f"CPU {ours.cpu_s / whole.cpu_s:.2f} T, wall {ours.wall_s / whole.wall_s:.2f} T, "
            f"{resident_mb:.0f} MB with shared pages counted twice",
        )
    ]


def memory_rows():
    """The memory of all processes together while a small film of so many hours is watched."""
    found = []
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as folder:
        small, long = Path(folder) / "small.mp4", Path(folder) / "long.mp4"
        ffmpeg("-i", sample_1080p(), "-vf", "scale=256:-2", "-c:a", "copy", small)
        for hours in HOURS:
            loops = round(hours * 3600 / SECONDS) - 1
            ffmpeg("-stream_loop", loops, "-i", small, "-map", "0", "-c", "copy", long)
            told = []
            ours = analyse(long, 2, told)
            found.append(
                Row(
                    f"{hours:g} h at 256 px: memory of all processes, two workers",
                    f"{ours.peak_mb:.0f} MB, {told[0][0]['frames']} frames, {ours.cpu_s:.0f} s CPU",
                    f"{LIMIT_MB} MB",
                    f"{ours.peak_mb / LIMIT_MB:.2f}",
                )
            )
    return found


def _cost(cost):
    return f"{cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s wall, {cost.peak_mb:.0f} MB"


def _times(costs, way):
    cpu, wall = (median_ratio(costs[way], costs["T"], each) for each in ("cpu_s", "wall_s"))
    return f"CPU {cpu:.2f} T, wall {wall:.2f} T"
