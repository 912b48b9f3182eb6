"""What all runs share: a folder, a database server with a migrated template, maybe a Redis."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.disk import Disk
from tests.chaos.house import PROJECT
from tests.chaos.servers import OwnPostgresql, Postgresql, Redis, Sqlite


class Stage:
    """database: "" or a sqlite URL for SQLite, a postgres URL, or `own-postgresql`.

    disk_mb: what the product writes lies on a disk of this size; 0: beside everything else.
    """

    def __init__(self, database, *, redis=False, disk_mb=0):
        self.folder = Path(tempfile.mkdtemp(prefix="stakazo-chaos-")).resolve()
        self.redis = None
        self.disk = Disk(self.folder / "disk", disk_mb) if disk_mb else None
        try:
            if database == "own-postgresql":
                self.database = OwnPostgresql(self.folder)
            elif database.startswith("postgres"):
                self.database = Postgresql(database)
            else:
                self.database = Sqlite(self.disk.folder if self.disk else self.folder)
            self.redis = Redis() if redis else None
        except BaseException:
            self._remove()
            raise
        self.template = self.database.fresh("template")

    def django(self):
        """Set Django up in this process, and make the template."""
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": self.template,
            "REDIS_URL": self.redis.url if self.redis else "",
            "CHAOS_DIR": str(self.folder),
            "CHAOS_BELL": f"chaos{os.getpid()}",
            "STAKAZO_VAR_DIR": str(self.folder / "harness"),
        }
        os.environ.setdefault("STAKAZO_LOG_LEVEL", "ERROR")
        os.environ.pop("CHAOS_ARMED", None)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--run-syncdb", "-v", "0"],
            cwd=PROJECT,
            check=True,
        )
        import django

        django.setup()

    def without(self):
        """The kinds of injuries that this stage cannot have."""
        kinds = set()
        if self.database.vendor == "sqlite":
            kinds |= {"cut"}
        if not getattr(self.database, "ours", False):
            kinds |= {"restart:database"}
        if self.redis is None:
            kinds |= {"flush:redis", "restart:redis"}
        return kinds

    def close(self):
        """Everything away."""
        try:
            if self.redis:
                self.redis.close()
            self.database.close()
        finally:
            self._remove()

    def _remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
