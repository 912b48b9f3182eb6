"""Stored files: put whole or not at all, read as local paths, handed out by link."""

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import Signer
from django.db.models.fields.files import FieldFile
from django.utils.crypto import constant_time_compare

from media_assets.errors import FileMissing

CHUNK_BYTES = 1024 * 1024
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
    """A path under which the stored file can be read; a copy, gone afterwards, if it is elsewhere.

    Raises FileMissing when the storage has no such file.
    """
    if not stored.name or not stored.storage.exists(stored.name):
        raise FileMissing("The file is no longer in the storage.", name=stored.name or "")
    try:
        path = Path(stored.path)
    except NotImplementedError:  # a storage without paths, such as S3
        pass
    else:
        yield path
        return
    with tempfile.NamedTemporaryFile(
        dir=work_folder(), prefix="fetched-", suffix=Path(stored.name).suffix
    ) as copy:
        with stored.storage.open(stored.name, "rb") as source:
            for chunk in source.chunks(CHUNK_BYTES):
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
