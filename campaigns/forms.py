"""What the admin asks for: a rule by its weights, a campaign, a reason."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from campaigns.features import LABELS, Limits, read_weights
from campaigns.models import Campaign, PlatformRule
from campaigns.services.campaigns import check_campaign
from media_assets.queries import known_formats
from publishing.models import Platform
from stakazo.core.errors import StakazoError

WEIGHT_FIELDS = {name: f"weight_{name}" for name in LABELS}


def _number(name: str) -> forms.FloatField:
    return forms.FloatField(
        label=LABELS[name], required=False, widget=UnfoldAdminTextInputWidget(), initial=0.0
    )


class _Weights(forms.ModelForm):  # type: ignore[type-arg]  # its model is the subclass's
    """A field for each feature; 0 leaves it out, below 0 says "the less, the better"."""


for _name, _field in WEIGHT_FIELDS.items():
    _Weights.base_fields[_field] = _Weights.declared_fields[_field] = _number(_name)


class RuleForm(_Weights):
    """Weights to propose."""

    why = forms.CharField(
        label="Why", widget=UnfoldAdminTextareaWidget(), help_text="For those who decide on it."
    )

    class Meta:
        model = PlatformRule
        fields = ["platform", "limits", "why"]

    def clean(self) -> dict[str, Any]:
        """Weights and limits that the engine understands, as `weights` and `limits`."""
        found = super().clean() or {}
        given = {name: found.get(field) or 0.0 for name, field in WEIGHT_FIELDS.items()}
        if self.errors:
            return found
        try:
            found["weights"] = read_weights({name: w for name, w in given.items() if w})
            found["limits"] = Limits.read(
                found.get("limits") or {}, formats=known_formats()
            ).as_json()
        except StakazoError as error:
            raise ValidationError(error.message) from error
        return found


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]  # django-stubs wants Campaign here, Django does not
    """A campaign to put together."""

    platforms = forms.MultipleChoiceField(
        choices=Platform.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )

    class Meta:
        model = Campaign
        fields = [
            "name",
            "goal",
            "video_asset",
            "platforms",
            "budget_minor",
            "currency",
            "starts_at",
            "ends_at",
        ]

    def clean(self) -> dict[str, Any]:
        """A campaign that can be run."""
        found = super().clean() or {}
        if not self.errors:
            try:
                check_campaign(**{k: v for k, v in found.items() if k != "video_asset"})
            except StakazoError as error:
                raise ValidationError(error.message) from error
        return found


class WhyForm(BaseDialogForm):  # type: ignore[misc]  # unfold has no stubs
    """A reason for the ledger."""

    why = forms.CharField(
        label="Why", max_length=500, initial="asked for", widget=UnfoldAdminTextInputWidget()
    )


class OrchestrateForm(BaseDialogForm):  # type: ignore[misc]  # unfold has no stubs
    """Whether to post what is chosen."""

    publish = forms.BooleanField(
        label="Also post each chosen clip",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="On the account that was connected first, unless the clip is out there already.",
    )
