"""Who does the parts of the work: this process, or several children side by side.

Children read an untrusted file, so they are fenced in (`worker`), and they live no longer than the
call: they are killed when it ends or raises, and by the kernel when this process dies. The first is
the foreman of the others, who are its forks: it imports what they need once, so the second costs no
start and half the memory. When it dies, they all do, and are replaced.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from media_assets.analysis.errors import AnalysisStopped, AnalysisUnusable, NothingToSee
from media_assets.analysis.workbench import LAYOUT, Part, Workbench

TICK_S = 0.2
FAREWELL_S = 2.0
MOST_TRIES = 2  # of one part: a child that dies twice over it will die again
SMALL_BYTES = 6 * 1024 * 1024  # such a file may have too few segments for more than one child
MEMORY_BYTES = 4 * 1024**3  # of address space; 8K pictures of ten bits take 110 MB each
# Of the C library: large blocks (pictures, the index of the file) are its own mappings, and go back to
# the system when they are freed. Left to itself it keeps them: forty megabytes after some long files.
ALLOCATING = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1024**2),
    "MALLOC_TRIM_THRESHOLD_": str(4 * 1024**2),
}
SETTINGS = ("FACE_MODEL",)  # that measuring depends on
_WORKER = Path(__file__).with_name("worker.py")
_ROOT = Path(__file__).resolve().parents[2]

Progress = Callable[[float], None]


def work_together(bench: Workbench, *, workers: int, progress: Progress) -> None:
    """Do every part that is not done yet.

    Raises NothingToSee; AnalysisStopped when children die over a part; what progress raises.
    """
    bench.folder.mkdir(parents=True, exist_ok=True)
    work = _Work(bench, progress)
    if workers < 1:
        while (part := work.take()) is not None:
            bench.perform(part, partial(work.tell, part))
            work.finish(part)
    else:
        _Crew(bench, work, workers).run()


class _Work:
    """The list of parts: what is done, in hand, and to be done next."""

    def __init__(self, bench: Workbench, progress: Progress) -> None:
        self.bench, self._progress = bench, progress
        self._todo: list[Part] = [LAYOUT]
        self._in_hand: set[Part] = set()
        self._tries: Counter[Part] = Counter()
        self._seen_us: dict[Part, int] = {}
        self._lengths_us: dict[Part, int] = {}
        self._told = 0.0
        if bench.is_done(LAYOUT):
            with contextlib.suppress(AnalysisUnusable):
                self._list_parts()

    def take(self) -> Part | None:
        """The next part to be done; None when there is none for now."""
        if not self._todo:
            return None
        part = self._todo.pop(0)
        self._in_hand.add(part)
        self._tries[part] += 1
        if self._tries[part] > MOST_TRIES:
            raise AnalysisStopped(
                "The processes that watch the video died over the same part of it again and again.",
                part=part.name,
            )
        return part

    def finish(self, part: Part) -> None:
        """The part was worked on; it is done if its file says so, or it is to be done again."""
        self._in_hand.discard(part)
        if not self.bench.is_done(part):
            self._todo.insert(0, part)
        elif part == LAYOUT:
            self._list_parts()
        else:
            self._seen_us[part] = self._lengths_us.get(part, 0)

    def forgive(self, part: Part) -> None:
        """Whoever died over it died of something else."""
        self._tries[part] -= 1

    @property
    def open_parts(self) -> int:
        """How many parts could be worked on side by side."""
        return len(self._todo) + len(self._in_hand)

    def tell(self, part: Part, us: int) -> None:
        """So much of a part is seen."""
        self._seen_us[part] = min(us, self._lengths_us.get(part, 0))
        self.breathe()

    def breathe(self) -> None:
        """Say how far all of us are; what is raised ends the work."""
        whole = sum(self._lengths_us.values())
        if whole:
            self._told = max(self._told, min(sum(self._seen_us.values()) / whole, 1.0))
        self._progress(self._told)

    def _list_parts(self) -> None:
        layout = self.bench.layout
        for segment in layout.segments:
            part = Part("piece", segment.number)
            self._lengths_us[part] = max(segment.end_us - segment.start_us, 1)
            if self.bench.is_done(part):
                self._seen_us[part] = self._lengths_us[part]
        self._todo = [part for part in self.bench.parts() if not self.bench.is_done(part)]


class _Foreman:
    """The process that imports what measuring needs, once, and forks the other children."""

    def __init__(self, bench: Workbench, count: int) -> None:
        pipes = [(os.pipe(), os.pipe()) for _ in range(count)]  # to a child, and from it
        theirs = [(to[0], out[1]) for to, out in pipes]
        try:
            self.process = subprocess.Popen(  # noqa: S603  our own script; the paths are arguments
                [
                    *(sys.executable, "-I", str(_WORKER), str(_ROOT)),
                    *(str(bench.path.resolve()), str(bench.folder.resolve())),
                    *(str(os.getpid()), str(MEMORY_BYTES), json.dumps(theirs)),
                    json.dumps({name: getattr(settings, name) for name in SETTINGS}),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libav's chatter; what matters comes as an answer
                cwd="/",
                env={"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath, **ALLOCATING},
                start_new_session=True,
                pass_fds=[fd for pair in theirs for fd in pair],
            )
        finally:
            for pair in theirs:
                for fd in pair:
                    os.close(fd)
        self.children = [_Child(to[1], out[0], self) for to, out in pipes]

    def took_along(self, child: "_Child") -> bool:
        """Whether a dead child died because its foreman, over a part of his own, did."""
        if child is self.children[0] or self.children[0].part is None:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=TICK_S)  # dead, but perhaps not buried yet
        return self.process.returncode is not None

    def end(self) -> None:
        """End it and its children, if they live."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.terminate()  # it kills its children, and sees them off
            self.process.wait(timeout=FAREWELL_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for child in self.children:
            child.close()


class _Child:
    """The pipes of one child, and the part that it has in hand."""

    def __init__(self, to_it: int, from_it: int, foreman: _Foreman) -> None:
        self.part: Part | None = None
        self.foreman = foreman
        self._rest = b""
        self._to_it, self.from_it = to_it, from_it

    def give(self, part: Part) -> None:
        """Hand a part to it; a child that is dead already is found out when its answer is read."""
        self.part = part
        with contextlib.suppress(BrokenPipeError):
            os.write(self._to_it, json.dumps([part.kind, part.number]).encode() + b"\n")

    def answers(self) -> list[dict[str, Any]] | None:
        """What it said since the last time; None when it is dead."""
        said = os.read(self.from_it, 65536)
        if not said:
            return None
        *lines, self._rest = (self._rest + said).split(b"\n")
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        """Close both pipes."""
        os.close(self._to_it)
        os.close(self.from_it)


class _Crew:
    """Children that take parts from the list until it is empty."""

    def __init__(self, bench: Workbench, work: _Work, most: int) -> None:
        self.bench, self.work, self.most = bench, work, most
        self.foremen: list[_Foreman] = []
        self.children: list[_Child] = []  # those that live
        self.selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Until every part is done."""
        try:
            if not self.bench.is_done(LAYOUT) and self.bench.path.stat().st_size > SMALL_BYTES:
                self._hire(self.most)  # of whom all but the first wait for its layout
            while self._hand_out():
                for key, _ in self.selector.select(timeout=TICK_S):
                    self._hear(key.data)
                self.work.breathe()
        finally:
            self.selector.close()
            for foreman in self.foremen:
                foreman.end()

    def _hand_out(self) -> bool:
        """Give parts to those without one; whether anybody has one."""
        wanted = min(self.most, self.work.open_parts)
        if wanted > len(self.children):
            self._hire(wanted - len(self.children))
        for child in self.children:
            if child.part is None:
                part = self.work.take()
                if part is None:
                    break
                child.give(part)
        return any(child.part is not None for child in self.children)

    def _hire(self, count: int) -> None:
        foreman = _Foreman(self.bench, count)
        self.foremen.append(foreman)
        for child in foreman.children:
            self.children.append(child)
            self.selector.register(child.from_it, selectors.EVENT_READ, child)

    def _hear(self, child: _Child) -> None:
        answers = child.answers()
        if answers is None:
            self.selector.unregister(child.from_it)
            self.children.remove(child)
            if child.part is not None:
                self.work.finish(child.part)  # without its file: another child tries again
                if child.foreman.took_along(child):
                    self.work.forgive(child.part)
            return
        for answer in answers:
            if child.part is None:
                continue
            if "us" in answer:
                self.work.tell(child.part, answer["us"])
            elif "failed" in answer:
                raise _failure(answer)
            else:
                self.work.finish(child.part)
                child.part = None


def _failure(answer: dict[str, Any]) -> Exception:
    if answer["failed"] == NothingToSee.code:
        return NothingToSee(answer["message"])
    if answer["failed"] == "MemoryError":
        return AnalysisStopped("Watching the video takes more memory than we allow.")
    return RuntimeError(f"A part of the analysis broke: {answer['message']}")
