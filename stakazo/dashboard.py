"""The admin's home: what needs somebody now, what is under way, what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from jobs.models import Job
from ledger.queries import get_recent_events
from media_assets.models import Clip, ClipVariant, VideoAsset
from publishing.models import Publication, SocialAccount
from stakazo.alerts.models import Alert

TOKEN_WARNING = timedelta(days=14)


@dataclass(frozen=True)
class Card:
    """Something that may need somebody: how many, and the list that shows exactly those."""

    title: str
    count: int
    url: str
    sentence: str
    bad: bool = True


@dataclass(frozen=True)
class Stage:
    """A step of the road and how many things have come that far."""

    title: str
    count: int
    url: str


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home page shows."""
    return context | {
        "title": "Home",
        "needs_you": _needs_you(),
        "road": _road(),
        "running_jobs": Job.objects.filter(status=Job.Status.PROCESSING)[:8],
        "newest_clips": Clip.objects.select_related("video_asset").exclude(thumbnail="")[:6],
        "newest_posts": Publication.objects.select_related(
            "social_account", "clip_variant__clip"
        ).filter(status=Publication.Status.PUBLISHED)[:6],
        "newest_events": get_recent_events(limit=10),
    }


def environment_badge(request: HttpRequest) -> list[str]:
    """Simulator or live, on every page."""
    return ["Live", "danger"] if settings.STAKAZO_LIVE else ["Simulator", "info"]


def posts_go_to(request: HttpRequest) -> dict[str, str]:
    """A context processor: the same badge for pages outside of the admin."""
    return {"posts_go_to": environment_badge(request)[0]}


def _needs_you() -> list[Card]:
    soon = timezone.now() + TOKEN_WARNING
    return [
        _card("Failed jobs", Job, "Ended badly; look, then retry.", status__in="failed,dead"),
        _card(
            "Posts in doubt",
            Publication,
            "The platform may have them; we are asking.",
            status__exact="unknown",
        ),
        _card(
            "Posts to approve",
            Publication,
            "They wait for somebody's yes.",
            status__exact="awaiting",
        ),
        _card(
            "Posts that missed their time",
            Publication,
            "Nothing ran then; give them another.",
            status__exact="missed",
        ),
        _card("Posts that failed", Publication, "Not out, proven.", status__exact="failed"),
        _card("Videos that failed", VideoAsset, "They have no clips.", status__exact="failed"),
        _card(
            "Accounts to reconnect",
            SocialAccount,
            "The platform refuses our token.",
            status__exact="expired",
        ),
        Card(
            "Tokens that end soon",
            SocialAccount.objects.filter(
                status=SocialAccount.Status.CONNECTED, refresh_expires_at__lt=soon
            ).count(),
            _list(
                SocialAccount, refresh_expires_at__lt=soon.isoformat(), status__exact="connected"
            ),
            "Within 14 days.",
        ),
        _card("Open alerts", Alert, "Nobody has taken them yet.", status__exact="open"),
    ]


def _card(title: str, model: type[Model], sentence: str, **where: str) -> Card:
    filters = {
        key.removesuffix("__exact"): value.split(",") if key.endswith("__in") else value
        for key, value in where.items()
    }
    count = model._default_manager.filter(**filters).count()
    return Card(title, count, _list(model, **where), sentence)


def _road() -> list[Stage]:
    published = Publication.objects.filter(status=Publication.Status.PUBLISHED)
    active = Campaign.objects.filter(status=Campaign.Status.ACTIVE)
    return [
        Stage("Videos", VideoAsset.objects.count(), _list(VideoAsset)),
        Stage("Clips", Clip.objects.count(), _list(Clip)),
        Stage("Variants", ClipVariant.objects.count(), _list(ClipVariant)),
        Stage("Posts live", published.count(), _list(Publication, status__exact="published")),
        Stage("Campaigns running", active.count(), _list(Campaign, status__exact="active")),
    ]


def _list(model: type[Model], **where: str) -> str:
    meta = model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return f"{url}?{urlencode(where)}" if where else url
