"""Attempts for operators: what was tried, and what the platform said."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.trail import TrailMixin
from publishing import queries
from publishing.admin.pages import link_to, outside_link
from publishing.models import PublishLog
from stakazo.core.admin import ReadOnlyAdmin


@admin.register(PublishLog)
class PublishLogAdmin(TrailMixin, ReadOnlyAdmin):
    """Every attempt, with what the platform said."""

    list_display = ["created_at", "publication_link", "state", "phase", "live_post", "updated_at"]
    list_select_related = [
        "publication__social_account",
        "publication__clip_variant__clip__video_asset",
    ]
    list_filter = ["status", "phase", "error_kind", "publication__social_account__platform"]
    search_fields = ["external_post_id", "error"]
    fields = [
        "publication_link",
        "status",
        "phase",
        "shown_handle",
        "live_post",
        "error_code",
        "error_kind",
        "error",
        "remedy",
        "extra_metadata",
        "created_at",
        "updated_at",
        "settled_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Publication")
    def publication_link(self, log: PublishLog) -> SafeString | str:
        """A link up."""
        return link_to(log.publication)

    @display(
        description="Status",
        ordering="status",
        label={
            "pending": "info",
            "processing": "warning",
            "retry": "warning",
            "success": "success",
            "failed": "danger",
        },
    )
    def state(self, log: PublishLog) -> tuple[str, str]:
        """The status, as a label."""
        return log.status, log.get_status_display()

    @display(description="Live post")
    def live_post(self, log: PublishLog) -> SafeString | str:
        """A link to the post itself."""
        return outside_link(log.external_url, log.external_post_id) if log.external_post_id else "–"

    @display(description="Handle")
    def shown_handle(self, log: PublishLog) -> str:
        """By what the platform knows it."""
        shown = queries.safe_handle(log)
        return ", ".join(f"{key}: {value}" for key, value in shown.items()) or "–"
