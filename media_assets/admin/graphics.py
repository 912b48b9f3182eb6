"""Watermarks and cards for operators: bring them, put them aside."""

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from ledger.trail import TrailMixin
from media_assets.admin.bringing import BringingAdmin, content_of, image_shown
from media_assets.models import Card, Watermark
from media_assets.pictures import MOST_BYTES
from media_assets.services.graphics import (
    add_card,
    add_watermark,
    archive_graphic,
    restore_graphic,
)
from stakazo.core.admin import ActingMixin

_LABELS = {"Ready": "success", "Archived": "default"}
_PICTURE = UnfoldAdminFileFieldWidget(attrs={"accept": "image/png,image/webp,image/jpeg"})


def _share(label: str, initial: float, low: float, high: float, words: str) -> forms.FloatField:
    return forms.FloatField(
        label=label, initial=initial, min_value=low, max_value=high, help_text=words,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )  # fmt: skip


class WatermarkForm(forms.Form):
    """A picture, and where it goes."""

    file = forms.FileField(
        allow_empty_file=True, widget=_PICTURE, help_text="PNG, WebP or JPEG, up to 8 MiB."
    )
    name = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget())
    position = forms.ChoiceField(
        choices=Watermark.Position.choices,
        initial=Watermark.Position.TOP_RIGHT,
        widget=UnfoldAdminSelectWidget(),
    )
    margin = _share("Margin", 0.05, 0, 0.3, "Share of the picture's shorter side: 0 to 0.3.")
    width_share = _share("Width", 0.16, 0.02, 1, "Share of the picture's width: 0.02 to 1.")
    opacity = _share("Opacity", 0.85, 0.05, 1, "0.05, hardly there, to 1, as drawn.")


class CardForm(forms.Form):
    """A picture, words, or both."""

    file = forms.FileField(
        label="Picture",
        required=False,
        allow_empty_file=True,
        widget=_PICTURE,
        help_text="PNG, WebP or JPEG, up to 8 MiB. Left empty: words alone.",
    )
    text = forms.CharField(
        label="Words",
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    name = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget())
    background = forms.CharField(
        max_length=7,
        initial="#101418",
        widget=UnfoldAdminTextInputWidget(),
        help_text="A colour such as #101418, where there is no picture.",
    )
    duration_ms = forms.IntegerField(
        label="Shown for (ms)",
        initial=2500,
        min_value=500,
        max_value=15_000,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


class GraphicAdmin(ActingMixin, TrailMixin, BringingAdmin):
    """What watermarks and cards share."""

    search_fields = ["name"]
    list_filter = ["status"]
    list_display_links = ["name"]
    ordering = ["-id"]
    actions = ["archive", "restore"]

    def page_actions_of(self, row: Watermark | Card) -> list[tuple[str, str]]:
        """Put it aside, or take it back."""
        aside = ("archive", "Archive"), ("restore", "Restore")
        return [aside[row.status == row.Status.ARCHIVED]]

    @action(description="Archive", permissions=["act"])
    def archive(self, request: HttpRequest, rows: QuerySet[Watermark]) -> HttpResponse | None:
        """Put each aside."""
        return self.act(request, rows, archive_graphic, done="archived")

    @action(description="Restore", permissions=["act"])
    def restore(self, request: HttpRequest, rows: QuerySet[Watermark]) -> HttpResponse | None:
        """Take each back in."""
        return self.act(request, rows, restore_graphic, done="restored")

    @display(description="Picture")
    def picture(self, row: Watermark | Card) -> SafeString | str:
        """Small, for lists."""
        return image_shown(row, width_px=64)

    @display(description="Picture")
    def large_picture(self, row: Watermark | Card) -> SafeString | str:
        """Large, for its page."""
        return image_shown(row, width_px=320)

    @display(description="State", ordering="status", label=_LABELS)
    def state(self, row: Watermark | Card) -> str:
        """Ready or put aside."""
        return row.get_status_display()


@admin.register(Watermark)
class WatermarkAdmin(GraphicAdmin):
    """Watermarks: marks and logos for a corner of the picture."""

    bring_form = WatermarkForm
    bring_title = "Bring a watermark"
    bring_words = "It is offered when variants are made. To change where it goes, bring it again."
    acting_permission = "media_assets.change_watermark"
    list_display = ["picture", "name", "position", "width_share", "opacity", "state", "created_at"]
    fieldsets = [
        (
            None,
            {"fields": ["large_picture", "name", "state", "position", "margin", "width_share", "opacity"]},
        ),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]  # fmt: skip
    readonly_fields = ["large_picture", "state"]

    def bring(self, request: HttpRequest, form: forms.Form) -> tuple[Model, str]:
        """Keep it."""
        given = dict(form.cleaned_data)
        mark = add_watermark(content_of(given.pop("file"), MOST_BYTES), **given)
        return mark, f"{mark} is here."


@admin.register(Card)
class CardAdmin(GraphicAdmin):
    """Cards: stills for before or after clips."""

    bring_form = CardForm
    bring_title = "Make a card"
    bring_words = (
        "A picture, words, or both. It is offered as intro and outro when variants are made."
    )
    acting_permission = "media_assets.change_card"
    list_display = ["picture", "name", "text", "duration_ms", "state", "created_at"]
    fieldsets = [
        (
            None,
            {"fields": ["large_picture", "name", "state", "text", "background", "duration_ms"]},
        ),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["large_picture", "state"]

    def bring(self, request: HttpRequest, form: forms.Form) -> tuple[Model, str]:
        """Make it."""
        given = dict(form.cleaned_data)
        file = given.pop("file")
        card = add_card(content_of(file, MOST_BYTES) if file is not None else None, **given)
        return card, f"{card} is here."
