"""Uploads in parts on our own disk: any order, any break, and nothing left in the end."""

import hashlib
import os
import signal
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from media_assets import parts
from media_assets.models import Upload, VideoAsset
from media_assets.services import ingest, uploads
from media_assets.services.upkeep import sweep_temporaries
from media_assets.services.uploads import finish_upload, start_upload, sweep_uploads
from stakazo.identity.tokens import SignedAccessToken
from tests.events import event_types_of
from tests.factories import make_user
from tests.live import live_app
from tests.media import make_clip_file
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small_parts(settings):
    settings.UPLOAD_PART_BYTES = 10_000


@pytest.fixture
def data(tmp_path):
    path = make_clip_file(tmp_path / "in" / "v.mp4", seconds=1)
    try:
        return path.read_bytes()
    finally:
        path.unlink()


@pytest.fixture
def http(monkeypatch, settings):
    """A program with Ada's token."""
    token = {"Authorization": f"Bearer {SignedAccessToken.for_user(make_user('ada'))}"}
    with live_app(monkeypatch) as url, httpx.Client(base_url=url, headers=token, timeout=60) as it:
        settings.BASE_URL = url
        yield it


def sent(upload, data, *, but=()):
    """Put the parts straight into their place."""
    for number in upload.part_sizes:
        if number not in but:
            at = (number - 1) * upload.part_bytes
            uploads.put_part(upload, number, Body(data[at : at + upload.part_bytes]))
    return upload


class Body:
    def __init__(self, data):
        self.data = data

    def read(self, size):
        piece, self.data = self.data[:size], self.data[size:]
        return piece


def left(settings):
    folders = [Path(settings.WORK_DIR), Path(settings.MEDIA_ROOT)]
    return [each for folder in folders for each in folder.rglob("*") if each.is_file()]


def code_of(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()["code"]


def test_a_program_sends_a_video_in_parts(http, data, settings):
    begun = http.post("/uploads", json={"size_bytes": len(data), "filename": "../Harbour.mp4"})
    assert begun.status_code == 201
    state = begun.json()
    assert (state["status"], state["filename"]) == ("open", "Harbour.mp4")
    assert sum(each["size_bytes"] for each in state["parts"]) == len(data)
    early = http.post(f"/uploads/{state['id']}/complete")
    assert code_of(early, 409) == "media.parts-missing"
    for each in reversed(state["parts"]):
        at = (each["number"] - 1) * state["part_bytes"]
        # By the link alone, without a login; as from a program that knows nothing of us.
        put = httpx.put(each["url"], content=data[at : at + each["size_bytes"]])
        assert put.status_code == 204
        state = http.get(begun.headers["location"]).json()
        assert state["parts"][each["number"] - 1] == each | {"arrived": True, "url": None}
    sent = http.post(f"/uploads/{state['id']}/complete")
    assert (sent.status_code, sent.json()["upload"]["status"]) == (202, "checking")
    assert http.post(f"/uploads/{state['id']}/complete").json()["job"] == sent.json()["job"]
    run_job(Job.objects.get(job_type="take_in_upload").pk)
    done = http.get(f"/uploads/{state['id']}").json()
    video = VideoAsset.objects.get()
    assert (done["status"], done["video"], done["created"]) == ("done", str(video.pk), True)
    assert (video.title, video.sha256) == ("Harbour", hashlib.sha256(data).hexdigest())
    assert left(settings) == [Path(video.file.path)]
    assert Job.objects.filter(job_type="cut_analysis").count() == 1
    assert event_types_of(Upload.objects.get()) == [
        "upload_started", "upload_sent", "upload_completed",
    ]  # fmt: skip
    assert code_of(http.delete(f"/uploads/{state['id']}"), 409) == "ledger.illegal-move"


def test_a_part_is_whole_or_not_there(http, data):
    state = http.post("/uploads", json={"size_bytes": len(data)}).json()
    url = f"/uploads/{state['id']}/parts/1"
    assert code_of(http.put(url, content=data[:9_999]), 400) == "media.upload-incomplete"
    assert code_of(http.put(url, content=data[:10_001]), 400) == "media.upload-incomplete"
    assert not http.get(f"/uploads/{state['id']}").json()["parts"][0]["arrived"]
    assert http.put(url, content=iter([data[:4_000], data[4_000:10_000]])).status_code == 204
    assert http.put(url, content=data[:10_000]).status_code == 204
    assert code_of(http.put(f"/uploads/{state['id']}/parts/99", content=b"x"), 404)
    assert code_of(http.put(f"/uploads/{state['id']}/parts/0", content=b"x"), 404)
    (folder,) = parts.parts_folder().iterdir()
    assert [each.name for each in folder.iterdir()] == ["1"]


def test_a_link_is_good_for_its_part_and_its_hour(http, data):
    state = http.post("/uploads", json={"size_bytes": len(data)}).json()
    first, second = (urlsplit(each["url"]) for each in state["parts"][:2])
    base = str(http.base_url).rstrip("/")
    swapped = httpx.put(f"{base}{second.path}?{first.query}", content=data[:10_000])
    assert swapped.status_code == 401
    assert httpx.put(f"{base}{first.path}", content=data[:10_000]).status_code == 401
    assert httpx.get(state["parts"][0]["url"]).status_code in (401, 405)
    upload = Upload.objects.get()
    query = dict(each.split("=") for each in first.query.split("&"))
    assert parts.part_link_holds(upload.pk, 1, **query)
    later = int(query["expires"]) + 1
    assert not parts.part_link_holds(upload.pk, 1, **query, now=later)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"size_bytes": 0}, 400),
        ({"size_bytes": -1}, 400),
        ({"size_bytes": 10**15}, 413),
        ({"size_bytes": 5, "sha256": "abc"}, 400),
        ({"size_bytes": 5, "content_type": "a/b\r\nX: y"}, 400),
    ],
)
def test_an_upload_that_cannot_be_is_refused_at_once(http, asked, status):
    assert code_of(http.post("/uploads", json=asked), status)
    assert not Upload.objects.exists()
    assert (
        httpx.post(
            f"{str(http.base_url).rstrip(chr(47))}/uploads", json={"size_bytes": 5}
        ).status_code
        == 401
    )


def test_an_upload_that_is_called_off_leaves_nothing(http, data, settings):
    state = http.post("/uploads", json={"size_bytes": len(data)}).json()
    http.put(f"/uploads/{state['id']}/parts/1", content=data[:10_000])
    answer = http.delete(f"/uploads/{state['id']}")
    assert (answer.json()["status"], answer.json()["parts"]) == ("aborted", [])
    late = http.put(f"/uploads/{state['id']}/parts/2", content=data[10_000:20_000])
    assert code_of(late, 409) == "media.upload-over"
    assert code_of(http.post(f"/uploads/{state['id']}/complete"), 409) == "media.upload-over"
    assert left(settings) == []


@pytest.mark.parametrize("sha256", ["0" * 64, ""])
def test_what_is_no_video_is_refused_with_its_reason(data, settings, sha256):
    data = data if sha256 else b"#EXTM3U\nfile:///etc/passwd\n"
    upload = sent(start_upload(size_bytes=len(data), sha256=sha256), data)
    job = run_job(finish_upload(upload).pk)
    upload.refresh_from_db()
    assert (job.status, upload.status) == ("completed", "refused")
    expected = "media.upload-incomplete" if sha256 else "media.playlist-refused"
    assert upload.error_code == expected
    assert left(settings) == []
    assert not VideoAsset.objects.exists()


def test_the_same_bytes_again_are_the_same_video(data, settings):
    first = ingest.ingest_stream([data], filename="v.mp4").video
    upload = sent(start_upload(size_bytes=len(data)), data)
    run_job(finish_upload(upload).pk)
    upload.refresh_from_db()
    assert (upload.video, upload.created_video) == (first, False)
    assert left(settings) == [Path(first.file.path)]


def test_an_upload_nobody_finishes_expires(data, settings):
    old = sent(start_upload(size_bytes=len(data)), data, but=[2])
    waiting = sent(start_upload(size_bytes=len(data)), data)
    finish_upload(waiting)
    later = timezone.now() + timedelta(days=2)
    young = start_upload(size_bytes=len(data))
    Upload.objects.filter(pk=young.pk).update(expires_at=later + timedelta(hours=1))
    assert sweep_uploads(now=later) == {"expired": 1, "removed": 0}
    old.refresh_from_db()
    assert (old.status, event_types_of(old)[-1]) == ("expired", "upload_expired")
    here = {each.name for each in parts.parts_folder().iterdir()}
    assert here == {str(waiting.pk), str(young.pk)}
    sweep_temporaries(older_than_s=0, now=later.timestamp())
    run_job(Job.objects.get(job_type="take_in_upload").pk)
    assert VideoAsset.objects.count() == 1


def killed(work):
    """Do the work in a process that is killed where it says; then the database is ours again."""
    connection.close()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work(lambda: (os.write(writing, b"x"), signal.pause()))
        finally:
            os._exit(1)
    os.close(writing)
    assert os.read(reading, 1) == b"x"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)


@pytest.mark.parametrize("where", ["receiving", "probing", "stored"])
def test_a_kill_while_it_is_taken_in_loses_nothing_and_leaves_nothing(
    data, settings, monkeypatch, where
):
    """The worker dies; the sweeper of jobs gives the work to another, who ends it."""
    upload = sent(start_upload(size_bytes=len(data)), data)
    job = finish_upload(upload)

    def work(here):
        if where == "receiving":
            monkeypatch.setattr(ingest.Receiver, "close", lambda self: here())
        elif where == "probing":
            monkeypatch.setattr(ingest, "probe_file", lambda path: here())
        else:
            monkeypatch.setattr(ingest, "request_analysis", lambda video: here())
        run_job(job.pk)

    killed(work)
    assert not VideoAsset.objects.exists()
    overwrite(
        Job.objects.filter(pk=job.pk), status="retry", lease_until=None, run_at=timezone.now()
    )
    run_job(job.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.video) == ("done", VideoAsset.objects.get())
    later = timezone.now() + timedelta(days=2)
    sweep_temporaries(now=later.timestamp())
    sweep_uploads(now=later)
    from media_assets.services.orphans import sweep_orphans

    sweep_orphans(now=later)
    assert left(settings) == [Path(upload.video.file.path)]
    assert (
        hashlib.sha256(Path(upload.video.file.path).read_bytes()).hexdigest() == upload.video.sha256
    )


def test_a_kill_while_a_part_arrives_leaves_it_to_be_sent_again(data, settings):
    upload = start_upload(size_bytes=len(data))

    class Stalled(Body):
        def read(self, size):
            return (self.data and super().read(4000)) or self.here()

    def work(here):
        body = Stalled(data[:4000])
        body.here = here
        uploads.put_part(upload, 1, body)

    killed(work)
    assert parts.LOCAL.arrived(upload) == {}
    sent(upload, data)
    run_job(finish_upload(upload).pk)
    assert left(settings) == [Path(VideoAsset.objects.get().file.path)]


def test_a_check_that_dies_for_good_ends_the_upload(data):
    upload = sent(start_upload(size_bytes=len(data)), data)
    job = finish_upload(upload)
    uploads.end_check(uploads.TakeInUpload(upload.pk), "the disk is full")
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("refused", "media.upload-failed")
    run_job(job.pk)
    assert not VideoAsset.objects.exists()
