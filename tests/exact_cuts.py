"""Random cuts of films whose every frame says its number: which frames come out, and how far off the
sound is. The benchmark makes a thousand, the tests a few."""

import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from media_assets.analysis.reading import Source, describe, main_video, opened
from media_assets.formats import RenderFormat
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import ffmpeg, graph, loudness
from media_assets.rendering.atoms import read_mp4
from media_assets.rendering.plan import NOTHING_MORE, plan_variant, standard_rate
from media_assets.rendering.sounds import sound_of
from tests.media import ffmpeg as run
from tests.render_media import RATE_HZ, number_of, numbered, write_film

WANTED = RenderFormat("exact_320x180", 320, 180, min_ms=100)
KINDS = ("cfr", "film rate", "vfr", "webm", "rotated", "mkv with open GOPs")


@dataclass(frozen=True)
class Film:
    """A numbered film: where it is, what it is, when each frame is shown, and its sound at 48 kHz."""

    path: Path
    source: Source
    times: list[Fraction]
    sound: np.ndarray


@dataclass(frozen=True)
class Cut:
    """What came of one cut. lag_ms: of the sound against the picture; declared: frames by the index."""

    start_ms: int
    end_ms: int
    wanted: list[int]
    shown: list[int]
    declared: int
    lag_ms: float

    @property
    def wrong(self) -> int:
        """Frames that are not the right ones, or are too many or too few."""
        pairs = sum(a != b for a, b in zip(self.wanted, self.shown, strict=False))
        return pairs + abs(len(self.wanted) - len(self.shown))


def make_film(folder: Path, kind: str, *, seconds: int = 20) -> Film:
    """A film of this kind: numbers to see, noise that never repeats to hear."""
    hiss = np.random.default_rng(7).standard_normal(seconds * RATE_HZ).astype(np.float32) * 0.1
    rate, times = 24, None
    if kind == "vfr":  # as telephones and screen recorders write: gaps of 15 to 300 ms
        gaps = random.Random(3).choices([15, 33, 34, 40, 67, 300], [2, 4, 4, 4, 3, 1], k=4000)
        times = [0]
        while times[-1] + gaps[len(times)] < seconds * 1000:
            times.append(times[-1] + gaps[len(times)])
    count = len(times) if times else seconds * rate
    ending = "webm" if kind == "webm" else "mp4"
    path = folder / f"{kind.split()[0]}.{ending}"
    pictures = numbered(count)
    if kind == "rotated":
        pictures = (np.rot90(each) for each in pictures)
    write_film(
        path, pictures, sound=hiss, times=times, crf="14", rotation=90 if kind == "rotated" else None,
        codec="libvpx-vp9" if kind == "webm" else "libx264",
    )  # fmt: skip
    if kind in ("film rate", "mkv with open GOPs"):
        whole = path
        path = folder / ("rate.mp4" if kind == "film rate" else "open.mkv")
        told = ["-r", "30000/1001"] if kind == "film rate" else []
        extra = ["-x264-params", "open-gop=1:keyint=30:bframes=3"] if kind != "film rate" else []
        encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", 14, *extra]
        run(*told, "-i", whole, *encode, "-c:a", "copy", path)
    return Film(path, describe(path), _times(path), _heard(path))


def cut(film: Film, start_ms: int, end_ms: int, folder: Path) -> Cut:
    """Render one span as the product does, and look at every frame of it."""
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=start_ms, end_ms=end_ms)
    plan = plan_variant(clip, film.source, WANTED)
    sound = sound_of(film.path, film.source, start_ms, plan, NOTHING_MORE)
    plain = ["-filter_complex", f"{sound.chain('')}[a]"]
    track = loudness._encode([*sound.inputs, *plain], folder, lambda: None)
    output = folder / "cut.mp4"
    ffmpeg.run_ffmpeg(
        graph.command(
            film.source, [plan], [output], start_ms=start_ms, inputs=sound.inputs, sound=track
        )
    )
    with av.open(str(output)) as file:
        shown = [number_of(f.to_ndarray(format="bgr24")) for f in file.decode(video=0)]
    picture = next(track for track in read_mp4(output).tracks if track.kind == "picture")
    assert not picture.edits
    wanted = frames_shown(film.times, start_ms, plan.frames, plan.rate)
    lag_ms = _lag_ms(film.sound, _heard(output), start_ms)
    return Cut(start_ms, end_ms, wanted, shown, len(picture.sizes), lag_ms)


def frames_shown(times: list[Fraction], start_ms: int, count: int, rate: Fraction) -> list[int]:
    """The frame that is on the screen at each moment of a constant rate, to the nearest moment."""
    start = Fraction(start_ms, 1000)
    # Half a tick away counts as ffmpeg's "near": away from zero.
    places = [_near((at - start) * rate) for at in times]
    shown, number = [], 0
    for moment in range(count):
        while number + 1 < len(places) and places[number + 1] <= moment:
            number += 1
        shown.append(number)
    return shown


def random_spans(film: Film, count: int, seed: int) -> list[tuple[int, int]]:
    """Spans in milliseconds, anywhere in the film, on frames and between them."""
    chance, spans = random.Random(seed), []
    end_ms = int(film.times[-1] * 1000)
    for _ in range(count):
        length = chance.randint(250, 1200)
        start = chance.randint(0, end_ms - length)
        if chance.random() < 0.5:  # as clips begin: on a frame, in whole milliseconds
            start = round(min(film.times, key=lambda at: abs(at * 1000 - start)) * 1000)
        spans.append((start, min(start + length, end_ms)))
    return spans


def _near(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))


def _times(path: Path) -> list[Fraction]:
    with opened(path) as container:
        stream = main_video(container)
        origin = Fraction(container.start_time or 0, 1_000_000)
        return [frame.pts * stream.time_base - origin for frame in container.decode(stream)]


def _heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        layout = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
        pieces = [
            each.to_ndarray()[0]
            for frame in file.decode(audio=0)
            for each in layout.resample(frame)
        ]
        first = file.streams.audio[0].start_time or 0
        lead = max(0, round(first * file.streams.audio[0].time_base * RATE_HZ))
    return np.concatenate([np.zeros(lead, np.float32), *pieces])


def _lag_ms(source: np.ndarray, heard: np.ndarray, start_ms: int) -> float:
    """How much later the sound of a cut is than where the source has it, by cross-correlation."""
    reach = RATE_HZ // 10
    first = start_ms * RATE_HZ // 1000
    length = min(len(heard), len(source) - first, RATE_HZ // 2) - 2 * reach
    piece = heard[reach : reach + length]
    lead = max(0, reach - first - reach)
    around = source[max(0, first) : first + length + 2 * reach]
    size = 1 << (len(around) + length).bit_length()
    found = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(piece, size)), size)
    at = int(np.argmax(found[: 2 * reach])) + lead
    return (reach - at) * 1000 / RATE_HZ


def usual_rate(film: Film) -> Fraction:
    """The rate at which its cuts play."""
    return standard_rate(film.source.steady_rate)
