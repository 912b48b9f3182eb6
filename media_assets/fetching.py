"""Files of a far storage, fetched once per machine and kept for a while.

A file lies here under its hash and is checked against it while it arrives. Each has a lock file beside
it: whoever reads holds it shared, whoever fetches or evicts holds it alone. The kernel takes locks back
from a process that dies, so a kill leaves at most a half file, which the next fetch overwrites.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings

from media_assets.errors import FileDamaged

_PART, _LOCK = ".part", ".lock"
_ROOM_LOCK = "room"
Chunks = Callable[[], Iterable[bytes]]


class NoRoom(Exception):
    """The file does not fit beside those that are in use."""


@contextlib.contextmanager
def fetched(sha256: str, size_bytes: int, *, suffix: str, chunks: Chunks) -> Iterator[Path]:
    """A path under which the file can be read, and stays readable, within the block.

    chunks: brings the bytes when they are not here yet. Raises FileDamaged when they are others than
    the hash says, NoRoom, and what chunks raises. Two that want the same file wait for one fetch.
    """
    path = _folder() / f"{sha256}{suffix}"
    while True:
        with _locked(sha256, fcntl.LOCK_SH):
            if path.exists():
                os.utime(path)  # the time of its last use
                yield path
                return
        with _locked(sha256, fcntl.LOCK_EX):
            if not path.exists():
                _fetch(path, sha256, size_bytes, chunks)
        # Somebody may evict it before we hold the lock again; then we fetch again.


def sweep_halves() -> dict[str, int]:
    """Take away what fetches that were killed have left. Answers {removed, bytes}."""
    swept = {"removed": 0, "bytes": 0}
    for half in _folder().glob(f"*{_PART}"):
        with _alone(half.name.split(".")[0]) as ours:
            if ours and half.exists():
                swept["removed"] += 1
                swept["bytes"] += half.stat().st_size
                half.unlink()
    return swept


def _fetch(path: Path, sha256: str, size_bytes: int, chunks: Chunks) -> None:
    """The file, whole and checked, under its name. Whoever calls holds its lock alone."""
    half = path.with_name(path.name + _PART)
    with _locked(_ROOM_LOCK, fcntl.LOCK_EX):
        half.unlink(missing_ok=True)
        _make_room(size_bytes)
        with half.open("wb") as file:  # as long as it will be, so that others count it
            file.truncate(size_bytes)
    try:
        digest = hashlib.sha256()
        with half.open("r+b") as file:
            for chunk in chunks():
                digest.update(chunk)
                file.write(chunk)
            file.truncate()
        if digest.hexdigest() != sha256:
            raise FileDamaged("The stored file is not the one that was put there.", sha256=sha256)
        half.chmod(0o444)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _make_room(size_bytes: int) -> None:
    """Evict the longest unused files until this many bytes fit. Raises NoRoom."""
    if size_bytes > settings.FETCH_CACHE_BYTES:
        raise NoRoom
    known = []
    for path in _folder().iterdir():
        if path.suffix != _LOCK:
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                known.append((facts.st_mtime_ns, facts.st_size, path))
    too_much = sum(size for _, size, _ in known) + size_bytes - settings.FETCH_CACHE_BYTES
    for _, size, path in sorted(known):
        if too_much <= 0:
            return
        with _alone(path.name.split(".")[0]) as ours:
            if ours:
                path.unlink(missing_ok=True)
                too_much -= size
    if too_much > 0:
        raise NoRoom


def _folder() -> Path:
    folder = Path(settings.FETCH_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _locked(name: str, how: int) -> Iterator[None]:
    """Hold this lock file; raises BlockingIOError where LOCK_NB asks for it."""
    path = _folder() / f"{name}{_LOCK}"
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, how)
            if _is_still(descriptor, path):
                yield
                return
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether nobody uses the file of this name, and nobody can until the block ends.

    The lock file goes too, else there would be one for every file there ever was.
    """
    try:
        with _locked(name, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
            (_folder() / f"{name}{_LOCK}").unlink(missing_ok=True)
    except BlockingIOError:
        yield False


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the lock file was not taken away while we waited for it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
