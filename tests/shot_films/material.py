"""What the films are put together from: single shots of real films, or of pictures made of nothing.

Real shots are the spans between the cuts that people marked, without the transitions that they
marked. Films are dealt into two halves, so that what is tuned on one can be proved on the other.
"""

import functools
import itertools
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from media_assets.analysis.reading import main_video
from media_assets.sample import make_sample, shots_of_sample
from tests.media import REAL_VIDEOS, ffmpeg

SIZE = (320, 180)
RATE = 24
SHORTEST = 16  # frames of a piece; a longer need is met by playing it forth and back

# name: spans of frames that are no shot of their own (marked transitions, and pictures of nothing).
TUNING_FILMS = {
    "tears_of_steel_battle.webm": [],
    "elephants_dream_vfr.mp4": [],
    "friday_4x3_people.mp4": [],
}
HELD_OUT_FILMS = {
    "sintel_trailer_720p.mp4": [
        (0, 144),
        (204, 302),
        (356, 396),
        (404, 460),
        (494, 548),
        (672, 698),
        (756, 792),
        (830, 868),
        (956, 1253),
    ],
    "bikes.mp4": [],
    "nasa_13013_multistream.mp4": [],
    "persons_static_noaudio.mp4": [],
    "chaplin_pillarbox.mp4": [],
}
# The active picture of films with bars, as shares: top, bottom, left, right.
BARS = {
    "sintel_trailer_720p.mp4": (0.125, 0.875, 0, 1),
    "chaplin_pillarbox.mp4": (0, 1, 0.13, 0.87),
}
WHOLE = (0, 1, 0, 1)
MOST_FRAMES = 1500
SAMPLE_SECONDS = 40
FADED_FRAMES = 48  # at either end of the sample

SOURCES = {
    "tuning": {
        "mandelbrot": "mandelbrot=size=320x180:rate=24:end_scale=0.02",
        "rays": "gradients=size=320x180:rate=24:type=radial:speed=0.03:nb_colors=8:seed=3",
        "stripes": "testsrc=size=320x180:rate=24",
    },
    "held-out": {
        "sierpinski": "sierpinski=size=320x180:rate=24:jump=4:seed=7",
        "plasma": "gradients=size=320x180:rate=24:type=spiral:speed=0.03:nb_colors=8:seed=11",
        "test card": "testsrc2=size=320x180:rate=24",
    },
}


@dataclass(frozen=True)
class Piece:
    """One shot without a cut: packed BGR pictures of SIZE."""

    name: str
    packed: tuple[bytes, ...]

    def frames(self, count, random):
        """count pictures in a row from somewhere inside; mirrored half of the time."""
        forth = list(range(len(self.packed)))
        back = forth[-2:0:-1]
        order = forth + back
        start = int(random.integers(0, max(1, len(forth) - count + 1)))
        mirrored = random.random() < 0.5
        for step in range(count):
            packed = self.packed[order[(start + step) % len(order)]]
            picture = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_COLOR)
            yield cv2.flip(picture, 1) if mirrored else picture


def pieces(half):
    """Every piece of one half ("tuning" or "held-out"): of the real films, and of made pictures."""
    films = TUNING_FILMS if half == "tuning" else HELD_OUT_FILMS
    found = [piece for name in films for piece in _of_film(name, tuple(films[name]))]
    return found + made_pieces(half)


@functools.cache
def _of_film(name, excluded):
    path = REAL_VIDEOS / name
    if not path.exists():
        return []
    truth = json.loads((REAL_VIDEOS / "ground_truth.json").read_text())[name]
    cuts = [*truth.get("hard", []), *truth.get("hard_title_cards", []), *truth.get("hard_v1", [])]
    packed = _pack(path, BARS.get(name, WHOLE))
    edges = sorted({0, len(packed), *(cut for cut in cuts if cut < len(packed))})
    spans = []
    for first, end in itertools.pairwise(edges):
        inside = [first]
        for a, b in excluded:
            inside += [max(first, min(a, end)), max(first, min(b, end))]
        inside.append(end)
        spans += list(zip(inside[::2], inside[1::2], strict=True))
    return [
        Piece(f"{name} {first}-{end}", tuple(packed[first + 1 : end - 1]))
        for first, end in spans
        if end - first >= SHORTEST + 2
    ]


@functools.cache
def made_pieces(half):
    """Pieces that need no video at hand: ffmpeg's picture sources, and every other shot of our sample."""

    found = []
    with tempfile.TemporaryDirectory(prefix="stakazo-shots-") as folder:
        for name, source in SOURCES[half].items():
            path = Path(folder) / "made.mp4"
            ffmpeg(
                *("-f", "lavfi", "-i", source, "-frames:v", 96),
                *("-c:v", "libx264", "-preset", "ultrafast", "-crf", 18, "-pix_fmt", "yuv420p"),
                path,
            )
            found.append(Piece(name, tuple(_pack(path, WHOLE))))
        packed = _pack(make_sample(Path(folder) / "sample.mp4", seconds=SAMPLE_SECONDS), WHOLE)
    odd = half == "held-out"
    for shot in shots_of_sample(SAMPLE_SECONDS)[odd::2]:
        end = min(shot.first + shot.frames, len(packed) - FADED_FRAMES)
        if shot.first >= FADED_FRAMES and end - shot.first >= SHORTEST + 2:
            inner = packed[shot.first + 1 : end - 1]
            found.append(Piece(f"sample {shot.number}", tuple(inner)))
    return found


def _pack(path, bars):
    """The pictures of a file, cropped to its active picture and to SIZE, as JPEG."""
    top, bottom, left, right = bars
    packed = []
    with av.open(str(path)) as container:
        stream = main_video(container)
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            picture = frame.to_ndarray(format="bgr24")
            height, width = picture.shape[:2]
            picture = picture[
                round(top * height) : round(bottom * height),
                round(left * width) : round(right * width),
            ]
            packed.append(
                cv2.imencode(".jpg", cover(picture), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
            )
            if len(packed) >= MOST_FRAMES:
                break
    return packed


def cover(picture, size=SIZE):
    """Scaled and cropped about the middle so that it fills the size."""
    width, height = size
    scale = max(width / picture.shape[1], height / picture.shape[0])
    across, down = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    scaled = cv2.resize(picture, (across, down), interpolation=cv2.INTER_AREA)
    x, y = (across - width) // 2, (down - height) // 2
    return np.ascontiguousarray(scaled[y : y + height, x : x + width])
