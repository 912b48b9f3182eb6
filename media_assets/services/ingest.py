"""How a video comes in: received → known already? → probed → stored → a row and its job.

Whatever fails on the way, nothing is left: no row, no stored file, no temporary one.
"""

import contextlib
import hashlib
import logging
import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import IntegrityError, transaction

from jobs.models import Job
from ledger.context import acting
from media_assets import files
from media_assets.errors import EmptyFile, FileTooLarge, NoFile, UploadIncomplete
from media_assets.models import VIDEO, VideoAsset, source_path
from media_assets.probe import Probe, probe_file
from media_assets.queries import latest_analysis_of
from media_assets.services.clips import request_analysis

logger = logging.getLogger(__name__)

UPLOAD_PREFIX = "upload-"


@dataclass(frozen=True)
class Ingested:
    """What became of a file. created: False when we had the same bytes already.

    job: the search for clips that was asked for, runs, or ran last; None when there never was one.
    """

    video: VideoAsset
    created: bool
    job: Job | None


class Receiver:
    """A file while it arrives: written to the work folder, hashed and measured on the way.

    Raises FileTooLarge as soon as there is one byte too many. `discard` takes the file away unless
    it was stored; it may be called more than once.
    """

    def __init__(self) -> None:
        descriptor, name = tempfile.mkstemp(prefix=UPLOAD_PREFIX, dir=files.work_folder())
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self.path, self.size_bytes = Path(name), 0

    def write(self, chunk: bytes) -> None:
        """Take in the next bytes."""
        self.size_bytes += len(chunk)
        refuse_too_large(self.size_bytes)
        self._file.write(chunk)
        self._hash.update(chunk)

    def close(self) -> None:
        """All of it is here."""
        self._file.close()

    def discard(self) -> None:
        """Take the file away."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """The hash of what has arrived, in hex."""
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.discard()


def refuse_too_large(size_bytes: int) -> None:
    """Raises FileTooLarge when a file of so many bytes is not taken."""
    if size_bytes > (limit := settings.MEDIA_LIMITS["max_bytes"]):
        raise FileTooLarge(
            f"The file is larger than {limit / 1024**3:.3g} GiB, the most we take.",
            max_bytes=limit,
        )


def ingest_stream(
    chunks: Iterable[bytes],
    *,
    filename: str,
    title: str = "",
    declared_size: int | None = None,
    dry_run: bool = False,
) -> Ingested:
    """Take in a video that arrives in pieces; never all of it in memory.

    declared_size: how many bytes the sender announced. dry_run: check it all, keep nothing. Raises
    UploadIncomplete when that is not what came, EmptyFile, FileTooLarge, and whatever `probe_file`
    raises.
    """
    with Receiver() as received:
        refuse_too_large(declared_size or 0)
        for chunk in chunks:
            received.write(chunk)
        received.close()
        if declared_size is not None and received.size_bytes != declared_size:
            raise UploadIncomplete(
                f"{received.size_bytes} bytes arrived, {declared_size} were announced. "
                "Upload the file again.",
                received_bytes=received.size_bytes,
                declared_bytes=declared_size,
            )
        return ingest_received(received, filename=filename, title=title, dry_run=dry_run)


def ingest_path(path: Path, *, title: str = "", dry_run: bool = False) -> Ingested:
    """Take in a video from the local disk; the file there stays as it is.

    Raises NoFile when there is no such file, and as ingest_stream.
    """
    if not path.is_file():
        raise NoFile(f"There is no file at {path}.")
    with path.open("rb") as source:
        pieces = iter(lambda: source.read(files.CHUNK_BYTES), b"")
        return ingest_stream(pieces, filename=path.name, title=title, dry_run=dry_run)


def ingest_received(
    received: Receiver,
    *,
    filename: str,
    title: str = "",
    dry_run: bool = False,
    put: Callable[[Path, str], str] | None = None,
) -> Ingested:
    """Take in a file that has arrived whole. Raises as ingest_stream.

    put: stores it under a name, and answers the name it got, where it is known how to do that faster
    than from the file in hand.
    """
    if not received.size_bytes:
        raise EmptyFile("The file is empty.")
    dedup_key = f"sha256:{received.sha256}"
    if known := VideoAsset.objects.filter(dedup_key=dedup_key).first():
        if dry_run:
            return Ingested(known, created=False, job=None)
        return _known_already(known, received)
    name = clean_filename(filename)
    video = _new_video(received, probe_file(received.path), name, title)
    if dry_run:
        return Ingested(video, created=True, job=None)
    with (
        acting(correlation_id=video.correlation_id),
        _stored(received, video, put or files.put_file),
    ):
        try:
            with transaction.atomic():
                video.save(force_insert=True)
                VIDEO.move(video, VideoAsset.Status.VALIDATED)
                job = request_analysis(video)
        except IntegrityError:
            # Somebody brought the same bytes at the same time and was first.
            known = VideoAsset.objects.filter(dedup_key=dedup_key).first()
            if known is None:
                raise
        else:
            logger.info("Video %s came in", video.pk, extra={"event": "video_uploaded"})
            return Ingested(video, created=True, job=job)
    files.remove_file(str(video.file.name))
    return _known_already(known)


def clean_filename(filename: str) -> str:
    """The name for people to read: last part of a path, nothing invisible, at most 255 characters.

    It never becomes part of a path of ours.
    """
    last = filename.replace("\\", "/").rpartition("/")[2]
    visible = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    if visible.strip(".") == "":
        return ""
    stem, dot, suffix = visible.rpartition(".")
    if dot and len(suffix) < 16:
        return f"{stem[: 254 - len(suffix)]}.{suffix}"
    return visible[:255]


def _known_already(video: VideoAsset, received: Receiver | None = None) -> Ingested:
    """The same bytes again: no second row; what the first one lacks is made good."""
    with acting(correlation_id=video.correlation_id):
        if received and not video.file.storage.exists(str(video.file.name)):
            files.put_file(received.path, str(video.file.name))
            logger.warning("The file of video %s was lost and came again", video.pk)
        if video.status == VideoAsset.Status.READY:
            return Ingested(video, created=False, job=latest_analysis_of(video))
        return Ingested(video, created=False, job=request_analysis(video))


def _new_video(received: Receiver, probe: Probe, filename: str, title: str) -> VideoAsset:
    shown = "".join(each for each in title if unicodedata.category(each)[0] != "C").strip()
    return VideoAsset(
        title=(shown or Path(filename).stem.strip() or "Untitled video")[:200],
        original_filename=filename,
        sha256=received.sha256,
        dedup_key=f"sha256:{received.sha256}",
        size_bytes=received.size_bytes,
        **facts_of(probe),
    )


def facts_of(probe: Probe) -> dict[str, object]:
    """The columns of a VideoAsset that come from its probe."""
    return {
        "container": probe.container,
        "duration_ms": probe.duration_ms,
        "width_px": probe.width_px,
        "height_px": probe.height_px,
        "fps": probe.fps,
        "rotation_deg": probe.rotation_deg,
        "video_codec": probe.video_codec,
        "audio_codec": probe.audio_codec,
        "probe": probe.as_json(),
    }


@contextlib.contextmanager
def _stored(
    received: Receiver, video: VideoAsset, put: Callable[[Path, str], str]
) -> Iterator[None]:
    """Store the file for the length of the block, and for good when the block ends well."""
    name = put(received.path, source_path(video, ""))
    video.file.name = name
    try:
        yield
    except BaseException:
        files.remove_file(name)
        raise
