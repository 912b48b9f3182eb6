"""The files that trial jobs make: `made/<name>.<token>.part`, then `made/<name>`."""

import errno
import os
from pathlib import Path

from tests.chaos import points


def _folder():
    folder = Path(os.environ["CHAOS_DIR"]) / "made"
    folder.mkdir(exist_ok=True)
    return folder


def write(job):
    """The whole file under its passing name, on the disk; its path."""
    part = _folder() / f"{job.payload.name}.{job.token}.part"
    points.log("parts", {"file": part.name, "pid": os.getpid()})
    try:
        with part.open("w") as out:
            out.write(f"{job.token}\n")
            points.passed("file.half")
            if points.disk_is_full():
                raise OSError(errno.ENOSPC, "No space left on device (chaos)")
            out.write(f"{job.job.pk}\n")
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    points.passed("file.written")
    return part


def keep(job, part):
    """Move it to its place. In the completing transaction, which holds the row; may come twice."""
    if part.exists():
        part.replace(_folder() / job.payload.name)
        descriptor = os.open(_folder(), os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def tidy(name, *, older_than):
    """Remove what earlier tries have left that were lost."""
    for part in _folder().glob(f"{name}.*.part"):
        if int(part.name.split(".")[-2]) < older_than:
            part.unlink(missing_ok=True)


def forget(name):
    """The job will never complete: remove whatever is there of it."""
    for file in [_folder() / name, *_folder().glob(f"{name}.*.part")]:
        file.unlink(missing_ok=True)
