"""The admin of media: a page for each thing, and the ways between them."""

from pathlib import Path

import pytest
from django.urls import reverse

from jobs.models import Job
from media_assets.models import Clip, VideoAsset
from tests.events import event_types_of
from tests.factories import make_clip, make_user, make_variant, make_video
from tests.media import make_clip_file

pytestmark = pytest.mark.django_db

VIDEOS = "/admin/media_assets/videoasset/"
CLIPS = "/admin/media_assets/clip/"
VARIANTS = "/admin/media_assets/clipvariant/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def act(client, path, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], "index": 0}
    return client.post(path, chosen | more, follow=True)


def test_a_video_is_uploaded_from_the_admin(ada, tmp_path, settings):
    assert 'enctype="multipart/form-data"' in ada.get(f"{VIDEOS}add/").text
    with make_clip_file(tmp_path / "Harbour.mp4").open("rb") as file:
        page = ada.post(f"{VIDEOS}add/", {"file": file, "title": ""}, follow=True)
    video = VideoAsset.objects.get()
    assert page.redirect_chain[-1][0] == f"{VIDEOS}{video.pk}/change/"
    assert "its clips are being looked for" in page.text
    assert (video.title, video.status) == ("Harbour", "validated")
    assert Job.objects.get().job_type == "cut_analysis"
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_the_same_file_again_leads_to_its_page(ada, tmp_path):
    made = make_clip_file(tmp_path / "Harbour.mp4")
    for _ in range(2):
        with made.open("rb") as file:
            page = ada.post(f"{VIDEOS}add/", {"file": file}, follow=True)
    assert "We had this file already" in page.text
    assert VideoAsset.objects.count() == 1


def test_a_bad_file_is_refused_in_the_form(ada, tmp_path, settings):
    path = tmp_path / "v.mp4"
    path.write_text("no video")
    with path.open("rb") as file:
        page = ada.post(f"{VIDEOS}add/", {"file": file, "title": "Kept words"})
    assert page.status_code == 400
    assert "This is not a video file." in page.text
    assert "Kept words" in page.text
    assert "A file is needed" in page.text or not VideoAsset.objects.exists()
    assert not list(Path(settings.WORK_DIR).iterdir())


def test_a_form_without_a_file_says_so(ada):
    page = ada.post(f"{VIDEOS}add/", {"title": "x"})
    assert (page.status_code, "This field is required" in page.text) == (400, True)


def test_only_who_may_add_uploads(client):
    client.force_login(make_user("cleo", is_staff=True))
    assert client.get(f"{VIDEOS}add/").status_code == 403


@pytest.mark.parametrize("path", [VIDEOS, CLIPS, VARIANTS])
def test_a_list_shows_pictures_and_takes_few_queries(ada, path, django_assert_max_num_queries):
    for number in range(4):
        variant = make_variant(thumbnail=f"thumbnails/v{number}.jpg")
        clip = variant.clip
        Clip.objects.filter(pk=clip.pk).update(thumbnail=f"thumbnails/c{number}.jpg")
        VideoAsset.objects.filter(pk=clip.video_asset_id).update(
            thumbnail=f"thumbnails/f{number}.jpg"
        )
    with django_assert_max_num_queries(12):
        page = ada.get(path)
    assert page.text.count('loading="lazy"') == 4
    assert page.text.count("<img") == page.text.count("alt=")


def test_a_list_finds_by_title(ada):
    make_variant(make_clip(make_video(title="Harbour lights")))
    make_variant(make_clip(make_video(title="Night train")))
    for path in [VIDEOS, CLIPS, VARIANTS]:
        page = ada.get(path, {"q": "night"})
        assert "Night train" in page.text
        assert "Harbour lights" not in page.text


def test_the_list_of_videos_shows_the_running_job(ada):
    video = make_video()
    Job.objects.create(
        job_type="cut_analysis",
        status="processing",
        stage="shots",
        progress=0.4,
        lease_until="2030-01-01T00:00Z",
        correlation_id=str(video.pk),
    )
    make_video()
    page = ada.get(VIDEOS)
    assert page.text.count("<progress") == 1
    assert "shots, 40%" in page.text
    assert "shots, 40%" in ada.get(f"{VIDEOS}{video.pk}/change/").text


def test_the_page_of_a_video_plays_it_and_links_down(ada):
    video = make_video(
        title="Harbour <b>", probe={"bit_depth": 10, "notes": ["Some frames are damaged."]}
    )
    clip = make_clip(video, reasons=["Strong motion & light."])
    make_variant(clip)
    page = ada.get(f"{VIDEOS}{video.pk}/change/").text
    assert "<video controls" in page
    assert 'preload="metadata"' in page
    assert f'src="/media/{video.file.name}"' in page
    assert "10 bit" in page
    assert "Some frames are damaged." in page
    assert "Strong motion &amp; light." in page
    assert "Harbour <b>" not in page
    assert reverse("admin:media_assets_clip_change", args=[clip.pk]) in page
    assert f"{CLIPS}?video_asset__id__exact={video.pk}" in page
    assert f"{VARIANTS}?clip__video_asset__id__exact={video.pk}" in page
    assert "video_uploaded" in page
    assert ada.get(f"{CLIPS}?video_asset__id__exact={video.pk}").status_code == 200
    assert ada.get(f"{VARIANTS}?clip__video_asset__id__exact={video.pk}").status_code == 200


def test_the_title_of_a_video_can_be_changed(ada):
    video = make_video()
    ada.post(
        f"{VIDEOS}{video.pk}/change/",
        {"title": "Better", "clips-TOTAL_FORMS": 0, "clips-INITIAL_FORMS": 0},
    )
    video.refresh_from_db()
    assert video.title == "Better"


def test_the_page_of_a_clip_plays_its_span_and_links_up_and_down(ada):
    variant = make_variant(make_clip(start_ms=5000, end_ms=9500))
    clip = variant.clip
    page = ada.get(f"{CLIPS}{clip.pk}/change/").text
    assert f"/media/{clip.video_asset.file.name}#t=5.0,9.5" in page
    assert f"{VIDEOS}{clip.video_asset_id}/change/" in page
    assert f"{VARIANTS}{variant.pk}/change/" in page
    assert "clip_created" in page
    assert "Sharpness" in page


def test_the_page_of_a_variant_plays_it_and_links_up(ada):
    variant = make_variant(facts={"loudness_lufs": -14.1})
    page = ada.get(f"{VARIANTS}{variant.pk}/change/").text
    assert f'src="/media/{variant.file.name}"' in page
    assert f"{CLIPS}{variant.clip_id}/change/" in page
    assert f"{VIDEOS}{variant.clip.video_asset_id}/change/" in page
    assert "Loudness lufs" in page
    assert "clip_variant_generated" in page


def test_videos_are_analysed_again(ada):
    videos = [make_video(), make_video()]
    page = act(ada, VIDEOS, "analyse_again", *videos)
    assert "2 put in the queue for analysis." in page.text
    assert Job.objects.filter(job_type="cut_analysis").count() == 2


def test_variants_are_made_in_every_format(ada):
    act(ada, CLIPS, "make_variants", make_clip())
    assert len(Job.objects.get().payload["formats"]) == 3


def test_clips_are_archived_and_restored(ada):
    clip, already = make_clip(), make_clip(status="archived")
    page = act(ada, CLIPS, "archive", clip, already)
    assert "1 archived." in page.text
    assert "1 refused." in page.text
    act(ada, CLIPS, "restore", clip)
    assert event_types_of(clip) == ["clip_created", "clip_archived", "clip_restored"]


def test_a_button_on_the_page_acts_and_comes_back(ada):
    clip = make_clip()
    assert 'name="action" value="archive"' in ada.get(f"{CLIPS}{clip.pk}/change/").text
    page = act(ada, CLIPS, "archive", clip, back="1")
    assert page.redirect_chain[-1][0] == f"{CLIPS}{clip.pk}/change/"
    clip.refresh_from_db()
    assert clip.status == "archived"


def test_who_may_only_look_cannot_act(client):
    from django.contrib.auth.models import Permission

    cleo = make_user("cleo", is_staff=True)
    cleo.user_permissions.set(
        Permission.objects.filter(codename__in=["view_clip", "view_videoasset"])
    )
    client.force_login(cleo)
    clip = make_clip()
    page = act(client, CLIPS, "archive", clip)
    clip.refresh_from_db()
    assert (page.status_code, clip.status) == (200, "ready")
    assert 'value="archive"' not in client.get(f"{CLIPS}{clip.pk}/change/").text


def test_nothing_is_deleted_or_made_by_hand(ada):
    variant = make_variant()
    for path, row in [
        (VIDEOS, variant.clip.video_asset),
        (CLIPS, variant.clip),
        (VARIANTS, variant),
    ]:
        assert ada.get(f"{path}{row.pk}/delete/").status_code == 403
    assert ada.get(f"{CLIPS}add/").status_code == 403
    assert ada.get(f"{VARIANTS}add/").status_code == 403
