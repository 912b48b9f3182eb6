"""Clips by hand: exactly the marks, scored as found ones are, and never lost to a new analysis."""

import json

import numpy as np
import pytest

from jobs.models import Job
from jobs.runner import run_job
from ledger.models import LedgerEvent
from media_assets.analysis.errors import NotAnalysed
from media_assets.errors import BadSpan
from media_assets.formats import FORMATS
from media_assets.models import Clip
from media_assets.queries import seen_of
from media_assets.services.clips import archive_clip, request_analysis
from media_assets.services.cutting import adjust_clip, make_clip
from tests.events import event_types_of
from tests.factories import make_user, make_variant, make_video
from tests.hand_films import analysed, steady_film, uneven_film
from tests.past_the_ledger import erase

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(tmp_path):
    return analysed(steady_film(tmp_path / "film.mp4"))


@pytest.fixture
def ben(client):
    client.force_login(make_user("ben"))
    return client


def post(client, path, **data):
    return client.post(path, json.dumps(data), content_type="application/json")


# --- The service ----------------------------------------------------------------------------------


def test_a_clip_is_exactly_its_marks_and_knows_what_a_found_one_knows(video):
    cut = make_clip(video, start_ms=500, end_ms=2833, title="The jump")
    clip = Clip.objects.get(pk=cut.clip.pk)
    assert cut.created
    assert (clip.start_ms, clip.end_ms) == (500, 2833)  # frames 12 and 68 at 24 a second
    assert (clip.made_by, clip.title, clip.rank, clip.status) == (
        "operator",
        "The jump",
        0,
        "ready",
    )
    found = video.clips.exclude(pk=clip.pk).get()
    assert clip.features.keys() == found.features.keys()
    assert 0 < clip.visual_score <= 1
    assert clip.reasons
    assert clip.framing["formats"].keys() == FORMATS.keys()
    run_job(Job.objects.get(job_type="cover_clips").pk)
    clip.refresh_from_db()
    assert clip.thumbnail.storage.exists(clip.thumbnail.name)
    event = LedgerEvent.objects.get(event_type="clip_created", clip_id=clip.pk)
    assert event.metadata["made_by"] == "operator"


def test_a_span_that_was_found_scores_the_same_by_hand(video):
    found = video.clips.get()
    before = (found.visual_score, found.features, found.reasons, found.framing)
    erase(Clip.objects.all())
    again = make_clip(video, start_ms=found.start_ms, end_ms=found.end_ms).clip
    assert (again.visual_score, again.features, again.reasons, again.framing) == before


def test_marks_go_to_real_frames_also_where_these_come_unevenly(tmp_path):
    path, times = uneven_film(tmp_path / "film.mkv")
    video = analysed(path)
    for start_ms, end_ms in [(0, 1000), (101, 2190), (1999, 5000), (3003, 6006)]:
        clip = make_clip(video, start_ms=start_ms, end_ms=end_ms).clip
        assert clip.start_ms == min(times, key=lambda at, mark=start_ms: abs(at - mark))
        assert clip.end_ms == min(times, key=lambda at, mark=end_ms: abs(at - mark))


def test_the_last_frame_can_be_in_the_clip(video):
    end_ms = seen_of(video).end_ms
    assert make_clip(video, start_ms=7000, end_ms=end_ms).clip.end_ms == end_ms == 8000


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "said"),
    [
        (3000, 3000, "must end after it starts"),
        (3000, 2000, "must end after it starts"),
        (3000, 3200, "0.5 s is the shortest"),
        (7000, 9000, "run from 0:00.000 to 0:08.000"),
        (9000, 12000, "run from 0:00.000 to 0:08.000"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused_in_words(video, start_ms, end_ms, said):
    with pytest.raises(BadSpan, match=said) as refused:
        make_clip(video, start_ms=start_ms, end_ms=end_ms)
    assert refused.value.details["start_ms"] == start_ms
    assert video.clips.count() == 1


def test_a_video_that_was_not_watched_cannot_be_cut():
    with pytest.raises(NotAnalysed):
        make_clip(make_video(), start_ms=0, end_ms=5000)


def test_a_span_that_is_a_clip_already_gives_that_clip_and_makes_it_an_operators(video):
    found = video.clips.get()
    archive_clip(found)
    cut = make_clip(video, start_ms=found.start_ms, end_ms=found.end_ms, title="Mine")
    assert (cut.clip.pk, cut.created) == (found.pk, False)
    found.refresh_from_db()
    assert (found.status, found.made_by, found.title) == ("ready", "operator", "Mine")
    assert event_types_of(found) == ["clip_created", "clip_archived", "clip_restored", "clip_kept"]
    make_clip(video, start_ms=found.start_ms, end_ms=found.end_ms)
    found.refresh_from_db()
    assert found.title == "Mine"
    assert event_types_of(found)[-1] == "clip_kept"
    assert len(event_types_of(found)) == 4


def test_a_new_analysis_leaves_clips_by_hand_alone(video):
    mine = make_clip(video, start_ms=500, end_ms=1500).clip
    found = video.clips.exclude(pk=mine.pk).get()
    other = Clip.objects.create(video_asset=video, start_ms=1, end_ms=900, visual_score=0.1)
    run_job(request_analysis(video, clip_count=1).pk)
    for clip in (mine, found, other):
        clip.refresh_from_db()
    assert (mine.status, found.status, other.status) == ("ready", "ready", "archived")
    assert mine.made_by == "operator"


def test_moved_marks_make_another_clip_and_an_unused_one_is_put_aside(video):
    old = make_clip(video, start_ms=500, end_ms=2000, title="The jump").clip
    cut = adjust_clip(old, start_ms=1000, end_ms=2500)
    old.refresh_from_db()
    assert (cut.clip.start_ms, cut.clip.end_ms, cut.clip.title) == (1000, 2500, "The jump")
    assert (old.start_ms, old.end_ms, old.status) == (500, 2000, "archived")
    assert cut.kept is None
    assert event_types_of(cut.clip) == ["clip_created", "clip_adjusted"]
    event = LedgerEvent.objects.get(event_type="clip_adjusted")
    assert event.metadata["instead_of"] == str(old.pk)
    assert event.metadata["was_ms"] == [500, 2000]


def test_a_clip_that_was_rendered_stays_as_it_is_beside_the_new_one(video):
    old = make_clip(video, start_ms=500, end_ms=2000).clip
    make_variant(old)
    cut = adjust_clip(old, start_ms=1000, end_ms=2500)
    old.refresh_from_db()
    assert (old.start_ms, old.end_ms, old.status) == (500, 2000, "ready")
    assert cut.kept == old


def test_marks_that_did_not_move_change_nothing(video):
    old = make_clip(video, start_ms=500, end_ms=2000).clip
    cut = adjust_clip(old, start_ms=510, end_ms=1990)
    assert (cut.clip.pk, cut.created) == (old.pk, False)
    assert event_types_of(old) == ["clip_created"]


# --- The doors ------------------------------------------------------------------------------------


def test_an_editor_cuts_by_api_and_a_viewer_may_not(client, video):
    asked = {"video_asset": str(video.pk), "start_ms": 1010, "end_ms": 3020}
    client.force_login(make_user("cleo"))
    assert post(client, "/clips", **asked).status_code == 403
    client.force_login(make_user("ben"))
    answer = post(client, "/clips", **asked)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["start_ms"], body["end_ms"]) == (1000, 3000)
    assert (body["made_by"], body["kept"]) == ("operator", None)
    assert answer["Location"] == body["url"]
    assert client.get(body["url"]).json()["id"] == body["id"]
    assert post(client, "/clips", **asked).status_code == 200
    actor = LedgerEvent.objects.get(event_type="clip_created", clip_id=body["id"]).actor
    assert actor == f"user:{client.session['_auth_user_id']}"


def test_the_api_says_what_is_wrong_with_a_span(ben, video):
    asked = {"video_asset": str(video.pk), "start_ms": 7000}
    answer = post(ben, "/clips", **asked, end_ms=90_000)
    assert (answer.status_code, answer.json()["code"]) == (400, "media.bad-span")
    assert answer.json()["details"]["last_ms"] == 8000
    assert post(ben, "/clips", **asked).json()["code"] == "stakazo.invalid-input"
    other = str(make_video().pk)
    answer = post(ben, "/clips", video_asset=other, start_ms=0, end_ms=5000)
    assert (answer.status_code, answer.json()["code"]) == (409, "media.not-analysed")
    lost = "0190a0b0-0000-7000-8000-000000000001"
    assert post(ben, "/clips", video_asset=lost, start_ms=0, end_ms=5000).status_code == 404


def test_marks_are_moved_by_api(ben, video):
    old = make_clip(video, start_ms=500, end_ms=2000).clip
    make_variant(old)
    answer = post(ben, f"/clips/{old.pk}/adjust", start_ms=500, end_ms=2500)
    assert (answer.status_code, answer.json()["kept"]) == (201, str(old.pk))


def test_the_time_line_tells_where_a_clip_may_begin_and_end(client, video):
    client.force_login(make_user("cleo"))  # who may look
    mine = make_clip(video, start_ms=500, end_ms=1500).clip
    body = client.get(f"/videos/{video.pk}/timeline").json()
    assert times_of(body["frames"]) == seen_of(video).times_ms.tolist()
    assert [shot["start_ms"] for shot in body["shots"]] == [0, 2000, 4000, 6000]
    assert body["end_ms"] == 8000
    assert len(body["beats_ms"]) >= 10
    assert 75 <= len(body["waveform"]["peaks"]) <= 85
    assert body["video"]["file_url"] == f"http://testserver/media/{video.file.name}"
    assert str(mine.pk) in [clip["id"] for clip in body["clips"]]
    assert body["limits"]["shortest_ms"] == 500
    assert len(body["filmstrip"]["times_ms"]) > 1
    assert client.get(body["filmstrip"]["jpeg_url"])["Content-Type"] == "image/jpeg"


def test_frames_that_come_unevenly_are_told_one_by_one(client, tmp_path):
    path, times = uneven_film(tmp_path / "film.mkv")
    video = analysed(path)
    client.force_login(make_user("cleo"))
    body = client.get(f"/videos/{video.pk}/timeline").json()
    assert "gaps_ms" in body["frames"]
    assert times_of(body["frames"]) == times


def test_without_an_analysis_there_is_no_time_line(client):
    client.force_login(make_user("cleo"))
    answer = client.get(f"/videos/{make_video().pk}/timeline")
    assert (answer.status_code, answer.json()["code"]) == (409, "media.not-analysed")


def times_of(frames):
    """The times that a program reads from the compact form."""
    if "gaps_ms" in frames:
        return np.cumsum(frames["gaps_ms"]).tolist()
    (n, d), first = frames["rate"], frames["first_us"] / 1000
    return [int(first + k * 1000 * d / n + 0.5) for k in range(frames["count"])]
