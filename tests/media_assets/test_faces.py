"""Faces by a model that is told by path."""

import struct

import numpy as np
import pytest
from django.core.checks import run_checks

from media_assets.analysis.artifact import algorithm, edition
from media_assets.analysis.faces import faces_in, finder

STRIDES = (8, 16, 32)
SIDE_PX = 192  # of the picture that our model is made for


def varint(number):
    """A number as protocol buffers write it."""
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    """One field: a whole number, a text, bytes or floats."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def tensor(name, values):
    """An ONNX tensor: floats, or whole numbers for shapes."""
    whole = values.dtype == np.int64
    kind = field(2, 7 if whole else 1)
    return b"".join(field(1, int(side)) for side in values.shape) + kind + field(8, name) + field(9, values.tobytes())  # fmt: skip


def attribute(name, value):
    kind = 1 if isinstance(value, float) else 2
    content = (
        varint(2 << 3 | 5) + struct.pack("<f", value)
        if isinstance(value, float)
        else field(3, value)
    )
    return field(1, name) + content + field(20, kind)


def node(kind, inputs, output, **attributes):
    return (
        b"".join(field(1, each) for each in inputs)
        + field(2, output)
        + field(4, kind)
        + b"".join(field(5, attribute(name, value)) for name, value in attributes.items())
    )


def shaped(name, shape):
    sides = b"".join(field(1, field(1, side)) for side in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, sides)))


def model_with_a_face(path, *, cell, stride=32, size_px=64):
    """A file that answers as YuNet does: one face in one cell of a picture that is not dark."""
    nodes = node("GlobalAveragePool", ["input"], "mean"), node("Flatten", ["mean"], "flat", axis=1)
    nodes, tensors, outputs = list(nodes), [], []
    for step in STRIDES:
        cells = (SIDE_PX // step) ** 2
        for name, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            weights, bias = np.zeros((3, cells * width), np.float32), np.zeros(cells * width, np.float32)  # fmt: skip
            if step == stride and name in ("cls", "obj"):
                weights[:, cell] = 1 / 300  # a white picture is sure: about 0.85 * 3
            if step == stride and name == "bbox":
                bias[cell * 4 : cell * 4 + 4] = 0.5, 0.5, np.log(size_px / step), np.log(size_px / step)  # fmt: skip
            full = f"{name}_{step}"
            tensors += [
                tensor(f"{full}_w", weights),
                tensor(f"{full}_b", bias),
                tensor(f"{full}_s", np.array([1, cells, width], np.int64)),
            ]
            nodes.append(node("Gemm", ["flat", f"{full}_w", f"{full}_b"], f"{full}_f"))
            nodes.append(node("Reshape", [f"{full}_f", f"{full}_s"], full))
            outputs.append(shaped(full, (1, cells, width)))
    graph = (
        b"".join(field(1, each) for each in nodes)
        + field(2, "faces")
        + b"".join(field(5, each) for each in tensors)
        + field(11, shaped("input", (1, 3, SIDE_PX, SIDE_PX)))
        + b"".join(field(12, each) for each in outputs)
    )
    path.write_bytes(field(1, 7) + field(7, graph) + field(8, field(2, 13)))
    return path


def test_a_model_told_by_path_finds_the_faces(tmp_path, settings):
    settings.FACE_MODEL = str(model_with_a_face(tmp_path / "faces.onnx", cell=9))
    white = np.full((SIDE_PX, SIDE_PX), 255, np.uint8)
    [face] = faces_in(white)
    # Cell 9 of six in a row is the fourth of the second row; the face is in its middle.
    assert (face.x, face.y) == pytest.approx((3.5 / 6, 1.5 / 6), abs=0.01)
    assert (face.width, face.height) == pytest.approx((64 / SIDE_PX, 64 / SIDE_PX), abs=0.01)
    assert faces_in(white * 0) == []


def test_places_are_shares_of_the_picture_also_where_the_model_wants_more_of_it(tmp_path, settings):
    settings.FACE_MODEL = str(model_with_a_face(tmp_path / "faces.onnx", cell=0))
    [face] = faces_in(np.full((SIDE_PX - 20, SIDE_PX - 10), 255, np.uint8))
    assert face.y == pytest.approx(16 / (SIDE_PX - 20), abs=0.01)
    assert face.x == pytest.approx(16 / (SIDE_PX - 10), abs=0.01)


def test_another_model_is_another_analysis(tmp_path, settings):
    plain = algorithm()["faces"]["finder"]
    edition_before = edition()
    for cached in (algorithm, edition):
        cached.cache_clear()
    settings.FACE_MODEL = str(model_with_a_face(tmp_path / "faces.onnx", cell=9))
    try:
        assert plain == "haarcascade_frontalface_alt2.xml"
        assert algorithm()["faces"]["finder"] == finder() != plain
        assert edition() != edition_before
    finally:
        for cached in (algorithm, edition):
            cached.cache_clear()


def test_a_file_that_is_no_model_is_told_at_the_start(tmp_path, settings):
    settings.FACE_MODEL = str(tmp_path / "none.onnx")
    assert [each.id for each in run_checks(tags=["media"])] == ["media.E010"]
    settings.FACE_MODEL = str(model_with_a_face(tmp_path / "faces.onnx", cell=9))
    assert run_checks(tags=["media"]) == []
