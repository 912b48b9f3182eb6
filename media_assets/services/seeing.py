"""Watching a video once, and keeping what was seen."""

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from jobs.errors import Cancelled
from media_assets.analysis.artifact import artifact_name, edition, write
from media_assets.analysis.errors import AnalysisUnusable, NothingToSee
from media_assets.analysis.watch import Seen, watch
from media_assets.files import work_folder
from media_assets.queries import seen_in
from media_assets.rendering.storing import store_file

logger = logging.getLogger(__name__)


def see(
    path: Path,
    *,
    sha256: str,
    fresh: bool = False,
    first_try: bool = True,
    progress: Callable[[float], None] = lambda fraction: None,
) -> tuple[Seen, str]:
    """What is to be seen in a video, and the name of the artifact that keeps it.

    The same bytes are watched once: what another job saw is taken from the storage, unless fresh.
    Parts that an earlier try finished are not done again; a first try of a fresh search does all of
    them. Raises NothingToSee, AnalysisStopped, and what progress raises.
    """
    name = artifact_name(sha256)
    if not fresh and default_storage.exists(name):
        try:
            return seen_in(default_storage, name), name
        except AnalysisUnusable as error:
            logger.warning("The artifact %s is made again: %s", name, error.message)
    with _parts_folder(sha256, empty=fresh and first_try) as folder:
        seen = watch(path, progress=progress, workers=settings.ANALYSIS_WORKERS, folder=folder)
        if not seen.shots:
            raise NothingToSee("The pictures of the file carry no usable times.")
        packed = folder / "artifact.npz"  # goes with the folder
        with packed.open("wb") as file:
            write(seen, file)
        return seen, store_file(packed, name)


@contextlib.contextmanager
def _parts_folder(sha256: str, *, empty: bool) -> Iterator[Path]:
    """Where the finished parts of this video lie.

    It goes with the end of the work, be it good or final. After a crash, a lost lease or a failure
    that will be tried again it stays, for the next try; `sweep_temporaries` takes it when none comes.
    """
    folder = work_folder() / f"seeing-{sha256}-v{edition()}"
    if empty:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    except (Cancelled, NothingToSee):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
