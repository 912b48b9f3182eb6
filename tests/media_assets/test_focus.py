"""Operators say where to look: by the API, in the admin, and in what is rendered."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from ledger.models import LedgerEvent
from media_assets.analysis.focus import focused
from media_assets.analysis.reading import describe
from media_assets.errors import BadFocus
from media_assets.formats import FORMATS
from media_assets.rendering.plan import plan_variant
from media_assets.services.framing import set_focus
from tests.factories import make_clip, make_user
from tests.media_assets.test_windows import VERTICAL, place_of, ramp, rendered
from tests.render_media import write_film

pytestmark = pytest.mark.django_db


def segment(start_ms, end_ms, **facts):
    return {
        "start_ms": start_ms, "end_ms": end_ms, "mode": "hold", "bars": [0, 0, 0, 0], "axis": "x",
        "window": 0.45, "zoom": 0.70313, "keyframes": [[start_ms, 0.4, 0.0]], "focus": [0.4, 0.5],
        "sure": 0.7, "by": "analysis", **facts,
    }  # fmt: skip


FRAMING = {
    "version": 2,
    "bars": [0, 0, 0, 0],
    "formats": {
        VERTICAL: {"mode": "windows", "segments": [segment(0, 4000), segment(4000, 10_000)]},
        "landscape_1920x1080": {"mode": "whole"},
    },
}


@pytest.fixture
def clip():
    return make_clip(framing=FRAMING)


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def point(start_ms=4000, end_ms=10_000, x=0.8, y=0.4, **more):
    return {"start_ms": start_ms, "end_ms": end_ms, "x": x, "y": y, **more}


def set_by_api(client, clip, points):
    return client.post(
        f"/clips/{clip.pk}/focus", json.dumps({"points": points}), content_type="application/json"
    )


# --- By the API -----------------------------------------------------------------------------------


def test_a_point_moves_the_windows_of_its_shot_and_of_no_other(ada, clip):
    answer = set_by_api(ada, clip, [point()])
    assert answer.status_code == 200
    first, second = answer.json()["framing"]["formats"][VERTICAL]["segments"]
    assert first == segment(0, 4000)
    assert second["by"] == "operator"
    assert second["window"] == first["window"]
    assert second["zoom"] == pytest.approx(first["zoom"], abs=1e-4)
    assert second["keyframes"] == [[4000, 0.775, 0.0]]
    assert answer.json() == ada.get(f"/clips/{clip.pk}/framing").json()
    assert answer.json()["focus"] == [point()]


def test_a_point_at_the_edge_keeps_the_window_inside_and_a_zoom_keeps_more_in_it(ada, clip):
    answer = set_by_api(ada, clip, [point(0, 4000, x=0.02, zoom=0.5), point(x=1, zoom=1)])
    first, second = answer.json()["framing"]["formats"][VERTICAL]["segments"]
    assert first["window"] == pytest.approx(0.6328, abs=1e-3)
    assert first["zoom"] == 0.5
    assert first["keyframes"][0][1] == pytest.approx(0.6328 / 2, abs=1e-3)
    assert second["keyframes"][0][1] == pytest.approx(1 - 0.3164 / 2, abs=1e-3)


def test_no_points_leave_it_to_the_analysis_again(ada, clip):
    before = ada.get(f"/clips/{clip.pk}/framing").json()
    set_by_api(ada, clip, [point()])
    assert set_by_api(ada, clip, []).json() == before


def test_the_ledger_tells_what_was_and_what_is(ada, clip):
    set_by_api(ada, clip, [point()])
    set_by_api(ada, clip, [point()])  # nothing new
    set_by_api(ada, clip, [])
    first, second = LedgerEvent.objects.filter(event_type="clip_focus_set").order_by("id")
    assert first.metadata["was"] == []
    assert first.metadata["is"] == second.metadata["was"] == [point()]
    assert first.clip_id == clip.pk
    assert first.correlation_id == str(clip.video_asset_id)
    assert second.metadata["is"] == []


@pytest.mark.parametrize(
    "points",
    [
        [point(end_ms=10_001)],
        [point(start_ms=5000, end_ms=5000)],
        [point(x=1.2)],
        [point(zoom=0.1)],
        [point(0, 6000), point(5000, 10_000)],
        [point(0, 500)],  # not the middle of any shot
        [{"start_ms": 0, "end_ms": 4000, "x": 0.5}],
        [point(x="left")],
        "everywhere",
    ],
)
def test_points_that_mean_nothing_are_refused(ada, clip, points):
    assert set_by_api(ada, clip, points).status_code == 400
    clip.refresh_from_db()
    assert clip.focus == []


@pytest.mark.parametrize(
    "wrong", [{"x": True}, {"start_ms": 0.5}, {"size": 3}, {"x": float("nan")}, {"y": None}]
)
def test_the_service_checks_for_itself(clip, wrong):
    with pytest.raises(BadFocus):
        set_focus(clip, [point() | wrong])


def test_a_clip_without_windows_has_nothing_to_set(clip):
    clip.framing = {}
    clip.save()
    with pytest.raises(BadFocus, match="Analyse the video again"):
        set_focus(clip, [point()])


def test_viewers_may_look_but_not_set(client, clip):
    client.force_login(make_user("cleo"))
    assert client.get(f"/clips/{clip.pk}/framing").status_code == 200
    assert set_by_api(client, clip, [point()]).status_code == 403


# --- In the admin ---------------------------------------------------------------------------------


def page_of(clip):
    return f"/admin/media_assets/clip/{clip.pk}/framing/"


def test_the_page_shows_each_shot_with_its_windows(ada, clip):
    page = ada.get(page_of(clip)).content.decode()
    assert page.count('class="fr-shot"') == 2
    still = re.search(r'src="([^"]*still\?at_ms=(\d+))"', page)
    assert int(still[2]) == clip.start_ms + 2000
    assert "left:17.50%;top:0.00%;width:45.00%;height:100.00%" in page
    assert page_of(clip) in ada.get(f"/admin/media_assets/clip/{clip.pk}/change/").content.decode()


def test_fields_without_a_script_set_the_focus(ada, clip):
    sent = {"shot0-x": "", "shot0-y": "", "shot1-x": "80", "shot1-y": "40", "shot1-zoom": ""}
    assert ada.post(page_of(clip), sent).status_code == 302
    clip.refresh_from_db()
    assert clip.focus == [point()]
    page = ada.get(page_of(clip)).content.decode()
    assert 'name="shot1-x" value="80.0"' in page
    assert "by the operator" in page


def test_half_a_place_is_refused_with_a_sentence(ada, clip):
    answer = ada.post(page_of(clip), {"shot0-x": "30", "shot1-x": "130", "shot1-y": "4"})
    assert answer.status_code == 400
    assert "Give both places" in answer.content.decode()
    clip.refresh_from_db()
    assert clip.focus == []


def test_only_those_who_may_change_clips_set_it_there(client, clip):
    client.force_login(make_user("cleo", is_staff=True))
    assert client.post(page_of(clip), {"shot0-x": "30", "shot0-y": "4"}).status_code == 403


# --- In what is rendered --------------------------------------------------------------------------


def test_a_rendered_file_looks_where_it_was_told_from_that_shot_on(clip, tmp_path):
    film = write_film(tmp_path / "f.mp4", ramp(24))
    clip.start_ms, clip.end_ms = 0, 1000
    segments = [segment(0, 500), segment(500, 1000)]
    clip.framing = {**FRAMING, "formats": {VERTICAL: {"mode": "windows", "segments": segments}}}
    clip.save()
    target = replace(FORMATS[VERTICAL], width_px=180, height_px=320)
    before = plan_variant(clip, describe(film), target)
    set_focus(clip, [point(500, 1000, x=0.7, zoom=1)])
    after = plan_variant(clip, describe(film), target)
    assert before.recipe_hash != after.recipe_hash
    places = [place_of(picture) for picture in rendered(film, after)]
    assert places == pytest.approx([0.4] * 12 + [0.7] * 12, abs=0.03)
    set_focus(clip, [])
    assert plan_variant(clip, describe(film), target).recipe_hash == before.recipe_hash


def test_a_shot_that_has_the_shape_of_the_format_stays_whole():
    whole = {"mode": "windows", "segments": [segment(0, 1000, window=1.0, zoom=1.0)]}
    assert focused(whole, [point(0, 1000)]) == whole
    assert focused({"mode": "whole"}, [point(0, 1000)]) == {"mode": "whole"}


def test_a_shot_that_was_fitted_gets_a_window():
    fitted = {"mode": "windows", "segments": [segment(0, 1000, window=1.0, zoom=0.3164)]}
    [shown] = focused(fitted, [point(0, 1000, x=0.5)])["segments"]
    assert (shown["window"], shown["zoom"]) == (pytest.approx(0.3164), 1.0)
    assert np.ptp([each[1] for each in shown["keyframes"]]) == 0
