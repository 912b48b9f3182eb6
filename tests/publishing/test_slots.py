"""Slots of an account: the next free one, through services, API and admin."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from ledger.models import LedgerEvent
from publishing import queries
from publishing.clocks import Slot
from publishing.errors import NoFreeSlot
from publishing.models import AccountPlan, Publication, SocialAccount
from publishing.services.plans import set_plan
from publishing.services.publications import (
    create_publication,
    schedule_publication,
)
from publishing.services.slots import take_slot
from publishing.services.stopping import cancel_publication
from stakazo.core.errors import InvalidInput
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
EVENINGS = [Slot(day, time(18)) for day in range(1, 8)]


@pytest.fixture
def account():
    """In Madrid (UTC+1 in November), with a slot each evening."""
    account = make_account()
    set_plan(account, zone="Europe/Madrid", slots=EVENINGS)
    return account


@pytest.fixture
def client():
    client = APIClient()
    client.force_authenticate(make_user("ada"))
    return client


def days_between(first, second):
    """By the account's clocks, which may jump in between."""
    local = [
        queries.local_time(each.social_account, each.scheduled_at).date()
        for each in (first, second)
    ]
    return (local[1] - local[0]).days


def evening(days=0):
    return datetime(2026, 11, 20, 17, 0, tzinfo=UTC) + timedelta(days=days)


def test_the_next_slot_is_a_time_of_the_accounts_clocks(account):
    assert take_slot(account, now=NOW) == evening()
    assert take_slot(account, now=evening()) == evening(1)


def test_a_slot_is_taken_by_what_is_near_and_free_again_when_that_is_cancelled(account):
    near = make_publication(
        account=account, scheduled_at=evening() + timedelta(minutes=9), status="draft"
    )
    make_publication(account=account, scheduled_at=evening(1) - timedelta(minutes=10))  # not near
    make_publication(scheduled_at=evening())  # another account's
    assert take_slot(account, now=NOW) == evening(1)
    cancel_publication(near)
    assert take_slot(account, now=NOW) == evening()


def test_its_own_place_is_not_in_its_way(account):
    publication = make_publication(account=account, scheduled_at=evening())
    assert take_slot(account, but=publication, now=NOW) == evening()


def test_an_account_without_slots_says_what_to_do():
    with pytest.raises(NoFreeSlot, match="Add some to its plan"):
        take_slot(make_account())


def test_an_account_whose_year_is_full_says_so(account):
    set_plan(account, slots=[Slot(1, time(18))])
    monday = datetime(2026, 11, 23, 17, tzinfo=UTC)
    for week in range(54):
        zone = queries.zone_of(account.plan)
        local = (monday.replace(tzinfo=None) + timedelta(weeks=week, hours=1)).replace(tzinfo=zone)
        make_publication(account=account, scheduled_at=local.astimezone(UTC))
    with pytest.raises(NoFreeSlot, match="within a year"):
        take_slot(account, now=NOW)


def test_posts_put_in_the_next_slot_come_one_after_another_and_the_same_one_only_once(account):
    variant = make_variant()
    wish = {"title": "Harbour lights", "next_slot": True}
    first = create_publication(variant, account, caption="One", **wish)
    second = create_publication(variant, account, caption="Two more", **wish)
    again = create_publication(variant, account, caption="One", **wish)
    assert again == first
    assert days_between(first, second) == 1
    assert Job.objects.get(dedup_key=queries.job_key(first.pk)).run_at == first.scheduled_at


def test_a_draft_and_one_that_waits_can_be_put_in_a_slot(account):
    draft = make_publication(account=account, status="draft")
    schedule_publication(draft, next_slot=True)
    waits = make_publication(
        make_variant(content=b"another"),
        account,
        scheduled_at=timezone.now() + timedelta(days=40, minutes=7),
    )
    schedule_publication(waits, next_slot=True)
    assert (draft.status, waits.status) == ("scheduled", "scheduled")
    assert days_between(draft, waits) == 1
    assert queries.live_job_of(waits).run_at == waits.scheduled_at


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_a_slot_each(account):
    drafts = [
        make_publication(make_variant(content=b"%d" % n), account, status="draft") for n in range(6)
    ]

    def put(publication):
        try:
            schedule_publication(publication, next_slot=True)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=put, args=[each]) for each in drafts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    times = Publication.objects.filter(status="scheduled").values_list("scheduled_at", flat=True)
    assert len(set(times)) == 6


def test_a_time_without_offset_is_of_the_accounts_clocks(account):
    local = datetime(2026, 12, 1, 18, 30)  # noqa: DTZ001
    publication = make_publication(account=account, status="draft")
    soon = timezone.now().replace(tzinfo=None) + timedelta(days=3)
    schedule_publication(publication, at=soon)
    assert queries.local_time(account, publication.scheduled_at).replace(tzinfo=None) == soon
    assert queries.moment_for(account, local) == datetime(2026, 12, 1, 17, 30, tzinfo=UTC)


# --- The plan -------------------------------------------------------------------------------------


def test_a_plan_is_changed_with_a_word_to_the_ledger_and_not_without_a_change(account):
    account = SocialAccount.objects.get(pk=account.pk)
    set_plan(account, gap_min=30)
    set_plan(account, gap_min=30, zone="Europe/Madrid")
    last = LedgerEvent.objects.filter(event_type="account_plan_changed").order_by("id").last()
    assert (last.metadata["before"], last.metadata["after"]) == ({"gap_min": 10}, {"gap_min": 30})
    assert LedgerEvent.objects.filter(event_type="account_plan_changed").count() == 2
    assert AccountPlan.objects.get().zone == "Europe/Madrid"


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"gap_min": -1},
        {"gap_min": 1441},
        {"slots": [Slot(8, time(9))]},
        {"slots": [Slot(1, time(h, m)) for h in range(24) for m in range(0, 60, 5)]},
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_changes(account, wrong):
    with pytest.raises(InvalidInput):
        set_plan(account, **wrong)
    assert queries.slots_of(AccountPlan.objects.get()) == EVENINGS


# --- Doors ----------------------------------------------------------------------------------------


def test_the_api_shows_and_changes_the_plan_and_lists_who_has_which_slot(client):
    account = make_account()
    path = f"/publishing/accounts/{account.pk}"
    plan = client.get(f"{path}/plan").data
    assert (plan["zone"], plan["slots"], plan["gap_min"]) == ("UTC", [], 10)
    slots = [{"weekday": day, "at": "9:05"} for day in range(1, 8)]
    answer = client.patch(f"{path}/plan", {"zone": "Asia/Kolkata", "slots": slots}, format="json")
    assert answer.status_code == 200, answer.data
    assert answer.data["slots"][0] == {"weekday": 1, "at": "09:05"}
    body = {
        "clip_variant_id": str(make_variant().pk),
        "social_account_id": str(account.pk),
        "next_slot": True,
    }
    made = client.post("/publications", body, format="json")
    assert made.status_code == 201, made.data
    assert made.data["local_time"].endswith("T09:05:00+05:30")
    ahead = client.get(f"{path}/slots?days=7").data
    assert ahead["zone"] == "Asia/Kolkata"
    assert [str(each["publication"]) for each in ahead["slots"]] == [made.data["id"], *["None"] * 6]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("plan", {"zone": "Mars/Olympus"}, 400),
        ("plan", {"slots": [{"weekday": 0, "at": "09:00"}]}, 400),
        ("plan", {"slots": [{"weekday": 1, "at": "25:00"}]}, 400),
        ("plan", {"gap_min": 9999}, 400),
    ],
)
def test_the_api_refuses_a_wrong_plan_in_the_one_shape(client, path, body, status):
    account = make_account()
    answer = client.patch(f"/publishing/accounts/{account.pk}/{path}", body, format="json")
    assert answer.status_code == status
    assert set(answer.data) == {"code", "message", "details", "request_id"}
    assert not AccountPlan.objects.exists()


def test_the_api_refuses_two_wishes_at_once_and_a_time_in_the_gap(client):
    account = make_account()
    set_plan(account, zone="Europe/Madrid", slots=EVENINGS)
    draft = make_publication(account=account, status="draft")
    for wish in (
        {"next_slot": True, "scheduled_at": "2026-12-01T18:00:00Z"},
        {"scheduled_at": "2027-03-28T02:30:00"},
    ):
        answer = client.post(f"/publications/{draft.pk}/schedule", wish, format="json")
        assert (answer.status_code, answer.data["code"]) == (400, "stakazo.invalid-input"), wish
    for days in ("0", "93", "x", "-1"):
        bad = client.get(f"/publishing/accounts/{account.pk}/slots?days={days}")
        assert bad.status_code == 400


def test_who_may_only_look_changes_no_plan():
    client = APIClient()
    client.force_authenticate(make_user("cleo"))
    path = f"/publishing/accounts/{make_account().pk}/plan"
    assert client.get(path).status_code == 200
    assert client.patch(path, {"zone": "UTC"}, format="json").status_code == 403


def test_the_admin_shows_and_changes_the_plan(client, admin_client):
    account = make_account()
    page = reverse("admin:publishing_socialaccount_plan", args=[account.pk])
    form = {"zone": "Europe/Madrid", "gap_min": "15", "day1": "9:00, 18:30", "day5": "12:00"}
    form |= {"catch_up": "ask", "catch_up_within_h": "6"}
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, form).status_code == 302
    plan = AccountPlan.objects.get()
    assert [str(each) for each in queries.slots_of(plan)] == [
        "Monday 09:00",
        "Monday 18:30",
        "Friday 12:00",
    ]
    text = admin_client.get(page).content.decode()
    assert 'value="09:00, 18:30"' in text
    refused = admin_client.post(page, {**form, "day2": "25:00", "zone": "Mars"})
    assert refused.status_code == 400
    assert set(refused.context["form"].errors) == {"day2", "zone"}
    shown = admin_client.get(reverse("admin:publishing_socialaccount_change", args=[account.pk]))
    assert "Monday 09:00" in shown.content.decode()


def test_the_form_reads_the_time_by_the_accounts_clocks(admin_client):
    account, variant = make_account(), make_variant()
    set_plan(account, zone="America/New_York", slots=EVENINGS)
    page = reverse("admin:publishing_publication_add")
    day = (timezone.now() + timedelta(days=3)).date()
    form = {
        "clip_variant": str(variant.pk),
        "social_account": str(account.pk),
        "title": "Harbour lights",
        "caption": "Out now",
        "privacy": "public",
        "scheduled_at_0": str(day),
        "scheduled_at_1": "18:00:00",
    }
    both = admin_client.post(page, {**form, "next_slot": "on"})
    assert set(both.context["adminform"].form.errors) == {"next_slot"}
    assert admin_client.post(page, form).status_code == 302
    publication = Publication.objects.get()
    assert f"{queries.local_time(account, publication.scheduled_at):%Y-%m-%d %H:%M}" == (
        f"{day} 18:00"
    )
    form |= {"caption": "Second week", "scheduled_at_0": "", "scheduled_at_1": ""}
    assert admin_client.post(page, {**form, "next_slot": "on"}).status_code == 302
    assert Publication.objects.first().scheduled_at is not None
    shown = admin_client.get(reverse("admin:publishing_publication_changelist")).content.decode()
    assert f"planned {day} 18:00 America/New_York" in shown


def test_several_accounts_read_one_time_each_by_their_own_clocks(admin_client):
    variant, accounts = make_variant(), [make_account(), make_account("tiktok")]
    set_plan(accounts[0], zone="Asia/Tokyo")
    day = (timezone.now() + timedelta(days=3)).date()
    page = reverse("admin:publishing_publication_publish") + f"?variant={variant.pk}"
    form = {
        "social_accounts": [str(each.pk) for each in accounts],
        "caption": "Out now",
        "scheduled_at_0": str(day),
        "scheduled_at_1": "18:00:00",
    }
    admin_client.post(page, form)
    hours = {each.social_account_id: each.scheduled_at.hour for each in Publication.objects.all()}
    assert hours == {accounts[0].pk: 9, accounts[1].pk: 18}
