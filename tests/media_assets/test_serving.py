"""/media/…: the right bytes, in parts, to the right people, from nowhere else."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from django.test import AsyncClient

from media_assets.api import serving
from media_assets.files import media_link, signature_holds, signed_url
from stakazo.identity.tokens import SignedAccessToken
from tests.factories import make_user, make_variant, make_video
from tests.live import live_app

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4000  # more than one piece


@pytest.fixture
def stored(settings):
    """A stored file, by name."""
    return default_storage.save("variants/v.mp4", ContentFile(CONTENT))


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def body(answer):
    return answer.getvalue() if answer.streaming else answer.content


def test_the_whole_file(ada, stored):
    answer = ada.get(f"/media/{stored}")
    assert (answer.status_code, body(answer)) == (200, CONTENT)
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, len(CONTENT)),
        ("bytes=100-199", 100, 200),
        ("bytes=1000000-99999999", 1_000_000, len(CONTENT)),
        ("bytes=-500", len(CONTENT) - 500, len(CONTENT)),
        ("bytes=-99999999", 0, len(CONTENT)),
        (f"bytes={len(CONTENT) - 1}-", len(CONTENT) - 1, len(CONTENT)),
    ],
)
def test_a_part_of_the_file(ada, stored, asked, start, end):
    answer = ada.get(f"/media/{stored}", headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (206, CONTENT[start:end])
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", "bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there(ada, stored, asked):
    answer = ada.get(f"/media/{stored}", headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
    assert answer.json()["code"] == "stakazo.range-not-satisfiable"


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-1", "bytes=-", "bytes=a-b", "seconds=1-2", "bytes=0-1,5-9", "bytes", "bytes=１-２"],
)
def test_what_is_not_one_range_gets_the_whole(ada, stored, asked):
    assert (
        ada.get(f"/media/{stored}", headers={"Range": asked.encode().decode("latin-1")}).status_code
        == 200
    )


def test_if_range_and_etag(ada, stored):
    etag = ada.get(f"/media/{stored}")["ETag"]
    part = {"Range": "bytes=0-9"}
    assert ada.get(f"/media/{stored}", headers=part | {"If-Range": etag}).status_code == 206
    assert ada.get(f"/media/{stored}", headers=part | {"If-Range": '"old"'}).status_code == 200
    unchanged = ada.get(f"/media/{stored}", headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    os.utime(default_storage.path(stored), (1, 1))
    assert ada.get(f"/media/{stored}", headers={"If-None-Match": etag}).status_code == 200


def test_if_modified_since(ada, stored):
    when = ada.get(f"/media/{stored}")["Last-Modified"]
    assert ada.get(f"/media/{stored}", headers={"If-Modified-Since": when}).status_code == 304


def test_head_tells_without_sending(ada, stored):
    answer = ada.head(f"/media/{stored}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Length"] == str(len(CONTENT))
    part = ada.head(f"/media/{stored}", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part["Content-Length"]) == (206, "10")


@pytest.mark.parametrize("accept", ["video/*", "image/avif,image/webp", "*/*", "text/html"])
def test_players_may_ask_for_what_they_like(ada, stored, accept):
    assert ada.get(f"/media/{stored}", headers={"Accept": accept}).status_code == 200


def test_what_is_not_media_is_a_download(ada):
    name = default_storage.save("videos/page.html", ContentFile(b"<script>alert(1)</script>"))
    answer = ada.get(f"/media/{name}")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_nobody_gets_a_file_without_a_login(client, stored):
    answer = client.get(f"/media/{stored}")
    assert (answer.status_code, answer.json()["code"]) == (401, "stakazo.not-authenticated")


def test_a_token_will_do(client, stored):
    token = SignedAccessToken.for_user(make_user("cleo"))
    answer = client.get(f"/media/{stored}", headers={"Authorization": f"Bearer {token}"})
    assert body(answer) == CONTENT


def test_a_signed_link_will_do_for_its_file_and_its_time(client, settings):
    settings.BASE_URL = "https://stakazo.example"
    variant, other = make_variant(content=b"one"), make_variant(content=b"two")
    url = signed_url(variant.file, lifetime_s=60)
    assert url.startswith(f"https://stakazo.example/media/{variant.file.name}?expires=")
    at = urlsplit(url)
    assert body(client.get(f"{at.path}?{at.query}")) == b"one"
    assert client.head(f"{at.path}?{at.query}").status_code == 200
    assert client.get(f"{media_link(other.file)}?{at.query}").status_code == 401
    assert client.get(f"{at.path}?{at.query}x").status_code == 401
    longer = at.query.replace("expires=", "expires=9")
    assert client.get(f"{at.path}?{longer}").status_code == 401
    old = urlsplit(signed_url(variant.file, lifetime_s=-1))
    assert client.get(f"{old.path}?{old.query}").status_code == 401


def test_a_signature_ends_with_its_time():
    query = dict(
        each.split("=")
        for each in urlsplit(signed_url(make_video().file, lifetime_s=10)).query.split("&")
    )
    name, ends = make_video().file.name, float(query["expires"])
    assert not signature_holds(name, **query, now=ends)
    assert not signature_holds(name, expires="never", signature=query["signature"])


@pytest.mark.parametrize(
    "path",
    [
        "/media/../stakazo.sqlite3",
        "/media/..%2fsecret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/variants/../../secret.txt",
        "/media//etc/passwd",
        "/media/%2fetc%2fpasswd",
        "/media/variants/.v.mp4.123",
        "/media/link.txt",
        "/media/variants",
        "/media/variants/",
        "/media/variants/v.mp4/",
        "/media/a%00b",
        "/media/..\\secret.txt",
        "/media/none.mp4",
    ],
)
def test_nothing_else_is_served(ada, stored, settings, path):
    root = Path(settings.MEDIA_ROOT)
    (root.parent / "secret.txt").write_text("secret")
    (root / "variants" / ".v.mp4.123").write_text("half a file")
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    answer = ada.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "stakazo.not-found"


@pytest.fixture
def signed_path():
    """Of a file of more than one piece, for whoever holds it."""
    at = urlsplit(signed_url(make_variant(content=CONTENT).file))
    return f"{at.path}?{at.query}"


async def test_under_asgi_a_file_goes_out_in_pieces(signed_path):
    answer = await AsyncClient().get(signed_path, headers={"Range": "bytes=1-"})
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.is_async
    pieces = [piece async for piece in answer]
    assert b"".join(pieces) == CONTENT[1:]
    assert max(map(len, pieces)) <= serving._CHUNK_BYTES
    assert len(pieces) > 1


@pytest.mark.django_db(transaction=True)
def test_a_player_seeks_over_the_wire(stored, monkeypatch):
    token = {"Authorization": f"Bearer {SignedAccessToken.for_user(make_user('ada'))}"}
    with live_app(monkeypatch) as base_url, httpx.Client(base_url=base_url, headers=token) as http:
        part = http.get(f"/media/{stored}", headers={"Range": "bytes=5-14"})
        assert (part.status_code, part.content) == (206, CONTENT[5:15])
        with http.stream("GET", f"/media/{stored}") as left_early:
            next(left_early.iter_raw())
        assert http.head(f"/media/{stored}").headers["content-length"] == str(len(CONTENT))
        assert http.get(f"/media/{stored}").content == CONTENT
