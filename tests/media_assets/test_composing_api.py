"""The API of captions, watermarks and cards, and of variants that are composed of them."""

import io
import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from jobs.models import Job
from media_assets.models import Captions, Card, Watermark
from media_assets.services.captions import upload_captions
from media_assets.services.graphics import add_card, add_watermark
from tests.factories import make_clip, make_user, make_variant, make_video
from tests.media_assets.test_ingredients import SRT, picture
from tests.render_media import make_film_asset, scene, write_film

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def file(content, name="a.srt"):
    return SimpleUploadedFile(name, content)


def post(client, path, **data):
    return client.post(path, json.dumps(data), content_type="application/json")


def test_captions_come_in_and_go_out(ada):
    video = make_video()
    at = f"/videos/{video.pk}/captions"
    made = ada.post(at, {"file": file(SRT, "Harbour.srt"), "language": "en"})
    assert made.status_code == 201
    body = made.json()
    assert (body["name"], body["cue_count"], body["source"]) == ("Harbour", 1, "uploaded")
    assert made["Location"] == body["url"]
    assert ada.post(at, {"file": file(SRT), "language": "en"}).status_code == 200
    assert [each["id"] for each in ada.get(at).json()["results"]] == [body["id"]]
    assert ada.get(body["url"]).json() == body
    vtt = ada.get(body["vtt_url"], headers={"Accept": "text/vtt"})
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert vtt.text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n"
    clip = make_clip(video, start_ms=2000, end_ms=4000)
    cut = ada.get(f"{body['vtt_url']}?clip={clip.pk}")
    assert cut.text == "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nHello\n"
    assert ada.get(f"{body['vtt_url']}?clip={make_clip().pk}").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "media.empty-file"),
        (b"\x00binary", 415, "media.not-captions"),
        (b"WEBVTT\n", 422, "media.bad-captions"),
        (b"x" * (1024 * 1024 + 1), 413, "media.too-large"),
    ],
)
def test_captions_that_are_none_are_refused_with_the_reason(ada, content, status, code):
    answer = ada.post(f"/videos/{make_video().pk}/captions", {"file": file(content)})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Captions.objects.exists()


def test_a_video_that_is_not_there_has_no_captions(ada):
    at = "/videos/0190a0b0-0000-7000-8000-000000000001/captions"
    assert ada.get(at).status_code == 404
    assert ada.post(at, {"file": file(SRT)}).status_code == 404


def test_only_who_may_change_brings_things(client):
    client.force_login(make_user("cleo"))
    assert client.post(f"/videos/{make_video().pk}/captions", {}).status_code == 403
    assert client.post("/watermarks", {}).status_code == 403
    assert client.post("/cards", {}).status_code == 403
    assert client.get("/watermarks").status_code == 200


def test_without_a_transcriber_the_answer_says_so(ada, settings):
    settings.TRANSCRIBER = ""
    answer = post(ada, f"/videos/{make_video().pk}/transcribe", language="en")
    assert (answer.status_code, answer.json()["code"]) == (409, "media.no-transcriber")


def test_watermarks_come_in_and_are_put_aside(ada):
    made = ada.post(
        "/watermarks",
        {"file": file(picture(), "logo.png"), "name": "Logo", "position": "bottom_left"},
    )
    assert made.status_code == 201
    body = made.json()
    assert (body["position"], body["margin"], body["status"]) == ("bottom_left", 0.05, "ready")
    assert body["image_url"].endswith(f"{body['sha256']}.png")
    assert post(ada, f"/watermarks/{body['id']}/archive").json()["status"] == "archived"
    assert post(ada, f"/watermarks/{body['id']}/archive").status_code == 409
    assert ada.get("/watermarks?status=ready").json()["results"] == []
    assert post(ada, f"/watermarks/{body['id']}/restore").json()["status"] == "ready"
    wrong = ada.post("/watermarks", {"file": file(picture()), "opacity": 7})
    assert wrong.status_code == 400
    assert "opacity" in wrong.json()["details"]
    assert Watermark.objects.count() == 1


def test_cards_are_made_of_words_or_pictures(ada):
    words = post(ada, "/cards", text="Follow us", duration_ms=1000)
    assert words.status_code == 201
    assert (words.json()["name"], words.json()["image_url"]) == ("Follow us", None)
    image = ada.post("/cards", {"file": file(picture(), "c.png"), "name": "Logo"})
    assert image.json()["width_px"] == 60
    assert post(ada, "/cards").status_code == 400
    assert post(ada, "/cards", text="x", background="red").status_code == 400
    assert Card.objects.count() == 2


def test_a_variant_is_asked_for_with_everything(ada):
    video = make_video()
    clip = make_clip(video)
    captions, _ = upload_captions(video, SRT)
    mark, card = add_watermark(picture(), name="Logo"), add_card(name="", text="Bye")
    answer = post(
        ada,
        f"/clips/{clip.pk}/variants",
        formats=["square_1080x1080"],
        captions=str(captions.pk),
        captions_size=1.5,
        captions_position="top",
        watermark=str(mark.pk),
        intro=str(card.pk),
        outro=str(card.pk),
        crossfade_ms=500,
    )
    assert answer.status_code == 202
    payload = Job.objects.get().payload
    assert payload["captions"] == str(captions.pk)
    assert payload["caption_style"] == {"size": 1.5, "position": "top"}
    assert (payload["intro"], payload["crossfade_ms"]) == (str(card.pk), 500)


def test_a_variant_of_what_is_not_there_is_refused(ada):
    clip = make_clip()
    answer = post(ada, f"/clips/{clip.pk}/variants", watermark=str(clip.pk))
    assert (answer.status_code, answer.json()["code"]) == (400, "media.unknown-ingredient")
    assert post(ada, f"/clips/{clip.pk}/variants", crossfade_ms=9000).status_code == 400
    assert post(ada, f"/clips/{clip.pk}/variants", captions_size=9).status_code == 400
    assert not Job.objects.exists()


def test_a_variant_names_its_captions(ada):
    variant = make_variant(captions_file="variants/v.vtt")
    body = ada.get(f"/variants/{variant.pk}").json()
    assert body["captions_url"] == "http://testserver/media/variants/v.vtt"


def shown(answer):
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int)


@pytest.mark.django_db(transaction=True)
def test_a_frame_can_be_seen_before_it_is_rendered(ada, tmp_path, settings):
    video = make_film_asset(write_film(tmp_path / "f.mp4", scene(1, 72, speed=3)))
    clip = make_clip(video, start_ms=1000, end_ms=3000)
    captions, _ = upload_captions(video, b"00:02 --> 00:03\nHello")
    card = add_card(name="", text="Bye", background="#c80000")
    at = f"/clips/{clip.pk}/preview?render_format=landscape_1920x1080"
    image = {"Accept": "image/avif,image/webp,image/png"}
    plain = shown(ada.get(f"{at}&at_ms=1500", headers=image))
    assert plain.shape == (304, 540, 3)
    said = shown(ada.get(f"{at}&at_ms=1500&captions={captions.pk}"))
    unsaid = shown(ada.get(f"{at}&at_ms=500&captions={captions.pk}&outro={card.pk}"))
    assert (np.abs(said - plain).max(axis=2) > 60).mean() > 0.005
    assert np.abs(said - plain)[:150].max() < 12
    assert np.abs(unsaid - shown(ada.get(f"{at}&at_ms=500"))).max() == 0
    assert np.abs(plain - unsaid).max() > 60  # the figure moved
    assert shown(ada.get(f"{at}&part=outro&outro={card.pk}"))[5, 5].tolist() == [200, 0, 0]
    assert shown(ada.get(f"{at}&part=intro&intro={video.pk}")).shape == (304, 540, 3)
    assert ada.get(f"{at}&part=intro").status_code == 400
    assert ada.get(f"/clips/{clip.pk}/preview?render_format=nothing").status_code == 400
    assert not list(settings.WORK_DIR.iterdir())
