"""Rendered files for operators: watch, and follow to where they were posted."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from ledger.trail import TrailMixin
from media_assets.admin.showing import clock, count_link, facts_table, megabytes, player, thumbnail
from media_assets.files import media_link
from media_assets.models import ClipVariant
from stakazo.core.admin import ReadOnlyAdmin, admin_link


@admin.register(ClipVariant)
class ClipVariantAdmin(TrailMixin, ReadOnlyAdmin):
    """Rendered files: watch, and follow to where they were posted."""

    BY_VIDEO = "clip__video_asset__id__exact"

    list_display = [
        "picture", "format", "clip_link", "length", "shape", "size", "publications_link", "created_at",
    ]  # fmt: skip
    list_display_links = ["format"]
    list_filter = ["format", "has_audio", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["clip__video_asset"]
    search_fields = ["clip__video_asset__title", "sha256", "id"]
    search_help_text = "Words of the video's title, a hash, or a variant's id."
    date_hierarchy = "created_at"
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["watch", "clip_link", "video_link", "publications_link"]}),
        ("The file", {"fields": ["file_facts"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["watch", "clip_link", "video_link", "publications_link", "file_facts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClipVariant]:
        """With the number of publications, where that room is there."""
        variants: QuerySet[ClipVariant] = super().get_queryset(request)
        if _publications():
            return variants.annotate(publications_made=Count("publications"))
        return variants

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Also by video, which its page links to."""
        return lookup == self.BY_VIDEO or bool(super().lookup_allowed(lookup, value, request))

    @display(description="Picture")
    def picture(self, variant: ClipVariant) -> SafeString:
        """A frame of it."""
        return thumbnail(variant, alt=f"Frame of {variant}")

    @display(description="Clip")
    def clip_link(self, variant: ClipVariant) -> SafeString | str:
        """Up to the clip."""
        return admin_link(variant.clip)

    @display(description="Video")
    def video_link(self, variant: ClipVariant) -> SafeString | str:
        """Up to the video."""
        return admin_link(variant.clip.video_asset)

    @display(description="Length", ordering="duration_ms")
    def length(self, variant: ClipVariant) -> str:
        """Minutes and seconds."""
        return clock(variant.duration_ms)

    @display(description="Picture size")
    def shape(self, variant: ClipVariant) -> str:
        """Width by height."""
        return f"{variant.width_px}×{variant.height_px}"

    @display(description="Size", ordering="size_bytes")
    def size(self, variant: ClipVariant) -> str:
        """Megabytes."""
        return megabytes(variant.size_bytes)

    @display(description="Publications")
    def publications_link(self, variant: Any) -> SafeString | str:
        """Where it was posted, or is to be."""
        publications = _publications()
        if publications is None:
            return "–"
        return count_link(
            publications, variant.publications_made, clip_variant__id__exact=variant.pk
        )

    @display(description="Watch")
    def watch(self, variant: ClipVariant) -> SafeString:
        """The file itself."""
        return player(
            variant,
            label=f"Variant {variant}",
            caption=f"{variant.format}, {clock(variant.duration_ms)}, {megabytes(variant.size_bytes)}.",
            size=(variant.width_px, variant.height_px),
            poster=media_link(variant.thumbnail),
            # Burned in already; a track of its own for those who read with other tools.
            tracks=[(at, "und", "Captions")] if (at := media_link(variant.captions_file)) else [],
        )

    @display(description="Facts")
    def file_facts(self, variant: ClipVariant) -> SafeString:
        """What the check measured."""
        rows: list[tuple[str, object]] = [
            ("Picture", f"{self.shape(variant)}, {variant.fps:g} frames per second"),
            ("Sound", "yes" if variant.has_audio else "none"),
            ("Size", megabytes(variant.size_bytes)),
            ("SHA-256", variant.sha256),
            ("Recipe", variant.recipe_hash),
        ]
        # What the file is comes as a mapping of its own; here its facts stand among the others.
        measured = {**variant.facts, **variant.facts.get("file", {})}
        measured.pop("file", None)
        rows += [(name.replace("_", " ").capitalize(), value) for name, value in measured.items()]
        return facts_table(rows, caption="What the check measured")


def _publications() -> type[Model] | None:
    """The model of the room above that posts variants, if it is there and has pages."""
    if not apps.is_installed("publishing"):
        return None
    model = apps.get_model("publishing", "Publication")
    return model if admin.site.is_registered(model) else None
