"""Stored files: put whole or not at all, read as local paths, handed out by link."""

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import Signer
from django.db.models.fields.files import FieldFile
from django.utils.crypto import constant_time_compare

from media_assets import far, fetching
from media_assets.errors import FileMissing
from media_assets.far import CHUNK_BYTES as CHUNK_BYTES  # of all reading and writing here

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".vtt": "text/vtt",
}
_signer = Signer(salt="media_assets.files")


def work_folder() -> Path:
    """Where files in the making lie; what a crash leaves there, the sweeper takes away."""
    folder = Path(settings.WORK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def local_file(stored: FieldFile) -> Iterator[Path]:
    """A path under which the stored file can be read within the block, and not be changed.

    Where the storage is elsewhere, a file whose row knows its hash is fetched once per machine and kept
    for a while; any other is a copy, gone afterwards. Raises FileMissing when the storage has no such
    file, FileDamaged when it gives other bytes than were put there.
    """
    if not stored.name:
        raise FileMissing("The file is no longer in the storage.", name="")
    try:
        path = Path(stored.path)
    except NotImplementedError:  # a storage without paths, such as S3
        with _fetched_file(stored) as path:
            yield path
    else:
        if not path.exists():
            raise FileMissing("The file is no longer in the storage.", name=stored.name)
        yield path


@contextlib.contextmanager
def _fetched_file(stored: FieldFile) -> Iterator[Path]:
    row: Any = stored.instance
    name, suffix = str(stored.name), Path(str(stored.name)).suffix
    # By convention of this room: sha256 and size_bytes of a row are those of its `file`.
    sha256 = getattr(row, "sha256", "") if stored.field.name == "file" else ""
    with contextlib.ExitStack() as stack:
        if sha256:
            with contextlib.suppress(fetching.NoRoom):
                kept = fetching.fetched(
                    sha256, row.size_bytes, suffix=suffix, chunks=lambda: far.chunks_of(name)
                )
                yield stack.enter_context(kept)
                return
        copy = stack.enter_context(
            tempfile.NamedTemporaryFile(dir=work_folder(), prefix="fetched-", suffix=suffix)
        )
        for chunk in far.chunks_of(name):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def put_file(path: Path, name: str) -> str:
    """Store the file under this name and give the name it got; `path` may be gone afterwards.

    It is on the disk before it can be seen under its name. Names are made by us and used once, so a
    file that is there already is the same one, left by a try that crashed.
    """
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:
        with path.open("rb") as source:
            return default_storage.save(name, File(source, name=Path(name).name))
    target.parent.mkdir(parents=True, exist_ok=True)
    _sync(path)
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # the work folder lies on another disk
            raise
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            shutil.copyfile(path, beside)
            _sync(beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    if mode := settings.FILE_UPLOAD_PERMISSIONS:
        target.chmod(mode)
    _sync(target.parent)
    return name


def remove_file(name: str) -> None:
    """Take a stored file away; a file that is not there is fine."""
    default_storage.delete(name)


def content_type_of(name: str) -> str | None:
    """The type of a media file by its name; None for what is not media."""
    return CONTENT_TYPES.get(Path(name).suffix.lower())


def media_link(stored: FieldFile | str | None) -> str:
    """The path at which a logged-in browser gets the file, with Range; empty for no file."""
    name = str(getattr(stored, "name", stored) or "")
    return f"{settings.MEDIA_URL}{quote(name)}" if name else ""


def storage_origin() -> list[str]:
    """The scheme and host from which browsers get stored files; nothing where we serve them."""
    if _is_local():
        return []
    parts = urlsplit(default_storage.url("x"))
    return [f"{parts.scheme}://{parts.netloc}"]


def signed_url(stored: FieldFile, *, lifetime_s: int = 3600) -> str:
    """An address at which anybody, such as a platform, gets this one file for some time.

    From S3 it is presigned; otherwise it is ours, at BASE_URL. Keep it out of logs.
    """
    name = str(stored.name)
    if not _is_local():
        # Storages without paths sign their own links; S3's takes the lifetime.
        return str(stored.storage.url(name, expire=lifetime_s))  # type: ignore[call-arg]  # S3Storage
    expires = int(time.time()) + lifetime_s
    query = urlencode({"expires": expires, "signature": _signature(name, expires)})
    return f"{settings.BASE_URL.rstrip('/')}{media_link(stored)}?{query}"


def signature_holds(name: str, *, expires: str, signature: str, now: float | None = None) -> bool:
    """Whether a signed link is ours, for this file, and not too old."""
    if not expires.isdecimal() or int(expires) < (time.time() if now is None else now):
        return False
    return constant_time_compare(signature, _signature(name, int(expires)))


def _signature(name: str, expires: int) -> str:
    return _signer.signature(f"{name}:{expires}")


def _is_local() -> bool:
    try:
        default_storage.path("x")
    except NotImplementedError:
        return False
    return True


def _sync(path: Path) -> None:
    """See a file, or a folder's list of names, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
