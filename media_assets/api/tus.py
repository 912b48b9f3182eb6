"""`/upload/tus`: a video of any size over a line that breaks, by the tus protocol 1.0.

https://tus.io/protocols/resumable-upload, with the extensions creation, creation-with-upload, expiration,
checksum and termination. An upload begun here is one of `/uploads` too: `GET /uploads/{id}` tells what
became of it.
"""

import base64
import binascii
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets.api.resumable import UploadStartIn
from media_assets.api.uploads import tell_length
from media_assets.errors import BadProtocolVersion, UploadGone
from media_assets.models import Upload
from media_assets.services import uploads
from media_assets.services.growing import CHECKSUMS, grow, offset_of
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.core.errors import Conflict, InvalidInput

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
BODY = "application/offset+octet-stream"
_METHODS = ("PATCH", "DELETE", "HEAD")


def _header(name: str, description: str, *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(
        name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=required, description=description
    )


_VERSION = _header("Tus-Resumable", f"The version of tus: {VERSION}.")
_CHECKSUM = _header(
    "Upload-Checksum",
    f"Algorithm ({', '.join(CHECKSUMS)}) and digest of this body in Base64, a space between.",
    required=False,
)
_REFUSALS = {
    410: OpenApiResponse(ErrorOut, "The upload was called off, or took too long."),
    412: OpenApiResponse(ErrorOut, "Another version of tus, or none."),
}
_GROWING = {
    **_REFUSALS,
    409: OpenApiResponse(ErrorOut, "The upload has come to another place."),
    413: OpenApiResponse(ErrorOut, "More bytes than were announced, or than we take."),
    415: OpenApiResponse(ErrorOut, f"The body is not {BODY}."),
    423: OpenApiResponse(ErrorOut, "Somebody else is sending bytes of it."),
    460: OpenApiResponse(ErrorOut, "The bytes are not those of their checksum."),
}


class _TusView(APIView):
    """What both paths share: the version, and the headers of every answer."""

    required_permission = "media_assets.add_videoasset"
    once = False  # tus repeats by offsets; an upload whose address was lost expires empty

    def get_permissions(self) -> Sequence[Any]:
        """Whoever asks what we speak is told."""
        return [AllowAny()] if self.request.method == "OPTIONS" else super().get_permissions()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Bytes may come in chunks."""
        tell_length(request)
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises MethodNotAllowed, BadProtocolVersion."""
        super().initial(request, *args, **kwargs)
        if self.is_no_method(request):
            raise exceptions.MethodNotAllowed(str(request.method))
        known = request.method != "OPTIONS" and hasattr(self, str(request.method).lower())
        if known and request.headers.get("Tus-Resumable") != VERSION:
            raise BadProtocolVersion(f"Say Tus-Resumable: {VERSION}.", versions=[VERSION])

    def is_no_method(self, request: Request) -> bool:
        """Whether the method is none here, although there is a handler for it."""
        return False

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """The version, the versions where another was asked for, and nothing to be cached."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        if request.method != "OPTIONS":
            answer["Tus-Resumable"] = VERSION
        if answer.status_code == status.HTTP_412_PRECONDITION_FAILED:
            answer["Tus-Version"] = VERSION
        return answer

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What we speak."""
        return Response(
            status=status.HTTP_200_OK,
            headers={
                "Tus-Resumable": VERSION,
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(settings.MEDIA_LIMITS["max_bytes"]),
                "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            },
        )


class TusView(_TusView):
    """Where uploads by tus begin."""

    @extend_schema(
        operation_id="tus_create",
        tags=["media"],
        summary="Begin an upload by tus",
        parameters=[
            _VERSION,
            _header("Upload-Length", "How many bytes are to come."),
            _header(
                "Upload-Metadata",
                "Pairs `key base64`, with commas between: filename, filetype, title, and sha256 of the"
                " whole file in hex, against which it is checked.",
                required=False,
            ),
            _CHECKSUM,
        ],
        request={BODY: OpenApiTypes.BINARY},
        responses={
            201: OpenApiResponse(description="Location says where its bytes go."),
            **_GROWING,
        },
    )
    def post(self, request: Request) -> Response:
        """Say how much is to come, and perhaps send the first bytes of it."""
        length = _number(request, "Upload-Length")
        sent = _sent(request)
        first = _bytes_of(request, sent) if sent else None
        upload = uploads.start_upload(
            **validated(UploadStartIn, {**_metadata(request), "size_bytes": length})
        )
        offset = grow(upload, 0, request._request, **first) if first else 0
        place = request.build_absolute_uri(reverse("tus-upload", args=[upload.pk]))
        return _answer(upload, offset, status.HTTP_201_CREATED, {"Location": place})


class OneTusView(_TusView):
    """An upload by tus."""

    throttle_classes = ()  # a film of many GB comes in thousands of pieces

    def is_no_method(self, request: Request) -> bool:
        """A POST that does not stand for another method."""
        return request.method == "POST" and _meant(request) not in _METHODS

    def head(self, request: Request, pk: uuid.UUID) -> Response:
        """How far it has come."""
        upload = uploads.upload_by_id(pk)
        more = {"Upload-Length": str(upload.size_bytes), "Upload-Metadata": _told(upload)}
        return _answer(upload, offset_of(upload), status.HTTP_200_OK, more)

    @extend_schema(
        operation_id="tus_append",
        tags=["media"],
        summary="Send bytes of an upload by tus",
        parameters=[
            _VERSION,
            _header("Upload-Offset", "Where these bytes begin: what HEAD says."),
            _CHECKSUM,
        ],
        request={BODY: OpenApiTypes.BINARY},
        responses={204: None, **_GROWING},
    )
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """The body follows what is there; with the last byte, the video is checked and taken in."""
        offset, upload = _number(request, "Upload-Offset"), uploads.upload_by_id(pk)
        offset = grow(upload, offset, request._request, **_bytes_of(request, _sent(request)))
        return _answer(upload, offset, status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="tus_terminate",
        tags=["media"],
        summary="Call an upload by tus off",
        parameters=[_VERSION],
        responses={204: None, **_REFUSALS},
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Nothing of it is kept."""
        try:
            uploads.abort_upload(uploads.upload_by_id(pk))
        except Conflict as error:
            raise UploadGone("This upload is over already.") from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(exclude=True)  # the same operations, for senders whose line knows only POST
    def post(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The method that X-HTTP-Method-Override names."""
        meant = {"PATCH": self.patch, "DELETE": self.delete, "HEAD": self.head}
        return meant[_meant(request)](request, pk)


def _answer(upload: Upload, offset: int, code: int, more: dict[str, str] | None = None) -> Response:
    headers = {"Upload-Offset": str(offset), **(more or {})}
    if upload.status == Upload.Status.OPEN:
        headers["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return Response(status=code, headers={name: told for name, told in headers.items() if told})


def _meant(request: Request) -> str:
    return request.headers.get("X-HTTP-Method-Override", "").upper()


def _sent(request: Request) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _bytes_of(request: Request, declared: int) -> dict[str, Any]:
    """What `grow` wants to know of the body. Raises UnsupportedMediaType, InvalidInput."""
    if (request.content_type or "").partition(";")[0].strip().lower() != BODY:
        raise exceptions.UnsupportedMediaType(request.content_type or "")
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return {"declared": declared}
    algorithm, _, digest = said.partition(" ")
    if algorithm not in CHECKSUMS:
        raise InvalidInput(f"Upload-Checksum: we know {', '.join(CHECKSUMS)}.")
    try:
        told = base64.b64decode(digest.strip(), validate=True)
    except binascii.Error:
        raise InvalidInput("Upload-Checksum: the digest is not Base64.") from None
    return {"declared": declared, "checksum": (algorithm, told)}


def _number(request: Request, name: str) -> int:
    said = request.headers.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 20):
        raise InvalidInput(f"{name} must be a whole number of bytes.", header=name)
    return int(said)


def _metadata(request: Request) -> dict[str, str]:
    """What Upload-Metadata says, by our names for it; what we do not know is ignored.

    Raises InvalidInput.
    """
    known = {
        "filename": "filename",
        "name": "filename",
        "filetype": "content_type",
        "title": "title",
        "sha256": "sha256",
    }
    found: dict[str, str] = {}
    said = request.headers.get("Upload-Metadata", "")
    for pair in filter(None, (each.strip() for each in said.split(","))):
        key, _, value = pair.partition(" ")
        if key not in known:
            continue
        try:
            found[known[key]] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInput(f"Upload-Metadata: {key} is not UTF-8 in Base64.") from None
    return found


def _told(upload: Upload) -> str:
    values = {"filename": upload.filename, "title": upload.title, "filetype": upload.content_type}
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in values.items()
        if value
    )
