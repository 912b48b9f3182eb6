"""The numbers of live posts, kept by the hour."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from publishing import queries
from publishing.errors import NeedsReconnect, PlatformLimit
from publishing.models import PostMetric, Publication
from publishing.platforms.base import PlatformClient
from publishing.services import accounts
from publishing.services.metering import KEPT_FOR_POSTS
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

COUNTED = ("views", "likes", "comments", "shares")


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
    posts = sorted(
        queries.published_since(now - timedelta(days=days)),
        key=lambda post: (post.social_account_id, post.pk),
    )
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
    """Write down what the platform counts; one row per hour, the last look stands."""
    metric, _ = PostMetric.objects.update_or_create(
        publication=post,
        hour=taken_at.replace(minute=0, second=0, microsecond=0),
        defaults={
            "taken_at": taken_at,
            **{name: numbers.get(name, 0) for name in COUNTED},
            "others": {key: value for key, value in numbers.items() if key not in COUNTED},
        },
    )
    return metric


def backfill_metrics(progress: Callable[[float], None] = lambda fraction: None) -> dict[str, Any]:
    """Ask for the numbers of every post there is. Answers {posts, kept, failed}."""
    return collect_metrics(days=36_500, progress=progress)
