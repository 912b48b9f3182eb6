"""Secrets that nobody gave us: made once, kept in a file that only we may read."""

import contextlib
import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in `path`; a new one, written first, where there is none.

    Safe when several processes start at once: the one that creates the file wins.
    """
    with contextlib.suppress(FileExistsError):
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text().strip()
