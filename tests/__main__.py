"""The whole suite: on SQLite everywhere, and on PostgreSQL and Redis too where they answer.

`python -m tests [pytest arguments]`. Says what it skipped and why; exits non-zero when any run failed.
"""

import os
import shutil
import socket
import subprocess
import sys

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/stakazo")
REDIS = os.environ.get("TEST_REDIS_SERVER", "redis://127.0.0.1:6379/9")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


def why_not_postgresql() -> str:
    """ "" when we may create databases there, else the reason why not."""
    import psycopg
    from psycopg import conninfo

    try:
        with psycopg.connect(
            conninfo.make_conninfo(POSTGRESQL, dbname="postgres"), connect_timeout=3
        ) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return "" if row and row[0] else "its user may not create databases"


def run(name: str, arguments: list[str], env: dict[str, str]) -> int:
    """One pytest run."""
    print(f"\n=== {name} ===", flush=True)  # noqa: T201
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *arguments]
    return subprocess.run(command, env=os.environ | env, check=False).returncode


def main(arguments: list[str]) -> int:
    """All runs; the worst exit code."""
    skipped = []
    codes = [run("SQLite", arguments, {})]
    if reason := why_not_postgresql():
        skipped.append(f"PostgreSQL ({POSTGRESQL}): {reason}")
    else:
        env = {"TEST_DATABASE_URL": POSTGRESQL}
        name = "PostgreSQL"
        if answers("127.0.0.1", 6379):
            env["TEST_REDIS_URL"] = REDIS
            name += " and Redis"
        else:
            skipped.append("Redis (127.0.0.1:6379): nobody answers")
        codes.append(run(name, ["-m", "not any_database or postgresql or redis", *arguments], env))
    if not any(shutil.which(name) for name in CHROMIUM):
        skipped.append("the browser tests: no chromium on this machine")
    for line in skipped:
        print(f"Skipped: {line}")  # noqa: T201
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
