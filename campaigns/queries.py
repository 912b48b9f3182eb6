"""Every named read of rules, campaigns and choices."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from campaigns.engine import Score, evaluate
from campaigns.errors import BadFeatures
from campaigns.features import MEASURED, Candidate
from campaigns.models import Campaign, CampaignClip, PlatformRule
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.queries import render_format
from publishing.models import Platform, Publication, SocialAccount

# A campaign without a video chooses among the newest clips of the house; more cannot be weighed
# within one request.
MOST_CANDIDATES = 500


def active_rule(platform: str) -> PlatformRule | None:
    """The rule that decides for the platform."""
    return PlatformRule.objects.filter(platform=platform, status=PlatformRule.Status.ACTIVE).first()


def active_rules() -> QuerySet[PlatformRule]:
    """The rules that decide, one per platform at most."""
    return PlatformRule.objects.filter(status=PlatformRule.Status.ACTIVE).order_by("platform")


def campaigns_with_choices() -> QuerySet[Campaign]:
    """Campaigns, newest first, with what a page or an answer shows of them."""
    return Campaign.objects.select_related("video_asset").prefetch_related(
        Prefetch("choices", queryset=choices_for_show())
    )


def choices_for_show() -> QuerySet[CampaignClip]:
    """Choices in the order of their platforms, with what is shown beside them."""
    return CampaignClip.objects.select_related(
        "clip__video_asset", "rule", "publication__social_account"
    ).order_by("platform")


def choices_of_campaign(campaign: Campaign) -> QuerySet[CampaignClip]:
    """The clips chosen for a campaign, in the order of their platforms."""
    return choices_for_show().filter(campaign=campaign)


def campaign_of_video(video: VideoAsset, *, platforms: Iterable[str]) -> Campaign | None:
    """The newest campaign of the video that is not over and runs on all these platforms."""
    asked = set(platforms)
    for campaign in Campaign.objects.filter(video_asset=video).exclude(
        status=Campaign.Status.COMPLETED
    ):
        if asked <= set(campaign.platforms):
            return campaign
    return None


def campaign_counts() -> dict[str, int]:
    """How many campaigns are in each state; every state is there."""
    found = dict(Campaign.objects.order_by().values_list("status").annotate(number=Count("pk")))
    return {str(state): found.get(state, 0) for state in Campaign.Status.values}


@dataclass(frozen=True)
class CampaignSummary:
    """A campaign in a line: for telemetry and for the reasoning worker."""

    id: uuid.UUID
    name: str
    status: str
    sentence: str
    platforms: tuple[str, ...]
    budget_minor: int
    currency: str
    choices: int
    posted: int
    ends_at: datetime | None


def campaigns_summary(*, status: str = "", limit: int = 20) -> list[CampaignSummary]:
    """The newest campaigns in this state, or all that are not over; newest first, two queries."""
    live = Campaign.objects.exclude(status=Campaign.Status.COMPLETED).prefetch_related(
        Prefetch("choices", queryset=CampaignClip.objects.select_related("publication"))
    )
    if status:
        live = live.filter(status=status)
    return [_summary(campaign) for campaign in live[:limit]]


def _summary(campaign: Campaign) -> CampaignSummary:
    choices = list(campaign.choices.all())
    posted = [
        each
        for each in choices
        if each.publication and each.publication.status == Publication.Status.PUBLISHED
    ]
    return CampaignSummary(
        id=campaign.pk,
        name=campaign.name,
        status=campaign.status,
        sentence=campaign.state_sentence,
        platforms=tuple(campaign.platforms),
        budget_minor=campaign.budget_minor,
        currency=campaign.currency,
        choices=len(choices),
        posted=len(posted),
        ends_at=campaign.ends_at,
    )


def proposed_rules() -> QuerySet[PlatformRule]:
    """Rules that wait for a decision, newest first."""
    return PlatformRule.objects.filter(status=PlatformRule.Status.PROPOSED).order_by("-id")


def most_examples_learned_from() -> dict[str, int]:
    """platform → of how many posts the rule knows that was learned from the most."""
    most = dict.fromkeys(Platform.values, 0)
    learned = PlatformRule.objects.exclude(evidence={})
    for platform, evidence in learned.values_list("platform", "evidence"):
        most[platform] = max(most[platform], int(evidence.get("examples", 0)))
    return most


@dataclass(frozen=True)
class VideoWaiting:
    """A video with ready clips none of which was ever chosen or posted."""

    id: uuid.UUID
    title: str
    ready_clips: int
    newest_clip_at: datetime


def videos_not_put_forward(*, limit: int = 20) -> list[VideoWaiting]:
    """Videos with ready clips none of which was ever chosen or posted, longest waiting first."""
    ready = Clip.objects.filter(video_asset=OuterRef("pk"), status=Clip.Status.READY)
    chosen = CampaignClip.objects.filter(clip__video_asset=OuterRef("pk"))
    wanted = Publication.objects.filter(clip_variant__clip__video_asset=OuterRef("pk"))
    is_ready = Q(clips__status=Clip.Status.READY)
    rows = (
        VideoAsset.objects.filter(Exists(ready))
        .exclude(Exists(chosen))
        .exclude(Exists(wanted))
        .annotate(
            ready_clips=Count("clips", filter=is_ready),
            newest_clip_at=Max("clips__created_at", filter=is_ready),
        )
        .order_by("newest_clip_at", "id")
        .values_list("pk", "title", "ready_clips", "newest_clip_at")
    )
    return [VideoWaiting(*row) for row in rows[:limit]]


# --- Clips as the engine sees them --------------------------------------------------------------


def clips_to_choose(video: VideoAsset | None) -> QuerySet[Clip]:
    """The ready clips of the video, or the newest of all, with their variants."""
    clips = Clip.objects.filter(status=Clip.Status.READY).select_related("video_asset")
    if video is not None:
        clips = clips.filter(video_asset=video)
    return clips.prefetch_related(
        Prefetch("variants", queryset=ClipVariant.objects.order_by("-id"))
    ).order_by("-id")[:MOST_CANDIDATES]


def candidate_of(clip: Clip) -> Candidate:
    """A clip as the engine sees it."""
    return Candidate(
        clip_id=str(clip.pk),
        duration_ms=clip.duration_ms,
        features=clip.features if isinstance(clip.features, dict) else {},
        visual_score=clip.visual_score,
        formats=frozenset(variant.format for variant in clip.variants.all()),
        rank=clip.rank,
        start_ms=clip.start_ms,
        name=str(clip),
    )


def score_of(clip: Clip, rule: PlatformRule) -> Score:
    """What a rule says of a clip, with reasons."""
    return evaluate(candidate_of(clip), rule.ruleset)


def score_of_features(
    features: Mapping[str, float],
    rule: PlatformRule,
    *,
    duration_ms: int,
    visual_score: float | None = None,
    formats: Iterable[str] = (),
) -> Score:
    """What a rule says of features that no clip has yet. Raises BadFeatures, UnknownFormat."""
    if unknown := sorted(set(features) - set(MEASURED)):
        raise BadFeatures(
            f"There is no such feature: {', '.join(unknown)}.",
            unknown=unknown,
            known=list(MEASURED),
        )
    candidate = Candidate(
        clip_id="",
        duration_ms=duration_ms,
        features=features,
        visual_score=visual_score,
        formats=frozenset(render_format(name).name for name in formats),
    )
    return evaluate(candidate, rule.ruleset)


def live_publication(clip: Clip, platform: str) -> Publication | None:
    """The post of this clip on this platform: the one that is out, else one on its way."""
    alive = (
        Publication.objects.filter(clip_variant__clip=clip, social_account__platform=platform)
        .exclude(status__in=[Publication.Status.FAILED, Publication.Status.CANCELLED])
        .select_related("social_account")
        .order_by("-id")
    )
    published = [each for each in alive if each.status == Publication.Status.PUBLISHED]
    return next(iter(published or alive), None)


def account_to_post_from(platform: str, *, mode: str) -> SocialAccount | None:
    """The account that was connected first, of those that work."""
    return (
        SocialAccount.objects.filter(
            platform=platform, mode=mode, status=SocialAccount.Status.CONNECTED
        )
        .order_by("id")
        .first()
    )
