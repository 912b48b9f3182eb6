"""Filmstrips and covers: what was there when, upright, small, and cheap for any video."""

import cv2
import numpy as np
import pytest

from jobs.runner import run_job
from media_assets.analysis.covers import MOST_COVER_BYTES, StillFinder, jpeg, webp
from media_assets.analysis.strips import MOST_TILES, draw_strip
from media_assets.files import media_link
from media_assets.services.clips import request_analysis
from media_assets.services.filmstrips import filmstrip_of, store_filmstrip
from media_assets.services.upkeep import backfill_media
from tests.factories import make_user
from tests.media import ffmpeg as run
from tests.render_media import clicks, make_film_asset, number_of, numbered, scene, write_film


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def tile_of(strip, sheet, number):
    width, height = strip.tile
    y, x = number // strip.columns * height, number % strip.columns * width
    return sheet[y : y + height, x : x + width]


def test_each_tile_shows_what_was_there_at_its_time(tmp_path):
    film = write_film(tmp_path / "f.mp4", numbered(288))  # a key frame each second
    strip = draw_strip(film, 12_000)
    assert strip.times_ms == [1000 * number for number in range(12)]
    for content in (strip.jpeg, strip.webp):
        sheet = decoded(content)
        assert sheet.shape == (strip.size[1], strip.size[0], 3)
        assert [number_of(tile_of(strip, sheet, n)) for n in range(12)] == list(range(0, 288, 24))


def test_where_key_frames_are_rare_frames_between_them_are_decoded(tmp_path):
    film = tmp_path / "f.mp4"
    run(
        *("-i", write_film(tmp_path / "raw.mp4", numbered(240)), "-c:v", "libx264"),
        *("-preset", "ultrafast", "-g", 240, "-sc_threshold", 0, film),
    )
    strip = draw_strip(film, 10_000)
    assert len(strip.times_ms) >= 6
    sheet = decoded(strip.jpeg)
    for number, at_ms in enumerate(strip.times_ms):
        assert number_of(tile_of(strip, sheet, number)) == round(at_ms * 24 / 1000)


def test_a_turned_film_has_an_upright_strip(tmp_path):
    pictures = []
    for picture in scene(5, 48):
        picture[:60] = (0, 0, 230)
        pictures.append(np.rot90(picture))
    strip = draw_strip(write_film(tmp_path / "f.mp4", pictures, rotation=90), 2_000)
    assert strip.tile == (160, 90)
    assert decoded(strip.jpeg)[:20, :, 2].mean() > 180


def test_a_long_video_has_no_more_tiles_than_fit(tmp_path):
    film = write_film(tmp_path / "f.mp4", numbered(200), times=[n * 2000 for n in range(200)])
    strip = draw_strip(film, 400_000)
    assert len(strip.times_ms) <= MOST_TILES
    assert strip.size == (1600, 90 * -(-len(strip.times_ms) // 10))


@pytest.mark.django_db(transaction=True)
def test_the_analysis_draws_the_strip_and_the_api_hands_it_out(tmp_path, client):
    film = write_film(tmp_path / "f.mp4", scene(1, 96), sound=clicks(4))
    video = make_film_asset(film)
    client.force_login(make_user("ada"))
    assert client.get(f"/videos/{video.pk}/filmstrip").json()["code"] == "media.no-filmstrip"
    assert run_job(request_analysis(video).pk).status == "completed"
    strip = filmstrip_of(video)
    answer = client.get(f"/videos/{video.pk}/filmstrip").json()
    assert answer["jpeg_url"].endswith(media_link(strip.jpeg))
    assert answer["times_ms"] == strip.times_ms
    assert strip.tile_at(strip.times_ms[-1] + 5000) == len(strip.times_ms) - 1
    assert strip.place_of(1) == (160, 0)
    for url in (answer["jpeg_url"], answer["webp_url"]):
        sheet = decoded(b"".join(client.get(url).streaming_content))
        assert sheet.shape[:2] == (answer["height_px"], answer["width_px"])
    video.refresh_from_db()
    assert video.thumbnail.storage.exists(video.thumbnail.name.replace(".jpg", ".webp"))


@pytest.mark.django_db
def test_a_missing_strip_is_made_good(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 48))
    video = make_film_asset(film, probe={"known": True}, thumbnail="thumbnails/t.jpg")
    assert backfill_media()["filmstrips"] == 1
    there = filmstrip_of(video)
    assert there == store_filmstrip(video, tmp_path / "never opened, for it is there")


# --- Covers ---------------------------------------------------------------------------------------


def frames_of(path):
    import av

    with av.open(str(path)) as file:
        yield from ((frame, float(frame.time)) for frame in file.decode(video=0))


def test_the_best_frame_is_sharp_lit_and_in_no_transition(tmp_path):
    sharp, pictures = list(scene(3, 72)), []
    for number, picture in enumerate(sharp):
        if number < 24:
            picture = (picture * 0.1).astype(np.uint8)  # too dark
        elif number < 48:
            picture = cv2.GaussianBlur(picture, (0, 0), 6)
        pictures.append(picture)
    finder = StillFinder(24)
    for frame, at_s in frames_of(write_film(tmp_path / "f.mp4", pictures)):
        finder.see(frame, at_s)
    assert 2000 <= finder.best_ms < 3000


def test_covers_are_small_whatever_they_show():
    noise = np.random.default_rng(0).integers(0, 255, (640, 640, 3)).astype(np.uint8)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.8)
    plain = np.full((640, 640, 3), 90, np.uint8)
    for write in (jpeg, webp):
        assert len(write(plain)) < 10_000
        assert len(write(noise)) <= 1.5 * MOST_COVER_BYTES
        assert decoded(write(noise)).shape == noise.shape
