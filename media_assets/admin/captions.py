"""Captions for operators: bring them, let them be transcribed, read them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from ledger.trail import TrailMixin
from media_assets.admin.bringing import BringingAdmin, content_of
from media_assets.admin.showing import clock, facts_table
from media_assets.cues import MOST_BYTES, plain
from media_assets.errors import FileMissing, NoFile
from media_assets.models import Captions, VideoAsset
from media_assets.rendering.composition.fonts import undrawable
from media_assets.services.captions import cues_of, upload_captions
from media_assets.services.transcribing import request_transcription
from stakazo.core.admin import admin_link

MOST_SHOWN = 300


class CaptionsForm(forms.Form):
    """The video, and a file or the wish to have it heard."""

    video = forms.ModelChoiceField(
        queryset=VideoAsset.objects.order_by("-id"), widget=UnfoldAdminSelectWidget()
    )
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".srt,.vtt"}),
        help_text="SRT or WebVTT. Left empty: the transcriber writes them, where one is set up.",
    )
    language = forms.CharField(
        max_length=35,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Such as en or pt-BR.",
    )
    name = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Left empty: the name of the file.",
    )


@admin.register(Captions)
class CaptionsAdmin(TrailMixin, BringingAdmin):
    """Captions: what is said in a video, and when."""

    bring_form = CaptionsForm
    bring_title = "Bring captions"
    bring_words = "An SRT or WebVTT file of up to 1 MiB. What was mended in it is noted beside it."

    list_display = ["name", "video_link", "language", "source", "cue_count", "created_at"]
    list_filter = ["source", "language", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["video_asset"]
    search_fields = ["name", "video_asset__title", "original_filename"]
    search_help_text = "Words of their name, of the video's title or of the file's name."
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["name", "video_link", "language", "source", "file_link", "remarks"]}),
        ("What is said", {"fields": ["words"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["video_link", "file_link", "remarks", "words"]

    def first_words(self, request: HttpRequest) -> dict[str, Any]:
        """The video whose page led here."""
        return {"video": request.GET.get("video", "")}

    def bring(self, request: HttpRequest, form: forms.Form) -> tuple[Model, str]:
        """Keep the file, or ask the transcriber."""
        given = form.cleaned_data
        video, file = given["video"], given["file"]
        how = {"language": given["language"], "name": given["name"]}
        if file is None:
            if not settings.TRANSCRIBER:
                raise NoFile("Choose a file: no transcriber is set up here.")
            request_transcription(video, **how)
            return (
                video,
                "The transcriber has been asked; its captions appear when the job is done.",
            )
        captions, created = upload_captions(
            video, content_of(file, MOST_BYTES), filename=file.name or "", **how
        )
        if not created:
            return captions, "The video had these captions already."
        return captions, f"{captions.cue_count} cues are here."

    @display(description="Video", ordering="video_asset__title")
    def video_link(self, captions: Captions) -> SafeString | str:
        """Up to the video."""
        return admin_link(captions.video_asset)

    @display(description="File")
    def file_link(self, captions: Captions) -> SafeString:
        """As WebVTT."""
        where = reverse("captions-vtt", args=[captions.pk])
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}" download="{}.vtt">{}</a>',
            where,
            captions.name,
            "Download as WebVTT",
        )

    @display(description="Notes")
    def remarks(self, captions: Captions) -> str:
        """What was mended, and which letters no font of ours draws."""
        notes = list(captions.notes)
        missing = undrawable("".join(plain(text) for _, text in _lines(captions)))
        if missing:
            notes.append(
                f"Burned in, these letters are left out, for no font here has them: "
                f"{' '.join(missing[:30])}."
            )
        return " ".join(notes) or "–"

    @display(description="Cues")
    def words(self, captions: Captions) -> SafeString | str:
        """Time and text of each."""
        lines = _lines(captions)
        if not lines:
            return "–"
        rows: list[tuple[str, object]] = [(at, plain(text)) for at, text in lines[:MOST_SHOWN]]
        if len(lines) > MOST_SHOWN:
            rows.append(("…", f"and {len(lines) - MOST_SHOWN} more"))
        return facts_table(rows, caption="What is said, and when")


def _lines(captions: Captions) -> list[tuple[str, str]]:
    try:
        cues = cues_of(captions)
    except FileMissing:
        return []
    return [(f"{clock(cue.start_ms)} – {clock(cue.end_ms)}", cue.text) for cue in cues]
