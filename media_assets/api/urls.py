"""The paths of this room, from the root, without trailing slashes."""

from typing import Any

from django.urls import path

from media_assets.api.composing import (
    CaptionsOfVideoViewSet,
    CaptionsViewSet,
    CardViewSet,
    WatermarkViewSet,
)
from media_assets.api.resumable import FinishUploadView, OneUploadView, PartView, UploadsView
from media_assets.api.serving import MediaView
from media_assets.api.tus import OneTusView, TusView
from media_assets.api.views import (
    ClipViewSet,
    FormatViewSet,
    UploadView,
    VariantViewSet,
    VideoViewSet,
)

_LIST: dict[str, Any] = {"get": "list"}
_ONE: dict[str, Any] = {"get": "retrieve"}

urlpatterns = [
    path("uploads", UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:pk>", OneUploadView.as_view(), name="upload-in-parts"),
    path("uploads/<uuid:pk>/parts/<int:number>", PartView.as_view()),
    path("uploads/<uuid:pk>/complete", FinishUploadView.as_view()),
    path("upload/tus", TusView.as_view(), name="tus"),
    path("upload/tus/<uuid:pk>", OneTusView.as_view(), name="tus-upload"),
    path("upload", UploadView.as_view(), name="upload"),
    path("videos", VideoViewSet.as_view(_LIST), name="videos"),
    path("videos/<uuid:pk>", VideoViewSet.as_view(_ONE), name="video"),
    path("videos/<uuid:pk>/analyse", VideoViewSet.as_view({"post": "analyse"})),
    path("videos/<uuid:pk>/timeline", VideoViewSet.as_view({"get": "timeline"}), name="timeline"),
    path("videos/<uuid:pk>/transcribe", VideoViewSet.as_view({"post": "transcribe"})),
    path(
        "videos/<uuid:pk>/captions",
        CaptionsOfVideoViewSet.as_view({**_LIST, "post": "create"}),
        name="captions-of-video",
    ),
    path("captions/<uuid:pk>", CaptionsViewSet.as_view(_ONE), name="captions"),
    path("captions/<uuid:pk>.vtt", CaptionsViewSet.as_view({"get": "vtt"}), name="captions-vtt"),
    path("watermarks", WatermarkViewSet.as_view({**_LIST, "post": "create"}), name="watermarks"),
    path("watermarks/<uuid:pk>", WatermarkViewSet.as_view(_ONE), name="watermark"),
    path("watermarks/<uuid:pk>/archive", WatermarkViewSet.as_view({"post": "archive"})),
    path("watermarks/<uuid:pk>/restore", WatermarkViewSet.as_view({"post": "restore"})),
    path("cards", CardViewSet.as_view({**_LIST, "post": "create"}), name="cards"),
    path("cards/<uuid:pk>", CardViewSet.as_view(_ONE), name="card"),
    path("cards/<uuid:pk>/archive", CardViewSet.as_view({"post": "archive"})),
    path("cards/<uuid:pk>/restore", CardViewSet.as_view({"post": "restore"})),
    path("clips", ClipViewSet.as_view({**_LIST, "post": "create"}), name="clips"),
    path("videos/<uuid:pk>/clips", VideoViewSet.as_view({"post": "rechoose"})),
    path(
        "videos/<uuid:pk>/alternatives",
        VideoViewSet.as_view({"get": "alternatives", "post": "take_alternative"}),
    ),
    path("videos/<uuid:pk>/filmstrip", VideoViewSet.as_view({"get": "filmstrip"})),
    path("clips/<uuid:pk>", ClipViewSet.as_view(_ONE), name="clip"),
    path("clips/<uuid:pk>/variants", ClipViewSet.as_view({"post": "variants"})),
    path("clips/<uuid:pk>/preview", ClipViewSet.as_view({"get": "preview"}), name="clip-preview"),
    path("clips/<uuid:pk>/framing", ClipViewSet.as_view({"get": "framing"}), name="clip-framing"),
    path("clips/<uuid:pk>/focus", ClipViewSet.as_view({"post": "focus"})),
    path("clips/<uuid:pk>/adjust", ClipViewSet.as_view({"post": "adjust"})),
    path("clips/<uuid:pk>/archive", ClipViewSet.as_view({"post": "archive"})),
    path("clips/<uuid:pk>/restore", ClipViewSet.as_view({"post": "restore"})),
    path("variants", VariantViewSet.as_view(_LIST), name="variants"),
    path("variants/<uuid:pk>", VariantViewSet.as_view(_ONE), name="variant"),
    path("formats", FormatViewSet.as_view(_LIST), name="formats"),
    path("formats/<slug:name>", FormatViewSet.as_view(_ONE), name="format"),
    path("media/<path:name>", MediaView.as_view(), name="media-file"),
]
