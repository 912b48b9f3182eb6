"""Approval: nothing unapproved is sent, whoever changes what, and whenever."""

import os

import pytest
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.context import acting
from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from publishing import queries
from publishing.approval import content_hash
from publishing.errors import NotApprovable, NotPublishable, NotYours, TooLate
from publishing.models import Approval, Publication, PublishLog
from publishing.services import posting
from publishing.services.approvals import approve_publication, withdraw_approval
from publishing.services.editing import edit_publication
from publishing.services.plans import set_plan
from publishing.services.publications import (
    create_publication,
    retry_publication,
    schedule_publication,
)
from publishing.services.stopping import cancel_publication
from stakazo.core.errors import Conflict, NotAllowed
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_user, make_variant
from tests.past_the_ledger import overwrite
from tests.publishing.road import drive, real_variant, run_once, simulated_account
from tests.publishing.test_posting import the_one_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    """She may approve."""
    return make_user("ada")


@pytest.fixture
def ben():
    """He edits."""
    return make_user("ben")


def wish(account=None, *, by=None, **fields):
    """A publication somebody wants; its account asks for a yes unless another is given."""
    if account is None:
        account = make_account()
        set_plan(account, approval="one")
    with acting(actor=f"user:{by.pk}" if by else "system"):
        fields = {"title": "Harbour lights", "caption": "Out now", **fields}
        return create_publication(make_variant(), account, **fields)


def test_a_post_that_needs_a_yes_waits_for_it_without_a_job_and_then_goes_at_its_time(ada):
    at = timezone.now() + timezone.timedelta(days=1)
    publication = wish(scheduled_at=at)
    assert (publication.status, queries.live_job_of(publication)) == ("awaiting", None)
    approve_publication(publication, by=ada, why="fine")
    publication.refresh_from_db()
    assert publication.status == "scheduled"
    assert queries.live_job_of(publication).run_at == at
    assert event_types_of(publication) == [
        "publication_created",
        "publication_awaiting",
        "publication_approved",
        "publication_scheduled",
    ]
    event = LedgerEvent.objects.get(event_type="publication_approved")
    assert event.metadata["by"] == f"user:{ada.pk}"
    assert event.metadata["content_hash"] == content_hash(publication)


def test_where_nobody_asks_for_it_nothing_changes(ada):
    publication = wish(make_account())
    assert publication.status == "scheduled"
    with pytest.raises(NotApprovable, match="need no approval"):
        approve_publication(publication, by=ada)


def test_the_setting_counts_where_the_account_says_nothing_and_the_account_first(settings):
    settings.PUBLISHING_APPROVAL = "one"
    assert wish(make_account()).status == "awaiting"
    open_account = make_account()
    set_plan(open_account, approval="off")
    assert wish(open_account).status == "scheduled"


def test_a_setting_that_means_nothing_is_found_at_the_start(settings):
    settings.PUBLISHING_APPROVAL = "maybe"
    assert [each.id for each in run_checks(tags=["publishing"])] == ["publishing.E003"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"caption": "Other"},
        {"privacy": "private"},
        {"options": {"thumb_offset_ms": 5}},
    ],
)
def test_any_edit_withdraws_the_yes(ada, change):
    account = make_account("youtube")
    set_plan(account, approval="one")
    publication = approve_publication(wish(account), by=ada)
    edited = edit_publication(publication, **change)
    assert edited.status == "awaiting"
    approval = Approval.objects.get()
    assert (approval.withdrawn_at is not None, approval.withdrawn_why) == (True, "It was edited.")
    assert {"publication_edited", "publication_approval_withdrawn"} <= set(
        event_types_of(publication)
    )
    assert approve_publication(edited, by=ada).status == "scheduled"


def test_an_edit_that_changes_nothing_leaves_the_yes_and_another_time_does_too(ada):
    publication = approve_publication(wish(), by=ada)
    edit_publication(publication, caption="Out now")
    schedule_publication(publication, at=timezone.now() + timezone.timedelta(days=2))
    assert (publication.status, Approval.objects.get().withdrawn_at) == ("scheduled", None)


@pytest.mark.parametrize(
    ("where", "column", "value"),
    [
        ("self", "caption", "smuggled in"),
        ("clip_variant", "sha256", "f" * 64),
        ("social_account", "external_id", "somebody else"),
    ],
)
def test_a_yes_holds_for_the_bytes_the_words_and_the_account_whatever_changed_them(
    ada, where, column, value
):
    publication = approve_publication(wish(), by=ada)
    row = publication if where == "self" else getattr(publication, where)
    overwrite(type(row).objects.filter(pk=row.pk), **{column: value})
    assert queries.lacks_approval(queries.publication_by_id(publication.pk))


def test_who_may_not_approve_is_refused(ben):
    publication = wish()
    with pytest.raises(NotAllowed):
        approve_publication(publication, by=ben)
    ben.user_permissions.add(Permission.objects.get(codename="approve_publication"))
    ben = type(ben).objects.get(pk=ben.pk)
    assert approve_publication(publication, by=ben).status == "scheduled"


def test_the_second_person_is_another_one_than_who_wrote_or_changed_it(ada):
    account = make_account()
    set_plan(account, approval="second")
    dora = make_user("dora", is_superuser=True)
    own = wish(account, by=ada)
    with pytest.raises(NotYours):
        approve_publication(own, by=ada)
    with acting(actor=f"user:{dora.pk}"):
        edit_publication(own, caption="Out tonight")
    with pytest.raises(NotYours):
        approve_publication(own, by=dora)
    emil = make_user("emil", is_superuser=True)
    assert approve_publication(own, by=emil).status == "scheduled"


def test_a_key_counts_as_its_owner(ada):
    from stakazo.identity.services import create_api_key

    account = make_account()
    set_plan(account, approval="second")
    key, _ = create_api_key(user=ada, name="robot", scopes=["write"])
    with acting(actor=f"key:{key.prefix}"):
        publication = create_publication(make_variant(), account, title="A", caption="B")
    with pytest.raises(NotYours):
        approve_publication(publication, by=ada)


def test_ones_own_yes_ends_to_count_when_a_second_person_is_asked_for(ada):
    account = make_account()
    set_plan(account, approval="one")
    publication = approve_publication(wish(account, by=ada), by=ada)
    set_plan(account, approval="second")
    assert queries.lacks_approval(queries.publication_by_id(publication.pk))


def test_a_yes_to_what_it_said_before_is_not_taken(ada):
    publication = wish()
    seen = content_hash(publication)
    edit_publication(publication, caption="Other")
    with pytest.raises(Conflict, match="changed since you looked"):
        approve_publication(publication, by=ada, seen=seen)
    assert not Approval.objects.exists()


def test_what_the_platform_would_refuse_cannot_be_approved(ada):
    publication = wish()
    overwrite(Publication.objects.filter(pk=publication.pk), caption="x" * 2300)
    with pytest.raises(NotPublishable):
        approve_publication(publication, by=ada)


def test_two_yeses_to_the_same_are_one(ada):
    publication = approve_publication(wish(), by=ada)
    approve_publication(publication, by=ada)
    assert Approval.objects.count() == 1
    assert event_types_of(publication).count("publication_approved") == 1


def test_a_yes_after_an_earlier_time_is_known_wakes_the_job_of_the_later_one(ada):
    late, soon = (timezone.now() + timezone.timedelta(days=days) for days in (9, 1))
    publication = approve_publication(wish(scheduled_at=late), by=ada)
    edit_publication(publication, caption="Other")
    publication.refresh_from_db()
    schedule_publication(publication, at=soon)
    assert publication.status == "awaiting"
    approve_publication(publication, by=ada)
    assert queries.live_job_of(publication).run_at == soon


def test_a_failed_post_that_was_edited_needs_a_new_yes_to_be_retried(ada):
    publication = approve_publication(wish(), by=ada)
    overwrite(Publication.objects.filter(pk=publication.pk), status="failed")
    publication.refresh_from_db()
    edit_publication(publication, caption="Other")
    publication.refresh_from_db()
    assert retry_publication(publication).status == "awaiting"


@pytest.mark.parametrize("status", ["publishing", "unknown", "published", "cancelled"])
def test_what_is_on_its_way_or_over_is_not_edited(status):
    fields = {"external_post_id": "1"} if status == "published" else {}
    with pytest.raises(IllegalMove):
        edit_publication(make_publication(status=status, **fields), caption="Other")


# --- Just before it is sent -----------------------------------------------------------------------


@pytest.fixture
def on_its_way(simulator, small_video, ada):
    """An approved publication with a real file, due now."""
    account = simulated_account(simulator, "youtube")
    set_plan(account, approval="one")
    publication = create_publication(
        real_variant(small_video), account, title="Harbour lights", caption="Out now"
    )
    return approve_publication(publication, by=ada)


def test_what_was_approved_goes_out(simulator, clock, on_its_way):
    the_one_post(simulator, drive(on_its_way, clock))


def test_the_job_sends_nothing_whose_yes_went_without_a_word(
    simulator,
    clock,
    on_its_way,
):
    overwrite(Publication.objects.filter(pk=on_its_way.pk), caption="smuggled in")
    drive(on_its_way, clock)
    assert (on_its_way.status, simulator.posts()) == ("awaiting", [])


def during_upload(monkeypatch, do):
    """Do this when the whole file is there and nothing is sent yet."""
    really = posting._Attempt._send

    def then(self, client, publish):
        do()
        return really(self, client, publish)

    monkeypatch.setattr(posting._Attempt, "_send", then)


@pytest.mark.parametrize("how", ["withdrawn", "switched", "cancelled"])
def test_a_stop_during_the_upload_holds(simulator, clock, on_its_way, monkeypatch, how, ada):
    def stop():
        there = queries.publication_by_id(on_its_way.pk)
        if how == "withdrawn":
            withdraw_approval(there, why="wrong song")
        elif how == "cancelled":
            cancel_publication(there, why="wrong song")
        else:  # past every service
            overwrite(Approval.objects.all(), content_hash="0" * 64)

    during_upload(monkeypatch, stop)
    drive(on_its_way, clock)
    wanted = "cancelled" if how == "cancelled" else "awaiting"
    assert (on_its_way.status, simulator.posts()) == (wanted, [])
    log = PublishLog.objects.get()
    assert (log.status, log.error_code) == ("failed", "publishing.stopped")
    if how != "cancelled":
        monkeypatch.undo()
        approve_publication(on_its_way, by=ada)
        the_one_post(simulator, drive(on_its_way, clock))


@pytest.mark.parametrize("phase", ["committing", "accepted"])
def test_past_the_point_of_no_return_nothing_is_stopped(ada, phase):
    publication = approve_publication(wish(), by=ada)
    overwrite(Publication.objects.filter(pk=publication.pk), status="publishing")
    PublishLog.objects.create(publication=publication, status="processing", phase=phase)
    publication.refresh_from_db()
    for stop in (cancel_publication, withdraw_approval):
        with pytest.raises(TooLate):
            stop(publication)
    publication.refresh_from_db()
    assert publication.status == "publishing"
    assert queries.standing_approval(publication) is not None


def test_one_that_was_sent_once_and_goes_again_is_not_stopped():
    publication = make_publication(status="publishing")
    PublishLog.objects.create(
        publication=publication,
        status="processing",
        phase="prepared",
        extra_metadata={"went_again": "nothing was posted"},
    )
    with pytest.raises(TooLate):
        cancel_publication(publication)


def test_a_file_that_was_exchanged_on_the_disk_is_not_sent(
    simulator,
    clock,
    on_its_way,
):
    file = on_its_way.clip_variant.file
    with file.storage.open(file.name, "r+b") as there:  # as long as before
        there.seek(-1, os.SEEK_END)
        there.write(b"?")
    drive(on_its_way, clock)
    assert (on_its_way.status, simulator.posts()) == ("failed", [])
    assert "bytes have changed" in on_its_way.error


def test_a_running_job_is_told_to_end_when_its_publication_is_cancelled(
    simulator,
    clock,
    on_its_way,
    monkeypatch,
):
    asked = []

    def stop():
        cancel_publication(queries.publication_by_id(on_its_way.pk))
        asked.append(queries.live_job_of(on_its_way).cancel_requested)

    during_upload(monkeypatch, stop)
    run_once(on_its_way)
    assert asked == [True]


# --- Doors ----------------------------------------------------------------------------------------


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_api_edits_approves_and_withdraws(ada, ben):
    publication = wish(by=ben)
    path = f"/publications/{publication.pk}"
    ours, his = client_of(ada), client_of(ben)
    seen = his.get(path).data
    assert seen["approval"] == {"asks_for": "one", "missing": True, "by": None, "at": None}
    assert his.post(f"{path}/approve", {}, format="json").status_code == 403
    edited = his.patch(path, {"caption": "Tonight"}, format="json")
    assert (edited.status_code, edited.data["caption"]) == (200, "Tonight")
    old = {"content_hash": seen["content_hash"]}
    assert ours.post(f"{path}/approve", old, format="json").status_code == 409
    new = {"content_hash": edited.data["content_hash"], "why": "fine"}
    approved = ours.post(f"{path}/approve", new, format="json")
    assert (approved.status_code, approved.data["status"]) == (200, "scheduled"), approved.data
    assert approved.data["approval"]["by"] == "ada"
    assert "Approved by ada" in " ".join(approved.data["evidence"]["known"])
    back = ours.post(f"{path}/withdraw_approval", {"why": "wrong song"}, format="json")
    assert (back.status_code, back.data["status"]) == (200, "awaiting")
    assert ours.post(f"{path}/withdraw_approval", {}, format="json").status_code == 409
    wrong = ours.patch(path, {"caption": "x" * 2300}, format="json")
    assert (wrong.status_code, wrong.data["code"]) == (422, "publishing.not-publishable")


def test_the_admin_approves_what_was_seen_and_edits(client, ada, ben):
    publication = wish(by=ben)
    client.force_login(ada)
    page = reverse("admin:publishing_publication_change", args=[publication.pk])
    text = client.get(page).content.decode()
    button = "publishing_publication_approve_this"
    assert button in text
    none = {
        f"{each}-{what}_FORMS": "0"
        for each in ("publish_logs", "metrics", "age_metrics", "approvals", "steps")
        for what in ("TOTAL", "INITIAL")
    }
    form = {"seen": content_hash(publication), button: "1", **none}
    edit = reverse("admin:publishing_publication_edit", args=[publication.pk])
    words = {"title": "Harbour lights", "caption": "Tonight", "privacy": "public"}
    assert client.get(edit).status_code == 200
    assert client.post(edit, words).status_code == 302
    client.post(page, form)
    publication.refresh_from_db()
    assert publication.status == "awaiting"  # it was changed since the page was opened
    client.post(page, {**form, "seen": content_hash(publication)})
    publication.refresh_from_db()
    assert publication.status == "scheduled"
    refused = client.post(edit, {**words, "caption": "x" * 2300})
    assert set(refused.context["form"].errors) == {"caption"}
    client.force_login(ben)
    assert button not in client.get(page).content.decode()
