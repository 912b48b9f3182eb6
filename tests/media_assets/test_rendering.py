"""Variants as files: size, codecs, first frame, sync, loudness, sameness."""

import hashlib
import itertools
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from jobs.runner import run_job
from media_assets.formats import FORMATS
from media_assets.models import Clip, ClipVariant
from media_assets.rendering import ffmpeg
from media_assets.rendering.atoms import read_mp4
from media_assets.rendering.errors import RenderFailed
from media_assets.rendering.loudness import measure_file
from media_assets.rendering.plan import standard_rate
from media_assets.services.variants import request_variants
from tests.past_the_ledger import erase
from tests.render_media import (
    RATE_HZ,
    clicks,
    make_film_asset,
    number_of,
    numbered,
    pictures_of,
    scene,
    sound_of,
    tone,
    write_film,
)

LANDSCAPE, SQUARE, VERTICAL = "landscape_1920x1080", "square_1080x1080", "vertical_1080x1920"
pytestmark = pytest.mark.django_db(transaction=True)


def rendered(path, *, start_ms, end_ms, formats=(LANDSCAPE,), framing=None, **text):
    """The variants of a span of this film, by format."""
    video = make_film_asset(path)
    clip = Clip.objects.create(
        video_asset=video,
        start_ms=start_ms,
        end_ms=end_ms,
        visual_score=0.5,
        framing=framing or {},
    )
    job = run_job(request_variants(clip, formats=list(formats), **text).pk)
    assert job.status == "completed", job.error
    return {variant.format: variant for variant in ClipVariant.objects.filter(clip=clip)}


def test_three_formats_have_what_every_platform_takes(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 60), sound=clicks(2.5))
    variants = rendered(film, start_ms=500, end_ms=2000, formats=FORMATS)
    assert set(variants) == set(FORMATS)
    for name, variant in variants.items():
        wanted = FORMATS[name]
        path = variant.file.path
        with av.open(path) as file:
            video, audio = file.streams.video[0], file.streams.audio[0]
            assert (video.width, video.height) == (wanted.width_px, wanted.height_px)
            assert video.codec_context.name == "h264"
            assert video.codec_context.profile == "High"
            assert video.codec_context.pix_fmt == "yuv420p"
            assert video.average_rate == 24
            assert video.codec_context.color_range == 1
            assert audio.codec_context.name == "aac"
            assert audio.codec_context.sample_rate == RATE_HZ
            assert audio.codec_context.channels == 2
            assert sum(1 for _ in file.decode(video=0)) == 36
        mp4 = read_mp4(Path(path))
        assert not any(track.edits for track in mp4.tracks)
        assert mp4.top.index(b"moov") < mp4.top.index(b"mdat")
        assert variant.duration_ms == 1500
        assert variant.has_audio
        assert variant.sha256 == hashlib.sha256(Path(path).read_bytes()).hexdigest()
        assert variant.size_bytes == Path(path).stat().st_size
        assert variant.thumbnail.storage.exists(variant.thumbnail.name)


@pytest.mark.parametrize(("start", "end"), [(0, 24), (7, 31), (50, 71)])
def test_the_first_frame_and_every_other_is_the_right_one(tmp_path, start, end):
    film = write_film(tmp_path / "f.mp4", numbered(80), crf="12")
    times = [round(at * 1000 / 24) for at in (start, end)]
    variant = rendered(film, start_ms=times[0], end_ms=times[1])[LANDSCAPE]
    assert [number_of(p) for p in pictures_of(variant.file.path)] == list(range(start, end))


def test_a_webm_with_rounded_times_is_cut_at_the_right_frame(tmp_path):
    film = write_film(tmp_path / "f.webm", numbered(60), codec="libvpx-vp9")
    variant = rendered(film, start_ms=1292, end_ms=2083)[LANDSCAPE]
    assert [number_of(p) for p in pictures_of(variant.file.path)] == list(range(31, 50))


def test_an_uneven_rate_becomes_an_even_one(tmp_path):
    gaps = [40 if number % 4 else 120 for number in range(60)]
    times = [sum(gaps[:number]) for number in range(60)]
    film = write_film(tmp_path / "f.mp4", numbered(60), times=times)
    variant = rendered(film, start_ms=times[10], end_ms=times[40])[LANDSCAPE]
    numbers = [number_of(p) for p in pictures_of(variant.file.path)]
    assert variant.fps == 25
    assert numbers[0] == 10
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(10, 40))
    with av.open(variant.file.path) as file:
        points = [frame.pts * frame.time_base for frame in file.decode(video=0)]
    assert {b - a for a, b in itertools.pairwise(points)} == {Fraction(1, 25)}


def test_picture_and_sound_stay_together(tmp_path):
    pictures = [np.full((180, 320, 3), 20, np.uint8) for _ in range(72)]
    for at in (30, 31, 60, 61):
        pictures[at][:] = 245
    sound = np.zeros(3 * RATE_HZ, np.float32)
    for at in (30, 60):
        start = at * RATE_HZ // 24
        sound[start : start + 2400] = tone(0.05, hz=1000, loud=0.7)
    film = write_film(tmp_path / "f.mp4", pictures, sound=sound)
    variant = rendered(film, start_ms=500, end_ms=3000)[LANDSCAPE]
    light = [p.mean() for p in pictures_of(variant.file.path)]
    flashes = [i for i in range(1, len(light)) if light[i] > 150 > light[i - 1]]
    assert flashes == [18, 48]
    loud = np.abs(sound_of(variant.file.path)[0])
    for flash in flashes:
        near = round(flash / 24 * RATE_HZ)
        window = loud[near - 4800 : near + 4800]
        onset = near - 4800 + int(np.argmax(window > 0.25 * window.max()))
        assert abs(onset / RATE_HZ - flash / 24) <= 0.010


@pytest.mark.parametrize("loud", [0.02, 0.12, 0.9])
def test_every_variant_is_equally_loud(tmp_path, loud):
    sound = np.clip(tone(6, hz=300, loud=loud) + clicks(6, loud=loud * 0.3), -1, 1)
    film = write_film(tmp_path / "f.mp4", scene(1, 144, size=(96, 54)), sound=sound)
    variant = rendered(film, start_ms=1000, end_ms=5000, formats=[SQUARE])[SQUARE]
    heard = measure_file(Path(variant.file.path))
    assert heard.lufs == pytest.approx(-14, abs=1)
    assert heard.peak_db <= -0.9
    assert variant.facts["lufs"] == pytest.approx(heard.lufs, abs=0.05)


def test_a_silent_film_gets_a_silent_track_and_says_so(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 36))
    variant = rendered(film, start_ms=0, end_ms=1500)[LANDSCAPE]
    assert not variant.has_audio
    assert np.abs(sound_of(variant.file.path)).max() < 1e-4


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_film_comes_out_upright(tmp_path, degrees):
    pictures = []
    for picture in scene(5, 24):
        picture[:60] = (0, 0, 230)  # what is on top: red
        pictures.append(np.rot90(picture, {90: 1, 180: 2, 270: 3}[degrees]))
    film = write_film(tmp_path / "f.mp4", pictures, rotation=degrees)
    variant = rendered(film, start_ms=0, end_ms=1000)[LANDSCAPE]
    top, bottom = (
        pictures_of(variant.file.path)[5][rows] for rows in (slice(0, 300), slice(-300, None))
    )
    assert top[..., 2].mean() > 180
    assert top[..., 1].mean() < 60
    assert bottom[..., 2].mean() < 150


@pytest.mark.parametrize(
    ("name", "size", "pix_fmt", "codec"),
    [
        ("odd.webm", (213, 121), "yuv420p", "libvpx-vp9"),
        ("deep.mp4", (160, 90), "yuv420p10le", "libx264"),
        ("portrait.mp4", (180, 320), "yuv420p", "libx264"),
    ],
)
def test_unusual_sources_fill_every_format(tmp_path, name, size, pix_fmt, codec):
    pictures = scene(1, 24, size=size)
    film = write_film(tmp_path / name, pictures, pix_fmt=pix_fmt, codec=codec)
    variants = rendered(film, start_ms=0, end_ms=1000, formats=FORMATS)
    for each, variant in variants.items():
        wanted = FORMATS[each]
        picture = pictures_of(variant.file.path)[10]
        assert picture.shape == (wanted.height_px, wanted.width_px, 3)
        assert picture[:, :40].mean() > 15  # no black bars
        assert picture[:40].mean() > 15


def test_a_portrait_keeps_its_shape_within_a_landscape(tmp_path):
    ball = np.full((320, 180, 3), 40, np.uint8)
    cv2.circle(ball, (90, 160), 60, (255, 255, 255), -1)
    film = write_film(tmp_path / "f.mp4", [ball] * 24)
    picture = pictures_of(rendered(film, start_ms=0, end_ms=1000)[LANDSCAPE].file.path)[5]
    rows, columns = np.nonzero(picture[..., 1] > 200)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.03)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(960, abs=4)


def test_the_window_follows_the_framing_and_jumps_at_the_cut(tmp_path):
    pictures = []
    for number in range(48):
        picture = np.zeros((180, 320, 3), np.uint8)
        picture[:, 230:] = (0, 255, 0) if number < 24 else (0, 0, 255)
        picture[:, :90] = (255, 0, 0)
        pictures.append(picture)
    framing = {
        "bars": [0, 0, 0, 0],
        "formats": {
            VERTICAL: {
                "mode": "crop",
                "axis": "x",
                "window": 0.31641,
                "keyframes": [[0, 0.16], [1000, 0.16], [1000, 0.84], [2000, 0.84]],
            }
        },
    }
    film = write_film(tmp_path / "f.mp4", pictures)
    variant = rendered(film, start_ms=0, end_ms=2000, formats=[VERTICAL], framing=framing)[VERTICAL]
    shown = pictures_of(variant.file.path)
    blue = [p[:, 100:700, 0].mean() > 150 for p in shown]
    red = [p[:, 400:1000, 2].mean() > 150 for p in shown]
    assert blue == [True] * 24 + [False] * 24
    assert red == [False] * 24 + [True] * 24


def test_the_same_recipe_gives_the_same_bytes(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 30), sound=clicks(1.25))
    first = rendered(film, start_ms=0, end_ms=1000, formats=[VERTICAL])[VERTICAL]
    sha, name = first.sha256, first.file.name
    erase(ClipVariant.objects.all())
    job = run_job(request_variants(Clip.objects.get(), formats=[VERTICAL]).pk)
    again = ClipVariant.objects.get()
    assert job.result["rendered"] == 1
    assert (again.sha256, again.file.name) == (sha, name)


def test_text_changes_the_picture_and_the_recipe(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 24))
    plain = rendered(film, start_ms=0, end_ms=1000)[LANDSCAPE]
    clip = Clip.objects.get()
    job = request_variants(clip, formats=[LANDSCAPE], title="Harbour lights", caption="Out now")
    assert run_job(job.pk).status == "completed"
    titled = ClipVariant.objects.exclude(pk=plain.pk).get()
    before, after = (pictures_of(v.file.path)[10].astype(int) for v in (plain, titled))
    changed = np.abs(before - after).mean(axis=2) > 25
    assert changed[:540].any()
    assert changed[540:].any()
    assert 0.01 < changed.mean() < 0.25
    assert plain.recipe_hash != titled.recipe_hash


# --- Parts ----------------------------------------------------------------------------------------


def test_rates_become_the_nearest_standard_one():
    cases = {
        Fraction(24000, 1001): Fraction(24000, 1001),
        Fraction(25): Fraction(25),
        Fraction(10): Fraction(30),
        Fraction(15): Fraction(30),
        Fraction(12): Fraction(24),
        Fraction(120): Fraction(60),
        Fraction(100): Fraction(50),
        Fraction(299, 10): Fraction(30000, 1001),
        Fraction(100_000): Fraction(25),
    }
    assert {rate: standard_rate(rate) for rate in cases} == cases


def test_what_ffmpeg_says_is_in_the_error():
    with pytest.raises(RenderFailed, match="no-such-file"):
        ffmpeg.run_ffmpeg(["-v", "error", "-i", "file:/no-such-file.mp4", "-f", "null", "-"])


def test_ffmpeg_is_gone_when_the_work_must_end(tmp_path):
    class Enough(Exception):
        pass

    calls = []

    def check():
        calls.append(1)
        if len(calls) > 3:
            raise Enough

    mark = f"mark{tmp_path.name}"
    with pytest.raises(Enough):
        ffmpeg.run_ffmpeg(
            [
                "-f",
                "lavfi",
                "-re",
                "-i",
                "testsrc",
                "-metadata",
                f"title={mark}",
                "-f",
                "null",
                "-",
            ],
            check=check,
        )
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert f"title={mark}" not in running
