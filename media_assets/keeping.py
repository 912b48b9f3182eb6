"""Keeping small files under names that follow from their content."""

import tempfile
from pathlib import Path

from django.core.files.storage import default_storage

from media_assets.files import work_folder
from media_assets.rendering.storing import store_bytes


def keep_bytes(content: bytes, name: str) -> str:
    """Store the content under this name, which nothing but this content ever gets; the name."""
    if not default_storage.exists(name):
        # A folder of our own: two who bring the same at once must not share a file in the making.
        with tempfile.TemporaryDirectory(prefix="kept-", dir=work_folder()) as folder:
            store_bytes(content, name, work=Path(folder))
    return name
