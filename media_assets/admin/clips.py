"""Clips for operators: compare, render, put aside."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter, RangeNumericFilter
from unfold.decorators import action, display

from ledger.trail import TrailMixin
from media_assets.admin.composing import ComposeMixin
from media_assets.admin.framing import FramingMixin
from media_assets.admin.showing import (
    LookInline,
    caption_tracks,
    clock,
    count_link,
    facts_table,
    megabytes,
    player,
    thumbnail,
)
from media_assets.files import media_link
from media_assets.models import Clip, ClipVariant
from media_assets.queries import default_formats
from media_assets.services.clips import archive_clip, restore_clip
from media_assets.services.variants import request_variants
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link

_CLIP_LABELS = {"Ready": "success", "Archived": "default"}


class VariantInline(LookInline):
    """The rendered files of a clip."""

    model = ClipVariant
    verbose_name_plural = "Variants, newest first"
    fields = ["picture", "name", "size", "made"]
    readonly_fields = fields
    ordering = ["-id"]

    @display(description="Picture")
    def picture(self, variant: ClipVariant) -> SafeString:
        """A frame of it."""
        return thumbnail(variant, alt=f"Frame of {variant.format}")

    @display(description="Format")
    def name(self, variant: ClipVariant) -> SafeString | str:
        """The format, as a link."""
        return admin_link(variant, variant.format)

    @display(description="Size")
    def size(self, variant: ClipVariant) -> str:
        """Megabytes."""
        return megabytes(variant.size_bytes)

    @display(description="Made")
    def made(self, variant: ClipVariant) -> str:
        """When."""
        return f"{variant.created_at:%Y-%m-%d %H:%M}"


@admin.register(Clip)
class ClipAdmin(FramingMixin, ComposeMixin, ActingMixin, TrailMixin, ReadOnlyAdmin):
    """Clips: compare, render, put aside."""

    list_display = [
        "picture", "span", "video_link", "score", "place", "state", "variant_count", "created_at",
    ]  # fmt: skip
    list_display_links = ["span"]
    list_filter = [
        "status",
        "made_by",
        ("visual_score", RangeNumericFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_select_related = ["video_asset"]
    search_fields = ["video_asset__title", "id"]
    search_help_text = "Words of the video's title, or a clip's id."
    ordering = ["-id"]
    fieldsets = [
        (
            None,
            {"fields": ["watch", "name", "video_link", "span", "score", "why", "state", "maker"]},
        ),
        ("Behind the score", {"fields": ["numbers"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = [
        "watch", "name", "video_link", "span", "score", "why", "state", "maker", "numbers",
    ]  # fmt: skip
    inlines = [VariantInline]
    actions = ["make_variants", "archive", "restore"]
    acting_permission = "media_assets.change_clip"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clip]:
        """With the number of variants."""
        clips: QuerySet[Clip] = super().get_queryset(request)
        return clips.annotate(variants_made=Count("variants"))

    def page_actions_of(self, row: Clip) -> list[tuple[str, str]]:
        """Render it, and put it aside or take it back."""
        aside = ("archive", "Archive"), ("restore", "Restore")
        return [("make_variants", "Make variants"), aside[row.status == Clip.Status.ARCHIVED]]

    def page_links_of(self, row: Clip) -> list[tuple[str, str]]:
        """Where its variants are composed, its marks on the time line, and where its windows look."""
        compose = reverse("admin:media_assets_clip_compose", args=[row.pk])
        page = reverse("admin:media_assets_videoasset_timeline", args=[row.video_asset_id])
        windows = reverse("admin:media_assets_clip_framing", args=[row.pk])
        return [
            (compose, "Compose variants"),
            (f"{page}?clip={row.pk}", "Move its marks"),
            (windows, "Where to look"),
        ]

    @action(description="Make variants in the usual formats", permissions=["act"])
    def make_variants(self, request: HttpRequest, clips: QuerySet[Clip]) -> HttpResponse | None:
        """Render each clip in the formats that are made by default."""
        return self.act(
            request,
            clips,
            lambda clip: request_variants(clip, formats=default_formats()),
            done="put in the queue for rendering",
        )

    @action(description="Archive", permissions=["act"])
    def archive(self, request: HttpRequest, clips: QuerySet[Clip]) -> HttpResponse | None:
        """Put each aside."""
        return self.act(request, clips, archive_clip, done="archived")

    @action(description="Restore", permissions=["act"])
    def restore(self, request: HttpRequest, clips: QuerySet[Clip]) -> HttpResponse | None:
        """Take each back in."""
        return self.act(request, clips, restore_clip, done="restored")

    @display(description="Picture")
    def picture(self, clip: Clip) -> SafeString:
        """A frame of it."""
        return thumbnail(clip, alt=f"Frame of {clip}")

    @display(description="Span", ordering="start_ms")
    def span(self, clip: Clip) -> str:
        """From when to when, and how long."""
        return f"{clock(clip.start_ms)} – {clock(clip.end_ms)} ({clip.duration_ms / 1000:.1f} s)"

    @display(description="Title")
    def name(self, clip: Clip) -> str:
        """What somebody called it."""
        return clip.title or "–"

    @display(description="Made by")
    def maker(self, clip: Clip) -> str:
        """Found by the analysis, or cut by hand."""
        return clip.get_made_by_display()

    @display(description="Video", ordering="video_asset__title")
    def video_link(self, clip: Clip) -> SafeString | str:
        """Up to the video."""
        return admin_link(clip.video_asset)

    @display(description="Score", ordering="visual_score")
    def score(self, clip: Clip) -> str:
        """0 to 100."""
        return f"{clip.visual_score * 100:.0f} of 100"

    @display(description="Place", ordering="rank")
    def place(self, clip: Clip) -> str:
        """Among the clips of its video."""
        return f"#{clip.rank}" if clip.rank else "–"

    @display(description="State", ordering="status", label=_CLIP_LABELS)
    def state(self, clip: Clip) -> str:
        """Ready or put aside."""
        return clip.get_status_display()

    @display(description="Variants", ordering="variants_made")
    def variant_count(self, clip: Any) -> SafeString | str:
        """How many files were rendered."""
        return count_link(ClipVariant, clip.variants_made, clip__id__exact=clip.pk)

    @display(description="Why")
    def why(self, clip: Clip) -> SafeString:
        """The reasons for the score."""
        return render_to_string("media_assets/reasons.html", {"reasons": clip.reasons})

    @display(description="Watch")
    def watch(self, clip: Clip) -> SafeString:
        """The span, in the video."""
        video = clip.video_asset
        return player(
            video,
            label=f"Clip {clip}",
            caption=f"{self.span(clip)} of {video.title}.",
            size=(video.width_px, video.height_px),
            poster=media_link(clip.thumbnail),
            span_ms=(clip.start_ms, clip.end_ms),
            tracks=caption_tracks(video),
        )

    @display(description="Numbers")
    def numbers(self, clip: Clip) -> SafeString | str:
        """The features behind the score."""
        rows: list[tuple[str, object]] = [
            (
                name.replace("_", " ").capitalize(),
                f"{value:.2f}" if isinstance(value, float) else value,
            )
            for name, value in sorted(clip.features.items())
        ]
        return facts_table(rows, caption="The numbers behind the score, 0 to 1") if rows else "–"
