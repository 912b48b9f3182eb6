"""Choices for operators: which clip was chosen, which lost, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from campaigns import queries
from campaigns.admin.pages import link_to
from campaigns.models import CampaignClip
from ledger.trail import TrailMixin
from stakazo.core.admin import ReadOnlyAdmin, admin_link


class ChoiceInline(TabularInline):  # type: ignore[misc]  # unfold has no stubs
    """The clips chosen for a campaign, with why."""

    model = CampaignClip
    fields = ["shown", "platform", "points", "because", "by_rule", "post"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = "chosen clips"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignClip]:
        """With everything that is shown, in one query."""
        return queries.choices_for_show()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the rules choose."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the rules choose."""
        return False

    @display(description="Clip")
    def shown(self, choice: CampaignClip) -> SafeString:
        """Thumbnail and link."""
        return _clip(choice)

    @display(description="Score")
    def points(self, choice: CampaignClip) -> str:
        """0 to 1."""
        return f"{choice.score:.2f}"

    @display(description="Why")
    def because(self, choice: CampaignClip) -> SafeString:
        """The reasons, line by line."""
        return _lines(choice.reasons)

    @display(description="Rule")
    def by_rule(self, choice: CampaignClip) -> SafeString | str:
        """What decided."""
        return admin_link(choice.rule)

    @display(description="Post")
    def post(self, choice: CampaignClip) -> SafeString | str:
        """The publication and its page on the platform."""
        return _post(choice)


@admin.register(CampaignClip)
class CampaignClipAdmin(TrailMixin, ReadOnlyAdmin):
    """Choices: look, and see who lost and why."""

    list_display = ["clip_shown", "platform", "points", "campaign_link", "rule_link", "post"]
    list_filter = ["platform"]
    search_fields = ["campaign__name", "clip__video_asset__title"]
    list_select_related = [
        "campaign",
        "clip__video_asset",
        "rule",
        "publication__social_account",
    ]
    fields = [
        "clip_shown",
        "platform",
        "points",
        "because",
        "losers",
        "campaign_link",
        "rule_link",
        "post",
        "created_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Clip")
    def clip_shown(self, choice: CampaignClip) -> SafeString:
        """Thumbnail and link."""
        return _clip(choice)

    @display(description="Score", ordering="score")
    def points(self, choice: CampaignClip) -> str:
        """0 to 1."""
        return f"{choice.score:.2f}"

    @display(description="Why")
    def because(self, choice: CampaignClip) -> SafeString:
        """The reasons, line by line."""
        return _lines(choice.reasons)

    @display(description="The others")
    def losers(self, choice: CampaignClip) -> str:
        """The clips that were not chosen, and why."""
        rows = [{**each, "link": _clip_url(each.get("clip_id"))} for each in choice.alternatives]
        return render_to_string("campaigns/alternatives.html", {"alternatives": rows})

    @display(description="Campaign", ordering="campaign")
    def campaign_link(self, choice: CampaignClip) -> SafeString | str:
        """The campaign it serves."""
        return admin_link(choice.campaign)

    @display(description="Rule", ordering="rule")
    def rule_link(self, choice: CampaignClip) -> SafeString | str:
        """What decided."""
        return admin_link(choice.rule)

    @display(description="Post")
    def post(self, choice: CampaignClip) -> SafeString | str:
        """The publication and its page on the platform."""
        return _post(choice)


def _lines(sentences: list[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", [(sentence,) for sentence in sentences])


def _clip(choice: CampaignClip) -> SafeString:
    clip = choice.clip
    picture: SafeString | str = ""
    if clip.thumbnail:
        picture = format_html(
            '<img src="{}" alt="A frame of {}" width="96" loading="lazy" class="rounded">',
            clip.thumbnail.url,
            clip,
        )
    return format_html("{}<p>{}</p>", picture, link_to(clip))


def _clip_url(pk: Any) -> str:
    try:
        return reverse("admin:media_assets_clip_change", args=[pk])
    except NoReverseMatch:
        return ""


def _post(choice: CampaignClip) -> SafeString | str:
    post = choice.publication
    if post is None:
        return "Not posted"
    if not post.external_url:
        return format_html("{} ({})", link_to(post), post.get_status_display())
    return format_html(
        '{} ({}) <a class="text-primary-600" href="{}" rel="noopener">See it</a>',
        link_to(post),
        post.get_status_display(),
        post.external_url,
    )
