"""Choosing again from a stored analysis, alternatives, and parameters that reach the choice."""

from pathlib import Path

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.registry import decode_payload, job_type
from jobs.runner import run_job
from ledger.models import LedgerEvent
from media_assets import queries
from media_assets.analysis.artifact import artifact_name, pack
from media_assets.analysis.choosing import WEIGHTS
from media_assets.analysis.errors import (
    AnalysisRuns,
    BadClipLength,
    BadWeights,
    NoSuchAlternative,
    NotAnalysed,
)
from media_assets.models import CLIP, VIDEO, Clip, VideoAsset
from media_assets.rendering.storing import store_bytes
from media_assets.services.asking import choice_of
from media_assets.services.choices import rechoose, take_alternative, take_best_alternative
from media_assets.services.clips import request_analysis
from tests.events import event_types_of
from tests.factories import make_user, make_variant, make_video
from tests.render_media import clicks, make_film_asset, scene, write_film
from tests.seen import make_seen

pytestmark = pytest.mark.django_db
LENGTHS = {"min_ms": 5_000, "max_ms": 12_000}


@pytest.fixture
def video(settings, tmp_path):
    """A video whose analysis is stored: ten shots of six seconds, three of them special."""
    seen = make_seen(
        60, cuts_s=range(6, 60, 6), wild_s=[(6, 12)], loud_s=[(24, 30)], colourful_s=[(42, 48)]
    )
    video = make_video(status=VideoAsset.Status.READY, duration_ms=60_000)
    name = store_bytes(pack(seen), artifact_name(video.sha256), work=Path(settings.WORK_DIR))
    video.analysis_file = name
    video.save(update_fields=["analysis_file"])
    return video


@pytest.fixture
def ben():
    client = APIClient()
    client.force_authenticate(make_user("ben"))
    return client


# --- Choosing again -------------------------------------------------------------------------------


def test_other_weights_choose_other_clips_without_decoding(video, monkeypatch):
    monkeypatch.setattr("media_assets.analysis.watch.watch", lambda *args, **more: 1 / 0)
    (wild,) = rechoose(video, clip_count=1, weights={"motion": 1}, **LENGTHS)
    assert wild.start_ms == 6000
    (loud,) = rechoose(video, clip_count=1, weights={"energy": 1}, by_rule="Loud v2", **LENGTHS)
    assert loud.start_ms == 24_000
    wild.refresh_from_db()
    assert wild.status == Clip.Status.ARCHIVED
    video.refresh_from_db()
    assert video.status == VideoAsset.Status.READY
    choice = video.analysis["algorithm"]["choice"]
    assert choice["weights"]["energy"] == 1
    assert (choice["by_rule"], choice["min_ms"], choice["max_ms"]) == ("Loud v2", 5_000, 12_000)


def test_the_ledger_knows_that_clips_were_chosen_again(video):
    clips = rechoose(video, clip_count=2, **LENGTHS)
    assert event_types_of(video)[-1] == "clips_rechosen"
    event = LedgerEvent.objects.filter(event_type="clips_rechosen").get()
    assert event.metadata["clip_ids"] == [str(clip.pk) for clip in clips]
    assert event.metadata["count"] == 2


def test_the_same_choice_again_makes_nothing_twice(video):
    before = rechoose(video, **LENGTHS)
    assert rechoose(video, **LENGTHS) == before
    assert Clip.objects.count() == len(before)


def test_a_clip_in_use_is_not_put_aside(video):
    (wild,) = rechoose(video, clip_count=1, weights={"motion": 1}, **LENGTHS)
    make_variant(wild)
    rechoose(video, clip_count=1, weights={"energy": 1}, **LENGTHS)
    wild.refresh_from_db()
    assert wild.status == Clip.Status.READY


def test_what_was_not_analysed_cannot_be_chosen_from():
    with pytest.raises(NotAnalysed):
        rechoose(make_video(status=VideoAsset.Status.READY))


def test_nothing_is_chosen_while_the_video_is_analysed(video):
    VIDEO.move(video, VideoAsset.Status.PROCESSING)
    with pytest.raises(AnalysisRuns):
        rechoose(video)
    assert not Clip.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_clips_that_were_chosen_again_get_their_pictures_from_a_job(tmp_path):
    pictures = [p for seed in range(4) for p in scene(seed + 1, 90, size=(160, 90))]
    film = write_film(tmp_path / "film.mp4", pictures, sound=clicks(15))
    asset = make_film_asset(film)
    run_job(request_analysis(asset, clip_count=1, weights={"colour": 1}, by_rule="Reels v3").pk)
    asset.refresh_from_db()
    choice = asset.analysis["algorithm"]["choice"]
    assert (choice["weights"]["colour"], choice["weights"]["motion"]) == (1, 0)
    assert (choice["count"], choice["by_rule"]) == (1, "Reels v3")
    before = {clip.pk for clip in asset.clips.all()}
    rechoose(asset, clip_count=3, min_ms=3_000, max_ms=4_000)
    bare = asset.clips.filter(thumbnail="")
    assert bare.exists()
    job = run_job(Job.objects.get(job_type="cover_clips").pk)
    assert job.status == "completed", job.error
    assert not bare.exists()
    assert {clip.pk for clip in asset.clips.all()} > before
    for clip in asset.clips.all():
        assert clip.thumbnail.storage.exists(clip.thumbnail.name)
    assert job.result["covered"] >= 1


# --- Alternatives ---------------------------------------------------------------------------------


def test_an_alternative_becomes_a_clip_that_stays(video):
    rechoose(video, clip_count=1, **LENGTHS)
    first = queries.alternatives_of(video)[0]
    clip = take_alternative(video, start_ms=first.start_ms, end_ms=first.end_ms)
    assert (clip.visual_score, clip.reasons) == (first.visual_score, first.reasons)
    assert clip.framing["formats"]
    assert event_types_of(clip) == ["clip_created", "alternative_taken"]
    assert queries.alternatives_of(video)[0].clip_id == clip.pk
    assert take_alternative(video, start_ms=first.start_ms, end_ms=first.end_ms) == clip
    rechoose(video, clip_count=1, weights={"energy": 1}, **LENGTHS)
    clip.refresh_from_db()
    assert clip.status == Clip.Status.READY


def test_an_alternative_that_was_put_aside_is_taken_back(video):
    rechoose(video, clip_count=1, **LENGTHS)
    clip = take_best_alternative(video)
    CLIP.move(clip, Clip.Status.ARCHIVED, why="dull")
    assert take_alternative(video, start_ms=clip.start_ms, end_ms=clip.end_ms).status == "ready"


def test_the_best_alternatives_are_taken_one_after_the_other(video):
    rechoose(video, clip_count=1, **LENGTHS)
    wanted = [(each.start_ms, each.end_ms) for each in queries.alternatives_of(video)]
    taken = [take_best_alternative(video) for _ in wanted]
    assert [(clip.start_ms, clip.end_ms) for clip in taken] == wanted
    with pytest.raises(NoSuchAlternative):
        take_best_alternative(video)


def test_any_other_span_is_no_alternative(video):
    with pytest.raises(NoSuchAlternative):
        take_alternative(video, start_ms=0, end_ms=1234)


# --- What may be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lengths", [{"min_ms": 9000, "max_ms": 8000}, {"min_ms": 1}, {"max_ms": 10**9}]
)
def test_impossible_lengths_are_refused(lengths):
    with pytest.raises(BadClipLength):
        request_analysis(make_video(), **lengths)


@pytest.mark.parametrize("weights", [{"loudness": 1}, {"hook": float("nan")}, {"hook": "much"}])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(BadWeights):
        request_analysis(make_video(), weights=weights)


def test_a_search_with_other_parameters_is_not_silently_another(video):
    job = request_analysis(video)
    assert request_analysis(video) == job
    assert request_analysis(video, clip_count=2) == job
    with pytest.raises(AnalysisRuns):
        request_analysis(video, weights={"hook": 1})


def test_an_old_job_is_understood_and_a_newer_one_too(video):
    kind = job_type("cut_analysis")
    old = decode_payload(kind, {"video_asset_id": str(video.pk), "clip_count": 4})
    assert choice_of(old).count == 4
    assert choice_of(old).weights == WEIGHTS
    newer = decode_payload(
        kind,
        {"video_asset_id": str(video.pk), "weights": {"hook": 1, "scent": 9}, "moods": ["sad"]},
    )
    assert choice_of(newer).weights.hook == 1


# --- The doors ------------------------------------------------------------------------------------


def test_programs_choose_again_and_take_alternatives(video, ben):
    answer = ben.post(
        f"/videos/{video.pk}/clips",
        {"clip_count": 1, "weights": {"motion": 1}, **LENGTHS},
        format="json",
    )
    assert answer.status_code == 200, answer.content
    (clip,) = answer.json()["clips"]
    assert (clip["start_ms"], clip["thumbnail_url"]) == (6000, None)
    left = ben.get(f"/videos/{video.pk}/alternatives").json()["alternatives"]
    assert left[0]["clip"] is None
    span = {name: left[0][name] for name in ("start_ms", "end_ms")}
    taken = ben.post(f"/videos/{video.pk}/alternatives", span, format="json")
    assert taken.status_code == 201
    again = ben.get(f"/videos/{video.pk}/alternatives").json()["alternatives"][0]
    assert again["clip"] == taken.json()["id"]


def test_programs_hear_what_was_wrong(video, ben):
    wrong = ben.post(f"/videos/{video.pk}/clips", {"weights": {"scent": 1}}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "media.bad-weights")
    none = ben.post(f"/videos/{video.pk}/alternatives", {"start_ms": 1, "end_ms": 2}, format="json")
    assert (none.status_code, none.json()["code"]) == (404, "media.no-such-alternative")
    early = ben.post(f"/videos/{make_video().pk}/clips", {}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "media.not-analysed")


def test_who_may_only_look_chooses_nothing(video):
    client = APIClient()
    client.force_authenticate(make_user("cleo"))
    assert client.post(f"/videos/{video.pk}/clips", {}, format="json").status_code == 403
    assert client.get(f"/videos/{video.pk}/alternatives").status_code == 200


def test_operators_choose_again_and_see_what_else_there_is(video, admin_client):
    page = reverse("admin:media_assets_videoasset_changelist")
    for name in ("choose_again", "take_best"):
        answer = admin_client.post(
            page, {"action": name, "_selected_action": [str(video.pk)]}, follow=True
        )
        assert answer.status_code == 200
    assert Clip.objects.filter(made_by=Clip.MadeBy.OPERATOR).count() == 1
    shown = admin_client.get(
        reverse("admin:media_assets_videoasset_change", args=[video.pk])
    ).content.decode()
    assert "Spans that were not chosen, best first" in shown
    assert "(a clip)" in shown
