"""Faces in a picture: by the cascade that comes with OpenCV, or by a better model that is told by path.

`STAKAZO_FACE_MODEL` may name a YuNet ONNX file (cv2.FaceDetectorYN). None is shipped: there is no
model in our packages. Single hits of either are doubtful; see `evidence.trust_in`.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.conf import settings

from media_assets.analysis.reading import Plane
from media_assets.analysis.subjects import Face

FACES_WIDTH_PX = 360
NOT_A_FACE_BELOW = 0.085  # of the longer side; smaller ones cost most and are mostly false
SURE_FACE = 0.6  # score of the model, 0 to 1
SIDES_PX = 32  # the model wants sides that this divides
CASCADE = "haarcascade_frontalface_alt2.xml"


def faces_in(grey: Plane) -> list[Face]:
    """Faces of a grey picture, largest first."""
    scale = min(1.0, FACES_WIDTH_PX / max(grey.shape))
    if scale < 1:
        size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    height, width = grey.shape
    found = _by_model(grey) if settings.FACE_MODEL else _by_cascade(grey)
    faces = [
        Face((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
        for x, y, w, h in found
    ]
    return sorted(faces, key=lambda face: (-face.width, face.x, face.y))


def finder() -> str:
    """What finds faces, for the parameters of an analysis: another model sees other faces."""
    if not settings.FACE_MODEL:
        return CASCADE
    return f"yunet:{_digest(settings.FACE_MODEL)}"


@cache
def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def _by_cascade(grey: Plane) -> list[tuple[float, ...]]:
    least = max(22, int(NOT_A_FACE_BELOW * max(grey.shape)))
    found = _cascade().detectMultiScale(
        grey, scaleFactor=1.2, minNeighbors=2, minSize=(least, least)
    )
    return [tuple(float(each) for each in box) for box in found]


def _by_model(grey: Plane) -> list[tuple[float, ...]]:
    height, width = grey.shape
    below, beside = -height % SIDES_PX, -width % SIDES_PX
    padded = cv2.copyMakeBorder(grey, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=0)
    model = open_model(settings.FACE_MODEL)
    model.setInputSize((width + beside, height + below))
    _, found = model.detect(cv2.cvtColor(padded, cv2.COLOR_GRAY2BGR))
    boxes = [] if found is None else [tuple(float(value) for value in row[:4]) for row in found]
    return [box for box in boxes if max(box[2:4]) >= NOT_A_FACE_BELOW / 2 * max(grey.shape)]


@cache
def open_model(path: str) -> Any:
    """A detector of this ONNX file. Raises cv2.error where it is none."""
    return cv2.FaceDetectorYN.create(path, "", (320, 320), SURE_FACE)


@cache
def _cascade() -> cv2.CascadeClassifier:
    folder = cv2.data.haarcascades  # type: ignore[attr-defined]  # missing in its stubs
    return cv2.CascadeClassifier(str(Path(folder) / CASCADE))
