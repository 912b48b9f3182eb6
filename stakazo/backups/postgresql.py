"""PostgreSQL: pg_dump of one exported snapshot; pg_restore and psql in one transaction."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db import connection, connections
from django.db.backends.postgresql.client import DatabaseClient

from stakazo.backups.errors import BackupFailed, NoClientPrograms, UnfitBackup
from stakazo.backups.manifest import Manifest
from stakazo.backups.queries import as_alias

PART = "database.pgdump"
LOCK_WAIT_S = 20
MOST_SKIPPED = 20_000_000
"""So many transactions a server is let count on; more would take it minutes."""
_SKIPPED_AT_ONCE = 100_000
_DEBIAN = Path("/usr/lib/postgresql")

# Everything of one schema but what an extension brought.
_DROP_ALL = """
DO $drop$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
            WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname) AS words
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND NOT c.relispartition AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relkind = 'S'
    LOOP EXECUTE one.words; END LOOP;
    FOR one IN
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) AS words
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = {schema} AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP EXECUTE one.words; END LOOP;
END $drop$;
"""
_CHECK_ROWS = """
    SELECT count(*) INTO found FROM {table};
    IF found <> {rows} THEN
        RAISE EXCEPTION '%', format('%s has %s rows, the backup had %s', {name}, found, {rows});
    END IF;
"""


def about() -> dict[str, Any]:
    """What the manifest says of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_schema(), "
            "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        version, schema, counter = cursor.fetchone()
    return {
        "kind": "postgresql",
        "server_version": version,
        "schema": schema,
        "transaction_counter": counter,
    }


def refuse_unfit(manifest: Manifest) -> None:
    """Raises UnfitBackup, NoClientPrograms."""
    here, there = about(), manifest.database
    if _major(here["server_version"]) < _major(there["server_version"]):
        raise UnfitBackup(
            f"The backup is of PostgreSQL {there['server_version']}, this server is older: "
            f"{here['server_version']}."
        )
    if here["schema"] != there["schema"]:
        raise UnfitBackup(
            f"The backup is of the schema {there['schema']}, this database works in {here['schema']}."
        )
    if there["transaction_counter"] - here["transaction_counter"] > MOST_SKIPPED:
        raise UnfitBackup(
            f"This server counts transactions from {here['transaction_counter']}, the backup's had "
            f"come to {there['transaction_counter']}; the ledger needs it to count on from there. Stop "
            f"the server and call pg_resetwal -x {there['transaction_counter'] % 2**32}.",
            counter=here["transaction_counter"],
            wanted=there["transaction_counter"],
        )
    _programs(_major(there["server_version"]))


@contextlib.contextmanager
def snapshot(part: Path | None) -> Iterator[str]:
    """The alias of one moment of the database, of which `part` becomes the dump.

    Raises NoClientPrograms, BackupFailed.
    """
    with as_alias() as alias, connections[alias].cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_schema()")
        name, schema = cursor.fetchone()
        if part is not None:
            _dump(part, snapshot_name=name, schema=schema)
        yield alias
        cursor.execute("ROLLBACK")


def load(part: Path, manifest: Manifest) -> None:
    """Put the dump in the place of all that the schema holds, in one transaction.

    It is committed when every table has the rows, and the ledger the head, that the manifest tells of.
    Raises BackupFailed, NoClientPrograms.
    """
    folder = _programs(_major(manifest.database["server_version"]))
    _let_count_on(int(manifest.database["transaction_counter"]))
    connection.close()
    schema = manifest.database["schema"]
    where, env = _where()
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(  # noqa: S603  our own command line
            [folder / "psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", *where],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=env,
        )
        stdin = psql.stdin
        assert stdin is not None  # noqa: S101  for the type checker
        whole = False
        try:
            with contextlib.suppress(BrokenPipeError):  # it says itself why it ended
                stdin.write(_before(schema).encode())
                stdin.flush()
                _pour(folder, part, stdin, said, schema=schema)
                stdin.write(_after(schema, manifest).encode())
                stdin.flush()
                whole = True
        finally:
            # Without our COMMIT the end of its input undoes everything.
            with contextlib.suppress(BrokenPipeError):
                stdin.close()
            code = psql.wait()
        if code or not whole:
            raise BackupFailed(f"The database could not be replaced: {_last_words(said)}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a dump brings no statistics


def _pour(folder: Path, part: Path, into: IO[bytes], said: IO[bytes], *, schema: str) -> None:
    command: list[str | Path] = [
        folder / "pg_restore",
        "-f",
        "-",
        "--no-owner",
        "--no-privileges",
        f"--schema={schema}",  # what is in it, without the schema itself
        part,
    ]
    poured = subprocess.run(command, stdout=into, stderr=said, check=False)  # noqa: S603
    if poured.returncode:
        raise BrokenPipeError


def _before(schema: str) -> str:
    return (
        f"BEGIN;\nSET LOCAL client_min_messages = warning;\nSET LOCAL lock_timeout = '{LOCK_WAIT_S}s';\n"
        + _DROP_ALL.format(schema=_text(schema))
        + "\n"
    )


def _after(schema: str, manifest: Manifest) -> str:
    checks = "".join(
        _CHECK_ROWS.format(
            table=f"{_name(schema)}.{_name(table)}", name=_text(table), rows=int(rows)
        )
        for table, rows in manifest.rows.items()
    )
    if manifest.head:
        seals = f"{_name(schema)}.ledger_seals"
        checks += (
            f"    IF {_text(manifest.head['seal_hash'])} IS DISTINCT FROM "  # noqa: S608  quoted
            f"(SELECT seal_hash FROM {seals} ORDER BY number DESC LIMIT 1) THEN\n"
            "        RAISE EXCEPTION 'the head of the ledger is not that of the manifest';\n"
            "    END IF;\n"
        )
    return f"\nDO $check$\nDECLARE found bigint;\nBEGIN\n{checks}END $check$;\nCOMMIT;\n"


def _dump(part: Path, *, snapshot_name: str, schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        folder = _programs(_major(cursor.fetchone()[0]))
    where, env = _where()
    command: list[str | Path] = [
        folder / "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        f"--snapshot={snapshot_name}",
        f"--schema={_name(schema)}",
        f"--lock-wait-timeout={LOCK_WAIT_S}s",
        f"--file={part}",
        *where,
    ]
    dumped = subprocess.run(  # noqa: S603  our own command line
        command, stdin=subprocess.DEVNULL, capture_output=True, env=env, check=False
    )
    if dumped.returncode:
        words = dumped.stderr.decode(errors="replace").strip()
        raise BackupFailed(f"pg_dump could not copy the database: {words[-500:]}")


def _let_count_on(wanted: int) -> None:
    """Have the server count transactions up to there, or events of the backup would be of the future."""
    with connection.cursor() as cursor:
        while (behind := wanted - about()["transaction_counter"]) > 0:
            cursor.execute(
                "DO $$ BEGIN FOR n IN 1 .. "
                f"{min(behind, _SKIPPED_AT_ONCE)} LOOP PERFORM pg_current_xact_id(); COMMIT; "
                "END LOOP; END $$"
            )


def _programs(server: int) -> Path:
    """The folder of PostgreSQL's programs that fit a server of this major version best.

    Raises NoClientPrograms.
    """
    found: dict[int, Path] = {}
    path = shutil.which("pg_dump")
    folders = [Path(path).parent] if path else []
    folders += sorted(_DEBIAN.glob("*/bin"))
    for folder in folders:
        if all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
            found.setdefault(_version_of(folder / "pg_dump"), folder)
    fitting = [version for version in found if version >= server]
    if not fitting:
        here = f"those here are of version {max(found)}" if found else "there are none on the PATH"
        raise NoClientPrograms(
            f"Backups of PostgreSQL {server} need pg_dump, pg_restore and psql of version {server} or "
            f"newer; {here}. Debian and Ubuntu: apt install postgresql-client-{server}.",
            wanted=server,
        )
    return found[min(fitting)]


def _version_of(program: Path) -> int:
    try:
        said = subprocess.run(  # noqa: S603  we looked it up
            [program, "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return 0
    return _major(said)


def _major(version: str) -> int:
    """15 of "15.20 (Debian …)" and of "pg_dump (PostgreSQL) 15.20"; 0 where there is none."""
    match = re.search(r"(?<![\d.])(\d+)(\.\d+|beta|rc|devel|$|\s)", version)
    return int(match.group(1)) if match else 0


def _where() -> tuple[list[str], dict[str, str]]:
    """(arguments that name the database, the environment); a password stands in the latter only."""
    arguments, told = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return [str(word) for word in arguments[1:]], {**os.environ, **(told or {})}


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    words = said.read().decode(errors="replace").strip()
    return words[-500:] or "psql ended early."


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
