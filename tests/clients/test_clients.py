"""The generated clients: the same bytes again, strictly typed, and the same road with both on a live server."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.flows.house import House, free_ports
from tests.media import make_clip_file

pytestmark = [pytest.mark.any_database, pytest.mark.timeout(1800)]

ROOT = Path(settings.BASE_DIR)
CLIENTS = ROOT / "clients"
TYPESCRIPT = CLIENTS / "typescript"
SCENARIO = ROOT / "tests" / "clients" / "scenario.py"
EXPECTED = [
    ["alive", "ok"],
    ["wrong password", [401, "identity.login-refused"]],
    ["log in", "operator"],
    ["who am I", "token"],
    ["upload", True],
    ["the same again", [False, True]],
    ["find clips", "completed"],
    ["videos", True],
    ["one video", "Harbour lights"],
    ["unchanged", 304],
    ["no such video", [404, "stakazo.not-found"]],
    ["first page", [1, True]],
    ["second page", [1, True]],
    ["no such page", [400, "stakazo.invalid-input"]],
    ["one clip", True],
    ["render", "completed"],
    ["variants", ["vertical_1080x1920"]],
    ["one variant", [1080, 1920]],
    ["accounts", ["simulator"]],
    ["publish", 201],
    ["the same key", ["true", True]],
    ["the key of another", [422, "stakazo.idempotency-key-reused"]],
    ["posted", "published"],
    ["publications", [1, True]],
    ["reconcile", 0],
    ["start a campaign", "active"],
    ["start it twice", [409, "ledger.illegal-move"]],
    ["complete it", "completed"],
    ["its life", "publication_created"],
    ["log out", 204],
    ["and be nobody", [401, "stakazo.authentication-failed"]],
]


def run(*words, **options):
    """What it printed; fails with everything that it said."""
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="session")
def node():
    """TypeScript and its packages, as the lock file has them; skips where there is no Node."""
    if not shutil.which("npm"):
        pytest.skip("no Node on this machine")
    if not (TYPESCRIPT / "node_modules" / ".bin" / "tsc").exists():
        got = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"], cwd=TYPESCRIPT, capture_output=True, check=False
        )
        if got.returncode:
            pytest.skip("npm could not fetch the packages of the lock file")
    return TYPESCRIPT / "node_modules" / ".bin"


# --- Generated -----------------------------------------------------------------------------------


def test_the_python_client_generated_again_has_the_same_bytes(tmp_path):
    run(sys.executable, CLIENTS / "generate.py", "--only", "python", "--into", tmp_path)
    made, kept = tmp_path / "python", CLIENTS / "python"
    assert files_of(made / "stakazo_client") == files_of(kept / "stakazo_client")
    assert (made / "pyproject.toml").read_bytes() == (kept / "pyproject.toml").read_bytes()


def test_the_types_generated_again_have_the_same_bytes(tmp_path, node):
    run(sys.executable, CLIENTS / "generate.py", "--only", "typescript", "--into", tmp_path)
    made = tmp_path / "typescript" / "src" / "schema.d.ts"
    assert made.read_bytes() == (TYPESCRIPT / "src" / "schema.d.ts").read_bytes()


def test_the_python_client_and_its_snippets_are_strictly_typed(tmp_path):
    snippet = tmp_path / "snippet.py"
    snippet.write_text(snippet_of(CLIENTS / "python" / "README.md", "python"))
    run(
        *(sys.executable, "-m", "mypy", "--config-file=", "--strict", "--cache-dir", tmp_path / "cache"),
        *(SCENARIO, snippet, CLIENTS / "python" / "stakazo_client"),
        env=os.environ | {"MYPYPATH": str(CLIENTS / "python")},
    )


def test_the_typescript_client_and_its_snippets_are_strictly_typed(node):
    snippet = TYPESCRIPT / "test" / "snippet.gen.ts"
    text = snippet_of(TYPESCRIPT / "README.md", "ts")
    try:
        snippet.write_text(text.replace('"stakazo-client"', '"../src/index.js"'))
        run(node / "tsc", "--noEmit", cwd=TYPESCRIPT)
    finally:
        snippet.unlink()


def snippet_of(page, language):
    (text,) = re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)
    return text


def test_the_packages_have_the_version_of_the_schema():
    version = re.search(r"^  version: (\S+)$", (ROOT / "docs" / "openapi.yaml").read_text(), re.M)[1]
    assert f'version = "{version}"' in (CLIENTS / "python" / "pyproject.toml").read_text()
    assert json.loads((TYPESCRIPT / "package.json").read_text())["version"] == version


# --- On a live server ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """(address, password) of a whole Stakazo: web, workers, simulator, accounts connected."""
    house = House(
        tmp_path_factory.mktemp("clients"),
        STAKAZO_WORKERS="2",
        STAKAZO_CLIPS_PER_VIDEO="2",
        STAKAZO_CLIP_MIN_MS="3000",
        STAKAZO_CLIP_MAX_MS="4000",
        STAKAZO_SIMULATOR_DELAY_S="0.2",
        PYTHONUNBUFFERED="1",
    )
    web, simulator = free_ports(2)
    said = house.var.parent / "said"
    with said.open("w") as out:
        serving = house.start(
            *("serve", "--port", web, "--simulator-port", simulator),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        house.until(lambda: "Ctrl-C stops everything." in said.read_text(), "it is up")
        greeting = said.read_text()
        address = re.search(r"^  admin +(http://127\.0\.0\.1:\d+)/", greeting, re.M)[1]
        house.env["STAKAZO_SIMULATOR_URL"] = re.search(r"^  simulator +(\S+)/", greeting, re.M)[1]
        house.python(
            "from publishing.services.accounts import connect_simulator_accounts as connect; connect()"
        )
        yield address, re.search(r"password (\S+)", greeting)[1]
        serving.send_signal(signal.SIGINT)
        serving.wait(timeout=120)
    finally:
        house.tear_down()


def test_the_road_with_the_python_client(live, tmp_path):
    film = make_clip_file(tmp_path / "python.mp4", seconds=12, size=(640, 360), cuts=3)
    env = os.environ | {"PYTHONPATH": str(CLIENTS / "python"), "NO_PROXY": "127.0.0.1"}
    assert json.loads(run(sys.executable, SCENARIO, *live, film, env=env)) == EXPECTED


def test_the_road_with_the_typescript_client(live, tmp_path, node):
    film = make_clip_file(tmp_path / "typescript.mp4", seconds=13, size=(640, 360), cuts=3)
    run(node / "tsc", cwd=TYPESCRIPT)
    told = run("node", TYPESCRIPT / "dist" / "test" / "scenario.js", *live, film)
    assert json.loads(told) == EXPECTED


def test_the_snippet_of_the_python_client_runs(live, tmp_path):
    address, password = live
    snippet = tmp_path / "snippet.py"
    text = snippet_of(CLIENTS / "python" / "README.md", "python")
    snippet.write_text(text.replace("http://127.0.0.1:8000", address).replace('"…"', repr(password)))
    env = os.environ | {"PYTHONPATH": str(CLIENTS / "python"), "NO_PROXY": "127.0.0.1"}
    for line in run(sys.executable, snippet, env=env).splitlines():
        start_ms, end_ms, _ = line.split()
        assert int(start_ms) < int(end_ms)
