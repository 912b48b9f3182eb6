"""Finding shots in films whose cuts are known to the frame."""

import cv2
import numpy as np
import pytest

from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.reading import describe
from media_assets.analysis.watch import watch
from tests.render_media import scene, write_film


def cuts_of(seen):
    return [change.frame for change in seen.changes if change.kind == "cut"]


def film_of(*lengths, **how):
    """Shots after one another, every other one mirrored: the figures do not stand in one place."""
    return [
        np.ascontiguousarray(picture[:, :: (-1) ** seed])
        for seed, frames in enumerate(lengths)
        for picture in scene(seed + 1, frames, **how)
    ]


def test_cuts_are_found_to_the_frame(tmp_path):
    path = write_film(tmp_path / "f.mp4", film_of(30, 17, 41, 24, 28))
    seen = watch(path)
    assert cuts_of(seen) == [30, 47, 88, 112]
    assert [shot.start_ms for shot in seen.shots] == [0, 1250, 1958, 3667, 4667]
    assert seen.shots[-1].end_ms == seen.end_ms == 5833


@pytest.mark.parametrize("frames", [1, 4])
def test_a_flash_is_not_a_cut(tmp_path, frames):
    pictures = film_of(60, 40)
    for at in range(30, 30 + frames):
        pictures[at] = np.full_like(pictures[at], 250)
    assert cuts_of(watch(write_film(tmp_path / "f.mp4", pictures))) == [60]


def test_a_shaken_camera_is_not_a_cut(tmp_path):
    pictures = film_of(60)
    for at in range(30, 60):
        pictures[at] = np.roll(pictures[at], 5, axis=1)
    assert cuts_of(watch(write_film(tmp_path / "f.mp4", pictures))) == []


def test_a_dissolve_has_a_kind_and_an_extent(tmp_path):
    before, after = film_of(80), list(scene(9, 80))
    pictures = before[:40]
    for step in range(20):
        share = (step + 1) / 21
        pictures.append(
            cv2.addWeighted(before[40 + step], 1 - share, after[step], share, 0).astype(np.uint8)
        )
    pictures += after[20:70]
    (change,) = watch(write_film(tmp_path / "f.mp4", pictures)).changes
    assert change.kind == "dissolve"
    assert 44 <= change.frame <= 56


def test_fades_are_told_from_cuts(tmp_path):
    pictures = film_of(90)
    for at in range(90):
        light = min(1.0, at / 20, (89 - at) / 20)
        pictures[at] = (pictures[at] * light).astype(np.uint8)
    kinds = {change.kind for change in watch(write_film(tmp_path / "f.mp4", pictures)).changes}
    assert kinds <= {"fade_in", "fade_out"}
    assert kinds


def test_a_film_with_an_uneven_rate_has_its_cuts_at_the_right_time(tmp_path):
    pictures = film_of(30, 30)
    gaps = [42 if number % 3 else 84 for number in range(60)]
    times = [sum(gaps[:number]) for number in range(60)]
    seen = watch(write_film(tmp_path / "f.mp4", pictures, times=times))
    assert [shot.start_ms for shot in seen.shots] == [0, times[30]]


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_turned_film_is_measured_upright(tmp_path, degrees):
    path = write_film(tmp_path / "f.mp4", film_of(12), rotation=degrees)
    source = describe(path)
    assert (source.shown_width_px, source.shown_height_px) == (180, 320)
    assert watch(path).source.turn in (1, 3)


@pytest.mark.parametrize(
    ("name", "size", "pix_fmt", "codec"),
    [
        ("odd.webm", (107, 61), "yuv420p", "libvpx-vp9"),
        ("deep.mp4", (128, 72), "yuv420p10le", "libx264"),
        ("rgb.mkv", (128, 72), "yuv444p", "libx264"),
    ],
)
def test_unusual_pictures_are_read(tmp_path, name, size, pix_fmt, codec):
    pictures = [*scene(3, 20, size=size), *scene(6, 20, size=size, subject=0.7, light=0.5)]
    seen = watch(write_film(tmp_path / name, pictures, pix_fmt=pix_fmt, codec=codec))
    assert len(seen.frames) == 40
    assert cuts_of(seen) == [20]


def test_progress_goes_from_nothing_to_all(tmp_path):
    told = []
    watch(write_film(tmp_path / "f.mp4", film_of(60)), progress=told.append)
    assert told == sorted(told)
    assert told[-1] > 0.7


def test_what_progress_raises_ends_the_pass(tmp_path):
    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(write_film(tmp_path / "f.mp4", film_of(60)), progress=stop)


@pytest.mark.parametrize(
    "content", [b"", b"ffconcat version 1.0\nfile secret.mp4\n", b"#EXTM3U\nsecret.ts\n"]
)
def test_what_is_no_video_is_refused(tmp_path, content):
    (tmp_path / "f.mp4").write_bytes(content)
    with pytest.raises(NothingToSee):
        watch(tmp_path / "f.mp4")


def test_two_passes_find_the_same(tmp_path):
    path = write_film(tmp_path / "f.mp4", film_of(30, 20, 30))
    first, second = watch(path), watch(path)
    assert first.changes == second.changes
    for name in first.frames.names:
        assert np.array_equal(first.frames[name], second.frames[name])
