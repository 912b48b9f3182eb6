"""Videos for operators: upload, watch, look for clips."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from jobs.models import Job
from ledger.trail import TrailMixin
from media_assets import queries
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
from media_assets.admin.timeline import TimelineMixin
from media_assets.admin.variants import ClipVariantAdmin
from media_assets.files import CHUNK_BYTES, media_link
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.services.choices import rechoose, take_best_alternative
from media_assets.services.clips import request_analysis
from media_assets.services.ingest import ingest_stream
from stakazo.core.admin import ActingMixin, StakazoAdmin, admin_link, admin_url
from stakazo.core.errors import StakazoError

_VIDEO_LABELS = {
    "Uploaded": "info",
    "Validated": "info",
    "Being analysed": "warning",
    "Ready": "success",
    "Failed": "danger",
}


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
class VideoAssetAdmin(TimelineMixin, ActingMixin, TrailMixin, StakazoAdmin):
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
        ("What else there is", {"fields": ["alternatives"]}),
        ("The file", {"fields": ["facts"]}),
        ("Ledger", {"fields": ["ledger_trail"]}),
    ]
    readonly_fields = ["watch", "state", "progress", "error", "links", "alternatives", "facts"]
    inlines = [ClipInline]
    actions = ["analyse_again", "choose_again", "take_best"]
    page_actions = [
        ("analyse_again", "Analyse again"),
        ("choose_again", "Choose clips again"),
        ("take_best", "Take the best alternative"),
    ]
    acting_permission = "media_assets.change_videoasset"

    def page_links_of(self, row: VideoAsset) -> list[tuple[str, str]]:
        """Its time line, and the form for captions."""
        captions = reverse("admin:media_assets_captions_add")
        return [
            (reverse("admin:media_assets_videoasset_timeline", args=[row.pk]), "Cut by hand"),
            (f"{captions}?video={row.pk}", "Bring captions"),
        ]

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

    @action(description="Choose clips again", permissions=["act"])
    def choose_again(
        self, request: HttpRequest, videos: QuerySet[VideoAsset]
    ) -> HttpResponse | None:
        """Choose from what the analysis saw, with the settings as they are now."""
        return self.act(request, videos, rechoose, done="chosen from again")

    @action(description="Take the best alternative", permissions=["act"])
    def take_best(self, request: HttpRequest, videos: QuerySet[VideoAsset]) -> HttpResponse | None:
        """One more clip: the best span that was not chosen."""
        return self.act(request, videos, take_best_alternative, done="given one more clip")

    @display(description="Alternatives")
    def alternatives(self, video: VideoAsset) -> SafeString | str:
        """What the last choice weighed and left, best first."""
        rows: list[tuple[str, object]] = [
            (
                f"{clock(each.start_ms)} – {clock(each.end_ms)}",
                f"{each.visual_score * 100:.0f} of 100{' (a clip)' if each.clip_id else ''}. "
                + " ".join(each.reasons),
            )
            for each in queries.alternatives_of(video)
        ]
        return facts_table(rows, caption="Spans that were not chosen, best first") if rows else "–"

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
        return count_link(Clip, video.clips_found, video_asset__id__exact=video.pk)

    @display(description="Watch")
    def watch(self, video: VideoAsset) -> SafeString:
        """The video itself."""
        return player(
            video,
            label=f"Video {video.title}",
            caption=f"{clock(video.duration_ms)}, {megabytes(video.size_bytes)}.",
            size=(video.width_px, video.height_px),
            poster=media_link(video.thumbnail),
            tracks=caption_tracks(video),
        )

    @display(description="Comes of it")
    def links(self, video: VideoAsset) -> SafeString:
        """Clips, variants and jobs of this video."""
        clips, variants = queries.numbers_of_video(video)
        return format_html(
            "{} clips · {} variants · {}",
            count_link(Clip, clips, video_asset__id__exact=video.pk),
            count_link(ClipVariant, variants, **{ClipVariantAdmin.BY_VIDEO: video.pk}),
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
        ("Size", megabytes(video.size_bytes)),
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
