"""The platform simulator, running for tests over loopback HTTP: the fixture `simulator`.

One server per test session, a new world per test. Processing takes no time unless a test says so, and
webhooks stay inside unless `simulator.send_webhooks_to(url)` names a receiver.
"""

import os
import random
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest


@dataclass(frozen=True)
class SimulatedAccount:
    """An account on the simulator, with the tokens it gave us."""

    platform: str
    external_id: str
    handle: str
    access_token: str
    refresh_token: str
    expires_in: int


class RunningSimulator:
    """What tests can do with the simulator, all of it over HTTP."""

    def __init__(self, url):
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def _post(self, path, **body):
        answer = self._http.post(f"/_control/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def reset(self):
        """A new world."""
        self._post("reset")

    def truth(self):
        """All posts, and how often each content was posted."""
        return self._http.get("/_control/truth").json()

    def posts(self, platform=None):
        """The posts that were made, oldest first."""
        return [post for post in self.truth()["posts"] if platform in (None, post["platform"])]

    def inject(self, point, fault, *, count=1, skip=0, **params):
        """Let `fault` happen at `point`, `count` times, after `skip` good ones."""
        self._post("inject", point=point, fault=fault, count=count, skip=skip, **params)

    def reset_faults(self):
        """Whatever was injected and has not happened will not happen."""
        self._post("mend")

    def advance(self, seconds):
        """Move the simulator's clock forward."""
        self._post("advance", seconds=seconds)

    def set(self, **settings):
        """Change delays and limits; write the dot of a name as two underscores."""
        changes = {name.replace("__", "."): value for name, value in settings.items()}
        return self._post("settings", **changes)

    def creator_posts(self, publish_id, *, caption="In my own words", privacy=""):
        """The creator posts what lies in the TikTok inbox; the post's id."""
        body = {"publish_id": publish_id, "caption": caption, "privacy": privacy}
        return self._post("inbox", **body)["post_id"]

    def refreshes(self, platform):
        """How often somebody asked this platform to renew a token."""
        rows = self._http.get("/_control/calls").json()["calls"]
        return sum(
            row["count"]
            for row in rows
            if (row["platform"], row["endpoint"]) == (platform, "refresh")
        )

    def send_webhooks_to(self, url):
        """The base of the receiver; "" keeps webhooks inside."""
        self._post("settings", webhook_url=url)

    def webhooks(self, platform=None):
        """All webhooks so far, sent or not."""
        rows = self._http.get("/_control/webhooks").json()["webhooks"]
        return [row for row in rows if platform in (None, row["platform"])]

    def deliver(self):
        """Send all webhooks that are due, now."""
        return self._post("deliver")["sent"]

    def account(self, platform, **fields):
        """An account with fresh tokens: the seeded one, or the one with this handle."""
        return SimulatedAccount(**self._post("accounts", platform=platform, **fields))

    def comments(self, post_id=None):
        """The comments that were written, oldest first."""
        return [row for row in self.truth()["comments"] if post_id in (None, row["post_id"])]

    def remove(self, post_id):
        """Somebody takes a post away."""
        assert self._post("remove", id=post_id)["removed"]

    def foreign(self, platform, **fields):
        """A post that nobody made through the API; its id."""
        return self._post("foreign", platform=platform, **fields)["id"]

    def get(self, path, **kwargs):
        """Any page of the simulator."""
        return self._http.get(path, **kwargs)

    def request(self, method, path, **kwargs):
        """Any call of the simulator."""
        return self._http.request(method, path, **kwargs)


@pytest.fixture(scope="session")
def simulator_server():
    """The server, in a thread, on a free port, with a truth of its own."""
    from publishing.simulator.app import Simulator
    from publishing.simulator.server import server_for

    with tempfile.TemporaryDirectory(prefix="stakazo-simulator-") as folder:
        application = Simulator(Path(folder) / "truth.sqlite3", delay_s=0)
        server = server_for(application, host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run, name="simulator", daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the simulator did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield RunningSimulator(f"http://127.0.0.1:{port}")
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture
def simulator(simulator_server, settings):
    """A new simulated world; simulated accounts of this test talk to it."""
    simulator_server.reset()
    settings.SIMULATOR_URL = simulator_server.url
    return simulator_server


@pytest.fixture(scope="session")
def small_video(tmp_path_factory):
    """A real vertical video of four seconds, with sound, as a path."""
    import imageio_ffmpeg

    path = tmp_path_factory.mktemp("video") / "small.mp4"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-v", "error", "-f", "lavfi", "-i", "testsrc2=size=540x960:rate=30:duration=4"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *("-shortest", "-use_editlist", "0", "-movflags", "+faststart", str(path)),
    ]
    subprocess.run(command, check=True, timeout=60)
    return path


@pytest.fixture
def padded_video(small_video, tmp_path):
    """Makes a copy of the video that is this many bytes long; the same call makes other bytes each
    time. MP4 allows a box of padding at the end."""

    def pad(size_bytes, name="padded.mp4"):
        video = small_video.read_bytes()
        room = size_bytes - len(video)
        assert room >= 16, "the video is larger than that"
        noise = random.Random(os.urandom(8)).randbytes(room - 8)
        path = tmp_path / name
        path.write_bytes(video + room.to_bytes(4) + b"free" + noise)
        return path

    return pad
