"""Is everything there that we need? One check per part, quick, with a word on what was found.

A part fails or it does not; what that means for the whole depends on the part. Without the database
or the storage nothing works (failing, 503); without the others some things wait (degraded, 200).
"""

import logging
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx
import imageio_ffmpeg
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.brokers import get_broker

from jobs.models import Job, JobAttempt
from ledger import spool
from ledger.models import LedgerEvent
from ledger.services import log_event

logger = logging.getLogger(__name__)

OK, DEGRADED, FAILING = "ok", "degraded", "failing"
SIMULATOR_TIMEOUT_S = 1.0
UNANSWERED_AFTER = timedelta(seconds=60)
MIN_FREE_BYTES = 200 * 1024**2
_ENTITY = "health_check"


class Unhealthy(Exception):
    """A part does not work; the message says how we know."""


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    status: str
    message: str


@dataclass(frozen=True)
class Health:
    """All findings by part, and what they mean together."""

    status: str
    checks: Mapping[str, Finding]

    @property
    def http_status(self) -> int:
        """503 only where nothing works."""
        return 503 if self.status == FAILING else 200


def database() -> str:
    """The database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return f"{connection.vendor} answers."


def storage() -> str:
    """A small file can be written, found and deleted where media lie."""
    name = default_storage.save(f"health/{uuid.uuid4().hex}", ContentFile(b"ok"))
    try:
        if not default_storage.exists(name):
            raise Unhealthy("A file that was written is not there.")
    finally:
        default_storage.delete(name)
    try:
        free = shutil.disk_usage(default_storage.path("")).free
    except NotImplementedError:  # a storage without paths, such as S3
        return "Files can be written."
    if free < MIN_FREE_BYTES:
        raise Unhealthy(f"Only {free // 1024**2} MiB are free.")
    return f"Files can be written; {free // 1024**3} GiB are free."


def ffmpeg() -> str:
    """The ffmpeg binary is there and may be run."""
    wanted = settings.FFMPEG_BINARY
    found = shutil.which(wanted) if wanted else imageio_ffmpeg.get_ffmpeg_exe()
    if not found or not os.access(found, os.X_OK):
        raise Unhealthy(f"There is no ffmpeg to run (wanted: {wanted or 'the bundled one'}).")
    return "The configured binary is there." if wanted else "The bundled binary is there."


def queue() -> str:
    """The transport that rings the workers' bell answers."""
    broker = get_broker()
    if not broker.ping():
        raise Unhealthy("The transport does not answer.")
    return f"{broker.queue_size()} bells wait."


def workers() -> str:
    """Somebody takes the jobs that are due.

    Workers that have nothing to do are silent, so silence alone is no fault: jobs that have been due
    for a minute, while nobody began or held any, are.
    """
    now = timezone.now()
    since = now - UNANSWERED_AFTER
    waiting = Job.objects.filter(status__in=Job.WAITING, run_at__lte=since).count()
    if not waiting:
        return "No job waits for a worker."
    held = Job.objects.filter(status=Job.Status.PROCESSING, lease_until__gt=now).exists()
    if held or JobAttempt.objects.filter(started_at__gte=since).exists():
        return f"Workers are at it; {waiting} jobs wait."
    raise Unhealthy(f"{waiting} jobs are due for over a minute and no worker takes them.")


def ledger_spool() -> str:
    """No event waits beside the ledger."""
    if waiting := sum(1 for _ in spool.waiting()):
        raise Unhealthy(f"{waiting} events wait; `manage.py backfill ledger` restores them.")
    return "No event waits."


def simulator() -> str:
    """In simulator mode: the platform simulator answers."""
    if settings.STAKAZO_LIVE:
        return "Not used: posts go to the real platforms."
    try:
        httpx.get(settings.SIMULATOR_URL, timeout=SIMULATOR_TIMEOUT_S)
    except httpx.HTTPError as error:
        raise Unhealthy(f"It does not answer at {settings.SIMULATOR_URL}.") from error
    return "It answers."


CHECKS: Mapping[str, Callable[[], str]] = {
    "database": database,
    "storage": storage,
    "ffmpeg": ffmpeg,
    "queue": queue,
    "workers": workers,
    "spool": ledger_spool,
    "simulator": simulator,
}
NEEDED = ("database", "storage")  # without these nothing works


def check_health(*, parts: tuple[str, ...] = tuple(CHECKS)) -> Health:
    """Run the checks; a part that starts or stops failing is an event in the ledger."""
    findings = {part: _find(CHECKS[part]) for part in parts}
    failed = [part for part, finding in findings.items() if finding.status != OK]
    _tell_changes(findings)
    if any(part in NEEDED for part in failed):
        return Health(FAILING, findings)
    return Health(DEGRADED if failed else OK, findings)


def _find(check: Callable[[], str]) -> Finding:
    try:
        return Finding(OK, check())
    except Unhealthy as error:
        return Finding(FAILING, str(error))
    except Exception as error:  # whatever breaks a check is what the check is there to find
        logger.warning("The check of %s broke", check.__name__, exc_info=True)
        return Finding(FAILING, f"The check broke: {type(error).__name__}.")


# What this process last saw, for the time when the ledger itself cannot be asked.
_last_seen: dict[str, str] = {}


def _tell_changes(findings: Mapping[str, Finding]) -> None:
    for part, finding in findings.items():
        before = _last_told(part)
        _last_seen[part] = finding.status
        if finding.status == before:
            continue
        log_event(
            "health_check_recovered" if finding.status == OK else "health_check_failed",
            entity_type=_ENTITY,
            entity_id=part,
            metadata={"message": finding.message},
        )


def _last_told(part: str) -> str:
    """The last state that the ledger knows of; a part of which it knows nothing was well."""
    events = LedgerEvent.objects.filter(entity_type=_ENTITY, entity_id=part).order_by("-id")
    try:
        last = events.values_list("event_type", flat=True).first()
    except DatabaseError:
        return _last_seen.get(part, OK)
    return FAILING if last == "health_check_failed" else OK
