"""Cutting by hand in the admin: a video's time line, and the form that makes clips of two marks."""

import re
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_cache_control
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from media_assets import queries
from media_assets.admin.showing import clock, megabytes
from media_assets.analysis.covers import jpeg, picture_at
from media_assets.files import local_file, media_link, storage_origin
from media_assets.models import Clip, VideoAsset
from media_assets.services.cutting import Cut, adjust_clip, make_clip
from stakazo.core.admin import admin_link, admin_url
from stakazo.core.errors import StakazoError

_TIMECODE = re.compile(
    r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{0,6})?|[.,]\d{1,6})", re.ASCII
)
_STILL_PX = 960

# (what editor.js does, the key that does the same, label)
TOOLS = [
    ("play", "Space", "Play / pause"),
    ("p", "P", "Play the span"),
    ("i", "I", "Set in"),
    ("o", "O", "Set out"),
    ("N", "⇧N", "Previous shot"),
    ("n", "N", "Next shot"),
    ("s", "S", "Snapping"),
    ("-", "−", "Zoom out"),
    ("+", "+", "Zoom in"),
    ("0", "0", "Whole video"),
    ("z", "Z", "Zoom to the span"),
]
KEYS = [
    ("← →", "One frame back or on: the playhead, or the mark in focus"),
    ("⇧← ⇧→", "To the mark before or after; without snapping, ten frames"),
    ("Home End", "To the beginning or the end"),
    ("I O", "The clip starts or ends with the frame at the playhead"),
    ("J K L", "Play backwards, stop, play; again: faster"),
    ("Space", "Play or pause"),
    ("P", "Play what is between the marks"),
    ("N ⇧N", "To the next or the previous shot"),
    ("S", "Snapping on or off"),
    ("+ − 0 Z", "Zoom in, out, to the whole video, to the span"),
    ("Enter", "Create the clip"),
    ("Tab", "To the playhead, the marks, clips and buttons"),
]
LEGEND = [
    ("shot", "Cut"),
    ("transition", "Dissolve or fade"),
    ("beat", "Beat"),
    ("pause", "Pause"),
    ("avoid", "Black, frozen or letterboxed"),
]


class TimecodeField(forms.Field):
    """Milliseconds, written as 1:05.300, 65.3 or 1:02:03."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value: Any) -> int | None:
        """The number of milliseconds."""
        text = str(value or "").strip()
        if not text:
            return None
        found = _TIMECODE.fullmatch(text)
        if not found:
            raise forms.ValidationError("Write a time as 01:05.300.")
        hours, minutes, seconds = found.groups()
        whole = int(hours or 0) * 3600 + int(minutes or 0) * 60
        return round((whole + float(seconds.replace(",", "."))) * 1000)


class CutForm(forms.Form):
    """Two marks, a name, and whether the marks of a clip are moved."""

    clip = forms.ChoiceField(label="What to make", required=False, widget=UnfoldAdminSelectWidget)
    start = TimecodeField(label="Start")
    end = TimecodeField(label="End")
    title = forms.CharField(
        label="Title (optional)",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, clips: list[Clip], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["clip"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            ("", "A new clip"),
            *((str(clip.pk), f"Moved marks of {_span(clip)}") for clip in clips),
        ]
        for name in ("start", "end"):
            self.fields[name].widget.attrs |= {
                "inputmode": "decimal",
                "autocomplete": "off",
                "aria-describedby": f"id_{name}_where",
            }


class TimelineMixin:
    """The pages of cutting by hand, for the admin of videos."""

    def get_urls(self) -> list[URLPattern]:
        """With the time line of a video, and single frames for browsers that cannot play it."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        ours = [
            path(
                "<uuid:pk>/timeline/",
                wrap(self.timeline_view),
                name="media_assets_videoasset_timeline",
            ),
            path(
                "<uuid:pk>/timeline/still",
                wrap(self.still_view),
                name="media_assets_videoasset_still",
            ),
        ]
        return ours + super().get_urls()  # type: ignore[misc]  # a mixin

    def timeline_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The time line and the form; a POST makes a clip and goes to it."""
        video = self._video(request, pk)
        clips = list(queries.clips_of_video(video))
        if request.method == "POST":
            if not self._may_cut(request):
                raise PermissionDenied
            form = CutForm(clips, request.POST)
            if form.is_valid() and (done := _cut(request, video, clips, form)):
                return done
        else:
            form = CutForm(clips, initial=_first_marks(video, clips, request.GET.get("clip", "")))
        answer = TemplateResponse(
            request,
            "admin/media_assets/videoasset/timeline.html",
            self._context(request, video, clips, form),
            status=400 if form.errors else 200,
        )
        answer["Content-Security-Policy"] = _policy()
        return answer

    def still_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """One frame as JPEG: what is shown at `at_ms`."""
        video = self._video(request, pk)
        wanted = request.GET.get("at_ms", "")
        if not wanted.isdecimal() or len(wanted) > 9:
            raise Http404
        try:
            with local_file(video.file) as file:
                picture = picture_at(file, int(wanted), longest_px=_STILL_PX)
        except StakazoError as error:
            raise Http404 from error
        answer = HttpResponse(jpeg(picture), content_type="image/jpeg")
        patch_cache_control(answer, private=True, max_age=3600)
        return answer

    def _video(self, request: HttpRequest, pk: str) -> VideoAsset:
        video = VideoAsset.objects.filter(pk=pk).first()
        if video is None:
            raise Http404
        if not self.has_view_permission(request, video):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        return video

    def _may_cut(self, request: HttpRequest) -> bool:
        return request.user.has_perm("media_assets.change_clip")

    def _context(
        self, request: HttpRequest, video: VideoAsset, clips: list[Clip], form: CutForm
    ) -> dict[str, Any]:
        alternatives = [each for each in queries.alternatives_of(video) if each.clip_id is None]
        shots = (video.analysis or {}).get("shots", [])
        return {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"{video.title}: cut by hand",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "video": video,
            "video_url": media_link(video.file),
            "video_facts": f"{clock(video.duration_ms)}, {video.width_px}×{video.height_px}, "
            f"{video.fps:g} frames per second, {megabytes(video.size_bytes)}",
            "poster": media_link(video.thumbnail),
            "analysed": queries.is_analysed(video),
            "may_analyse": self.has_act_permission(request),  # type: ignore[attr-defined]  # ActingMixin
            "progress": self.progress(video) if queries.live_jobs_of([video]) else "",  # type: ignore[attr-defined]  # of videos
            "may_cut": self._may_cut(request),
            "form": form,
            "marks": [form["start"], form["end"]],
            "clips": [(clip, _span(clip), admin_link(clip, _name(clip))) for clip in clips],
            "alternatives": [
                (each, timecode(each.start_ms), timecode(each.end_ms)) for each in alternatives
            ],
            "shots": [timecode(shot["start_ms"]) for shot in shots],
            "tools": TOOLS,
            "keys": KEYS,
            "legend": LEGEND,
        }


def timecode(ms: int) -> str:
    """01:05.300 for 65 300 ms, as the page's script writes it."""
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    shown = f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
    return f"{hours}:{shown}" if hours else shown


def _cut(
    request: HttpRequest, video: VideoAsset, clips: list[Clip], form: CutForm
) -> HttpResponseRedirect | None:
    """Make the clip and go to it; None when it was refused, which the form then says."""
    wanted = form.cleaned_data
    marks = {"start_ms": wanted["start"], "end_ms": wanted["end"], "title": wanted["title"]}
    moved = next((clip for clip in clips if str(clip.pk) == wanted["clip"]), None)
    try:
        cut = adjust_clip(moved, **marks) if moved else make_clip(video, **marks)
    except StakazoError as error:
        form.add_error("end", error.message)
        return None
    level, said = _words(cut, moved)
    messages.add_message(request, level, said)
    return HttpResponseRedirect(admin_url(cut.clip))


def _words(cut: Cut, moved: Clip | None) -> tuple[int, str]:
    """What became of it, for the message."""
    if moved is not None and cut.clip.pk == moved.pk:
        return messages.INFO, "The marks are where they were."
    if cut.kept is not None:
        return messages.SUCCESS, (
            f"This is the clip of the new marks. The old one ({_span(cut.kept)}) is in use, so it "
            "stays as it is."
        )
    if moved is not None:
        return messages.SUCCESS, (
            f"This is the clip of the new marks. The old one ({_span(moved)}) was put aside."
        )
    if cut.created:
        return messages.SUCCESS, "The clip is there."
    return messages.INFO, "That span was a clip already; it stays whatever a new analysis finds."


def _first_marks(video: VideoAsset, clips: list[Clip], wanted: str) -> dict[str, str]:
    """What the form begins with: a clip's marks, or a usual length from the beginning."""
    if clip := next((clip for clip in clips if str(clip.pk) == wanted), None):
        return {
            "clip": str(clip.pk),
            "start": timecode(clip.start_ms),
            "end": timecode(clip.end_ms),
            "title": clip.title,
        }
    shots = (video.analysis or {}).get("shots", [])
    ends = [shot["end_ms"] for shot in shots if shot["end_ms"] >= settings.CLIP_MIN_MS]
    usual_ms = min(ends, default=video.duration_ms)
    return {"start": timecode(0), "end": timecode(min(usual_ms, settings.CLIP_MAX_MS))}


def _name(clip: Clip) -> str:
    return f"{clip.title or 'Clip'}, score {clip.visual_score * 100:.0f}"


def _span(clip: Clip) -> str:
    return f"{timecode(clip.start_ms)} – {timecode(clip.end_ms)}"


def _policy() -> str:
    """What this page may load: our own files, and media from where the storage hands them out.

    The admin's theme evaluates expressions (Alpine) and styles elements; no script stands in the page.
    """
    media = [SELF, *storage_origin()]
    policy: str = build_policy(
        config={
            "default-src": [SELF],
            "script-src": [SELF, UNSAFE_EVAL],
            "style-src": [SELF, UNSAFE_INLINE],
            "img-src": [*media, "data:"],
            "media-src": media,
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    )
    return policy
