"""What three formats of one clip cost, beside plain ffmpeg; what they look and sound like."""

import re
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
from django.db import transaction

from jobs.runner import run_job
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.reading import describe
from media_assets.analysis.watch import watch
from media_assets.formats import FORMATS
from media_assets.models import Clip, ClipVariant
from media_assets.rendering import graph, loudness
from media_assets.rendering.plan import NOTHING_MORE, plan_variant
from media_assets.rendering.sounds import sound_of
from media_assets.rendering.windows import format_chain
from media_assets.services.variants import request_variants
from tests.benchmarks.cost import cost_of, cost_of_command, in_turns, median_cost, median_ratio
from tests.benchmarks.sources import PROMO, sample_1080p
from tests.benchmarks.table import Row
from tests.factories import make_clip, make_video
from tests.past_the_ledger import erase

TITLE = "Rendering"
ROUNDS = 2
PLAIN, VERYFAST = "one plain command, split graph", "the same with preset veryfast"
COMMAND, JOB = "our command alone", "our whole job"
ONCE = (VERYFAST,)
SPAN = (2_000, 32_000)
EVERY = 8  # frames from one that VMAF looks at to the next
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", "-y"]
NAMES = ["vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"]
CROPS = dict(
    zip(
        NAMES,
        ("crop=ih*9/16:ih,scale=1080:1920", "crop=ih:ih,scale=1080:1080", "scale=1920:1080"),
        strict=True,
    )
)
# What somebody types who knows ffmpeg. The first is what we rendered with before, and is the peer.
SETTINGS = {
    PLAIN: ("-preset", "superfast", "-x264-params", "rc-lookahead=10:mbtree=1"),
    VERYFAST: ("-preset", "veryfast"),
}


def rows():
    """The figures of the real film where it is, else of the sample."""
    film, path = ("promo", PROMO) if PROMO.exists() else ("sample", sample_1080p())
    clip = clip_of(path)
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as name:
        folder = Path(name)
        facts, ours = {}, OurCommand(clip, path, folder)

        def job():
            cost, said = cost_of(lambda: do_job(clip))
            facts.update(said)
            return cost

        ways = {
            PLAIN: lambda: cost_of_command(split(path, folder, PLAIN))[0],
            VERYFAST: lambda: cost_of_command(split(path, folder, VERYFAST))[0],
            COMMAND: lambda: cost_of_command(ours.arguments)[0],
            JOB: job,
        }
        costs = in_turns(ways, rounds=ROUNDS, once=ONCE)
        found = [_row(film, costs, way) for way in reversed(ways)]
        found += [quality_row(film, path, folder, ours, way) for way in (PLAIN, VERYFAST)]
        found.append(_loudness_row(film, facts, folder))
    return found


def clip_of(path):
    """The clip, with the framing that the analysis gives it."""
    _, framing = cost_of(lambda: frame_clip(watch(path), *SPAN))
    video = make_video(content=path.read_bytes(), width_px=1920, height_px=1080, fps=24.0)
    return make_clip(video, start_ms=SPAN[0], end_ms=SPAN[1], framing=framing)


def do_job(clip):
    """A generate_variants job from its claim to its rows; facts of the files."""
    with transaction.atomic():
        erase(ClipVariant.objects.filter(clip=clip))
    done = run_job(request_variants(clip, formats=NAMES).pk)
    assert done.status == "completed", done.error
    variants = ClipVariant.objects.filter(clip=clip)
    return {"lufs": variants[0].facts["lufs"], "peak_db": variants[0].facts["true_peak_db"]}


class OurCommand:
    """The command that a job runs, with its sound settled already, and windows in the middle: then
    what it shows is what the plain command shows."""

    def __init__(self, clip, path, folder):
        self.path, self.source = path, describe(path)
        still = Clip.objects.select_related("video_asset").get(pk=clip.pk)
        still.framing = {}
        self.plans = [plan_variant(still, self.source, FORMATS[name]) for name in NAMES]
        self.sound = sound_of(path, self.source, SPAN[0], self.plans[0], NOTHING_MORE)
        settled = loudness.settle(self.sound, folder)
        self.outputs = [folder / f"ours-{name}.mp4" for name in NAMES]
        command = graph.command(
            self.source,
            self.plans,
            self.outputs,
            start_ms=SPAN[0],
            inputs=self.sound.inputs,
            sound=settled.path,
        )
        self.arguments = [*FFMPEG, *command]

    def reference(self, number):
        """(inputs, filters) that make the picture as it is before it is encoded."""
        plan = self.plans[number]
        frames = graph.picture_chain(
            self.source, SPAN[0], rate=plan.rate, frames=plan.frames, number=1
        )
        return self.sound.inputs, f"{frames}[p];{format_chain(self.source, plan, 'p')}"


# --- The peers ------------------------------------------------------------------------------------


def _read(path):
    return ["-ss", SPAN[0] / 1000, "-t", (SPAN[1] - SPAN[0]) / 1000, "-i", path]


def _encode(way):
    return [
        *("-c:v", "libx264", *SETTINGS[way], "-crf", 21, "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", 160_000, "-ac", 2, "-movflags", "+faststart"),
    ]


def split(path, to, way):
    """One decode, three encoders, in the usual words."""
    chains = ["[0:v]split=3[s0][s1][s2]"]
    chains += [f"[s{index}]{crop}[v{index}]" for index, crop in enumerate(CROPS.values())]
    command = [*FFMPEG, *_read(path), "-filter_complex", ";".join(chains)]
    for index in range(len(CROPS)):
        command += ["-map", f"[v{index}]", "-map", "0:a", *_encode(way), plain_file(to, way, index)]
    return command


def plain_file(folder, way, number):
    """Where a plain command puts a format."""
    return folder / f"{'plain' if way == PLAIN else 'veryfast'}-{number}.mp4"


# --- The table ------------------------------------------------------------------------------------


def _row(film, costs, way):
    plain = costs[PLAIN]
    cost, peer = median_cost(costs[way]), median_cost(plain)
    cpu, wall = (median_ratio(costs[way], plain, each) for each in ("cpu_s", "wall_s"))
    memory = f"{cost.peak_mb:.0f} MB"
    if cost.child_mb:
        memory = f"ffmpeg {cost.child_mb:.0f} MB, worker {memory}"
    return Row(
        f"{film}, 30 s of 1080p in three formats: {way}",
        f"{cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s wall, {memory}",
        f"plain split graph {peer.cpu_s:.1f} s CPU, {peer.wall_s:.1f} s wall, {peer.peak_mb:.0f} MB",
        f"CPU {cpu:.2f}, wall {wall:.2f}",
    )


def quality_row(film, path, folder, ours, way):
    """VMAF against the scaled source, and bytes, format by format."""
    mine, theirs = [], []
    for number, crop in enumerate(CROPS.values()):
        mine.append(vmaf(ours.outputs[number], *ours.reference(number)))
        theirs.append(vmaf(plain_file(folder, way, number), _read(path), f"[1:v]{crop}"))
    size = sum(each.stat().st_size for each in ours.outputs)
    other = sum(plain_file(folder, way, number).stat().st_size for number in range(3))
    names = "9:16, 1:1, 16:9"
    return Row(
        f"{film}: VMAF against the scaled source ({names}), and size of the three files",
        f"{_said(mine)}, {size / 1e6:.1f} MB",
        f"{way}: {_said(theirs)}, {other / 1e6:.1f} MB",
        f"{sum(mine) / 3 - sum(theirs) / 3:+.2f} VMAF, {size / other:.2f} bytes",
    )


def vmaf(path, inputs, reference):
    """The mean of every EVERYth frame."""
    said = subprocess.run(
        [
            *map(str, [*FFMPEG[:-2], "info", "-y", "-i", path, *inputs, "-filter_complex"]),
            f"{reference},settb=1/24,setpts=N[r];[0:v]settb=1/24,setpts=N[d];"
            f"[d][r]libvmaf=n_subsample={EVERY}:n_threads=2",
            *("-an", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    return float(re.search(r"VMAF score: ([\d.]+)", said).group(1))


def _said(scores):
    return " / ".join(f"{score:.1f}" for score in scores)


def _loudness_row(film, facts, folder):
    heard = loudness.measure_file(plain_file(folder, PLAIN, 0))
    return Row(
        f"{film}: loudness and true peak of the files",
        f"{facts['lufs']:.1f} LUFS, {facts['peak_db']:.1f} dBTP",
        f"plain {heard.lufs:.1f} LUFS, {heard.peak_db:.1f} dBTP; the goal is"
        f" {loudness.TARGET_LUFS:.0f} ± 0.5 and at most {loudness.MOST_PEAK_DB:.0f}",
        "–",
    )
