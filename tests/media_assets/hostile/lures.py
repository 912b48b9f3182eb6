"""What a hostile file may reach for, and who notices: inotify on files, and sockets that listen."""

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from tests.media_assets.hostile.kinds import Lure, good

_IN_ACCESS, _IN_OPEN = 0x1, 0x20
_libc = ctypes.CDLL(None, use_errno=True)


class Lures:
    """The lures of one test. taken: what was reached for since it was asked last."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        elsewhere = folder.parent / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        self.files = [folder / "canary.mp4", elsewhere / "canary.mp4"]
        for each in self.files:
            each.write_bytes(good("mp4"))
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._tcp.setblocking(False)
        self._inotify = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._inotify >= 0
        watches = [
            _libc.inotify_add_watch(self._inotify, os.fsencode(each), _IN_ACCESS | _IN_OPEN)
            for each in self.files
        ]
        assert min(watches) > 0
        self.lure = Lure(
            sibling=self.files[0].name,
            path=str(self.files[1]),
            url=f"http://127.0.0.1:{self._tcp.getsockname()[1]}/canary.mp4",
        )

    def taken(self) -> list[str]:
        """The lures that somebody opened or called."""
        found = []
        with contextlib.suppress(BlockingIOError):
            events = os.read(self._inotify, 65_536)
            found += [self.files[struct.unpack_from("i", events)[0] - 1].name]
        with contextlib.suppress(BlockingIOError):
            self._tcp.accept()[0].close()
            found.append("socket")
        return found

    def close(self) -> None:
        """Take the watches away; the files go with the test's folder."""
        os.close(self._inotify)
        self._tcp.close()


@contextlib.contextmanager
def lures_in(folder: Path) -> Iterator[Lures]:
    """Lures beside the files of this folder."""
    lures = Lures(folder)
    try:
        yield lures
    finally:
        lures.close()
