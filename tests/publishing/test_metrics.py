"""The numbers of live posts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publishing.models import AgeMetric, PostMetric
from publishing.platforms.tiktok import TikTokClient
from publishing.services.accounts import connect_simulator_accounts
from publishing.services.metrics import (
    backfill_metrics,
    collect_at_ages,
    collect_metrics,
    keep_metric,
    posts_at_an_age,
)
from tests.factories import make_publication
from tests.publishing.road import PLATFORMS, drive, wanted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_numbers_of_a_live_post_are_kept_by_the_hour(simulator, small_video, platform):
    noon = timezone.now().replace(minute=5, second=0) + timedelta(hours=1)
    with time_machine.travel(noon, tick=True) as clock:
        publication = drive(wanted(simulator, platform, small_video), clock, step_s=1)
        assert publication.status == "published", publication.error
        assert collect_metrics() == {"posts": 1, "kept": 1, "failed": 0}
        clock.shift(20 * 60)
        collect_metrics()
        assert PostMetric.objects.count() == 1
        clock.shift(3600)
        assert backfill_metrics()["kept"] == 1
    later, first = PostMetric.objects.order_by("-taken_at")
    assert later.views >= first.views
    assert first.publication_id == publication.pk


def test_posts_that_cannot_be_asked_about_do_not_stop_the_others(simulator, small_video):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        drive(wanted(simulator, "tiktok", small_video), clock, step_s=1)
    make_publication(status="published", external_post_id="9", published_at=timezone.now())
    assert collect_metrics() == {"posts": 2, "kept": 1, "failed": 1}


def test_what_else_a_platform_counts_is_kept_too():
    publication = make_publication(status="published", external_post_id="9")
    metric = keep_metric(publication, {"views": 7, "saves": 2}, taken_at=timezone.now())
    assert (metric.views, metric.likes, metric.others) == (7, None, {"saves": 2})


# --- At fixed ages --------------------------------------------------------------------------------


def posted(hours_ago, *, now, number=1):
    return make_publication(
        status="published",
        external_post_id=str(number),
        published_at=now - timedelta(hours=hours_ago),
    )


def ages_of(publication):
    return list(publication.age_metrics.order_by("age_h").values_list("age_h", flat=True))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_post_is_counted_once_at_each_age_and_the_first_look_stands(
    simulator, small_video, platform
):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        publication = drive(wanted(simulator, platform, small_video), clock, step_s=1)
        begun = publication.published_at
        taken = []
        for hours in (0.9, 1.05, 1.3, 24.1, 25, 71, 72.5, 168.2, 200):
            clock.move_to(begun + timedelta(hours=hours))
            connect_simulator_accounts()
            if posts_at_an_age(timezone.now()):
                taken.append(hours)
                assert collect_at_ages()["kept"] == 1
            assert posts_at_an_age(timezone.now()) == []
    assert taken == [1.05, 24.1, 72.5, 168.2]
    rows = list(publication.age_metrics.order_by("age_h"))
    assert [row.age_h for row in rows] == [1, 24, 72, 168]
    late = [(row.taken_at - begun) / timedelta(hours=1) - row.age_h for row in rows]
    assert all(0 <= hours < 0.6 for hours in late)
    assert [row.views for row in rows] == sorted(row.views for row in rows)
    assert rows[-1].views > 0
    if platform == "instagram":
        assert rows[-1].watch_ms > rows[-1].views
    else:  # these do not tell
        assert rows[-1].watch_ms is None
    assert (rows[-1].shares is None) == (platform == "youtube")


@pytest.mark.parametrize(
    ("hours", "ages"),
    [
        (0.99, []), (1, [1]), (1.5, [1]), (1.51, []), (23.9, []), (26.4, [24]), (26.5, []),
        (79.2, [72]), (79.3, []), (184.8, [168]), (184.9, []),
    ],
)  # fmt: skip
def test_a_look_counts_for_an_age_when_it_is_not_too_late(hours, ages):
    now = timezone.now()
    publication = posted(hours, now=now)
    assert bool(posts_at_an_age(now)) == bool(ages)
    keep_metric(publication, {"views": 5}, taken_at=now)
    assert ages_of(publication) == ages


def test_ages_are_filled_from_the_looks_of_the_hours_and_not_from_later_ones():
    now = timezone.now().replace(minute=0)  # so that each look lies in an hour of its own
    early, late = posted(200, now=now), posted(200, now=now, number=2)
    for publication, hours in ((early, (1.2, 24.5, 25)), (late, (10, 40, 100))):
        for hour in hours:
            at = publication.published_at + timedelta(hours=hour)
            keep_metric(publication, {"views": int(hour * 10), "likes": 1}, taken_at=at)
    AgeMetric.objects.all().delete()  # as it was before there were ages
    assert backfill_metrics()["ages"] == 2
    assert backfill_metrics()["ages"] == 0
    rows = early.age_metrics.order_by("age_h")
    assert [(row.age_h, row.views, row.comments) for row in rows] == [
        (1, 12, None),
        (24, 245, None),
    ]
    assert ages_of(late) == []


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ({"id": "1", "view_count": 9, "like_count": 0}, {"views": 9, "likes": 0}),
        (
            {"id": "1", "view_count": 9, "like_count": None, "share_count": 2},
            {"views": 9, "shares": 2},
        ),
        ({"id": "1"}, {}),
    ],
)
def test_what_tiktok_leaves_out_is_not_zero(monkeypatch, shown, told):
    client = object.__new__(TikTokClient)
    monkeypatch.setattr(client, "_videos", lambda post_id, fields: [shown], raising=False)
    assert client.post_metrics("1") == told


def test_other_media_than_reels_are_asked_without_what_only_reels_have(simulator, small_video):
    """One metric that a kind of media lacks fails the whole call of Instagram."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        drive(wanted(simulator, "instagram", small_video), clock, step_s=1)
        simulator.inject("instagram.insights", "error_before", status=400)
        assert collect_metrics() == {"posts": 1, "kept": 1, "failed": 0}
    metric = PostMetric.objects.get()
    assert metric.views is not None
    assert metric.watch_ms is None
