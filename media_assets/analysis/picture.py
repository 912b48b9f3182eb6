"""What is measured on pictures: every frame cheaply, some frames in depth."""

from dataclasses import dataclass, field
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.faces import faces_in
from media_assets.analysis.histograms import BlockHistograms, histogram_distance
from media_assets.analysis.reading import (
    Plane,
    Source,
    luma_of,
    plane_rows,
    shrunk,
    small_size,
    upright,
)
from media_assets.analysis.subjects import (
    NO_BARS,
    PLANAR,
    Bars,
    Face,
    Pair,
    lettering,
    moving_by_itself,
    profiles,
    small_colour,
    standing_out,
)
from media_assets.analysis.unseen import share_of

Floats = npt.NDArray[np.float32]

MEDIUM_WIDTH_PX = 360  # where faces of a tenth of the width are still thirty-six pixels
MOTION_WIDTH_PX = 80
MOTION_EVERY_FRAMES = 2
MOST_FRAMES_UNMEASURED = 6  # in a row, because of jumps
BAR_BRIGHTNESS = 26  # rows with nothing brighter than this are a bar,
BAR_NOISE = 0.03  # but for this share of their pixels


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
    """Measures each small picture against the last one, and keeps the two."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._histograms = BlockHistograms(size)
        scale = MOTION_WIDTH_PX / max(size)
        self._size = (_even(size[0] * scale), _even(size[1] * scale))
        self._window = cv2.createHanningWindow(self._size, cv2.CV_32F)
        self._last: tuple[Plane, Floats] | None = None
        self._difference = 255.0  # of the last two pictures; the first two are no jump
        self._motions = (0.0, 0.0)  # the last that were measured
        self._waited = MOTION_EVERY_FRAMES - 1  # frames since then
        self._pair: Pair | None = None

    def measure(self, picture: Plane, *, apart: int = 1) -> FrameMeasures:
        """The next frame, or one so many frames after the last one. Difference and histogram are of
        the two pictures; motion and camera of one step."""
        histogram = self._histograms.of(picture)
        mean, deviation = cv2.meanStdDev(picture)
        difference = distance = 0.0
        if self._last is not None:
            before, histogram_before = self._last
            self._pair = Pair(before, picture, apart)
            difference = cv2.norm(picture, before, cv2.NORM_L1) / picture.size
            distance = histogram_distance(histogram_before, histogram)
            self._look_for_motion(before, picture, difference, apart)
            self._difference = difference * share_of(apart)
        self._last = (picture, histogram)
        motion, camera = self._motions
        return FrameMeasures(
            difference, distance, motion, camera, float(mean[0, 0]), float(deviation[0, 0])
        )

    def _look_for_motion(
        self, before: Plane, picture: Plane, difference: float, apart: int
    ) -> None:
        """Measure it on every other frame, which is often enough; a jump is no motion."""
        self._waited += apart
        jumped = difference > 2 * apart * self._difference + 4
        if self._waited >= (MOST_FRAMES_UNMEASURED if jumped else MOTION_EVERY_FRAMES):
            tiny = [
                cv2.resize(each, self._size, interpolation=cv2.INTER_AREA).astype(np.float32)
                for each in (before, picture)
            ]
            motion, camera = self._motion(*tiny)
            self._motions = (motion * share_of(apart), camera / apart)
            self._waited = 0

    def _motion(self, before: Floats, after: Floats) -> tuple[float, float]:
        """(how much moves by itself, how far the camera moved)."""
        # Copies, for it multiplies what it is given by the window, in place.
        (dx, dy), response = cv2.phaseCorrelate(before.copy(), after.copy(), self._window)
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
        return float(residual.mean()), float(np.hypot(dx, dy) / width)

    def take_moved(self) -> Pair | None:
        """The last two pictures, once: None after a jump that was taken away, and at the start."""
        pair, self._pair = self._pair, None
        return pair


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
    letters: Bars | None = None  # of a card of text: left, right, top and bottom of it


def medium_luma(frame: av.VideoFrame, source: Source) -> Plane:
    """An upright grey picture whose longer side is about MEDIUM_WIDTH_PX."""
    width, height = small_size(source, MEDIUM_WIDTH_PX)
    if source.turn % 2:
        width, height = height, width
    luma: npt.NDArray[Any] | None = luma_of(frame, rows_apart=max(1, frame.height // (height * 2)))
    if luma is None:
        luma = frame.reformat(format="gray").to_ndarray()
    return upright(shrunk(luma, (width, height)), source.turn)


def look_closely(
    frame: av.VideoFrame,
    source: Source,
    *,
    at_ms: int,
    number: int,
    moved: Pair | None,
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
    active_in = bars or NO_BARS
    motion = profiles(moving_by_itself(moved, active_in), active_in)
    salient = profiles(standing_out(small_colour(frame, source, medium), active_in), active_in)
    return Sample(
        at_ms=at_ms,
        frame=number,
        sharpness=sharpness_of(active),
        colour=colour_of(frame),
        mean=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        clipped=float(np.mean((active < 8) | (active > 248))),
        bars=bars,
        motion_x=motion[0],
        motion_y=motion[1],
        salient_x=salient[0],
        salient_y=salient[1],
        faces=faces_in(medium) if faces else [],
        searched=faces,
        letters=lettering(medium),
    )


def sharpness_of(grey: Plane) -> float:
    """Logarithm of the Laplacian variance: about 2 is soft, 8 is crisp."""
    _, deviation = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    return float(np.log1p(deviation[0, 0] ** 2))


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
    height, width = grey.shape
    _, bright = cv2.threshold(grey, BAR_BRIGHTNESS, 1, cv2.THRESH_BINARY)
    in_row = cv2.reduce(bright, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    in_column = cv2.reduce(bright, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    bright_rows = np.flatnonzero(in_row > BAR_NOISE * width)
    bright_columns = np.flatnonzero(in_column > BAR_NOISE * height)
    if len(bright_rows) < height * 0.3 or len(bright_columns) < width * 0.2:
        return None
    return (
        float(bright_rows[0] / height),
        float(1 - (bright_rows[-1] + 1) / height),
        float(bright_columns[0] / width),
        float(1 - (bright_columns[-1] + 1) / width),
    )


def _even(side: float) -> int:
    """The next even side that needs no padding: of an odd one, phaseCorrelate takes two equal
    pictures for half a pixel apart."""
    number = max(16, 2 * round(side / 2))
    while cv2.getOptimalDFTSize(number) != number or number % 2:
        number += 2
    return number
