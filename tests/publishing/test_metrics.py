"""The numbers of live posts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publishing.models import PostMetric
from publishing.services.metrics import backfill_metrics, collect_metrics, keep_metric
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
        assert backfill_metrics() == {"posts": 1, "kept": 1, "failed": 0}
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
    assert (metric.views, metric.likes, metric.others) == (7, 0, {"saves": 2})
