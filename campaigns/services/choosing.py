"""Orchestrating: the best clip for each platform, why, and on request its post."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns import queries
from campaigns.engine import Choice, Ruleset, choose
from campaigns.errors import BadCampaign, CampaignHeld, CampaignOver, NoAccount, NothingToChoose
from campaigns.models import Campaign, CampaignClip, PlatformRule
from campaigns.services.campaigns import create_campaign
from campaigns.services.rules import check_platform, rule_in_use
from ledger.services import log_event
from media_assets.models import Clip, ClipVariant, VideoAsset
from publishing.models import Platform, Publication, SocialAccount
from publishing.services.publications import create_publication

# A choice keeps this many of the clips that lost; more would make the row long, not clearer.
KEPT_ALTERNATIVES = 20

Outcome = Literal["new", "changed", "unchanged", "kept", "would be"]
_DEAD = (Publication.Status.FAILED, Publication.Status.CANCELLED)


@dataclass(frozen=True)
class Chosen:
    """The clip one platform gets.

    outcome: new, changed, unchanged (the same clip for the same reasons), kept (its post is out or on
    its way, so it stands), or, in a dry run, "would be". choice: the row; None in a dry run.
    """

    platform: str
    clip: Clip
    rule: PlatformRule
    score: float
    reasons: list[str]
    alternatives: list[dict[str, Any]]
    outcome: Outcome
    choice: CampaignClip | None = None
    publication: Publication | None = None
    posted_now: bool = False


@dataclass(frozen=True)
class Orchestration:
    """What one call chose. campaign: None when a dry run found none to look at."""

    campaign: Campaign | None
    dry_run: bool
    chosen: tuple[Chosen, ...]


def orchestrate(
    what: Campaign | VideoAsset,
    *,
    platforms: Sequence[str] | None = None,
    publish: bool = False,
    dry_run: bool = False,
) -> Orchestration:
    """Choose the best clip for each platform and write it down with its reasons.

    what: a campaign, or a video, whose newest campaign that is not over is taken (or made). platforms
    None: those of the campaign, or all. publish: also make the publication of each chosen clip, on
    the account that was connected first, unless the clip is out there already. dry_run: say what
    would be chosen and write nothing.

    All or nothing, and safe to repeat: the same choice writes nothing. A choice whose post is out or
    on its way stands. Raises UnknownPlatform, BadCampaign, CampaignOver, CampaignHeld, NoActiveRule,
    NothingToChoose, NoAccount, and what `create_publication` raises.
    """
    asked = [check_platform(each) for each in dict.fromkeys(platforms or ())]
    if dry_run:
        campaign = (
            what
            if isinstance(what, Campaign)
            else queries.campaign_of_video(what, platforms=asked or Platform.values)
        )
        video = what if isinstance(what, VideoAsset) else what.video_asset
        named = asked or list(campaign.platforms if campaign else Platform.values)
        if campaign:
            _check_open(campaign, named, publish=publish)
        clips = list(queries.clips_to_choose(video))
        return Orchestration(
            campaign,
            True,
            tuple(_look(clips, each, publish=publish, dry_run=True) for each in named),
        )
    with transaction.atomic():
        campaign = _campaign_for(what, asked)
        named = asked or list(campaign.platforms)
        _check_open(campaign, named, publish=publish)
        clips = list(queries.clips_to_choose(campaign.video_asset))
        chosen = tuple(_settle(campaign, clips, each, publish=publish) for each in named)
    return Orchestration(campaign, False, chosen)


def _campaign_for(what: Campaign | VideoAsset, asked: list[str]) -> Campaign:
    """The campaign, held until the transaction ends, so that two at once choose one after another."""
    if isinstance(what, VideoAsset):
        video = VideoAsset.objects.select_for_update().get(pk=what.pk)
        found = queries.campaign_of_video(video, platforms=asked or Platform.values)
        what = found or create_campaign(
            f"Best of {video.title}"[:200],
            platforms=asked or list(Platform.values),
            video_asset=video,
        )
    locked = Campaign.objects.select_for_update().get(pk=what.pk)
    what.refresh_from_db()
    return locked


def _check_open(campaign: Campaign, platforms: Iterable[str], *, publish: bool) -> None:
    if others := [each for each in platforms if each not in campaign.platforms]:
        raise BadCampaign(
            f"The campaign does not run on {', '.join(others)}.",
            platforms=others,
            runs_on=campaign.platforms,
        )
    if campaign.status == Campaign.Status.COMPLETED:
        raise CampaignOver("The campaign is over; nothing more is chosen for it.")
    if publish and campaign.status == Campaign.Status.PAUSED:
        raise CampaignHeld("The campaign is paused; start it before anything is posted for it.")


def _look(clips: list[Clip], platform: str, *, publish: bool, dry_run: bool) -> Chosen:
    """What the platform would get. Raises NothingToChoose."""
    rule = rule_in_use(platform, dry_run=dry_run)
    ruleset = rule.ruleset
    if publish:
        ruleset = _postable_only(ruleset)
    choice = choose((queries.candidate_of(clip) for clip in clips), ruleset)
    if choice.best is None:
        raise NothingToChoose(
            f"No clip for {ruleset.platform}: "
            + ("there is no ready clip." if not clips else "every clip is out."),
            platform=platform,
            excluded={each.candidate.clip_id: each.excluded for each in choice.others[:20]},
        )
    best = choice.best
    return Chosen(
        platform=platform,
        clip=next(clip for clip in clips if str(clip.pk) == best.candidate.clip_id),
        rule=rule,
        score=best.value,
        reasons=list(best.sentences),
        alternatives=_alternatives(choice),
        outcome="would be",
    )


def _postable_only(ruleset: Ruleset) -> Ruleset:
    """The same, but a clip without a file that can be posted is out."""
    limits = ruleset.limits
    needed = limits.required_formats or limits.postable_formats
    return replace(ruleset, limits=replace(limits, required_formats=needed))


def _alternatives(choice: Choice) -> list[dict[str, Any]]:
    return [
        {
            "clip_id": other.candidate.clip_id,
            "name": other.candidate.name,
            "score": other.value,
            "excluded": bool(other.excluded),
            "why": choice.why_lost(other),
        }
        for other in choice.others[:KEPT_ALTERNATIVES]
    ]


def _settle(campaign: Campaign, clips: list[Clip], platform: str, *, publish: bool) -> Chosen:
    """Choose for one platform, write what changed, and post where that was asked."""
    choice = queries.choices_of_campaign(campaign).filter(platform=platform).first()
    if choice and choice.publication and choice.publication.status not in _DEAD:
        return _chosen(choice, "kept")
    best = _look(clips, platform, publish=publish, dry_run=False)
    choice, outcome = _write(campaign, choice, best)
    publication = queries.live_publication(best.clip, platform)
    posted_now = publish and publication is None
    if posted_now:
        publication = _post(campaign, best)
    if publication is not None and choice.publication_id != publication.pk:
        choice.publication = publication
        choice.save(update_fields=["publication"])
        log_event(
            "clip_choice_linked",
            entity=choice,
            metadata={"publication_id": str(publication.pk), "status": publication.status},
            clip_id=best.clip.pk,
            correlation_id=str(best.clip.video_asset_id),
        )
    return replace(_chosen(choice, outcome), posted_now=posted_now)


def _write(
    campaign: Campaign, choice: CampaignClip | None, best: Chosen
) -> tuple[CampaignClip, Outcome]:
    values: dict[str, Any] = {
        "clip": best.clip,
        "rule": best.rule,
        "score": best.score,
        "reasons": best.reasons,
        "alternatives": best.alternatives,
    }
    if choice is None:
        choice = CampaignClip(campaign=campaign, platform=best.platform, **values)
        choice.save(force_insert=True)
        return choice, "new"
    same = (choice.clip_id, choice.rule_id, choice.score, choice.reasons)
    if same == (best.clip.pk, best.rule.pk, best.score, best.reasons):
        return choice, "unchanged"
    before = {"clip_id": str(choice.clip_id), "score": choice.score}
    if choice.clip_id != best.clip.pk:
        # The post that failed or was taken back belonged to the other clip.
        values["publication"] = None
    for name, value in values.items():
        setattr(choice, name, value)
    choice.save(update_fields=list(values))
    log_event(
        "clip_choice_changed",
        entity=choice,
        metadata={
            "platform": best.platform,
            "before": before,
            "score": best.score,
            "reasons": best.reasons,
        },
        clip_id=best.clip.pk,
        correlation_id=str(best.clip.video_asset_id),
    )
    return choice, "changed"


def _post(campaign: Campaign, best: Chosen) -> Publication:
    """The publication of a chosen clip. Raises NoAccount."""
    mode = SocialAccount.Mode.LIVE if settings.STAKAZO_LIVE else SocialAccount.Mode.SIMULATOR
    account = queries.account_to_post_from(best.platform, mode=mode)
    label = Platform(best.platform).label
    if account is None:
        raise NoAccount(
            f"No {label} account is connected; connect one, or orchestrate without posting.",
            platform=best.platform,
            mode=str(mode),
        )
    title = best.clip.video_asset.title
    starts_at = campaign.starts_at
    return create_publication(
        _variant_to_post(best),
        account,
        title=title[:100],
        caption=title,
        scheduled_at=starts_at if starts_at and starts_at > timezone.now() else None,
    )


def _variant_to_post(best: Chosen) -> ClipVariant:
    """The newest file in the best format; `_postable_only` has seen to it that there is one."""
    variants = list(best.clip.variants.all())
    limits = best.rule.ruleset.limits
    needed = limits.required_formats
    liked = [name for name in limits.postable_formats if not needed or name in needed]
    wanted = dict.fromkeys([*liked, *needed])
    return next(each for name in wanted for each in variants if each.format == name)


def _chosen(choice: CampaignClip, outcome: Outcome) -> Chosen:
    return Chosen(
        platform=choice.platform,
        clip=choice.clip,
        rule=choice.rule,
        score=choice.score,
        reasons=choice.reasons,
        alternatives=choice.alternatives,
        outcome=outcome,
        choice=choice,
        publication=choice.publication,
    )
