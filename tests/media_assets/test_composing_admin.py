"""The admin of composition: bring things, look at frames, ask for variants."""

import re

import pytest

from jobs.models import Job
from media_assets.models import Captions, Card, Watermark
from media_assets.services.captions import upload_captions
from media_assets.services.graphics import add_card, add_watermark
from tests.factories import make_clip, make_user, make_variant, make_video
from tests.media_assets.test_composing_api import file
from tests.media_assets.test_ingredients import SRT, picture

pytestmark = pytest.mark.django_db

CAPTIONS = "/admin/media_assets/captions/"
MARKS = "/admin/media_assets/watermark/"
CARDS = "/admin/media_assets/card/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def test_captions_are_brought_from_the_page_of_their_video(ada):
    video = make_video()
    page = ada.get(f"/admin/media_assets/videoasset/{video.pk}/change/")
    (at,) = re.findall(r'href="([^"]*captions/add[^"]*)"', page.text)
    assert f'value="{video.pk}" selected' in ada.get(at).text
    done = ada.post(at, {"video": video.pk, "file": file(SRT), "language": "en"}, follow=True)
    assert "1 cues are here." in done.text
    assert "Hello" in done.text
    assert Captions.objects.get().video_asset == video
    assert "Hello" in ada.get(f"{CAPTIONS}{Captions.objects.get().pk}/change/").text


def test_bad_captions_are_refused_in_the_form(ada):
    page = ada.post(f"{CAPTIONS}add/", {"video": make_video().pk, "file": file(b"WEBVTT\n")})
    assert page.status_code == 400
    assert "No cue in the file can be shown." in page.text
    page = ada.post(f"{CAPTIONS}add/", {"video": make_video().pk})
    assert "no transcriber is set up here" in page.text
    assert not Captions.objects.exists()


def test_letters_that_no_font_has_are_named(ada):
    captions, _ = upload_captions(make_video(), "00:00 --> 00:01\nHi \U0001f600".encode())
    page = ada.get(f"{CAPTIONS}{captions.pk}/change/")
    assert "these letters are left out" in page.text


def test_watermarks_and_cards_are_brought_and_put_aside(ada):
    form = {"name": "Logo", "position": "top_left", "margin": 0.1, "width_share": 0.2, "opacity": 1}
    done = ada.post(f"{MARKS}add/", {"file": file(picture(), "l.png"), **form}, follow=True)
    assert "Logo is here." in done.text
    mark = Watermark.objects.get()
    assert (mark.position, mark.margin) == ("top_left", 0.1)
    act = {"action": "archive", "_selected_action": [str(mark.pk)], "index": 0}
    assert "1 archived." in ada.post(MARKS, act, follow=True).text
    card = {"text": "Bye", "name": "", "background": "#000000", "duration_ms": 1000}
    assert "Bye is here." in ada.post(f"{CARDS}add/", card, follow=True).text
    refused = ada.post(f"{CARDS}add/", {**card, "background": "red"})
    assert (refused.status_code, Card.objects.count()) == (400, 1)


def composed(clip, **more):
    return {
        "formats": ["square_1080x1080"],
        "captions_size": 1,
        "captions_position": "bottom",
        "captions_box": "on",
        "crossfade_ms": 0,
        "look_at": "square_1080x1080",
        "look_at_s": 1.5,
        **more,
    }


def test_a_variant_is_composed_looked_at_and_asked_for(ada):
    video = make_video()
    clip = make_clip(video)
    captions, _ = upload_captions(video, SRT)
    mark, card = add_watermark(picture(), name="Logo"), add_card(name="", text="Bye")
    page = ada.get(f"/admin/media_assets/clip/{clip.pk}/change/")
    (at,) = re.findall(r'href="([^"]*/compose/)"', page.text)
    empty = ada.get(at)
    assert "Look at it" in empty.text
    assert f"Card: {card}" in empty.text
    form = composed(
        clip,
        captions=captions.pk,
        watermark=mark.pk,
        outro=card.pk,
        title="A & B",
        crossfade_ms=300,
    )
    look = ada.post(at, form | {"look": "1"})
    addresses = re.findall(r'<img src="(/clips/[^"]*)"', look.text)
    assert [("part=outro" in each, "part=clip" in each) for each in addresses] == [
        (False, True),
        (True, False),
    ]
    assert "at_ms=1500" in addresses[0]
    assert "title=A+%26+B" in addresses[0]
    card_seen = ada.get(addresses[1].replace("&amp;", "&"))
    assert card_seen.status_code == 422  # asked rightly, but this video has no frames
    assert not Job.objects.exists()
    done = ada.post(at, form, follow=True)
    assert "put in the queue for rendering" in done.text
    payload = Job.objects.get().payload
    assert (payload["captions"], payload["outro"]) == (str(captions.pk), str(card.pk))
    assert payload["caption_style"] == {}


def test_what_cannot_be_composed_is_refused_in_the_form(ada):
    clip = make_clip()
    at = f"/admin/media_assets/clip/{clip.pk}/compose/"
    assert ada.post(at, composed(clip, crossfade_ms=9000)).status_code == 400
    assert ada.post(at, composed(clip, formats=[])).status_code == 400
    foreign, _ = upload_captions(make_video(), SRT)
    assert ada.post(at, composed(clip, captions=foreign.pk)).status_code == 400
    assert not Job.objects.exists()


def test_only_who_may_act_composes(client):
    client.force_login(make_user("cleo", is_staff=True))
    clip = make_clip()
    assert client.get(f"/admin/media_assets/clip/{clip.pk}/compose/").status_code == 403
    assert client.get(f"{MARKS}add/").status_code == 403


def test_a_variant_is_watched_with_its_captions(ada):
    variant = make_variant(captions_file="variants/v.vtt")
    page = ada.get(f"/admin/media_assets/clipvariant/{variant.pk}/change/")
    assert '<track kind="captions" src="/media/variants/v.vtt"' in page.text
