"""Where the parts of an upload lie until all are here: on this disk, or at S3 as its own multipart upload.

At S3 the sender talks to S3 itself, by links that we sign; our server never sees the bytes, unless they
come by tus.
"""

import contextlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from media_assets import far, files
from media_assets.errors import UploadIncomplete, UploadOver
from media_assets.models import Upload

LINK_LIFETIME_S = 3600
INCOMING = "incoming"  # prefix of what comes in at S3, which no row of a video ever names
_signer = Signer(salt="media_assets.parts")


class Readable(Protocol):
    """The body of a request, or a file."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Parts(Protocol):
    """A place for the parts of uploads."""

    def begin(self, upload: Upload) -> str:
        """Make ready; what the place calls the upload."""

    def take(self, upload: Upload, number: int, path: Path) -> None:
        """Take in a whole part from a file on this disk, which may be used up. Raises UploadOver."""

    def arrived(self, upload: Upload) -> dict[int, int]:
        """The parts that are here: {number: bytes}."""

    def link(self, upload: Upload, number: int) -> str:
        """Where the part is to be PUT, for an hour, by whoever has the link."""

    def chunks(self, upload: Upload) -> Iterator[bytes]:
        """All of it, once every part is here. May be asked again."""

    def keep(self, upload: Upload, path: Path, name: str) -> str:
        """Store what came, of which there is a copy at `path`, under this name; the name it got."""

    def discard(self, upload: Upload) -> None:
        """Take away all that is left of it."""

    def sweep(self, wanted: set[uuid.UUID], before: datetime) -> int:
        """Take away what belongs to none of these uploads and was there before; how many."""


class LocalParts:
    """A folder per upload, a file per part, in the folder of work."""

    def begin(self, upload: Upload) -> str:
        """A folder."""
        self._folder(upload).mkdir(parents=True, exist_ok=True)
        return ""

    def put(self, upload: Upload, number: int, stream: Readable) -> None:
        """Take a part in, whole or not at all. Raises UploadIncomplete, UploadOver."""
        folder, wanted = self._folder(upload), upload.part_sizes[number]
        try:
            descriptor, name = tempfile.mkstemp(prefix=".", dir=folder)
        except FileNotFoundError:
            raise UploadOver("This upload takes no more parts.") from None
        try:
            with os.fdopen(descriptor, "wb") as file:
                while file.tell() <= wanted and (chunk := stream.read(files.CHUNK_BYTES)):
                    file.write(chunk)
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())
            if size != wanted:
                raise UploadIncomplete(
                    f"Part {number} must have {wanted} bytes. Send it again.",
                    expected_bytes=wanted,
                    received_bytes=size,
                )
            with contextlib.suppress(FileNotFoundError):  # called off in the meantime
                Path(name).replace(folder / str(number))
        finally:
            Path(name).unlink(missing_ok=True)

    def take(self, upload: Upload, number: int, path: Path) -> None:
        """The file becomes the part. Raises UploadOver."""
        try:
            path.replace(self._folder(upload) / str(number))
        except FileNotFoundError:
            raise UploadOver("This upload takes no more parts.") from None

    def arrived(self, upload: Upload) -> dict[int, int]:
        """By the files that are there; one in the making has a dot before its name."""
        with contextlib.suppress(FileNotFoundError):
            return {
                int(each.name): each.stat().st_size
                for each in self._folder(upload).iterdir()
                if each.name.isdecimal()
            }
        return {}

    def link(self, upload: Upload, number: int) -> str:
        """A path of ours."""
        expires = int(time.time()) + LINK_LIFETIME_S
        query = urlencode({"expires": expires, "signature": _signature(upload.pk, number, expires)})
        base = settings.BASE_URL.rstrip("/")
        return f"{base}/uploads/{upload.pk}/parts/{number}?{query}"

    def chunks(self, upload: Upload) -> Iterator[bytes]:
        """One part after the other. Raises UploadIncomplete when one is gone."""
        for number in upload.part_sizes:
            try:
                part = (self._folder(upload) / str(number)).open("rb")
            except FileNotFoundError:
                raise UploadIncomplete(f"Part {number} was lost. Upload the file again.") from None
            with part:
                while chunk := part.read(files.CHUNK_BYTES):
                    yield chunk

    def keep(self, upload: Upload, path: Path, name: str) -> str:
        """The copy becomes the file."""
        return files.put_file(path, name)

    def discard(self, upload: Upload) -> None:
        """Take the folder away."""
        shutil.rmtree(self._folder(upload), ignore_errors=True)

    def sweep(self, wanted: set[uuid.UUID], before: datetime) -> int:
        """Folders."""
        names, swept = {str(each) for each in wanted}, 0
        with contextlib.suppress(FileNotFoundError):
            for folder in parts_folder().iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if folder.name not in names and folder.stat().st_mtime < before.timestamp():
                        shutil.rmtree(folder, ignore_errors=True)
                        swept += 1
        return swept

    def _folder(self, upload: Upload) -> Path:
        return parts_folder() / str(upload.pk)


class S3Parts:
    """A multipart upload of S3's own, and its outcome until the video has its name."""

    def begin(self, upload: Upload) -> str:
        """Its UploadId."""
        made = self._client.create_multipart_upload(
            **self._object(upload), **far.parameters_of(self._name(upload))
        )
        return str(made["UploadId"])

    def take(self, upload: Upload, number: int, path: Path) -> None:
        """Sent on to S3. Raises UploadOver."""
        try:
            with path.open("rb") as file:
                self._client.upload_part(**self._part_of(upload), PartNumber=number, Body=file)
        except self._client.exceptions.NoSuchUpload:
            raise UploadOver("This upload takes no more parts.") from None

    def arrived(self, upload: Upload) -> dict[int, int]:
        """As S3 lists them; all of them, once it has put them together."""
        try:
            return {each["PartNumber"]: each["Size"] for each in self._listed(upload)}
        except self._client.exceptions.NoSuchUpload:
            return {}

    def link(self, upload: Upload, number: int) -> str:
        """A link signed for this part."""
        return str(
            self._client.generate_presigned_url(
                "upload_part",
                Params={**self._part_of(upload), "PartNumber": number},
                ExpiresIn=LINK_LIFETIME_S,
            )
        )

    def chunks(self, upload: Upload) -> Iterator[bytes]:
        """Put together by S3, unless an earlier try has done that; then read."""
        with contextlib.suppress(self._client.exceptions.NoSuchUpload):
            parts = [
                {"PartNumber": each["PartNumber"], "ETag": each["ETag"]}
                for each in self._listed(upload)
            ]
            self._client.complete_multipart_upload(
                **self._part_of(upload), MultipartUpload={"Parts": parts}
            )
        yield from far.chunks_of(self._name(upload))

    def keep(self, upload: Upload, path: Path, name: str) -> str:
        """Copied within S3. Nobody can change the object any more: its links ended with it."""
        # Its type by our name for it: what the sender says of that is not to be trusted.
        kind = files.content_type_of(name) or "application/octet-stream"
        said = {"MetadataDirective": "REPLACE", "ContentType": kind}
        target = far.bucket_of_s3().Object(far.key_of(name))
        target.copy(self._object(upload), ExtraArgs={**far.parameters_of(name), **said})
        return name

    def discard(self, upload: Upload) -> None:
        """Call the multipart upload off, and take the object away."""
        with contextlib.suppress(self._client.exceptions.NoSuchUpload):
            self._client.abort_multipart_upload(**self._part_of(upload))
        self._client.delete_object(**self._object(upload))
        LOCAL.discard(upload)  # the tail of what came by tus

    def sweep(self, wanted: set[uuid.UUID], before: datetime) -> int:
        """Multipart uploads and objects."""
        bucket, swept = far.bucket_of_s3(), 0
        prefix = far.key_of(f"{INCOMING}/")
        keys = {far.key_of(f"{INCOMING}/{each}") for each in wanted}
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=bucket.name, Prefix=prefix
        )
        for each in (each for page in pages for each in page.get("Uploads", [])):
            if each["Key"] not in keys and each["Initiated"] < before:
                self._client.abort_multipart_upload(
                    Bucket=bucket.name, Key=each["Key"], UploadId=each["UploadId"]
                )
                swept += 1
        for found in bucket.objects.filter(Prefix=prefix):
            if found.key not in keys and found.last_modified < before:
                found.delete()
                swept += 1
        return swept

    @property
    def _client(self) -> Any:
        return far.bucket_of_s3().meta.client

    def _name(self, upload: Upload) -> str:
        return f"{INCOMING}/{upload.pk}"

    def _object(self, upload: Upload) -> dict[str, str]:
        return {"Bucket": far.bucket_of_s3().name, "Key": far.key_of(self._name(upload))}

    def _part_of(self, upload: Upload) -> dict[str, str]:
        return {**self._object(upload), "UploadId": upload.handle}

    def _listed(self, upload: Upload) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(**self._part_of(upload))
        for page in pages:
            yield from page.get("Parts", [])


LOCAL = LocalParts()
_PLACES: dict[str, Parts] = {Upload.Place.LOCAL: LOCAL, Upload.Place.S3: S3Parts()}


def place_now() -> Upload.Place:
    """Where the parts of a new upload go: to where the files are kept."""
    return Upload.Place.LOCAL if far.bucket_of_s3() is None else Upload.Place.S3


def parts_of(upload: Upload) -> Parts:
    """The place of this upload's parts."""
    return _PLACES[upload.place]


def places_in_use() -> list[Parts]:
    """Every place that can hold parts here."""
    return [LOCAL] if far.bucket_of_s3() is None else list(_PLACES.values())


def parts_folder() -> Path:
    """The folder of all local parts; no other sweeper may look into it."""
    return Path(settings.WORK_DIR) / "parts"


def part_link_holds(
    upload_id: uuid.UUID, number: int, *, expires: str, signature: str, now: float | None = None
) -> bool:
    """Whether a link to PUT a part is ours, for this part, and not too old."""
    if not expires.isdecimal() or int(expires) < (time.time() if now is None else now):
        return False
    return constant_time_compare(signature, _signature(upload_id, number, int(expires)))


def _signature(upload_id: uuid.UUID, number: int, expires: int) -> str:
    return _signer.signature(f"{upload_id}:{number}:{expires}")
