"""The numbers of live posts: by the hour of the clock, and at fixed ages, at which posts compare.

A platform only tells what it counts now, so an age that was missed is gone. A look counts for an age
when it was not too late, see `latest_look`.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from publishing import queries
from publishing.errors import NeedsReconnect, PlatformLimit
from publishing.models import AgeMetric, PostMetric, Publication
from publishing.platforms.base import PlatformClient
from publishing.services import accounts
from publishing.services.metering import KEPT_FOR_POSTS
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

COUNTED = ("views", "likes", "comments", "shares", "watch_ms")
# After an age a look still counts for it: half an hour, or a tenth of the age.
SHORTEST_GRACE = timedelta(minutes=30)
GRACE_SHARE = 0.1


def collect_metrics(
    *,
    days: int = 30,
    now: datetime | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> dict[str, Any]:
    """Ask for the numbers of every post published in the last `days` days.

    Answers {posts, kept, failed}: one that cannot be asked about does not stop the others. Asking
    twice within an hour keeps the later answer. Not to be called in a transaction.
    """
    now = now or timezone.now()
    return _ask_about(queries.published_since(now - timedelta(days=days)), now, progress)


def collect_at_ages(
    *,
    now: datetime | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> dict[str, Any]:
    """Ask for the numbers of the posts that have just reached an age. Answers {posts, kept, failed}.

    What fails is asked again at the next look, as long as that is not too late for the age. Not to be
    called in a transaction.
    """
    now = now or timezone.now()
    return _ask_about(posts_at_an_age(now), now, progress)


def latest_look(post: Publication, age_h: int) -> datetime:
    """Until when a look counts for this age of a post."""
    if post.published_at is None:
        raise ValueError("the post is not out")
    age = timedelta(hours=age_h)
    return post.published_at + age + max(SHORTEST_GRACE, age * GRACE_SHARE)


def posts_at_an_age(now: datetime) -> list[Publication]:
    """Live posts that have an age to be counted at, and were not."""
    due: list[Publication] = []
    for age_h in AgeMetric.Age.values:
        age = timedelta(hours=age_h)
        grace = max(SHORTEST_GRACE, age * GRACE_SHARE)
        counted = AgeMetric.objects.filter(age_h=age_h).values("publication_id")
        due += (
            queries.published_since(now - age - grace)
            .filter(published_at__lte=now - age)
            .exclude(pk__in=counted)
        )
    return list({post.pk: post for post in due}.values())


def _ask_about(
    wanted: Iterable[Publication], now: datetime, progress: Callable[[float], None]
) -> dict[str, Any]:
    posts = sorted(wanted, key=lambda post: (post.social_account_id, post.pk))
    kept = asked = 0
    for account, group in groupby(posts, key=lambda post: post.social_account):
        of_account = list(group)
        try:
            with accounts.client_of(account, keep=KEPT_FOR_POSTS) as client:
                for post in of_account:
                    kept += _collect_one(client, post, now=now)
                    asked += 1
                    progress(asked / len(posts))
        except StakazoError as error:
            # The account cannot be asked at all; the posts of others can.
            logger.info("No metrics of %s: %s", account.pk, error.message)
    return {"posts": len(posts), "kept": kept, "failed": len(posts) - kept}


def _collect_one(client: PlatformClient, post: Publication, *, now: datetime) -> bool:
    try:
        numbers = client.post_metrics(post.external_post_id)
    except (NeedsReconnect, PlatformLimit):
        raise  # the account's other posts would fare the same
    except StakazoError as error:
        logger.info("No metrics of publication %s: %s", post.pk, error.message)
        return False
    keep_metric(post, numbers, taken_at=now)
    return True


def keep_metric(post: Publication, numbers: dict[str, int], *, taken_at: datetime) -> PostMetric:
    """Write down what the platform counts; one row per hour, the last look stands.

    What it does not tell stays empty. Where the post has just reached an age, that gets its row too.
    """
    told: dict[str, Any] = {
        "taken_at": taken_at,
        **{name: numbers.get(name) for name in COUNTED},
        "others": {key: value for key, value in numbers.items() if key not in COUNTED},
    }
    with transaction.atomic():
        metric, _ = PostMetric.objects.update_or_create(
            publication=post,
            hour=taken_at.replace(minute=0, second=0, microsecond=0),
            defaults=told,
        )
        for age_h in AgeMetric.Age.values:
            if _counts_for(post, age_h, taken_at):
                AgeMetric.objects.get_or_create(publication=post, age_h=age_h, defaults=told)
    return metric


def _counts_for(post: Publication, age_h: int, taken_at: datetime) -> bool:
    if post.published_at is None:
        return False
    return post.published_at + timedelta(hours=age_h) <= taken_at <= latest_look(post, age_h)


def backfill_metrics(progress: Callable[[float], None] = lambda fraction: None) -> dict[str, Any]:
    """Ask for the numbers of every post there is, and fill ages from looks that were kept by the hour.

    Answers {posts, kept, failed, ages}. An age at which nobody looked stays empty.
    """
    ages = _fill_ages()
    return {**collect_metrics(days=36_500, progress=progress), "ages": ages}


def _fill_ages() -> int:
    """Rows of ages made of the first hourly look that was in time for them; how many."""
    made = 0
    live = queries.published_since(datetime.min.replace(tzinfo=UTC)).annotate(
        counted=Count("age_metrics", distinct=True), looks=Count("metrics", distinct=True)
    )
    for post in live.filter(counted__lt=len(AgeMetric.Age), looks__gt=0).iterator():
        looks = list(post.metrics.order_by("taken_at"))
        for age_h in AgeMetric.Age.values:
            look = next((each for each in looks if _counts_for(post, age_h, each.taken_at)), None)
            if look is not None:
                told = {name: getattr(look, name) for name in ("taken_at", "others", *COUNTED)}
                made += AgeMetric.objects.get_or_create(
                    publication=post, age_h=age_h, defaults=told
                )[1]
    return made
