"""Uploads in parts: begun, filled in any order and after any break, finished, checked by a job.

start_upload → parts → finish_upload → the job take_in → a video, or a reason why not.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from ledger.machine import StaleState
from media_assets import parts
from media_assets.errors import PartsMissing, UploadIncomplete, UploadOver
from media_assets.models import UPLOAD, Upload
from media_assets.payloads import TakeInUpload
from media_assets.services.ingest import (
    Ingested,
    Receiver,
    clean_filename,
    ingest_received,
    refuse_too_large,
)
from stakazo.core.errors import Conflict, NotFound, StakazoError

_MOST_PARTS = 10_000  # of S3
_LIVE = (Upload.Status.OPEN, Upload.Status.CHECKING)


def start_upload(
    *,
    size_bytes: int,
    filename: str = "",
    title: str = "",
    content_type: str = "",
    sha256: str = "",
) -> Upload:
    """Begin an upload of so many bytes. sha256: of all of it, if the sender knows it, in hex.

    Raises FileTooLarge.
    """
    refuse_too_large(size_bytes)
    upload = Upload(
        filename=clean_filename(filename),
        title=title,
        content_type=content_type,
        size_bytes=size_bytes,
        part_bytes=max(settings.UPLOAD_PART_BYTES, -(-size_bytes // _MOST_PARTS)),
        sha256=sha256.lower(),
        place=parts.place_now(),
        expires_at=timezone.now() + timedelta(seconds=settings.UPLOAD_LIFETIME_S),
    )
    upload.handle = parts.parts_of(upload).begin(upload)
    upload.save(force_insert=True)
    return upload


def put_part(upload: Upload, number: int, stream: parts.Readable) -> None:
    """Take a part in, in place of one that came before. Raises UploadOver, NotFound, UploadIncomplete."""
    _refuse_over(upload)
    if number not in upload.part_sizes:
        raise NotFound(f"This upload has no part {number}.")
    if upload.place != Upload.Place.LOCAL:
        raise Conflict("The parts of this upload go to the links that were given for them.")
    parts.LOCAL.put(upload, number, stream)


def finish_upload(upload: Upload) -> Job:
    """All is sent: have it checked. Asked again, the same job. Raises UploadOver, PartsMissing."""
    if upload.status == Upload.Status.OPEN:
        _refuse_over(upload)
        arrived = parts.parts_of(upload).arrived(upload)
        wrong = [n for n, size in upload.part_sizes.items() if arrived.get(n) != size]
        if wrong or set(arrived) - set(upload.part_sizes):
            raise PartsMissing(
                f"{len(wrong)} of {len(upload.part_sizes)} parts are missing or have another size.",
                parts=wrong[:100],
            )
    elif upload.status not in (Upload.Status.CHECKING, Upload.Status.DONE, Upload.Status.REFUSED):
        _refuse_over(upload)
    with transaction.atomic():
        if upload.status == Upload.Status.OPEN:
            UPLOAD.move(upload, Upload.Status.CHECKING)
            return _enqueue(upload)
        job = Job.objects.filter(job_type="take_in_upload", correlation_id=str(upload.pk)).first()
        return job or _enqueue(upload)


def abort_upload(upload: Upload) -> Upload:
    """Call it off. Raises IllegalMove when it is finished or over."""
    UPLOAD.move(upload, Upload.Status.ABORTED)
    parts.parts_of(upload).discard(upload)
    return upload


def take_in(job: Running[TakeInUpload]) -> Callable[[], dict[str, Any]]:
    """Put the parts together, check the whole, take the video in; what is left to write at the end.

    A refusal is an outcome, not a failure of the job.
    """
    upload = Upload.objects.get(pk=job.payload.upload_id)
    if upload.status != Upload.Status.CHECKING:
        return dict  # an earlier try has done it
    try:
        ingested = _ingest(upload, job)
    except StakazoError as error:
        if not error.permanent or error.http_status >= 500:
            raise
        said = {"error": error.message, "error_code": error.code}
        return lambda: _end(upload, Upload.Status.REFUSED, said)
    found = {"video_id": ingested.video.pk, "created_video": ingested.created}
    return lambda: _end(upload, Upload.Status.DONE, found)


def end_check(wanted: TakeInUpload, why: str) -> None:
    """The job is over without an answer."""
    upload = Upload.objects.filter(pk=wanted.upload_id, status=Upload.Status.CHECKING).first()
    if upload:
        _end(upload, Upload.Status.REFUSED, {"error": why, "error_code": "media.upload-failed"})


def sweep_uploads(*, now: datetime | None = None, older_than_s: float = 86_400) -> dict[str, int]:
    """End the uploads that nobody finished, take away parts that no upload wants any more.

    Answers {expired, removed}. older_than_s: younger leftovers may belong to one that just begins.
    """
    now = now or timezone.now()
    expired = 0
    for upload in Upload.objects.filter(status=Upload.Status.OPEN, expires_at__lt=now):
        try:
            UPLOAD.move(upload, Upload.Status.EXPIRED)
        except StaleState:  # finished or called off at this very moment
            continue
        expired += 1
        parts.parts_of(upload).discard(upload)
    wanted = set(Upload.objects.filter(status__in=_LIVE).values_list("pk", flat=True))
    before = now - timedelta(seconds=older_than_s)
    return {
        "expired": expired,
        "removed": sum(place.sweep(wanted, before) for place in parts.places_in_use()),
    }


def _ingest(upload: Upload, job: Running[TakeInUpload]) -> Ingested:
    place = parts.parts_of(upload)
    with Receiver() as received:
        job.stage("receiving")
        for chunk in place.chunks(upload):
            received.write(chunk)
            job.progress(0.9 * received.size_bytes / upload.size_bytes)
        received.close()
        if received.size_bytes != upload.size_bytes:
            raise UploadIncomplete(
                f"{received.size_bytes} bytes arrived, {upload.size_bytes} were announced. "
                "Upload the file again."
            )
        if upload.sha256 and received.sha256 != upload.sha256:
            raise UploadIncomplete("What arrived is not what was announced. Upload the file again.")
        job.stage("checking")
        return ingest_received(
            received,
            filename=upload.filename,
            title=upload.title,
            put=lambda path, name: place.keep(upload, path, name),
        )


def _end(upload: Upload, status: Upload.Status, values: dict[str, Any]) -> dict[str, Any]:
    """The end of an upload; its parts go when that is committed, or by the sweeper."""
    UPLOAD.move(upload, status, values=values)
    transaction.on_commit(lambda: parts.parts_of(upload).discard(upload))
    return {name: str(value) for name, value in values.items()}


def _enqueue(upload: Upload) -> Job:
    return enqueue(
        "take_in_upload",
        TakeInUpload(upload.pk),
        dedup_key=f"take_in_upload:{upload.pk}",
        correlation_id=str(upload.pk),
    )


def _refuse_over(upload: Upload) -> None:
    if not upload.takes_parts:
        raise UploadOver(
            "This upload takes no more parts. Start another one.", status=upload.status
        )


def upload_by_id(upload_id: uuid.UUID) -> Upload:
    """Raises NotFound."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("There is no such upload.")
    return upload
