"""Restarts under load, one after the other, as a deploy makes them: nothing is lost, nothing counted."""

from tests.chaos.judge import Fault
from tests.chaos.plan import Order, Plan
from tests.chaos.run import Run

BACKLOG = 12


class Rolling(Run):
    """Two supervisors; again and again one is told to stop, waited for, and started anew."""

    times = 0

    def _hurt_it(self):
        self.house.keep_up()
        for number in range(self.times):
            self._keep_busy()
            self._wait_for_progress()
            which = number % len(self.house.supervisors)
            old = self.house.supervisors[which]
            old.terminate()
            while old.poll() is None:
                self._keep_busy()
                self._pass_time(0.1)
            self._tell(number)
        self._orders.clear()

    def _tell(self, number):
        from tests.chaos import points

        points.log("injected", {"kind": "rolling restart", "number": number})

    def _keep_busy(self):
        from jobs.models import Job

        waiting = self._insist(lambda: Job.objects.filter(status__in=Job.WAITING).count())
        if waiting < BACKLOG:
            self._enqueue(BACKLOG - waiting)

    def _judged(self, processes_left, stuck):
        told = super()._judged(processes_left, stuck)
        if lost := told.outcomes["lost"]:
            told.faults.append(
                Fault("wrong", "restarts", f"{lost} tries were lost, not handed back")
            )
        return told


def roll(stage, seed, options):
    """A run of so many restarts."""
    types = ["trial_note", "trial_file", "trial_call", "trial_heavy", "trial_child", "trial_steps"]
    orders = tuple(
        Order(f"order-{n}", types[n % len(types)], seconds=[0.1, 0.4, 1.0, 2.5][n % 4])
        for n in range(options.rolling * 40)
    )
    plan = Plan(seed, options.workers, 2, orders, (), {})
    run = Rolling(stage, plan, lease_s=options.lease_s)
    run.times = options.rolling
    return run
