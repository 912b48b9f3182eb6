"""What a scene is: a job that is about to run, and how to tell that all went well."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.utils import timezone

from jobs.models import JOB, Job
from tests.chaos import clock
from tests.chaos.history import read_history
from tests.chaos.judge import judge_lives

CREATED_IN = set(JOB.states) & {"pending", "scheduled"}


class Scene:
    """afresh: prepared anew for each point, because the world outside is part of it."""

    afresh = False
    job_type = ""

    def __init__(self, name):
        self.name = name.replace(":", "_")
        self.which = name.partition(":")[2] or name
        self._changed = []

    def open(self, theatre):
        """Whatever stands around the stage."""
        self.folder = theatre.folder

    def close(self):
        """What `change` has changed is as it was."""
        for each in self._changed:
            each.stop()

    def change(self, name, value):
        """Let the name of a module have another value until the scene closes: small batches, say."""
        self._changed.append(mock.patch(name, value))
        self._changed[-1].start()

    def prepare(self):
        """Rows and files, and a job that waits."""
        raise NotImplementedError

    def jobs(self):
        """The jobs that must have ended."""
        return Job.objects.filter(job_type=self.job_type)

    def faults(self):
        """What is wrong in the end, in words."""
        return [*self._lives(), *self.wrong(), *self._left()]

    def wrong(self):
        """What only this scene can know."""
        return []

    def _lives(self):
        history = read_history(self.folder, now=clock.now(), job_type=self.job_type)
        found = judge_lives(history, moves=JOB.moves, created_in=CREATED_IN)
        bad = [job for job in self.jobs() if job.status != "completed"]
        return [*map(str, found), *(f"{job} is {job.status}: {job.error}" for job in bad)]

    def _left(self):
        """Files that are still there when the daily upkeep has been."""
        from media_assets.services.orphans import sweep_orphans
        from media_assets.services.upkeep import sweep_temporaries
        from media_assets.services.uploads import sweep_uploads

        later = timezone.now() + timedelta(days=3)
        found = sweep_orphans(now=later)["files"]
        sweep_temporaries(now=later.timestamp())
        sweep_uploads(now=later)
        folders = {"work": settings.WORK_DIR, "temporary": tempfile.gettempdir()}
        left = [
            f"left in the {kind} folder: {each}"
            for kind, folder in folders.items()
            for each in Path(folder).rglob("*")
            if each.is_file()
        ]
        return left + [
            f"an orphan could not be removed: {name}"
            for name in found
            if (Path(settings.MEDIA_ROOT) / name).exists()
        ]


def events(event_type, **about):
    """What the ledger has of it."""
    from ledger.models import LedgerEvent

    return LedgerEvent.objects.filter(event_type=event_type, **about)


def count_of(event_type):
    """How often the ledger has it."""
    return events(event_type).count()


def told_once(event_type, rows):
    """Faults, unless the ledger has this of each row once, and of nothing else."""
    told = sorted(events(event_type).values_list("entity_id", flat=True))
    wanted = sorted(str(row.pk) for row in rows)
    if told != wanted:
        yield f"{event_type} of {told}, not of {wanted}"


def put_file(path, *, days=0, content=b"12345"):
    """A file that was written so many days ago."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    return path
