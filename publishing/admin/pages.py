"""What the pages share: links, stills, and a page of facts without buttons for saving."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.trail import TrailMixin
from media_assets.models import ClipVariant
from stakazo.core.admin import StakazoAdmin, admin_link


def link_to(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row where its admin is there, else its name."""
    if row is not None and not admin.site.is_registered(type(row)):
        return text or str(row)
    return admin_link(row, text)


def thumbnail_of(variant: ClipVariant) -> SafeString | str:
    """A small picture of the variant, or of its clip; a dash where neither has one."""
    picture = variant.thumbnail or variant.clip.thumbnail
    if not picture:
        return "–"
    return format_html(
        '<img src="{}" alt="Still of {}" loading="lazy" width="48" class="rounded-default">',
        picture.url,
        variant,
    )


def outside_link(url: str, text: str) -> SafeString | str:
    """A link to a page outside, only if it is a web address."""
    if not url.startswith(("https://", "http://")):
        return text or "–"
    return format_html(
        '<a class="text-primary-600" href="{}" target="_blank" rel="noopener noreferrer">{}</a>',
        url,
        text,
    )


class FactsPage(TrailMixin, StakazoAdmin):
    """A page of facts with buttons: nothing is edited in fields, so nothing is saved."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Without Django's buttons for saving."""
        hidden = dict.fromkeys(
            ("show_save", "show_save_and_continue", "show_save_and_add_another"), False
        )
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **hidden}
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """After a button: the same page again, with the button's own message."""
        return redirect(request.path)

    @display(description="Status")
    def status_in_words(self, row: Any) -> str:
        """The status, for a page (a list shows it as a label)."""
        return str(row.get_status_display())
