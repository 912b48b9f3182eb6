"""The stored files of a backup: a list of all, and on request copies named after their content."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from ledger.sealing.anchors import FOLDER as ANCHORS
from media_assets import far
from media_assets.errors import FileMissing
from media_assets.rendering.storing import store_file
from media_assets.services.orphans import Stored, stored_files
from stakazo.backups.errors import BadBackup
from stakazo.backups.folders import hash_of

LIST, COPIES = "files.jsonl", "files"
# What lives for moments: the health check's, and uploads that are still coming in.
_PASSING = ("health/", "incoming/")
NAMED = 50
"""So many names an answer gives; the list has all."""

Follow = Callable[..., Iterable[Any]]
"""Wraps the items, for a progress bar: follow(items, what="files")."""


@dataclass
class Listed:
    """What was listed. missing: named by rows, not in the storage; damaged: not what a row says it is."""

    count: int = 0
    size_bytes: int = 0
    copied: bool = False
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """As JSON data, for the manifest."""
        return {
            "count": self.count,
            "size_bytes": self.size_bytes,
            "copied": self.copied,
            "missing": len(self.missing),
            "damaged": len(self.damaged),
        }


def list_files(
    folder: Path | None, *, known: dict[str, str], head: int, copy: bool, follow: Follow
) -> Listed:
    """Write the list, and with `copy` the files, into the folder; without one only look.

    known: name → SHA-256 or "", of the files that rows name. head: number of the newest seal; anchors
    of later ones belong to what comes after this backup.
    """
    listed, left = Listed(copied=copy), dict(known)
    lines = (folder / LIST).open("w", encoding="utf-8") if folder else None
    try:
        for stored in follow(_worth_keeping(head), what="files"):
            sha256 = left.pop(stored.name, known.get(stored.name, ""))
            size = stored.size_bytes
            if folder and copy:
                try:
                    made, size = _copy(folder / COPIES, stored.name)
                except FileMissing:
                    if stored.name in known:
                        listed.missing.append(stored.name)
                    continue  # taken away since it was listed
                if sha256 and made != sha256:
                    listed.damaged.append(stored.name)
                sha256 = made
            listed.count += 1
            listed.size_bytes += size
            if lines:
                _say(lines, name=stored.name, size_bytes=size, sha256=sha256 or None)
        listed.missing += sorted(left)
        if lines:
            for name in listed.missing:
                _say(lines, name=name, missing=True)
    finally:
        if lines:
            lines.close()
    return listed


def _worth_keeping(head: int) -> Iterator[Stored]:
    for stored in stored_files([""]):
        hidden = any(part.startswith(".") for part in stored.name.split("/"))
        if hidden or stored.name.startswith(_PASSING):
            continue
        if not (stored.name.startswith(f"{ANCHORS}/") and anchored(stored.name) > head):
            yield stored


def anchored(name: str) -> int:
    """The number of the seal that an anchor in the storage speaks of; 0 for one that is torn."""
    try:
        with default_storage.open(name) as file:
            return int(json.loads(file.read())["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _copy(copies: Path, name: str) -> tuple[str, int]:
    """Copy a stored file under the hash of its content: (that hash, bytes). Raises FileMissing."""
    copies.mkdir(exist_ok=True)
    made, digest, size = copies / "copying", hashlib.sha256(), 0
    with made.open("wb") as file:
        for chunk in far.chunks_of(name):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    final = _place_of(copies, digest.hexdigest())
    final.parent.mkdir(exist_ok=True)
    made.replace(final)
    return digest.hexdigest(), size


def _place_of(copies: Path, sha256: str) -> Path:
    return copies / sha256[:2] / sha256


def _say(lines: Any, **facts: Any) -> None:
    lines.write(json.dumps(facts, sort_keys=True, ensure_ascii=False) + "\n")


# --- Back again -----------------------------------------------------------------------------------


def copies_in(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """(name, the copy, its SHA-256) of every file that was copied. Raises BadBackup."""
    with (folder / LIST).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("missing"):
                continue
            name, sha256 = str(row["name"]), str(row["sha256"])
            if not _is_safe(name) or not sha256.isalnum():
                raise BadBackup(f"{name!r} is no name of a stored file.", file=name)
            yield name, _place_of(folder / COPIES, sha256), sha256


def check_copies(folder: Path, *, follow: Follow) -> int:
    """Read every copy; how many there are. Raises BadBackup at the first that is not what was copied."""
    seen: set[str] = set()
    for name, copy, sha256 in follow(copies_in(folder), what="check files"):
        if sha256 not in seen and (not copy.is_file() or hash_of(copy) != sha256):
            raise BadBackup(f"The copy of {name} is missing or not what was copied.", file=name)
        seen.add(sha256)
    return len(seen)


@dataclass
class PutBack:
    """What became of the files. differ: others lie under these names, and were left."""

    put: int = 0
    there: int = 0
    differ: list[str] = field(default_factory=list)


def put_back(folder: Path, *, replace: bool, follow: Follow) -> PutBack:
    """Store each copy under its name, unless the same is there. Nothing is taken away.

    replace: also where another file has the name.
    """
    done = PutBack()
    for name, copy, sha256 in follow(copies_in(folder), what="put files back"):
        there = _hash_of_stored(name)
        if there == sha256:
            done.there += 1
        elif there and not replace:
            done.differ.append(name)
        else:
            store_file(copy, name)
            done.put += 1
    return done


def _hash_of_stored(name: str) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in far.chunks_of(name):
            digest.update(chunk)
    except FileMissing:
        return ""
    return digest.hexdigest()


def _is_safe(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in name.split("/")
