"""Cutting by hand: a video's time line, clips of a span that somebody chose, and moved marks."""

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets import queries
from media_assets.api.cutting_shapes import ClipIn, CutOut, SpanIn, TimelineOut
from media_assets.models import Clip, VideoAsset
from media_assets.services.cutting import LONGEST_MS, SHORTEST_MS, Cut, adjust_clip, make_clip
from media_assets.services.filmstrips import filmstrip_of
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import GenericViewSet, validated

_ID = "0190a0b0-0000-7000-8000-0000000000{}".format
_HOST = "http://127.0.0.1:8000"
_SPAN = {"start_ms": 12000, "end_ms": 21500, "title": "The jump"}
_REFUSED = {
    400: OpenApiResponse(ErrorOut, "The span is no part of the video, too short or too long."),
    404: OpenApiResponse(ErrorOut, "There is no such video."),
    409: OpenApiResponse(ErrorOut, "The video has not been analysed yet."),
}
_CUT = {
    "id": _ID("03"),
    "url": f"{_HOST}/clips/{_ID('03')}",
    "video_asset": _ID("01"),
    **_SPAN,
    "duration_ms": 9500,
    "made_by": "operator",
    "status": "ready",
    "rank": 0,
    "visual_score": 0.71,
    "reasons": ["Starts on a cut."],
    "features": {"motion": 0.9, "sharpness": 0.7},
    "created_at": "2026-11-20T09:00:20Z",
    "thumbnail_url": f"{_HOST}/media/thumbnails/c.jpg",
    "variants_url": f"{_HOST}/variants?clip={_ID('03')}",
    "kept": None,
}
_TIMELINE = {
    "video": {
        "id": _ID("01"),
        "title": "Harbour lights",
        "duration_ms": 60000,
        "width_px": 1920,
        "height_px": 1080,
        "fps": 24.0,
        "video_codec": "h264",
        "audio_codec": "aac",
        "file_url": f"{_HOST}/media/videos/9f/9f86d081-00000001.mp4",
        "content_type": "video/mp4",
    },
    "limits": {
        "shortest_ms": SHORTEST_MS,
        "longest_ms": LONGEST_MS,
        "usual_min_ms": 6000,
        "usual_max_ms": 60000,
    },
    "end_ms": 60000,
    "frames": {"count": 1440, "first_us": 0, "rate": [24, 1]},
    "shots": [{"start_ms": 0, "end_ms": 60000, "begins": "start", "ends": "end"}],
    "transitions": [],
    "beats_ms": [500, 1000],
    "tempo_bpm": 120.0,
    "onsets_ms": [500],
    "pauses_ms": [[30000, 30600]],
    "waveform": {"step_ms": 100, "peaks": [40, 70]},
    "curves": {"step_ms": 200, "motion": [0.1, 0.4]},
    "avoid": [{"kind": "black", "start_ms": 58000, "end_ms": 60000}],
    "clips": [],
    "alternatives": [],
    "filmstrip": None,
}


class ShowsTimeline(GenericViewSet[VideoAsset]):
    """For the view set of videos."""

    @extend_schema(
        operation_id="videos_timeline",
        tags=["media"],
        summary="A video's time line, to cut it by hand",
        responses={200: TimelineOut, 409: _REFUSED[409]},
        examples=[OpenApiExample("Example", value=_TIMELINE, response_only=True)],
    )
    def timeline(self, request: Request, pk: str) -> Response:
        """Frames, shots, beats, waveform, clips and whatever else helps to set marks."""
        video = self.get_object()
        shown = queries.timeline_of_video(video)
        limits = {
            "shortest_ms": SHORTEST_MS,
            "longest_ms": LONGEST_MS,
            "usual_min_ms": settings.CLIP_MIN_MS,
            "usual_max_ms": settings.CLIP_MAX_MS,
        }
        data = vars(shown) | {"limits": limits, "filmstrip": filmstrip_of(video)}
        return Response(TimelineOut(data, context=self.get_serializer_context()).data)


class CutsByHand(GenericViewSet[Clip]):
    """For the view set of clips."""

    @extend_schema(
        operation_id="clips_create",
        tags=["media"],
        summary="Make a clip of a span",
        request=ClipIn,
        responses={
            201: CutOut,
            200: OpenApiResponse(CutOut, "That span was a clip already."),
            **_REFUSED,
        },
        examples=[
            OpenApiExample(
                "Asked for", value={"video_asset": _ID("01"), **_SPAN}, request_only=True
            ),
            OpenApiExample("Example", value=_CUT, response_only=True),
        ],
    )
    def create(self, request: Request) -> Response:
        """Cut exactly between the two marks; score, framing and picture follow from the analysis."""
        args = validated(ClipIn, request.data)
        video = get_object_or_404(VideoAsset.objects.all(), pk=args.pop("video_asset"))
        return self._answer(make_clip(video, **args))

    @extend_schema(
        operation_id="clips_adjust",
        tags=["media"],
        summary="Move a clip's marks",
        request=SpanIn,
        responses={
            201: CutOut,
            200: OpenApiResponse(CutOut, "The new span was a clip already."),
            **_REFUSED,
        },
        examples=[
            OpenApiExample("Asked for", value=_SPAN, request_only=True),
            OpenApiExample("Example", value=_CUT, response_only=True),
        ],
    )
    def adjust(self, request: Request, pk: str) -> Response:
        """A clip of the new span stands instead; one that is in use stays beside it."""
        return self._answer(adjust_clip(self.get_object(), **validated(SpanIn, request.data)))

    def _answer(self, cut: Cut) -> Response:
        cut.clip.kept = cut.kept.pk if cut.kept else None  # type: ignore[attr-defined]  # for CutOut
        answer = CutOut(cut.clip, context=self.get_serializer_context()).data
        return Response(
            answer,
            status=status.HTTP_201_CREATED if cut.created else status.HTTP_200_OK,
            headers={"Location": answer["url"]},
        )
