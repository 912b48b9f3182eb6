"""Where the windows of a clip are, and where an operator wants them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets import queries
from media_assets.analysis.focus import LEAST_ZOOM, MOST_POINTS
from media_assets.models import Clip
from media_assets.services.framing import set_focus
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import GenericViewSet, validated

_POINT = {"start_ms": 0, "end_ms": 2400, "x": 0.31, "y": 0.4, "zoom": 1.0}
_SEGMENT = {
    "start_ms": 0,
    "end_ms": 2400,
    "mode": "hold",
    "bars": [0.0, 0.0, 0.0, 0.0],
    "axis": "x",
    "window": 0.31641,
    "zoom": 1.0,
    "keyframes": [[0, 0.31, 0.0]],
    "focus": [0.31, 0.4],
    "sure": 1.0,
    "by": "operator",
}
_FRAMING = {
    "focus": [_POINT],
    "framing": {
        "version": 2,
        "bars": [0.0, 0.0, 0.0, 0.0],
        "formats": {
            "vertical_1080x1920": {"mode": "windows", "segments": [_SEGMENT]},
            "landscape_1920x1080": {"mode": "whole"},
        },
    },
}


class FocusPoint(serializers.Serializer[dict[str, Any]]):
    """Where to look for some time, as shares of the picture without its black bars."""

    start_ms = serializers.IntegerField(min_value=0, help_text="From the start of the clip.")
    end_ms = serializers.IntegerField(min_value=1, help_text="The first moment that is not in it.")
    x = serializers.FloatField(min_value=0, max_value=1)
    y = serializers.FloatField(min_value=0, max_value=1)
    zoom = serializers.FloatField(
        min_value=LEAST_ZOOM,
        max_value=1,
        required=False,
        help_text="Share of the frame that shows picture; below 1 the rest is a blurred background. "
        "Without it, the window keeps its size.",
    )


class FocusIn(serializers.Serializer[dict[str, Any]]):
    """All points of a clip. None: as the analysis found it."""

    points = serializers.ListField(child=FocusPoint(), max_length=MOST_POINTS)


class FramingOut(serializers.Serializer[dict[str, Any]]):
    """The operator's points, and the windows that files rendered now would have."""

    focus = FocusPoint(many=True, read_only=True)
    framing = serializers.DictField(
        read_only=True,
        help_text="Per format the windows of each shot: place, size and path. See docs/media/framing.md.",
    )


class IsFramed(GenericViewSet[Clip]):
    """For the view set of clips."""

    @extend_schema(
        operation_id="clips_framing",
        tags=["media"],
        summary="Where the windows of a clip are",
        responses=FramingOut,
        examples=[OpenApiExample("Example", value=_FRAMING, response_only=True)],
    )
    def framing(self, request: Request, pk: str) -> Response:
        """The path of each format's window over the picture."""
        return self._framed(self.get_object())

    @extend_schema(
        operation_id="clips_focus",
        tags=["media"],
        summary="Say where to look",
        request=FocusIn,
        responses={
            200: FramingOut,
            400: OpenApiResponse(ErrorOut, "A point is outside of the clip or of every shot."),
        },
        examples=[
            OpenApiExample("Asked for", value={"points": [_POINT]}, request_only=True),
            OpenApiExample("Example", value=_FRAMING, response_only=True),
        ],
    )
    def focus(self, request: Request, pk: str) -> Response:
        """Replace all focus points of the clip; files rendered from now on follow them."""
        args = validated(FocusIn, request.data)
        return self._framed(set_focus(self.get_object(), args["points"]))

    def _framed(self, clip: Clip) -> Response:
        data = {"focus": clip.focus, "framing": queries.framing_of(clip)}
        return Response(FramingOut(data).data)
