"""Composition by its pixels and samples: what lies where, on which frames, and how parts are joined."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from jobs.registry import JOB_TYPES, decode_payload
from jobs.runner import run_job
from media_assets.analysis.reading import describe
from media_assets.cues import Cue
from media_assets.errors import UnknownIngredient
from media_assets.formats import RenderFormat
from media_assets.models import Clip, ClipVariant
from media_assets.rendering import ffmpeg, graph, loudness
from media_assets.rendering.checking import prove
from media_assets.rendering.composition import fonts, openers
from media_assets.rendering.composition.composition import Composition, Mark
from media_assets.rendering.composition.lines import broken, clusters, reflowed
from media_assets.rendering.composition.openers import Opener, Still
from media_assets.rendering.composition.subtitles import (
    CaptionStyle,
    draw_captions,
    safe_area,
    states,
)
from media_assets.rendering.composition.text import check_text, draw_caption, draw_title
from media_assets.rendering.composition.timeline import timeline
from media_assets.rendering.errors import TextTooLong
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.sounds import sound_of as sound_of_variant
from media_assets.rendering.stretches import Joined
from media_assets.services.captions import upload_captions
from media_assets.services.graphics import add_card, add_watermark, archive_graphic
from media_assets.services.variants import request_variants
from stakazo.core.errors import InvalidInput
from tests.factories import make_clip, make_video
from tests.media_assets.test_ingredients import picture
from tests.render_media import (
    RATE_HZ,
    make_film_asset,
    number_of,
    numbered,
    pictures_of,
    sound_of,
    tone,
    write_film,
)

TALL, WIDE = RenderFormat("tall", 216, 384), RenderFormat("wide", 384, 216)


def grey(frames, *, size=(192, 108), level=100):
    return [np.full((size[1], size[0], 3), level, np.uint8)] * frames


def composed(folder, film, composition, *, target=WIDE, end_ms):
    """The file of a film's first milliseconds, made by the whole graph."""
    source = describe(film)
    clip = Clip(video_asset=make_video_in_memory(), start_ms=0, end_ms=end_ms)
    plan = plan_variant(clip, source, target, composition)
    sound = sound_of_variant(film, source, 0, plan, composition)
    settled = loudness.settle(sound, folder)
    drawn = [composition.draw(folder / "drawn", target, plan.timeline)]
    output = folder / "out.mp4"
    if composition.openers:
        joined = Joined(film, source, 0, [plan], composition, drawn, folder)
        for step in joined.steps():
            ffmpeg.run_ffmpeg(step.arguments)
        joined.put_together([output], sound=settled.path)
    else:
        ffmpeg.run_ffmpeg(
            graph.command(
                source, [plan], [output], start_ms=0, inputs=sound.inputs,
                sound=settled.path, drawn=drawn,
            )
        )  # fmt: skip
    prove(output, plan, settled)
    return output


def make_video_in_memory():
    from media_assets.models import VideoAsset

    return VideoAsset(sha256="0" * 64)


def film_opener(path, ms):
    return Opener(duration_ms=ms, identity={"sha256": "1"}, path=path, source=describe(path))


def still_opener(ms, *, text="", background="#c80000", image=None):
    return Opener(duration_ms=ms, identity={"sha256": ""}, still=Still(image, text, background))


def colour(shown):
    """Mean of red, green, blue."""
    return shown.reshape(-1, 3).mean(axis=0)[::-1]


# --- Captions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [24, Fraction(30000, 1001)])
def test_a_cue_is_on_its_frames_and_on_no_other(tmp_path, fps):
    film = write_film(tmp_path / "f.mp4", grey(48), fps=fps)
    on = [(12, 23), (30, 31), (40, 48)]
    cues = tuple(
        Cue(round(first * 1000 / fps), round(end * 1000 / fps), "Words") for first, end in on
    )
    file = composed(tmp_path, film, Composition(cues=cues), target=TALL, end_ms=48_000 // fps)
    shown = pictures_of(file)
    assert len(shown) == 48
    seen = [bool((p.max(axis=2) > 200).any() and (p.min(axis=2) < 60).any()) for p in shown]
    assert seen == [any(first <= n < end for first, end in on) for n in range(48)]
    rows, columns = np.nonzero(np.abs(shown[15].astype(int) - 100).max(axis=2) > 60)
    safe = safe_area(TALL)
    assert rows.max() <= 384 * (1 - safe.bottom)
    assert rows.min() > 384 * 0.6
    assert columns.min() >= 216 * safe.side
    assert columns.max() <= 216 * (1 - safe.side)


def test_cues_that_overlap_stand_over_one_another():
    cues = [Cue(0, 2000, "a"), Cue(1000, 3000, "b"), Cue(1001, 1002, "c")]
    assert states(cues, rate=Fraction(10), frames=25) == [
        (0, ("a",)),
        (10, ("a", "b", "c")),
        (11, ("a", "b")),
        (20, ("b",)),
    ]


def test_a_long_cue_is_set_smaller_and_a_hopeless_one_loses_its_end(tmp_path):
    def height(text):
        layer = draw_captions(
            tmp_path / "c", TALL, [Cue(0, 1000, text)], style=CaptionStyle(), rate=Fraction(25),
            frames=25,
        )  # fmt: skip
        with Image.open(layer.path) as drawn:
            assert drawn.width <= 216
            return drawn.height

    assert height("Two words") < height("Some more words " * 5) <= 384 * 0.31
    assert height("x" * 600) <= 384 * 0.31


def test_captions_keep_away_from_title_and_caption(tmp_path):
    title, caption = (
        draw(tmp_path / name, TALL, "Some words that need two lines of room")
        for draw, name in ((draw_title, "t"), (draw_caption, "c"))
    )
    for position in ("top", "bottom"):
        layer = draw_captions(
            tmp_path / "s", TALL, [Cue(0, 1000, "Words")], style=CaptionStyle(position=position),
            rate=Fraction(25), frames=25, above=caption.top, below=title.bottom,
        )  # fmt: skip
        with Image.open(layer.path) as drawn:
            assert layer.y >= title.bottom
            assert layer.y + drawn.height <= caption.top


@pytest.mark.parametrize("style", [{"size": 9}, {"size": "big"}, {"position": "left"}, {"x": 1}])
def test_a_style_that_is_none_is_refused(style):
    with pytest.raises(InvalidInput):
        CaptionStyle.of(style)


# --- Letters and lines ----------------------------------------------------------------------------


def test_letters_that_the_font_lacks_are_left_out():
    assert fonts.drawable("Año Ω Ж \U0001f600 日") == "Año Ω Ж"
    assert fonts.undrawable("Año \U0001f600") == ["\U0001f600"]


def test_a_named_font_draws_what_ours_lacks(settings, tmp_path):
    from pathlib import Path

    path = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
    if not path.exists():
        pytest.skip("the font DejaVu is not installed here")
    assert draw_title(tmp_path / "none", WIDE, "שלום") is None
    settings.FONTS = [str(path)]
    assert fonts.face_for("שלום 1") == str(path)
    assert fonts.direction_of("שלום 1") == ("rtl" if fonts.SHAPED else None)
    assert draw_title(tmp_path / "t", WIDE, "שלום") is not None
    assert fonts.face_for("Harbour") != str(path)


def test_lines_are_of_about_equal_length():
    lines = broken("a rather long title that needs lines", len, 30)
    assert lines == ["a rather long title", "that needs lines"]
    assert broken("x" * 25, len, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert broken("日本語の字幕です。", lambda text: 2 * len(text), 8) == [
        "日本語",
        "の字幕",
        "です。",
    ]
    assert broken("one\ntwo", len, 30) == ["one", "two"]
    assert reflowed("one\ntwo\n- three") == "one two\n- three"


def test_what_reads_as_one_letter_is_never_broken():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clusters(f"e\u0301{family}\U0001f1e9\U0001f1ea!") == [
        "e\u0301",
        family,
        "\U0001f1e9\U0001f1ea",
        "!",
    ]


def test_words_stay_off_the_edges(tmp_path):
    for draw in (draw_title, draw_caption):
        words = draw(tmp_path / "w", TALL, "Año of a long title " * 4)
        with Image.open(words.layer.path) as drawn:
            assert words.layer.x > 216 * 0.03
            assert words.layer.x + drawn.width < 216 * 0.97
        assert words.top > 384 * 0.05
        assert words.bottom < 384 * 0.9


def test_too_much_text_is_refused(tmp_path):
    with pytest.raises(TextTooLong):
        check_text("", "x" * 301)
    with pytest.raises(TextTooLong):
        draw_title(tmp_path / "t", WIDE, "Words " * 200)


# --- The mark -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "corner"),
    [("top_left", (20, 20)), ("bottom_right", (384 - 20 - 76, 216 - 20 - 38))],
)
def test_a_mark_is_where_and_as_strong_as_it_should_be(tmp_path, position, corner):
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (100, 50), (255, 255, 255, 255)).save(logo)
    film = write_film(tmp_path / "f.mp4", grey(6))
    mark = Mark(logo, "2", position, margin=20 / 216, width_share=0.2, opacity=0.5)
    shown = pictures_of(composed(tmp_path, film, Composition(mark=mark), end_ms=250))
    x, y = corner
    for frame in (shown[0], shown[-1]):
        lighter = np.abs(frame[..., 1].astype(int) - 100) > 30
        rows, columns = np.nonzero(lighter)
        assert (columns.min(), rows.min()) == (x, y)
        assert (columns.max(), rows.max()) == (x + 75, y + 37)
        assert frame[y + 5 : y + 30, x + 5 : x + 70].mean() == pytest.approx(177, abs=4)


# --- Before and after -----------------------------------------------------------------------------


def test_frames_and_samples_of_a_timeline_add_up():
    for rate in (Fraction(24), Fraction(30000, 1001), Fraction(60)):
        line = timeline(rate=rate, clip=97, intro_ms=1234, outro_ms=777, crossfade_ms=500)
        ends = [line.intro, line.clip_at + line.clip, line.frames]
        starts = [0, line.clip_at, line.outro_at]
        long = [line.samples(a, b) for a, b in zip(starts, ends, strict=True)]
        fades = [line.samples(starts[1], ends[0]), line.samples(starts[2], ends[1])]
        assert sum(long) - sum(fades) == line.samples(0, line.frames)
    assert timeline(rate=Fraction(24), clip=10, intro_ms=9000, crossfade_ms=2000).fade_in == 5


def test_intro_clip_and_outro_follow_without_a_frame_between(tmp_path):
    film = write_film(tmp_path / "f.mp4", numbered(24, size=(384, 216)), crf="12")
    intro = write_film(tmp_path / "i.mp4", grey(20, size=(108, 192), level=200), fps=12)
    composition = Composition(
        intro=film_opener(intro, 500), outro=still_opener(750), cues=(Cue(0, 42, "Words"),)
    )
    shown = pictures_of(composed(tmp_path, film, composition, end_ms=1000))
    assert len(shown) == 12 + 24 + 18
    assert [number_of(p) for p in shown[13:36]] == list(range(1, 24))
    for frame in shown[:12]:
        assert frame[90:126, 170:210].mean() == pytest.approx(196, abs=3)  # in the middle
        assert 90 < frame[:, :60].mean() < 160  # over itself, darker
    for frame in shown[36:]:
        assert colour(frame) == pytest.approx([200, 0, 0], abs=5)
    changed = np.abs(shown[12].astype(int) - shown[13]).max(axis=2) > 60
    assert changed[150:200].mean() > 0.02  # the cue, on the first frame of the clip alone


def test_a_crossfade_goes_evenly_from_one_to_the_other(tmp_path):
    film = write_film(tmp_path / "f.mp4", grey(24, level=40))
    intro = write_film(tmp_path / "i.mp4", grey(24, level=200))
    composition = Composition(
        intro=film_opener(intro, 1000),
        outro=still_opener(1000, background="#c8c8c8"),
        crossfade_ms=500,
    )
    shown = pictures_of(composed(tmp_path, film, composition, end_ms=1000))
    assert len(shown) == 3 * 24 - 2 * 12
    level = np.array([p.mean() for p in shown])
    assert np.abs(level[:12] - 196).max() < 3
    assert level[12 + 6] == pytest.approx((196 + 36) / 2, abs=8)
    assert level[24] == pytest.approx(36, abs=3)
    assert level[24 + 6] == pytest.approx((36 + 200) / 2, abs=8)
    assert np.abs(level[36:] - 200).max() < 3
    assert (np.diff(level[12:24]) < 0).all()
    assert (np.diff(level[24:36]) > 0).all()


@pytest.mark.parametrize("crossfade_ms", [0, 400])
def test_the_sound_goes_on_where_parts_meet(tmp_path, crossfade_ms):
    film = write_film(tmp_path / "f.mp4", grey(24), sound=tone(1.2, hz=500))
    intro = write_film(tmp_path / "i.mp4", grey(24), sound=tone(1.2, hz=900))
    composition = Composition(
        intro=film_opener(intro, 1000), outro=film_opener(intro, 1000), crossfade_ms=crossfade_ms
    )
    file = composed(tmp_path, film, composition, end_ms=1000)
    sound = sound_of(file)[0]
    length_s = (72 - 2 * round(crossfade_ms * 24 / 1000)) / 24
    assert len(sound) / RATE_HZ == pytest.approx(length_s, abs=0.03)
    windows = sound[2400 : int((length_s - 0.08) * RATE_HZ) // 480 * 480]
    power = np.sqrt((windows[: len(windows) // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1))
    assert power.min() > 0.6 * np.median(power)
    assert power.max() < 1.6 * np.median(power)

    def pitch(at_s):
        piece = sound[int(at_s * RATE_HZ) :][:9600]
        return np.argmax(np.abs(np.fft.rfft(piece))) * RATE_HZ / 9600

    middle = length_s / 2
    assert [round(pitch(t), -2) for t in (0.1, middle - 0.05, length_s - 0.35)] == [900, 500, 900]


def test_a_card_without_sound_is_silent_and_the_clip_is_not(tmp_path):
    film = write_film(tmp_path / "f.mp4", grey(24), sound=tone(1.2))
    file = composed(tmp_path, film, Composition(intro=still_opener(1000)), end_ms=1000)
    sound = np.abs(sound_of(file)[0])
    assert sound[: int(0.9 * RATE_HZ)].max() < 0.01
    assert sound[int(1.1 * RATE_HZ) : int(1.8 * RATE_HZ)].max() > 0.1


def test_a_card_shows_its_picture_and_its_words(tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (300, 300), (0, 200, 0, 255)).save(logo)

    def drawn(**how):
        still = Still(**{"image": None, "text": "", "background": "#102030", **how})
        with Image.open(openers.draw_card(tmp_path / "c.png", WIDE, still).path) as made:
            assert made.size == (384, 216)
            return np.asarray(made.convert("RGB")).astype(int)

    alone, worded, both = drawn(image=logo), drawn(text="Hello"), drawn(image=logo, text="Hello")
    assert alone[108, 192].tolist() == [0, 200, 0]
    assert alone[108, 5, 1] == pytest.approx(124, abs=3)  # over itself, darker
    assert worded[5, 5].tolist() == [16, 32, 48]
    assert (worded.min(axis=2) > 200).sum() > 100
    assert (both.min(axis=2) > 200).any()
    assert (both[..., 1] - both[..., 0] > 150).any()
    assert both[5, 5].tolist() == [16, 32, 48]


# --- The road through the job ---------------------------------------------------------------------


def test_jobs_of_before_are_still_understood():
    kind = JOB_TYPES["generate_variants"]
    old = {"clip_id": "0190a0b0-0000-7000-8000-000000000001", "formats": ["a"], "title": "T"}
    payload = decode_payload(kind, old)
    assert (payload.title, payload.captions, payload.crossfade_ms) == ("T", None, 0)


@pytest.mark.django_db(transaction=True)
def test_a_variant_of_everything(tmp_path):
    film = write_film(tmp_path / "f.mp4", grey(72), sound=tone(3, loud=0.05))
    intro = write_film(tmp_path / "i.mp4", grey(24, level=180), sound=tone(1, hz=800, loud=0.9))
    video, opener = make_film_asset(film), make_film_asset(intro)
    clip = make_clip(video, start_ms=1000, end_ms=3000)
    captions, _ = upload_captions(video, b"00:00,5 --> 00:01,500\nHello\n\n00:09,0 --> 00:10,0\nNo")
    wanted = {
        "formats": ["preview_640x640"],
        "captions": captions.pk,
        "caption_style": {"size": 1.5},
        "watermark": add_watermark(picture(), name="Logo").pk,
        "intro": opener.pk,
        "outro": add_card(name="End", text="The end", duration_ms=1000).pk,
        "crossfade_ms": 500,
    }
    job = request_variants(clip, **wanted)
    assert request_variants(clip, **wanted).pk == job.pk
    done = run_job(job.pk)
    assert done.status == "completed", done.error
    variant = ClipVariant.objects.get()
    assert variant.duration_ms == 1000 + 2000 + 1000 - 2 * 500
    assert variant.facts["lufs"] == pytest.approx(-14, abs=1)
    assert variant.captions_file.read() == (b"WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nHello\n")
    shown = pictures_of(variant.file.path)
    said = [bool((p[240:].min(axis=2) > 200).any()) for p in shown]
    assert said[20:24] == [True] * 4  # before, the words fade in with the clip
    assert not any(said[24:48])
    assert variant.recipe["composition"]["captions"]["cues"] == [[0, 500, "Hello"]]
    # The tenth of a second after the fade of each: the clip was much quieter than the intro.
    sound = sound_of(variant.file.path)[0]
    loud = [np.sqrt((sound[int(s * RATE_HZ) :][:9600] ** 2).mean()) for s in (0.2, 1.5)]
    assert loud[0] == pytest.approx(loud[1], rel=0.3)
    again = run_job(request_variants(clip, **wanted).pk)
    assert again.result["reused"] == 1
    other = run_job(request_variants(clip, **{**wanted, "crossfade_ms": 0}).pk)
    assert other.result["rendered"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["captions", "watermark", "intro", "outro"])
def test_what_is_not_there_is_named(field):
    clip = make_clip()
    foreign, _ = upload_captions(make_video(), b"00:00 --> 00:01\nNot of this video")
    with pytest.raises(UnknownIngredient) as refused:
        request_variants(clip, formats=["landscape_1920x1080"], **{field: foreign.pk})
    assert refused.value.details["field"] == field


@pytest.mark.django_db
def test_what_was_put_aside_or_is_too_long_is_refused():
    clip, mark = make_clip(), add_watermark(picture(), name="Logo")
    archive_graphic(mark)
    with pytest.raises(UnknownIngredient):
        request_variants(clip, formats=["landscape_1920x1080"], watermark=mark.pk)
    with pytest.raises(InvalidInput):
        request_variants(clip, formats=["landscape_1920x1080"], intro=clip.video_asset_id)
    with pytest.raises(InvalidInput):
        request_variants(clip, formats=["landscape_1920x1080"], crossfade_ms=2001)
