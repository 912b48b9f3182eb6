"""Taking videos in: whole or not at all, and once."""

import hashlib
import threading
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from jobs.models import Job
from ledger.models import LedgerEvent
from media_assets import errors
from media_assets.models import VIDEO, VideoAsset
from media_assets.services import ingest
from media_assets.services.ingest import clean_filename, ingest_path, ingest_stream
from stakazo.core.errors import StakazoError
from tests.events import event_types_of
from tests.media import make_clip_file
from tests.media_assets.bad_files import BAD_FILES
from tests.past_the_ledger import erase, overwrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip_file(tmp_path):
    return make_clip_file(tmp_path / "in" / "Harbour lights.mp4")


def nothing_is_left(settings):
    """No file anywhere below the folders of media and work."""
    folders = [Path(settings.MEDIA_ROOT), Path(settings.WORK_DIR)]
    return not [each for folder in folders for each in folder.rglob("*") if each.is_file()]


def pieces(path, size=1000):
    data = path.read_bytes()
    return [data[at : at + size] for at in range(0, len(data), size)]


def test_a_video_comes_in(clip_file, settings):
    ingested = ingest_path(clip_file)
    video = VideoAsset.objects.get()
    assert ingested.created
    assert (video.title, video.original_filename) == ("Harbour lights", "Harbour lights.mp4")
    assert video.sha256 == hashlib.sha256(clip_file.read_bytes()).hexdigest()
    assert (video.status, video.duration_ms, video.container) == ("validated", 2000, "mp4")
    assert (video.width_px, video.height_px, video.audio_codec) == (320, 180, "aac")
    assert video.probe["video_stream"] == 0
    assert Path(video.file.path).read_bytes() == clip_file.read_bytes()
    assert clip_file.exists()
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_its_job_and_events_follow_it(clip_file):
    ingested = ingest_path(clip_file)
    job = Job.objects.get()
    assert ingested.job == job
    assert (job.job_type, job.payload["video_asset_id"]) == ("cut_analysis", str(ingested.video.pk))
    assert event_types_of(ingested.video) == ["video_uploaded", "video_validated"]
    roads = set(LedgerEvent.objects.values_list("correlation_id", flat=True))
    assert roads == {str(ingested.video.pk)}


def test_the_same_bytes_again_are_the_same_video(clip_file, settings):
    first = ingest_path(clip_file)
    again = ingest_stream(pieces(clip_file), filename="other name.mov", title="Another title")
    assert (again.created, again.video, again.job) == (False, first.video, first.job)
    assert (VideoAsset.objects.count(), Job.objects.count()) == (1, 1)
    stored = [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()]
    assert [str(each) for each in stored] == [first.video.file.path]


@pytest.mark.parametrize("status", ["failed", "validated"])
def test_a_known_video_without_a_result_is_analysed_again(clip_file, status):
    first = ingest_path(clip_file)
    erase(Job.objects.all())
    overwrite(VideoAsset.objects, status=status)
    again = ingest_path(clip_file)
    assert (again.created, again.video) == (False, first.video)
    assert again.job == Job.objects.get()


def test_a_known_video_that_is_ready_starts_nothing(clip_file):
    video = ingest_path(clip_file).video
    overwrite(Job.objects, status="completed")
    VIDEO.move(video, VideoAsset.Status.PROCESSING)
    VIDEO.move(video, VideoAsset.Status.READY)
    again = ingest_path(clip_file)
    assert again.job == Job.objects.get()
    assert again.job.status == "completed"


def test_a_file_that_was_lost_comes_back_with_the_same_bytes(clip_file):
    video = ingest_path(clip_file).video
    Path(video.file.path).unlink()
    assert ingest_path(clip_file).created is False
    assert Path(video.file.path).read_bytes() == clip_file.read_bytes()


@pytest.mark.parametrize(("make", "code", "status"), BAD_FILES)
def test_a_bad_file_leaves_nothing(tmp_path, settings, make, code, status):
    path = tmp_path / "in" / "upload.mp4"
    path.parent.mkdir()
    make(path)
    with pytest.raises(StakazoError) as refused:
        ingest_path(path)
    assert refused.value.code == code
    assert nothing_is_left(settings)
    assert (VideoAsset.objects.count(), Job.objects.count(), LedgerEvent.objects.count()) == (
        0,
        0,
        0,
    )


def test_one_byte_too_many_is_refused_while_it_arrives(clip_file, settings):
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "max_bytes": 5000}
    read = []

    def endless():
        while True:
            read.append(1)
            yield b"x" * 1000

    with pytest.raises(errors.FileTooLarge):
        ingest_stream(endless(), filename="v.mp4")
    assert len(read) == 6
    assert nothing_is_left(settings)


def test_a_size_announced_too_large_is_refused_before_a_byte_is_read(settings):
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "max_bytes": 5000}

    def never():
        pytest.fail("a byte was read")
        yield b""

    with pytest.raises(errors.FileTooLarge):
        ingest_stream(never(), filename="v.mp4", declared_size=5001)


@pytest.mark.parametrize("off_by", [-1, 1])
def test_a_wrong_announced_size_is_refused(clip_file, settings, off_by):
    size = clip_file.stat().st_size
    with pytest.raises(errors.UploadIncomplete):
        ingest_stream(pieces(clip_file), filename="v.mp4", declared_size=size + off_by)
    assert nothing_is_left(settings)


def test_a_sender_that_breaks_off_leaves_nothing(clip_file, settings):
    def broken():
        yield from pieces(clip_file)[:3]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        ingest_stream(broken(), filename="v.mp4")
    assert nothing_is_left(settings)


def test_a_row_that_cannot_be_written_leaves_no_file(clip_file, settings, monkeypatch):
    def refuse(video):
        raise RuntimeError("the queue is on fire")

    monkeypatch.setattr(ingest, "request_analysis", refuse)
    with pytest.raises(RuntimeError):
        ingest_path(clip_file)
    assert nothing_is_left(settings)
    assert (VideoAsset.objects.count(), LedgerEvent.objects.count()) == (0, 0)


def test_a_storage_that_fails_leaves_nothing(clip_file, settings, monkeypatch):
    def refuse(path, name):
        raise OSError("disk full")

    monkeypatch.setattr(ingest.files, "put_file", refuse)
    with pytest.raises(OSError, match="disk full"):
        ingest_path(clip_file)
    assert nothing_is_left(settings)
    assert not VideoAsset.objects.exists()


def test_a_work_folder_on_another_disk_is_fine(clip_file, settings, monkeypatch):
    really = Path.replace

    def other_disk(self, target):
        if self.parent == Path(settings.WORK_DIR):
            raise OSError(18, "Invalid cross-device link")
        return really(self, target)

    monkeypatch.setattr(Path, "replace", other_disk)
    video = ingest_path(clip_file).video
    folder = Path(video.file.path).parent
    assert [each.name for each in folder.iterdir()] == [Path(video.file.name).name]
    assert not list(Path(settings.WORK_DIR).iterdir())


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_the_same_bytes_at_once_are_one_video(clip_file, settings, monkeypatch):
    """Both have looked and found nothing before either writes its row."""
    both_looked = threading.Barrier(2)
    really = ingest.probe_file

    def probe_together(path):
        both_looked.wait(timeout=30)
        return really(path)

    monkeypatch.setattr(ingest, "probe_file", probe_together)
    answers = []

    def upload():
        try:
            answers.append(ingest_path(clip_file))
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.created for each in answers) == [False, True]
    assert answers[0].video == answers[1].video == VideoAsset.objects.get()
    assert Job.objects.count() == 1
    stored = [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()]
    assert [str(each) for each in stored] == [VideoAsset.objects.get().file.path]
    assert event_types_of(VideoAsset.objects.get()) == ["video_uploaded", "video_validated"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\clip.mp4", "clip.mp4"),
        ("/abs/clip.mp4", "clip.mp4"),
        ("cl\0ip\r\n.mp4", "clip.mp4"),
        ("harbour\u202egpj.mp4", "harbourgpj.mp4"),
        ("..", ""),
        ("", ""),
        ("a/b/", ""),
        ("x" * 400 + ".mp4", "x" * 251 + ".mp4"),
        ("Puerto de noche – ñandú.mov", "Puerto de noche – ñandú.mov"),
    ],
)
def test_a_filename_keeps_only_what_people_read(given, kept):
    assert clean_filename(given) == kept


def test_a_filename_never_becomes_a_path(clip_file, settings):
    video = ingest_stream(pieces(clip_file), filename="../../../tmp/evil\0.mp4").video
    assert video.original_filename == "evil.mp4"
    assert video.file.name == f"videos/{video.sha256[:2]}/{video.sha256}-{video.pk.hex[-8:]}.mp4"
    assert default_storage.exists(video.file.name)


def test_a_folder_is_not_a_video(tmp_path):
    with pytest.raises(errors.NoFile):
        ingest_path(tmp_path)
