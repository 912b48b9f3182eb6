"""The trial app's handlers, whose effects can be counted from outside of the database."""

from jobs.models import JOB, Job
from jobs.services import enqueue
from tests.chaos import clock
from tests.chaos.history import read_history
from tests.chaos.judge import judge
from tests.chaos.outside import World
from tests.chaos.scenes.scene import CREATED_IN, Scene


class Trial(Scene):
    """One of them."""

    def open(self, theatre):
        """With the world outside."""
        super().open(theatre)
        self.job_type = f"trial_{self.which}"
        self.world = World()
        (self.folder / "world").write_text(self.world.url)

    def close(self):
        """The world ends."""
        super().close()
        self.world.close()

    def prepare(self):
        """One order."""
        enqueue(self.job_type, {"name": "one", "times": 1})

    def jobs(self):
        """All of ours, also those that ours enqueue."""
        return Job.objects.filter(job_type__startswith="trial_")

    def faults(self):
        """The judge says."""
        history = read_history(self.folder, now=clock.now())
        return [str(fault) for fault in judge(history, moves=JOB.moves, created_in=CREATED_IN)]
