"""Where the subject of a shot probably is, along one axis of the picture.

Three witnesses per sample: regions that stand out from what surrounds them, things that move
against the camera, and faces that were found again nearby. None is right alone; what they say
together, smoothed in time and sharpened, is read as a probability over the axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from media_assets.analysis.picture import Sample
from media_assets.analysis.subjects import PROFILE_BINS, Face

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EvidenceRule:
    """How the witnesses are weighed. Found on 72 frames of two films, each tried on the other."""

    motion_weight: float = 1.5  # with a camera at rest; see subjects.FAST_CAMERA_PX
    centre_weight: float = 0.3  # what is in the middle was often put there
    centre_spread: float = 0.25  # of the width
    face_weight: float = 6.0
    lone_face: float = 0.15  # trust in a face that no neighbouring sample has seen too
    face_again_ms: int = 1500  # a real face is found again in one of the next two searches
    face_overlap: float = 0.3  # intersection over union of one face in two samples
    face_fades_ms: float = 800.0
    face_reach_ms: int = 1500
    local_ms: float = 600.0  # samples this far away still say something about now
    whole_shot: float = 0.15  # weight of the mean of the shot beside what is near in time
    feet: float = 0.7  # the lowest of what stands out counts this much less than the top: heads
    blur_bins: float = 2.5
    sharpening: float = 2.0


RULE = EvidenceRule()


def subject_at(samples: Sequence[Sample], times_ms: npt.NDArray[Any], axis: str) -> Floats:
    """(times, PROFILE_BINS): where the subject is at each time; each row sums to one.

    samples: those of one shot. Without any, or with nothing in them, it may be anywhere.
    """
    if not samples:
        return np.full((len(times_ms), PROFILE_BINS), 1 / PROFILE_BINS)
    said = testimony(samples, axis)
    at = np.array([sample.at_ms for sample in samples], np.float64)
    near = np.exp(-np.abs(np.asarray(times_ms, np.float64)[:, None] - at[None, :]) / RULE.local_ms)
    near /= near.sum(axis=1, keepdims=True) + 1e-12
    lines = RULE.whole_shot * said.mean(axis=0) + (1 - RULE.whole_shot) * near @ said
    smooth = cv2.GaussianBlur(
        lines, (0, 0), sigmaX=RULE.blur_bins, sigmaY=1e-3, borderType=cv2.BORDER_REPLICATE
    )
    sharp = np.maximum(smooth, 0.0) ** RULE.sharpening + 1e-6
    if axis == "y":
        below = np.cumsum(sharp, axis=1) / sharp.sum(axis=1, keepdims=True)
        sharp *= 1 - RULE.feet * below
    return np.asarray(sharp / sharp.sum(axis=1, keepdims=True), np.float64)


def testimony(samples: Sequence[Sample], axis: str) -> Floats:
    """(samples, PROFILE_BINS): what the witnesses say together; about one on average."""
    rows = []
    for index, sample in enumerate(samples):
        moved, salient = (
            (sample.motion_x, sample.salient_x)
            if axis == "x"
            else (sample.motion_y, sample.salient_y)
        )
        rows.append(
            np.asarray(salient, np.float64) / (float(salient.mean()) + 1e-9)
            + RULE.motion_weight * moved
            + RULE.face_weight * _faces_near(samples, index, axis)
        )
    bins = (np.arange(PROFILE_BINS) + 0.5) / PROFILE_BINS
    middle = np.exp(-0.5 * ((bins - 0.5) / RULE.centre_spread) ** 2)
    return np.array(rows) + RULE.centre_weight * middle / middle.mean() * (axis == "x")


class Looked(NamedTuple):
    """When somebody looked for faces, and which were there."""

    at_ms: int
    faces: Sequence[Face]


def trust_in(samples: Sequence[Sample | Looked], index: int, face: Face) -> float:
    """1 for a face that another sample nearby has seen too; little for a lone one."""
    for other in _around(samples, index, RULE.face_again_ms):
        if other == index:
            continue
        if any(overlap(face, again) > RULE.face_overlap for again in samples[other].faces):
            return 1.0
    return RULE.lone_face


def overlap(one: Face, other: Face) -> float:
    """Intersection over union."""
    across = _common(one.x, one.width, other.x, other.width)
    down = _common(one.y, one.height, other.y, other.height)
    both = across * down
    return both / max(one.width * one.height + other.width * other.height - both, 1e-9)


def _common(at: float, size: float, at_other: float, size_other: float) -> float:
    return max(
        0.0,
        min(at + size / 2, at_other + size_other / 2)
        - max(at - size / 2, at_other - size_other / 2),
    )


def _faces_near(samples: Sequence[Sample], index: int, axis: str) -> Floats:
    """The strongest face of now and nearby at each place: a short miss does not lose it."""
    line = np.zeros(PROFILE_BINS)
    bins = (np.arange(PROFILE_BINS) + 0.5) / PROFILE_BINS
    for other in _around(samples, index, RULE.face_reach_ms):
        apart = abs(samples[other].at_ms - samples[index].at_ms)
        for face in samples[other].faces:
            centre, size = (face.x, face.width) if axis == "x" else (face.y, face.height)
            bump = np.exp(-0.5 * ((bins - centre) / (size * 0.5)) ** 2)
            weight = trust_in(samples, other, face) * np.exp(-apart / RULE.face_fades_ms)
            line = np.maximum(line, weight * bump)
    return line


def _around(samples: Sequence[Sample | Looked], index: int, reach_ms: int) -> range:
    """Indices of samples at most reach_ms away; samples are in the order of time."""
    here, first, last = samples[index].at_ms, index, index
    while first > 0 and here - samples[first - 1].at_ms <= reach_ms:
        first -= 1
    while last < len(samples) - 1 and samples[last + 1].at_ms - here <= reach_ms:
        last += 1
    return range(first, last + 1)
