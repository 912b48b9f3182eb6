"""Pictures that are right already are taken over as they are; all others are encoded."""

from pathlib import Path

import av
import pytest

from jobs.runner import run_job
from media_assets.analysis.reading import describe
from media_assets.formats import RenderFormat
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.rendering.checking import prove, sound_digest
from media_assets.rendering.copying import copyable, write_copy
from media_assets.rendering.encoders import level_of
from media_assets.rendering.loudness import settle
from media_assets.rendering.plan import NOTHING_MORE, plan_variant
from media_assets.rendering.sounds import sound_of
from media_assets.services.clips import request_analysis
from media_assets.services.formats import add_format
from media_assets.services.variants import request_variants
from tests.media import ffmpeg as run
from tests.render_media import (
    clicks,
    make_film_asset,
    number_of,
    numbered,
    pictures_of,
    scene,
    write_film,
)

WANTED = RenderFormat("landscape_320x180", 320, 180)
TAGS = ",setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Four seconds as an editor exports them: B-frames, a key frame each second, tagged BT.709."""
    folder = tmp_path_factory.mktemp("copy")
    raw = write_film(folder / "raw.mp4", numbered(96), sound=clicks(4), crf="8")
    return encoded(raw, folder / "film.mp4")


def encoded(raw, to, *more, tags=TAGS, params="keyint=24:min-keyint=24:scenecut=0:b-adapt=0"):
    run(
        *("-i", raw, "-c:v", "libx264", "-preset", "veryfast", "-bf", 2, "-pix_fmt", "yuv420p"),
        *("-vf", f"scale=out_color_matrix=bt709{tags}"),
        *("-x264-params", params, "-c:a", "copy", *more, to),
    )
    return to


def found(film, start_ms, frames, **more):
    source = describe(film)
    wanted = {"rate": source.rate, "size": (320, 180), "most_bps": WANTED.max_rate_bps, **more}
    level = level_of(320, 180, source.rate)
    return copyable(film, source, start_ms=start_ms, frames=frames, level=level, **wanted)


def packets(path):
    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(video=0) if packet.size]


def test_a_span_from_key_frame_to_key_frame_is_taken_over_bit_for_bit(film, tmp_path):
    source = describe(film)
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=1000, end_ms=3000)
    plan = plan_variant(clip, source, WANTED, copied=found(film, 1000, 48))
    assert plan.copied
    assert plan.recipe["encoder"]["name"] == "copy"
    assert plan.recipe_hash != plan_variant(clip, source, WANTED).recipe_hash
    settled = settle(sound_of(film, source, 1000, plan, NOTHING_MORE), tmp_path)
    outputs = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for output in outputs:
        write_copy(film, plan.copied, plan.rate, sound=settled.path, to=output)
    proof = prove(outputs[0], plan, settled)
    assert proof.facts["frames"] == 48
    assert [number_of(picture) for picture in pictures_of(outputs[0])] == list(range(24, 72))
    assert packets(outputs[0]) == packets(film)[24:72]
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_a_span_may_end_where_no_frame_needs_one_that_is_left_out(film):
    # I B B P B B P …: after a P, all that was sent was shown; after the first B, the P was not.
    assert found(film, 1000, 28)
    assert not found(film, 1000, 29)
    assert found(film, 1000, 31)


@pytest.mark.parametrize(
    ("start_ms", "frames", "more"),
    [
        (1042, 24, {}),  # not at a key frame
        (3000, 30, {}),  # beyond the end
        (1000, 24, {"size": (322, 180)}),
        (1000, 24, {"rate": 25}),
        (1000, 24, {"most_bps": 1_000}),
    ],
)
def test_what_is_not_as_wanted_is_encoded(film, start_ms, frames, more):
    assert found(film, start_ms, frames, **more) is None


@pytest.mark.parametrize(
    ("name", "more", "keywords"),
    [
        ("untagged.mp4", [], {"tags": ""}),
        ("ten-bits.mp4", ["-pix_fmt", "yuv420p10le"], {}),
        ("long-gop.mp4", [], {"params": "keyint=96:scenecut=0"}),
        ("open-gop.mp4", [], {"params": "keyint=24:min-keyint=24:scenecut=0:b-adapt=0:open-gop=1"}),
        ("hevc.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none"], {}),
        ("annexb.avi", ["-an"], {}),
        ("wide.mp4", ["-vf", f"scale=out_color_matrix=bt709,setsar=4/3{TAGS}"], {}),
    ],
)
def test_a_source_that_platforms_would_not_take_is_encoded(film, tmp_path, name, more, keywords):
    other = encoded(film, tmp_path / name, *more, **keywords)
    assert found(other, 1000, 60) is None


@pytest.mark.django_db(transaction=True)
def test_a_job_encodes_only_what_has_to_change(film):
    add_format(name="small_320x180", width_px=320, height_px=180)
    add_format(name="tiny_160x160", width_px=160, height_px=160)
    video = make_film_asset(film)
    clip = Clip.objects.create(video_asset=video, start_ms=1000, end_ms=3000, visual_score=0.5)
    names = ["small_320x180", "tiny_160x160", "preview_640x640"]
    job = run_job(request_variants(clip, formats=names).pk)
    assert job.status == "completed", job.error
    rows = {row.format: row for row in ClipVariant.objects.all()}
    assert {name: row.facts["copied"] for name, row in rows.items()} == {
        "small_320x180": True,
        "tiny_160x160": False,
        "preview_640x640": False,
    }
    assert packets(rows["small_320x180"].file.path) == packets(film)[24:72]
    assert (rows["preview_640x640"].width_px, rows["preview_640x640"].height_px) == (640, 360)
    for row in rows.values():
        assert row.thumbnail.storage.exists(row.thumbnail.name.replace(".jpg", ".webp"))
    heard = {sound_digest(Path(row.file.path)) for row in rows.values()}
    assert len(heard) == 1
    titled = request_variants(clip, formats=["small_320x180"], title="Words")
    assert run_job(titled.pk).status == "completed"
    assert not ClipVariant.objects.latest("id").facts["copied"]


@pytest.mark.django_db(transaction=True)
def test_a_format_that_came_after_the_analysis_gets_a_window_from_it(tmp_path):
    pictures = list(scene(2, 96, subject=0.85))
    video = make_film_asset(write_film(tmp_path / "f.mp4", pictures, sound=clicks(4)))
    assert run_job(request_analysis(video).pk).status == "completed"
    add_format(name="story_180x320", width_px=180, height_px=320)
    clip = video.clips.get()
    assert "story_180x320" not in clip.framing["formats"]
    job = run_job(request_variants(clip, formats=["story_180x320"]).pk)
    assert job.status == "completed", job.error
    picture = pictures_of(ClipVariant.objects.get().file.path)[10]
    assert (picture.min(axis=2) > 225).mean() > 0.02  # the figure at the right edge is in it
