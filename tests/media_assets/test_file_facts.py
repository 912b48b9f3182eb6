"""What a finished file is: by what rendering proved, and by looking."""

import dataclasses
import io
from pathlib import Path

import pytest

from media_assets.errors import NotAVideo, Truncated
from media_assets.file_facts import FileFacts, _boxes, look
from media_assets.services.variants import file_facts_of
from tests.media_assets.test_rendering import rendered
from tests.publishing.preflight_cases import MP4, VIDEO, made, run
from tests.render_media import clicks, scene, write_film


@pytest.mark.django_db(transaction=True)
def test_rendering_writes_down_what_looking_would_find(tmp_path):
    film = write_film(tmp_path / "f.mp4", scene(1, 60), sound=clicks(2.5))
    (variant,) = rendered(film, start_ms=500, end_ms=2000).values()
    told = FileFacts.from_json(variant.facts["file"])
    assert told == file_facts_of(variant)
    seen = dataclasses.asdict(look(Path(variant.file.path)))
    assert seen.pop("whole_ms") - told.whole_ms < 50
    assert {name: getattr(told, name) for name in seen} == seen


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("flags", "index_first", "edit_list"),
    [
        (MP4, True, False),
        (["-use_editlist", "0"], False, False),
        (["-movflags", "+faststart"], True, True),
        ([], False, True),
    ],
)
def test_the_order_of_an_mp4_is_seen(tmp_path, flags, index_first, edit_list):
    facts = look(made(tmp_path / "a.mp4", size="128x128", seconds="1", flags=flags))
    assert (facts.index_first, facts.edit_list) == (index_first, edit_list)
    assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
    assert facts.tail_bytes == 0


@pytest.mark.any_database
def test_colours_scan_turn_and_tail_are_seen(tmp_path):
    lying = made(tmp_path / "lying.mp4", size="256x128", seconds="1")
    turned = tmp_path / "turned.mp4"
    run("-display_rotation", "90", "-i", str(lying), "-c", "copy", *MP4, str(turned))
    facts = look(turned)
    assert (facts.width_px, facts.height_px) == (128, 256)
    odd = [*VIDEO[:4], "-pix_fmt", "yuv422p", "-flags", "+ildct", "-x264-params", "tff=1"]
    facts = look(made(tmp_path / "odd.mp4", size="256x128", seconds="1", video=odd, sound=[]))
    assert (facts.pix_fmt, facts.interlaced, facts.audio_codec) == ("yuv422p", True, "")
    tail = tmp_path / "tail.mp4"
    tail.write_bytes(lying.read_bytes() + b"nine more")
    assert look(tail).tail_bytes == 9


@pytest.mark.any_database
def test_sound_that_goes_on_counts_for_the_whole(tmp_path):
    path = tmp_path / "a.mp4"
    run(
        *("-f", "lavfi", "-i", "testsrc2=size=128x128:rate=25:duration=1"),
        *("-f", "lavfi", "-i", "sine=duration=3", *VIDEO, "-c:a", "aac", *MP4, str(path)),
    )
    facts = look(path)
    assert 1000 <= facts.duration_ms < 1030  # the sound is written a frame early
    assert facts.whole_ms >= 2990


@pytest.mark.any_database
def test_what_is_no_whole_video_has_no_facts(tmp_path):
    whole = made(tmp_path / "a.mp4", size="128x128", seconds="1").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.mp4").write_bytes(b"a shopping list" * 100)
    with pytest.raises(Truncated):
        look(tmp_path / "cut.mp4")
    with pytest.raises(NotAVideo):
        look(tmp_path / "text.mp4")


@pytest.mark.any_database
def test_boxes_within_boxes_without_end_are_looked_at_only_so_far():
    nest = b"".join((8 * depth).to_bytes(4) + b"moov" for depth in range(50_000, 0, -1))
    assert [depth for depth, *_ in _boxes(io.BytesIO(nest), len(nest))] == [0, 1, 2, 3]
    many = (8).to_bytes(4) + b"free"
    assert sum(1 for _ in _boxes(io.BytesIO(many * 200_000), len(many) * 200_000)) == 100_000


@pytest.mark.any_database
@pytest.mark.parametrize("data", [None, {}, [], "x", {"container": "mp4"}])
def test_other_data_are_no_facts(data):
    assert FileFacts.from_json(data) is None
