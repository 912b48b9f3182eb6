"""What three formats of one clip cost, beside plain ffmpeg with the same encoder settings."""

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
from media_assets.rendering.plan import ENCODER, plan_variant
from media_assets.services.variants import request_variants
from tests.benchmarks.cost import cost_of, cost_of_command, in_turns, median_cost, median_ratio
from tests.benchmarks.sources import sample_1080p
from tests.benchmarks.table import Row
from tests.factories import make_clip, make_video

TITLE = "Rendering"
ROUNDS = 3
ONCE = (
    "three plain commands",
    "our command alone",
)
START_MS, END_MS = 22_000, 32_000  # a chorus: the loudest and most restless part
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", "-y"]
CROPS = {
    "vertical_1080x1920": "crop=ih*9/16:ih,scale=1080:1920",
    "square_1080x1080": "crop=ih:ih,scale=1080:1080",
    "landscape_1920x1080": "scale=1920:1080",
}


def rows():
    """The figures: a whole job of ours first, then our command alone, then the peers."""
    path = sample_1080p()
    clip = clip_of(path)
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as name:
        folder = Path(name)
        ours, prepared = {}, our_command(clip, path, folder)

        def job():
            cost, facts = cost_of(lambda: do_job(clip))
            ours.update(facts)
            return cost

        ways = {
            "one plain command, split graph": lambda: cost_of_command(split(path, folder))[0],
            "three plain commands": lambda: cost_of_command(*three(path, folder))[0],
            "our command alone": lambda: cost_of_command(prepared)[0],
            "our whole job": job,
        }
        costs = in_turns(ways, rounds=ROUNDS, once=ONCE)
        found = [_row(costs, way) for way in reversed(ways)]
        found += result_rows(ours, folder)
    return found


def clip_of(path):
    """The clip, with the framing that the analysis gives it."""
    _, framing = cost_of(lambda: frame_clip(watch(path), START_MS, END_MS))
    video = make_video(content=path.read_bytes(), width_px=1920, height_px=1080, fps=24.0)
    return make_clip(video, start_ms=START_MS, end_ms=END_MS, framing=framing)


def do_job(clip):
    """A generate_variants job from its claim to its rows; facts of the files."""
    with transaction.atomic():
        ClipVariant.objects.filter(clip=clip).delete()
    done = run_job(request_variants(clip, formats=list(FORMATS)).pk)
    assert done.status == "completed", done.error
    variants = ClipVariant.objects.filter(clip=clip)
    return {
        "bytes": sum(each.size_bytes for each in variants),
        "lufs": variants[0].facts["lufs"],
        "peak_db": variants[0].facts["true_peak_db"],
    }


def our_command(clip, path, folder):
    """The command that this job runs, with the gain worked out already."""
    source = describe(path)
    clip = Clip.objects.select_related("video_asset").get(pk=clip.pk)
    plans = [
        plan_variant(clip, source, each, title="", caption="", font="") for each in FORMATS.values()
    ]
    gain = loudness.gain_for(path, source, start_ms=START_MS, samples=plans[0].samples)
    outputs = [folder / f"ours-{each}.mp4" for each in FORMATS]
    command = graph.command(
        path, source, plans, outputs, start_ms=START_MS, end_ms=END_MS, gain=gain, cards=[None] * 3
    )
    return [*FFMPEG, *command]


# --- The peers: what somebody types who knows ffmpeg ----------------------------------------------


def _read(path):
    return ["-ss", START_MS / 1000, "-t", (END_MS - START_MS) / 1000, "-i", path]


def _encode():
    return [
        *("-c:v", "libx264", "-preset", ENCODER["preset"], "-x264-params", ENCODER["x264"]),
        *("-crf", ENCODER["crf"], "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", ENCODER["audio_bps"], "-ac", 2, "-movflags", "+faststart"),
    ]


def split(path, to):
    """One decode, three encoders, in the usual words."""
    chains = ["[0:v]split=3[s0][s1][s2]"]
    chains += [f"[s{index}]{crop}[v{index}]" for index, crop in enumerate(CROPS.values())]
    command = [*FFMPEG, *_read(path), "-filter_complex", ";".join(chains)]
    for index, name in enumerate(CROPS):
        command += ["-map", f"[v{index}]", "-map", "0:a", *_encode(), f"{to}/{name}.mp4"]
    return command


def three(path, folder):
    """A command per format."""
    return [
        [*FFMPEG, *_read(path), "-vf", crop, *_encode(), folder / f"three-{name}.mp4"]
        for name, crop in CROPS.items()
    ]


# --- The table ------------------------------------------------------------------------------------


def _row(costs, way):
    plain = costs["one plain command, split graph"]
    cost, peer = median_cost(costs[way]), median_cost(plain)
    cpu, wall = (median_ratio(costs[way], plain, each) for each in ("cpu_s", "wall_s"))
    memory = f"{cost.peak_mb:.0f} MB"
    if cost.child_mb:
        memory = f"ffmpeg {cost.child_mb:.0f} MB, worker {memory}"
    return Row(
        f"10 s of 1080p in three formats: {way}",
        f"{cost.cpu_s:.1f} s CPU, {cost.wall_s:.1f} s wall, {memory}",
        f"plain split graph {peer.cpu_s:.1f} s CPU, {peer.wall_s:.1f} s wall, {peer.peak_mb:.0f} MB",
        f"CPU {cpu:.2f}, wall {wall:.2f}",
    )


def result_rows(ours, folder):
    """Loudness and size of what came out."""
    heard = loudness.measure_file(folder / "vertical_1080x1920.mp4")
    plain = sum((folder / f"{name}.mp4").stat().st_size for name in CROPS)
    return [
        Row(
            "loudness and true peak of the files",
            f"{ours['lufs']:.1f} LUFS, {ours['peak_db']:.1f} dBTP",
            f"plain {heard.lufs:.1f} LUFS, {heard.peak_db:.1f} dBTP; the goal is"
            f" {ENCODER['loudness_lufs']:.0f} ± 0.5 and at most -1",
            "–",
        ),
        Row(
            "size of the three files",
            f"{ours['bytes'] / 1e6:.1f} MB",
            f"plain {plain / 1e6:.1f} MB",
            f"{ours['bytes'] / plain:.2f}",
        ),
    ]
