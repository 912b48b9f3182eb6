"""The calendar: what it shows, in which clocks, and moving posts on it without a script."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.machine import IllegalMove
from publishing import queries
from publishing.calendar import calendar_of, month_of, week_of
from publishing.clocks import Slot, zone_called
from publishing.services.plans import set_plan
from publishing.services.publications import create_publication, move_publication
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db
MADRID = zone_called("Europe/Madrid")
CALENDAR = reverse("admin:publishing_publication_calendar")


def page_of(publication, **asked):
    return reverse("admin:publishing_publication_move", args=[publication.pk])


def shown(calendar):
    return {
        (cell.day.isoformat(), cell.hour): [each.publication.title for each in cell.entries]
        for row in calendar.rows
        for cell in row
        if cell.entries
    }


def test_a_month_has_whole_weeks_and_a_week_begins_on_monday():
    first, last = month_of(datetime(2026, 11, 20).date())  # noqa: DTZ001
    assert (str(first), str(last)) == ("2026-10-26", "2026-12-06")
    assert [str(each) for each in week_of(last)] == ["2026-11-30", "2026-12-06"]


def test_a_post_stands_on_the_day_that_the_clocks_show():
    make_publication(title="late", scheduled_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    make_publication(
        title="gone", status="cancelled", scheduled_at=datetime(2026, 11, 20, tzinfo=UTC)
    )
    make_publication(
        title="out",
        status="published",
        external_post_id="1",
        scheduled_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        published_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
    )
    days = month_of(datetime(2026, 11, 20).date())  # noqa: DTZ001
    assert shown(calendar_of(*days, zone_called("UTC"), by_hour=False)) == {
        ("2026-11-20", None): ["late"],
        ("2026-11-21", None): ["out"],
    }
    by_hour = shown(calendar_of(*days, MADRID, by_hour=True))
    assert by_hour == {("2026-11-21", 0): ["late"], ("2026-11-21", 10): ["out"]}


def test_each_post_shows_the_time_of_these_clocks_and_of_its_own(admin_client):
    account = make_account()
    set_plan(account, zone="Asia/Tokyo", slots=[Slot(3, time(9))])
    make_publication(account=account, scheduled_at=datetime(2026, 12, 2, 17, 30, tzinfo=UTC))
    asked = f"{CALENDAR}?day=2026-12-02&zone=Europe/Madrid"
    text = admin_client.get(asked).content.decode()
    assert "18:30 Harbour lights" in text
    assert "there Thu 02:30" in text
    assert "17:30" not in text
    at_home = admin_client.get(f"{CALENDAR}?day=2026-12-02").content.decode()
    assert "02:30 Harbour lights" in at_home
    assert "there" not in at_home.split("Harbour lights</a>")[1][:200]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_on_the_days_the_clocks_jump_each_post_stands_once(day):
    day = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=3)
    for hour in range(30):
        make_publication(title=f"{hour}", scheduled_at=day + timedelta(hours=hour))
    middle = (day + timedelta(hours=12)).date()
    days = calendar_of(middle - timedelta(days=2), middle + timedelta(days=2), MADRID, by_hour=True)
    assert sum(len(each) for each in shown(days).values()) == 30


def test_free_slots_stand_there_until_somebody_has_them():
    account = make_account()
    set_plan(account, zone="Europe/Madrid", slots=[Slot(day, time(18)) for day in range(1, 8)])
    today = timezone.now().astimezone(MADRID).date()
    days = (today, today + timedelta(days=7))

    def free():
        rows = calendar_of(*days, MADRID, by_hour=False).rows
        return [each.local for row in rows for cell in row for each in cell.free]

    before = free()
    assert {each.hour for each in before} == {18}
    create_publication(make_variant(), account, title="A", caption="B", next_slot=True)
    assert free() == before[1:]


def test_the_page_opens_for_whoever_may_see_and_offers_moves_to_whoever_may(client):
    publication = make_publication(scheduled_at=timezone.now() + timedelta(hours=1))
    client.force_login(make_user("cleo", is_staff=True))
    for view in ("month", "week"):
        text = client.get(f"{CALENDAR}?view={view}").content.decode()
        assert "Harbour lights" in text
        assert "pc-move" not in text
        assert "calendar.js" not in text
    assert client.post(page_of(publication), {}).status_code == 403
    client.force_login(make_user("ben"))
    text = client.get(CALENDAR).content.decode()
    assert page_of(publication) in text
    assert str(publication.social_account) in text
    assert "Scheduled" in text


@pytest.mark.parametrize(
    "asked",
    ["day=nonsense", "day=9999-12-31", "day=0001-01-01", "zone=../../etc", "zone=%00", "view=year"],
)
def test_nonsense_shows_today(admin_client, asked):
    assert admin_client.get(f"{CALENDAR}?{asked}").status_code == 200


def test_the_page_asks_as_much_for_many_posts_and_accounts_as_for_few(admin_client):
    def some():
        for _ in range(3):
            account = make_account()
            set_plan(account, slots=[Slot(1, time(9))])
            make_publication(account=account, scheduled_at=timezone.now() + timedelta(hours=2))

    def asked():
        with CaptureQueriesContext(connection) as seen:
            admin_client.get(CALENDAR)
        return len(seen)

    some()
    asked()
    few = asked()
    some()
    assert asked() == few


# --- Moving ---------------------------------------------------------------------------------------


def post(client, publication, **wish):
    return client.post(page_of(publication), {"zone": "Europe/Madrid", **wish})


def by_script(client, publication, **wish):
    wish = {"zone": "Europe/Madrid", **wish}
    return client.post(page_of(publication), wish, headers={"Accept": "application/json"})


def day_ahead(days):
    return (timezone.now().astimezone(MADRID) + timedelta(days=days)).date()


def test_a_form_moves_a_post_without_any_script(admin_client):
    publication = make_publication(scheduled_at=timezone.now() + timedelta(days=3))
    assert admin_client.get(page_of(publication)).status_code == 200
    day = day_ahead(5)
    answer = post(admin_client, publication, day=str(day), at="18:30")
    assert answer.status_code == 302
    assert answer["Location"].startswith(CALENDAR)
    publication.refresh_from_db()
    local = publication.scheduled_at.astimezone(MADRID)
    assert (local.date(), f"{local:%H:%M}") == (day, "18:30")
    assert queries.live_job_of(publication).run_at == publication.scheduled_at


def test_another_day_keeps_the_time_and_another_hour_the_minutes(admin_client):
    at = datetime.combine(day_ahead(3), time(18, 45), tzinfo=MADRID)
    publication = make_publication(scheduled_at=at.astimezone(UTC))
    said = by_script(admin_client, publication, day=str(day_ahead(6)))
    assert said.status_code == 200
    assert "at 18:45 Europe/Madrid" in said.json()["message"]
    by_script(admin_client, publication, day=str(day_ahead(6)), hour="9")
    publication.refresh_from_db()
    assert f"{publication.scheduled_at.astimezone(MADRID):%H:%M}" == "09:45"


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        ("draft", "draft"),
        ("awaiting", "awaiting"),
        ("scheduled", "scheduled"),
        ("missed", "scheduled"),
    ],
)
def test_a_move_changes_the_time_and_nothing_else(status, becomes):
    publication = make_publication(status=status, scheduled_at=timezone.now())
    at = timezone.now() + timedelta(days=2)
    move_publication(publication, at=at)
    publication.refresh_from_db()
    assert (publication.status, publication.scheduled_at) == (becomes, at)


def test_what_is_out_or_on_its_way_is_not_moved(admin_client):
    publication = make_publication(status="publishing")
    with pytest.raises(IllegalMove):
        move_publication(publication, at=timezone.now() + timedelta(days=2))
    answer = by_script(admin_client, publication, day=str(day_ahead(2)), at="10:00")
    assert (answer.status_code, answer.json()["code"]) == (409, "ledger.illegal-move")


@pytest.mark.parametrize(
    "wish",
    [
        {"day": "2001-01-01", "at": "10:00"},  # gone
        {"day": "2027-03-28", "at": "02:30"},  # skipped by the clocks
        {"day": "nonsense"},
        {"day": "2026-12-24", "hour": "24"},
        {"day": "2026-12-24", "zone": "Mars/Olympus"},
        {},
    ],
)
def test_a_move_that_cannot_be_says_why_and_changes_nothing(admin_client, wish):
    at = timezone.now() + timedelta(days=3)
    publication = make_publication(scheduled_at=at)
    answer = by_script(admin_client, publication, **wish)
    assert (answer.status_code, set(answer.json()) >= {"code", "message"}) == (400, True)
    assert post(admin_client, publication, **wish).status_code == 400
    publication.refresh_from_db()
    assert publication.scheduled_at == at


def test_a_draft_without_a_time_must_be_given_one(admin_client):
    draft = make_publication(status="draft")
    assert "Harbour lights" in admin_client.get(CALENDAR).content.decode()
    assert by_script(admin_client, draft, day=str(day_ahead(2))).status_code == 400
    assert post(admin_client, draft, day=str(day_ahead(2)), at="10:00").status_code == 302
