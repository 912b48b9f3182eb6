"""What the clocks of a zone mean, on the days they jump and on all others."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.clocks import Slot, clock_time, moment_of, slot_moments, zone_called
from stakazo.core.errors import InvalidInput

MADRID = ZoneInfo("Europe/Madrid")  # 2026: 29 March 02:00 → 03:00, 25 October 03:00 → 02:00


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moments(slots, zone, first, last):
    return slot_moments(slots, zone, after=utc(first), until=utc(last))


def test_a_slot_stays_at_its_time_of_the_clocks_when_they_change():
    found = moments([Slot(7, time(18))], MADRID, "2026-03-16", "2026-04-06")
    assert found == [utc("2026-03-22T17:00"), utc("2026-03-29T16:00"), utc("2026-04-05T16:00")]


def test_a_slot_in_the_gap_goes_out_once_as_long_after_it():
    found = moments([Slot(7, time(2, 30))], MADRID, "2026-03-28", "2026-03-31")
    assert found == [utc("2026-03-29T01:30")]
    assert found[0].astimezone(MADRID).strftime("%H:%M") == "03:30"


def test_two_slots_that_the_gap_puts_together_are_one():
    both = [Slot(7, time(2, 30)), Slot(7, time(3, 30))]
    assert moments(both, MADRID, "2026-03-28", "2026-03-31") == [utc("2026-03-29T01:30")]


def test_a_slot_in_the_fold_goes_out_once_at_the_first_of_the_two():
    found = moments([Slot(7, time(2, 30))], MADRID, "2026-10-24", "2026-10-27")
    assert found == [utc("2026-10-25T00:30")]


def test_a_day_that_a_zone_skips_has_no_slot_of_its_own_and_its_neighbours_stay_in_order():
    apia = ZoneInfo("Pacific/Apia")  # has had no 30 December 2011
    daily = [Slot(day, time(hour)) for day in range(1, 8) for hour in (9, 18)]
    found = moments(daily, apia, "2011-12-28", "2012-01-03")
    assert found == sorted(set(found))
    assert {each.astimezone(apia).strftime("%d %H") for each in found} >= {"29 18", "31 09"}


def test_a_time_that_the_clocks_skip_is_refused_with_what_they_do():
    with pytest.raises(InvalidInput, match="skip 2026-03-29 02:30"):
        moment_of(datetime(2026, 3, 29, 2, 30), MADRID)  # noqa: DTZ001  of the clocks
    for hour in (1, 3):
        moment_of(datetime(2026, 3, 29, hour, 30), MADRID)  # noqa: DTZ001


def test_a_time_that_comes_twice_means_the_first_unless_the_second_is_asked_for():
    twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    assert moment_of(twice, MADRID) == utc("2026-10-25T00:30")
    assert moment_of(twice.replace(fold=1), MADRID) == utc("2026-10-25T01:30")


@given(
    zone=st.sampled_from(
        ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]
    ),
    first=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    slots=st.sets(
        st.builds(Slot, st.integers(1, 7), st.builds(time, st.integers(0, 23), st.integers(0, 59))),
        max_size=5,
    ),
)
def test_every_week_has_each_slot_once_whatever_the_clocks_do(zone, first, slots):
    """As many moments in two weeks as slots × 2, but for those at the very ends and put together."""
    zone, after = ZoneInfo(zone), first.replace(tzinfo=UTC)
    found = slot_moments(slots, zone, after=after, until=after + timedelta(days=14))
    assert found == sorted(set(found))
    assert all(after < each <= after + timedelta(days=14) for each in found)
    assert abs(len(found) - 2 * len(slots)) <= len(slots)
    for each in found:
        local = each.astimezone(zone)
        same = any(s.weekday == local.isoweekday() and s.at == local.time() for s in slots)
        hour_ago = (local.replace(tzinfo=None) - timedelta(hours=1)).replace(tzinfo=zone)
        jumped = hour_ago.utcoffset() != local.utcoffset()
        assert same or jumped


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "Mars/Olympus", "", "x" * 500, "\0", "CEST+1"]
)
def test_a_name_that_is_no_zone_is_refused(name):
    with pytest.raises(InvalidInput, match="no time zone"):
        zone_called(name)


@pytest.mark.parametrize("text", ["24:00", "7", "12:60", "noon", "", "٠٧:٠٠"])
def test_what_is_no_time_of_the_day_is_refused(text):
    with pytest.raises(InvalidInput):
        clock_time(text)
