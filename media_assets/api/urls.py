"""The paths of this room, from the root, without trailing slashes."""

from typing import Any

from django.urls import path

from media_assets.api.serving import MediaView
from media_assets.api.views import ClipViewSet, UploadView, VariantViewSet, VideoViewSet

_LIST: dict[str, Any] = {"get": "list"}
_ONE: dict[str, Any] = {"get": "retrieve"}

urlpatterns = [
    path("upload", UploadView.as_view(), name="upload"),
    path("videos", VideoViewSet.as_view(_LIST), name="videos"),
    path("videos/<uuid:pk>", VideoViewSet.as_view(_ONE), name="video"),
    path("videos/<uuid:pk>/analyse", VideoViewSet.as_view({"post": "analyse"})),
    path("clips", ClipViewSet.as_view(_LIST), name="clips"),
    path("clips/<uuid:pk>", ClipViewSet.as_view(_ONE), name="clip"),
    path("clips/<uuid:pk>/variants", ClipViewSet.as_view({"post": "variants"})),
    path("clips/<uuid:pk>/archive", ClipViewSet.as_view({"post": "archive"})),
    path("clips/<uuid:pk>/restore", ClipViewSet.as_view({"post": "restore"})),
    path("variants", VariantViewSet.as_view(_LIST), name="variants"),
    path("variants/<uuid:pk>", VariantViewSet.as_view(_ONE), name="variant"),
    path("media/<path:name>", MediaView.as_view(), name="media-file"),
]
