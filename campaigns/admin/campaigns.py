"""Campaigns for operators: put together, choose clips, start, hold, complete."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from campaigns.admin.choices import ChoiceInline
from campaigns.admin.pages import NeverEdited, dialog_for, link_to, possible_buttons
from campaigns.forms import CampaignForm, OrchestrateForm, WhyForm
from campaigns.models import CAMPAIGN, Campaign
from campaigns.services.campaigns import (
    complete_campaign,
    create_campaign,
    money,
    pause_campaign,
    start_campaign,
)
from campaigns.services.choosing import orchestrate
from campaigns.services.searching import analyse_for_campaign
from publishing.models import Platform
from stakazo.core.admin import act_on_each

_CAMPAIGN_COLOURS = {
    "draft": "info",
    "active": "success",
    "paused": "warning",
    "completed": "primary",
}


@admin.register(Campaign)
class CampaignAdmin(NeverEdited):
    """Campaigns: put together, choose clips, start, hold, complete."""

    form = CampaignForm
    list_display = ["name", "state", "where", "video", "budget", "chosen", "starts_at", "ends_at"]
    list_filter = ["status", "goal"]
    search_fields = ["name", "video_asset__title"]
    list_select_related = ["video_asset"]
    raw_id_fields = ["video_asset"]
    actions = [
        "start_selected",
        "pause_selected",
        "complete_selected",
        "search_selected",
        "orchestrate_selected",
    ]
    actions_detail = ["choose", "start", "pause", "complete"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """With the number of choices."""
        return super().get_queryset(request).prefetch_related("choices")  # type: ignore[no-any-return]  # unfold has no stubs

    def get_inlines(self, request: HttpRequest, obj: Campaign | None = None) -> list[type]:
        """The choices, once there is a campaign."""
        return [ChoiceInline] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """The form of a new campaign, or the page of one."""
        if obj is None:
            return [
                (None, {"fields": ["name", "goal", "video_asset", "platforms"]}),
                ("Money", {"fields": ["budget_minor", "currency"]}),
                ("Time", {"fields": ["starts_at", "ends_at"]}),
            ]
        return [
            (None, {"fields": ["name", "sentence", "goal", "where", "video", "budget"]}),
            (
                "Time",
                {"fields": ["starts_at", "ends_at", "created_at", "started_at", "completed_at"]},
            ),
            ("Ledger", {"fields": ["ledger_trail"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything, once it is there."""
        if obj is None:
            return []
        return [name for _, part in self.get_fieldsets(request, obj) for name in part["fields"]]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of a new campaign; one that is there has no field to change."""
        if obj is not None:
            return forms.modelform_factory(Campaign, fields=[])
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One call of the service; the row in hand becomes the one that it made."""
        if change:
            return
        data = dict(form.cleaned_data)
        campaign = create_campaign(data.pop("name"), **data)
        obj.__dict__.update(campaign.__dict__)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what can be done in the state it is in."""
        found = super().get_actions_detail(request, object_id)
        campaign = Campaign.objects.filter(pk=object_id).first()
        moves = {
            "start": Campaign.Status.ACTIVE,
            "pause": Campaign.Status.PAUSED,
            "complete": Campaign.Status.COMPLETED,
        }
        if campaign and campaign.status == Campaign.Status.COMPLETED:
            return []
        return possible_buttons(found, campaign, CAMPAIGN, moves)

    @display(description="State", ordering="status", label=_CAMPAIGN_COLOURS)
    def state(self, campaign: Campaign) -> tuple[str, str]:
        """The state, as a label."""
        return campaign.status, campaign.get_status_display()

    @display(description="State")
    def sentence(self, campaign: Campaign) -> str:
        """The state and what it means."""
        return f"{campaign.get_status_display()}. {campaign.state_sentence}"

    @display(description="Platforms")
    def where(self, campaign: Campaign) -> str:
        """By their names."""
        return ", ".join(dict(Platform.choices).get(each, each) for each in campaign.platforms)

    @display(description="Video", ordering="video_asset")
    def video(self, campaign: Campaign) -> SafeString | str:
        """The video it serves."""
        return link_to(campaign.video_asset) if campaign.video_asset else "All videos"

    @display(description="Budget", ordering="budget_minor")
    def budget(self, campaign: Campaign) -> str:
        """As people write it."""
        return money(campaign.budget_minor, campaign.currency)

    @display(description="Chosen clips")
    def chosen(self, campaign: Campaign) -> int:
        """How many."""
        return len(campaign.choices.all())

    @admin.action(description="Start", permissions=["change"])
    def start_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """Run each."""
        act_on_each(request, rows, start_campaign, done="started")

    @admin.action(description="Pause", permissions=["change"])
    def pause_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """Hold each."""
        act_on_each(request, rows, pause_campaign, done="paused")

    @admin.action(description="Complete", permissions=["change"])
    def complete_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """End each for good."""
        act_on_each(request, rows, complete_campaign, done="completed")

    @admin.action(description="Look for clips by the rules in use", permissions=["change"])
    def search_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """Search the video of each for what the rules of its platforms like."""
        act_on_each(
            request, rows, analyse_for_campaign, done="put in the queue for a search by their rules"
        )

    @admin.action(description="Choose clips", permissions=["change"])
    def orchestrate_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """Choose the best clips of each; nothing is posted."""
        act_on_each(request, rows, orchestrate, done="have their clips")

    @action(
        description="Start",
        url_path="start",
        permissions=["change"],
        dialog=dialog_for("Start this campaign", "It runs from now on.", "Start"),
    )
    def start(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """Run it."""
        why = form.cleaned_data["why"]
        return self._call(
            request, object_id, lambda row: start_campaign(row, why=why), done="started"
        )

    @action(
        description="Pause",
        url_path="pause",
        permissions=["change"],
        dialog=dialog_for(
            "Pause this campaign", "It is held until somebody starts it again.", "Pause"
        ),
    )
    def pause(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """Hold it."""
        why = form.cleaned_data["why"]
        return self._call(
            request, object_id, lambda row: pause_campaign(row, why=why), done="paused"
        )

    @action(
        description="Complete",
        url_path="complete",
        permissions=["change"],
        dialog=dialog_for("Complete this campaign", "It is over for good.", "Complete"),
    )
    def complete(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """End it."""
        why = form.cleaned_data["why"]
        return self._call(
            request, object_id, lambda row: complete_campaign(row, why=why), done="completed"
        )

    @action(
        description="Choose clips",
        url_path="orchestrate",
        permissions=["change"],
        dialog=dialog_for(
            "Choose clips",
            "The rules choose the best clip for each platform and say why.",
            "Choose",
            OrchestrateForm,
        ),
    )
    def choose(self, request: HttpRequest, form: OrchestrateForm, object_id: str) -> HttpResponse:
        """Choose the best clips, and on request post them."""
        publish = form.cleaned_data["publish"]
        return self._call(
            request,
            object_id,
            lambda row: orchestrate(row, publish=publish),
            done="the clips are chosen",
        )
