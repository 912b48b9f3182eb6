"""Databases and a Redis of our own, that may be restarted and flushed."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PG_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def free_port():
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(answers, what, timeout_s=120):
    """Until somebody answers; what: for the message when nobody does."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := answers():
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def listens(port):
    """Whether somebody listens at this port of ours."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Sqlite:
    """Files; a fresh database is a copy of the first one."""

    vendor = "sqlite"

    def __init__(self, folder):
        self.folder = folder

    def fresh(self, name, *, of="template"):
        """The URL of a new database: a copy of another one, or empty while there is no template."""
        self.drop(name)
        path = self.folder / f"{name}.sqlite3"
        if (template := self.folder / f"{of}.sqlite3").exists():
            shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    def drop(self, name):
        """Remove it."""
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"{name}.sqlite3{ending}").unlink(missing_ok=True)

    def close(self):
        """Nothing runs."""


class Postgresql:
    """Databases on a server. url: of the server, any database; their names get a prefix of our own."""

    vendor = "postgresql"
    ours = False

    def __init__(self, url):
        self.url = url
        self.prefix = f"chaos_{os.getpid()}_{secrets.token_hex(2)}"
        self.made = set()

    def _at(self, name):
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def execute(self, sql, *values):
        """One statement, outside of transactions."""
        import psycopg

        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            answer = connection.execute(sql, values)
            return answer.fetchall() if answer.description else []

    def fresh(self, name, *, of="template"):
        """The URL of a new database: a copy of another one, or empty while there is no template."""
        full = f"{self.prefix}_{name}"
        template = f"{self.prefix}_{of}"
        copy = f' TEMPLATE "{template}"' if template in self.made else ""
        self.drop(name)
        self.execute(f'CREATE DATABASE "{full}"{copy}')
        self.made.add(full)
        return self._at(full)

    def drop(self, name):
        """Remove it, whoever is connected."""
        full = f"{self.prefix}_{name}"
        self.execute(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)')
        self.made.discard(full)

    def cut(self, name):
        """End every connection to this database; how many there were."""
        return self.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            f"{self.prefix}_{name}",
        )[0][0]

    def close(self):
        """Drop all that we made."""
        for full in list(self.made):
            self.drop(full.removeprefix(f"{self.prefix}_"))


class OwnPostgresql(Postgresql):
    """A server of our own, which may be restarted. As root it runs as the user postgres."""

    ours = True

    def __init__(self, folder):
        self.folder = Path(folder) / "postgresql"
        self.folder.mkdir(mode=0o700)
        self.port = free_port()
        if os.geteuid() == 0:
            Path(folder).chmod(0o755)
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-D", self.folder / "data", "-N")
        self.start()
        super().__init__(f"postgres://postgres@127.0.0.1:{self.port}/postgres")

    @staticmethod
    def possible():
        """Whether this machine has the programs."""
        return bool(PG_BIN)

    def _run(self, program, *words):
        command = [str(PG_BIN[-1] / program), *map(str, words)]
        if os.geteuid() == 0:
            command = ["su", "postgres", "-c", " ".join(f"'{word}'" for word in command)]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def _control(self, *words):
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", *words)

    def start(self):
        """Up. Commits reach the disk as in production."""
        options = f"-p {self.port} -k {self.folder} -h 127.0.0.1 -c max_connections=200"
        self._control("-o", options, "start")

    def restart(self):
        """Down without waiting for anybody, as in a crash, and up again."""
        self._control("-m", "immediate", "stop")
        self.start()

    def close(self):
        """Down; its folder goes with the folder of all."""
        self._control("-m", "immediate", "stop")


class Redis:
    """A Redis of our own, without a disk: what it forgets in a restart is gone."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    @staticmethod
    def possible():
        """Whether this machine has the program."""
        return bool(shutil.which("redis-server"))

    def start(self):
        """Up."""
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
        )
        wait_for(lambda: listens(self.port), "Redis answers")

    def flush(self):
        """Forget everything."""
        import redis

        with redis.Redis(port=self.port) as connection:
            connection.flushall()

    def restart(self):
        """kill -9, and up again with nothing."""
        self.close()
        self.start()

    def close(self):
        """Gone."""
        self.process.kill()
        self.process.wait()
