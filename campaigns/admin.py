"""Rules, campaigns and choices for operators. Thin: each button makes one call of a service."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import action, display

from campaigns import queries
from campaigns.features import FEATURES, LABELS
from campaigns.forms import WEIGHT_FIELDS, CampaignForm, OrchestrateForm, RuleForm, WhyForm
from campaigns.models import CAMPAIGN, RULE, Campaign, CampaignClip, PlatformRule
from campaigns.services.campaigns import (
    complete_campaign,
    create_campaign,
    money,
    pause_campaign,
    start_campaign,
)
from campaigns.services.choosing import orchestrate
from campaigns.services.rules import activate_rule, propose_rule, retire_rule
from campaigns.services.training import shares, train
from ledger.machine import Machine
from ledger.trail import TrailMixin
from publishing.models import Platform
from stakazo.core.admin import ReadOnlyAdmin, StakazoAdmin, act_on_each, admin_link, admin_url
from stakazo.core.errors import StakazoError

_RULE_COLOURS = {"proposed": "info", "active": "success", "retired": "warning"}
_CAMPAIGN_COLOURS = {
    "draft": "info",
    "active": "success",
    "paused": "warning",
    "completed": "primary",
}


def _dialog(title: str, description: str, button: str, form: type = WhyForm) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "form_class": form,
        "form_submit_text": button,
    }


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser there; a dialog is told so by a header, for it asks in the background."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


class _NeverEdited(TrailMixin, StakazoAdmin):
    """Rows that are made by a form and afterwards only moved by actions."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the ledger speaks of them."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form to add one; for one that is there a page without save buttons."""
        hidden = {
            "show_save": object_id is None,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | hidden)

    def _one(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def _call(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[[Any], object],
        *,
        done: str,
    ) -> HttpResponse:
        row = self._one(request, object_id)
        try:
            service(row)
            messages.success(request, f"{row}: {done}.")
        except StakazoError as error:
            messages.warning(request, error.message)
        return _go(request, admin_url(row))


@admin.register(PlatformRule)
class PlatformRuleAdmin(_NeverEdited):
    """The rules of each platform: propose, compare, switch on, retire."""

    form = RuleForm
    list_display = ["name", "state", "heaviest", "origin", "created_at", "activated_at"]
    list_filter = ["platform", "status"]
    ordering = ["platform", "-version"]
    actions = ["activate_selected", "retire_selected"]
    actions_detail = ["activate", "retire", "propose_from", "learn"]

    def get_fieldsets(self, request: HttpRequest, obj: PlatformRule | None = None) -> Any:
        """The form of a proposal, or the page of a rule."""
        if obj is None:
            return [
                (None, {"fields": ["platform", "why"]}),
                (
                    "Weights",
                    {
                        "fields": list(WEIGHT_FIELDS.values()),
                        "description": "0 leaves a feature out; below 0: the less, the better.",
                    },
                ),
                (
                    "Limits",
                    {
                        "fields": ["limits"],
                        "description": "Milliseconds and names of formats. Empty: none.",
                    },
                ),
            ]
        return [
            (None, {"fields": ["name", "sentence", "reasons"]}),
            ("What counts", {"fields": ["bars", "limits_table"]}),
            ("Times", {"fields": ["created_at", "activated_at", "retired_at"]}),
            ("Use", {"fields": ["used_by", "ledger_trail"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything, once it is there."""
        if obj is None:
            return []
        return [name for _, part in self.get_fieldsets(request, obj) for name in part["fields"]]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of a proposal; a rule that is there has no field to change."""
        if obj is not None:
            return forms.modelform_factory(PlatformRule, fields=[])
        return super().get_form(request, obj, change=change, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The weights of the rule in use on `?platform=`, or of the rule `?like=`."""
        initial: dict[str, Any] = {"limits": {}}
        like = request.GET.get("like", "")
        platform = request.GET.get("platform", Platform.values[0])
        found = self.get_object(request, like) if like else queries.active_rule(platform)
        if found is not None:
            initial = {"platform": found.platform, "limits": found.limits}
            initial |= {
                field: found.weights.get(name, 0.0) for name, field in WEIGHT_FIELDS.items()
            }
        return initial

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One call of the service; the row in hand becomes the one that it made."""
        if change:
            return
        rule = propose_rule(
            obj.platform,
            weights=form.cleaned_data["weights"],
            limits=form.cleaned_data["limits"],
            why=form.cleaned_data["why"],
        )
        obj.__dict__.update(rule.__dict__)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what can be done in the state it is in."""
        found = super().get_actions_detail(request, object_id)
        moves = {"activate": PlatformRule.Status.ACTIVE, "retire": PlatformRule.Status.RETIRED}
        return _possible(found, PlatformRule.objects.filter(pk=object_id).first(), RULE, moves)

    @display(description="Rule", ordering="platform")
    def name(self, rule: PlatformRule) -> str:
        """Platform and version."""
        return str(rule)

    @display(description="State", ordering="status", label=_RULE_COLOURS)
    def state(self, rule: PlatformRule) -> tuple[str, str]:
        """The state, as a label."""
        return rule.status, rule.get_status_display()

    @display(description="State")
    def sentence(self, rule: PlatformRule) -> str:
        """The state and what it means."""
        return f"{rule.get_status_display()}. {RULE.sentences[rule.status]}"

    @display(description="Counts most")
    def heaviest(self, rule: PlatformRule) -> str:
        """The three largest weights."""
        parts = sorted(shares(rule.weights).items(), key=lambda each: -abs(each[1]))[:3]
        return ", ".join(f"{name} {share:.0%}" for name, share in parts)

    @display(description="From")
    def origin(self, rule: PlatformRule) -> str:
        """Learned, or written by somebody."""
        examples = rule.evidence.get("examples")
        return f"Learned from {examples} posts" if examples else "Written"

    @display(description="Why")
    def reasons(self, rule: PlatformRule) -> SafeString | str:
        """Why it was proposed, line by line."""
        return format_html_join("", "<p>{}</p>", [(line,) for line in rule.why.splitlines()]) or "–"

    @display(description="Weights")
    def bars(self, rule: PlatformRule) -> str:
        """The share of each feature as a bar, beside the rule in use."""
        active = None if rule.status == "active" else queries.active_rule(rule.platform)
        mine, theirs = shares(rule.weights), shares(active.weights) if active else {}
        names = [name for name in FEATURES if mine.get(name) or theirs.get(name)]
        names.sort(key=lambda name: -abs(mine.get(name, 0.0)))
        rows = [
            {
                "label": LABELS[name],
                "weight": f"{rule.weights.get(name, 0):g}",
                "less_is_better": mine.get(name, 0.0) < 0,
                "percent": round(abs(mine.get(name, 0.0)) * 100),
                "change": _change(mine.get(name, 0.0), theirs.get(name, 0.0)),
            }
            for name in names
        ]
        return render_to_string(
            "campaigns/weights.html", {"rows": rows, "compared_with": active and str(active)}
        )

    @display(description="Limits")
    def limits_table(self, rule: PlatformRule) -> SafeString | str:
        """The limits, a line each."""
        lines = [
            (
                name.removesuffix("_ms").replace("_", " "),
                f"{value / 1000:g} s" if name.endswith("_ms") else _listed(value),
            )
            for name, value in rule.limits.items()
        ]
        return format_html_join("", "<p>{}: {}</p>", lines) or "None."

    @display(description="Chose")
    def used_by(self, rule: PlatformRule) -> SafeString | str:
        """The newest choices that it made."""
        rows = queries.choices_for_show().filter(rule=rule).order_by("-id")[:10]
        return format_html_join("", "<p>{}</p>", [(admin_link(row),) for row in rows]) or "Nothing."

    @admin.action(description="Activate", permissions=["change"])
    def activate_selected(self, request: HttpRequest, rows: QuerySet[PlatformRule]) -> None:
        """Let each decide for its platform."""
        act_on_each(request, rows, activate_rule, done="activated")

    @admin.action(description="Retire", permissions=["change"])
    def retire_selected(self, request: HttpRequest, rows: QuerySet[PlatformRule]) -> None:
        """Take each out of use."""
        act_on_each(request, rows, retire_rule, done="retired")

    @action(
        description="Activate",
        url_path="activate",
        permissions=["change"],
        dialog=_dialog(
            "Activate this rule",
            "It decides from now on; the one that did is retired in the same moment.",
            "Activate",
        ),
    )
    def activate(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """Let it decide."""
        why = form.cleaned_data["why"]
        return self._call(
            request, object_id, lambda rule: activate_rule(rule, why=why), done="activated"
        )

    @action(
        description="Retire",
        url_path="retire",
        permissions=["change"],
        dialog=_dialog("Retire this rule", "It no longer decides.", "Retire"),
    )
    def retire(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """Take it out of use."""
        why = form.cleaned_data["why"]
        return self._call(
            request, object_id, lambda rule: retire_rule(rule, why=why), done="retired"
        )

    @action(description="Propose a change", url_path="propose", permissions=["change"])
    def propose_from(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form, filled with these weights."""
        rule = self._one(request, object_id)
        return _go(request, f"{reverse('admin:campaigns_platformrule_add')}?like={rule.pk}")

    @action(
        description="Learn from outcomes",
        url_path="learn",
        permissions=["change"],
        dialog=_dialog(
            "Learn from outcomes",
            "What the posts brought becomes a proposal, if it beats the rule in use.",
            "Learn",
        ),
    )
    def learn(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        """Propose weights that fit the outcomes of this platform."""
        rule = self._one(request, object_id)
        try:
            proposal = train(rule.platform)
        except StakazoError as error:
            messages.warning(request, error.message)
            return _go(request, admin_url(rule))
        messages.success(request, f"{proposal} is proposed.")
        return _go(request, admin_url(proposal))


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


@admin.register(Campaign)
class CampaignAdmin(_NeverEdited):
    """Campaigns: put together, choose clips, start, hold, complete."""

    form = CampaignForm
    list_display = ["name", "state", "where", "video", "budget", "chosen", "starts_at", "ends_at"]
    list_filter = ["status", "goal"]
    search_fields = ["name", "video_asset__title"]
    list_select_related = ["video_asset"]
    raw_id_fields = ["video_asset"]
    actions = ["start_selected", "pause_selected", "complete_selected", "orchestrate_selected"]
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
        return _possible(found, campaign, CAMPAIGN, moves)

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
        return _link(campaign.video_asset) if campaign.video_asset else "All videos"

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

    @admin.action(description="Choose clips", permissions=["change"])
    def orchestrate_selected(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        """Choose the best clips of each; nothing is posted."""
        act_on_each(request, rows, orchestrate, done="have their clips")

    @action(
        description="Start",
        url_path="start",
        permissions=["change"],
        dialog=_dialog("Start this campaign", "It runs from now on.", "Start"),
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
        dialog=_dialog(
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
        dialog=_dialog("Complete this campaign", "It is over for good.", "Complete"),
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
        dialog=_dialog(
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


def _possible(
    buttons: list[Any], row: Any, machine: Machine[Any], moves: Mapping[str, str]
) -> list[Any]:
    """The buttons without those whose move the row's state does not allow."""
    if row is None:
        return []
    prefix = f"{row._meta.app_label}_{row._meta.model_name}_"
    refused = {prefix + name for name, to in moves.items() if not machine.may(row, to)}
    return [button for button in buttons if button.action_name not in refused]


def _change(mine: float, theirs: float) -> str:
    points = round((mine - theirs) * 100)
    return f"{points:+d} points" if points else "the same"


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _lines(sentences: list[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", [(sentence,) for sentence in sentences])


def _link(row: Any) -> SafeString | str:
    """A link where the admin has a page for it, else its name."""
    return admin_link(row) if admin.site.is_registered(type(row)) else str(row)


def _clip(choice: CampaignClip) -> SafeString:
    clip = choice.clip
    picture: SafeString | str = ""
    if clip.thumbnail:
        picture = format_html(
            '<img src="{}" alt="A frame of {}" width="96" loading="lazy" class="rounded">',
            clip.thumbnail.url,
            clip,
        )
    return format_html("{}<p>{}</p>", picture, _link(clip))


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
        return format_html("{} ({})", _link(post), post.get_status_display())
    return format_html(
        '{} ({}) <a class="text-primary-600" href="{}" rel="noopener">See it</a>',
        _link(post),
        post.get_status_display(),
        post.external_url,
    )
