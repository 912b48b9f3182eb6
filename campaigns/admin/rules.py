"""Rules for operators: propose, compare, activate, retire, learn."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from campaigns import queries
from campaigns.admin.pages import NeverEdited, dialog_for, go_to, possible_buttons
from campaigns.features import FEATURES, LABELS
from campaigns.forms import WEIGHT_FIELDS, RuleForm, WhyForm
from campaigns.models import RULE, PlatformRule
from campaigns.services.rules import activate_rule, propose_rule, retire_rule
from campaigns.services.training import shares, train
from publishing.models import Platform
from stakazo.core.admin import act_on_each, admin_link, admin_url
from stakazo.core.errors import StakazoError

_RULE_COLOURS = {"proposed": "info", "active": "success", "retired": "warning"}


@admin.register(PlatformRule)
class PlatformRuleAdmin(NeverEdited):
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
        return possible_buttons(
            found, PlatformRule.objects.filter(pk=object_id).first(), RULE, moves
        )

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
        dialog=dialog_for(
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
        dialog=dialog_for("Retire this rule", "It no longer decides.", "Retire"),
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
        return go_to(request, f"{reverse('admin:campaigns_platformrule_add')}?like={rule.pk}")

    @action(
        description="Learn from outcomes",
        url_path="learn",
        permissions=["change"],
        dialog=dialog_for(
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
            return go_to(request, admin_url(rule))
        messages.success(request, f"{proposal} is proposed.")
        return go_to(request, admin_url(proposal))


def _change(mine: float, theirs: float) -> str:
    points = round((mine - theirs) * 100)
    return f"{points:+d} points" if points else "the same"


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
