"""Putting a finished file into storage under its final name: all of it, or nothing."""

import os
import shutil
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage


def store_file(path: Path, name: str) -> str:
    """Put the file at path under this name and give the name back; what had the name is replaced.

    On a local disk the name appears by rename, after the bytes are on the disk; a kill in between
    leaves a hidden file beside it, which the next try overwrites. Object stores are atomic anyway.
    """
    try:
        final = Path(default_storage.path(name))
    except NotImplementedError:  # a storage without paths, such as S3
        with path.open("rb") as content:
            return _store_far(File(content), name)
    final.parent.mkdir(parents=True, exist_ok=True)
    making = final.with_name(f".{final.name}.part")
    with path.open("rb") as source, making.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
        target.flush()
        os.fsync(target.fileno())
    making.replace(final)
    _sync_folder(final.parent)
    return name


def store_bytes(content: bytes, name: str, *, work: Path) -> str:
    """As `store_file`, for a small file that is in memory. work: a folder for a moment."""
    try:
        default_storage.path(name)
    except NotImplementedError:
        return _store_far(ContentFile(content), name)
    work.mkdir(parents=True, exist_ok=True)
    held = work / f"{Path(name).name}.bytes"
    held.write_bytes(content)
    try:
        return store_file(held, name)
    finally:
        held.unlink(missing_ok=True)


def _store_far(content: "File[bytes]", name: str) -> str:
    if default_storage.exists(name):
        default_storage.delete(name)  # or the storage would choose another name
    return default_storage.save(name, content)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
