"""`/uploads`: a large video in parts, for programs that must survive a break of the line."""

import re
import uuid
from typing import Any

from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers, status, views
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets.api.serializers import Address, JobRefOut
from media_assets.api.uploads import tell_length
from media_assets.models import Upload
from media_assets.parts import part_link_holds, parts_of
from media_assets.services import uploads
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity.permissions import RoleAllows

_HOST = "http://127.0.0.1:8000"
_UPLOAD = {
    "id": "0190a0b0-0000-7000-8000-000000000009",
    "url": f"{_HOST}/uploads/0190a0b0-0000-7000-8000-000000000009",
    "status": "open",
    "filename": "harbour.mp4",
    "title": "",
    "size_bytes": 14551806,
    "part_bytes": 8388608,
    "expires_at": "2026-11-21T09:00:00Z",
    "parts": [
        {"number": 1, "size_bytes": 8388608, "arrived": True, "url": None},
        {"number": 2, "size_bytes": 6163198, "arrived": False, "url": "https://…"},
    ],
    "video": None,
    "created": None,
    "error": "",
    "error_code": "",
}


class UploadStartIn(serializers.Serializer[dict[str, Any]]):
    """A video that is going to be sent."""

    size_bytes = serializers.IntegerField(min_value=1, max_value=2**62)
    filename = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    content_type = serializers.RegexField(
        r"^[\w.+-]+/[\w.+-]+\Z", max_length=100, required=False, allow_blank=True, default=""
    )
    sha256 = serializers.RegexField(
        re.compile(r"^[0-9a-fA-F]{64}\Z"),
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the whole file; what arrives is checked against it.",
    )


class PartOut(serializers.Serializer[Any]):
    """One part: PUT its bytes to the url, which is good for an hour; ask again for a new one."""

    number = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    arrived = serializers.BooleanField()
    url = serializers.URLField(allow_null=True)


class UploadStateOut(serializers.ModelSerializer[Upload]):
    """How far an upload has come. parts: while it is open. video: when it is done."""

    url = Address("/uploads/")
    created = serializers.BooleanField(
        source="created_video",
        allow_null=True,
        read_only=True,
        help_text="False: we had the same bytes already.",
    )
    parts = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = (
            "id", "url", "status", "filename", "title", "size_bytes", "part_bytes", "expires_at",
            "parts", "video", "created", "error", "error_code",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PartOut(many=True))
    def get_parts(self, upload: Upload) -> list[dict[str, Any]]:
        """Each part, whether it is here, and where it goes."""
        if upload.status != Upload.Status.OPEN:
            return []
        place = parts_of(upload)
        arrived = place.arrived(upload)
        return [
            {
                "number": number,
                "size_bytes": size,
                "arrived": (here := arrived.get(number) == size),
                "url": None if here else place.link(upload, number),
            }
            for number, size in upload.part_sizes.items()
        ]


class UploadSentOut(serializers.Serializer[Any]):
    """All parts are here; follow the job, then ask for the upload."""

    upload = UploadStateOut()
    job = JobRefOut()


_EXAMPLE = OpenApiExample("Example", value=_UPLOAD, response_only=True)


class UploadsView(APIView):
    """Begin an upload in parts."""

    answer_with_effect = False  # asks the storage
    required_permission = "media_assets.add_videoasset"

    @extend_schema(
        operation_id="uploads_start",
        tags=["media"],
        summary="Begin an upload in parts",
        request=UploadStartIn,
        responses={
            201: UploadStateOut,
            413: OpenApiResponse(ErrorOut, "The file is larger than we take."),
        },
        examples=[
            OpenApiExample(
                "Asked for",
                value={"size_bytes": 14551806, "filename": "harbour.mp4"},
                request_only=True,
            ),
            _EXAMPLE,
        ],
    )
    def post(self, request: Request) -> Response:
        """Say how much is to come; the answer names the parts and where each goes."""
        upload = uploads.start_upload(**validated(UploadStartIn, request.data))
        return _state(request, upload, status.HTTP_201_CREATED)


class OneUploadView(APIView):
    """An upload in parts."""

    required_permission = "media_assets.add_videoasset"

    @extend_schema(
        operation_id="uploads_get",
        tags=["media"],
        summary="How far an upload has come",
        responses=UploadStateOut,
        examples=[_EXAMPLE],
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """After a break: which parts are still to be sent, with fresh links."""
        return _state(request, uploads.upload_by_id(pk))

    @extend_schema(
        operation_id="uploads_abort",
        tags=["media"],
        summary="Call an upload off",
        responses={200: UploadStateOut, 409: OpenApiResponse(ErrorOut, "It is over already.")},
        examples=[OpenApiExample("Example", value=_UPLOAD | {"status": "aborted", "parts": []})],
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Nothing of it is kept."""
        return _state(request, uploads.abort_upload(uploads.upload_by_id(pk)))


class FinishUploadView(APIView):
    """The end of an upload in parts."""

    answer_with_effect = False  # asks the storage
    required_permission = "media_assets.add_videoasset"

    @extend_schema(
        operation_id="uploads_complete",
        tags=["media"],
        summary="Finish an upload",
        request=None,
        responses={
            202: UploadSentOut,
            409: OpenApiResponse(ErrorOut, "Parts are missing, or the upload is over."),
        },
        examples=[
            OpenApiExample(
                "Example",
                response_only=True,
                value={
                    "upload": _UPLOAD | {"status": "checking", "parts": []},
                    "job": {
                        "id": "0190a0b0-0000-7000-8000-000000000002",
                        "job_type": "take_in_upload",
                        "status": "pending",
                        "stage": "",
                        "progress": 0.0,
                        "url": f"{_HOST}/jobs/0190a0b0-0000-7000-8000-000000000002",
                    },
                },
            )
        ],
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """All parts are sent: put the check in the queue. Asked twice, the same job."""
        upload = uploads.upload_by_id(pk)
        job = uploads.finish_upload(upload)
        answer = UploadSentOut({"upload": upload, "job": job}, context={"request": request})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)


class HasPartLink(BasePermission):
    """Whoever holds a link that we signed for this part, and that has not run out."""

    def has_permission(self, request: Request, view: views.APIView) -> bool:
        """Whether the link is good."""
        return request.method == "PUT" and part_link_holds(
            view.kwargs["pk"],
            view.kwargs["number"],
            expires=request.query_params.get("expires", ""),
            signature=request.query_params.get("signature", ""),
        )


class PartView(APIView):
    """A part of an upload, where the files are kept on our own disk."""

    required_permission = "media_assets.add_videoasset"
    permission_classes = [HasPartLink | RoleAllows]
    throttle_classes = ()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Parts may come in chunks."""
        tell_length(request)
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(
        operation_id="uploads_put_part",
        tags=["media"],
        summary="Send a part of an upload",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={
            204: None,
            400: OpenApiResponse(ErrorOut, "Not as many bytes as the part has."),
            409: OpenApiResponse(ErrorOut, "The upload takes no more parts."),
        },
    )
    def put(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """The body is the part. Sent again, it takes the place of what came before."""
        # Not request.data: whatever the content type says, the bytes are what counts.
        uploads.put_part(uploads.upload_by_id(pk), number, request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _state(request: Request, upload: Upload, code: int = status.HTTP_200_OK) -> Response:
    answer = UploadStateOut(upload, context={"request": request}).data
    return Response(answer, status=code, headers={"Location": answer["url"]})
