"""The ledger's pages: links from a fact to what it is about, and no way to change it."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.admin.showing import in_time
from ledger.models import LedgerEvent, LedgerSeal
from ledger.rollups import roll_up
from ledger.services import log_event
from tests.factories import make_clip, make_user, make_video
from tests.ledger.past import NOON, event_at, job_life, put
from tests.ledger.tamper import seal_all, triggers_off, wait_for_the_watermark

pytestmark = pytest.mark.django_db
LIST, SEALS = "/admin/ledger/ledgerevent/", "/admin/ledger/ledgerseal/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def test_an_event_links_to_what_it_is_about(ada):
    clip = make_clip()
    link = reverse("admin:media_assets_clip_change", args=[clip.pk])
    event = LedgerEvent.objects.get(event_type="clip_created")
    assert link in ada.get(LIST).content.decode()
    page = ada.get(f"{LIST}{event.pk}/change/").content.decode()
    assert link in page
    assert "A clip was found in a video, or cut by hand." in page


def test_nobody_can_add_change_or_delete_an_event(ada):
    make_clip()
    event = LedgerEvent.objects.first()
    assert ada.get(f"{LIST}add/").status_code == 403
    assert ada.post(f"{LIST}{event.pk}/change/", {"actor": "x"}).status_code == 403
    assert ada.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LedgerEvent.objects.filter(pk=event.pk).exists()


def test_a_long_list_takes_few_queries(ada, django_assert_max_num_queries):
    for _ in range(20):
        make_clip()
    ada.get(LIST)
    with django_assert_max_num_queries(9):
        ada.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_a_seal_shows_its_state_verifies_its_events_and_is_linked_from_them(ada):
    make_clip()
    seal_all()
    seal = LedgerSeal.objects.get()
    event = LedgerEvent.objects.get(event_type="clip_created")
    page = f"{SEALS}{seal.pk}/change/"
    assert page in ada.get(f"{LIST}{event.pk}/change/").content.decode()
    assert "intact" in ada.get(SEALS).content.decode()
    assert f"{seal.count} events as they were sealed." in ada.get(page).content.decode()
    with triggers_off():
        LedgerEvent.objects.filter(pk=event.pk).update(actor="x")
        assert f"changed: {event.pk}" in ada.get(page).content.decode()
        LedgerSeal.objects.update(root="0" * 64)
        assert "broken" in ada.get(SEALS).content.decode()


@pytest.mark.django_db(transaction=True)
def test_nobody_can_add_change_or_delete_a_seal(ada):
    make_clip()
    seal_all()
    assert ada.get(f"{SEALS}add/").status_code == 403
    assert ada.post(f"{SEALS}1/change/", {"root": "x"}).status_code == 403
    assert ada.post(f"{SEALS}1/delete/", {"post": "yes"}).status_code == 403
    assert LedgerSeal.objects.count() == 1


# --- The list -------------------------------------------------------------------------------------


def listed(page):
    return [event.entity_id for event in page.context["cl"].result_list]


def test_the_list_turns_its_pages_in_both_directions(ada):
    put(*(event_at(NOON + timedelta(minutes=n), entity_id=str(n)) for n in range(120)))
    page = ada.get(LIST)
    seen = [listed(page)]
    assert not page.context["cl"].newer
    while page.context["cl"].older:
        page = ada.get(LIST + page.context["cl"].older)
        seen.append(listed(page))
    assert [each for one in seen for each in one] == [str(n) for n in reversed(range(120))]
    assert listed(ada.get(LIST + page.context["cl"].newer)) == seen[-2]


def test_the_list_neither_counts_nor_skips_nor_looks_for_distinct_values(ada):
    put(*(event_at(NOON + timedelta(minutes=n)) for n in range(60)))
    older = ada.get(LIST).context["cl"].older
    with CaptureQueriesContext(
        connection,
    ) as seen:
        ada.get(LIST + older + "&severity=INFO")
    asked = [q["sql"].upper() for q in seen if "LEDGER_EVENTS" in q["sql"].upper()]
    assert asked
    for sql in asked:
        assert "OFFSET" not in sql
        assert "DISTINCT" not in sql
        assert "LIMIT" in sql or '"ID" IN' in sql


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=type:worker_stopped", ["b"]),
        ("q=harbour", ["a"]),
        ("severity=ERROR", ["c"]),
        ("type=worker_stopped&severity=INFO", ["b"]),
        ("entity=worker&q=actor:user:1", ["b"]),
        ("q=entity:worker:a", ["a"]),
    ],
)
def test_questions_and_filters_narrow_the_list(ada, query, found):
    put(
        event_at(NOON, entity_id="a", metadata={"title": "Harbour"}),
        event_at(NOON, "worker_stopped", entity_id="b", actor="user:1"),
        event_at(NOON, entity_id="c", severity="ERROR"),
    )
    assert listed(ada.get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=typ:job_died", "Did you mean type:?"),
        ("q=severity:bad", "none of INFO, WARN, ERROR"),
        ("cursor=nonsense", "No page begins here"),
        ("severity=INFO&q=severity:WARN", "said twice"),
        ("type=nothing", "There is no event type"),
    ],
)
def test_a_question_that_means_nothing_is_answered_in_words(ada, query, words):
    make_clip()
    page = ada.get(f"{LIST}?{query}", follow=True)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert listed(page) == []


# --- Trails and figures ---------------------------------------------------------------------------


def test_the_trail_of_a_video_shows_its_steps_with_the_time_between_them(ada):
    video = "01a1f9f6-3c32-7027-aefd-5ab9c7011500"
    about = {"entity_type": "video_asset", "entity_id": video, "correlation_id": video}
    put(
        event_at(NOON, "video_uploaded", **about),
        event_at(NOON + timedelta(seconds=3), "video_validated", **about),
        event_at(NOON + timedelta(minutes=2), "clip_created", **about),
        event_at(NOON + timedelta(minutes=5), "clip_created", **about | {"severity": "ERROR"}),
    )
    page = ada.get(reverse("admin:ledger_trail", args=["video_asset", video]))
    steps = page.context["steps"]
    assert [(step.event_type, step.took, step.count) for step in steps] == [
        ("video_uploaded", "", 1),
        ("video_validated", "3.0 s", 1),
        ("clip_created", "1 min 57 s", 2),
    ]
    assert [line.gap for line in page.context["lines"]] == ["", "3.0 s", "1 min 57 s", "3 min 0 s"]
    assert page.context["took"] == "5 min 0 s"


def test_every_object_leads_to_its_trail_and_back(ada):
    clip = make_clip()
    trail = reverse("admin:ledger_trail", args=["clip", str(clip.pk)])
    own = reverse("admin:media_assets_clip_change", args=[clip.pk])
    assert trail in ada.get(own).content.decode()
    assert own in ada.get(trail).content.decode()
    road = reverse("admin:ledger_trail", args=["video_asset", str(clip.video_asset_id)])
    video = reverse("admin:media_assets_videoasset_change", args=[clip.video_asset_id])
    assert road in ada.get(video).content.decode()
    event = LedgerEvent.objects.get(event_type="clip_created")
    assert trail in ada.get(f"{LIST}{event.pk}/change/").content.decode()


@pytest.mark.parametrize("entity", ["clip/nothing", "video_asset/nothing", "worker/studio:a/7"])
def test_a_trail_of_what_the_ledger_does_not_know_is_empty(ada, entity):
    page = ada.get(f"{LIST}trail/{entity}/")
    assert "The ledger has no event of this." in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_figures_tell_what_was_counted(ada):
    assert "Nothing was counted yet" in ada.get(f"{LIST}figures/").content.decode()
    put(*job_life(begun=NOON))
    wait_for_the_watermark()
    roll_up()
    page = ada.get(f"{LIST}figures/").content.decode()
    assert "The slowest jobs" in page
    assert "10.0 s" in page


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(milliseconds=40), "40 ms"),
        (timedelta(seconds=3.21), "3.2 s"),
        (timedelta(minutes=5, seconds=12), "5 min 12 s"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=4, hours=2), "4 d 2 h"),
        (timedelta(seconds=-1), "0 ms"),
    ],
)
def test_durations_read_well(span, words):
    assert in_time(span) == words


@pytest.mark.parametrize("path", ["figures/", "trail/clip/x/", "export/"])
def test_who_may_not_see_the_ledger_sees_none_of_its_pages(client, path):
    client.force_login(make_user("dora", is_staff=True))
    assert client.get(LIST + path).status_code == 403


# --- The chain and the export ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_badge_and_the_button_tell_how_the_chain_stands(ada):
    event = log_event("worker_started")
    assert "No seal yet" in ada.get(LIST).content.decode()
    seal_all()
    assert "Seal 1 is intact" in ada.get(LIST).content.decode()
    verify = reverse("admin:ledger_verify_newest")
    assert ada.get(verify).status_code == 403
    assert "all is as it was sealed" in ada.post(verify, follow=True).content.decode()
    with triggers_off():
        LedgerEvent.objects.filter(pk=event.pk).update(actor="x")
        assert f"changed {event.pk}" in ada.post(verify, follow=True).content.decode()
        chosen = {"action": "verify_seals", "_selected_action": ["1"], "index": "0"}
        assert "1 faults" in ada.post(SEALS, chosen, follow=True).content.decode()
        LedgerSeal.objects.update(root="0" * 64)
        assert "Seal 1 is broken" in ada.get(LIST).content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_is_exported_brings_its_proofs_and_the_script_that_checks_them(ada, tmp_path):
    video = make_video()
    sealed = log_event("worker_started")
    seal_all()
    open_ = log_event("worker_stopped")
    head = LedgerSeal.objects.get().seal_hash
    chosen = {"action": "export_events", "_selected_action": [str(sealed.pk), str(open_.pk)]}
    for answer in (ada.post(LIST, chosen | {"index": "0"}), ada.get(f"{LIST}export/?q=since:1h")):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            archive.extractall(tmp_path)
            names = archive.namelist()
        assert f"proofs/{sealed.pk}.json" in names
        assert f"proofs/{open_.pk}.json" not in names
        command = [sys.executable, "check_proof.py", f"proofs/{sealed.pk}.json", "--head", head]
        assert subprocess.run(command, check=False, cwd=tmp_path).returncode == 0
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert str(video.pk) in {json.loads(line)["entity_id"] for line in lines}
    assert len(lines) == 3
    refused = ada.get(f"{LIST}export/?q=typ:x", follow=True)
    assert "Did you mean type:?" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_seals_turn_pages_without_an_offset_or_a_count(ada, monkeypatch):
    monkeypatch.setattr("stakazo.core.admin.StakazoAdmin.list_per_page", 2)
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 1)
    for _ in range(5):
        log_event("worker_started")
    seal_all()

    def page(query=""):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = ada.get(SEALS + query)
        said = [each["sql"] for each in asked if "ledger_seals" in each["sql"]]
        assert not [sql for sql in said if "OFFSET" in sql or "COUNT(" in sql]
        shown = answer.context["cl"]
        return [seal.number for seal in shown.result_list], shown.older, shown.newer

    seen, older, newer = page()
    assert (seen, newer) == ([5, 4], "")
    seen, older, newer = page(older)
    assert seen == [3, 2]
    log_event("worker_started")
    seal_all()
    assert page(newer)[0] == [5, 4]
    above = page(page(newer)[2])
    assert (above[0], above[2]) == ([6], "")
    seen, older, newer = page(older)
    assert (seen, older) == ([1], "")
    assert page(newer)[0] == [3, 2]
    for odd in ("old-x", "7", "new-", "old-" + "9" * 30):
        assert page(f"?cursor={odd}")[0] == []
