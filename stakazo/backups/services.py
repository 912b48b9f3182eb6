"""Making backups, and putting them back."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from jobs.services import pause_queue
from ledger.hashing import utc_text
from ledger.sealing.anchors import anchor_of, anchors
from ledger.sealing.keys import sealing_key
from ledger.sealing.sealer import newest_seal
from ledger.sealing.verify import verify_seal
from ledger.services import log_event
from stakazo.backups import postgresql, sqlite
from stakazo.backups.errors import BackupFailed, BadPlace, NotEmpty, UnfitBackup
from stakazo.backups.files import (
    LIST,
    NAMED,
    Follow,
    PutBack,
    check_copies,
    list_files,
    put_back,
)
from stakazo.backups.folders import new_folder
from stakazo.backups.manifest import Manifest, Part, check_part, read_manifest, write_manifest
from stakazo.backups.queries import (
    files_named,
    held,
    pending_migrations,
    refuse_other,
    tables_of,
    unknown_migrations,
)

PUBLISHING = "publish"  # the queue
ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def _as_is(items: Iterable[Any], *, what: str) -> Iterable[Any]:
    return items


def usual_place(now: datetime) -> Path:
    """Where a backup goes that nobody named a folder for."""
    return Path(settings.VAR_DIR) / "backups" / f"{now:%Y-%m-%dT%H-%M-%SZ}"


def make_backup(
    folder: Path | None = None,
    *,
    media: bool = False,
    dry_run: bool = False,
    follow: Follow = _as_is,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Back up one moment of the database into a new folder, and say what is in it.

    Everybody works on meanwhile. media: copy the stored files too; without it they are listed. dry_run:
    look, and write nothing. Raises BadPlace, BackupFailed, NoClientPrograms, BadSealKey.
    """
    now, engine = now or timezone.now(), ENGINES[connection.vendor]
    folder, key = (folder or usual_place(now)).absolute(), sealing_key()
    key.sign(b"")  # a key that cannot is told before the work, not after it
    _refuse_served(folder)
    with _disk_errors(), contextlib.ExitStack() as open_:
        making = None if dry_run else open_.enter_context(new_folder(folder))
        about = engine.about()
        with engine.snapshot(making / engine.PART if making else None) as alias:
            found, known = held(alias), files_named(alias)
        listed = list_files(
            making,
            known=known,
            head=found.head.number if found.head else 0,
            copy=media,
            follow=follow,
        )
        said: dict[str, Any] = {
            "made_at": utc_text(now),
            "database": about,
            "migrations": found.migrations,
            "rows": found.rows,
            "head": anchor_of(found.head, key) if found.head else None,
            "files": listed.facts(),
        }
        if making:
            parts = [Part.of(making / name) for name in (engine.PART, LIST)]
            write_manifest(making, key=key, parts=parts, **said)
    answer = _answer_of(folder, said) | {
        "missing": listed.missing[:NAMED],
        "damaged": listed.damaged[:NAMED],
        "failed": len(listed.missing) + len(listed.damaged),
        "dry_run": dry_run,
    }
    if not dry_run:
        log_event(
            "backup_made",
            entity_type="backup",
            entity_id=folder.name[:64],
            metadata={k: answer[k] for k in ("rows", "head", "files", "migrations")},
        )
    return answer


@dataclass(frozen=True)
class Checked:
    """A backup that may be put back. newer_anchors: in the storage, of seals behind its head."""

    manifest: Manifest
    copies: int
    newer_anchors: list[str]


def check_backup(
    folder: Path, *, replace: bool = False, media: bool = True, follow: Follow = _as_is
) -> Checked:
    """Whether this backup can be put back here, without changing anything.

    Raises NoBackup, BadBackup, UnfitBackup, NotEmpty, NoClientPrograms.
    """
    manifest = read_manifest(folder)
    kind = str(manifest.database.get("kind"))
    if kind != connection.vendor:
        raise UnfitBackup(
            f"The backup is of {kind}, this database is {connection.vendor}. Set DATABASE_URL to one "
            "of that kind."
        )
    engine = ENGINES[kind]
    if unknown := unknown_migrations(manifest.migrations):
        raise UnfitBackup(
            f"The backup is newer than this code: it knows {', '.join(unknown[:5])}. Update the code.",
            migrations=unknown[:NAMED],
        )
    if not replace and (tables := tables_of()):
        raise NotEmpty(
            f"The database has {len(tables)} tables. --replace puts the backup in their place; what "
            "they hold is gone then.",
            tables=len(tables),
        )
    engine.refuse_unfit(manifest)
    for name in (engine.PART, LIST):
        check_part(folder, manifest.part(name))
    copies = check_copies(folder, follow=follow) if media and manifest.files["copied"] else 0
    return Checked(manifest, copies, _anchors_behind(manifest))


def restore_backup(
    folder: Path, *, replace: bool = False, media: bool = True, follow: Follow = _as_is
) -> dict[str, Any]:
    """Put a backup in the place of the database, after checking all of it; say what was done.

    The database is replaced in one transaction. Web and workers should not run: they lose what they
    do. replace: the database may hold something, which is gone then. media: put the files back too,
    where the backup has them; before the database, so that no row names a file that is not there.
    Nothing is published until somebody resumes the queue: what was sent since the backup stands in it
    as still to be sent. (Where migrations are missing, the answer's `next` says to pause it.)
    Raises what check_backup raises, and BackupFailed.
    """
    checked = check_backup(folder, replace=replace, media=media, follow=follow)
    manifest, engine = checked.manifest, ENGINES[connection.vendor]
    put = PutBack()
    with _disk_errors():
        if checked.copies:
            put = put_back(folder, replace=replace, follow=follow)
        engine.load(folder / engine.PART, manifest)
    refuse_other(held(), manifest)
    pending = pending_migrations(manifest.migrations)
    faults = _faults_of_head() if not pending else 0
    if not pending:
        pause_queue(PUBLISHING, why="The database was restored: some of it may be out already.")
    answer = _restored(folder, checked, dry_run=False) | {
        "files_put": put.put,
        "files_there": put.there,
        "files_differ": put.differ[:NAMED],
        "head_faults": faults,
        "failed": faults + len(put.differ),
    }
    log_event(
        "backup_restored",
        entity_type="backup",
        entity_id=folder.absolute().name[:64],
        metadata={k: answer[k] for k in ("made_at", "rows", "head", "files_put", "newer_anchors")},
    )
    return answer


def would_restore(
    folder: Path, *, replace: bool = False, media: bool = True, follow: Follow = _as_is
) -> dict[str, Any]:
    """What restore_backup would answer, with everything checked and nothing changed."""
    checked = check_backup(folder, replace=replace, media=media, follow=follow)
    return _restored(folder, checked, dry_run=True)


def _restored(folder: Path, checked: Checked, *, dry_run: bool) -> dict[str, Any]:
    manifest = checked.manifest
    pending = pending_migrations(manifest.migrations)
    commands = ["migrate", f"jobs_pause {PUBLISHING}"] if pending else []
    commands += ["backfill ledger", "ledger_verify", f"jobs_resume {PUBLISHING}"]
    return _answer_of(folder, vars(manifest)) | {
        "made_at": manifest.made_at,
        "pending_migrations": pending,
        "newer_anchors": checked.newer_anchors,
        "next": commands,
        "failed": 0,
        "dry_run": dry_run,
    }


def _answer_of(folder: Path, said: dict[str, Any]) -> dict[str, Any]:
    head = said["head"]
    return {
        "folder": str(folder),
        "tables": len(said["rows"]),
        "rows": sum(said["rows"].values()),
        "migrations": len(said["migrations"]),
        "head": {k: head[k] for k in ("number", "seal_hash", "key_id")} if head else None,
        "files": said["files"],
    }


def _faults_of_head() -> int:
    head = newest_seal()
    return verify_seal(head).wrong if head else 0


def _anchors_behind(manifest: Manifest) -> list[str]:
    """Anchors in the storage that speak of seals behind the head of this backup."""
    head = int(manifest.head["number"]) if manifest.head else 0
    return [name for name, anchor in anchors() if anchor and _number(anchor) > head]


def _number(anchor: dict[str, Any]) -> int:
    number = anchor.get("number")
    return number if isinstance(number, int) else 0


def _refuse_served(folder: Path) -> None:
    """Never among the stored files, which are handed out. Raises BadPlace."""
    with contextlib.suppress(NotImplementedError):  # a storage without paths
        if folder.resolve().is_relative_to(Path(default_storage.path("")).resolve()):
            raise BadPlace(f"{folder} lies among the stored files, which are handed out.")


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"{error.filename or 'A file'}: {error.strerror or error}.") from error
