"""`manage.py serve`: the whole group in one command, as people and browsers see it."""

import contextlib
import queue
import re
import signal
import socket
import subprocess
import threading

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.flows.house import PATIENCE_S, House, free_ports

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.timeout(600),
]


class Serving:
    """The command, with both of the ports it would like best taken by somebody else."""

    def __init__(self, house):
        self.house = house
        self.wanted = free_ports(2)
        with contextlib.ExitStack() as stack:
            for port in self.wanted:
                taken = stack.enter_context(socket.socket())
                taken.bind(("127.0.0.1", port))
                taken.listen()
            web, simulator = self.wanted
            self.process = house.start(
                *("serve", "--port", web, "--simulator-port", simulator),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            self.lines = queue.Queue()
            threading.Thread(target=self._listen, daemon=True).start()
            self.greeting = self.hear("Ctrl-C stops everything.")
        self.http = httpx.Client(base_url=self.link("admin"), trust_env=False, timeout=60)

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def hear(self, last):
        """What it says, up to this line."""
        heard = ""
        while last not in heard:
            line = self.lines.get(timeout=PATIENCE_S)
            assert line, heard + self.house.log()
            heard += line
        return heard

    def link(self, name):
        """scheme, host and port of the link of this name."""
        return re.search(rf"^  {name} +(http://127\.0\.0\.1:\d+)/", self.greeting, re.MULTILINE)[1]


@contextlib.contextmanager
def house_at(folder):
    house = House(folder, STAKAZO_WORKERS="2")
    yield house
    house.tear_down()


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with house_at(tmp_path_factory.mktemp("serve")) as house:
        yield Serving(house)


def test_it_takes_the_next_free_ports_and_says_so(serving):
    web, simulator = serving.wanted
    assert int(serving.link("admin").rpartition(":")[2]) > web
    assert int(serving.link("simulator").rpartition(":")[2]) > simulator
    assert "log in as operator, password" in serving.greeting


def test_every_door_answers(serving):
    health = serving.http.get("/debug/health").json()
    assert health["status"] == "ok", health
    watch = serving.http.get("/telemetry")
    assert (watch.status_code, watch.headers["Location"].partition("?")[0]) == (
        302,
        "/admin/login/",
    )
    assert "openapi: 3.1" in serving.http.get("/schema").text
    style = serving.http.get("/static/stakazo/dashboard.css")
    assert (style.status_code, style.headers["Content-Type"].partition(";")[0]) == (200, "text/css")
    assert httpx.get(serving.link("simulator"), trust_env=False).status_code == 200
    assert serving.http.get("/admin/", follow_redirects=True).status_code == 200


def test_strangers_hear_nothing_on_the_socket(serving):
    url = serving.link("admin").replace("http", "ws") + "/telemetry/ws"
    with pytest.raises((InvalidStatus, ConnectionClosed)), connect(url, proxy=None) as socket_:
        socket_.recv(timeout=30)


def test_it_stops_at_ctrl_c_pressed_twice_and_at_term_and_leaves_nothing(tmp_path):
    with house_at(tmp_path) as house:
        first = Serving(house)
        house.until(lambda: len(house.processes()) > 5, "the workers are there")
        first.process.send_signal(signal.SIGINT)
        first.process.send_signal(signal.SIGINT)
        assert "Traceback" not in first.hear("Stopped.")
        assert first.process.wait(timeout=PATIENCE_S) == 0
        assert house.is_empty()

        second = Serving(house)
        assert "the password you have" in second.greeting
        second.process.terminate()
        assert "Traceback" not in second.hear("Stopped.")
        assert second.process.wait(timeout=PATIENCE_S) == 0
        assert house.is_empty()
