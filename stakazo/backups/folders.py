"""Folders that appear whole or not at all, and the hashes of what lies in them."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from stakazo.backups.errors import BadPlace

CHUNK_BYTES = 1024 * 1024


@contextlib.contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder to fill; when the block is through it gets its name, after all of it is on the disk.

    Killed before that, it leaves a hidden folder, `.<name>.<pid>.making`, which the next backup beside
    it takes away. Nobody else may look into it: it holds what the database holds. Raises BadPlace.
    """
    if final.exists():
        raise BadPlace(f"{final} is there already; a backup is a new folder.", folder=str(final))
    final.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(final.parent)
    making = final.parent / f".{final.name}.{os.getpid()}.making"
    making.mkdir(mode=0o700)
    handle = os.open(making, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield making
        for folder, _, names in os.walk(making):
            for path in (*(Path(folder, name) for name in names), Path(folder)):
                _sync(path)
        making.rename(final)
        _sync(final.parent)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def _clear_away(parent: Path) -> None:
    """What killed backups left: their makers hold no lock any more."""
    for left in parent.glob(".*.[0-9]*.making"):
        if left.is_symlink() or not left.is_dir():
            continue
        handle = os.open(left, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass  # somebody is making it
        finally:
            os.close(handle)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
