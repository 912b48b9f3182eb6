"""The doors of media: translate, make one call, translate back."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from media_assets.api.filters import ClipFilter, VariantFilter, VideoFilter
from media_assets.api.serializers import (
    AnalyseIn,
    ClipOut,
    ClipWhyIn,
    JobStartedOut,
    UploadIn,
    UploadOut,
    VariantOut,
    VariantsIn,
    VideoDetailOut,
    VideoOut,
)
from media_assets.api.uploads import (
    FIELD,
    FormHandler,
    RawBytesParser,
    RawVideoParser,
    ReceivedFile,
)
from media_assets.errors import LengthRequired, NoFile
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.services.clips import archive_clip, request_analysis, restore_clip
from media_assets.services.ingest import Receiver, ingest_received
from media_assets.services.variants import request_variants
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import validated

_ID = "0190a0b0-0000-7000-8000-0000000000{}".format
_HOST = "http://127.0.0.1:8000"
_JOB = {
    "id": _ID("02"),
    "job_type": "cut_analysis",
    "status": "pending",
    "stage": "",
    "progress": 0.0,
    "url": f"{_HOST}/jobs/{_ID('02')}",
}
_VIDEO = {
    "id": _ID("01"),
    "url": f"{_HOST}/videos/{_ID('01')}",
    "title": "Harbour lights",
    "original_filename": "harbour.mp4",
    "status": "validated",
    "error": "",
    "created_at": "2026-11-20T09:00:00Z",
    "ready_at": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size_bytes": 14551806,
    "container": "mp4",
    "duration_ms": 60000,
    "width_px": 1920,
    "height_px": 1080,
    "fps": 24.0,
    "rotation_deg": 0,
    "video_codec": "h264",
    "audio_codec": "aac",
    "file_url": f"{_HOST}/media/videos/9f/9f86d081-00000001.mp4",
    "thumbnail_url": None,
    "clips_url": f"{_HOST}/clips?video_asset={_ID('01')}",
}
_CLIP = {
    "id": _ID("03"),
    "url": f"{_HOST}/clips/{_ID('03')}",
    "video_asset": _ID("01"),
    "start_ms": 12000,
    "end_ms": 21500,
    "duration_ms": 9500,
    "status": "ready",
    "rank": 1,
    "visual_score": 0.83,
    "reasons": ["Strong motion.", "Starts and ends on a cut."],
    "features": {"motion": 0.9, "sharpness": 0.7},
    "created_at": "2026-11-20T09:00:20Z",
    "thumbnail_url": f"{_HOST}/media/thumbnails/c.jpg",
    "variants_url": f"{_HOST}/variants?clip={_ID('03')}",
}
_VARIANT = {
    "id": _ID("04"),
    "url": f"{_HOST}/variants/{_ID('04')}",
    "clip": _ID("03"),
    "format": "vertical_1080x1920",
    "width_px": 1080,
    "height_px": 1920,
    "duration_ms": 9500,
    "fps": 24.0,
    "has_audio": True,
    "size_bytes": 2400000,
    "sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "recipe_hash": "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
    "facts": {"loudness_lufs": -14.1},
    "created_at": "2026-11-20T09:00:40Z",
    "file_url": f"{_HOST}/media/variants/v.mp4",
    "thumbnail_url": None,
}
_RENDERING = {"job": _JOB | {"job_type": "generate_variants"}}


def _example(value: Any, *, name: str = "Example") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


def _asked(value: Any, *, name: str = "Asked for") -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _page(name: str, value: dict[str, Any], what: str) -> Any:
    return extend_schema(
        operation_id=name, tags=["media"], summary=what, examples=[_example(value)]
    )


class UploadView(GenericAPIView[Any]):
    """Bring a video in.

    As a form (`multipart/form-data`, field `file` and optionally `title`), or as the bare body with
    `Content-Type: video/…` or `application/octet-stream` and `?filename=`. The file is checked, stored
    and put in the queue for analysis. The same bytes again answer 200 with the video we have.
    """

    serializer_class = UploadIn
    parser_classes = [MultiPartParser, RawVideoParser, RawBytesParser]
    required_permission = "media_assets.add_videoasset"
    filter_backends = []
    pagination_class = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """However it ends, what arrived and was not stored is taken away."""
        self.arrived: list[Receiver] = []
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            for received in self.arrived:
                received.discard()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Forms are read by our own handler, also where the CSRF check of a session reads them."""
        request.upload_handlers = [FormHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever may upload says how much comes; a body in chunks of unknown number is refused."""
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired("Send the upload with a Content-Length, not in chunks.")

    @extend_schema(
        operation_id="upload_video",
        tags=["media"],
        summary="Bring a video in",
        parameters=[
            OpenApiParameter("filename", str, description="Name of the file, for a bare body."),
            OpenApiParameter("title", str, description="Title, for a bare body."),
        ],
        request={
            "multipart/form-data": UploadIn,
            "video/mp4": OpenApiTypes.BINARY,
            "application/octet-stream": OpenApiTypes.BINARY,
        },
        responses={
            201: UploadOut,
            200: OpenApiResponse(UploadOut, "We had the same bytes already."),
            411: OpenApiResponse(ErrorOut, "The upload does not say how long it is."),
            413: OpenApiResponse(ErrorOut, "The file is larger than we take."),
            415: OpenApiResponse(ErrorOut, "Not a video, or one in a codec that we do not read."),
            422: OpenApiResponse(ErrorOut, "A video, but not one that we can work with."),
        },
        examples=[_example({"video": _VIDEO, "job": _JOB, "created": True})],
    )
    def post(self, request: Request) -> Response:
        """Take the video in."""
        data: Any = request.data  # both of our parsers give a mapping
        file = data.get(FIELD)
        if not isinstance(file, ReceivedFile):
            raise NoFile(f"The request brings no file in its field {FIELD!r}.", field=FIELD)
        with file.received as received:
            fields = validated(UploadIn, data)
            ingested = ingest_received(received, filename=file.told_name, title=fields["title"])
        answer = UploadOut(ingested, context={"request": request}).data
        return Response(
            answer,
            status=status.HTTP_201_CREATED if ingested.created else status.HTTP_200_OK,
            headers={"Location": answer["video"]["url"]},
        )


@extend_schema_view(
    list=_page("videos_list", _VIDEO, "Videos, newest first"),
    retrieve=_page(
        "videos_get", _VIDEO | {"probe": {"bit_depth": 8}, "analysis": None}, "One video"
    ),
)
class VideoViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[VideoAsset]):
    """Videos that came in."""

    queryset = VideoAsset.objects.all()
    serializer_class = VideoOut
    filterset_class = VideoFilter
    required_permission = "media_assets.change_videoasset"

    def get_serializer_class(self) -> type[VideoOut]:
        """One video tells more than a list of them."""
        return VideoDetailOut if self.action == "retrieve" else VideoOut

    @extend_schema(
        operation_id="videos_analyse",
        tags=["media"],
        summary="Look for clips again",
        request=AnalyseIn,
        responses={202: JobStartedOut},
        examples=[_asked({"clip_count": 4}), _example({"job": _JOB})],
    )
    def analyse(self, request: Request, pk: str) -> Response:
        """Put the search for clips in the queue; one that waits or runs already is given back."""
        args = validated(AnalyseIn, request.data)
        job = request_analysis(self.get_object(), clip_count=args["clip_count"])
        return Response(
            JobStartedOut({"job": job}, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
        )


@extend_schema_view(
    list=_page("clips_list", _CLIP, "Clips, newest first"),
    retrieve=_page("clips_get", _CLIP, "One clip"),
)
class ClipViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Clip]):
    """Clips that were found."""

    queryset = Clip.objects.all()
    serializer_class = ClipOut
    filterset_class = ClipFilter
    required_permission = "media_assets.change_clip"

    @extend_schema(
        operation_id="clips_variants_create",
        tags=["media"],
        summary="Render a clip",
        request=VariantsIn,
        responses={202: JobStartedOut},
        examples=[
            _asked({"formats": ["vertical_1080x1920"], "title": "Harbour lights"}),
            _example(_RENDERING),
        ],
    )
    def variants(self, request: Request, pk: str) -> Response:
        """Put the rendering in the queue; the same one, waiting or running, is given back."""
        args = validated(VariantsIn, request.data)
        job = request_variants(self.get_object(), **args)
        return Response(
            JobStartedOut({"job": job}, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
        )

    @extend_schema(
        operation_id="clips_archive",
        tags=["media"],
        summary="Put a clip aside",
        request=ClipWhyIn,
        responses=ClipOut,
        examples=[_asked({"why": "blurred"}), _example(_CLIP | {"status": "archived"})],
    )
    def archive(self, request: Request, pk: str) -> Response:
        """Put it aside; it is not offered any more."""
        args = validated(ClipWhyIn, request.data)
        return Response(self.get_serializer(archive_clip(self.get_object(), why=args["why"])).data)

    @extend_schema(
        operation_id="clips_restore",
        tags=["media"],
        summary="Take a clip back in",
        request=ClipWhyIn,
        responses=ClipOut,
        examples=[_asked({"why": "wanted after all"}), _example(_CLIP)],
    )
    def restore(self, request: Request, pk: str) -> Response:
        """Take it back in."""
        args = validated(ClipWhyIn, request.data)
        return Response(self.get_serializer(restore_clip(self.get_object(), why=args["why"])).data)


@extend_schema_view(
    list=_page("variants_list", _VARIANT, "Variants, newest first"),
    retrieve=_page("variants_get", _VARIANT, "One variant"),
)
class VariantViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[ClipVariant]):
    """Rendered files of clips."""

    queryset = ClipVariant.objects.all()
    serializer_class = VariantOut
    filterset_class = VariantFilter
