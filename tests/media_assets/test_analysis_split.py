"""One pass over a video, split and shared: who does what, and when, changes nothing."""

import dataclasses
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from jobs.errors import Cancelled, LostLease
from media_assets.analysis import crew, splitting
from media_assets.analysis.bitstreams import CLOSED, OPEN, start_kind
from media_assets.analysis.errors import AnalysisStopped, NothingToSee
from media_assets.analysis.splitting import lay_out
from media_assets.analysis.watch import watch
from media_assets.analysis.workbench import LAYOUT, Workbench
from media_assets.services.seeing import see
from tests.media import ffmpeg
from tests.media_assets.test_analysis_artifact import same
from tests.render_media import make_film_asset, scene, write_film

ROOT = Path(__file__).resolve().parents[2]
CUTS = [45, 119, 150, 240, 280]  # near borders, on one, and away from them
SEGMENT_MS = 12_000  # of these tests: the film falls into 120, 160 and 80 frames


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """14.4 s, 360 frames, a key frame every 40, five cuts, a click track."""
    folder = tmp_path_factory.mktemp("split")
    edges = [0, *CUTS, 360]
    pictures = []
    for seed, (begin, end) in enumerate(itertools.pairwise(edges)):
        pictures += scene(seed + 3, end - begin, size=(192, 108), speed=1 + seed % 3)
    made = write_film(folder / "pictures.mp4", pictures, fps=25)
    ffmpeg(
        *("-i", made, "-f", "lavfi", "-i", "sine=frequency=300:beep_factor=4:duration=15"),
        *(
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-g",
            40,
            "-keyint_min",
            40,
            "-sc_threshold",
            0,
        ),
        *("-bf", 2, "-c:a", "aac", "-t", "14.4", folder / "film.mp4"),
    )
    return folder / "film.mp4"


@pytest.fixture
def split(monkeypatch):
    """Segments of 4.8 seconds."""
    monkeypatch.setattr(splitting, "SEGMENT_MS", SEGMENT_MS)


@pytest.fixture
def laid_out(film, split, tmp_path):
    """A folder with the segments of the film, for children that know nothing of our patch."""
    folder = tmp_path / "parts"
    folder.mkdir()
    Workbench(film, folder).perform(LAYOUT, lambda us: None)
    return folder


@pytest.fixture(scope="module")
def whole(film):
    """What there is to be seen, by one pass over one segment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "SEGMENT_MS", 10**9)
        return watch(film)


def children_of(folder):
    """Process ids of the children that work in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            told = each.read_bytes()
        except OSError:
            continue
        if b"worker.py" in told and str(folder).encode() in told:
            found.append(int(each.parent.name))
    return found


def gone(folder, within_s=5.0):
    """Whether the children of a folder are gone, or go in this time."""
    deadline = time.monotonic() + within_s
    while children_of(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def pictures_alike(one, other):
    """Everything but the sound: its sums depend on the threads of a process that is not a child."""
    return all(
        same(getattr(one, field.name), getattr(other, field.name))
        for field in dataclasses.fields(one)
        if field.name != "sound"
    )


# --- The same, whoever does it --------------------------------------------------------------------


def test_one_two_and_three_workers_see_the_same_to_the_last_bit(film, split, tmp_path):
    found = []
    for workers in (1, 2, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        Workbench(film, folder).perform(LAYOUT, lambda us: None)
        found.append(watch(film, workers=workers, folder=folder))
        assert gone(folder)
    assert same(found[0], found[1])
    assert same(found[0], found[2])
    assert found[0].sound.audible
    assert pictures_alike(found[0], watch(film))


def test_splitting_changes_neither_frames_nor_cuts(film, split, whole):
    assert len(lay_out(film).segments) == 3
    parted = watch(film)
    for name in ("at_us", "difference", "histogram", "mean", "contrast"):
        assert same(parted.frames[name], whole.frames[name]), name
    assert parted.changes == whole.changes
    assert [change.frame for change in whole.changes if change.kind == "cut"] == CUTS
    assert parted.end_ms == whole.end_ms
    assert [s.at_ms for s in parted.samples] == sorted(s.at_ms for s in parted.samples)


def test_progress_of_all_workers_only_grows(laid_out, film):
    told = []
    watch(film, workers=2, folder=laid_out, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(set(told)) >= 3


# --- Where a video can be split -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        ("mkv", ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"]),
        ("webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]),
        ("webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-live", "1"]),
        ("mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"]),
    ],
)
def test_other_containers_and_codecs_split_without_a_difference(
    film, split, tmp_path, monkeypatch, ending, how
):
    """The HEVC film has open groups of pictures: some belong to the segment before their key frame."""
    path = tmp_path / f"film.{ending}"
    ffmpeg("-i", film, "-an", *how, "-g", 40, "-threads", 2, path)
    assert len(lay_out(path).segments) == 3
    parted = watch(path)
    monkeypatch.setattr(splitting, "SEGMENT_MS", 10**9)
    in_one = watch(path)
    assert len(in_one.frames) == len(parted.frames) == 360
    for name in ("at_us", "difference", "histogram", "mean", "contrast"):
        assert same(parted.frames[name], in_one.frames[name]), name
    assert parted.changes == in_one.changes


def test_an_index_that_leads_nowhere_is_not_needed(film, split, monkeypatch):
    straight = watch(film)
    monkeypatch.setattr("media_assets.analysis.segments.go_to", lambda *given: None)
    assert pictures_alike(watch(film), straight)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        # Its key frames after the first are no fresh start: later pictures reach behind them.
        (
            "open.mkv",
            ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-x264-params", "open-gop=1"],
        ),
        ("refresh.mkv", ["-c:v", "libx264", "-preset", "ultrafast", "-intra-refresh", "1"]),
        # A container without times; what shows itself out of order is still seen in order.
        ("timeless.avi", ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2"]),
        # A codec whose key frames we cannot tell from within.
        ("unknown.mkv", ["-c:v", "mpeg4"]),
    ],
)
def test_what_cannot_be_split_safely_is_watched_in_one_piece(film, split, tmp_path, name, how):
    path = tmp_path / name
    ffmpeg("-i", film, "-an", *how, "-g", 40, path)
    assert len(lay_out(path).segments) == 1
    assert len(watch(path).frames) == 360


def test_time_that_goes_back_is_watched_without_a_split_across_it(film, split, tmp_path):
    """A recorder that began again: the fragments of the film twice, the clock set back between."""
    path = tmp_path / "twice.mp4"
    ffmpeg("-i", film, "-an", "-c", "copy", "-movflags", "frag_keyframe+empty_moov", path)
    once = path.read_bytes()
    fragments = once[once.index(b"moof") - 4 : once.rindex(b"mfra") - 4]
    path.write_bytes(once[: once.rindex(b"mfra") - 4] + fragments)
    starts = [segment.start_us for segment in lay_out(path).segments]
    assert starts == sorted(set(starts))
    seen = watch(path)
    assert (seen.frames["at_us"][1:] > seen.frames["at_us"][:-1]).all()
    assert pictures_alike(seen, watch(path, workers=2))


def test_a_key_frame_proves_itself_in_its_first_bytes():
    idr, plain = b"\0\0\0\2\x65\0", b"\0\0\0\2\x41\0"
    assert start_kind("h264", idr, 4) == CLOSED
    assert start_kind("h264", b"\0\0\0\1\x67" + idr, 4) == CLOSED
    assert start_kind("h264", plain, 4) == ""
    assert start_kind("h264", b"\0\0\0\1\x67\0\0\1\x65", 0) == CLOSED
    assert start_kind("h264", b"\xff\xff\xff\xff\x65", 4) in ("", CLOSED)  # a lying length ends it
    assert start_kind("hevc", b"\0\0\1\x26\x01", 0) == CLOSED
    assert start_kind("hevc", b"\0\0\1\x2a\x01", 0) == OPEN
    assert start_kind("hevc", b"\0\0\1\x02\x01", 0) == ""
    assert start_kind("vp8", b"\x10", 0) == CLOSED
    assert start_kind("vp8", b"\x11", 0) == ""
    assert start_kind("vp9", b"\x82", 0) == CLOSED
    assert start_kind("vp9", b"\x86", 0) == ""
    assert start_kind("vp9", b"\x88", 0) == ""
    assert start_kind("av1", b"\x12\0\x0a\1\0\x32\1\x10", 0) == CLOSED
    assert start_kind("av1", b"\x12\0\x32\1\x10", 0) == ""
    assert start_kind("av1", b"\x12\0\x0a\1\0\x32\1\x30", 0) == ""
    assert start_kind("mpeg4", idr, 0) == ""
    for codec in ("h264", "hevc", "vp8", "vp9", "av1"):
        assert start_kind(codec, b"", 4) == ""


# --- Crashes --------------------------------------------------------------------------------------


def test_after_kill_9_only_what_is_missing_is_done(film, laid_out, whole, monkeypatch):
    code = (
        "import sys; from pathlib import Path; from media_assets.analysis.watch import watch;"
        "watch(Path(sys.argv[1]), workers=2, folder=Path(sys.argv[2]))"
    )
    doomed = subprocess.Popen([sys.executable, "-c", code, film, laid_out], cwd=ROOT)
    try:
        while not list(laid_out.glob("piece-*.npz")) and doomed.poll() is None:
            time.sleep(0.005)
    finally:
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert gone(laid_out)  # the kernel took the children with it
    bench = Workbench(film, laid_out)
    done = {part for part in bench.parts() if bench.is_done(part)}
    assert any(part.kind == "piece" for part in done)
    performed = set()
    perform = Workbench.perform

    def counted(self, part, tell):
        performed.add(part)
        perform(self, part, tell)

    monkeypatch.setattr(Workbench, "perform", counted)
    resumed = watch(film, folder=laid_out)
    assert performed == set(bench.parts()) - done
    assert resumed.changes == whole.changes
    assert pictures_alike(resumed, watch(film, folder=laid_out))


def test_a_part_that_was_damaged_is_done_again(film, laid_out):
    first = watch(film, folder=laid_out)
    for name in ("piece-00001.npz", "strip-00002.raw", "sound.npz", "layout.npz"):
        path = laid_out / name
        path.write_bytes(path.read_bytes()[:-40])
        assert same(watch(film, folder=laid_out), first), name


def test_a_child_that_dies_is_replaced(film, laid_out, whole, monkeypatch):
    give, killed = crew._Child.give, []

    def give_and_kill(self, part):
        give(self, part)
        if part.kind == "piece" and not killed:
            killed.append(part)
            while len(children_of(laid_out)) < 2:  # the foreman, who is the first, and the other
                time.sleep(0.01)
            os.kill(max(children_of(laid_out)), signal.SIGKILL)

    monkeypatch.setattr(crew._Child, "give", give_and_kill)
    assert watch(film, workers=2, folder=laid_out).changes == whole.changes
    assert killed


def test_a_foreman_that_dies_takes_his_children_along_and_all_are_replaced(
    film, laid_out, whole, monkeypatch
):
    """Twice, over two parts: the part of the other, who dies with him each time, is not to blame."""
    give, killed = crew._Child.give, set()

    def give_and_kill(self, part):
        give(self, part)
        first = self.foreman.children[0]
        if part.kind == "piece" and first.part not in killed and len(killed) < 2:
            killed.add(first.part)
            self.foreman.process.kill()

    monkeypatch.setattr(crew._Child, "give", give_and_kill)
    assert watch(film, workers=2, folder=laid_out).changes == whole.changes
    assert len(killed) == 2
    assert gone(laid_out)


def test_children_that_die_each_time_end_the_work(film, tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text("import sys; sys.stdin.readline()")
    monkeypatch.setattr(crew, "_WORKER", script)
    with pytest.raises(AnalysisStopped):
        watch(film, workers=2, folder=tmp_path / "parts")


def test_a_file_that_shows_nothing_says_so_through_the_children(tmp_path):
    path = tmp_path / "f.mp4"
    path.write_bytes(b"\0" * 4096)
    with pytest.raises(NothingToSee):
        watch(path, workers=2)


# --- Ends before the end --------------------------------------------------------------------------


@pytest.mark.parametrize(("why", "kept"), [(Cancelled, False), (LostLease, True)])
def test_a_cancelled_search_leaves_nothing_a_lost_one_its_parts(
    film, django_db_blocker, monkeypatch, why, kept
):
    monkeypatch.setattr(settings, "ANALYSIS_WORKERS", 2)
    sha = why.__name__ * 4

    def progress(fraction):
        if fraction:
            raise why("enough")

    with pytest.raises(why):
        see(film, sha256=sha, progress=progress)
    (folder,) = Path(settings.WORK_DIR).glob(f"seeing-{sha}-*") if kept else (None,)
    assert gone(sha)
    if folder is not None:
        assert (folder / "layout.npz").exists()
        see(film, sha256=sha)  # goes on, and tidies up
    assert not list(Path(settings.WORK_DIR).glob(f"seeing-{sha}-*"))


@pytest.mark.django_db(transaction=True)
def test_a_job_with_children_makes_the_clips_that_one_without_makes(film, monkeypatch):
    from jobs.runner import run_job
    from media_assets.services.clips import request_analysis

    video = make_film_asset(film)
    spans = []
    for workers in (2, 0):
        monkeypatch.setattr(settings, "ANALYSIS_WORKERS", workers)
        job = run_job(request_analysis(video, fresh=True).pk)
        assert job.status == "completed", job.error
        spans.append(list(video.clips.values_list("start_ms", "end_ms", "visual_score")))
    assert spans[0] == spans[1]
