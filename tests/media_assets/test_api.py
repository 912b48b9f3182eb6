"""The API of videos, clips and variants."""

import json

import pytest

from jobs.models import Job
from ledger.models import LedgerEvent
from media_assets.models import VideoAsset
from tests.factories import make_clip, make_user, make_variant, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def post(client, path, **data):
    return client.post(path, json.dumps(data), content_type="application/json")


def ids(answer):
    return [each["id"] for each in answer.json()["results"]]


def test_videos_are_listed_newest_first(ada):
    old, new = make_video(title="Harbour"), make_video(title="Night", status="ready")
    assert ids(ada.get("/videos")) == [str(new.pk), str(old.pk)]
    assert ids(ada.get("/videos?status=ready")) == [str(new.pk)]
    assert ids(ada.get("/videos?title=harb")) == [str(old.pk)]
    assert ada.get("/videos?status=lost").status_code == 400


def test_lists_come_in_pages(ada):
    videos = [make_video() for _ in range(3)]
    first = ada.get("/videos?limit=2").json()
    second = ada.get(first["next"])
    assert [each["id"] for each in first["results"]] == [str(videos[2].pk), str(videos[1].pk)]
    assert ids(second) == [str(videos[0].pk)]


def test_one_video_tells_all(ada):
    video = make_video(probe={"bit_depth": 10})
    body = ada.get(f"/videos/{video.pk}").json()
    assert body["probe"] == {"bit_depth": 10}
    assert body["file_url"] == f"http://testserver/media/{video.file.name}"
    assert body["thumbnail_url"] is None
    assert body["clips_url"] == f"http://testserver/clips?video_asset={video.pk}"
    assert "probe" not in ada.get("/videos").json()["results"][0]


def test_the_links_of_an_answer_lead_on(ada):
    variant = make_variant()
    video = ada.get(f"/videos/{variant.clip.video_asset_id}").json()
    (clip,) = ada.get(video["clips_url"]).json()["results"]
    (rendered,) = ada.get(clip["variants_url"]).json()["results"]
    assert ada.get(clip["url"]).json() == clip
    assert ada.get(rendered["url"]).json() == rendered
    assert rendered["id"] == str(variant.pk)
    assert ada.get(rendered["file_url"]).getvalue() == b"not really a video"


def test_clips_are_narrowed(ada):
    video = make_video()
    good, poor = make_clip(video, visual_score=0.9), make_clip(video, visual_score=0.2)
    other = make_clip(visual_score=0.7, status="archived")
    assert ids(ada.get(f"/clips?video_asset={video.pk}")) == [str(poor.pk), str(good.pk)]
    assert ids(ada.get("/clips?min_score=0.5")) == [str(other.pk), str(good.pk)]
    assert ids(ada.get("/clips?status=ready&min_score=0.5")) == [str(good.pk)]


def test_variants_are_narrowed(ada):
    first, second = make_variant(), make_variant(format="square_1080x1080")
    assert ids(ada.get("/variants")) == [str(second.pk), str(first.pk)]
    assert ids(ada.get(f"/variants?clip={first.clip_id}")) == [str(first.pk)]
    assert ids(ada.get(f"/variants?video_asset={second.clip.video_asset_id}")) == [str(second.pk)]
    assert ids(ada.get("/variants?render_format=square_1080x1080")) == [str(second.pk)]


def test_what_is_not_there_is_a_404(ada):
    for path in ["/videos", "/clips", "/variants"]:
        answer = ada.get(f"{path}/0190a0b0-0000-7000-8000-000000000001")
        assert (answer.status_code, answer.json()["code"]) == (404, "stakazo.not-found")


def test_variants_are_asked_for(ada):
    clip = make_clip()
    answer = post(ada, f"/clips/{clip.pk}/variants", formats=["square_1080x1080"], title="Hi")
    job = Job.objects.get()
    assert (answer.status_code, answer.json()["job"]["id"]) == (202, str(job.pk))
    assert answer.json()["job"]["url"] == f"http://testserver/jobs/{job.pk}"
    assert (job.payload["formats"], job.payload["title"]) == (["square_1080x1080"], "Hi")
    again = post(ada, f"/clips/{clip.pk}/variants", formats=["square_1080x1080"], title="Hi")
    assert again.json()["job"]["id"] == str(job.pk)


def test_variants_in_every_format_when_none_is_named(ada):
    post(ada, f"/clips/{make_clip().pk}/variants")
    assert len(Job.objects.get().payload["formats"]) == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"formats": ["cinema"]}, "media.unknown-format"),
        ({"formats": []}, "stakazo.invalid-input"),
        ({"formats": "square_1080x1080"}, "stakazo.invalid-input"),
        ({"caption": "x" * 301}, "stakazo.invalid-input"),
    ],
)
def test_a_wrong_wish_is_refused(ada, data, code):
    answer = post(ada, f"/clips/{make_clip().pk}/variants", **data)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Job.objects.exists()


def test_a_clip_is_put_aside_and_taken_back(ada):
    clip = make_clip()
    assert post(ada, f"/clips/{clip.pk}/archive", why="blurred").json()["status"] == "archived"
    twice = post(ada, f"/clips/{clip.pk}/archive")
    assert (twice.status_code, twice.json()["code"]) == (409, "ledger.illegal-move")
    assert post(ada, f"/clips/{clip.pk}/restore").json()["status"] == "ready"
    event = LedgerEvent.objects.get(event_type="clip_archived")
    assert event.metadata["why"] == "blurred"
    assert event.actor.startswith("user:")


def test_a_video_is_analysed_again(ada):
    video = make_video(status=VideoAsset.Status.READY)
    answer = post(ada, f"/videos/{video.pk}/analyse", clip_count=5)
    assert (answer.status_code, Job.objects.get().payload["clip_count"]) == (202, 5)
    assert post(ada, f"/videos/{video.pk}/analyse", clip_count=0).status_code == 400


@pytest.mark.parametrize("path", ["/videos", "/clips", "/variants"])
def test_a_list_takes_few_queries(ada, path, django_assert_max_num_queries):
    for _ in range(5):
        make_variant()
    with django_assert_max_num_queries(4):
        assert len(ada.get(path).json()["results"]) == 5


@pytest.mark.parametrize("path", ["/videos", "/clips", "/variants"])
def test_nobody_looks_without_a_login(client, path):
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/videos", "/clips", "/variants", "/upload"])
def test_the_pages_for_people_work(ada, path):
    make_variant()
    page = ada.get(path, headers={"Accept": "text/html"})
    assert page["Content-Type"].startswith("text/html")
