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
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets import queries
from media_assets.api.composing import IsTranscribed, ShowsPreview
from media_assets.api.composing_shapes import VariantsIn
from media_assets.api.cutting import CutsByHand, ShowsTimeline
from media_assets.api.filters import ClipFilter, VariantFilter, VideoFilter
from media_assets.api.framing import IsFramed
from media_assets.api.serializers import (
    AnalyseIn,
    ChoiceIn,
    ClipAlternativeIn,
    ClipAlternativesOut,
    ClipOut,
    ClipsChosenOut,
    ClipWhyIn,
    FilmstripOut,
    FormatOut,
    JobStartedOut,
    UploadIn,
    UploadOut,
    VariantOut,
    VideoDetailOut,
    VideoOut,
)
from media_assets.api.uploads import (
    FIELD,
    FormHandler,
    RawBytesParser,
    RawVideoParser,
    ReceivedFile,
    is_bare,
    tell_length,
)
from media_assets.errors import EmptyFile, LengthRequired, NoFile, NoFilmstrip
from media_assets.models import Clip, ClipVariant, FormatRow, VideoAsset
from media_assets.services.choices import rechoose, take_alternative
from media_assets.services.clips import archive_clip, request_analysis, restore_clip
from media_assets.services.filmstrips import filmstrip_of
from media_assets.services.ingest import Receiver, ingest_received
from media_assets.services.variants import request_variants
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.sparse import SparseListMixin
from stakazo.core.api.views import GenericAPIView, GenericViewSet, validated

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
    "title": "",
    "made_by": "analysis",
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
    "captions_url": f"{_HOST}/media/variants/v.vtt",
}
_FORMAT = {
    "name": "vertical_1080x1920",
    "width_px": 1080,
    "height_px": 1920,
    "keeps_ratio": False,
    "by_default": True,
    "codec": "h264",
    "crf": 21,
    "max_fps": 60,
    "max_rate_bps": 12_000_000,
    "min_ms": 500,
    "max_ms": 600_000,
    "max_bytes": 536_870_912,
}
_ALTERNATIVE = {
    "start_ms": 31200,
    "end_ms": 45900,
    "duration_ms": 14700,
    "visual_score": 0.61,
    "features": {"motion": 0.7, "hook": 0.5},
    "reasons": ["Starts on a cut and on a beat (128 BPM).", "Motion in the top 5 % of the video."],
    "clip": None,
}
_FILMSTRIP = {
    "jpeg_url": f"{_HOST}/media/filmstrips/9f86d081-1.jpg",
    "webp_url": f"{_HOST}/media/filmstrips/9f86d081-1.webp",
    "width_px": 320,
    "height_px": 90,
    "tile_width_px": 160,
    "tile_height_px": 90,
    "columns": 2,
    "times_ms": [0, 1958],
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
    answer_with_effect = False  # files are large; the same bytes are one video anyway

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
        tell_length(request)
        request.upload_handlers = [FormHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever may upload sends all of it: a server that cannot tell where it ends is not for this."""
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
            if is_bare(request):
                raise EmptyFile("The file is empty.")
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
class VideoViewSet(
    SparseListMixin, RetrieveModelMixin, ShowsTimeline, IsTranscribed, GenericViewSet[VideoAsset]
):
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
        job = request_analysis(self.get_object(), **args)
        return Response(
            JobStartedOut({"job": job}, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
        )

    @extend_schema(
        operation_id="videos_rechoose",
        tags=["media"],
        summary="Choose clips again",
        request=ChoiceIn,
        responses=ClipsChosenOut,
        examples=[
            _asked({"clip_count": 4, "min_ms": 7000, "max_ms": 30000, "weights": {"hook": 2}}),
            _example({"clips": [_CLIP]}),
        ],
    )
    def rechoose(self, request: Request, pk: str) -> Response:
        """Choose from what the analysis saw, at once and without decoding anything."""
        args = validated(ChoiceIn, request.data)
        clips = rechoose(self.get_object(), **args)
        return Response(
            ClipsChosenOut({"clips": clips}, context=self.get_serializer_context()).data
        )

    @extend_schema(
        operation_id="videos_alternatives",
        tags=["media"],
        summary="What else the clips could be",
        responses=ClipAlternativesOut,
        examples=[_example({"alternatives": [_ALTERNATIVE]})],
    )
    def alternatives(self, request: Request, pk: str) -> Response:
        """The spans that the last choice weighed and left, best first."""
        found = queries.alternatives_of(self.get_object())
        return Response(ClipAlternativesOut({"alternatives": found}).data)

    @extend_schema(
        operation_id="videos_take_alternative",
        tags=["media"],
        summary="Make a clip of an alternative",
        request=ClipAlternativeIn,
        responses={201: ClipOut},
        examples=[_asked({"start_ms": 31200, "end_ms": 45900}), _example(_CLIP | {"rank": 0})],
    )
    def take_alternative(self, request: Request, pk: str) -> Response:
        """Make a clip of it; one that is there is given back."""
        args = validated(ClipAlternativeIn, request.data)
        clip = take_alternative(self.get_object(), **args)
        return Response(
            ClipOut(clip, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(
        operation_id="videos_filmstrip",
        tags=["media"],
        summary="Small pictures of a video, for timelines",
        responses={
            200: FilmstripOut,
            404: OpenApiResponse(ErrorOut, "No such video, or no filmstrip of it yet."),
        },
        examples=[_example(_FILMSTRIP)],
    )
    def filmstrip(self, request: Request, pk: str) -> Response:
        """One picture that holds many, and when each of them is from."""
        video = self.get_object()
        strip = filmstrip_of(video)
        if strip is None:
            raise NoFilmstrip("No filmstrip was drawn yet.", video_asset_id=str(video.pk))
        return Response(FilmstripOut(strip, context=self.get_serializer_context()).data)


@extend_schema_view(
    list=_page("clips_list", _CLIP, "Clips, newest first"),
    retrieve=_page("clips_get", _CLIP, "One clip"),
)
class ClipViewSet(
    SparseListMixin, RetrieveModelMixin, CutsByHand, IsFramed, ShowsPreview, GenericViewSet[Clip]
):
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
            _asked(
                {
                    "formats": ["vertical_1080x1920"],
                    "title": "Harbour lights",
                    "captions": _ID("06"),
                    "watermark": _ID("07"),
                    "outro": _ID("08"),
                    "crossfade_ms": 500,
                }
            ),
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
class VariantViewSet(SparseListMixin, RetrieveModelMixin, GenericViewSet[ClipVariant]):
    """Rendered files of clips."""

    view_permission = "media_assets.view_clipvariant"
    queryset = ClipVariant.objects.all()
    serializer_class = VariantOut
    filterset_class = VariantFilter


@extend_schema_view(
    list=_page("formats_list", _FORMAT, "Formats that clips can be rendered in"),
    retrieve=_page("formats_get", _FORMAT, "One format"),
)
class FormatViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[FormatRow]):
    """Formats in use. Operators add and retire them in the admin."""

    view_permission = "media_assets.view_formatrow"
    queryset = FormatRow.objects.filter(status=FormatRow.Status.ACTIVE)
    serializer_class = FormatOut
    lookup_field = "name"
    filter_backends = []
