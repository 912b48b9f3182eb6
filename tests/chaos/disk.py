"""A small disk of our own, that a run can really fill: a tmpfs in a mount namespace of this process.

Database, files and spool of the product lie on it. What the judge reads lies elsewhere.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

INSIDE = "CHAOS_OWN_MOUNTS"
CHUNK = b"\0" * 65536


def enter_own_mounts():
    """Start this program anew in a mount namespace of its own, once. Raises SystemExit where none is to be had."""
    if os.environ.get(INSIDE):
        return
    if shutil.which("unshare") is None:
        raise SystemExit("A disk of our own needs the `unshare` command of util-linux.")
    os.environ[INSIDE] = "1"
    program = [sys.executable, "-m", "tests.chaos", *sys.argv[1:]]
    os.execvp("unshare", ["unshare", "--map-root-user", "--mount", *program])


class Disk:
    """A file system of so many megabytes at this folder, for as long as this process lives."""

    def __init__(self, folder, megabytes):
        self.folder = Path(folder)
        self.folder.mkdir()
        size = f"size={megabytes}m"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "chaos", str(self.folder)],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"No disk of our own: {done.stderr.strip()}")

    @property
    def _ballast(self):
        return self.folder / "ballast"

    def fill(self):
        """Leave no byte free."""
        with self._ballast.open("ab", buffering=0) as out:
            for size in (len(CHUNK), 512):
                with contextlib.suppress(OSError):
                    while True:
                        out.write(CHUNK[:size])

    def empty(self):
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)
