"""The group of processes: started together, watched, stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stakazo.core.errors import Unavailable
from stakazo.processes import Group, Member, free_port

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# Starts a child of its own and says who it is.
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time;"
    "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(c.pid, flush=True); time.sleep(600)",
]


def alive(pid):
    """Whether a process of this id runs (a zombie does not count)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(*pids):
    """Whether all of them end, within a patience that no healthy machine needs."""
    give_up_at = time.monotonic() + 30
    while any(alive(pid) for pid in pids):
        if time.monotonic() > give_up_at:
            return False
    return True


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_leaving_the_block_stops_every_process_and_what_it_started(tmp_path):
    group = Group([Member("a", SLEEPER), Member("b", PARENT)], env={}, log_dir=tmp_path)
    with group.running():
        pids = [member.process.pid for member in group.members]
        while not (grandchild := (tmp_path / "b.log").read_text().strip()):
            pass
        assert all(alive(pid) for pid in [*pids, grandchild])
    assert gone(*pids, grandchild)


def test_a_process_that_dies_alone_is_started_anew(tmp_path):
    told = []
    group = Group([Member("a", SLEEPER)], env={}, log_dir=tmp_path)
    with group.running():
        first = group.members[0].process
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        group.watch(told.append)
        assert group.members[0].process.pid != first.pid
        assert group.members[0].process.poll() is None
    assert len(told) == 1


def test_one_that_dies_again_and_again_is_given_up(tmp_path):
    group = Group([Member("a", [sys.executable, "-c", ""])], env={}, log_dir=tmp_path)
    with group.running(), pytest.raises(Unavailable, match="again and again"):
        while True:
            group.members[0].process.wait()
            group.watch(lambda line: None)


def test_one_that_never_answers_is_reported_with_its_last_words(tmp_path):
    member = Member(
        "web", [sys.executable, "-c", "print('no such module'); exit(1)"], "http://127.0.0.1:9/"
    )
    with (
        pytest.raises(Unavailable, match="no such module"),
        Group([member], env={}, log_dir=tmp_path).running(),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are Linux's")
def test_a_group_whose_owner_is_killed_does_not_live_on(tmp_path):
    script = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings';"
        "django.setup();"
        "from pathlib import Path; from stakazo.processes import Group, Member;"
        f"g = Group([Member('a', {SLEEPER!r})], env={{}}, log_dir=Path({str(tmp_path)!r}));"
        "ctx = g.running(); ctx.__enter__();"
        "print(g.members[0].process.pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child = int(owner.stdout.readline())
    assert alive(child)
    owner.kill()
    owner.communicate()
    assert gone(child)
