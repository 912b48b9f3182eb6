"""Making good what was missed, and taking away what was left over."""

import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger.context import acting
from ledger.services import log_event
from media_assets.fetching import sweep_halves
from media_assets.files import local_file
from media_assets.models import Clip, ClipVariant, VideoAsset
from media_assets.parts import parts_folder
from media_assets.probe import probe_file
from media_assets.queries import live_jobs_of
from media_assets.services.clips import request_analysis
from media_assets.services.filmstrips import filmstrip_of, try_filmstrip
from media_assets.services.ingest import facts_of
from media_assets.services.orphans import sweep_orphans
from media_assets.services.uploads import sweep_uploads
from stakazo.core.errors import StakazoError


def backfill_media() -> dict[str, Any]:
    """Look at every stored file, and make good what can be.

    Videos without probe facts are probed again; videos without a picture and without clips are put
    in the queue for analysis; analysed ones without a filmstrip get one. Answers {checked, repaired,
    filmstrips, missing_files, without_picture, failed}: three numbers, then lists of {"entity": "clip …", …} for people to look at.
    """
    report: dict[str, Any] = {
        "checked": 0,
        "repaired": 0,
        "filmstrips": 0,
        "missing_files": [],
        "without_picture": [],
        "failed": [],
    }
    for video in VideoAsset.objects.order_by("pk").iterator(chunk_size=200):
        report["checked"] += 1
        with acting(correlation_id=video.correlation_id):
            _check_video(video, report)
    variants = ClipVariant.objects.order_by("pk").only("pk", "file")
    for variant in variants.iterator(chunk_size=200):
        report["checked"] += 1
        if not variant.file.storage.exists(str(variant.file.name)):
            report["missing_files"].append(_named(variant, name=variant.file.name))
    for clip in Clip.objects.filter(thumbnail="").order_by("pk").iterator(chunk_size=200):
        report["without_picture"].append(_named(clip, video=str(clip.video_asset_id)))
    return report


def sweep_temporaries(older_than_s: float = 86_400, *, now: float | None = None) -> dict[str, int]:
    """Take away what a crash left in the folders of work and uploads. Answers {removed, bytes}.

    older_than_s: younger files belong to somebody who is still at it.
    """
    before = (time.time() if now is None else now) - older_than_s
    swept = {"removed": 0, "bytes": 0}
    for folder in {Path(settings.WORK_DIR), Path(settings.FILE_UPLOAD_TEMP_DIR)}:
        for here, _, names in os.walk(folder, topdown=False):
            if parts_folder() in (Path(here), *Path(here).parents):
                continue  # of uploads in parts, which have a sweeper of their own
            for path in [Path(here) / name for name in names]:
                _sweep(path, before, swept)
            _remove_if_empty(Path(here), before, keep=folder)
    return swept


def sweep_media(*, older_than_s: float = 86_400, dry_run: bool = False) -> dict[str, Any]:
    """All sweeps at once. Answers {dry_run, orphans, temporaries, uploads, fetches}.

    dry_run: only the orphans are looked for, and left.
    """
    orphans = sweep_orphans(older_than_s=older_than_s, dry_run=dry_run)
    if dry_run:
        return {"dry_run": True, "orphans": orphans}
    return {
        "dry_run": False,
        "orphans": orphans,
        "temporaries": sweep_temporaries(older_than_s),
        "uploads": sweep_uploads(older_than_s=older_than_s),
        "fetches": sweep_halves(),
    }


def _check_video(video: VideoAsset, report: dict[str, Any]) -> None:
    if not video.file.storage.exists(str(video.file.name)):
        report["missing_files"].append(_named(video, name=video.file.name))
        return
    if not video.probe:
        try:
            with local_file(video.file) as path:
                facts = facts_of(probe_file(path))
        except StakazoError as error:
            report["failed"].append(_named(video, code=error.code, message=error.message))
            return
        VideoAsset.objects.filter(pk=video.pk).update(**facts)
        log_event(
            "video_probed_again", entity=video, metadata={"duration_ms": facts["duration_ms"]}
        )
        report["repaired"] += 1
    if video.thumbnail:
        if filmstrip_of(video) is None:
            with local_file(video.file) as path:
                report["filmstrips"] += try_filmstrip(video, path)
    elif video.clips.exists():
        report["without_picture"].append(_named(video))
    elif not live_jobs_of([video]):
        request_analysis(video)  # which draws the filmstrip too
        report["repaired"] += 1


def _named(row: VideoAsset | Clip | ClipVariant, **facts: Any) -> dict[str, Any]:
    return {"entity": f"{row._meta.verbose_name} {row.pk}", **facts}


def _sweep(path: Path, before: float, swept: dict[str, int]) -> None:
    try:
        facts = path.lstat()
        if facts.st_mtime < before:
            path.unlink()
            swept["removed"] += 1
            swept["bytes"] += facts.st_size
    except FileNotFoundError:  # its owner was faster
        pass


def _remove_if_empty(folder: Path, before: float, *, keep: Path) -> None:
    if folder == keep:
        return
    try:
        if folder.stat().st_mtime < before:
            folder.rmdir()
    except OSError:  # not empty, or gone
        pass
