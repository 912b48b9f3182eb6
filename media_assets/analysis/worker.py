"""The foreman of those who watch one video, and each of them; started by `crew`, as a script.

The foreman imports what is needed, forks all children but one, and then works as the last one
itself: a process that only waits would hold ten megabytes. A child takes [kind, number] lines and
answers with {"us": …} while it is at it, and {"done": true} or {"failed": …} at its end. They may open
files but not write large ones, have a bound on their memory, let other work go first, and die with
their parent.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import time
import traceback
from typing import Any

NICENESS = 5
LARGEST_FILE_BYTES = 512 * 1024 * 1024  # of what it writes
TELL_EVERY_S = 0.2
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Arguments: root of the project, video, folder, process id of the parent, bytes of memory, the
    pipes [to, from] of each child, and the settings that measuring depends on; the last two as JSON."""
    root, path, folder, parent, memory, pipes, told = sys.argv[1:]
    if not _die_with(int(parent)):
        return
    os.nice(max(0, NICENESS - os.nice(0)))
    _limit(resource.RLIMIT_AS, int(memory))
    _limit(resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64 + 2 * len(json.loads(pipes)))
    sys.path.insert(0, root)

    from pathlib import Path

    from django.conf import settings

    settings.configure(**json.loads(told))  # nothing of Django is set up, and no database is known
    from media_assets.analysis.workbench import Workbench

    bench = Workbench(Path(path), Path(folder))
    _lead(json.loads(pipes), bench)


def _lead(pipes: list[list[int]], bench: Any) -> None:
    """Fork a child for each pair of pipes but the first, and be the child of that one; told to end,
    or when there is nothing more to do, kill them and see them off."""
    foreman, children = os.getpid(), set()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    every = {fd for pair in pipes for fd in pair}
    for to_it, from_it in pipes[1:]:
        child = os.fork()
        if child == 0:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            _close(every - {to_it, from_it})  # or nobody would notice when another child dies
            if _die_with(foreman):
                _serve(to_it, from_it, bench)
            os._exit(0)
        children.add(child)
    to_it, from_it = pipes[0]
    _close(every - {to_it, from_it})

    def end(*_: Any) -> None:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _serve(to_it, from_it, bench)
    end()


def _close(handles: set[int]) -> None:
    for handle in handles:
        os.close(handle)


def _serve(to_it: int, from_it: int, bench: Any) -> None:
    """Do what comes through the pipe until it is closed."""
    from media_assets.analysis.workbench import Part

    with os.fdopen(to_it) as wanted, os.fdopen(from_it, "w", buffering=1) as answers:
        for line in wanted:
            kind, number = json.loads(line)
            _answer(answers, _performed(bench, Part(kind, number), answers))


def _die_with(parent: int) -> bool:
    """Let the kernel kill us when the parent dies; False when it is dead already."""
    with contextlib.suppress(AttributeError):  # only Linux has it; elsewhere the parent kills us
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent


def _limit(what: int, value: int) -> None:
    """As low as this, or as low as it is already."""
    _, hard = resource.getrlimit(what)
    lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (lowest, lowest))


def _performed(bench: Any, part: Any, answers: Any) -> dict[str, Any]:
    from stakazo.core.errors import StakazoError

    last = time.monotonic()

    def tell(us: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last > TELL_EVERY_S:
            last = now
            _answer(answers, {"us": us})

    try:
        bench.perform(part, tell)
    except StakazoError as error:
        return {"failed": error.code, "message": error.message}
    except MemoryError:
        return {"failed": "MemoryError", "message": ""}
    except Exception:  # noqa: BLE001  the parent raises
        return {"failed": "bug", "message": traceback.format_exc()[-2000:]}
    return {"done": True}


def _answer(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
