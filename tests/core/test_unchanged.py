"""Reads say whether they changed, and rows can be asked for in part."""

import hashlib
import threading

import httpx
import pytest
from drf_spectacular.generators import SchemaGenerator

from media_assets.models import Clip, VideoAsset
from stakazo.identity.services import create_api_key
from tests.factories import make_clip, make_user, make_video
from tests.live import live_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def asked_again(client, path, tag):
    return client.get(path, headers={"If-None-Match": tag})


def test_an_object_that_did_not_change_is_not_sent_again(ada):
    path = f"/videos/{make_video(title='Harbour').pk}"
    first = ada.get(path)
    tag = first["ETag"]
    assert tag == f'"{hashlib.sha256(first.content).hexdigest()[:32]}"'
    assert first["Cache-Control"] == "private, no-cache"

    same = asked_again(ada, path, tag)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert "Accept" in same["Vary"]
    assert same["X-Request-Id"]
    for others in (f'"x", {tag}', f"W/{tag}", "*"):
        assert asked_again(ada, path, others).status_code == 304
    for others in ('"x"', "x", "", '"', tag.strip('"')):
        assert asked_again(ada, path, others).status_code == 200

    VideoAsset.objects.update(title="Harbour, at night")
    changed = asked_again(ada, path, tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    assert changed.json()["title"] == "Harbour, at night"


def test_a_list_has_another_tag_when_a_row_comes_or_changes(ada):
    clip = make_clip()
    tag = ada.get("/clips")["ETag"]
    assert asked_again(ada, "/clips", tag).status_code == 304
    assert asked_again(ada, "/clips?limit=1", tag).status_code == 304  # the very same bytes
    Clip.objects.filter(pk=clip.pk).update(title="The chorus")
    changed = asked_again(ada, "/clips", tag)
    assert changed.status_code == 200
    make_clip()
    assert asked_again(ada, "/clips", changed["ETag"]).status_code == 200


def test_what_is_no_read_or_no_answer_has_no_tag(ada):
    assert "ETag" not in ada.get("/videos/0190a0b0-0000-7000-8000-000000000001")
    assert "ETag" not in ada.post("/alerts", {"title": "x"}, content_type="application/json")
    for path in ("/debug/health/live", "/telemetry/snapshot", "/ledger/tail"):
        assert "ETag" not in ada.get(path), path


def test_nobody_learns_from_a_tag_what_they_may_not_see(client, ada):
    path = f"/videos/{make_video().pk}"
    tag = ada.get(path)["ETag"]
    ada.logout()
    assert asked_again(client, path, tag).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_no_change_hides_behind_a_tag_however_many_look_meanwhile(monkeypatch):
    """Readers poll while a title changes; who changed it never gets a 304 for what was before."""
    video = make_video(title="0")
    _, key = create_api_key(user=make_user("ada"), name="eyes", scopes=["read"])
    wrong, over = [], threading.Event()

    def poll(client, path):
        tag, known = "", None
        while not over.is_set():
            answer = client.get(path, headers={"If-None-Match": tag})
            if answer.status_code == 200:
                title = int(answer.json()["title"])
                if known is not None and title <= known:
                    wrong.append((known, title))
                tag, known = answer.headers["ETag"], title

    with live_app(monkeypatch) as address:
        path, headers = f"/videos/{video.pk}", {"X-Api-Key": key}
        with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
            readers = [threading.Thread(target=poll, args=(client, path)) for _ in range(4)]
            for reader in readers:
                reader.start()
            tag = client.get(path).headers["ETag"]
            for number in range(1, 25):
                VideoAsset.objects.filter(pk=video.pk).update(title=str(number))
                answer = client.get(path, headers={"If-None-Match": tag})
                assert (answer.status_code, answer.json()["title"]) == (200, str(number))
                tag = answer.headers["ETag"]
            over.set()
            for reader in readers:
                reader.join()
    assert wrong == []


def test_the_schema_is_the_contract_in_both_forms_and_made_once(client, settings, monkeypatch):
    as_yaml = client.get("/schema")
    assert as_yaml.content == (settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes()
    as_json = client.get("/schema", headers={"Accept": "application/json"})
    assert as_json["Content-Type"] == "application/json"
    assert as_json.json()["openapi"] == "3.1.0"
    assert asked_again(client, "/schema", as_yaml["ETag"]).status_code == 304
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)
    assert client.get("/schema").content == as_yaml.content


# --- Some of the fields ---------------------------------------------------------------------------


def test_a_list_gives_only_the_fields_that_are_asked_for(ada):
    clip = make_clip()
    page = ada.get("/clips?fields=id,status,id").json()
    assert page["results"] == [{"id": str(clip.pk), "status": "ready"}]
    assert page["fields"] == ["id", "status"]
    assert ada.get("/clips?fields=rank&fields=id").json()["results"] == [
        {"id": str(clip.pk), "rank": 1}
    ]
    assert "fields" not in ada.get("/clips").json()


def test_the_next_page_has_the_same_fields(ada):
    for _ in range(3):
        make_clip()
    page = ada.get("/clips?fields=id&limit=2").json()
    following = ada.get(page["next"]).json()
    assert [len(page["results"]), len(following["results"])] == [2, 1]
    assert following["results"][0].keys() == {"id"}


@pytest.mark.parametrize(
    "path", ["/videos", "/clips", "/variants", "/jobs", "/publications", "/campaigns"]
)
def test_a_name_that_is_none_is_refused_with_those_that_are(ada, path):
    for names in ("nonsense", "id,", "", "id%00"):
        answer = ada.get(f"{path}?fields={names}")
        assert answer.status_code == 400
        assert "There is: id, " in answer.text
    assert ada.get(f"{path}?fields=id").status_code == 200
    assert ada.get(f"{path}?fields=id", headers={"Accept": "text/html"}).status_code == 200
