"""How pictures, players, facts, lengths and rows below a parent are shown."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from media_assets.files import content_type_of, media_link
from media_assets.models import VideoAsset

_PLAYER_WIDTH_PX = 640


def thumbnail(row: Any, *, alt: str) -> SafeString:
    """The row's picture, of one size in every list, loaded when it comes into view."""
    if link := media_link(row.thumbnail):
        return format_html(
            '<img src="{}" alt="{}" width="96" height="54" loading="lazy" decoding="async" '
            'style="width:96px;height:54px;object-fit:cover;border-radius:4px;background:#000">',
            link,
            alt,
        )
    return format_html(
        '<span class="text-xs" style="display:inline-flex;width:96px;height:54px;align-items:center;'
        'justify-content:center;border-radius:4px;border:1px dashed currentColor;opacity:.6">{}</span>',
        "No picture",
    )


def player(
    row: Any, *, label: str, caption: str, size: tuple[int, int], poster: str = "",
    span_ms: tuple[int, int] | None = None, tracks: Sequence[tuple[str, str, str]] = (),
) -> SafeString:  # fmt: skip
    """A player of the row's file; with span_ms it starts and ends there.

    tracks: address, language and name of captions that can be switched on.
    """
    width = min(_PLAYER_WIDTH_PX, size[0], max(1, 640 * size[0] // size[1]))
    return render_to_string(
        "media_assets/player.html",
        {
            "src": media_link(row.file),
            "type": _playable_as(str(row.file.name)),
            "label": label,
            "caption": caption,
            "poster": poster,
            "width": width,
            "height": max(1, width * size[1] // size[0]),
            "start_s": span_ms[0] / 1000 if span_ms else None,
            "end_s": span_ms[1] / 1000 if span_ms else None,
            "tracks": tracks,
        },
    )


def caption_tracks(video: VideoAsset) -> list[tuple[str, str, str]]:
    """The captions of a video, for its player."""
    return [
        (reverse("captions-vtt", args=[each.pk]), each.language, each.name)
        for each in video.captions.all()
    ]


def _playable_as(name: str) -> str:
    # Browsers play QuickTime and Matroska files as what is in them, but refuse the type unseen.
    kind = content_type_of(name) or ""
    return kind if kind in ("video/mp4", "video/webm") else ""


def facts_table(rows: list[tuple[str, object]], *, caption: str) -> SafeString:
    """Names and values as a table."""
    return render_to_string("media_assets/facts.html", {"rows": rows, "caption": caption})


def clock(ms: int) -> str:
    """1:05.3 for 65 300 ms."""
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest / 1000:04.1f}"
    return f"{hours}:{minutes:02}:{seconds}" if hours else f"{minutes}:{seconds}"


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**2:.1f} MB"


def count_link(model: type[Model], number: int, **filters: Any) -> SafeString | str:
    meta = model._meta
    if not number:
        return "0"
    where = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}?{}">{}</a>',
        where,
        urlencode(filters),
        number,
    )


class LookInline(TabularInline):  # type: ignore[misc]  # unfold has no stubs
    """Rows below their parent, to look at and to follow."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    per_page = 20

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
