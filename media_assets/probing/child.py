"""The process that opens a file somebody sent us: no Django, no network, little memory, little time.

Run as a script: `child.py FILE DEMUXER LIMITS`, LIMITS a JSON object. Prints one JSON object: the facts
of `media_assets.probe.Probe`, or {"refused": code, "message": …, "details": {…}}. It may be killed at
any time; it writes nothing.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.append(
    str(Path(__file__).resolve().parents[2])
)  # we run with -I, so there is no such path

from media_assets.allowed import AV_OPTIONS
from media_assets.probing import cage
from media_assets.probing.refused import Refused


def main(path: str, demuxer: str, limits: dict[str, Any]) -> dict[str, Any]:
    """The facts of the file, or why it is refused. This process can do nothing else afterwards."""
    cage.limit(memory_bytes=limits["probe_memory_bytes"], cpu_s=limits["probe_timeout_s"])
    import av  # after the limits, so that they hold for everything it does

    from media_assets.probing.facts import facts_of

    # Modules that are imported late may be read: the library's, and Python's own.
    cage.shut(path, libraries=[str(Path(av.__file__).parent), str(Path(os.__file__).parent)])
    try:
        # The demuxer is named, so nothing in the file can choose another one.
        with av.open(
            f"file:{path}", format=demuxer, options=dict(AV_OPTIONS), metadata_errors="replace"
        ) as container:
            return facts_of(container, limits)
    except Refused as refused:
        return {"refused": refused.code, "message": str(refused), "details": refused.details}
    except MemoryError:
        return _stopped("Reading the file takes more memory than we allow.")
    except av.FFmpegError as error:
        if error.errno == 12:
            return _stopped("Reading the file takes more memory than we allow.")
        return {
            "refused": "media.undecodable",
            "message": "The file says that it is a video, but what is in it cannot be read.",
            "details": {},
        }


def _stopped(message: str) -> dict[str, Any]:
    return {"refused": "media.probe-stopped", "message": message, "details": {}}


if __name__ == "__main__":
    begun = time.monotonic()
    answer = main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    answer["probe_ms"] = round((time.monotonic() - begun) * 1000)
    sys.stdout.write(json.dumps(answer))
