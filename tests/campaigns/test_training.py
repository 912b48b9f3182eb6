"""Training: outcomes become a proposal that says what it rests on, or nothing."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from campaigns.errors import NothingLearned, TooFewExamples
from campaigns.features import MEASURED
from campaigns.models import PlatformRule
from campaigns.outcomes import examples_of
from campaigns.queries import active_rule
from campaigns.services.rules import rule_in_use
from campaigns.services.training import train
from publishing.models import PostMetric, Publication
from tests.factories import make_account, make_clip, make_publication, make_variant, make_video

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 1, tzinfo=UTC)


def count(post, *, views, hours=24, **figures):
    taken_at = post.published_at + timedelta(hours=hours)
    return PostMetric.objects.create(
        publication=post,
        taken_at=taken_at,
        hour=taken_at.replace(minute=0, second=0),
        views=views,
        **figures,
    )


def make_posts(number, *, seed=1, matters="colour", pull=4.0, account=None):
    draws = np.random.default_rng(seed)
    account, video = account or make_account("tiktok"), make_video()
    posts = []
    for n in range(number):
        features = {name: float(draws.random()) for name in MEASURED}
        clip = make_clip(video, features=features, visual_score=float(draws.random()))
        post = make_publication(
            make_variant(clip),
            account,
            status=Publication.Status.PUBLISHED,
            external_post_id=f"p{n}",
            published_at=DAY + timedelta(days=n),
        )
        weight = pull * features[matters] if matters else 0.0
        count(post, views=int(np.exp(7 + weight + 0.3 * draws.standard_normal())))
        posts.append(post)
    return posts


def test_outcomes_become_a_proposal_that_says_what_it_rests_on():
    make_posts(24)
    rule = train("tiktok")
    assert (rule.status, rule.version) == ("proposed", 2)
    assert max(rule.weights, key=rule.weights.get) == "colour"
    assert rule.why.startswith("Learned from 24 posts. Of the differences between the 6 newest")
    assert "the rule in use (v1)" in rule.why
    assert "Changes: colour 0.000 → 0." in rule.why
    assert "all posts were alike: duration_fit, format_ready" in rule.why
    assert rule.evidence["examples"] == 24
    assert rule.evidence["explained"] > rule.evidence["explained_before"]
    assert active_rule("tiktok").version == 1


def test_training_again_on_the_same_outcomes_gives_the_same_proposal():
    make_posts(24)
    assert train("tiktok") == train("tiktok")
    assert PlatformRule.objects.count() == 2


@pytest.mark.parametrize(("number", "missing"), [(0, 8), (7, 1)])
def test_too_few_posts_are_told_how_many_are_missing(number, missing):
    make_posts(number)
    with pytest.raises(TooFewExamples) as refused:
        train("tiktok")
    assert refused.value.details["missing"] == missing
    assert refused.value.http_status == 409


def test_outcomes_that_follow_nothing_propose_nothing():
    make_posts(24, matters=None)
    with pytest.raises(NothingLearned, match="no reason to change the rule") as refused:
        train("tiktok")
    assert refused.value.details["examples"] == 24
    assert not PlatformRule.objects.filter(status="proposed").exists()


def test_examples_are_the_newest_figures_of_posts_that_are_out_on_this_platform():
    first, second = make_posts(2)
    count(first, views=999, hours=48, likes=5)
    make_posts(1, account=make_account("youtube"))
    make_publication(second.clip_variant, second.social_account)
    found = examples_of("tiktok", limits=rule_in_use("tiktok").ruleset.limits)
    assert len(found) == 2
    (newest,) = [each for each in found if each.views == 999]
    assert (newest.age_h, newest.likes) == (48.0, 5)
    assert newest.account == str(first.social_account_id)
    assert newest.values["format_ready"] == 1.0
    assert newest.values["colour"] == first.clip_variant.clip.features["colour"]


def test_the_format_that_was_posted_counts_not_what_was_rendered_later():
    (post,) = make_posts(1)
    type(post.clip_variant).objects.filter(pk=post.clip_variant_id).update(
        format="square_1080x1080"
    )
    make_variant(post.clip_variant.clip, format="vertical_1080x1920")
    (example,) = examples_of("tiktok", limits=rule_in_use("tiktok").ruleset.limits)
    assert example.values["format_ready"] == 0.0


def test_reading_examples_takes_the_same_queries_however_many(django_assert_num_queries):
    limits = rule_in_use("tiktok").ruleset.limits
    make_posts(3)
    with django_assert_num_queries(3):
        examples_of("tiktok", limits=limits)
