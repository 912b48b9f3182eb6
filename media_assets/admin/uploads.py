"""Uploads in parts, for whoever wants to know why one did not arrive."""

from django.contrib import admin
from unfold.decorators import display

from ledger.trail import TrailMixin
from media_assets.admin.showing import megabytes
from media_assets.models import Upload
from stakazo.core.admin import ReadOnlyAdmin, admin_link

_LABELS = {
    "Open": "info",
    "Being checked": "warning",
    "Done": "success",
    "Refused": "danger",
    "Aborted": "info",
    "Expired": "warning",
}


@admin.register(Upload)
class UploadAdmin(TrailMixin, ReadOnlyAdmin):
    """Uploads in parts: how far each came, and what became of it."""

    list_display = ["name", "state", "size", "became", "error", "created_at", "expires_at"]
    list_filter = ["status", "place"]
    list_select_related = ["video"]
    search_fields = ["filename", "title", "sha256"]
    search_help_text = "Words of the title or the file's name, or a hash."
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["name", "state", "size", "became", "error", "error_code"]}),
        ("Sending", {"fields": ["place", "part_bytes", "sha256", "created_at", "expires_at"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]

    @display(description="Upload", ordering="filename")
    def name(self, upload: Upload) -> str:
        """Title or file name."""
        return str(upload)

    @display(description="State", ordering="status", label=_LABELS)
    def state(self, upload: Upload) -> str:
        """What the machine says."""
        return upload.get_status_display()

    @display(description="Size", ordering="size_bytes")
    def size(self, upload: Upload) -> str:
        """In megabytes."""
        return megabytes(upload.size_bytes)

    @display(description="Video")
    def became(self, upload: Upload) -> str:
        """The video that came of it."""
        return admin_link(upload.video)
