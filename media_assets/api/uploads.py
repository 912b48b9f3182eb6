"""Uploads as they come over HTTP: each byte goes straight into a Receiver, none is kept in memory."""

import os
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request

from media_assets.errors import NoFile, UploadIncomplete
from media_assets.files import CHUNK_BYTES
from media_assets.services.ingest import Receiver, refuse_too_large

FIELD = "file"
_FORM_BYTES = 64 * 1024  # what the other fields and the boundaries of a form may take


def tell_length(request: HttpRequest) -> None:
    """Write down how long a body in chunks turned out to be.

    Under ASGI the whole body has arrived by now, counted on its way and cut off at the limit; a sender
    that broke off before the last chunk never comes as far as here.
    """
    if isinstance(request, ASGIRequest) and "Transfer-Encoding" in request.headers:
        body = request._stream  # Django gives it no other name
        request.META["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)


def is_bare(request: Request) -> bool:
    """Whether the body is the file, and no form around it."""
    kind = (request.content_type or "").lower()
    return kind.startswith("video/") or kind == RawBytesParser.media_type


class ReceivedFile(UploadedFile):
    """A file that has arrived; closing it takes it away unless it was stored."""

    def __init__(self, received: Receiver, *, name: str, content_type: str = "") -> None:
        received.close()
        super().__init__(None, name or "video", content_type, received.size_bytes)
        self.received, self.told_name = received, name

    @property
    def sha256(self) -> str:
        """Of its bytes, which were hashed as they came."""
        return self.received.sha256

    def close(self) -> None:
        """Take the file away."""
        self.received.discard()


class FormHandler(FileUploadHandler):
    """Reads a whole form: the video by a Receiver, and the closing boundary as proof that all came.

    Django itself takes a form without its end for a shorter file.
    """

    chunk_size = CHUNK_BYTES

    def handle_raw_input(  # type: ignore[override]  # the stubs know META as a dict of strings only
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: bytes,
        encoding: Any = None,
    ) -> tuple[Any, Any]:
        """The fields and the files of the form. Raises FileTooLarge, NoFile, UploadIncomplete."""
        refuse_too_large(content_length - _FORM_BYTES)
        handler = _VideoHandler(self.request)
        counted: Any = _Counted(input_data)  # has of a stream what the parser uses
        try:
            fields, files = MultiPartParser(META, counted, [handler], encoding or "utf-8").parse()
            closing = b"--" + boundary + b"--"
            if counted.total != content_length or closing not in counted.tail:
                raise UploadIncomplete(
                    "The upload ended before its end. Upload the file again.",
                    received_bytes=counted.total,
                    declared_bytes=content_length,
                )
        except BaseException:
            handler.discard()
            raise
        return fields, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never called: the whole form was read above."""
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Never called: the whole form was read above."""
        return None


class _VideoHandler(FileUploadHandler):
    """Receives the one file of the form."""

    chunk_size = CHUNK_BYTES

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received: Receiver | None = None

    def new_file(self, field_name: str, *more: Any, **named: Any) -> None:
        """Begin the file in our field; refuse a second one, skip others."""
        super().new_file(field_name, *more, **named)
        if field_name != FIELD:
            raise SkipFile
        if self.received is not None:
            raise NoFile("One file at a time, please.", field=FIELD)
        self.received = Receiver()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take in the next bytes."""
        if self.received is not None:
            self.received.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """All of it is here."""
        if self.received is None:
            return None
        return ReceivedFile(
            self.received, name=self.file_name or "", content_type=self.content_type or ""
        )

    def discard(self) -> None:
        """Take away what has arrived."""
        if self.received is not None:
            self.received.discard()


class _Counted:
    """A stream that counts what is read from it, and remembers the end."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.total, self.tail = stream, 0, b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk: bytes = self._stream.read(size)
        self.total += len(chunk)
        self.tail = (self.tail + chunk[-1024:])[-1024:]
        return chunk


class RawVideoParser(BaseParser):
    """The body is the file: `Content-Type: video/…`, its name in `?filename=`."""

    media_type = "video/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> DataAndFiles:
        """The file. Raises FileTooLarge, UploadIncomplete."""
        request = parser_context["request"]
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
        refuse_too_large(declared)
        received = Receiver()
        parser_context["view"].arrived.append(received)  # who takes it away when nobody stores it
        while chunk := stream.read(CHUNK_BYTES):
            received.write(chunk)
        if received.size_bytes != declared:
            raise UploadIncomplete(
                f"{received.size_bytes} bytes arrived, {declared} were announced. "
                "Upload the file again.",
                received_bytes=received.size_bytes,
                declared_bytes=declared,
            )
        name = request.query_params.get("filename", "")
        file = ReceivedFile(received, name=name, content_type=media_type or "")
        fields = {"title": request.query_params.get("title", "")}
        return DataAndFiles(fields, {FIELD: file})  # type: ignore[arg-type]  # any mapping will do


class RawBytesParser(RawVideoParser):
    """The same for clients that do not know what they send."""

    media_type = "application/octet-stream"
