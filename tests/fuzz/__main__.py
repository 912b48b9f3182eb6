"""`make fuzz [CASES=20000] [SEED=1]`: schemathesis over the whole schema, its stateful phase included.

On a live server with a database of its own, with a key that may do everything; then what is only for people,
with a token. Three things must never be: an error of ours, a status that the schema does not name, an answer
in another shape than it promises. Exit code 1 when one was found, or fewer cases ran than were asked for.
"""

import argparse
import json
import logging
import math
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
SCHEMA = "docs/openapi.yaml"
IDS = "ids.json"
OPERATIONS = 150  # about; so many share the cases
PHASES = "examples,coverage,fuzzing,stateful"
# Only people may; what would end the caller's own login is left to its own tests.
FOR_PEOPLE = ("auth_password", "auth_sessions", "auth_me")


def main(words: list[str]) -> int:
    """Both runs; what came of them on stdout."""
    options = _options(words)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals by thousands are no news
    import pytest
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    from tests.live import live_app

    settings.SIMULATOR_URL = "http://127.0.0.1:9"  # nobody is there
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            key, token, ids = furnish()
            (Path(folder) / IDS).write_text(json.dumps(ids))
            with live_app(patch) as address:
                runs = [
                    fuzz(address, f"X-Api-Key:{key}", options, Path(folder)),
                    fuzz(
                        address,
                        f"Authorization:Bearer {token}",
                        options,
                        Path(folder),
                        *(word for name in FOR_PEOPLE for word in ("--include-operation-id", name)),
                    ),
                ]
    finally:
        teardown_databases(databases, verbosity=0)
    cases = sum(run["cases"] for run in runs)
    answer = {
        "cases": cases,
        "seed": options.seed,
        "accepted": sum(run["accepted"] for run in runs),
        "operations": runs[0]["operations"],
        "phases": runs[0]["phases"],
        "failures": [failure for run in runs for failure in run["failures"]],
    }
    print(json.dumps(answer, indent=None if options.json else 2))  # noqa: T201
    return 1 if answer["failures"] or cases < options.cases else 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--cases", type=int, default=20_000, help="At least so many.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phases", default=PHASES)
    parser.add_argument("--per-operation", type=int, help="Instead of what --cases comes to.")
    parser.add_argument("--max-time", type=int, help="Seconds that it takes, all of them.")
    parser.add_argument("--json", action="store_true", help="One line.")
    return parser.parse_args(words)


def furnish() -> tuple[str, str, dict[str, str]]:
    """Something in each room: (a key of the owner, a token of hers, the start of a path → an id)."""
    from stakazo.identity.services import create_api_key
    from stakazo.identity.tokens import SignedAccessToken
    from tests.factories import make_user
    from tests.flows.test_contract import _ROOMS, something_in_each_room

    rows = something_in_each_room()
    ada = make_user("ada")
    _, key = create_api_key(user=ada, name="fuzz", scopes=["read", "write"])
    token = SignedAccessToken.for_user(ada)
    token.set_exp(lifetime=timedelta(days=1))
    return key, str(token), {start: str(rows[room].pk) for start, room in _ROOMS.items()}


def fuzz(
    address: str, header: str, options: argparse.Namespace, folder: Path, *more: str
) -> dict[str, Any]:
    """One run of schemathesis: how many cases, over how many operations, and what failed."""
    report = folder / "report.json"
    each = options.per_operation or math.ceil(options.cases / OPERATIONS)
    command = [
        Path(sys.executable).with_name("schemathesis"), "run", SCHEMA, "--url", address,
        "--header", header, "--phases", options.phases, "--checks", ",".join(CHECKS),
        "--max-examples", each, "--seed", options.seed, "--continue-on-failure", "--no-shrink",
        "--suppress-health-check", "all", "--warnings", "off", "--generation-database", "none",
        "--request-timeout", "120", "--report", "json", "--report-json-path", report,
        # Half of all cases would end at the door, with credentials out of the air.
        "--generation-with-security-parameters", "false", "--no-color", *more,
    ]  # fmt: skip
    if options.max_time:
        command += ["--max-time", min(options.max_time, 60) if more else options.max_time]
    env = os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "FUZZ_IDS": str(folder / IDS)}
    done = subprocess.run(
        list(map(str, command)), env=env, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if not report.exists():
        raise SystemExit(said[-3000:])
    told = json.loads(report.read_text())
    report.unlink()
    if told["failures"] or told["errors"] or not told["complete"]:
        print(said, file=sys.stderr)  # noqa: T201
    return {
        "cases": told["test_cases"]["generated"],
        "operations": told["operations"]["tested"],
        "phases": {name: phase["status"] for name, phase in told["phases"].items()},
        "accepted": sum(
            rates["accepted"]
            for phases in told["valid_rates"].values()
            for rates in phases.values()
        ),
        "failures": told["failures"] + told["errors"],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
