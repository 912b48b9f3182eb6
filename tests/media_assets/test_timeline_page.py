"""The page on which operators cut by hand, as the server makes it."""

import cv2
import numpy as np
import pytest

from jobs.models import Job
from media_assets.files import storage_origin
from media_assets.models import Clip, VideoAsset
from media_assets.services.clips import request_analysis
from tests.factories import make_clip, make_user, make_variant, make_video
from tests.hand_films import analysed, steady_film

pytestmark = pytest.mark.django_db

VIDEOS = "/admin/media_assets/videoasset/"
OUTDATED = "analyses/00/00-v0-older.npz"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


@pytest.fixture
def video(tmp_path):
    return analysed(steady_film(tmp_path / "film.mp4"))


def page_of(video):
    return f"{VIDEOS}{video.pk}/timeline/"


def test_the_pages_of_a_video_and_its_clips_lead_to_the_time_line(ada):
    clip = make_clip()
    page = page_of(clip.video_asset)
    assert f'href="{page}"' in ada.get(f"{VIDEOS}{clip.video_asset_id}/change/").text
    assert f"{page}?clip={clip.pk}" in ada.get(f"/admin/media_assets/clip/{clip.pk}/change/").text


def test_a_video_that_was_not_watched_says_so_and_offers_the_analysis(ada):
    video = make_video()
    page = ada.get(page_of(video)).text
    assert "has not been analysed yet" in page
    assert "Analyse it now" in page
    assert "editor.js" not in page
    asked = {"action": "analyse_again", "_selected_action": str(video.pk), "index": 0, "back": 1}
    ada.post(VIDEOS, asked)
    assert Job.objects.get().job_type == "cut_analysis"
    page = ada.get(page_of(video)).text
    assert "<progress" in page
    assert "Analyse it now" not in page


def test_an_analysis_of_an_earlier_version_has_to_be_made_again(ada, video):
    VideoAsset.objects.filter(pk=video.pk).update(analysis_file=OUTDATED)
    page = ada.get(page_of(video)).text
    assert "earlier version" in page
    assert "Analyse it now" in page


def test_the_form_makes_a_clip_and_goes_to_it(ada, video):
    page = ada.post(page_of(video), {"start": "0:01", "end": "3,5", "title": "A <b>"}, follow=True)
    clip = Clip.objects.get(made_by="operator")
    assert page.redirect_chain[-1][0] == f"/admin/media_assets/clip/{clip.pk}/change/"
    assert (clip.start_ms, clip.end_ms) == (1000, 3500)
    assert "The clip is there." in page.text
    assert "A &lt;b&gt;" in page.text
    assert "A <b>" not in ada.get(page_of(video)).text


def test_the_form_keeps_what_was_wrong_and_says_why(ada, video):
    page = ada.post(page_of(video), {"start": "0:01", "end": "later"})
    assert page.status_code == 400
    assert "Write a time as 01:05.300." in page.text
    assert 'value="later"' in page.text
    page = ada.post(page_of(video), {"start": "0:07", "end": "0:30"})
    assert page.status_code == 400
    assert "the pictures of the video run from 0:00.000 to 0:08.000" in page.text
    assert not Clip.objects.filter(made_by="operator").exists()


def test_moved_marks_say_what_became_of_the_old_clip(ada, video):
    old = Clip.objects.get()
    assert f'value="{old.pk}" selected' in ada.get(page_of(video), {"clip": old.pk}).text
    moved = {"clip": str(old.pk), "start": "0:01", "end": "0:05"}
    page = ada.post(page_of(video), moved, follow=True)
    assert "was put aside" in page.text
    clip = Clip.objects.get(start_ms=1000)
    make_variant(clip)
    moved = {"clip": str(clip.pk), "start": "0:01", "end": "0:06"}
    page = ada.post(page_of(video), moved, follow=True)
    assert "is in use, so it stays as it is" in page.text
    page = ada.post(page_of(video), moved | {"end": "0:05"}, follow=True)
    assert "The marks are where they were." in page.text


def test_an_alternative_is_made_a_clip_with_one_button(ada, video):
    spans = [{"start_ms": a, "end_ms": b, "visual_score": 0.5, "reasons": ["Why."], "features": {}}
             for a, b in [(0, 2000), (4000, 6000)]]  # fmt: skip
    VideoAsset.objects.filter(pk=video.pk).update(analysis=video.analysis | {"alternatives": spans})
    page = ada.get(page_of(video)).text
    assert page.count("Make it a clip") == 2
    ada.post(page_of(video), {"start": "00:04.000", "end": "00:06.000"})
    assert Clip.objects.filter(start_ms=4000, end_ms=6000, made_by="operator").exists()
    assert ada.get(page_of(video)).text.count("Make it a clip") == 1
    told = ada.get(f"/videos/{video.pk}/timeline").json()["alternatives"]
    assert [each["start_ms"] for each in told] == [0]


def test_who_may_only_look_sees_the_time_line_and_cannot_cut(client, video):
    client.force_login(make_user("cleo", is_staff=True))
    page = client.get(page_of(video))
    assert page.status_code == 200
    assert "Your role may look, but not cut." in page.text
    assert "Create clip" not in page.text
    assert client.post(page_of(video), {"start": "1", "end": "3"}).status_code == 403
    assert not Clip.objects.filter(made_by="operator").exists()


def test_the_page_runs_no_script_but_our_files(ada, video):
    page = ada.get(page_of(video))
    policy = page["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self' 'unsafe-eval'"
    assert "<script>" not in page.text
    assert " onclick=" not in page.text


def test_the_page_may_show_what_a_far_storage_hands_out(settings):
    options = {"bucket_name": "b", "endpoint_url": "https://files.example", "region_name": "x",
               "access_key": "a", "secret_key": "s", "querystring_auth": True}  # fmt: skip
    far = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    assert storage_origin() == []
    settings.STORAGES = {**settings.STORAGES, "default": far}
    assert storage_origin() == ["https://files.example"]


def test_single_frames_are_served_to_who_may_look(ada, client, video):
    still = f"{page_of(video)}still"
    answer = ada.get(still, {"at_ms": 3000})
    assert answer["Content-Type"] == "image/jpeg"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (90, 160, 3)
    assert [ada.get(still, {"at_ms": bad}).status_code for bad in ("", "x", "-1", "9" * 12)] == [
        404
    ] * 4
    client.logout()
    assert client.get(still, {"at_ms": 0}).status_code == 302


def test_pages_of_videos_that_are_not_there(ada):
    assert ada.get(f"{VIDEOS}0190a0b0-0000-7000-8000-000000000001/timeline/").status_code == 404


def test_a_search_that_runs_does_not_keep_anybody_from_cutting(ada, video):
    request_analysis(video)
    assert ada.post(page_of(video), {"start": "1", "end": "3"}).status_code == 302
