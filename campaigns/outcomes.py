"""What came of posts, as examples to learn from."""

from dataclasses import replace

from django.db.models import Count, Exists, OuterRef, Subquery

from campaigns.features import Limits, values_of
from campaigns.learning import Example
from campaigns.queries import candidate_of
from publishing.models import Platform, PostMetric, Publication

# Older posts say little about what works today, and a request has to end.
MOST_EXAMPLES = 2000


def examples_of(platform: str, *, limits: Limits) -> list[Example]:
    """The posts on this platform whose views were told, each with its newest such figures; newest first.

    limits: of the rule in use; by them the length and format of each clip are judged.
    """
    newest = (
        PostMetric.objects.filter(publication=OuterRef("pk"), views__isnull=False)
        .order_by("-taken_at")
        .values("pk")[:1]
    )
    posts = (
        Publication.objects.filter(
            status=Publication.Status.PUBLISHED,
            social_account__platform=platform,
            published_at__isnull=False,
        )
        .annotate(metric_id=Subquery(newest))
        .filter(metric_id__isnull=False)
        .select_related("clip_variant__clip__video_asset")
        .prefetch_related("clip_variant__clip__variants")
        .order_by("-published_at", "-id")[:MOST_EXAMPLES]
    )
    rows = list(posts)
    metrics = PostMetric.objects.in_bulk([post.metric_id for post in rows])
    return [_example(post, metrics[post.metric_id], limits) for post in rows]


def outcome_counts() -> dict[str, int]:
    """platform → how many posts there have figures."""
    counted = (
        Publication.objects.order_by()
        .filter(Exists(PostMetric.objects.filter(publication=OuterRef("pk"), views__isnull=False)))
        .filter(status=Publication.Status.PUBLISHED, published_at__isnull=False)
        .values_list("social_account__platform")
        .annotate(posts=Count("pk"))
    )
    return dict.fromkeys(Platform.values, 0) | dict(counted)


def _example(post: Publication, metric: PostMetric, limits: Limits) -> Example:
    variant = post.clip_variant
    # What was posted counts, not what was rendered later.
    candidate = replace(candidate_of(variant.clip), formats=frozenset([variant.format]))
    posted_at = post.published_at or metric.taken_at
    return Example(
        account=str(post.social_account_id),
        values=values_of(candidate, limits),
        order=posted_at.timestamp(),
        age_h=max((metric.taken_at - posted_at).total_seconds() / 3600, 0.0),
        views=metric.views or 0,  # those without were left out
        likes=metric.likes,
        comments=metric.comments,
        shares=metric.shares,
    )
