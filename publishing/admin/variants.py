"""Many variants at once: the form, and the action that the list of variants gets from here."""

import contextlib
import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from media_assets.models import ClipVariant
from publishing.admin.times import read_time, without_zone
from publishing.models import SocialAccount
from publishing.services import publications
from stakazo.core.admin import act_on_each


class PublishVariantsForm(forms.Form):
    """Where to post the chosen variants, and with which words."""

    social_accounts = forms.ModelMultipleChoiceField(
        queryset=SocialAccount.objects.filter(status=SocialAccount.Status.CONNECTED),
        widget=forms.CheckboxSelectMultiple,
        label="Accounts",
        help_text="Each variant is posted on each of them, where the platform takes it.",
    )
    title = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="YouTube needs one. Empty: the title of the video.",
    )
    caption = forms.CharField(
        required=False, max_length=10_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )
    scheduled_at = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        label="When",
        help_text="By the clocks of each account. Empty: now.",
    )
    next_slot = forms.BooleanField(
        required=False,
        label="In the next free slot",
        help_text="Of each account's plan, instead of a time; one after another.",
    )

    allow_repeat = forms.BooleanField(
        required=False,
        label="They may repeat earlier posts",
        help_text="The same clip with nearly the same words on the same account.",
    )

    def clean(self) -> dict[str, Any]:
        """A time or the slot."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        read_time(self, data)
        return data


def variants_named(ids: list[str]) -> list[ClipVariant]:
    """The variants with these ids; what is no id is passed over."""
    wanted = []
    for text in ids[:100]:
        with contextlib.suppress(ValueError):
            wanted.append(uuid.UUID(text))
    found = ClipVariant.objects.filter(pk__in=wanted).select_related("clip__video_asset")
    return list(found) if wanted else []


def publish_pairs(request: HttpRequest, variants: list[ClipVariant], words: dict[str, Any]) -> None:
    pairs = [(variant, account) for variant in variants for account in words["social_accounts"]]

    def publish(pair: tuple[ClipVariant, SocialAccount]) -> object:
        variant, account = pair
        return publications.create_publication(
            variant,
            account,
            title=words["title"] or variant.clip.video_asset.title[:100],
            caption=words["caption"],
            scheduled_at=without_zone(words["scheduled_at"]),
            next_slot=words["next_slot"],
            allow_repeat=words["allow_repeat"],
        )

    act_on_each(request, pairs, publish, done="publications wait or are on their way")  # type: ignore[type-var]  # pairs, not rows


@admin.action(description="Publish…")
def publish_variants(
    modeladmin: Any, request: HttpRequest, rows: QuerySet[ClipVariant]
) -> HttpResponse:
    """From the list of variants to the page where accounts and words are chosen."""
    chosen = "&".join(f"variant={pk}" for pk in rows.values_list("pk", flat=True)[:100])
    return redirect(f"{reverse('admin:publishing_publication_publish')}?{chosen}")


def _offer_publishing_of_variants() -> None:
    """The media room knows no platforms, so its list of variants gets this action from here."""
    if admin.site.is_registered(ClipVariant):
        of_variants: Any = admin.site.get_model_admin(ClipVariant)
        of_variants.actions = [*(of_variants.actions or []), publish_variants]


_offer_publishing_of_variants()
