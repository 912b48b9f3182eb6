"""The doors of composition: captions, watermarks, cards, and a look at a frame before rendering."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from media_assets import cues, pictures
from media_assets.api.composing_shapes import (
    CaptionsIn,
    CaptionsOut,
    CardIn,
    CardOut,
    PreviewIn,
    TranscribeIn,
    VttIn,
    WatermarkIn,
    WatermarkOut,
)
from media_assets.api.serializers import ClipWhyIn, JobStartedOut
from media_assets.models import Captions, Card, Clip, VideoAsset, Watermark
from media_assets.services.captions import cues_of, upload_captions
from media_assets.services.graphics import (
    add_card,
    add_watermark,
    archive_graphic,
    restore_graphic,
)
from media_assets.services.preview import preview_frame
from media_assets.services.transcribing import request_transcription
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.parsers import JSONParser
from stakazo.core.api.views import GenericViewSet, validated

_ID = "0190a0b0-0000-7000-8000-0000000000{}".format
_HOST = "http://127.0.0.1:8000"
_SHA = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
_CAPTIONS = {
    "id": _ID("06"),
    "url": f"{_HOST}/captions/{_ID('06')}",
    "video_asset": _ID("01"),
    "name": "Harbour",
    "language": "en",
    "source": "uploaded",
    "original_filename": "Harbour.srt",
    "cue_count": 212,
    "end_ms": 58200,
    "notes": [],
    "sha256": _SHA,
    "created_at": "2026-11-20T09:00:00Z",
    "vtt_url": f"{_HOST}/captions/{_ID('06')}.vtt",
}
_WATERMARK = {
    "id": _ID("07"),
    "url": f"{_HOST}/watermarks/{_ID('07')}",
    "name": "Logo",
    "status": "ready",
    "position": "top_right",
    "margin": 0.05,
    "width_share": 0.16,
    "opacity": 0.85,
    "width_px": 600,
    "height_px": 200,
    "sha256": _SHA,
    "created_at": "2026-11-20T09:00:00Z",
    "image_url": f"{_HOST}/media/graphics/60/{_SHA}.png",
}
_CARD = {
    "id": _ID("08"),
    "url": f"{_HOST}/cards/{_ID('08')}",
    "name": "Follow us",
    "status": "ready",
    "text": "Follow us",
    "background": "#101418",
    "duration_ms": 2500,
    "width_px": 0,
    "height_px": 0,
    "sha256": "",
    "created_at": "2026-11-20T09:00:00Z",
    "image_url": None,
}
_JOB = {
    "id": _ID("02"),
    "job_type": "transcribe",
    "status": "pending",
    "stage": "",
    "progress": 0.0,
    "url": f"{_HOST}/jobs/{_ID('02')}",
}
_FILE_REFUSED = {
    413: OpenApiResponse(ErrorOut, "The file is larger than we take."),
    415: OpenApiResponse(ErrorOut, "The file is of another kind."),
    422: OpenApiResponse(ErrorOut, "The file is of the right kind, but cannot be used."),
}

_WHY = OpenApiExample("With a reason", value={"why": "the old logo"}, request_only=True)


def _example(value: Any) -> OpenApiExample:
    return OpenApiExample("Example", value=value, response_only=True)


def _content(file: UploadedFile, most: int) -> bytes:
    """At most a byte more than may be, so that the service can refuse it."""
    return file.read(most + 1)


def _made(serializer: BaseSerializer[Any], *, created: bool = True) -> Response:
    return Response(
        serializer.data,
        status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
        headers={"Location": serializer.data["url"]},
    )


class AnswersBytes(GenericViewSet[Any]):
    """Some of its answers are no JSON; only their errors are rendered."""

    plain_actions: tuple[str, ...] = ()

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Players and pages may ask for whatever they like."""
        if self.action in self.plain_actions:
            renderer = self.get_renderers()[0]
            return renderer, renderer.media_type or ""
        return super().perform_content_negotiation(request, force)


class CaptionsOfVideoViewSet(ListModelMixin, GenericViewSet[Captions]):
    """Captions of one video."""

    queryset = Captions.objects.all()
    serializer_class = CaptionsOut
    parser_classes = [MultiPartParser]
    filter_backends = []
    required_permission = "media_assets.add_captions"

    def get_queryset(self) -> QuerySet[Captions]:
        """Those of the video."""
        if getattr(self, "swagger_fake_view", False):
            return Captions.objects.none()
        return Captions.objects.filter(video_asset=self._video())

    def _video(self) -> VideoAsset:
        return get_object_or_404(VideoAsset.objects.all(), pk=self.kwargs["pk"])

    @extend_schema(
        operation_id="videos_captions_list",
        tags=["media"],
        summary="Captions of a video, newest first",
        examples=[_example(_CAPTIONS)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that were uploaded and those that were transcribed."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="videos_captions_create",
        tags=["media"],
        summary="Bring captions of a video",
        request={"multipart/form-data": CaptionsIn},
        responses={
            201: CaptionsOut,
            200: OpenApiResponse(CaptionsOut, "The video had the same captions already."),
            **_FILE_REFUSED,
        },
        examples=[_example(_CAPTIONS)],
    )
    def create(self, request: Request, pk: str) -> Response:
        """Read an SRT or WebVTT file; `notes` say what was mended or left out."""
        args = validated(CaptionsIn, request.data)
        file: UploadedFile = args["file"]
        captions, created = upload_captions(
            self._video(),
            _content(file, cues.MOST_BYTES),
            language=args["language"],
            name=args["name"],
            filename=file.name or "",
        )
        return _made(self.get_serializer(captions), created=created)


class CaptionsViewSet(RetrieveModelMixin, AnswersBytes, GenericViewSet[Captions]):
    """One captions."""

    queryset = Captions.objects.all()
    serializer_class = CaptionsOut
    required_permission = "media_assets.add_captions"
    plain_actions = ("vtt",)

    @extend_schema(
        operation_id="captions_get",
        tags=["media"],
        summary="One captions",
        examples=[_example(_CAPTIONS)],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is known of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="captions_vtt",
        tags=["media"],
        summary="Captions as WebVTT",
        parameters=[VttIn],
        responses={(200, "text/vtt"): OpenApiTypes.STR},
        examples=[
            OpenApiExample(
                "One cue",
                value="WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nOut now\n",
                response_only=True,
                media_type="text/vtt",
            )
        ],
    )
    def vtt(self, request: Request, pk: str) -> HttpResponse:
        """All of them, or what is said in one clip, counted from its start."""
        captions, args = self.get_object(), validated(VttIn, request.query_params)
        shown = cues_of(captions)
        if args["clip"]:
            clips = Clip.objects.filter(video_asset_id=captions.video_asset_id)
            clip = get_object_or_404(clips, pk=args["clip"])
            shown = cues.cues_within(shown, clip.start_ms, clip.end_ms)
        return HttpResponse(
            cues.write_vtt(shown),
            content_type="text/vtt; charset=utf-8",
            headers={"X-Content-Type-Options": "nosniff"},
        )


class WatermarkViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Watermark]):
    """Marks and logos for a corner of the picture."""

    queryset = Watermark.objects.all()
    serializer_class = WatermarkOut
    filterset_fields = ["status"]
    parser_classes = [JSONParser, MultiPartParser]
    required_permission = "media_assets.add_watermark"

    @extend_schema(
        operation_id="watermarks_list", tags=["media"], summary="Watermarks, newest first",
        examples=[_example(_WATERMARK)],
    )  # fmt: skip
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Also those that were put aside."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="watermarks_get", tags=["media"], summary="One watermark",
        examples=[_example(_WATERMARK)],
    )  # fmt: skip
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Where it goes, and its picture."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="watermarks_create",
        tags=["media"],
        summary="Bring a watermark",
        request={"multipart/form-data": WatermarkIn},
        responses={201: WatermarkOut, **_FILE_REFUSED},
        examples=[_example(_WATERMARK)],
    )
    def create(self, request: Request) -> Response:
        """The picture is decoded within limits and written anew."""
        args = validated(WatermarkIn, request.data)
        data = _content(args.pop("file"), pictures.MOST_BYTES)
        return _made(self.get_serializer(add_watermark(data, **args)))

    @extend_schema(
        operation_id="watermarks_archive", tags=["media"], summary="Put a watermark aside",
        request=ClipWhyIn, responses=WatermarkOut,
        examples=[_WHY, _example(_WATERMARK | {"status": "archived"})],
    )  # fmt: skip
    def archive(self, request: Request, pk: str) -> Response:
        """It is not offered any more; variants that have it stay."""
        why = validated(ClipWhyIn, request.data)["why"]
        return Response(self.get_serializer(archive_graphic(self.get_object(), why=why)).data)

    @extend_schema(
        operation_id="watermarks_restore", tags=["media"], summary="Take a watermark back in",
        request=ClipWhyIn, responses=WatermarkOut, examples=[_WHY, _example(_WATERMARK)],
    )  # fmt: skip
    def restore(self, request: Request, pk: str) -> Response:
        """It is offered again."""
        why = validated(ClipWhyIn, request.data)["why"]
        return Response(self.get_serializer(restore_graphic(self.get_object(), why=why)).data)


class CardViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Card]):
    """Stills for before or after a clip."""

    queryset = Card.objects.all()
    serializer_class = CardOut
    filterset_fields = ["status"]
    parser_classes = [JSONParser, MultiPartParser]
    required_permission = "media_assets.add_card"

    @extend_schema(
        operation_id="cards_list", tags=["media"], summary="Cards, newest first",
        examples=[_example(_CARD)],
    )  # fmt: skip
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Also those that were put aside."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="cards_get", tags=["media"], summary="One card", examples=[_example(_CARD)]
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its words, its colour and its picture."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="cards_create",
        tags=["media"],
        summary="Make a card",
        request={"multipart/form-data": CardIn, "application/json": CardIn},
        responses={201: CardOut, **_FILE_REFUSED},
        examples=[
            OpenApiExample(
                "Of words", value={"text": "Out now", "duration_ms": 2500}, request_only=True
            ),
            _example(_CARD),
        ],
    )
    def create(self, request: Request) -> Response:
        """Of a picture, words, or both."""
        args = validated(CardIn, request.data)
        file: UploadedFile | None = args.pop("file")
        data = _content(file, pictures.MOST_BYTES) if file is not None else None
        return _made(self.get_serializer(add_card(data, **args)))

    @extend_schema(
        operation_id="cards_archive", tags=["media"], summary="Put a card aside",
        request=ClipWhyIn, responses=CardOut,
        examples=[_WHY, _example(_CARD | {"status": "archived"})],
    )  # fmt: skip
    def archive(self, request: Request, pk: str) -> Response:
        """It is not offered any more; variants that have it stay."""
        why = validated(ClipWhyIn, request.data)["why"]
        return Response(self.get_serializer(archive_graphic(self.get_object(), why=why)).data)

    @extend_schema(
        operation_id="cards_restore", tags=["media"], summary="Take a card back in",
        request=ClipWhyIn, responses=CardOut, examples=[_WHY, _example(_CARD)],
    )  # fmt: skip
    def restore(self, request: Request, pk: str) -> Response:
        """It is offered again."""
        why = validated(ClipWhyIn, request.data)["why"]
        return Response(self.get_serializer(restore_graphic(self.get_object(), why=why)).data)


class IsTranscribed(GenericViewSet[VideoAsset]):
    """For the view set of videos."""

    @extend_schema(
        operation_id="videos_transcribe",
        tags=["media"],
        summary="Let the transcriber write captions",
        request=TranscribeIn,
        responses={
            202: JobStartedOut,
            409: OpenApiResponse(
                ErrorOut, "No transcriber is set up; the message says what lacks."
            ),
        },
        examples=[
            OpenApiExample("Asked for", value={"language": "en"}, request_only=True),
            _example({"job": _JOB}),
        ],
    )
    def transcribe(self, request: Request, pk: str) -> Response:
        """Put it in the queue; the captions appear when the job is done."""
        job = request_transcription(self.get_object(), **validated(TranscribeIn, request.data))
        return Response(
            JobStartedOut({"job": job}, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
        )


class ShowsPreview(AnswersBytes, GenericViewSet[Clip]):
    """For the view set of clips."""

    plain_actions = ("preview",)

    @extend_schema(
        operation_id="clips_preview",
        tags=["media"],
        summary="One frame of a variant, before it is rendered",
        parameters=[PreviewIn],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def preview(self, request: Request, pk: str) -> HttpResponse:
        """By the same filters as the variant; nothing is kept."""
        # As a plain mapping: of a form, DRF would take a missing yes-or-no for a no.
        given = {name: value for name, value in request.query_params.items() if value != ""}
        args = validated(PreviewIn, given)
        name = args.pop("render_format")
        picture = preview_frame(self.get_object(), format_name=name, **args)
        return HttpResponse(
            picture, content_type="image/png", headers={"Cache-Control": "private, max-age=60"}
        )
