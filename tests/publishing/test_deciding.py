"""Why is this not out? The platform's list beside our record, and what a person makes of it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from publishing.matching import Sought, compare, likely_first
from publishing.models import Publication, PublishLog
from publishing.platforms.base import Content, ListedPost
from publishing.services.deciding import (
    look_at_platform,
    settle_as_absent,
    settle_as_ours,
)
from publishing.services.publications import retry_publication
from stakazo.core.errors import Conflict, NotAllowed
from tests.events import event_types_of
from tests.factories import make_publication, make_user
from tests.publishing.road import crash_at, drive, run_once, wanted

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def ada():
    """She may settle."""
    return make_user("ada")


def unclear(simulator, platform, path, monkeypatch, point="publish.after"):
    """One that was sent and of which nobody knows."""
    publication = wanted(simulator, platform, path)
    crash_at(monkeypatch, point)
    run_once(publication)
    publication.refresh_from_db()
    assert publication.status == "publishing"
    return publication


# --- Comparing, by itself ---


def sought(platform="tiktok", **changes):
    fields = {
        "platform": platform,
        "content": Content("Harbour", "Out now #harbour"),
        "since": NOW,
        "duration_ms": 10_000,
        "size_bytes": 500,
    }
    return Sought(**fields | changes)


def listed(text="Out now #harbour", minutes=1, **more):
    return ListedPost("p1", "", text, NOW + timedelta(minutes=minutes), **more)


@pytest.mark.parametrize(
    ("post", "unfit"),
    [
        (listed(), []),
        (listed("  Out now   #harbour ", duration_ms=11_000, size_bytes=500), []),
        (listed("Out now! #harbour"), []),
        (listed("Something else"), ["text"]),
        (listed(minutes=-6), ["time"]),
        (listed(minutes=-4), []),
        (listed(duration_ms=13_000), ["length"]),
        (listed(size_bytes=501), ["size"]),
        (listed("", minutes=-99, duration_ms=1), ["text", "time", "length"]),
    ],
)
def test_each_thing_that_can_be_compared_has_its_reason(post, unfit):
    found = compare(sought(), post)
    assert [reason.about for reason in found.reasons if not reason.fits] == unfit
    assert found.fits == (not unfit)
    assert all(reason.words.endswith(".") for reason in found.reasons)


def test_youtube_is_compared_by_its_title_and_what_is_taken_never_fits():
    assert compare(sought("youtube"), listed("Harbour")).fits
    assert not compare(sought("youtube"), listed()).fits
    taken = compare(sought(), listed(), taken_by="another")
    assert not taken.fits
    other = compare(sought(), listed("Something else", minutes=3))
    good = compare(sought(), listed())
    assert likely_first([other, taken, good]) == [good, taken, other]


# --- With the platform ---


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube"])
def test_the_list_stands_beside_our_record_and_one_word_settles_it(
    simulator, clock, small_video, monkeypatch, platform, ada
):
    publication = unclear(simulator, platform, small_video, monkeypatch)
    other = simulator.foreign(platform, caption="Good morning", title="Good morning")
    shown = look_at_platform(publication)
    (post,) = [each for each in simulator.posts() if each["id"] != other]
    assert [(each.post.external_post_id, each.fits) for each in shown.candidates] == [
        (post["id"], True),
        (other, False),
    ]
    assert shown.complete
    settled = settle_as_ours(publication, post["id"], by=ada, why="seen it")
    assert (settled.status, settled.external_post_id) == ("published", post["id"])
    assert settled.external_url
    settle_as_ours(publication, post["id"], by=ada)  # twice is once
    assert event_types_of(publication).count("publication_settled") == 1
    (log,) = publication.publish_logs.all()
    assert log.extra_metadata["settled"]["why"] == "seen it"
    with pytest.raises(Conflict, match="as another post"):
        settle_as_ours(publication, other, by=ada)
    drive(publication, clock)
    assert len(simulator.posts()) == 2


def test_what_the_account_does_not_list_is_not_believed_nor_what_belongs_to_another(
    simulator, clock, small_video, monkeypatch, ada
):
    publication = unclear(simulator, "tiktok", small_video, monkeypatch, "publish.before")
    with pytest.raises(Conflict, match="does not list"):
        settle_as_ours(publication, "7400000000000000001", by=ada)
    taken = simulator.foreign("tiktok", caption="Out now #harbour")
    other = make_publication(
        account=publication.social_account, status="published", external_post_id=taken
    )
    PublishLog.objects.create(publication=other, status="success", external_post_id=taken)
    (candidate,) = look_at_platform(publication).candidates
    assert candidate.taken_by == str(other.pk)
    with pytest.raises(Conflict, match="another publication"):
        settle_as_ours(publication, taken, by=ada)
    publication.refresh_from_db()
    assert publication.status == "publishing"


def test_it_is_not_there_fails_with_the_list_as_proof_and_can_be_retried(
    simulator, clock, small_video, monkeypatch, ada
):
    publication = unclear(simulator, "youtube", small_video, monkeypatch, "publish.before")
    other = simulator.foreign("youtube", title="Good morning")
    failed = settle_as_absent(publication, by=ada, why="looked at the channel")
    assert failed.status == "failed"
    (log,) = publication.publish_logs.all()
    proof = log.extra_metadata["declared"]
    assert (proof["listed"], proof["complete"], proof["why"]) == (
        [other],
        True,
        "looked at the channel",
    )
    settle_as_absent(publication, by=ada)  # twice is once
    assert event_types_of(publication).count("publication_settled") == 1
    retry_publication(failed, allow_repeat=True)
    drive(publication, clock)
    assert len(simulator.posts()) == 2


def test_nobody_is_believed_against_the_platform(simulator, clock, small_video, monkeypatch, ada):
    live = unclear(simulator, "tiktok", small_video, monkeypatch)
    with pytest.raises(Conflict, match="shows the post"):
        settle_as_absent(live, by=ada)
    live.refresh_from_db()
    assert live.status == "published"


def test_a_post_that_fits_must_be_named_as_another_one(
    simulator, clock, small_video, monkeypatch, ada
):
    publication = unclear(simulator, "tiktok", small_video, monkeypatch, "publish.before")
    alike = simulator.foreign("tiktok", caption="Out now! #harbour", duration_ms=4_000)
    with pytest.raises(Conflict, match="fits") as caught:
        settle_as_absent(publication, by=ada)
    assert caught.value.details["external_post_ids"] == [alike]
    assert settle_as_absent(publication, by=ada, not_ours=[alike]).status == "failed"


def test_a_platform_that_is_away_shows_no_list_and_settles_nothing(
    simulator, clock, small_video, monkeypatch, ada
):
    publication = unclear(simulator, "instagram", small_video, monkeypatch)
    simulator.inject("instagram.*", "reset_before", count=500)
    shown = look_at_platform(publication)
    assert "cannot be asked now" in shown.trouble
    assert shown.candidates == []
    api = APIClient()
    api.force_authenticate(ada)
    answer = api.get(f"/publications/{publication.pk}/evidence")
    assert (answer.status_code, bool(answer.data["platform"]["trouble"])) == (200, True)
    body = {"outcome": "absent"}
    assert (
        api.post(f"/publications/{publication.pk}/settle", body, format="json").status_code == 503
    )
    publication.refresh_from_db()
    assert publication.status == "publishing"


def test_only_those_who_may_settle_do_and_only_what_was_sent(
    simulator, clock, small_video, monkeypatch
):
    publication = unclear(simulator, "tiktok", small_video, monkeypatch)
    (post,) = simulator.posts()
    with pytest.raises(NotAllowed):
        settle_as_ours(publication, post["id"], by=make_user("ben"))
    draft = make_publication(status="draft")
    assert "Nothing was sent" in look_at_platform(draft).trouble
    with pytest.raises(IllegalMove):
        settle_as_absent(draft, by=make_user("ada"))


def test_two_people_at_once_settle_it_once(simulator, clock, small_video, monkeypatch, ada):
    publication = unclear(simulator, "tiktok", small_video, monkeypatch)
    (post,) = simulator.posts()
    start, ends = threading.Barrier(4), []

    def settle():
        start.wait()
        try:
            ends.append(settle_as_ours(publication, post["id"], by=ada).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=settle) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == ["published"] * 4
    assert event_types_of(publication).count("publication_settled") == 1
    assert LedgerEvent.objects.filter(event_type="clip_published").count() == 1


# --- The doors ---


def test_programs_read_both_sides_and_settle(simulator, clock, small_video, monkeypatch, ada):
    publication = unclear(simulator, "youtube", small_video, monkeypatch)
    (post,) = simulator.posts()
    api = APIClient()
    api.force_authenticate(ada)
    both = api.get(f"/publications/{publication.pk}/evidence").data
    assert (both["status"], both["may_settle"], len(both["ours"]["attempts"])) == (
        "publishing",
        True,
        1,
    )
    (candidate,) = both["platform"]["candidates"]
    assert (candidate["external_post_id"], candidate["fits"]) == (post["id"], True)
    path = f"/publications/{publication.pk}/settle"
    assert api.post(path, {"outcome": "ours"}, format="json").status_code == 400
    body = {"outcome": "ours", "external_post_id": post["id"]}
    answer = api.post(path, body, format="json")
    assert (answer.status_code, answer.data["status"]) == (200, "published"), answer.data
    assert api.post(path, body, format="json").status_code == 200
    absent = api.post(path, {"outcome": "absent"}, format="json")
    assert absent.status_code == 409


def test_operators_look_choose_and_confirm(client, simulator, clock, small_video, monkeypatch, ada):
    publication = unclear(simulator, "instagram", small_video, monkeypatch)
    (post,) = simulator.posts()
    client.force_login(ada)
    page = reverse("admin:publishing_publication_evidence", args=[publication.pk])
    before = client.get(page).text
    assert "Our record" in before
    assert post["id"] not in before
    shown = client.post(page).text
    assert post["id"] in shown
    assert "The words are the same." in shown
    settle = reverse("admin:publishing_publication_settle", args=[publication.pk])
    assert "cannot be taken back" in client.get(f"{settle}?ours={post['id']}").text
    publication.refresh_from_db()
    assert publication.status == "publishing"  # looking settles nothing
    assert client.post(settle, {"ours": post["id"]}).status_code == 400  # no reason
    assert client.post(settle, {"ours": post["id"], "why": "seen it"}).status_code == 302
    assert Publication.objects.get(pk=publication.pk).external_post_id == post["id"]


def test_whoever_may_not_settle_is_shown_no_buttons(
    client, simulator, small_video, clock, monkeypatch
):
    publication = unclear(simulator, "tiktok", small_video, monkeypatch)
    client.force_login(make_user("ben"))
    page = reverse("admin:publishing_publication_evidence", args=[publication.pk])
    assert "This one is ours" not in client.post(page).text
    settle = reverse("admin:publishing_publication_settle", args=[publication.pk])
    assert client.get(settle).status_code == 403
