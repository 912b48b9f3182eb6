"""A music video made of nothing: for the demo, and for anybody without a video at hand.

Ninety seconds at 120 beats a minute: verses are calm, three choruses are not. Every cut lies on a
beat, a bright dancer crosses each shot. The same version of the code makes the same bytes.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX, FPS = 1280, 720, 24
FIELD_PX = (320, 180)
BPM, RATE_HZ = 120, 48_000
BEAT_FRAMES = FPS * 60 // BPM
BEAT_SAMPLES = RATE_HZ * 60 // BPM


@dataclass(frozen=True)
class Section:
    """A part of the song: how many beats, how long its shots are in beats, how wild it is (0–1)."""

    beats: int
    shot_beats: tuple[int, ...]
    power: float
    drums: bool = True


SONG = (
    Section(16, (8,), 0.05, drums=False),
    Section(28, (8, 4), 0.3),
    Section(20, (2, 4, 2, 4), 1.0),
    Section(24, (8, 4, 4), 0.35),
    Section(20, (4, 2, 2), 0.95),
    Section(20, (8, 4), 0.15, drums=False),
    Section(28, (2, 2, 4), 1.0),
    Section(24, (8,), 0.1, drums=False),
)

# Three colours each, dark to bright, as (blue, green, red).
PALETTES = (
    ((60, 20, 10), (170, 60, 150), (140, 170, 255)),
    ((30, 10, 40), (60, 60, 220), (120, 220, 255)),
    ((50, 40, 0), (160, 140, 20), (220, 255, 180)),
    ((20, 20, 60), (40, 120, 240), (180, 240, 255)),
    ((70, 10, 50), (200, 60, 90), (255, 200, 150)),
    ((10, 40, 20), (60, 160, 70), (190, 255, 220)),
    ((40, 40, 40), (150, 110, 90), (240, 230, 220)),
    ((60, 0, 60), (120, 30, 230), (150, 200, 255)),
)
PATTERNS = ("rings", "stripes", "plasma", "tiles", "hills", "rays", "waves")


@dataclass(frozen=True)
class Shot:
    """One shot of the sample: when, in frames, and what it shows."""

    first: int
    frames: int
    power: float
    number: int


def shots_of_sample(seconds: int = 90) -> list[Shot]:
    """The shots of the sample, in order; each begins on a beat."""
    shots: list[Shot] = []
    beat, last = 0, seconds * BPM // 60
    while beat < last:
        for section in SONG:
            end = beat + section.beats
            turn = 0
            while beat < min(end, last):
                length = min(section.shot_beats[turn % len(section.shot_beats)], end - beat)
                length = min(length, last - beat)
                shots.append(
                    Shot(beat * BEAT_FRAMES, length * BEAT_FRAMES, section.power, len(shots))
                )
                beat, turn = beat + length, turn + 1
    return shots


def make_sample(path: Path, *, seconds: int = 90) -> Path:
    """Write the sample to path (an .mp4) and give the path back. It appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.stem}-{os.getpid()}.making.mp4")
    try:
        _write(making, seconds)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    return path


def _write(path: Path, seconds: int) -> None:
    music = compose(seconds)
    with av.open(str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as file:
        video = file.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        video.codec_context.thread_count = 2  # the count changes the bytes, so it is fixed
        video.options = {"preset": "ultrafast", "crf": "25", "g": "48", "flags": "+bitexact"}
        video.codec_context.time_base = Fraction(1, FPS)
        audio = file.add_stream("aac", rate=RATE_HZ)
        audio.codec_context.layout = "stereo"
        audio.bit_rate = 160_000
        audio.options = {"flags": "+bitexact"}
        sounded = 0
        for number, picture in enumerate(_pictures(seconds)):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            file.mux(video.encode(frame))
            upto = (number + 1) * RATE_HZ // FPS
            if upto - sounded >= RATE_HZ or upto >= music.shape[1]:
                file.mux(audio.encode(_audio_frame(music[:, sounded:upto], sounded)))
                sounded = upto
        file.mux(video.encode(None))
        file.mux(audio.encode(None))


def _audio_frame(sound: Floats, first: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, first, Fraction(1, RATE_HZ)
    return frame


# --- Pictures -------------------------------------------------------------------------------------


def _pictures(seconds: int) -> Iterator[Picture]:
    """Every frame as planar YUV 4:2:0."""
    last = seconds * FPS
    for shot in shots_of_sample(seconds):
        painter = _Painter(shot)
        for step in range(shot.frames):
            picture = painter.paint(step)
            number = shot.first + step
            fade = min(1.0, (number + 1) / FPS, (last - number) / (1.5 * FPS))
            if fade < 1:
                picture = cv2.convertScaleAbs(picture, alpha=fade).astype(np.uint8, copy=False)
            yield cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).astype(np.uint8, copy=False)


class _Painter:
    """Paints one shot: a moving pattern behind, a dancer in front."""

    def __init__(self, shot: Shot) -> None:
        self.shot = shot
        self.pattern = PATTERNS[shot.number * 5 % len(PATTERNS)]
        width, height = FIELD_PX
        self.x, self.y = np.meshgrid(
            np.linspace(-1.6, 1.6, width, dtype=np.float32),
            np.linspace(-0.9, 0.9, height, dtype=np.float32),
        )
        self.far = np.hypot(self.x, self.y)
        self.angle = np.arctan2(self.y, self.x)
        self.colours = _ramp(PALETTES[shot.number * 3 % len(PALETTES)])
        self.lamp = _ramp(PALETTES[(shot.number * 3 + 4) % len(PALETTES)])[0, 250].tolist()
        self.rightwards = shot.number % 2 == 0

    def paint(self, step: int) -> Picture:
        seconds = step / FPS
        beat = step % BEAT_FRAMES / BEAT_FRAMES
        pulse = math.exp(-5 * beat) * self.shot.power
        field = self._field(seconds * (0.25 + 2.2 * self.shot.power), self.shot.number)
        level = np.clip(field * (150 + 60 * self.shot.power) + 18 + 22 * pulse, 0, 255)
        small = cv2.LUT(cv2.merge([level.astype(np.uint8)] * 3), self.colours)
        large = cv2.resize(small, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
        picture = large.astype(np.uint8, copy=False)
        self._dance(picture, step, pulse)
        return picture

    def _field(self, t: float, seed: int) -> Floats:
        x, y, far, angle = self.x, self.y, self.far, self.angle
        k = 3 + seed % 4
        match self.pattern:
            case "rings":
                wave = np.sin(far * k * 3 - t * 5)
            case "stripes":
                wave = np.sin((x * math.cos(seed) + y * math.sin(seed)) * k * 3 + t * 5)
            case "plasma":
                wave = (
                    np.sin(x * k + t * 2) / 2 + np.sin(y * k * 1.7 - t * 3 + np.sin(x * 2 + t)) / 2
                )
            case "tiles":
                wave = np.sin(x * k * 2 + t * 3) * np.sin(y * k * 2 - t * 2) * 1.2
            case "hills":
                line = 0.25 * np.sin(x * k + t * 2) + 0.12 * np.sin(x * k * 2.7 - t * 3)
                wave = np.tanh((y - line) * -6) * 0.9
            case "rays":
                wave = np.sin(angle * (k + 3) + t * 2.5 + far)
            case _:
                wave = np.sin(y * k * 4 + np.sin(x * 3 + t * 2) * 2 + t * 3)
        return (wave * 0.5 + 0.5).astype(np.float32)

    def _dance(self, picture: Picture, step: int, pulse: float) -> None:
        """A bright figure that crosses the picture; wild music makes it jump and swing its arms."""
        power = self.shot.power
        # As far as a camera can follow: across the picture in a long shot, a few steps in a short one.
        reach = min(0.6, 0.15 * self.shot.frames / FPS)
        middle = 0.5 + (0.25 - reach / 3) * (self.shot.number % 5 - 2) / 2
        share = (step + 0.5) / max(self.shot.frames, 1) - 0.5
        path = middle + reach * (share if self.rightwards else -share)
        phase = 2 * math.pi * step / (2 * BEAT_FRAMES)
        jump = abs(math.sin(phase)) * (18 + 90 * power)
        size = 108 + 26 * (self.shot.number % 3) + 14 * pulse
        x, y = path * WIDTH_PX, HEIGHT_PX * 0.6 - jump
        sway = math.sin(phase * 2) * (0.2 + 0.7 * power)

        def limb(x0: float, y0: float, angle: float, length: float, thick: float) -> None:
            end = (x0 + math.sin(angle) * length, y0 + math.cos(angle) * length)
            for colour, width in (((20, 10, 20), thick + 10), ((245, 248, 255), thick)):
                cv2.line(
                    picture,
                    (round(x0), round(y0)),
                    (round(end[0]), round(end[1])),
                    colour,
                    max(2, round(width)),
                    cv2.LINE_AA,
                )

        thick = size * 0.16
        for side in (-1, 1):
            limb(x + side * size * 0.2, y + size * 0.65, side * (0.25 + 0.3 * sway), size, thick)
            lift = 1.1 + power * (1.1 + math.sin(phase * 2 + side))
            limb(x + side * size * 0.3, y - size * 0.45, side * lift, size * 0.85, thick * 0.8)
        body = (round(x), round(y))
        axes = (round(size * 0.42), round(size * 0.75))
        cv2.ellipse(picture, body, axes, sway * 12, 0, 360, (20, 10, 20), 10, cv2.LINE_AA)
        cv2.ellipse(picture, body, axes, sway * 12, 0, 360, self.lamp, -1, cv2.LINE_AA)
        head = (round(x + sway * 16), round(y - size * 1.12))
        cv2.circle(picture, head, round(size * 0.4), (20, 10, 20), 10, cv2.LINE_AA)
        cv2.circle(picture, head, round(size * 0.4), (225, 240, 255), -1, cv2.LINE_AA)
        for side in (-1, 1):
            eye = (round(head[0] + side * size * 0.14), round(head[1] - size * 0.04))
            cv2.circle(picture, eye, max(3, round(size * 0.05)), (30, 20, 20), -1, cv2.LINE_AA)


def _ramp(stops: tuple[tuple[int, int, int], ...]) -> Picture:
    """(1, 256, 3): colours between the stops."""
    at = np.linspace(0, 255, len(stops))
    channels = [np.interp(np.arange(256), at, [stop[c] for stop in stops]) for c in range(3)]
    return np.stack(channels, axis=1)[None].astype(np.uint8)


# --- Music ----------------------------------------------------------------------------------------

CHORDS_HZ = (
    (220.0, 261.63, 329.63),
    (174.61, 220.0, 261.63),
    (261.63, 329.63, 392.0),
    (196.0, 246.94, 293.66),
)


def compose(seconds: int) -> Floats:
    """(2, samples) float32: pad, bass, drums, and in the choruses a lead."""
    beats = seconds * BPM // 60
    song = np.zeros((2, seconds * RATE_HZ), np.float32)
    kick, snare, hat = _kick(), _noise(0.16, 900, 7), _noise(0.05, 5200, 11)
    power, drums = _power_per_beat(beats)
    for beat in range(beats):
        at = beat * BEAT_SAMPLES
        chord = CHORDS_HZ[beat // 8 % len(CHORDS_HZ)]
        loud = power[beat]
        _add(song, at, _pad(chord) * (0.05 + 0.05 * loud), pan=0.0)
        if drums[beat]:
            _add(song, at, kick * (0.42 + 0.4 * loud), pan=0.0)
            _add(song, at, _bass(chord[0] / 4) * (0.16 + 0.16 * loud), pan=0.0)
            for half in (0, 1):
                _add(song, at + half * BEAT_SAMPLES // 2, hat * (0.05 + 0.14 * loud), pan=0.35)
            if beat % 2:
                _add(song, at, snare * (0.1 + 0.45 * loud), pan=-0.1)
        else:
            _add(song, at, hat * 0.05, pan=0.35)
        if loud > 0.6:
            for part in range(4):
                note = chord[(part + beat) % 3] * (2 if part % 2 else 4)
                _add(
                    song, at + part * BEAT_SAMPLES // 4, _pluck(note) * 0.14, pan=0.6 * (-1) ** part
                )
    quiet = np.minimum(1, np.arange(song.shape[1], dtype=np.float32)[::-1] / (2 * RATE_HZ))
    return (np.tanh(song * 1.1) * 0.8 * quiet).astype(np.float32)


def _power_per_beat(beats: int) -> tuple[list[float], list[bool]]:
    power: list[float] = []
    drums: list[bool] = []
    while len(power) < beats:
        for section in SONG:
            power += [section.power] * section.beats
            drums += [section.drums] * section.beats
    return power, drums


def _add(song: Floats, at: int, sound: Floats, *, pan: float) -> None:
    room = min(len(sound), song.shape[1] - at)
    if room > 0:
        song[0, at : at + room] += sound[:room] * (1 - pan) * 0.7
        song[1, at : at + room] += sound[:room] * (1 + pan) * 0.7


def _time(seconds: float) -> Any:
    return np.arange(int(seconds * RATE_HZ), dtype=np.float32) / RATE_HZ


def _kick() -> Floats:
    t = _time(0.28)
    return (np.sin(2 * np.pi * (48 * t + 5.5 * (1 - np.exp(-t * 28)))) * np.exp(-t * 13)).astype(
        np.float32
    )


def _noise(seconds: float, cut_hz: float, seed: int) -> Floats:
    """A short burst of noise above cut_hz."""
    t = _time(seconds)
    noise = np.random.default_rng(seed).standard_normal(len(t))
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(t), 1 / RATE_HZ) < cut_hz] = 0
    return (np.fft.irfft(spectrum, len(t)) * np.exp(-t * 5 / seconds)).astype(np.float32)


def _pad(chord: tuple[float, ...]) -> Floats:
    t = _time(60 / BPM + 0.05)
    soft = np.minimum(1, np.minimum(t * 20, (t[-1] - t) * 20))
    tones = sum(
        np.sin(2 * np.pi * hz * t) + 0.4 * np.sin(4 * np.pi * hz * 1.003 * t) for hz in chord
    )
    return (tones * soft).astype(np.float32)


def _bass(hz: float) -> Floats:
    t = _time(60 / BPM * 0.9)
    return (np.tanh(2.5 * np.sin(2 * np.pi * hz * t)) * np.exp(-t * 3)).astype(np.float32)


def _pluck(hz: float) -> Floats:
    t = _time(0.22)
    tone = np.sin(2 * np.pi * hz * t) + 0.5 * np.sin(4 * np.pi * hz * t)
    return (tone * np.exp(-t * 16)).astype(np.float32)
