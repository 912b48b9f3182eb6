"""The cache of fetched files: one fetch per machine, never another file, never too much."""

import hashlib
import os
import signal
import threading
from pathlib import Path

import pytest

from media_assets import fetching
from media_assets.errors import FileDamaged
from media_assets.fetching import NoRoom, fetched, sweep_halves


def bytes_of(letter, size=1000):
    return letter.encode() * size


class Far:
    """A far storage of one file, which counts how often it is asked."""

    def __init__(self, letter, *, size=1000):
        self.data, self.asked = bytes_of(letter, size), 0
        self.sha256 = hashlib.sha256(self.data).hexdigest()

    def chunks(self):
        self.asked += 1
        yield self.data[:300]
        yield self.data[300:]

    def here(self):
        return fetched(self.sha256, len(self.data), suffix=".mp4", chunks=self.chunks)


def kept(settings):
    return {each.read_bytes()[:1].decode() for each in Path(settings.FETCH_DIR).glob("*.mp4")}


def age(far, settings, seconds):
    path = Path(settings.FETCH_DIR) / f"{far.sha256}.mp4"
    os.utime(path, (path.stat().st_mtime - seconds,) * 2)


def test_a_file_is_fetched_once():
    far = Far("a")
    for _ in range(2):
        with far.here() as path:
            assert path.read_bytes() == far.data
    assert far.asked == 1


def test_two_that_want_it_at_once_make_one_fetch():
    far, begun, go = Far("a"), threading.Event(), threading.Event()
    really, read = far.chunks, []

    def slowly():
        begun.set()
        assert go.wait(timeout=30)
        yield from really()

    far.chunks = slowly

    def want():
        with far.here() as path:
            read.append(path.read_bytes())

    threads = [threading.Thread(target=want) for _ in range(3)]
    for each in threads:
        each.start()
    assert begun.wait(timeout=30)
    go.set()
    for each in threads:
        each.join()
    assert (read, far.asked) == ([far.data] * 3, 1)


def test_the_longest_unused_goes_first(settings):
    settings.FETCH_CACHE_BYTES = 2500
    old, used, new = Far("a"), Far("b"), Far("c")
    for far in (old, used):
        with far.here():
            pass
    age(old, settings, 50)
    age(used, settings, 100)
    with used.here():
        pass
    with new.here():
        pass
    assert kept(settings) == {"b", "c"}


def test_a_file_in_use_is_never_evicted(settings):
    settings.FETCH_CACHE_BYTES = 1500
    held = Far("a")
    with held.here() as path:
        with pytest.raises(NoRoom), Far("b").here():
            pass
        assert path.read_bytes() == held.data
    with Far("b").here():
        assert kept(settings) == {"b"}


def test_what_is_larger_than_the_cache_is_not_kept(settings):
    settings.FETCH_CACHE_BYTES = 10
    with pytest.raises(NoRoom), Far("a").here():
        pass
    assert kept(settings) == set()


def test_other_bytes_than_were_put_there_are_refused(settings):
    far = Far("a")
    far.data = bytes_of("b")
    with pytest.raises(FileDamaged), far.here():
        pass
    assert not [each for each in Path(settings.FETCH_DIR).iterdir() if each.suffix != ".lock"]


def test_a_file_cannot_be_changed_by_who_reads_it():
    with Far("a").here() as path:
        assert path.stat().st_mode & 0o777 == 0o444


def test_files_in_the_making_count_as_room_taken(settings):
    settings.FETCH_CACHE_BYTES = 1500
    first = Far("a")

    def meanwhile():
        with pytest.raises(NoRoom), Far("b").here():
            pass
        yield first.data

    first.chunks = meanwhile
    with first.here() as path:
        assert path.read_bytes() == first.data


def killed_while(work):
    """Do the work in a process that is killed where the work says so; whether it came to that."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work(lambda: (os.write(writing, b"x"), signal.pause()))
        finally:
            os._exit(1)
    os.close(writing)
    reached = os.read(reading, 1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)
    return reached == b"x"


def test_a_kill_in_the_middle_of_a_fetch_is_made_good(settings):
    far = Far("a")

    def work(here):
        def half():
            yield far.data[:300]
            here()

        with fetched(far.sha256, 1000, suffix=".mp4", chunks=half):
            pass

    assert killed_while(work)
    assert [each.suffix for each in Path(settings.FETCH_DIR).glob("*.part")] == [".part"]
    with far.here() as path:
        assert path.read_bytes() == far.data
    assert killed_while(lambda here: work_on(Far("b"), here))
    assert sweep_halves() == {"removed": 1, "bytes": 1000}
    assert kept(settings) == {"a"}
    assert sweep_halves() == {"removed": 0, "bytes": 0}


def work_on(far, here):
    far.chunks = lambda: here() or [b""]
    with far.here():
        pass


def test_a_reader_that_is_killed_holds_nothing_back(settings):
    settings.FETCH_CACHE_BYTES = 1500
    far = Far("a")

    def work(here):
        with far.here():
            here()

    assert killed_while(work)
    with Far("b").here():
        assert kept(settings) == {"b"}


def test_a_fetch_under_way_is_not_swept():
    far = Far("a")
    swept = []

    def meanwhile():
        swept.append(sweep_halves())
        yield far.data

    far.chunks = meanwhile
    with far.here():
        pass
    assert swept == [{"removed": 0, "bytes": 0}]


def test_no_lock_file_outlives_its_file(settings):
    settings.FETCH_CACHE_BYTES = 1500
    for letter in "abcd":
        with Far(letter).here():
            pass
    locks = {each.name for each in Path(settings.FETCH_DIR).glob("*.lock")}
    assert locks == {"room.lock", f"{Far('d').sha256}.lock"}
    assert fetching._folder() == Path(settings.FETCH_DIR)
