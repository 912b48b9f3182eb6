"""One whole analysis in a process of its own, as `analysis` measures it: video, number of workers.

Prints what it cost (with the start of the children, without that of this process: a worker of the
queue runs already), the clips, the hash of everything that it saw, and its length in frames.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Everything that a `cut_analysis` job works out, short of storing it."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(FACE_MODEL="")
    from media_assets.analysis.artifact import write
    from media_assets.analysis.choosing import choose_clips
    from media_assets.analysis.watch import watch
    from tests.benchmarks.table import cpu_and_wall_s

    found = []

    def work() -> None:
        seen = watch(Path(sys.argv[1]), workers=int(sys.argv[2]))
        found.append((seen, choose_clips(seen).clips))

    cpu_s, wall_s = cpu_and_wall_s(work)
    seen, chosen = found[0]
    with tempfile.TemporaryFile() as file:
        write(seen, file)
        file.seek(0)
        told = hashlib.file_digest(file, "sha256")
    print(  # noqa: T201
        json.dumps(
            {
                "cpu_s": cpu_s,
                "wall_s": wall_s,
                "hash": told.hexdigest(),
                "frames": len(seen.frames),
                "clips": [[clip.start_ms, clip.end_ms] for clip in chosen],
            }
        )
    )


if __name__ == "__main__":
    main()
