"""Videos for tests: small real files, rendered once per run with our own ffmpeg, then copied."""

import atexit
import functools
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

REAL_VIDEOS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "videos"


def real_videos():
    """The real videos that lie beside the project, where there are any."""
    return sorted(
        each for each in REAL_VIDEOS.glob("*") if each.suffix in (".mp4", ".mov", ".webm", ".mkv")
    )


def make_clip_file(
    path,
    *,
    seconds=2,
    size=(320, 180),
    fps=25,
    audio=True,
    video=True,
    vcodec="libx264",
    acodec=None,
    rotation=0,
    sar="1",
    cuts=0,
    extra=(),
):
    """A small video at `path`; its ending (.mp4 .mov .mkv .webm .avi) names the container.

    rotation: degrees by which players turn the picture, counter-clockwise as ffmpeg counts. sar:
    sample aspect, "4/3". cuts: hard cuts spread evenly, each shot of a plain colour of its own with
    something moving. extra: more output options.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = _rendered(
        path.suffix,
        seconds,
        tuple(size),
        fps,
        audio,
        video,
        vcodec,
        acodec,
        rotation,
        sar,
        cuts,
        tuple(extra),
    )
    shutil.copyfile(made, path)
    return path


def ffmpeg(*arguments):
    """Run our ffmpeg quietly; its words are in the error when it fails."""
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@functools.cache
def _folder():
    folder = Path(tempfile.mkdtemp(prefix="stakazo-media-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _rendered(suffix, seconds, size, fps, audio, video, vcodec, acodec, rotation, sar, cuts, extra):
    name = hashlib.sha256(repr(locals()).encode()).hexdigest()[:16]
    made = _folder() / f"{name}{suffix}"
    inputs, maps = [], []
    if video:
        inputs += ["-f", "lavfi", "-i", _picture(seconds, size, fps, cuts)]
        maps += ["-map", "0:v", "-c:v", vcodec, "-pix_fmt", "yuv420p", "-vf", f"setsar={sar}"]
        if vcodec == "libx264":
            maps += ["-preset", "ultrafast", "-g", "12"]
        elif vcodec == "libvpx-vp9":
            maps += ["-deadline", "realtime", "-cpu-used", "8"]
    if audio:
        inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"]
        maps += [
            "-map",
            f"{int(video)}:a",
            "-c:a",
            acodec or ("libopus" if suffix == ".webm" else "aac"),
        ]
    ffmpeg(*inputs, *maps, "-t", seconds, *extra, made)
    if rotation:
        turned = made.with_stem(made.stem + "-turned")
        ffmpeg("-display_rotation", rotation, "-i", made, "-c", "copy", "-map", "0", turned)
        return turned
    return made


def _picture(seconds, size, fps, cuts):
    width, height = size
    if not cuts:
        return f"testsrc2=size={width}x{height}:rate={fps}:duration={seconds}"
    colours = ["red", "blue", "green", "yellow", "white", "purple", "orange", "black"]
    each_s = seconds / (cuts + 1)
    shots = "".join(
        f"color=c={colours[n % len(colours)]}:size={width}x{height}:rate={fps}:duration={each_s}[s{n}];"
        for n in range(cuts + 1)
    )
    names = "".join(f"[s{n}]" for n in range(cuts + 1))
    dot = f"testsrc2=size={width // 4 // 2 * 2}x{height // 4 // 2 * 2}:rate={fps}:duration={seconds}[dot]"
    return (
        f"{shots}{dot};{names}concat=n={cuts + 1}[back];"
        f"[back][dot]overlay=x='mod(t*{width // 2},{width})':y={height // 3}"
    )
