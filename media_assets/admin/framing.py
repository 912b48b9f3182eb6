"""Saying where to look, in the admin: a frame of each shot with the windows of the formats on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from media_assets import queries
from media_assets.admin.showing import clock
from media_assets.analysis.camera import centre_at
from media_assets.analysis.focus import LEAST_ZOOM, Point
from media_assets.models import Clip
from media_assets.services.framing import set_focus
from stakazo.core.errors import StakazoError

Segment = dict[str, Any]
FIELDS = ("x", "y", "zoom")
_STRONGEST = 8  # colours of windows that the style sheet has


class FocusForm(forms.Form):
    """Where to look in one shot, in per cent; empty: as the analysis found it."""

    x = forms.FloatField(min_value=0, max_value=100, required=False, label="Across, %")
    y = forms.FloatField(min_value=0, max_value=100, required=False, label="Down, %")
    zoom = forms.FloatField(
        min_value=100 * LEAST_ZOOM, max_value=100, required=False, label="Size of the picture, %"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs |= {"step": "any", "class": "fr-number"}

    def clean(self) -> dict[str, Any]:
        """One of the two places alone says nothing."""
        given: dict[str, Any] = super().clean() or {}
        if (given.get("x") is None) != (given.get("y") is None):
            raise forms.ValidationError("Give both places, across and down, or neither.")
        return given


class FramingMixin:
    """The page of windows, for the admin of clips."""

    def get_urls(self) -> list[URLPattern]:
        """With the windows of a clip."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        ours = [
            path("<uuid:pk>/framing/", wrap(self.framing_view), name="media_assets_clip_framing")
        ]
        return ours + super().get_urls()  # type: ignore[misc]  # a mixin

    def framing_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The shots and their windows; a POST sets the focus of all of them."""
        clip = Clip.objects.select_related("video_asset").filter(pk=pk).first()
        if clip is None:
            raise Http404
        if not self.has_view_permission(request, clip):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        may = request.user.has_perm("media_assets.change_clip")
        if request.method == "POST" and not may:
            raise PermissionDenied
        shots = _shots(clip, request.POST if request.method == "POST" else None)
        refused = ""
        if request.method == "POST" and all(shot["form"].is_valid() for shot in shots):
            try:
                set_focus(clip, [point for shot in shots if (point := _point(shot))])
            except StakazoError as error:
                refused = error.message
            else:
                messages.success(request, "Files that are rendered from now on look there.")
                return HttpResponseRedirect(request.path)
        failed = bool(refused) or any(shot["form"].errors for shot in shots)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"{clip}: where to look",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "clip": clip,
            "shots": shots,
            "names": [name for name, _ in _windows(clip)],
            "may": may,
            "refused": refused,
        }
        return TemplateResponse(
            request,
            "admin/media_assets/clip/framing.html",
            context,
            status=400 if failed else 200,
        )


def _windows(clip: Clip) -> list[tuple[str, list[Segment]]]:
    """(format, its segments) of formats whose windows are smaller than the picture."""
    formats = queries.framing_of(clip).get("formats", {})
    return [
        (name, window["segments"])
        for name, window in sorted(formats.items())
        if window["mode"] == "windows"
    ][:_STRONGEST]


def _shots(clip: Clip, posted: Any) -> list[dict[str, Any]]:
    """Each shot: its span, the address of a frame of it, the boxes on that, and its form."""
    windows = _windows(clip)
    stills = reverse("admin:media_assets_videoasset_still", args=[clip.video_asset_id])
    found = []
    for number, first in enumerate(windows[0][1] if windows else []):
        middle_ms = (first["start_ms"] + first["end_ms"]) // 2
        point = next(
            (each for each in clip.focus if each["start_ms"] <= middle_ms < each["end_ms"]), None
        )
        here = [(name, segments[number]) for name, segments in windows]
        found.append(
            {
                "number": number + 1,
                "segment": first,
                "span": f"{clock(first['start_ms'])} – {clock(first['end_ms'])}",
                "still": f"{stills}?at_ms={clip.start_ms + middle_ms}",
                "boxes": [
                    _box(name, place, each, middle_ms) for place, (name, each) in enumerate(here)
                ],
                "bars": first["bars"],
                "found": any(each["by"] == "operator" for _, each in here),
                "form": FocusForm(
                    posted,
                    prefix=f"shot{number}",
                    initial={name: round(100 * point[name], 1) for name in FIELDS if name in point}
                    if point
                    else None,
                ),
            }
        )
    return found


def _box(name: str, place: int, segment: Segment, at_ms: int) -> dict[str, Any]:
    """A window on the frame, in per cent of it; and what a script needs to move it."""
    top, bottom, left, right = segment["bars"]
    across, down = 1 - left - right, 1 - top - bottom
    size, centre = segment["window"], centre_at(segment["keyframes"], at_ms)
    begin = min(max(centre - size / 2, 0.0), 1 - size)
    if segment["axis"] == "x":
        box = (left + begin * across, top, size * across, down)
    else:
        box = (left, top + begin * down, across, size * down)
    return {
        "name": name,
        "place": place,
        "axis": segment["axis"],
        "least": round(size * segment["zoom"], 5),
        "zoom": segment["zoom"] if size < 1 else 1,
        "style": "left:{:.2f}%;top:{:.2f}%;width:{:.2f}%;height:{:.2f}%".format(
            *(100 * each for each in box)
        ),
        "said": f"{name}: {segment['zoom'] * 100:.0f} % of the frame shows picture, by the {segment['by']}",
    }


def _point(shot: dict[str, Any]) -> Point | None:
    """What the form of a shot says; None where it says nothing."""
    given = shot["form"].cleaned_data
    if given.get("x") is None:
        return None
    zoom = given.get("zoom")
    return {
        **({} if zoom is None else {"zoom": zoom / 100}),
        "start_ms": shot["segment"]["start_ms"],
        "end_ms": shot["segment"]["end_ms"],
        "x": given["x"] / 100,
        "y": given["y"] / 100,
    }
