"""Running ffmpeg: watched, bounded, and gone when we are gone."""

import contextlib
import ctypes
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import IO

import imageio_ffmpeg
from django.conf import settings

from jobs.processes import unbound_memory
from media_assets.allowed import FFMPEG_INPUT
from media_assets.rendering.errors import FfmpegMissing, RenderFailed, RenderTooSlow

SAFE_INPUT = FFMPEG_INPUT
TICK_S = 0.2
NICENESS = 5
TAIL_LINES = 60
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def binary() -> str:
    """The ffmpeg to run. Raises FfmpegMissing."""
    if settings.FFMPEG_BINARY:
        return str(settings.FFMPEG_BINARY)
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FfmpegMissing("There is no ffmpeg to run.") from error


def version() -> str:
    """What the binary calls itself; part of each recipe, for another ffmpeg makes other bytes."""
    return _version_of(binary())


@cache
def _version_of(path: str) -> str:
    try:
        said = subprocess.run(  # noqa: S603  our own binary
            [path, "-hide_banner", "-version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise FfmpegMissing(f"{path} is not an ffmpeg that runs.") from error
    return said.stdout.splitlines()[0].removeprefix("ffmpeg version ").split(" Copyright")[0]


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    check: Callable[[], None] = lambda: None,
    on_time: Callable[[float], None] = lambda seconds: None,
    wall_limit_s: float = 3600.0,
) -> str:
    """Run ffmpeg to its end; what it said, its last lines.

    check is called five times a second and raises when the work must end; then, as after any
    exception, the whole process group is killed before the exception goes on. on_time hears how many
    seconds of output are written. Raises RenderFailed with the reason in words, RenderTooSlow.
    """
    command = [binary(), "-hide_banner", "-nostdin", "-nostats", "-y", *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603  arguments are built by us, paths begin with file:
            [*command, "-progress", "pipe:1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,  # some system calls, no locks
        )
    except OSError as error:
        raise FfmpegMissing(f"{command[0]} cannot be run: {error}.") from error
    assert process.stdout is not None  # noqa: S101  for the type checker: we asked for pipes
    assert process.stderr is not None  # noqa: S101
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    news: queue.Queue[float | None] = queue.Queue()
    readers = [
        threading.Thread(target=_read_progress, args=(process.stdout, news), daemon=True),
        threading.Thread(target=_read_words, args=(process.stderr, tail), daemon=True),
    ]
    for reader in readers:
        reader.start()
    deadline = time.monotonic() + wall_limit_s
    try:
        _wait(process, news, deadline, wall_limit_s, check, on_time)
    finally:
        _kill_group(process)
        for reader in readers:
            reader.join(timeout=5)
        process.stdout.close()
        process.stderr.close()
    if process.returncode != 0:
        raise RenderFailed(_in_words(process.returncode, list(tail)), exit_code=process.returncode)
    return "\n".join(tail)


def _wait(
    process: "subprocess.Popen[str]",
    news: "queue.Queue[float | None]",
    deadline: float,
    wall_limit_s: float,
    check: Callable[[], None],
    on_time: Callable[[float], None],
) -> None:
    ended = False
    while not ended or process.poll() is None:
        check()
        if time.monotonic() > deadline:
            raise RenderTooSlow(f"ffmpeg did not end within {wall_limit_s:.0f} s.")
        try:
            seconds = news.get(timeout=TICK_S)
        except queue.Empty:
            continue
        if seconds is None:
            ended = True
            try:
                process.wait(timeout=TICK_S)
            except subprocess.TimeoutExpired:
                continue
        else:
            on_time(seconds)


def _die_with_parent() -> None:
    """In the child: be killed when the worker dies, have memory of our own, let others go first."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    unbound_memory()
    os.nice(NICENESS)


def _kill_group(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read_progress(stream: IO[str], news: "queue.Queue[float | None]") -> None:
    for line in stream:
        name, _, value = line.strip().partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            news.put(max(int(value), 0) / 1_000_000)
    news.put(None)


def _read_words(stream: IO[str], tail: "deque[str]") -> None:
    for line in stream:
        tail.append(line.rstrip()[:400])


def _in_words(code: int, tail: list[str]) -> str:
    """What went wrong, from the lines that say it; paths of ours are shortened to their names."""
    telling = [
        line
        for line in tail
        if any(
            sign in line for sign in ("rror", "nvalid", "No space", "ailed", "annot", "not found")
        )
    ]
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    said = "; ".join(dict.fromkeys((telling or tail)[-3:]))
    work = str(Path(settings.WORK_DIR))
    return f"ffmpeg {how}: {said.replace(work, '…')}" if said else f"ffmpeg {how} without a word."
