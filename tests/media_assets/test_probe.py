"""Probing: the facts are right, and a hostile file is refused in words."""

import contextlib
import dataclasses
import os
import random
import struct

import pytest

from media_assets import errors, probe
from media_assets.probe import probe_file
from stakazo.core.errors import StakazoError
from tests.media import ffmpeg, make_clip_file, real_videos
from tests.media_assets.bad_files import BAD_FILES


def test_a_plain_video_is_described(tmp_path):
    found = probe_file(make_clip_file(tmp_path / "v.mp4", seconds=2, size=(320, 180), fps=25))
    assert (found.container, found.video_codec, found.audio_codec) == ("mp4", "h264", "aac")
    assert (found.width_px, found.height_px, found.rotation_deg) == (320, 180, 0)
    assert (found.duration_ms, found.fps, found.variable_rate) == (2000, 25.0, False)
    assert (found.has_audio, found.audio_rate_hz, found.audio_channels) == (True, 48000, 1)
    assert (found.pix_fmt, found.bit_depth, found.notes) == ("yuv420p", 8, [])


@pytest.mark.parametrize(
    ("suffix", "options", "container", "codec"),
    [
        (".mov", {"vcodec": "libx265"}, "mov", "hevc"),
        (".mkv", {}, "mkv", "h264"),
        (".webm", {"vcodec": "libvpx-vp9"}, "webm", "vp9"),
        (".avi", {"vcodec": "mpeg4", "acodec": "libmp3lame"}, "avi", "mpeg4"),
    ],
)
def test_each_container_is_read(tmp_path, suffix, options, container, codec):
    found = probe_file(make_clip_file(tmp_path / f"v{suffix}", **options))
    assert (found.container, found.video_codec) == (container, codec)
    assert abs(found.duration_ms - 2000) <= 40


def test_the_name_of_a_file_counts_for_nothing(tmp_path):
    made = make_clip_file(tmp_path / "v.mkv")
    assert probe_file(made.rename(tmp_path / "song.mp3")).container == "mkv"


@pytest.mark.parametrize(
    ("turned", "expected"), [(90, (270, 180, 320)), (-90, (90, 180, 320)), (180, (180, 320, 180))]
)
def test_rotation_is_told_clockwise_and_in_the_shown_size(tmp_path, turned, expected):
    found = probe_file(make_clip_file(tmp_path / "v.mp4", rotation=turned))
    assert (found.rotation_deg, found.width_px, found.height_px) == expected
    assert (found.coded_width_px, found.coded_height_px) == (320, 180)


def test_pixels_that_are_not_square_count_as_players_show_them(tmp_path):
    found = probe_file(make_clip_file(tmp_path / "v.mp4", size=(360, 288), sar="16/15"))
    assert (found.width_px, found.height_px, found.sample_aspect) == (384, 288, "16:15")


def test_a_video_without_sound_says_so(tmp_path):
    found = probe_file(make_clip_file(tmp_path / "v.mp4", audio=False))
    assert (found.has_audio, found.audio_codec, found.audio_stream) == (False, "", None)


def test_a_cover_image_is_not_the_video(tmp_path):
    video, cover = make_clip_file(tmp_path / "v.mp4"), tmp_path / "c.png"
    ffmpeg("-f", "lavfi", "-i", "color=red:size=1000x1000", "-frames:v", 1, cover)
    both = tmp_path / "both.mp4"
    ffmpeg("-i", cover, "-i", video, "-map", "0", "-map", "1", "-c", "copy",
           "-disposition:v:0", "attached_pic", both)  # fmt: skip
    assert (probe_file(both).width_px, probe_file(both).duration_ms) == (320, 2000)


def test_of_several_pictures_the_largest_is_taken(tmp_path):
    small, large = (
        make_clip_file(tmp_path / "s.mp4"),
        make_clip_file(tmp_path / "l.mp4", size=(640, 360)),
    )
    both = tmp_path / "both.mp4"
    ffmpeg("-i", small, "-i", large, "-map", "0:v", "-map", "1:v", "-map", "0:a", "-c", "copy",
           "-disposition:v:0", "default", "-disposition:v:1", "default", both)  # fmt: skip
    found = probe_file(both)
    assert (found.width_px, found.video_stream, len(found.streams)) == (640, 1, 3)


def test_a_length_that_the_header_does_not_tell_is_measured(tmp_path):
    made = make_clip_file(tmp_path / "v.webm", vcodec="libvpx-vp9", extra=("-live", "1"))
    found = probe_file(made)
    assert abs(found.duration_ms - 2000) <= 40
    assert found.fps == pytest.approx(25, rel=0.02)


def test_uneven_time_is_seen(tmp_path):
    made = make_clip_file(
        tmp_path / "v.mp4", extra=("-vf", "select='not(mod(n,7)*mod(n,3))'", "-fps_mode", "vfr")
    )
    assert probe_file(made).variable_rate
    assert not probe_file(make_clip_file(tmp_path / "even.mp4", fps="30000/1001")).variable_rate


def test_a_length_claimed_by_one_track_is_checked_against_its_packets(tmp_path):
    path = make_clip_file(tmp_path / "v.mp4", audio=False)
    data = bytearray(path.read_bytes())
    at = data.index(b"mdhd") + 4
    (timescale,) = struct.unpack_from(">I", data, at + 12)
    struct.pack_into(">I", data, at + 16, 3600 * timescale)
    path.write_bytes(data)
    assert probe_file(path).duration_ms == 2000


@pytest.mark.parametrize(("make", "code", "status"), BAD_FILES)
def test_a_bad_file_is_refused_in_words(tmp_path, make, code, status):
    path = tmp_path / "upload.mp4"
    make(path)
    before = {each.name for each in tmp_path.iterdir()}
    with pytest.raises(StakazoError) as refused:
        probe_file(path)
    assert (refused.value.code, refused.value.http_status) == (code, status)
    assert refused.value.message.endswith(".")
    assert {each.name for each in tmp_path.iterdir()} == before


def test_a_playlist_in_disguise_opens_no_other_file(tmp_path):
    """Behind bytes that look like a video's start, the list is still never followed."""
    make_clip_file(tmp_path / "sibling.mp4")
    path = tmp_path / "v.mp4"
    path.write_bytes(
        b"\0\0\0\x14ftypisom\0\0\2\0isom" + b"\nffconcat version 1.0\nfile sibling.mp4\n"
    )
    with pytest.raises(StakazoError):
        probe_file(path)


def test_a_file_that_takes_too_long_is_stopped(tmp_path, settings):
    """A named pipe never ends; so does the reading of some files. Nobody is left behind."""
    path = make_clip_file(tmp_path / "v.mp4")
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "probe_timeout_s": 0}
    with pytest.raises(errors.ProbeStopped):
        probe_file(path)


def test_a_file_that_takes_too_much_memory_is_stopped(tmp_path, settings):
    path = make_clip_file(tmp_path / "v.mp4", size=(1920, 1080), seconds=1)
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "probe_memory_bytes": 60 * 1024**2}
    with pytest.raises(errors.ProbeStopped):
        probe_file(path)


def test_a_reader_that_breaks_is_an_answer_too(tmp_path, settings, monkeypatch):
    crash = tmp_path / "crash.py"
    crash.write_text("import os; os.abort()")
    monkeypatch.setattr(probe, "_CHILD", crash)
    with pytest.raises(errors.ProbeStopped, match="broke our reader"):
        probe_file(make_clip_file(tmp_path / "v.mp4"))


def test_the_reader_inherits_nothing_and_may_write_nothing(tmp_path, monkeypatch):
    report, secret = tmp_path / "report.txt", (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    spy = tmp_path / "spy.py"
    spy.write_text(
        probe._CHILD.read_text().split("if __name__")[0]
        + f"""
import os
_lock_in(memory_bytes=2**30, cpu_s=5)
facts = {{"env": list(os.environ), "open": len(os.listdir("/proc/self/fd")), "wrote": True}}
try:
    with open({str(report)!r}, "w") as file:
        file.write("x")
except OSError:
    facts["wrote"] = False
print(json.dumps({{"refused": "media.undecodable", "message": ".", "details": facts}}))
"""
    )
    monkeypatch.setattr(probe, "_CHILD", spy)
    with secret, pytest.raises(errors.Undecodable) as told:
        probe_file(make_clip_file(tmp_path / "v.mp4"))
    facts = told.value.details
    assert facts["wrote"] is False
    assert facts["open"] == 4  # the three standard ones and the listing itself
    assert not [name for name in facts["env"] if "SECRET" in name or "DATABASE" in name]


@pytest.mark.parametrize("seed", range(24))
def test_a_file_with_random_damage_is_read_or_refused(tmp_path, seed):
    """Whatever is in it: an answer of ours, never another exception."""
    chance = random.Random(seed)
    suffix = chance.choice([".mp4", ".webm", ".mkv", ".avi"])
    options = {
        ".webm": {"vcodec": "libvpx-vp9"},
        ".avi": {"vcodec": "mpeg4", "acodec": "libmp3lame"},
    }
    path = make_clip_file(tmp_path / f"v{suffix}", **options.get(suffix, {}))
    data = bytearray(path.read_bytes())
    where = [len(data), 400, 4000][seed % 3]  # anywhere, or in the header
    for _ in range(chance.choice([1, 8, 64])):
        data[chance.randrange(where)] = chance.randrange(256)
    path.write_bytes(data)
    with contextlib.suppress(StakazoError):
        found = probe_file(path)
        assert found.duration_ms > 0
        assert found.width_px >= 64


@pytest.mark.parametrize("path", real_videos(), ids=lambda path: path.name)
def test_each_real_video_is_described(path):
    expected = {
        "corrupted.mp4": (5000, 1280, 720, 0, ""),
        "derived_portrait_hevc10_rot.mov": (7875, 720, 1288, 90, "aac"),
        "elephants_dream_vfr.mp4": (16404, 661, 480, 0, "aac"),
        "nasa_13013_multistream.mp4": (13013, 480, 270, 0, "aac"),
        "no_duration.webm": (4938, 1280, 720, 0, "opus"),
        "rotate90_buck_bunny.mp4": (1875, 1080, 1920, 90, "aac"),
        "tiny_av1.mkv": (5000, 640, 360, 0, ""),
    }
    found = probe_file(path)
    facts = (
        found.duration_ms,
        found.width_px,
        found.height_px,
        found.rotation_deg,
        found.audio_codec,
    )
    assert facts == expected.get(path.name, facts)
    assert found.variable_rate == (path.name == "elephants_dream_vfr.mp4")
    assert dataclasses.asdict(found) == found.as_json()
