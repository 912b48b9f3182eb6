"""A file with any fault is refused before anybody is told that it exists."""

import struct
from dataclasses import replace
from fractions import Fraction

import pytest

from media_assets.analysis.reading import describe
from media_assets.formats import RenderFormat
from media_assets.models import Clip, VideoAsset
from media_assets.rendering import ffmpeg, graph
from media_assets.rendering.checking import prove
from media_assets.rendering.errors import BadRender
from media_assets.rendering.loudness import Loudness, settle
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.sounds import sound_of
from tests.media import ffmpeg as run
from tests.render_media import clicks, numbered, tone, write_film

SMALL = RenderFormat("small_320x180", 320, 180)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(plan, settled sound, good file): three seconds at 24 frames per second."""
    folder = tmp_path_factory.mktemp("made")
    film = write_film(folder / "f.mp4", numbered(84), sound=tone(3.5) + clicks(3.5, loud=0.1))
    source = describe(film)
    clip = Clip(video_asset=VideoAsset(sha256="0" * 64), start_ms=250, end_ms=3250)
    plan = plan_variant(clip, source, SMALL)
    sound = sound_of(film, source, 250, plan, plan_variant.__defaults__[0])
    settled, output = settle(sound, folder), folder / "good.mp4"
    ffmpeg.run_ffmpeg(
        graph.command(
            source,
            [plan],
            [output],
            start_ms=clip.start_ms,
            inputs=sound.inputs,
            sound=settled.path,
        )
    )
    return plan, settled, output


def remade(made, to, *arguments, video="copy", edits="0", flags="+faststart+negative_cts_offsets"):
    """The good file, written again in another way."""
    _, _, good = made
    run(
        *("-i", good, "-map", "0", "-c:a", "copy", "-c:v", video, *arguments),
        *("-use_editlist", edits, "-movflags", flags, to),
    )
    return to


def encoded(made, to, *arguments, extra="", **more):
    """The good file, its picture encoded again with all that ours has, but for these arguments."""
    settings = f"rc-lookahead=10:bframes=2:keyint=48{extra}"
    ours = ["-preset", "superfast", "-profile:v", "high", "-level:v", "3.1", "-g", 48]
    colours = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
    return remade(
        made,
        to,
        *(*ours, *colours, "-color_range", "tv", "-flags:v", "+cgop", "-x264-params", settings),
        *("-fps_mode", "passthrough", "-pix_fmt", "yuv420p", *arguments),
        video="libx264",
        **more,
    )


def changed(made, to, old, new, *, after=b""):
    """The good file with some bytes changed."""
    data = made[2].read_bytes()
    at = data.find(old, data.find(after))
    assert at > 0
    to.write_bytes(data[:at] + new + data[at + len(old) :])
    return to


def test_a_good_file_is_proved(made):
    plan, settled, good = made
    proof = prove(good, plan, settled)
    assert proof.facts["frames"] == plan.frames == 72
    assert (proof.duration_ms, proof.fps) == (3000, 24)
    assert proof.facts["longest_gop"] == 48
    assert proof.facts["lufs"] == pytest.approx(-14, abs=0.5)
    assert 0 <= proof.best_ms < 3000


def test_a_good_file_written_by_another_is_proved_too(made, tmp_path):
    plan, settled, _ = made
    assert prove(encoded(made, tmp_path / "f.mp4"), plan, settled).facts["frames"] == 72


FAULTS = {
    "an edit list": (lambda m, to: remade(m, to, edits="1", flags="+faststart"), "edit list"),
    "the index at the end": (
        lambda m, to: remade(m, to, flags="+negative_cts_offsets"),
        "index comes after",
    ),
    "fragments": (
        lambda m, to: remade(m, to, flags="+frag_keyframe+empty_moov+negative_cts_offsets"),
        "in fragments",
    ),
    "no sound": (lambda m, to: remade(m, to, "-an"), "one picture and one sound"),
    "two pictures": (
        lambda m, to: remade(m, to, "-map", "0:v"),
        "one picture and one sound",
    ),
    "a frame less": (lambda m, to: encoded(m, to, "-frames:v", 71), "71 frames instead of 72"),
    "a frame more": (
        lambda m, to: encoded(m, to, "-vf", "tpad=stop=1:stop_mode=clone"),
        "73 frames instead of 72",
    ),
    "another size": (lambda m, to: encoded(m, to, "-vf", "scale=322:180"), "322x180"),
    "uneven frames": (
        lambda m, to: remade(m, to, "-bsf:v", "setts=pts=PTS+eq(N\\,20)*200:dts=DTS"),
        "evenly",
    ),
    "a late picture": (
        lambda m, to: to.write_bytes(shown_later(encoded(m, to, extra=":b-adapt=0").read_bytes())),
        "starts at",
    ),
    "a late sound": (
        lambda m, to: remade(m, to, "-bsf:a", "setts=pts=PTS+gt(N\\,0)*9600:dts=DTS+gt(N\\,0)*9600"),
        "gaps",
    ),
    "a short sound": (
        lambda m, to: remade(m, to, "-frames:a", 100),
        "the sound ends at",
    ),
    "another sound": (
        lambda m, to: remade(m, to, "-c:a", "aac", "-af", "volume=0.9"),
        "sound is not the one|sound ends at|apart",
    ),
    "long GOPs": (
        lambda m, to: encoded(m, to, "-g", 250, extra=":keyint=250:scenecut=0"),
        "72 frames without a key frame",
    ),
    "open GOPs": (
        lambda m, to: encoded(m, to, "-flags:v", "-cgop", extra=":open-gop=1:keyint=24:scenecut=0:b-adapt=0:min-keyint=1"),
        "do not close",
    ),
    "another profile": (lambda m, to: encoded(m, to, "-profile:v", "main"), "profile is 77"),
    "a high level": (lambda m, to: encoded(m, to, "-level:v", "5.2"), "level is 5.2"),
    "other colours": (
        lambda m, to: encoded(m, to, "-colorspace", "smpte170m", "-color_trc", "smpte170m"),
        "colours are marked",
    ),
    "full range": (lambda m, to: encoded(m, to, "-color_range", "pc"), "colours are marked"),
    "ten bits": (
        lambda m, to: encoded(m, to, "-profile:v", "high10", "-pix_fmt", "yuv420p10le"),
        "profile is 110",
    ),
    "another codec": (
        lambda m, to: remade(m, to, "-preset", "ultrafast", "-tag:v", "hvc1", video="libx265"),
        "picture is hvc1",
    ),
    "a turn": (
        lambda m, to: changed(m, to, struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30), after=b"tkhd"),
        "turn or flip",
    ),
    "an end that is missing": (
        lambda m, to: to.write_bytes(m[2].read_bytes()[:-5000]),
        "damaged",
    ),
    "no index": (lambda m, to: changed(m, to, b"moov", b"free"), "index or the data|one picture"),
    "bytes overwritten": (
        lambda m, to: to.write_bytes(overwritten(m[2].read_bytes())),
        "cannot be decoded|damaged",
    ),
    "sample table too short": (
        lambda m, to: changed(m, to, b"stsz" + b"\0" * 8, b"stsz" + b"\0" * 7 + b"\1"),
        "damaged|outside",
    ),
}  # fmt: skip


def overwritten(data):
    """A piece in the middle of the pictures, as a bad disk would leave it."""
    middle = (data.find(b"mdat") + len(data)) // 2
    return data[:middle] + b"\0" * 3000 + data[middle + 3000 :]


def shown_later(data):
    """Every frame two frames later than the sound has it."""
    start = data.find(b"ctts") + 12
    (count,) = struct.unpack_from(">I", data, start - 4)
    table = struct.iter_unpack(">Ii", data[start : start + 8 * count])
    moved = b"".join(struct.pack(">Ii", n, ticks + 1024) for n, ticks in table)
    return data[:start] + moved + data[start + len(moved) :]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(made, tmp_path, fault):
    make, said = FAULTS[fault]
    plan, settled, _ = made
    make(made, tmp_path / "f.mp4")
    with pytest.raises(BadRender, match=said):
        prove(tmp_path / "f.mp4", plan, settled)


def test_a_file_that_is_too_large_is_found(made):
    plan, settled, good = made
    small = replace(plan, format=replace(plan.format, max_bytes=good.stat().st_size - 1))
    with pytest.raises(BadRender, match="bytes"):
        prove(good, small, settled)


@pytest.mark.parametrize(
    ("heard", "said"),
    [(Loudness(-15.2, -3.0), "LUFS"), (Loudness(-12.9, -3), "LUFS"), (Loudness(-14, -0.5), "dBTP")],
)
def test_a_wrong_loudness_is_found(made, heard, said):
    plan, settled, good = made
    with pytest.raises(BadRender, match=said):
        prove(good, plan, replace(settled, heard=heard))


def test_a_wrong_rate_is_found(made):
    plan, settled, good = made
    with pytest.raises(BadRender, match="evenly"):
        prove(good, replace(plan, timeline=replace(plan.timeline, rate=Fraction(25))), settled)
