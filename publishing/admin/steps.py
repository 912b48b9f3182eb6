"""Steps after the post for operators: what is still to be done to live posts, and what became of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from ledger.trail import TrailMixin
from publishing.admin.pages import link_to
from publishing.models import PublishStep
from publishing.services import steps
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin


class FinishingFields(forms.Form):
    """What forms of publications offer of the options: the first comment and the cover."""

    first_comment = forms.CharField(
        max_length=10_000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        label="First comment",
        help_text="Written under the post once it is live (Instagram, YouTube).",
    )
    cover_at_ms = forms.IntegerField(
        min_value=0,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        label="Cover: moment of the video, in milliseconds",
        help_text="Instagram and TikTok take it with the post, YouTube as a thumbnail afterwards.",
    )


def options_with(options: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The options with what those fields say; an empty field takes its option away."""
    kept = {
        name: value
        for name, value in options.items()
        if name not in ("first_comment", "thumb_offset_ms")
    }
    if data.get("first_comment"):
        kept["first_comment"] = data["first_comment"]
    if data.get("cover_at_ms") is not None:
        kept["thumb_offset_ms"] = data["cover_at_ms"]
    return kept


def fields_from(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as those fields show them."""
    return {
        "first_comment": options.get("first_comment", ""),
        "cover_at_ms": options.get("thumb_offset_ms"),
    }


def field_of(option: str) -> str:
    """The field of a form that a finding of preflight is about: `options.first_comment`, `caption`."""
    names = {"options.first_comment": "first_comment", "options.thumb_offset_ms": "cover_at_ms"}
    return names.get(option, option.partition(".")[0])


@admin.register(PublishStep)
class PublishStepAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """First comments and thumbnails; whatever becomes of them, their posts are live."""

    list_display = ["created_at", "publication_link", "kind", "state", "sends", "error", "done_at"]
    list_select_related = [
        "publication__social_account",
        "publication__clip_variant__clip__video_asset",
    ]
    list_filter = ["status", "kind", "error_kind", "publication__social_account__platform"]
    search_fields = ["external_id", "error", "publication__title"]
    acting_permission = "publishing.change_publication"
    actions = ["retry", "drop"]
    fields = [
        "publication_link",
        "kind",
        "status_in_words",
        "text",
        "at_ms",
        "external_id",
        "sends",
        "first_sent_at",
        "error_code",
        "error_kind",
        "error",
        "remedy",
        "created_at",
        "updated_at",
        "done_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Publication")
    def publication_link(self, step: PublishStep) -> SafeString | str:
        """A link up."""
        return link_to(step.publication)

    @display(description="Status")
    def status_in_words(self, step: PublishStep) -> str:
        """The status, for the page."""
        return step.get_status_display()

    @display(
        description="Status",
        ordering="status",
        label={
            "waiting": "info",
            "sending": "warning",
            "unknown": "warning",
            "done": "success",
            "failed": "danger",
            "dropped": "info",
        },
    )
    def state(self, step: PublishStep) -> tuple[str, str]:
        """The status, as a label."""
        return step.status, step.get_status_display()

    def page_actions_of(self, row: PublishStep) -> list[tuple[str, str]]:
        """What can be done with it now."""
        status = PublishStep.Status
        found = []
        if row.status in (status.FAILED, status.UNKNOWN):
            found.append(("retry", "Try again"))
        if row.status in (status.WAITING, status.FAILED, status.UNKNOWN):
            found.append(("drop", "Leave it undone"))
        return found

    @admin.action(description="Try again", permissions=["act"])
    def retry(self, request: HttpRequest, rows: QuerySet[PublishStep]) -> HttpResponse | None:
        """What was sent before is asked about first."""
        return self.act(request, rows, steps.retry_step, done="tried again")

    @admin.action(description="Leave it undone", permissions=["act"])
    def drop(self, request: HttpRequest, rows: QuerySet[PublishStep]) -> HttpResponse | None:
        """Nothing more is done."""
        return self.act(request, rows, steps.drop_step, done="left undone")
