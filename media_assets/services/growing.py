"""An upload that grows at its end, as tus sends it.

The bytes that came fill one part after the other. A part that is full goes to where the parts of the
upload lie, this disk or S3; what follows it is the tail, a file on the disk of this machine. How far the
upload has come is counted from what is there, so nothing that a crash leaves behind can be wrong: at
most less is there than the sender believes, and it asks before it goes on.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from media_assets import files, parts
from media_assets.errors import (
    ChecksumMismatch,
    FileTooLarge,
    OffsetMismatch,
    UploadBusy,
    UploadGone,
)
from media_assets.models import Upload
from media_assets.services.ingest import UPLOAD_PREFIX
from media_assets.services.uploads import finish_upload

CHECKSUMS: dict[str, Callable[[], Any]] = {
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}
_WHOLE = (Upload.Status.CHECKING, Upload.Status.DONE, Upload.Status.REFUSED)


def offset_of(upload: Upload) -> int:
    """How many bytes have arrived without a gap. Raises UploadGone.

    An upload whose bytes are all here is finished by this, should its last answer have been lost.
    """
    _refuse_gone(upload)
    if upload.status in _WHOLE:
        return upload.size_bytes
    offset = _counted(upload)
    if offset == upload.size_bytes:
        finish_upload(upload)
    return offset


def grow(
    upload: Upload,
    offset: int,
    stream: parts.Readable,
    *,
    declared: int | None = None,
    checksum: tuple[str, bytes] | None = None,
) -> int:
    """Add bytes at an offset and answer the new one; with the last byte the upload is finished.

    declared: how many bytes the sender announced. checksum: name of the algorithm (`CHECKSUMS`) and
    digest of these bytes; without it what arrives before a line breaks is kept, with it all or nothing.
    Raises UploadGone, UploadBusy, OffsetMismatch, FileTooLarge, ChecksumMismatch.
    """
    _refuse_gone(upload)
    if upload.status in _WHOLE:
        _refuse_other(offset, upload.size_bytes)
        return offset
    with _alone(upload):
        _refuse_other(offset, _counted(upload))
        if declared is not None and declared > upload.size_bytes - offset:
            raise _beyond(upload)
        try:
            if checksum is None:
                offset = _append(upload, offset, stream)
            else:
                with _proven(stream, *checksum, most=upload.size_bytes - offset) as file:
                    offset = _append(upload, offset, file)
        except FileNotFoundError:  # called off meanwhile
            raise _gone() from None
    if offset == upload.size_bytes:
        finish_upload(upload)
    return offset


def _counted(upload: Upload) -> int:
    number, whole = _next_part(upload)
    with contextlib.suppress(FileNotFoundError):
        return min(whole + _tail(upload, number).stat().st_size, upload.size_bytes)
    return whole


def _next_part(upload: Upload) -> tuple[int, int]:
    """Number of the first part that is not here, and how many bytes come before it."""
    arrived, whole = parts.parts_of(upload).arrived(upload), 0
    for number, size in upload.part_sizes.items():
        if arrived.get(number) != size:
            return number, whole
        whole += size
    return len(upload.part_sizes) + 1, whole


def _append(upload: Upload, offset: int, stream: parts.Readable) -> int:
    """Write what comes behind what is there; a part that is full goes to its place."""
    place, sizes = parts.parts_of(upload), upload.part_sizes
    number, whole = _next_part(upload)
    chunk = stream.read(files.CHUNK_BYTES)
    while chunk:
        if number not in sizes:
            raise _beyond(upload)
        tail = _tail(upload, number)
        with tail.open("ab") as file:
            file.truncate(offset - whole)
            try:
                while chunk and (room := whole + sizes[number] - offset):
                    file.write(chunk[:room])
                    file.flush()
                    offset += len(chunk[:room])
                    chunk = chunk[room:] or stream.read(files.CHUNK_BYTES)
            finally:
                os.fsync(file.fileno())
        if offset == whole + sizes[number]:
            place.take(upload, number, tail)
            tail.unlink(missing_ok=True)
            number, whole = number + 1, offset
    return offset


@contextlib.contextmanager
def _proven(
    stream: parts.Readable, algorithm: str, digest: bytes, *, most: int
) -> Iterator[BinaryIO]:
    """The bytes of the stream, read to their end and found to be those that were meant."""
    found = CHECKSUMS[algorithm]()
    with tempfile.TemporaryFile(prefix=UPLOAD_PREFIX, dir=files.work_folder()) as file:
        while chunk := stream.read(files.CHUNK_BYTES):
            if file.tell() + len(chunk) > most:
                raise FileTooLarge("More bytes came than were left to send.", max_bytes=most)
            found.update(chunk)
            file.write(chunk)
        if found.digest() != digest:
            raise ChecksumMismatch("These bytes are not those of the checksum. Send them again.")
        file.seek(0)
        yield file


@contextlib.contextmanager
def _alone(upload: Upload) -> Iterator[None]:
    """Nobody else on this machine adds to the upload. Raises UploadBusy."""
    folder = _folder(upload)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy("Somebody else is sending bytes of this upload.") from None
        yield


def _folder(upload: Upload) -> Path:
    return parts.parts_folder() / str(upload.pk)


def _tail(upload: Upload, number: int) -> Path:
    return _folder(upload) / f".tail-{number}"


def _refuse_gone(upload: Upload) -> None:
    if upload.status not in _WHOLE and not upload.takes_parts:
        raise _gone()


def _refuse_other(offset: int, here: int) -> None:
    if offset != here:
        raise OffsetMismatch(
            "The bytes do not begin where the upload has come to. Ask for its offset.",
            expected_offset=here,
        )


def _gone() -> UploadGone:
    return UploadGone("This upload was called off or took too long. Start another one.")


def _beyond(upload: Upload) -> FileTooLarge:
    return FileTooLarge(
        "More bytes came than were announced for this upload.", max_bytes=upload.size_bytes
    )
