"""Every call of FFmpeg in the product is held to the allow-lists; the code is read to prove it."""

import ast
import functools
from pathlib import Path

import av
import pytest
from django.conf import settings

from media_assets import allowed
from media_assets.analysis import reading
from media_assets.analysis.errors import NothingToSee
from media_assets.rendering import ffmpeg
from media_assets.rendering.errors import RenderFailed
from tests.media import make_clip_file

ROOMS = ["stakazo", "ledger", "jobs", "media_assets", "publishing", "campaigns"]
AV_LISTS = {"dict(AV_OPTIONS)", "dict(ALLOWED)"}
INPUT_LISTS = {"SAFE_INPUT", "FFMPEG_INPUT"}
# Readers that start FFmpeg by themselves, without lists.
UNGUARDED = {"VideoCapture", "VideoFileClip", "AudioFileClip", "FFMPEG_VideoReader", "imiter"}


@functools.cache
def sources():
    return list(_read())


def _read():
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield path.relative_to(root), ast.parse(path.read_text())


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def named(call):
    return ast.unparse(call.func)


def test_pyav_opens_nothing_for_reading_without_its_lists():
    opened = []
    for path, tree in sources():
        for call in calls(tree):
            if named(call) not in ("av.open", "container.open", "av.container.open"):
                continue
            words = {each.arg: ast.unparse(each.value) for each in call.keywords}
            mode = words.get("mode") or (ast.unparse(call.args[1]) if len(call.args) > 1 else "'r'")
            if mode != "'w'":
                opened.append(path)
                assert words.get("options") in AV_LISTS, f"{path}:{call.lineno}"
    assert len(opened) >= 3  # probe, analysis, simulator: else this test looks at the wrong names


def test_ffmpeg_is_given_no_file_without_its_lists():
    """A function that names an input opens it with the lists, or is told which format of ours it is."""
    inputs = 0
    for path, tree in sources():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            words = ast.unparse(function)
            if "'-i'" not in words:
                continue
            inputs += 1
            lists = any(name in words for name in INPUT_LISTS)
            own = "'-protocol_whitelist'" in words and ("'-f'" in words or "_RAW" in words)
            assert lists or own or "'lavfi'" in words, f"{path}:{function.lineno}"
    assert inputs >= 2


def test_nothing_reads_a_video_around_the_lists():
    for path, tree in sources():
        used = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls(tree)}
        assert not used & UNGUARDED, path


def test_ffmpeg_is_started_in_one_place_only():
    starts = {
        str(path)
        for path, tree in sources()
        for call in calls(tree)
        if named(call).startswith(("subprocess.", "os.exec", "os.spawn", "os.posix_spawn"))
    }
    assert starts == {
        "jobs/cluster.py",
        "jobs/processes.py",
        "media_assets/analysis/crew.py",
        "media_assets/probe.py",
        "media_assets/rendering/ffmpeg.py",
        "stakazo/backups/postgresql.py",  # pg_dump and its like; no media
        "stakazo/processes.py",
    }


def test_the_lists_are_one():
    assert reading.ALLOWED is allowed.AV_OPTIONS
    assert ffmpeg.SAFE_INPUT is allowed.FFMPEG_INPUT
    assert allowed.AV_OPTIONS["protocol_whitelist"] == "file,pipe"


def test_every_decoder_on_the_list_exists():
    """A misspelt name would shut out a codec that we promise to read."""
    missing = [name for name in allowed.DECODERS.split(",") if not exists(name)]
    assert missing == []


def exists(decoder):
    try:
        av.Codec(decoder, "r")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


@pytest.mark.parametrize("kind", ["ffconcat", "hls"])
def test_a_list_of_files_is_followed_by_nobody(tmp_path, kind):
    """Not even where a file came past the probe."""
    sibling, path = make_clip_file(tmp_path / "sibling.mp4"), tmp_path / "v.mp4"
    path.write_text(
        {
            "ffconcat": f"ffconcat version 1.0\nfile {sibling.name}\n",
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{sibling.name}\n#EXT-X-ENDLIST\n",
        }[kind]
    )
    with pytest.raises(NothingToSee), reading.opened(path):
        pass
    with pytest.raises(RenderFailed):
        ffmpeg.run_ffmpeg([*ffmpeg.SAFE_INPUT, "-i", f"file:{path}", "-f", "null", "-"])
