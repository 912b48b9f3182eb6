"""What is measured on pictures: every frame cheaply, some frames in depth."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.reading import (
    Plane,
    Source,
    colour_picture,
    luma_of,
    plane_rows,
    small_size,
    upright,
)
from media_assets.analysis.shots import BlockHistograms, histogram_distance

Floats = npt.NDArray[np.float32]
Bars = tuple[float, float, float, float]
NO_BARS: Bars = (0.0, 0.0, 0.0, 0.0)

MEDIUM_WIDTH_PX = 360  # where faces of a tenth of the width are still thirty-six pixels
FACES_WIDTH_PX = 360
PROFILE_BINS = 64  # how finely we know where things are, across and down
MOTION_WIDTH_PX = 80
COLOUR_WIDTH_PX = 96
HUE_BINS = 16
PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p")
BAR_BRIGHTNESS = 26  # rows darker than this at their bright end are a bar
NOT_A_FACE_BELOW = 0.085  # of the longer side; smaller ones cost most and are mostly false


@dataclass(frozen=True)
class FrameMeasures:
    """One frame against the one before. Brightness 0–255; camera: shift as a share of the width."""

    difference: float
    histogram: float
    motion: float
    camera: float
    mean: float
    contrast: float


class FrameMeter:
    """Measures each small picture against the last one, and gathers where things move."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._histograms = BlockHistograms(size)
        scale = MOTION_WIDTH_PX / max(size)
        self._size = (max(16, round(size[0] * scale)), max(16, round(size[1] * scale)))
        self._window = cv2.createHanningWindow(self._size, cv2.CV_32F)
        self._last: tuple[Plane, Floats, Floats] | None = None
        self.moved = np.zeros((self._size[1], self._size[0]), np.float32)

    def measure(self, picture: Plane) -> FrameMeasures:
        """The next frame."""
        histogram = self._histograms.of(picture)
        tiny = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA).astype(np.float32)
        mean, deviation = cv2.meanStdDev(picture)
        difference = distance = motion = camera = 0.0
        if self._last is not None:
            before, histogram_before, tiny_before = self._last
            difference = float(cv2.absdiff(picture, before).mean())
            distance = histogram_distance(histogram_before, histogram)
            motion, camera = self._motion(tiny_before, tiny)
        self._last = (picture, histogram, tiny)
        return FrameMeasures(
            difference, distance, motion, camera, float(mean[0, 0]), float(deviation[0, 0])
        )

    def _motion(self, before: Floats, after: Floats) -> tuple[float, float]:
        """(what moves by itself, how far the camera moved); adds the former to `moved`."""
        (dx, dy), response = cv2.phaseCorrelate(before, after, self._window)
        width, height = self._size
        if response < 0.1 or abs(dx) > width / 4 or abs(dy) > height / 4:
            dx = dy = 0.0
        x, y = round(dx), round(dy)
        residual = np.zeros_like(after)
        rows = slice(max(y, 0), height + min(y, 0))
        columns = slice(max(x, 0), width + min(x, 0))
        rows_before = slice(max(-y, 0), height + min(-y, 0))
        columns_before = slice(max(-x, 0), width + min(-x, 0))
        residual[rows, columns] = np.abs(after[rows, columns] - before[rows_before, columns_before])
        self.moved += np.maximum(residual - 4.0, 0.0)  # below 4: noise and compression
        return float(residual.mean()), float(np.hypot(dx, dy) / width)

    def take_moved(self) -> Floats:
        """Where things moved since the last call, and begin anew."""
        moved, self.moved = self.moved, np.zeros_like(self.moved)
        return moved


@dataclass(frozen=True)
class Face:
    """A face: centre and size as shares of the width and height of the upright picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class Sample:
    """One frame looked at in depth. Profiles have PROFILE_BINS bins, across (x) and down (y)."""

    at_ms: int
    frame: int
    sharpness: float
    colour: float
    mean: float
    contrast: float
    clipped: float
    bars: Bars | None
    motion_x: Floats
    motion_y: Floats
    salient_x: Floats
    salient_y: Floats
    faces: list[Face] = field(default_factory=list)
    searched: bool = True  # for faces


def medium_luma(frame: av.VideoFrame, source: Source) -> Plane:
    """An upright grey picture whose longer side is about MEDIUM_WIDTH_PX."""
    width, height = small_size(source, MEDIUM_WIDTH_PX)
    if source.turn % 2:
        width, height = height, width
    luma: npt.NDArray[Any] | None = luma_of(frame, rows_apart=max(1, frame.height // (height * 2)))
    if luma is None:
        luma = frame.reformat(format="gray").to_ndarray()
    return upright(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), source.turn)


def look_closely(
    frame: av.VideoFrame,
    source: Source,
    *,
    at_ms: int,
    number: int,
    moved: Floats,
    faces: bool = True,
) -> Sample:
    """Sharpness, colour, exposure, bars, where the eye goes, and faces unless told not to look."""
    medium = medium_luma(frame, source)
    bars = bars_of(medium)
    height, width = medium.shape
    top, bottom, left, right = bars or NO_BARS
    active = medium[
        int(top * height) : max(int((1 - bottom) * height), int(top * height) + 8),
        int(left * width) : max(int((1 - right) * width), int(left * width) + 8),
    ]
    mean, deviation = cv2.meanStdDev(active)
    salient = saliency(_small_colour(frame, source, medium), bars or NO_BARS)
    return Sample(
        at_ms=at_ms,
        frame=number,
        sharpness=sharpness_of(active),
        colour=colour_of(frame),
        mean=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        clipped=float(np.mean((active < 8) | (active > 248))),
        bars=bars,
        motion_x=profile(moved, axis=0),
        motion_y=profile(moved, axis=1),
        salient_x=profile(salient, axis=0),
        salient_y=profile(salient, axis=1),
        faces=faces_in(medium) if faces else [],
        searched=faces,
    )


def _small_colour(frame: av.VideoFrame, source: Source, medium: Plane) -> Plane:
    """A tiny upright BGR picture, put together from the planes where that is possible (30x faster)."""
    size = small_size(source, COLOUR_WIDTH_PX)
    if frame.format.name not in PLANAR:
        return colour_picture(frame, source, size)
    planes = [cv2.resize(medium, size, interpolation=cv2.INTER_AREA)]
    stored = size if source.turn % 2 == 0 else (size[1], size[0])
    for plane in (frame.planes[1], frame.planes[2]):
        rows_apart = max(1, plane.height // (2 * stored[1]))
        rows = plane_rows(plane, np.uint8)[: plane.height : rows_apart, : plane.width]
        small = cv2.resize(rows, stored, interpolation=cv2.INTER_AREA)
        planes.append(upright(small, source.turn))
    return cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YUV2BGR).astype(np.uint8, copy=False)


def sharpness_of(grey: Plane) -> float:
    """Logarithm of the Laplacian variance: about 2 is soft, 8 is crisp."""
    return float(np.log1p(cv2.Laplacian(grey, cv2.CV_32F).var()))


def colour_of(frame: av.VideoFrame) -> float:
    """How colourful: spread and strength of the chroma, after Hasler and Süsstrunk (2003)."""
    if frame.format.name not in PLANAR:
        frame = frame.reformat(width=160, height=90, format="yuv420p")
    chroma = []
    for plane in (frame.planes[1], frame.planes[2]):
        rows = plane_rows(plane, np.uint8)
        step = max(1, plane.width // 80)
        chroma.append(rows[: plane.height : step, : plane.width : step].astype(np.float32) - 128)
    spread = np.hypot(chroma[0].std(), chroma[1].std())
    return float(spread + 0.3 * np.hypot(chroma[0].mean(), chroma[1].mean()))


def bars_of(grey: Plane) -> Bars | None:
    """Black bars at top, bottom, left and right, as shares; None where it is too dark to tell."""
    bright_rows = np.flatnonzero(np.percentile(grey, 97, axis=1) > BAR_BRIGHTNESS)
    bright_columns = np.flatnonzero(np.percentile(grey, 97, axis=0) > BAR_BRIGHTNESS)
    height, width = grey.shape
    if len(bright_rows) < height * 0.3 or len(bright_columns) < width * 0.2:
        return None
    return (
        float(bright_rows[0] / height),
        float(1 - (bright_rows[-1] + 1) / height),
        float(bright_columns[0] / width),
        float(1 - (bright_columns[-1] + 1) / width),
    )


def saliency(colour: Plane, bars: Bars) -> Floats:
    """Where the eye goes, over the whole picture: what looks unlike its surroundings.

    Colours that fill the left, right and upper edge are background (the boundary prior of Wei et
    al., ECCV 2012); what is rare there and common inside is the subject, and so is what differs in
    hue from most of the picture. Nothing in the black bars counts.
    """
    height, width = colour.shape[:2]
    top, bottom, left, right = bars
    rows = slice(int(np.ceil(top * height)), height - int(np.ceil(bottom * height)))
    columns = slice(int(np.ceil(left * width)), width - int(np.ceil(right * width)))
    lab = cv2.cvtColor(colour[rows, columns], cv2.COLOR_BGR2LAB)
    inner_height, inner_width = lab.shape[:2]
    edge = np.zeros((inner_height, inner_width), bool)
    strip = max(2, int(inner_width * 0.08))
    edge[:, :strip] = edge[:, -strip:] = True
    edge[: max(2, int(inner_height * 0.1))] = True
    light = lab[..., 0] // 32
    hues = np.clip((lab[..., 1:].astype(np.int16) - 64) * HUE_BINS // 128, 0, HUE_BINS - 1)
    colours = (light.astype(np.int32) * HUE_BINS + hues[..., 0]) * HUE_BINS + hues[..., 1]
    outside, inside = _colour_shares(colours[edge]), _colour_shares(colours[~edge])
    unlike = (inside / (inside + outside + 1e-6))[colours]
    unlike = np.square(cv2.GaussianBlur(unlike, (0, 0), 2))
    hue = cv2.GaussianBlur(lab[..., 1:].astype(np.float32), (0, 0), 1.5)
    rare = np.linalg.norm(hue - np.median(hue.reshape(-1, 2), axis=0), axis=2)
    found = np.zeros((height, width), np.float32)
    found[rows, columns] = unlike / (unlike.sum() + 1e-9) + 0.4 * rare / (rare.sum() + 1e-9)
    return found


def _colour_shares(colours: npt.NDArray[np.int32]) -> Floats:
    """Share of each colour bin, smoothed a little towards its neighbours."""
    counts = np.bincount(colours, minlength=8 * HUE_BINS * HUE_BINS).astype(np.float32)
    cube = counts.reshape(8, HUE_BINS, HUE_BINS)
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if a == axis else (0, 0) for a in range(3)])
        size = cube.shape[axis]
        before, here, after = (padded.take(range(start, start + size), axis) for start in (0, 1, 2))
        cube = 0.25 * before + 0.5 * here + 0.25 * after
    return np.asarray(cube.ravel() / max(float(cube.sum()), 1.0), np.float32)


def profile(importance: Floats, *, axis: int) -> Floats:
    """Importance summed over rows (axis 0) or columns (axis 1), in PROFILE_BINS bins."""
    line = importance.sum(axis=axis)
    bins = cv2.resize(line[None, :], (PROFILE_BINS, 1), interpolation=cv2.INTER_LINEAR)[0]
    return bins.astype(np.float32)


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(
        str(
            Path(cv2.data.haarcascades) / name  # type: ignore[attr-defined]  # missing in its stubs
        )
    )


def faces_in(grey: Plane) -> list[Face]:
    """Frontal faces, largest first. Single hits are doubtful; see `framing.steady_faces`."""
    scale = min(1.0, FACES_WIDTH_PX / max(grey.shape))
    if scale < 1:
        size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    height, width = grey.shape
    least = max(22, int(NOT_A_FACE_BELOW * max(height, width)))
    found = _cascade("haarcascade_frontalface_alt2.xml").detectMultiScale(
        grey, scaleFactor=1.2, minNeighbors=2, minSize=(least, least)
    )
    faces = [
        Face((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
        for (x, y, w, h) in found
    ]
    return sorted(faces, key=lambda face: (-face.width, face.x, face.y))
