"""Uploads by tus: any line, any break, and bytes that are proven."""

import asyncio
import base64
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from django.utils import timezone
from tusclient.client import TusClient

from jobs.models import Job
from jobs.runner import run_job
from media_assets import parts
from media_assets.api.slices import TusSlices
from media_assets.models import Upload, VideoAsset
from media_assets.services import growing
from media_assets.services.uploads import start_upload
from stakazo.identity.tokens import SignedAccessToken
from tests.factories import make_user
from tests.live import live_app
from tests.media import make_clip_file
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db(transaction=True)

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(autouse=True)
def _small_parts(settings):
    settings.UPLOAD_PART_BYTES = 10_000


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "v.mp4"
    return make_clip_file(path, seconds=1).read_bytes()


@pytest.fixture
def token():
    return {"Authorization": f"Bearer {SignedAccessToken.for_user(make_user('ada'))}"}


@pytest.fixture
def http(monkeypatch, settings, token):
    """A program with Ada's token."""
    with live_app(monkeypatch) as url, httpx.Client(base_url=url, headers=token, timeout=60) as it:
        settings.BASE_URL = url
        yield it


def begun(http, size, **metadata):
    told = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items()
    )
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
    answer = http.post("/upload/tus", headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0"), answer.text
    return answer.headers["Location"]


def patch(http, place, offset, content, **more):
    headers = {**BYTES, "Upload-Offset": str(offset), **more}
    return http.patch(place, content=content, headers=headers)


def offset_at(http, place):
    answer = http.head(place, headers=TUS)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return int(answer.headers["Upload-Offset"])


def code_of(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer.json()["code"]


def taken_in(data):
    """Run the check; the video that came of it."""
    run_job(Job.objects.get(job_type="take_in_upload").pk)
    video = VideoAsset.objects.get()
    assert video.sha256 == hashlib.sha256(data).hexdigest()
    return video


def checksum(content, algorithm="sha256"):
    digest = hashlib.new(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


def test_a_video_comes_piece_by_piece(http, data, settings):
    place = begun(http, len(data), filename="../Harbour.mp4", title="At sea")
    first = patch(http, place, 0, data[:25_000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "25000")
    assert first.headers["Upload-Expires"].endswith("GMT")
    assert offset_at(http, place) == 25_000
    state = http.get(f"/uploads/{place.rpartition('/')[2]}").json()
    assert [each["arrived"] for each in state["parts"][:3]] == [True, True, False]
    assert patch(http, place, 25_000, data[25_000:]).status_code == 204
    # An answer that was lost: the sender asks, and may even send nothing at the end.
    assert offset_at(http, place) == len(data)
    assert patch(http, place, len(data), b"").status_code == 204
    video = taken_in(data)
    assert (video.title, video.original_filename) == ("At sea", "Harbour.mp4")
    done = http.get(f"/uploads/{place.rpartition('/')[2]}").json()
    assert (done["status"], done["video"]) == ("done", str(video.pk))
    folders = [Path(settings.WORK_DIR), Path(settings.MEDIA_ROOT)]
    left = [each for folder in folders for each in folder.rglob("*") if each.is_file()]
    assert left == [Path(video.file.path)]


def test_it_says_what_it_speaks(http):
    for path in ("/upload/tus", f"/upload/tus/{start_upload(size_bytes=5).pk}"):
        answer = httpx.options(f"{str(http.base_url).rstrip('/')}{path}")
        assert (answer.status_code, answer.headers["Tus-Version"]) == (200, "1.0.0")
        assert answer.headers["Tus-Max-Size"].isdigit()
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            "creation", "creation-with-upload", "expiration", "checksum", "termination",
        }  # fmt: skip
    other = http.post("/upload/tus", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert code_of(other, 412) == "media.tus-version"
    assert other.headers["Tus-Version"] == "1.0.0"


def broken_off(http, place, token, data, *, announced, sent):
    """A PATCH whose line breaks after so many bytes."""
    address = urlsplit(place)
    with socket.create_connection((address.hostname, address.port)) as line:
        head = [
            f"PATCH {address.path} HTTP/1.1",
            f"Host: {address.netloc}",
            f"Authorization: {token['Authorization']}",
            f"Content-Length: {announced}",
            "Upload-Offset: 0",
            *(f"{name}: {value}" for name, value in BYTES.items()),
        ]
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + data[:sent])


def test_what_came_before_the_line_broke_is_kept(http, data, token):
    place, half = begun(http, len(data)), len(data) // 2
    broken_off(http, place, token, data, announced=len(data), sent=half)
    for _ in range(100):
        if (offset := offset_at(http, place)) == half:
            break
    assert offset == half
    assert patch(http, place, half, data[half:]).status_code == 204
    taken_in(data)


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_bytes_that_are_not_those_of_their_checksum_are_not_kept(http, data, algorithm):
    place = begun(http, len(data), sha256=hashlib.sha256(data).hexdigest())
    right = checksum(data, algorithm)
    wrong = data[:-1] + b"?"
    assert code_of(patch(http, place, 0, wrong, **right), 460) == "media.checksum-mismatch"
    assert offset_at(http, place) == 0
    assert patch(http, place, 0, data, **right).status_code == 204
    taken_in(data)


def test_the_hash_of_the_whole_is_checked(http, data):
    place = begun(http, len(data), sha256="0" * 64)
    assert patch(http, place, 0, data).status_code == 204
    run_job(Job.objects.get(job_type="take_in_upload").pk)
    assert http.get(f"/uploads/{place.rpartition('/')[2]}").json()["error_code"] == (
        "media.upload-incomplete"
    )
    assert not VideoAsset.objects.exists()


def test_an_upload_may_begin_with_bytes_or_over_a_line_that_knows_only_post(http, data):
    headers = {**BYTES, "Upload-Length": str(len(data))}
    answer = http.post("/upload/tus", headers=headers, content=data[:100])
    assert answer.headers["Upload-Offset"] == "100"
    place = answer.headers["Location"]
    more = {**BYTES, "Upload-Offset": "100", "X-HTTP-Method-Override": "PATCH"}
    assert http.post(place, content=data[100:], headers=more).status_code == 204
    taken_in(data)
    assert code_of(http.post(place, headers=TUS), 405)


def test_what_does_not_fit_changes_nothing(http, data, token):
    place = begun(http, len(data))
    assert patch(http, place, 0, data[:100]).status_code == 204
    gap = patch(http, place, 200, data[200:300])
    assert code_of(gap, 409) == "media.offset-mismatch"
    assert gap.json()["details"]["expected_offset"] == 100
    assert code_of(patch(http, place, 0, data[:100]), 409) == "media.offset-mismatch"
    assert code_of(patch(http, place, 100, data + b"more"), 413) == "media.too-large"
    assert code_of(patch(http, place, "x", b"y"), 400)
    assert code_of(patch(http, place, 100, b"y", **{"Content-Type": "text/plain"}), 415)
    assert code_of(patch(http, place, 100, b"y", **{"Upload-Checksum": "md5 eA=="}), 400)
    assert code_of(patch(http, place, 100, b"y", **{"Upload-Checksum": "sha1 ?"}), 400)
    for headers in (
        {"Upload-Length": "-1"},
        {"Upload-Length": "0"},
        {"Upload-Defer-Length": "1"},
        {"Upload-Length": "5", "Upload-Metadata": "filename ???"},
    ):
        assert code_of(http.post("/upload/tus", headers={**TUS, **headers}), 400)
    huge = {**TUS, "Upload-Length": str(10**15)}
    assert code_of(http.post("/upload/tus", headers=huge), 413) == "media.too-large"
    assert Upload.objects.count() == 1
    assert offset_at(http, place) == 100


def test_two_cannot_send_at_once(http, data):
    place = begun(http, len(data))
    patch(http, place, 0, data[:100])
    folder = parts.parts_folder() / place.rpartition("/")[2]
    with (folder / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert code_of(patch(http, place, 100, data[100:]), 423) == "media.upload-busy"
    assert patch(http, place, 100, data[100:]).status_code == 204


def test_what_is_called_off_or_too_old_is_gone(http, data):
    place = begun(http, len(data))
    patch(http, place, 0, data[:100])
    assert http.delete(place, headers=TUS).status_code == 204
    assert http.head(place, headers=TUS).status_code == 410
    assert code_of(patch(http, place, 100, b"x"), 410) == "media.upload-gone"
    assert code_of(http.delete(place, headers=TUS), 410) == "media.upload-gone"
    assert list(parts.parts_folder().iterdir()) == []
    old = begun(http, len(data))
    overwrite(
        Upload.objects.filter(status="open"), expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert http.head(old, headers=TUS).status_code == 410


class Body:
    def __init__(self, data, here=None):
        self.data, self.here = data, here

    def read(self, size):
        if not self.data and self.here:
            self.here()
        piece, self.data = self.data[:4_000], self.data[4_000:]
        return piece


@pytest.mark.parametrize("where", ["in a part", "part taken", "part not taken", "not finished"])
def test_a_kill_loses_nothing_that_was_told(data, monkeypatch, where):
    """kill -9 at the steps of an upload; the sender asks how far it is, and goes on from there."""
    upload = start_upload(size_bytes=len(data))
    take = parts.LOCAL.take

    def work(here):
        body = Body(data[:14_000], here)
        if where == "part taken":
            monkeypatch.setattr(parts.LOCAL, "take", lambda *told: (take(*told), here()))
        elif where == "part not taken":
            monkeypatch.setattr(parts.LOCAL, "take", lambda *told: here())
        elif where == "not finished":
            monkeypatch.setattr(growing, "finish_upload", lambda it: here())
            body = Body(data)
        growing.grow(upload, 0, body)

    _killed(work)
    offset = growing.offset_of(upload)
    told = {"in a part": 14_000, "not finished": len(data)}
    assert offset == told.get(where, 10_000)
    assert growing.grow(upload, offset, Body(data[offset:])) == len(data)
    taken_in(data)


def _killed(work):
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


def test_a_long_body_comes_in_slices_and_a_refusal_ends_it():
    seen = []

    async def app(scope, receive, send):
        headers = dict(scope["headers"])
        body = (await receive())["body"]
        seen.append((int(headers[b"upload-offset"]), body))
        assert int(headers[b"content-length"]) == len(body)
        status = 204 if len(seen) < 4 else 409
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % len(seen)})

    pieces = [b"abcde", b"fgh", b"", b"ijklmnopqrstuvwxyz"]

    async def receive():
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    answers = []

    async def send(message):
        answers.append(message)

    headers = [(b"upload-offset", b"100"), (b"content-length", b"26")]
    scope = {"type": "http", "method": "PATCH", "path": "/upload/tus/x", "headers": headers}
    asyncio.run(TusSlices(app, prefix="/upload/tus/", slice_bytes=4)(scope, receive, send))
    assert seen == [(100, b"abcd"), (104, b"efgh"), (108, b"ijkl"), (112, b"mnop")]
    assert [each.get("status") for each in answers] == [409, None]


def test_the_python_client_of_tus(http, data, token, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(data)
    client = TusClient(f"{str(http.base_url).rstrip('/')}/upload/tus", headers=token)
    names = {"filename": "Harbour.mp4"}
    sender = client.uploader(str(film), chunk_size=9_999, metadata=names, upload_checksum=True)
    sender.upload_chunk()
    sender.upload_chunk()
    # Another process, that only knows the address.
    again = client.uploader(str(film), url=sender.url, chunk_size=50_000)
    assert again.offset == 19_998
    again.upload()
    assert taken_in(data).original_filename == "Harbour.mp4"


@pytest.fixture(scope="session")
def tus_js(tmp_path_factory):
    """A folder with tus-js-client in it."""
    if not shutil.which("npm"):
        pytest.skip("Node is not here, so tus-js-client is not tried.")
    folder = tmp_path_factory.mktemp("tus-js")
    for each in (Path(__file__).parent / "tus_js").iterdir():
        shutil.copy(each, folder)
    install = ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=9000"]
    got = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if got.returncode:
        pytest.skip("npm cannot fetch tus-js-client here, so it is not tried.")
    return folder


def test_the_javascript_client_of_tus(http, data, token, tus_js, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(data)
    asked = {
        "endpoint": f"{str(http.base_url).rstrip('/')}/upload/tus",
        "file": str(film),
        "headers": token,
        "stopAfter": len(data) // 3,
    }
    command = ["node", "send.mjs", json.dumps(asked)]
    sent = subprocess.run(command, cwd=tus_js, capture_output=True, text=True, timeout=120)
    assert sent.returncode == 0, sent.stderr
    told = json.loads(sent.stdout)
    assert 0 < told["resumedAt"] < len(data)
    assert taken_in(data).original_filename == "Harbour.mp4"
