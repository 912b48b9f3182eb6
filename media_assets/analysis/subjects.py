"""Where the subject of a picture may be: what the eye goes to, and what moves by itself."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.reading import (
    Plane,
    Source,
    colour_picture,
    plane_rows,
    small_size,
    upright,
)

Floats = npt.NDArray[np.float32]
Bars = tuple[float, float, float, float]
NO_BARS: Bars = (0.0, 0.0, 0.0, 0.0)

PROFILE_BINS = 64  # how finely we know where things are, across and down
COLOUR_WIDTH_PX = 96
LEVELS = 8  # of each channel, at which regions are looked for
LEAST_RANGE = 8  # of a channel; one without contrast shows only noise
LEAST_FLOW_PX = 24
ANOTHER_PICTURE = 25.0  # mean difference of brightness above which a flow would mean nothing
GROUND_OFF, STROKE_OFF = 12, 50  # of brightness: the same ground, a letter on it
EVEN_GROUND = 0.8  # of the picture is ground
LEAST_STROKES, MOST_STROKES = 0.002, 0.15  # of the picture
STROKE_PX, MOST_THICK = 9, 0.1  # in a picture of MEDIUM_WIDTH_PX, letters are thinner than this
FASTEST_PX = 8.0
FAST_CAMERA_PX = 0.6  # a frame: at this speed, what moves by itself is worth half
LEAST_MOTION_PX = 0.02  # a frame, on average; less is noise
EYES, EYES_SPREAD = 0.42, 0.25  # of the height
PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p")


class Pair(NamedTuple):
    """Two small grey pictures, and how many frames apart they are."""

    before: Plane
    now: Plane
    apart: int = 1


@dataclass(frozen=True)
class Face:
    """A face: centre and size as shares of the width and height of the upright picture."""

    x: float
    y: float
    width: float
    height: float


def small_colour(frame: av.VideoFrame, source: Source, medium: Plane) -> Plane:
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


def standing_out(colour: Plane, bars: Bars) -> Floats:
    """What the eye goes to, over the whole picture: what is surrounded by something else.

    Each channel (lightness and two of colour) is split at several levels; a region that does not
    reach the left, right or upper edge of the picture stands in front of something. Small regions
    count for more than large ones, per pixel. People reach the lower edge, so that one is open.
    After the boolean maps of Zhang and Sclaroff (ICCV 2013). Nothing in the black bars counts.
    """
    found = np.zeros(colour.shape[:2], np.float32)
    rows, columns = inside(bars, found.shape)
    lab = cv2.cvtColor(np.ascontiguousarray(colour[rows, columns]), cv2.COLOR_BGR2LAB)
    for channel in cv2.split(lab):
        below = np.cumsum(
            levels_of(np.asarray(channel, np.uint8))
        )  # pixels of each level and darker
        low, high = (
            float(np.searchsorted(below, rank, side="right"))
            for rank in (channel.size // 50, channel.size - 1 - channel.size // 50)
        )
        if high - low < LEAST_RANGE:
            continue
        # The frame is one region with the edges that it touches: one flood takes all of them away.
        framed = cv2.copyMakeBorder(channel, 1, 0, 1, 1, cv2.BORDER_CONSTANT, value=0)
        for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
            for kind in (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV):
                region = cv2.threshold(framed, float(level), 1, kind)[1]
                region[0] = region[:, 0] = region[:, -1] = 1
                cv2.floodFill(region, None, (0, 0), (0,))
                size = cv2.countNonZero(region)
                if size:
                    found[rows, columns] += region[1:, 1:-1] * np.float32(size**-0.5)
    return found


def moving_by_itself(pair: Pair | None, bars: Bars) -> Floats:
    """Where things move against the camera, from two pictures in a row; one on average, or less.

    The camera is what most of the picture does: shift, turn and zoom, found by RANSAC in a dense
    optical flow (DIS, Kroeger et al., ECCV 2016). The faster it moves, the less the rest is worth.
    Zero where nothing moves or the pictures have nothing in common.
    """
    if pair is None:
        return np.zeros((PROFILE_BINS, PROFILE_BINS), np.float32)
    found = np.zeros(pair.now.shape, np.float32)
    rows, columns = inside(bars, found.shape)
    before, now = (np.ascontiguousarray(each[rows, columns]) for each in pair[:2])
    height, width = now.shape
    if min(height, width) < LEAST_FLOW_PX or cv2.absdiff(before, now).mean() > ANOTHER_PICTURE:
        return found
    # A new one each time: it adapts itself to the size of the pictures, and keeps that.
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    flow = finder.calc(before, now, None)  # type: ignore[call-overload]  # its stubs want an array
    flow /= pair.apart
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    places = np.stack([across[::4, ::4].ravel(), down[::4, ::4].ravel()], axis=1)
    camera: Any = cv2.estimateAffinePartial2D(
        places,
        places + flow[::4, ::4].reshape(-1, 2),
        method=cv2.RANSAC,
        ransacReprojThreshold=0.7,
        maxIters=60,
    )[0]
    if camera is None:
        return found
    (a, b, c), (d, e, f) = camera.astype(np.float32)
    shift_x, shift_y = (a - 1) * across + b * down + c, d * across + (e - 1) * down + f
    own = np.minimum(np.hypot(flow[..., 0] - shift_x, flow[..., 1] - shift_y), FASTEST_PX)
    steady = 1 / (1 + float(np.hypot(shift_x, shift_y).mean()) / FAST_CAMERA_PX)
    found[rows, columns] = own * (steady / (float(own.mean()) + LEAST_MOTION_PX))
    return found


def lettering(grey: Plane) -> Bars | None:
    """Where the letters of a card of text are: (left, right, top, bottom) as shares; None: no card.

    A card is one even ground with thin strokes on it that stand far off. Words over a scene are none.
    """
    levels = levels_of(grey)
    below, middle = np.cumsum(levels), ((grey.size - 1) // 2, grey.size // 2)
    ground = int(sum(np.searchsorted(below, rank, side="right") for rank in middle)) // 2
    far = np.abs(np.arange(256) - ground)
    share = float(levels[far > STROKE_OFF].sum()) / grey.size
    even = float(levels[far <= GROUND_OFF].sum()) / grey.size
    if not LEAST_STROKES < share < MOST_STROKES or even < EVEN_GROUND:
        return None
    off = cv2.absdiff(grey, np.full_like(grey, ground))
    strokes = (off > STROKE_OFF).astype(np.uint8)
    thick = cv2.erode(strokes, np.ones((STROKE_PX, STROKE_PX), np.uint8), borderValue=0)
    if cv2.countNonZero(thick) > MOST_THICK * share * strokes.size:
        return None
    down, across = (np.flatnonzero(strokes.any(axis=axis)) for axis in (1, 0))
    height, width = grey.shape
    found = (
        across[0] / width,
        (across[-1] + 1) / width,
        down[0] / height,
        (down[-1] + 1) / height,
    )
    return (float(found[0]), float(found[1]), float(found[2]), float(found[3]))


def levels_of(grey: Plane) -> npt.NDArray[np.int64]:
    """How many pixels have each of the 256 levels."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256])  # floats: exact below 16 million
    return counts.ravel().astype(np.int64)


def inside(bars: Bars, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a picture that are in no bar."""
    height, width = shape[0], shape[1]
    top, bottom, left, right = bars
    return (
        slice(int(np.ceil(top * height)), height - int(np.ceil(bottom * height))),
        slice(int(np.ceil(left * width)), width - int(np.ceil(right * width))),
    )


def profiles(importance: Floats, bars: Bars) -> tuple[Floats, Floats]:
    """(across, down): mean importance in PROFILE_BINS bins each.

    Across, what lies a little above the middle counts most: that is where faces are.
    """
    rows, columns = inside(bars, importance.shape)
    height = max(rows.stop - rows.start, 1)
    place = (np.arange(importance.shape[0], dtype=np.float32) - rows.start + 0.5) / height
    weight = np.exp(-0.5 * np.square((place - EYES) / EYES_SPREAD)).astype(np.float32)
    weight /= float(weight[rows].sum()) + 1e-9
    return (
        profile(importance * weight[:, None], axis=0),
        profile(importance / max(columns.stop - columns.start, 1), axis=1),
    )


def profile(importance: Floats, *, axis: int) -> Floats:
    """Importance summed over rows (axis 0) or columns (axis 1), in PROFILE_BINS bins."""
    line = importance.sum(axis=axis)
    bins = cv2.resize(line[None, :], (PROFILE_BINS, 1), interpolation=cv2.INTER_LINEAR)[0]
    return bins.astype(np.float32)
