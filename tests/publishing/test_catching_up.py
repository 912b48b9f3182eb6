"""After downtime: what is late goes out one after another, asks, or takes a slot; never all at once."""

import itertools
from datetime import time, timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from ledger.models import LedgerEvent
from publishing import queries
from publishing.clocks import Slot
from publishing.models import Publication, PublishLog
from publishing.services.plans import set_plan
from publishing.services.publications import create_publication, schedule_publication
from publishing.services.slots import slots_ahead
from publishing.services.stopping import cancel_publication
from tests.events import event_types_of
from tests.factories import make_account, make_publication
from tests.publishing.road import drive, real_variant, run_once, simulated_account
from tests.publishing.test_posting import the_one_post

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600


@pytest.fixture
def wish(simulator, small_video):
    """Makes publications of one account, each with words of its own."""
    account = simulated_account(simulator, "youtube")
    set_plan(account, gap_min=10)
    variant = real_variant(small_video)
    words = iter(["harbour", "lights at night", "the long way home", "rain", "after the storm"])

    def make(**fields):
        said = next(words)
        return create_publication(variant, account, title=said, caption=f"{said}!", **fields)

    make.account = account
    return make


def in_(hours):
    return timezone.now() + timedelta(hours=hours)


def test_what_is_a_little_late_just_goes(simulator, clock, wish):
    publication = wish(scheduled_at=in_(1))
    clock.shift(HOUR + 14 * 60)
    the_one_post(simulator, drive(publication, clock))


def test_late_posts_go_out_one_after_another(simulator, clock, wish):
    late = [wish(scheduled_at=in_(1) + timedelta(minutes=n)) for n in range(3)]
    clock.shift(4 * HOUR)
    up_again = timezone.now()
    for each in late:
        run_once(each)
        each.refresh_from_db()
    assert [each.status for each in late] == ["published", "scheduled", "scheduled"]
    places = [round((each.scheduled_at - up_again).total_seconds() / 60) for each in late[1:]]
    assert places == [10, 20]
    assert queries.live_job_of(late[2]).run_at >= late[2].scheduled_at - timedelta(seconds=1)
    assert "publication_rescheduled" in event_types_of(late[1])
    for each in late[1:]:
        drive(each, clock, step_s=301)
    began = sorted(PublishLog.objects.values_list("created_at", flat=True))
    assert all(b - a >= timedelta(minutes=9) for a, b in itertools.pairwise(began))
    assert [p["title"] for p in simulator.posts()] == [each.title for each in late]


def test_late_posts_leave_room_for_what_is_planned(clock, wish):
    late, planned = wish(scheduled_at=in_(1)), wish(scheduled_at=in_(4.1))
    clock.shift(4 * HOUR)
    run_once(late)
    late.refresh_from_db()
    assert late.scheduled_at == planned.scheduled_at + timedelta(minutes=10)


def test_what_would_be_too_late_asks(clock, wish):
    set_plan(wish.account, catch_up_within_h=2)
    publication = wish(scheduled_at=in_(1))
    clock.shift(4 * HOUR)
    assert run_once(publication).result["left"] == "missed"
    publication.refresh_from_db()
    assert "more than 2 h late" in publication.error
    assert queries.live_job_of(publication) is None
    assert LedgerEvent.objects.filter(event_type="publication_missed", severity="WARN").exists()


def test_a_long_queue_of_late_posts_ends_at_the_limit(clock, wish):
    set_plan(wish.account, catch_up_within_h=1, gap_min=25)
    late = [wish(scheduled_at=in_(1)) for _ in range(4)]
    clock.shift(HOUR + 16 * 60)
    for each in late:
        run_once(each)
        each.refresh_from_db()
    assert [each.status for each in late] == ["published", "scheduled", "missed", "missed"]


def test_being_moved_twice_does_not_make_the_limit_later(clock, wish):
    set_plan(wish.account, catch_up_within_h=6)
    first, second = wish(scheduled_at=in_(1)), wish(scheduled_at=in_(1))
    clock.shift(4 * HOUR)
    run_once(first)
    run_once(second)
    second.refresh_from_db()
    assert second.missed_at is not None
    clock.shift(4 * HOUR)  # down again; by now it is seven hours late
    run_once(second)
    second.refresh_from_db()
    assert second.status == "missed"


def test_an_account_may_rather_be_asked_at_once(simulator, clock, wish):
    set_plan(wish.account, catch_up="ask")
    publication = wish(scheduled_at=in_(1))
    clock.shift(2 * HOUR)
    drive(publication, clock)
    assert (publication.status, simulator.posts()) == ("missed", [])
    schedule_publication(publication, at=in_(1))
    assert (publication.status, publication.error) == ("scheduled", "")
    clock.shift(HOUR + 1)
    the_one_post(simulator, drive(publication, clock))


def test_what_missed_its_time_can_be_cancelled(clock, wish):
    set_plan(wish.account, catch_up="ask")
    publication = wish(scheduled_at=in_(1))
    clock.shift(2 * HOUR)
    run_once(publication)
    publication.refresh_from_db()
    assert cancel_publication(publication).status == "cancelled"


def test_an_account_may_rather_have_the_next_slots(clock, wish):
    set_plan(wish.account, catch_up="slot", slots=[Slot(day, time(9)) for day in range(1, 8)])
    late = [wish(scheduled_at=in_(1)) for _ in range(2)]
    clock.shift(4 * HOUR)
    free = [
        place.at
        for place in slots_ahead(wish.account, now=timezone.now(), until=in_(24 * 5))
        if place.taken_by is None
    ]
    for each in late:
        run_once(each)
        each.refresh_from_db()
    assert [each.scheduled_at for each in late] == free[:2]


def test_without_slots_it_asks(clock, wish):
    set_plan(wish.account, catch_up="slot")
    publication = wish(scheduled_at=in_(1))
    clock.shift(4 * HOUR)
    run_once(publication)
    publication.refresh_from_db()
    assert publication.status == "missed"
    assert "has no slots" in publication.error


def test_a_post_wanted_now_is_due_when_it_was_put_in_the_queue(clock, wish):
    first, second = wish(), wish()
    clock.shift(HOUR)
    run_once(first)
    run_once(second)
    second.refresh_from_db()
    assert second.status == "scheduled"
    assert second.scheduled_at > timezone.now() + timedelta(minutes=9)


def test_an_attempt_that_failed_and_comes_again_is_not_late(simulator, clock, wish):
    publication = wish(scheduled_at=in_(1))
    clock.shift(HOUR + 1)
    PublishLog.objects.create(publication=publication, status="failed", phase="settled")
    clock.shift(HOUR)
    the_one_post(simulator, drive(publication, clock))


def test_another_account_is_not_held_up(clock, wish, simulator):
    late = wish(scheduled_at=in_(1))
    make_publication(account=make_account(), scheduled_at=in_(4))
    clock.shift(4 * HOUR)
    run_once(late)
    assert Job.objects.get(dedup_key=queries.job_key(late.pk)).status == "completed"
    assert Publication.objects.get(pk=late.pk).status == "published"
