"""Probing: the facts are right, and a hostile file is refused in words."""

import contextlib
import dataclasses
import os
import random
import signal
import struct
import time
from pathlib import Path

import pytest

from media_assets import errors, probe
from media_assets.probe import probe_file
from stakazo.core.errors import StakazoError
from tests.media import ffmpeg, make_clip_file, real_videos
from tests.media_assets.bad_files import BAD_FILES
from tests.media_assets.hostile.boxes import with_box


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


def test_a_short_avi_has_a_length(tmp_path):
    made = make_clip_file(tmp_path / "v.avi", vcodec="mpeg4", acodec="libmp3lame", seconds=1)
    assert abs(probe_file(made).duration_ms - 1000) <= 40


def test_a_video_cut_by_its_edit_list_is_no_faster_for_it(tmp_path):
    """The index still names all the frames, of which a second is shown."""
    data = make_clip_file(tmp_path / "v.mp4", seconds=10, audio=False).read_bytes()
    shown = struct.pack(">IIIii", 0, 1, 1000, 5 * 12_800, 1 << 16)
    (tmp_path / "v.mp4").write_bytes(with_box(data, b"elst", shown))
    found = probe_file(tmp_path / "v.mp4")
    assert (found.fps, found.duration_ms < 1500) == (25, True)


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


SPY = """
import json, os, socket, sys
from pathlib import Path
sys.path.append({root!r})
from media_assets.probing import cage

def refused(act):
    try:
        act()
    except OSError:
        return True
    return False

facts = {{"env": list(os.environ), "open": len(os.listdir("/proc/self/fd"))}}
cage.limit(memory_bytes=2**30, cpu_s=5)
facts["cannot_write"] = refused(lambda: Path({report!r}).write_text("x"))
facts["walls"] = cage.shut({own!r})
facts["own"] = not refused(lambda: open({own!r}, "rb").read(1))
facts["cannot_read"] = refused(lambda: open({sibling!r}).close())
facts["cannot_list"] = refused(lambda: os.listdir({folder!r}))
facts["cannot_call"] = refused(lambda: socket.socket())
facts["cannot_start"] = refused(lambda: os.execv("/bin/true", ["true"]))
facts["cannot_kill"] = refused(lambda: os.kill({parent}, 0))
print(json.dumps({{"refused": "media.undecodable", "message": ".", "details": facts}}))
"""


@pytest.fixture
def told_by_spy(tmp_path, monkeypatch):
    """What a process in the place of the reader finds that it can do."""
    video, sibling = make_clip_file(tmp_path / "v.mp4"), tmp_path / "sibling.mp4"
    sibling.write_text("secret")
    spy = tmp_path / "spy.py"
    spy.write_text(
        SPY.format(
            root=str(Path(probe.__file__).parents[1]), report=str(tmp_path / "report.txt"),
            own=str(video), sibling=str(sibling), folder=str(tmp_path), parent=os.getpid(),
        )
    )  # fmt: skip
    monkeypatch.setattr(probe, "_CHILD", spy)

    def ask():
        with pytest.raises(errors.Undecodable) as told:
            probe_file(video)
        return told.value.details

    return ask


def test_the_reader_inherits_nothing_and_may_write_nothing(told_by_spy, tmp_path):
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    with secret:
        facts = told_by_spy()
    assert facts["cannot_write"]
    assert facts["own"]
    assert facts["open"] == 4  # the three standard ones and the listing itself
    assert not [name for name in facts["env"] if "SECRET" in name or "DATABASE" in name]


def test_the_reader_reaches_no_other_file_and_no_other_program(told_by_spy):
    facts = told_by_spy()
    if missing := {"landlock", "seccomp"} - set(facts["walls"]):
        pytest.skip(f"this kernel has no {' and no '.join(sorted(missing))}")
    reached = [name for name, refused in facts.items() if name.startswith("cannot") and not refused]
    assert reached == []


def test_the_reader_dies_with_whoever_asked(tmp_path, monkeypatch):
    """A worker that is killed leaves no reader behind."""
    made, told, spy = make_clip_file(tmp_path / "v.mp4"), tmp_path / "pid", tmp_path / "spy.py"
    spy.write_text(
        f"import os, sys, time; sys.path.append({str(Path(probe.__file__).parents[1])!r})\n"
        "from media_assets.probing import cage\n"
        f"open({str(told)!r}, 'w').write(str(os.getpid()))\n"
        "cage.limit(memory_bytes=2**30, cpu_s=20)\n"
        "print(end='x', flush=True); time.sleep(60)\n"
    )
    monkeypatch.setattr(probe, "_CHILD", spy)
    ready = tmp_path / "ready"

    def once_it_is_ready(child, deadline):
        child.stdout.read(1)
        ready.touch()
        signal.pause()

    monkeypatch.setattr(probe, "_read", once_it_is_ready)
    asking = os.fork()
    if not asking:
        try:
            probe_file(made)
        finally:
            os._exit(1)
    wait_for(ready.exists)
    reader = int(told.read_text())
    os.kill(asking, signal.SIGKILL)
    os.waitpid(asking, 0)
    wait_for(lambda: not Path(f"/proc/{reader}").exists() or state_of(reader) == "Z")


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")


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
