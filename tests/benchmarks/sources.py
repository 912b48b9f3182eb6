"""The videos that the benchmarks work on. Made once per run, in a process of their own."""

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path

from tests.benchmarks.cost import cost_of
from tests.media import REAL_VIDEOS, ffmpeg

SECONDS = 34
PROMO = REAL_VIDEOS / "derived_promo_1080p.mp4"


@functools.cache
def sample_1080p() -> Path:
    """The sample music video as a camera or an editor would hand it over: 1080p, x264 `veryfast`, grain."""
    from media_assets.sample import make_sample

    folder = Path(tempfile.mkdtemp(prefix="stakazo-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cost_of(lambda: str(make_sample(folder / "small.mp4", seconds=SECONDS)))
    ffmpeg(
        *("-i", folder / "small.mp4", "-vf", "scale=1920:1080,noise=alls=4:allf=t"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", 23, "-g", 48, "-pix_fmt", "yuv420p"),
        *("-c:a", "copy", folder / "sample.mp4"),
    )
    return folder / "sample.mp4"


def annotated() -> dict[str, dict]:
    """file name → what is known about it, for the films that lie beside the project; {} for none."""
    truth = REAL_VIDEOS / "ground_truth.json"
    if not truth.exists():
        return {}
    known = json.loads(truth.read_text())
    return {name: facts for name, facts in known.items() if (REAL_VIDEOS / name).exists()}
