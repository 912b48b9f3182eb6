"""Black, frozen and barred stretches are known by name."""

import numpy as np

from media_assets.analysis.spans import Span
from media_assets.analysis.watch import watch
from tests.render_media import scene, write_film

BAR = 24  # of 144 lines


def barred(pictures, axis):
    for picture in pictures:
        view = picture if axis == 0 else picture.transpose(1, 0, 2)
        view[:BAR] = view[-BAR:] = 0
    return pictures


def test_black_frozen_and_barred_stretches_are_found_where_they_are(tmp_path):
    """At 24 frames a second: 2 s moving, 1 s black, 2 s bars, 2 s still, 2 s bars at the sides."""
    size = (192, 144)
    chance = np.random.default_rng(1)
    black = np.zeros((144, 192, 3), np.uint8)
    still = next(iter(scene(7, 1, size=size)))
    pictures = [
        *list(scene(1, 48, size=size, speed=3)),
        *[black] * 24,
        *barred([*scene(2, 48, size=size, speed=3)], 0),
        *[still] * 48,
        *barred([*scene(3, 48, size=size, speed=3)], 1),
    ]
    for picture in pictures[:48]:
        picture[:] = np.clip(picture + chance.integers(-6, 6, picture.shape), 0, 255)
    seen = watch(write_film(tmp_path / "f.mp4", pictures, crf="8"))
    spans = {span.kind: span for span in seen.spans}
    assert set(spans) == {"black", "frozen", "letterbox", "pillarbox"}
    assert len(seen.spans) == 4
    assert spans["black"] == Span("black", 2000, 3000)
    assert abs(spans["frozen"].start_ms - 5000) <= 130  # the encoder refines it for some frames
    assert spans["frozen"].end_ms == 7000
    for kind, start, end, size in (
        ("letterbox", 3000, 5000, BAR / 144),
        ("pillarbox", 7000, 9000, BAR / 192),
    ):
        assert abs(spans[kind].start_ms - start) <= 350
        assert abs(spans[kind].end_ms - end) <= 350
        assert abs(spans[kind].size - size) < 0.02


def test_a_film_without_any_has_none(tmp_path):
    pictures = scene(4, 60, size=(192, 108), speed=3)
    assert watch(write_film(tmp_path / "f.mp4", pictures)).spans == []
