"""What is measured on every frame."""

import numpy as np
import pytest

from media_assets.analysis.picture import FrameMeter


def texture(shift=0, size=(160, 90)):
    random = np.random.default_rng(4)
    wide = random.integers(0, 255, (size[1] // 6 + 2, size[0] // 3)).astype(np.uint8)
    large = np.kron(wide, np.ones((6, 6), np.uint8))
    return np.ascontiguousarray(large[: size[1], 40 + shift : 40 + shift + size[0]])


@pytest.mark.parametrize("size", [(160, 90), (160, 67), (90, 160), (160, 120)])
def test_a_picture_that_stands_still_has_no_motion(size):
    meter = FrameMeter(size)
    seen = [meter.measure(texture(size=size)) for _ in range(4)]
    assert all(each.motion < 0.01 for each in seen)
    assert all(each.camera < 1e-4 for each in seen)
    before, now, _ = meter.take_moved()
    assert (before == now).all()
    assert meter.take_moved() is None


def test_a_camera_that_pans_is_told_from_what_moves_by_itself():
    meter = FrameMeter((160, 90))
    panned = [meter.measure(texture(shift=4 * step)) for step in range(8)][2:]
    assert all(each.camera == pytest.approx(4 / 160, abs=0.008) for each in panned)
    meter = FrameMeter((160, 90))
    moved = []
    for step in range(8):
        picture = texture()
        picture[30:60, 20 + 8 * step : 50 + 8 * step] = 250
        moved.append(meter.measure(picture))
    assert all(each.motion > 2 for each in moved[2:])
    assert all(each.camera < 0.01 for each in moved[2:])
