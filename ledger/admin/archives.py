"""Archives in the admin: look, and follow to the file."""

from django.contrib import admin
from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from ledger.models import LedgerArchive
from ledger.sealing.gone import archive_stands
from ledger.sealing.keys import known_keys
from stakazo.core.admin import ReadOnlyAdmin


@admin.register(LedgerArchive)
class LedgerArchiveAdmin(ReadOnlyAdmin):
    """What retention took out, newest first; `manage.py ledger_verify --archive` looks inside."""

    paginator = InfinitePaginator
    list_display = ["number", "made_at", "count", "state", "size_bytes", "removed_at"]
    ordering = ["-number"]
    fields = [
        "number",
        "made_at",
        "state",
        "file",
        "seals_name",
        "parquet_name",
        "count",
        "size_bytes",
        "first_id",
        "last_id",
        "bounds",
        "file_hash",
        "content_hash",
        "algorithm",
        "key_id",
        "removed_at",
    ]
    readonly_fields = fields

    @display(description="Archive", label={"signed": "success", "broken": "danger"})
    def state(self, archive: LedgerArchive) -> str:
        """Whether its signature is right; the file is not looked at."""
        return "signed" if archive_stands(archive, known_keys()) else "broken"

    @display(description="File")
    def file(self, archive: LedgerArchive) -> SafeString | str:
        """The name in the storage, and whether it is there."""
        there = "" if default_storage.exists(archive.name) else " (gone)"
        return format_html("<code>{}</code>{}", archive.name, there)
