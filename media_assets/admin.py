"""Videos, clips and variants for operators: watch, upload, analyse, render, put aside."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter, RangeNumericFilter
from unfold.decorators import action, display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from jobs.models import Job
from ledger.trail import TrailMixin
from media_assets import queries
from media_assets.files import CHUNK_BYTES, content_type_of, media_link
from media_assets.formats import FORMATS
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.services.clips import archive_clip, request_analysis, restore_clip
from media_assets.services.ingest import ingest_stream
from media_assets.services.variants import request_variants
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, StakazoAdmin, admin_link, admin_url
from stakazo.core.errors import StakazoError

_VIDEO_LABELS = {
    "Uploaded": "info",
    "Validated": "info",
    "Being analysed": "warning",
    "Ready": "success",
    "Failed": "danger",
}
_CLIP_LABELS = {"Ready": "success", "Archived": "default"}
_PLAYER_WIDTH_PX = 640


# --- What the pages share ------------------------------------------------------------------------


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
    span_ms: tuple[int, int] | None = None,
) -> SafeString:  # fmt: skip
    """A player of the row's file; with span_ms it starts and ends there."""
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
        },
    )


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


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**2:.1f} MB"


def _count_link(model: type[Model], number: int, **filters: Any) -> SafeString | str:
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


# --- Videos --------------------------------------------------------------------------------------


class UploadForm(forms.Form):
    """A video file, and a title."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "video/*,.mkv"}), allow_empty_file=True
    )
    title = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Left empty: the name of the file.",
    )


class ClipInline(LookInline):
    """The clips of a video, best first."""

    model = Clip
    verbose_name_plural = "Clips, best first"
    fields = ["picture", "span", "score", "why", "state"]
    readonly_fields = fields
    ordering = ["rank", "-visual_score"]

    @display(description="Picture")
    def picture(self, clip: Clip) -> SafeString:
        """A frame of it."""
        return thumbnail(clip, alt=f"Frame of the clip at {clock(clip.start_ms)}")

    @display(description="Span")
    def span(self, clip: Clip) -> SafeString | str:
        """From when to when, as a link."""
        return admin_link(clip, f"{clock(clip.start_ms)} – {clock(clip.end_ms)}")

    @display(description="Score")
    def score(self, clip: Clip) -> str:
        """0 to 100."""
        return f"{clip.visual_score * 100:.0f}"

    @display(description="Why")
    def why(self, clip: Clip) -> SafeString:
        """The reasons for the score."""
        return render_to_string("media_assets/reasons.html", {"reasons": clip.reasons})

    @display(description="State")
    def state(self, clip: Clip) -> str:
        """Ready or put aside."""
        return clip.get_status_display()


class VideoChangeList(ChangeList):  # type: ignore[misc]  # unfold has no stubs
    """The list of videos, with the job that works for each."""

    def get_results(self, request: HttpRequest) -> None:
        """One more query for the whole page."""
        super().get_results(request)
        jobs = queries.live_jobs_of(self.result_list)
        for video in self.result_list:
            video.live_job = jobs.get(video.pk)


@admin.register(VideoAsset)
class VideoAssetAdmin(ActingMixin, TrailMixin, StakazoAdmin):
    """Videos: upload, watch, look for clips."""

    list_display = [
        "picture", "title", "state", "progress", "length", "shape", "clip_count", "created_at",
    ]  # fmt: skip
    list_display_links = ["title"]
    list_filter = ["status", "container", ("created_at", RangeDateTimeFilter)]
    search_fields = ["title", "original_filename", "sha256"]
    search_help_text = "Words of the title or the file's name, or a hash."
    date_hierarchy = "created_at"
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["title", "watch", "state", "progress", "error", "links"]}),
        ("The file", {"fields": ["facts"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["watch", "state", "progress", "error", "links", "facts"]
    inlines = [ClipInline]
    actions = ["analyse_again"]
    page_actions = [("analyse_again", "Analyse again")]
    acting_permission = "media_assets.change_videoasset"

    def get_queryset(self, request: HttpRequest) -> QuerySet[VideoAsset]:
        """With the number of clips."""
        videos: QuerySet[VideoAsset] = super().get_queryset(request)
        return videos.annotate(clips_found=Count("clips"))

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[VideoChangeList]:
        """Ours, which knows the jobs."""
        return VideoChangeList

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: clips, posts and the ledger point to it."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Upload a video: it is checked, stored and put in the queue, or refused in the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if (
            request.method == "POST"
            and form.is_valid()
            and (answer := self._take_in(request, form))
        ):
            return answer
        context = {
            **self.admin_site.each_context(request),
            "title": "Upload a video",
            "opts": self.opts,
            "form": form,
            "max_bytes": settings.MEDIA_LIMITS["max_bytes"],
            "max_hours": settings.MEDIA_LIMITS["max_duration_ms"] // 3_600_000,
            **(extra_context or {}),
        }
        return TemplateResponse(
            request,
            "admin/media_assets/videoasset/upload.html",
            context,
            status=400 if form.errors else 200,
        )

    def _take_in(self, request: HttpRequest, form: UploadForm) -> HttpResponseRedirect | None:
        file: UploadedFile = form.cleaned_data["file"]
        try:
            ingested = ingest_stream(
                file.chunks(CHUNK_BYTES),
                filename=file.name or "",
                title=form.cleaned_data["title"],
                declared_size=file.size,
            )
        except StakazoError as error:
            form.add_error("file", error.message)
            return None
        if ingested.created:
            messages.success(request, f"{ingested.video} is here; its clips are being looked for.")
        else:
            messages.info(request, f"We had this file already: {ingested.video}.")
        return HttpResponseRedirect(admin_url(ingested.video))

    @action(description="Analyse again", permissions=["act"])
    def analyse_again(
        self, request: HttpRequest, videos: QuerySet[VideoAsset]
    ) -> HttpResponse | None:
        """Look for clips again."""
        return self.act(request, videos, request_analysis, done="put in the queue for analysis")

    @display(description="Picture")
    def picture(self, video: VideoAsset) -> SafeString:
        """A frame of it."""
        return thumbnail(video, alt=f"Frame of {video.title}")

    @display(description="State", ordering="status", label=_VIDEO_LABELS)
    def state(self, video: VideoAsset) -> str:
        """The state in words."""
        return video.get_status_display()

    @display(description="Progress")
    def progress(self, video: VideoAsset) -> SafeString | str:
        """How far the work on it has come, with a link to the job."""
        job = _live_job(video)
        return _job_progress(job) if job else "–"

    @display(description="Length", ordering="duration_ms")
    def length(self, video: VideoAsset) -> str:
        """Minutes and seconds."""
        return clock(video.duration_ms)

    @display(description="Picture size")
    def shape(self, video: VideoAsset) -> str:
        """Width by height, as shown."""
        return f"{video.width_px}×{video.height_px}"

    @display(description="Clips", ordering="clips_found")
    def clip_count(self, video: Any) -> SafeString | str:
        """How many clips were found."""
        return _count_link(Clip, video.clips_found, video_asset__id__exact=video.pk)

    @display(description="Watch")
    def watch(self, video: VideoAsset) -> SafeString:
        """The video itself."""
        return player(
            video,
            label=f"Video {video.title}",
            caption=f"{clock(video.duration_ms)}, {_megabytes(video.size_bytes)}.",
            size=(video.width_px, video.height_px),
            poster=media_link(video.thumbnail),
        )

    @display(description="Comes of it")
    def links(self, video: VideoAsset) -> SafeString:
        """Clips, variants and jobs of this video."""
        clips, variants = queries.numbers_of_video(video)
        return format_html(
            "{} clips · {} variants · {}",
            _count_link(Clip, clips, video_asset__id__exact=video.pk),
            _count_link(ClipVariant, variants, **{ClipVariantAdmin.BY_VIDEO: video.pk}),
            _jobs_link(video),
        )

    @display(description="Facts")
    def facts(self, video: VideoAsset) -> SafeString:
        """What the probe found."""
        return facts_table(_probe_rows(video), caption="What the probe found")


def _live_job(video: VideoAsset) -> Job | None:
    if hasattr(video, "live_job"):  # set for a whole list at once
        return video.live_job  # type: ignore[no-any-return]  # by VideoChangeList
    return queries.live_jobs_of([video]).get(video.pk)


def _job_progress(job: Job) -> SafeString:
    percent = round(job.progress * 100)
    words = f"{job.stage or job.get_status_display()}, {percent}%"
    shown = admin_link(job, words) if admin.site.is_registered(Job) else words
    return format_html(
        '<span style="white-space:nowrap">'
        '<progress max="100" value="{}" aria-label="{}" style="width:96px"></progress> {}</span>',
        percent,
        words,
        shown,
    )


def _jobs_link(video: VideoAsset) -> SafeString | str:
    if not admin.site.is_registered(Job):
        return "jobs"
    where = reverse("admin:jobs_job_changelist")
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}?q={}">its jobs</a>',
        where,
        video.pk,
    )


def _probe_rows(video: VideoAsset) -> list[tuple[str, object]]:
    probe = video.probe or {}
    turned = f", turned by {video.rotation_deg}°" if video.rotation_deg else ""
    uneven = ", uneven" if probe.get("variable_rate") else ""
    picture = f"{video.video_codec}, {probe.get('bit_depth', 8)} bit, {probe.get('pix_fmt', '–')}"
    sound = "none"
    if video.audio_codec:
        sound = video.audio_codec
        if rate := probe.get("audio_rate_hz"):
            sound += f", {probe.get('audio_channels')} channels, {rate / 1000:g} kHz"
    rows: list[tuple[str, object]] = [
        ("File name", video.original_filename or "–"),
        ("Size", _megabytes(video.size_bytes)),
        ("Container", video.container),
        ("Length", clock(video.duration_ms)),
        ("Shown as", f"{video.width_px}×{video.height_px} pixels{turned}"),
        ("Frames", f"{video.fps:g} per second{uneven}"),
        ("Picture", picture),
        ("Sound", sound),
        ("Streams", len(probe.get("streams", [])) or "–"),
        ("SHA-256", video.sha256),
    ]
    return rows + [("Note", note) for note in probe.get("notes", [])]


# --- Clips ---------------------------------------------------------------------------------------


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
        return _megabytes(variant.size_bytes)

    @display(description="Made")
    def made(self, variant: ClipVariant) -> str:
        """When."""
        return f"{variant.created_at:%Y-%m-%d %H:%M}"


@admin.register(Clip)
class ClipAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """Clips: compare, render, put aside."""

    list_display = [
        "picture", "span", "video_link", "score", "place", "state", "variant_count", "created_at",
    ]  # fmt: skip
    list_display_links = ["span"]
    list_filter = [
        "status",
        ("visual_score", RangeNumericFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_select_related = ["video_asset"]
    search_fields = ["video_asset__title", "id"]
    search_help_text = "Words of the video's title, or a clip's id."
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["watch", "video_link", "span", "score", "why", "state"]}),
        ("Behind the score", {"fields": ["numbers"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["watch", "video_link", "span", "score", "why", "state", "numbers"]
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

    @action(description="Make variants in all formats", permissions=["act"])
    def make_variants(self, request: HttpRequest, clips: QuerySet[Clip]) -> HttpResponse | None:
        """Render each clip in every format we know."""
        return self.act(
            request,
            clips,
            lambda clip: request_variants(clip, formats=list(FORMATS)),
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
        return _count_link(ClipVariant, clip.variants_made, clip__id__exact=clip.pk)

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


# --- Variants ------------------------------------------------------------------------------------


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
        return _megabytes(variant.size_bytes)

    @display(description="Publications")
    def publications_link(self, variant: Any) -> SafeString | str:
        """Where it was posted, or is to be."""
        publications = _publications()
        if publications is None:
            return "–"
        return _count_link(
            publications, variant.publications_made, clip_variant__id__exact=variant.pk
        )

    @display(description="Watch")
    def watch(self, variant: ClipVariant) -> SafeString:
        """The file itself."""
        return player(
            variant,
            label=f"Variant {variant}",
            caption=f"{variant.format}, {clock(variant.duration_ms)}, {_megabytes(variant.size_bytes)}.",
            size=(variant.width_px, variant.height_px),
            poster=media_link(variant.thumbnail),
        )

    @display(description="Facts")
    def file_facts(self, variant: ClipVariant) -> SafeString:
        """What the check measured."""
        rows: list[tuple[str, object]] = [
            ("Picture", f"{self.shape(variant)}, {variant.fps:g} frames per second"),
            ("Sound", "yes" if variant.has_audio else "none"),
            ("Size", _megabytes(variant.size_bytes)),
            ("SHA-256", variant.sha256),
            ("Recipe", variant.recipe_hash),
        ]
        rows += [
            (name.replace("_", " ").capitalize(), value) for name, value in variant.facts.items()
        ]
        return facts_table(rows, caption="What the check measured")


def _publications() -> type[Model] | None:
    """The model of the room above that posts variants, if it is there and has pages."""
    if not apps.is_installed("publishing"):
        return None
    model = apps.get_model("publishing", "Publication")
    return model if admin.site.is_registered(model) else None
