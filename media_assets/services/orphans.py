"""Stored files that no row knows: what a kill between storing and committing leaves behind."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, JSONField, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from ledger.services import log_event
from media_assets import far
from media_assets.files import remove_file

# Where each name belongs to one attempt, or is written anew by the next: a name there that nobody knows
# is nobody's. Files named after their content alone may be taken up again at any moment and are left.
PREFIXES = ("videos", "variants", "thumbnails", "health")
GRACE_S = 86_400.0
_SUFFIXES = (".mp4", ".jpg", ".webp", ".png", ".vtt")
_BATCH = 100


@dataclass(frozen=True)
class Stored:
    """A file in the storage."""

    name: str
    size_bytes: int
    changed_at: datetime


def sweep_orphans(
    *, older_than_s: float = GRACE_S, now: datetime | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Take away stored files that no row names. Answers {checked, removed, bytes, files}.

    older_than_s: younger ones may belong to work whose row is still to be written. dry_run: name them,
    take nothing. Files in the making that were left behind count too.
    """
    before = (now or timezone.now()) - timedelta(seconds=older_than_s)
    report: dict[str, Any] = {"checked": 0, "removed": 0, "bytes": 0, "files": []}
    files = stored_files()
    while batch := list(islice(files, _BATCH)):
        report["checked"] += len(batch)
        old = [each for each in batch if each.changed_at < before]
        known = named_by_rows({each.name for each in old})
        gone = [each for each in old if each.name not in known]
        if gone and not dry_run:
            gone = _remove(gone)
        report["removed"] += len(gone)
        report["bytes"] += sum(each.size_bytes for each in gone)
        report["files"] += [each.name for each in gone]
    return report


def _remove(found: list[Stored]) -> list[Stored]:
    """Take these away, unless somebody has taken them up since; those that are gone.

    The ledger has their names before the first goes: who is killed in between takes nothing away
    that was not told.
    """
    log_event("media_orphans_found", metadata={"found": len(found), **_facts_of(found)})
    removed = []
    for file in found:
        if not named_by_rows({file.name}) and _is_unchanged(file):
            remove_file(file.name)
            removed.append(file)
    if removed:
        log_event("media_orphans_removed", metadata={"removed": len(removed), **_facts_of(removed)})
    return removed


def _facts_of(files: list[Stored]) -> dict[str, Any]:
    return {
        "bytes": sum(file.size_bytes for file in files),
        "files": [file.name for file in files],
    }


def named_by_rows(names: set[str]) -> set[str]:
    """Those of the names that a row knows: as one of its files, beside one, or within its JSON.

    A cover is stored as .jpg and as .webp, and its row names one of them.
    """
    beside = {name: {f"{_stem(name)}{suffix}" for suffix in _SUFFIXES} | {name} for name in names}
    asked = set().union(*beside.values())
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                here = model._base_manager.filter(**{f"{field.name}__in": asked})
                found |= set(here.values_list(field.name, flat=True))
    known = {name for name in names if beside[name] & found}
    return known | {name for name in names - known if _is_in_json(name)}


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")) if name else ""


def _is_in_json(name: str) -> bool:
    for model in apps.get_app_config("media_assets").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, JSONField):
                rows = model._base_manager.annotate(as_text=Cast(field.name, TextField()))
                if rows.filter(as_text__contains=f'"{name}"').exists():
                    return True
    return False


def stored_files(prefixes: Iterable[str] = PREFIXES) -> Iterator[Stored]:
    """Every file below these prefixes, of which "" has all; none for a storage that is neither a disk
    nor S3."""
    bucket = far.bucket_of_s3()
    for prefix in prefixes:
        if bucket is not None:
            root = far.key_of("x").removesuffix("x")
            for found in bucket.objects.filter(Prefix=far.key_of(f"{prefix}/") if prefix else root):
                yield Stored(found.key.removeprefix(root), found.size, found.last_modified)
        elif (folder := _local_folder(prefix)) is not None:
            base = _local_folder("") or folder
            for path in sorted(folder.rglob("*")):
                with contextlib.suppress(FileNotFoundError):
                    if path.is_file() and not path.is_symlink():
                        facts = path.stat()
                        changed = datetime.fromtimestamp(facts.st_mtime, UTC)
                        name = path.relative_to(base).as_posix()
                        yield Stored(name, facts.st_size, changed)


def _is_unchanged(file: Stored) -> bool:
    bucket = far.bucket_of_s3()
    if bucket is not None:
        found = bucket.Object(far.key_of(file.name))
        with contextlib.suppress(bucket.meta.client.exceptions.ClientError):
            # One of the two answers of S3 counts in seconds, the other may not.
            return bool(abs(found.last_modified - file.changed_at) < timedelta(seconds=1))
        return False
    with contextlib.suppress(FileNotFoundError):
        path = Path(default_storage.path(file.name))
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) == file.changed_at
    return False


def _local_folder(prefix: str) -> Path | None:
    try:
        return Path(default_storage.path(prefix))
    except NotImplementedError:
        return None
