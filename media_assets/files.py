"""Stored files as local paths, wherever the storage is."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models.fields.files import FieldFile


@contextlib.contextmanager
def local_file(stored: FieldFile) -> Iterator[Path]:
    """A path under which the stored file can be read; a copy, gone afterwards, if it is elsewhere."""
    try:
        yield Path(stored.path)
        return
    except NotImplementedError:  # a storage without paths, such as S3
        pass
    work = Path(settings.WORK_DIR)
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        dir=work, prefix="fetched-", suffix=Path(str(stored.name)).suffix
    ) as copy:
        with stored.open("rb") as source:
            for chunk in source.chunks(1024 * 1024):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
