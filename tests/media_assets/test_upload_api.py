"""POST /upload, through the real HTTP door."""

import contextlib
import io
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings as django_settings
from django.test import Client

from jobs.models import Job
from ledger.models import LedgerEvent
from media_assets.models import VideoAsset
from stakazo.identity.tokens import SignedAccessToken
from tests.factories import make_user
from tests.live import live_app
from tests.media import make_clip_file
from tests.media_assets.bad_files import BAD_FILES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clip_file(tmp_path):
    return make_clip_file(tmp_path / "in" / "Harbour lights.mp4")


@pytest.fixture
def base_url(monkeypatch):
    with live_app(monkeypatch) as url:
        yield url


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def http(base_url, ada):
    """A program with Ada's token."""
    token = {"Authorization": f"Bearer {SignedAccessToken.for_user(ada)}"}
    with httpx.Client(base_url=base_url, headers=token, timeout=60) as client:
        yield client


@pytest.fixture
def browser(ada):
    """Ada's browser, whose session needs a CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.cookies["csrftoken"] = "a" * 32
    return client


def nothing_is_left(settings):
    folders = [settings.MEDIA_ROOT, settings.WORK_DIR, django_settings.FILE_UPLOAD_TEMP_DIR]
    assert not [f for folder in folders for f in Path(folder).rglob("*") if f.is_file()]
    assert (VideoAsset.objects.count(), Job.objects.count()) == (0, 0)
    assert not LedgerEvent.objects.filter(entity_type="video_asset").exists()


def in_the_one_shape(answer, code, status):
    assert (answer.status_code, set(answer.json())) == (
        status,
        {"code", "message", "details", "request_id"},
    )
    assert answer.json()["code"] == code
    assert answer.headers["content-type"].startswith("application/json")


def test_a_form_brings_a_video_in(http, clip_file, base_url):
    with clip_file.open("rb") as file:
        answer = http.post("/upload", files={"file": ("v.mp4", file)}, data={"title": "Harbour"})
    body = answer.json()
    assert (answer.status_code, body["created"]) == (201, True)
    assert (body["video"]["title"], body["video"]["status"]) == ("Harbour", "validated")
    assert (body["job"]["job_type"], body["job"]["status"]) == ("cut_analysis", "pending")
    assert body["job"]["url"] == f"{base_url}/jobs/{Job.objects.get().pk}"
    assert (
        answer.headers["location"]
        == body["video"]["url"]
        == f"{base_url}/videos/{body['video']['id']}"
    )
    assert http.get(body["video"]["file_url"]).content == clip_file.read_bytes()
    assert not list(Path(django_settings.FILE_UPLOAD_TEMP_DIR).iterdir())


@pytest.mark.parametrize("kind", ["video/mp4", "application/octet-stream", "video/quicktime"])
def test_a_bare_body_brings_a_video_in(http, clip_file, kind):
    answer = http.post(
        "/upload",
        params={"filename": "../Night.mp4", "title": ""},
        content=clip_file.read_bytes(),
        headers={"Content-Type": kind},
    )
    assert answer.status_code == 201
    assert answer.json()["video"]["original_filename"] == "Night.mp4"
    assert answer.json()["video"]["title"] == "Night"


def test_a_body_that_does_not_say_its_length_comes_in(http, clip_file):
    data = clip_file.read_bytes()
    pieces = [data[at : at + 5000] for at in range(0, len(data), 5000)]
    answer = http.post("/upload", content=iter(pieces), headers={"Content-Type": "video/mp4"})
    assert (answer.status_code, answer.json()["video"]["size_bytes"]) == (201, len(data))


def test_a_body_without_a_length_is_cut_off_at_the_limit(http, settings, monkeypatch):
    from stakazo.asgi import application

    monkeypatch.setitem(application.app.larger, "/upload", 50_000)
    sent = []

    def endless():
        while len(sent) < 1000:
            sent.append(1)
            yield bytes(20_000)

    with contextlib.suppress(httpx.WriteError, httpx.ReadError):  # it may hang up while we send
        answer = http.post("/upload", content=endless(), headers={"Content-Type": "video/mp4"})
        in_the_one_shape(answer, "stakazo.too-large", 413)
    nothing_is_left(settings)


def test_a_sender_that_breaks_off_between_chunks_leaves_nothing(http, base_url, settings):
    at = urlsplit(base_url)
    with socket.create_connection((at.hostname, at.port), timeout=30) as wire:
        wire.sendall(
            b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\n"
            + f"Authorization: {http.headers['authorization']}\r\n".encode()
            + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        )
    assert http.get("/videos").json()["results"] == []
    nothing_is_left(settings)


def test_the_same_bytes_again_answer_200(http, clip_file, settings):
    first = http.post("/upload", files={"file": clip_file.read_bytes()})
    again = http.post("/upload", files={"file": ("other.mp4", clip_file.read_bytes())})
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert again.json()["video"]["id"] == first.json()["video"]["id"]
    assert again.json()["job"]["id"] == first.json()["job"]["id"]
    assert (VideoAsset.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.parametrize(("make", "code", "status"), BAD_FILES)
def test_a_bad_file_is_refused_and_nothing_is_left(browser, tmp_path, settings, make, code, status):
    path = tmp_path / "in" / "v.mp4"
    path.parent.mkdir()
    make(path)
    with path.open("rb") as file:
        answer = browser.post("/upload", {"file": file}, headers={"X-CSRFToken": "a" * 32})
    in_the_one_shape(answer, code, status)
    nothing_is_left(settings)


def test_a_bad_file_is_refused_over_the_wire_too(http, settings):
    in_the_one_shape(
        http.post("/upload", files={"file": ("v.mp4", b"#EXTM3U\nfile:///etc/passwd\n")}),
        "media.playlist-refused",
        415,
    )
    in_the_one_shape(http.post("/upload", files={"file": ("v.mp4", b"")}), "media.empty-file", 400)
    nothing_is_left(settings)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/shadow",
        "a\u202e.mp4",
        "%2e%2e/x.mp4",
        "x" * 300,
    ],
)
def test_tricks_in_the_filename_change_nothing(http, clip_file, settings, name):
    answer = http.post("/upload", files={"file": (name, clip_file.read_bytes())})
    assert answer.status_code == 201
    video = VideoAsset.objects.get()
    stored = [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()]
    assert [str(each) for each in stored] == [video.file.path]
    assert video.file.name.startswith(f"videos/{video.sha256[:2]}/{video.sha256}-")
    assert "/" not in video.original_filename
    assert "\\" not in video.original_filename


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"data": {"title": "no file"}, "files": {"other": b"x"}}, "media.no-file"),
        ({"files": [("file", b"x"), ("file", b"y")]}, "media.no-file"),
        ({"files": {"file": b"x"}, "data": {"title": "t" * 201}}, "stakazo.invalid-input"),
        (
            {
                "content": b"not a form",
                "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            },
            "media.upload-incomplete",
        ),
        ({"content": b"", "headers": {"Content-Type": "video/mp4"}}, "media.empty-file"),
    ],
)
def test_a_request_that_is_not_an_upload_is_refused(http, settings, sent, code):
    in_the_one_shape(http.post("/upload", **sent), code, 400)
    nothing_is_left(settings)


def test_a_body_that_is_neither_form_nor_video_is_refused(http, settings):
    in_the_one_shape(
        http.post("/upload", json={"file": "x"}), "stakazo.unsupported-media-type", 415
    )
    nothing_is_left(settings)


def raw_request(base_url, http, *, body, declared, kind):
    """Send exactly these bytes under this Content-Length, then say no more; the answer, if any."""
    at = urlsplit(base_url)
    with socket.create_connection((at.hostname, at.port), timeout=30) as wire:
        wire.sendall(
            f"POST /upload HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: {kind}\r\n"
            f"Authorization: {http.headers['Authorization']}\r\n"
            f"Content-Length: {declared}\r\nConnection: close\r\n\r\n".encode()
        )
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(body)
            if len(body) < declared and body:
                wire.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := wire.recv(65536):
                answer += chunk
    return answer


def a_form(data, *, end=b"\r\n--edge--\r\n"):
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n'
    return head + data + end


def test_a_length_longer_than_the_body_leaves_nothing(http, base_url, clip_file, settings):
    body = a_form(clip_file.read_bytes())
    answer = raw_request(
        base_url,
        http,
        body=body,
        declared=len(body) + 10,
        kind="multipart/form-data; boundary=edge",
    )
    assert b"201" not in answer.split(b"\r\n")[0]
    assert http.get("/videos").json()["results"] == []
    nothing_is_left(settings)


def test_a_length_shorter_than_the_body_is_refused(http, base_url, clip_file, settings):
    body = a_form(clip_file.read_bytes())
    answer = raw_request(
        base_url,
        http,
        body=body,
        declared=len(body) - 400,
        kind="multipart/form-data; boundary=edge",
    )
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"media.upload-incomplete" in answer
    nothing_is_left(settings)


def test_a_bare_body_shorter_than_the_file_is_refused(http, base_url, clip_file, settings):
    body = clip_file.read_bytes()
    answer = raw_request(base_url, http, body=body, declared=len(body) - 400, kind="video/mp4")
    assert answer.startswith(b"HTTP/1.1 422")
    assert b"media.truncated" in answer
    nothing_is_left(settings)


def test_a_server_that_lets_a_short_body_through_is_not_believed(browser, clip_file, settings):
    """Under WSGI nobody else compares the length with what came."""
    answer = browser.generic(
        "POST", "/upload",
        headers={"X-CSRFToken": "a" * 32},
        **{
            "wsgi.input": io.BytesIO(clip_file.read_bytes()),
            "CONTENT_TYPE": "video/mp4",
            "CONTENT_LENGTH": str(clip_file.stat().st_size + 5),
        },
    )  # fmt: skip
    in_the_one_shape(answer, "media.upload-incomplete", 400)
    nothing_is_left(settings)


def test_a_file_that_is_too_large_is_refused_as_it_arrives(browser, clip_file, settings):
    settings.MEDIA_LIMITS = {**settings.MEDIA_LIMITS, "max_bytes": 5000}
    with clip_file.open("rb") as file:
        answer = browser.post("/upload", {"file": file}, headers={"X-CSRFToken": "a" * 32})
    in_the_one_shape(answer, "media.too-large", 413)
    nothing_is_left(settings)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(http, base_url, settings):
    answer = raw_request(base_url, http, body=b"", declared=6 * 1024**3, kind="video/mp4")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"stakazo.too-large" in answer
    nothing_is_left(settings)


def test_other_paths_take_small_bodies_only(http):
    in_the_one_shape(http.post("/videos", content=b"x" * (17 * 1024**2)), "stakazo.too-large", 413)


def test_nobody_uploads_without_a_login(base_url, clip_file, settings):
    in_the_one_shape(
        httpx.post(f"{base_url}/upload", files={"file": clip_file.read_bytes()}),
        "stakazo.not-authenticated",
        401,
    )
    nothing_is_left(settings)


def test_a_browser_needs_its_csrf_token(browser, clip_file, settings):
    with clip_file.open("rb") as file:
        answer = browser.post("/upload", {"file": file})
    in_the_one_shape(answer, "stakazo.permission-denied", 403)
    nothing_is_left(settings)
    with clip_file.open("rb") as file:
        answer = browser.post("/upload", {"file": file, "csrfmiddlewaretoken": "a" * 32})
    assert answer.status_code == 201


def test_a_browser_without_its_token_leaves_no_bare_body_behind(browser, clip_file, settings):
    answer = browser.post("/upload", clip_file.read_bytes(), content_type="video/mp4")
    in_the_one_shape(answer, "stakazo.permission-denied", 403)
    nothing_is_left(settings)


def test_the_browsable_page_has_a_form_with_a_file(browser):
    page = browser.get("/upload", headers={"Accept": "text/html"})
    assert page.status_code == 405
    assert 'type="file"' in page.text or "rest_framework/api.html" in page.text
