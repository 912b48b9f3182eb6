"""Render formats for operators: add one, change its limits, retire it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from ledger.trail import TrailMixin
from media_assets.admin.showing import megabytes
from media_assets.models import FormatRow
from media_assets.services.formats import (
    CHANGEABLE,
    FIXED,
    add_format,
    change_format,
    restore_format,
    retire_format,
)
from stakazo.core.admin import ActingMixin, StakazoAdmin


@admin.register(FormatRow)
class FormatRowAdmin(ActingMixin, TrailMixin, StakazoAdmin):
    """The shapes that clips are rendered in. Name and size are fixed; limits can be changed."""

    acting_permission = "media_assets.change_formatrow"
    list_display = ["name", "shape", "state", "by_default", "length", "largest", "max_fps", "crf"]
    list_filter = ["status", "by_default"]
    search_fields = ["name"]
    ordering = ["created_at", "id"]
    actions = ["retire", "restore"]
    fieldsets = [
        (None, {"fields": ["name", "width_px", "height_px", "keeps_ratio", "by_default"]}),
        (
            "Limits",
            {
                "fields": ["min_ms", "max_ms", "max_bytes", "max_rate_bps", "max_fps", "codec", "crf"],
                "description": "For what is rendered from now on; files that are there stay.",
            },
        ),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: variants are named after it. Retire it."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What files may depend on, once it is there."""
        fixed = sorted(FIXED) if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def save_model(
        self, request: HttpRequest, obj: FormatRow, form: forms.ModelForm, change: bool
    ) -> None:  # type: ignore[type-arg]  # Django's own is not generic at run time
        """One call of the service; the row in hand becomes the one that it made."""
        given = form.cleaned_data
        if change:
            row = change_format(obj, **{n: given[n] for n in form.changed_data if n in CHANGEABLE})
        else:
            row = add_format(**{name: given[name] for name in form.fields})
        obj.__dict__.update(row.__dict__)

    def page_actions_of(self, row: FormatRow) -> list[tuple[str, str]]:
        """Retire it, or take it in use again."""
        moves = ("restore", "Take in use"), ("retire", "Retire")
        return [moves[row.status == FormatRow.Status.ACTIVE]]

    @action(description="Retire", permissions=["act"])
    def retire(self, request: HttpRequest, rows: QuerySet[FormatRow]) -> HttpResponse | None:
        """Render nothing in these any more."""
        return self.act(request, rows, retire_format, done="retired")

    @action(description="Take in use", permissions=["act"])
    def restore(self, request: HttpRequest, rows: QuerySet[FormatRow]) -> HttpResponse | None:
        """Render in these again."""
        return self.act(request, rows, restore_format, done="taken in use")

    @display(description="Picture size")
    def shape(self, row: FormatRow) -> str:
        """Width by height, or the box of one that crops nothing."""
        return f"{'within ' if row.keeps_ratio else ''}{row.width_px}×{row.height_px}"

    @display(description="State", label={"active": "success", "retired": "warning"})
    def state(self, row: FormatRow) -> tuple[str, str]:
        """In use or retired."""
        return row.status, row.get_status_display()

    @display(description="Length")
    def length(self, row: FormatRow) -> str:
        """From the shortest to the longest."""
        return f"{row.min_ms / 1000:g}–{row.max_ms / 1000:g} s"

    @display(description="Largest file")
    def largest(self, row: FormatRow) -> str:
        """Megabytes."""
        return megabytes(row.max_bytes)
