"""A short slice of chaos in `make test`: real clusters, a swarm and crash points, by a fixed seed."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.chaos.house import PROJECT

pytestmark = pytest.mark.timeout(1800)


def chaos(*words):
    """(exit code, what it said) of the harness, in processes and databases of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def assert_all_well(file, *words):
    code, said = chaos("--slice", "--seed", "1", "--json", str(file), *words)
    assert code == 0, said
    house, swarm, trials, ours = map(json.loads, file.read_text().splitlines())
    assert (house["faults"], swarm["faults"]) == ({}, {})
    assert house["database_is_locked"] + swarm["database_is_locked"] == 0, said
    assert house["injections"] >= 1
    assert swarm["injections"] >= 20
    for points, count in ((trials, 7), (ours, 7)):
        assert all(scene["points"] and not scene["faults"] for scene in points["scenes"].values())
        assert len(points["scenes"]) == count


def test_a_slice_on_sqlite_loses_and_doubles_nothing(tmp_path):
    assert_all_well(tmp_path / "told")


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_slice_on_postgresql_loses_and_doubles_nothing(tmp_path):
    row = settings.DATABASES["default"]
    url = f"postgres://{row['USER']}:{row['PASSWORD']}@{row['HOST']}:{row['PORT'] or 5432}/postgres"
    assert_all_well(tmp_path / "told", "--database-url", url)


def test_a_careless_handler_is_found_out():
    """Who takes effect before completing does it twice when killed in between: the judge must see it."""
    code, said = chaos("--points", "careless", "--every", "8")
    assert code == 1, said
    assert "2 × done" in said
