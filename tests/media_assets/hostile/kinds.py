"""What a hostile file is, and the good files that most of them are made from."""

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.media import make_clip_file


@dataclass(frozen=True)
class Lure:
    """What must never be reached: a file beside the upload, one by its path, and an address."""

    sibling: str = "canary.mp4"
    path: str = "/tmp/canary.mp4"
    url: str = "http://127.0.0.1:9/canary.mp4"


@dataclass(frozen=True)
class Hostile:
    """One file. expected: refused, processed, or either, where the damage decides.

    code: of the refusal, where it is known. filename: what the sender calls it.
    """

    name: str
    make: Callable[[Lure], bytes]
    expected: str = "either"
    code: str = ""
    filename: str = "holiday.mp4"


@functools.cache
def good(kind="mp4"):
    """A whole small video of one second. mp4 has its index at the end, fast and frag at the start."""
    options = {
        "mp4": {},
        "fast": {"extra": ("-movflags", "+faststart")},
        "frag": {"extra": ("-movflags", "frag_keyframe+empty_moov")},
        "mov": {"vcodec": "mjpeg", "acodec": "pcm_s16le"},
        "mkv": {},
        "webm": {"vcodec": "libvpx-vp9"},
        "avi": {"vcodec": "mpeg4", "acodec": "libmp3lame"},
        "silent": {"audio": False},
        "sound": {"video": False},
    }[kind]
    suffix = f".{kind}" if kind in ("mov", "mkv", "webm", "avi") else ".mp4"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"v{suffix}"
        make_clip_file(path, seconds=1, size=(96, 80), fps=12, **options)
        return path.read_bytes()
