"""Short films to cut by hand, analysed by the real job; made and watched once per run."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jobs.runner import run_job
from media_assets.services.clips import request_analysis
from tests.render_media import clicks, make_film_asset, numbered, scene, write_film

SIZE = (160, 90)
UNEVEN_MS = (33, 50, 41, 117, 20)
_watched = {}


def steady_film(path):
    """Eight seconds at `path`: four shots, cuts at 2, 4 and 6 s, 24 frames and two clicks a second."""
    return Path(shutil.copyfile(_made(path.suffix, uneven=False)[0], path))


def uneven_film(path):
    """Four shots whose frames come at uneven times; the times in milliseconds come back too."""
    made, times = _made(path.suffix, uneven=True)
    return Path(shutil.copyfile(made, path)), times


def numbered_film(path):
    """Sixty pictures that say their number, at uneven times, which come back too."""
    times = _uneven_times(60)
    return write_film(path, numbered(60), times=times, fps=30), times


def _uneven_times(count):
    return [sum(UNEVEN_MS) * (n // 5) + sum(UNEVEN_MS[: n % 5]) for n in range(count)]


@functools.cache
def _made(suffix, *, uneven):
    folder = tempfile.mkdtemp(prefix="stakazo-by-hand-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / f"film{suffix}"
    each = 30 if uneven else 48
    pictures = [p for n in range(4) for p in scene(n + 1, each, size=SIZE, speed=1 + n)]
    if not uneven:
        return write_film(path, pictures, sound=clicks(8)), None
    times = _uneven_times(len(pictures))
    return write_film(path, pictures, times=times, fps=30), times


def analysed(path, **fields):
    """The film as a video whose analysis is done; what the first watching saw is kept for the others."""
    video = make_film_asset(path, **fields)
    for name, content in _watched.get(video.sha256, {}).items():
        default_storage.save(name, ContentFile(content))
    job = run_job(request_analysis(video, clip_count=1).pk)
    assert job.status == "completed", job.error
    video.refresh_from_db()
    with video.analysis_file.open() as file:
        _watched[video.sha256] = {video.analysis_file.name: file.read()}
    return video
