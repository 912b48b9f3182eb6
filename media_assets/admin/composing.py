"""The page of a clip on which a variant is composed and looked at before it is rendered."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from media_assets import queries
from media_assets.models import Captions, Card, Clip, Watermark
from media_assets.rendering.composition.composition import MOST_CROSSFADE_MS
from media_assets.rendering.composition.openers import MOST_MS
from media_assets.rendering.composition.subtitles import LARGEST, POSITIONS, SMALLEST
from media_assets.services.variants import request_variants
from stakazo.core.admin import admin_url
from stakazo.core.errors import StakazoError

COMPOSED = (
    "title", "caption", "captions", "captions_size", "captions_position", "captions_box", "watermark",
    "intro", "outro", "crossfade_ms",
)  # fmt: skip


class ComposeForm(forms.Form):
    """What to compose, in which formats, and which frame to look at first."""

    formats = forms.MultipleChoiceField(widget=UnfoldAdminCheckboxSelectMultipleWidget())
    title = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget())
    caption = forms.CharField(
        max_length=300, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    captions = forms.ModelChoiceField(
        queryset=Captions.objects.none(),
        required=False,
        empty_label="None",
        label="Burn in captions",
        widget=UnfoldAdminSelectWidget(),
    )
    captions_size = forms.FloatField(
        initial=1.0,
        min_value=SMALLEST,
        max_value=LARGEST,
        label="Size of captions",
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )
    captions_position = forms.ChoiceField(
        choices=[(each, each.capitalize()) for each in POSITIONS],
        label="Place of captions",
        widget=UnfoldAdminSelectWidget(),
    )
    captions_box = forms.BooleanField(
        initial=True, required=False, label="Captions on a dark box",
        widget=UnfoldBooleanSwitchWidget(),
    )  # fmt: skip
    watermark = forms.ModelChoiceField(
        queryset=Watermark.objects.filter(status=Watermark.Status.READY),
        required=False,
        empty_label="None",
        widget=UnfoldAdminSelectWidget(),
    )
    intro = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())
    outro = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())
    crossfade_ms = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=MOST_CROSSFADE_MS,
        label="Crossfade (ms)",
        help_text="Between intro, clip and outro: 0 to 2000.",
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    look_at = forms.ChoiceField(
        required=False, label="Format to look at", widget=UnfoldAdminSelectWidget()
    )
    look_at_s = forms.FloatField(
        initial=0,
        min_value=0,
        required=False,
        label="Second of the clip to look at",
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )

    def __init__(self, clip: Clip, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        formats = [(name, name) for name in queries.formats_in_use()]
        openers = [
            ("", "None"),
            *((str(c.pk), f"Card: {c}") for c in Card.objects.filter(status=Card.Status.READY)),
            *((str(v.pk), f"Video: {v}") for v in queries.short_videos(most_ms=MOST_MS)),
        ]
        choices = {"formats": formats, "look_at": formats, "intro": openers, "outro": openers}
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # of choice fields
        self.fields["captions"].queryset = clip.video_asset.captions.all()  # type: ignore[attr-defined]
        self.fields["formats"].initial = queries.default_formats()

    def composed(self) -> dict[str, Any]:
        """As the services take it."""
        given = self.cleaned_data
        usual = {"size": 1.0, "position": "bottom", "box": True}
        style = {name: given[f"captions_{name}"] for name in usual}
        return {
            "title": given["title"],
            "caption": given["caption"],
            "captions": given["captions"] and given["captions"].pk,
            "caption_style": {k: v for k, v in style.items() if v != usual[k]},
            "watermark": given["watermark"] and given["watermark"].pk,
            "intro": given["intro"] or None,
            "outro": given["outro"] or None,
            "crossfade_ms": given["crossfade_ms"],
        }

    def frame_addresses(self, clip: Clip) -> list[tuple[str, str]]:
        """(what is seen, address of the picture) of what the form describes."""
        given = self.cleaned_data
        asked = {name: _as_query(given[name]) for name in COMPOSED}
        asked["render_format"] = given["look_at"]
        asked["at_ms"] = str(round((given["look_at_s"] or 0) * 1000))
        parts = [part for part in ("intro", "clip", "outro") if part == "clip" or given[part]]
        page = reverse("clip-preview", args=[clip.pk])
        return [
            (
                f"{part.capitalize()} in {given['look_at']}",
                f"{page}?{urlencode(asked | {'part': part})}",
            )
            for part in parts
        ]


def _as_query(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Captions | Watermark):
        return str(value.pk)
    return str(value).lower() if isinstance(value, bool) else str(value)


class ComposeMixin:
    """The page of composition, for the admin of clips."""

    def get_urls(self) -> list[URLPattern]:
        """With the page on which a variant is composed."""
        mine = path(
            "<uuid:pk>/compose/",
            self.admin_site.admin_view(self.compose_view),  # type: ignore[attr-defined]  # a mixin
            name="media_assets_clip_compose",
        )
        return [mine, *super().get_urls()]  # type: ignore[misc]  # a mixin

    def compose_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """A POST looks at frames of what the form says, or puts the rendering in the queue."""
        clip = get_object_or_404(Clip.objects.select_related("video_asset"), pk=pk)
        if not self.has_act_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        frames: list[tuple[str, str]] = []
        if request.method == "POST":
            form = ComposeForm(clip, request.POST)
            if form.is_valid() and "look" in request.POST:
                frames = form.frame_addresses(clip)
            elif form.is_valid() and (answer := _asked(request, clip, form)):
                return answer
        else:
            form = ComposeForm(clip)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"Compose variants of {clip}",
            "opts": Clip._meta,
            "clip": clip,
            "form": form,
            "frames": frames,
        }
        return TemplateResponse(
            request,
            "admin/media_assets/clip/compose.html",
            context,
            status=400 if form.errors else 200,
        )


def _asked(request: HttpRequest, clip: Clip, form: ComposeForm) -> HttpResponseRedirect | None:
    composed = form.composed()
    for name in ("intro", "outro"):
        composed[name] = uuid.UUID(composed[name]) if composed[name] else None
    try:
        request_variants(clip, formats=form.cleaned_data["formats"], **composed)
    except StakazoError as error:
        field = str(error.details.get("field", ""))
        form.add_error(field if field in form.fields else None, error.message)
        return None
    messages.success(request, "The variants are put in the queue for rendering.")
    return HttpResponseRedirect(admin_url(clip))
