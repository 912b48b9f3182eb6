"""What composition costs: the same ten seconds in three formats, plain and with all that can be added."""

import tempfile
import time
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw

from media_assets.analysis.reading import describe
from media_assets.cues import Cue
from media_assets.formats import FORMATS
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import graph, loudness
from media_assets.rendering.composition.composition import Composition, Mark
from media_assets.rendering.composition.openers import Opener, Still
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.sounds import sound_of
from media_assets.rendering.stretches import Joined
from tests.benchmarks.cost import cost_of_command, in_turns, median_cost, median_ratio
from tests.benchmarks.sources import sample_1080p
from tests.benchmarks.table import Row

TITLE = "Composition"
ROUNDS = 2
START_MS, END_MS = 22_000, 32_000
NAMES = ["vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"]
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", "-y"]
PLAIN = "nothing added"


def rows():
    """Each composition beside the clip alone, per second of what comes out."""
    path = sample_1080p()
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as name:
        folder = Path(name)
        ways, drawing, lengths = {}, {}, {}
        for what, composition in compositions(path, folder).items():
            commands, drawing[what], lengths[what] = prepared(path, folder / what, composition)
            ways[what] = lambda commands=commands: cost_of_command(*commands)[0]
        costs = in_turns(ways, rounds=ROUNDS)
    return [_row(what, costs, drawing[what], lengths) for what in ways]


def _row(what, costs, drawing_s, lengths):
    cost, plain = median_cost(costs[what]), median_cost(costs[PLAIN])
    return Row(
        f"{lengths[what]:.1f} s in three formats: {what}",
        f"{cost.cpu_s:.1f} s CPU, {cost.child_mb or cost.peak_mb:.0f} MB; drawing {drawing_s:.1f} s",
        f"{PLAIN}: {lengths[PLAIN]:.1f} s, {plain.cpu_s:.1f} s CPU",
        f"CPU {median_ratio(costs[what], costs[PLAIN], 'cpu_s'):.2f}",
    )


def compositions(path, folder):
    """Name → what is added."""
    logo = folder / "logo.png"
    mark = Image.new("RGBA", (600, 200))
    ImageDraw.Draw(mark).rounded_rectangle((0, 0, 599, 199), 60, fill=(230, 40, 60, 255))
    mark.save(logo)
    cues = tuple(
        Cue(n * 1000, n * 1000 + 900, f"Sentence number {n} of those that somebody speaks.")
        for n in range(10)
    )
    intro = Opener(2000, {"sha256": "1"}, path=path, source=describe(path))
    outro = Opener(2000, {"sha256": ""}, still=Still(logo, "Follow for more", "#101418"))
    logo_mark = Mark(logo, "2", "top_right", 0.05, 0.2, 0.85)
    return {
        PLAIN: Composition(),
        "captions": Composition(cues=cues),
        "title and watermark": Composition(title="Harbour lights", mark=logo_mark),
        "intro, outro, crossfades": Composition(intro=intro, outro=outro, crossfade_ms=500),
        "all of it, the outro a film": Composition(
            title="Harbour lights",
            mark=logo_mark,
            cues=cues,
            intro=intro,
            outro=intro,
            crossfade_ms=1000,
        ),
    }


def prepared(path, folder, composition):
    """The commands, what drawing for it cost, and how many seconds come out."""
    folder.mkdir()
    source = describe(path)
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=START_MS, end_ms=END_MS)
    plans = [plan_variant(clip, source, FORMATS[name], composition) for name in NAMES]
    sound = sound_of(path, source, START_MS, plans[0], composition)
    settled = loudness.settle(sound, folder)
    begun = time.process_time()
    drawn = [
        composition.draw(folder / str(n), plan.format, plan.timeline)
        for n, plan in enumerate(plans)
    ]
    drawing_s = time.process_time() - begun
    outputs = [folder / f"{n}.mp4" for n in range(3)]
    if composition.openers:
        joined = Joined(path, source, START_MS, plans, composition, drawn, folder)
        commands = [step.arguments for step in joined.steps()]
    else:
        commands = [
            graph.command(
                source, plans, outputs,
                start_ms=START_MS, inputs=sound.inputs, sound=settled.path, drawn=drawn,
            )
        ]  # fmt: skip
    return [[*FFMPEG, *each] for each in commands], drawing_s, float(plans[0].duration_s)
