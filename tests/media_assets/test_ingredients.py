"""Captions, watermarks and cards: kept as they should be, or refused with a reason."""

import io

import pytest
from PIL import Image

from media_assets.cues import Cue
from media_assets.errors import BadCaptions, BadPicture, FileTooLarge, NotAPicture
from media_assets.models import Captions, Card, Watermark
from media_assets.services.captions import checked_language, cues_of, upload_captions
from media_assets.services.graphics import (
    add_card,
    add_watermark,
    archive_graphic,
    restore_graphic,
)
from stakazo.core.errors import InvalidInput
from tests.events import event_types_of
from tests.factories import make_video

pytestmark = pytest.mark.django_db

SRT = b"1\n00:00:01,000 --> 00:00:02,500\nHello\n"


def picture(size=(60, 30), colour=(255, 0, 0, 128), kind="PNG", **how):
    made = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(made, kind, **how)
    return made.getvalue()


def test_captions_are_kept_as_vtt_and_told_to_the_ledger():
    video = make_video()
    captions, created = upload_captions(
        video, SRT, language="pt-br", filename="C:\\films\\Harbour.srt"
    )
    assert created
    assert (captions.language, captions.name, captions.cue_count) == ("pt-BR", "Harbour", 1)
    assert captions.file.read() == b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n"
    assert cues_of(captions) == [Cue(1000, 2500, "Hello")]
    assert event_types_of(captions) == ["captions_added"]


def test_the_same_captions_again_are_the_same_row():
    video = make_video()
    first, _ = upload_captions(video, SRT, language="en")
    again, created = upload_captions(video, SRT.replace(b"\n", b"\r\n"), language="en")
    other, _ = upload_captions(video, SRT, language="de")
    assert (again, created) == (first, False)
    assert other != first
    assert Captions.objects.count() == 2


def test_cues_after_the_end_are_noted():
    captions, _ = upload_captions(make_video(duration_ms=1000), SRT)
    assert captions.notes == ["1 cues begin after the end of the video; they are never shown."]


def test_bad_captions_leave_nothing():
    with pytest.raises(BadCaptions):
        upload_captions(make_video(), b"WEBVTT\n")
    with pytest.raises(InvalidInput):
        upload_captions(make_video(), SRT, language="../en")
    assert not Captions.objects.exists()
    assert checked_language("EN-us") == "en-US"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_watermark_is_written_anew(kind):
    from PIL.PngImagePlugin import PngInfo

    secret = PngInfo()
    secret.add_text("Comment", "where it was taken")
    mark = add_watermark(picture(kind=kind, lossless=True, pnginfo=secret), name="Logo")
    assert (mark.width_px, mark.height_px) == (60, 30)
    kept = mark.image.read()
    assert b"where it was taken" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((5, 5)) == (255, 0, 0, 128)
    assert event_types_of(mark) == ["watermark_added"]
    archive_graphic(mark)
    restore_graphic(mark)
    assert event_types_of(mark)[1:] == ["watermark_archived", "watermark_restored"]


def test_a_jpeg_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    mark = add_watermark(picture(colour=(9, 9, 9), kind="JPEG", exif=exif), name="Logo")
    assert (mark.width_px, mark.height_px) == (30, 60)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no picture", NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (picture(kind="GIF"), NotAPicture),
        (picture()[:60], BadPicture),
        (picture(size=(4, 4)), BadPicture),
        (picture(size=(9000, 8)), BadPicture),
        (picture(size=(5000, 5000)), BadPicture),
        (picture(colour=(0, 0, 0, 0)), BadPicture),
        (b"\x89PNG" + b"0" * 8 * 1024 * 1024, FileTooLarge),
    ],
)
def test_a_picture_that_nobody_can_use_is_refused(data, error):
    with pytest.raises(error):
        add_watermark(data, name="Logo")
    assert not Watermark.objects.exists()


@pytest.mark.parametrize("how", [{"opacity": 0.0}, {"margin": 2.0}, {"position": "middle"}])
def test_a_watermark_stays_on_the_picture(how):
    with pytest.raises(InvalidInput) as refused:
        add_watermark(picture(), name="Logo", **how)
    assert set(refused.value.details) == set(how)


def test_a_card_has_a_picture_or_words():
    card = add_card(name="", text=" Harbour \n\n lights ", background="#ff0000")
    assert (card.text, card.name, str(card.image)) == ("Harbour\nlights", "Harbour lights", "")
    with pytest.raises(InvalidInput):
        add_card(name="Nothing")
    with pytest.raises(InvalidInput):
        add_card(name="x", text="x", background="red")
    assert Card.objects.count() == 1
