"""A slice of `make fuzz` in `make test`: every operation, and its stateful phase, by a fixed seed."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.any_database, pytest.mark.timeout(1200)]


def test_nothing_breaks_and_nothing_answers_what_the_schema_does_not_say():
    words = [
        "--per-operation",
        "1",
        "--phases",
        "fuzzing,stateful",
        "--seed",
        "1",
        "--cases",
        "149",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words, "--json"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-9000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["failures"] == []
    assert told["operations"] >= 149
    assert told["accepted"] > 0
    assert told["phases"]["fuzzing"] == told["phases"]["stateful"] == "success"
