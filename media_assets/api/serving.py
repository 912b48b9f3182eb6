"""`/media/…`: stored files by Range, in pieces, to whoever may have them."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotModified, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import (
    content_disposition_header,
    http_date,
    parse_http_date_safe,
    quote_etag,
)
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, views
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from media_assets.files import content_type_of, signature_holds
from stakazo.core.api.views import APIView
from stakazo.identity.permissions import RoleAllows

_CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class RangeNotSatisfiable(exceptions.APIException):
    """The file has no such bytes."""

    status_code = 416
    default_code = "range-not-satisfiable"
    default_detail = "The file has no such bytes."

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.size_bytes = size_bytes


class HasSignedLink(BasePermission):
    """Whoever holds a link that we signed for this very file, and that has not run out."""

    def has_permission(self, request: Request, view: views.APIView) -> bool:
        """Whether the link is good."""
        return signature_holds(
            view.kwargs["name"],
            expires=request.query_params.get("expires", ""),
            signature=request.query_params.get("signature", ""),
        )


@extend_schema(exclude=True)  # a file server, not an operation; outputs carry the links
class MediaView(APIView):
    """A stored file, whole or in part."""

    view_permission = "media_assets.view_videoasset"
    tagged = False  # files have tags of their own
    permission_classes = [HasSignedLink | RoleAllows]
    throttle_classes = ()

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Players ask for `video/*`; only our errors are rendered, and those as JSON."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type or ""

    def get(self, request: Request, name: str) -> HttpResponseBase:
        """The file, or the part of it that Range names."""
        path = _path_of(name)
        if path is None:
            return _elsewhere(name)
        try:
            file = path.open("rb")
        except OSError:
            raise Http404 from None
        try:
            return _answer(request, file, name=path.name)
        except BaseException:
            file.close()
            raise

    head = get

    def handle_exception(self, exc: Exception) -> Response:
        """As everywhere; a refused range also says how long the file is."""
        answer = super().handle_exception(exc)
        if isinstance(exc, RangeNotSatisfiable):
            answer["Content-Range"] = f"bytes */{exc.size_bytes}"
        return answer


def _path_of(name: str) -> Path | None:
    """The file's path; None when the storage has no paths. Raises Http404 for all that is not ours."""
    # An empty part, a dot, `..`, or a file in the making, whose name begins with a dot.
    if any(not part or part.startswith(".") for part in name.split("/")):
        raise Http404
    try:
        path = Path(default_storage.path(name))
        real, root = path.resolve(), Path(settings.MEDIA_ROOT).resolve()
    except NotImplementedError:
        return None
    except (SuspiciousOperation, ValueError, OSError):
        raise Http404 from None
    if not real.is_relative_to(root) or not real.is_file():
        raise Http404
    return real


def _elsewhere(name: str) -> HttpResponseBase:
    if not default_storage.exists(name):
        raise Http404
    answer = HttpResponseRedirect(default_storage.url(name))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _answer(request: Request, file: BinaryIO, *, name: str) -> HttpResponseBase:
    facts = os.fstat(file.fileno())
    size, etag = facts.st_size, quote_etag(f"{facts.st_size:x}-{facts.st_mtime_ns:x}")
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(facts.st_mtime),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }
    if _unchanged(request, etag, int(facts.st_mtime)):
        file.close()
        return HttpResponseNotModified(headers=headers)
    start, end, status = 0, size, 200
    if asked := _asked(request, size, etag, headers["Last-Modified"]):
        (start, end), status = asked, 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    kind = content_type_of(name)
    headers |= {
        "Content-Type": kind or "application/octet-stream",
        "Content-Length": str(end - start),
        "Content-Disposition": content_disposition_header(kind is None, name) or "inline",
    }
    answer: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        answer = HttpResponse(status=status, headers=headers)
    else:
        kind_of_part = AsyncPart if isinstance(request._request, ASGIRequest) else Part
        answer = StreamingHttpResponse(
            kind_of_part(file, start, end), status=status, headers=headers
        )
    patch_vary_headers(answer, ["Cookie", "Authorization"])
    return answer


def _unchanged(request: Request, etag: str, changed_at: int) -> bool:
    if known := request.headers.get("If-None-Match"):
        return known.strip() == "*" or etag in [
            each.strip().removeprefix("W/") for each in known.split(",")
        ]
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed_at <= since


def _asked(request: Request, size: int, etag: str, last_modified: str) -> tuple[int, int] | None:
    """[start, end) of the one range that is asked for; None for the whole file.

    Raises RangeNotSatisfiable. Several ranges, or what is not a range, get the whole file, as RFC 9110
    section 14.2 allows.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not found or not any(found.groups()):
        return None
    condition = request.headers.get("If-Range")
    if condition and condition not in (etag, last_modified):
        return None
    first, last = found.groups()
    if first and last and int(first) > int(last):
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise RangeNotSatisfiable(size)
    return start, end


class Part:
    """Bytes [start, end) of an open file, in pieces. Closing it closes the file."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file, self._left = file, end - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._next():
            yield chunk

    def _next(self) -> bytes:
        chunk = self._file.read(min(_CHUNK_BYTES, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Done, or the caller has gone."""
        self._file.close()


class AsyncPart:
    """The same for ASGI, where Django would read a plain iterator to its end before it answers."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._part = Part(file, start, end)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._part._next):
            yield chunk

    def close(self) -> None:
        """Done, or the caller has gone."""
        self._part.close()
