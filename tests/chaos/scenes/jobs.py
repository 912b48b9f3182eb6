"""The jobs that the room of jobs does for itself."""

from datetime import timedelta

from django.utils import timezone

from jobs.models import BudgetUse, Job, JobAttempt, RateBudget
from jobs.services import cancel_job, enqueue
from tests.chaos.scenes.scene import Scene, told_once


class Many(Scene):
    """act_on_jobs: four jobs tried again, or cancelled."""

    job_type = "act_on_jobs"

    def prepare(self):
        """The four, and the batch that acts on them."""
        from jobs.services.bulk import act_on_many

        later = timezone.now() + timedelta(days=30)
        for number in range(4):
            order = {"name": f"of many {number}"}
            job = enqueue("trial_note", order, run_at=later, dedup_key=f"many:{number}")
            if self.which == "retry":
                cancel_job(job)
        act_on_many(self._targets(), self.which)

    def _targets(self):
        return Job.objects.filter(job_type="trial_note")

    def jobs(self):
        """Those that are tried again too."""
        ours = Job.objects.filter(job_type=self.job_type)
        return ours | self._targets() if self.which == "retry" else ours

    def wrong(self):
        """Each was acted on once, and those tried again took effect once."""
        from jobs.models import JobBatch
        from tests.chaos.app.models import Effect

        targets = list(self._targets())
        yield from told_once("job_cancelled", targets)
        if self.which == "retry":
            yield from told_once("job_requeued", targets)
            effects = sorted(map(str, Effect.objects.values_list("job_id", flat=True)))
            if effects != sorted(str(job.pk) for job in targets):
                yield f"effects of {effects}"
        elif [job.status for job in targets] != ["cancelled"] * 4:
            yield f"the jobs are {[job.status for job in targets]}"
        if JobBatch.objects.count() != 1:
            yield f"{JobBatch.objects.count()} batches"


class Prune(Scene):
    """prune_jobs: jobs of schedules that ended long ago, and uses of budgets that count no longer."""

    job_type = "prune_jobs"

    def open(self, theatre):
        """In small batches."""
        super().open(theatre)
        self.change(
            "jobs.services.pruning.forget_housekeeping.__kwdefaults__", {**_defaults(), "batch": 2}
        )

    def prepare(self):
        """Five that may go, one that is young, one that somebody asked for; three uses, one counts."""
        from jobs.runner import drain
        from tests.past_the_ledger import overwrite

        old = timezone.now() - timedelta(days=400)
        orders = {f"old {n}": ("schedule:trial", old) for n in range(5)}
        orders |= {"young": ("schedule:trial", timezone.now()), "asked": ("", old)}
        jobs = {name: enqueue("trial_note", {"name": name}) for name in orders}
        drain()
        for name, (key, ended_at) in orders.items():
            overwrite(Job.objects.filter(pk=jobs[name].pk), dedup_key=key, ended_at=ended_at)
        budget = RateBudget.objects.create(key="trial", limit=9, per_s=1)
        for days in (-2, -1, 2):
            moment = timezone.now() + timedelta(days=days)
            BudgetUse.objects.create(budget=budget, at=moment, until=moment, cost=1)
        enqueue(self.job_type, {})

    def wrong(self):
        """What may go is gone with its tries, told once; the rest is there."""
        from ledger.models import LedgerEvent

        left = sorted(
            Job.objects.filter(job_type="trial_note").values_list("payload__name", flat=True)
        )
        if left != ["asked", "young"]:
            yield f"left are {left}"
        made = LedgerEvent.objects.filter(event_type="job_created", metadata__job_type="trial_note")
        gone = set(made.values_list("entity_id", flat=True)) - {
            str(pk) for pk in Job.objects.values_list("pk", flat=True)
        }
        told = sorted(
            LedgerEvent.objects.filter(event_type="job_forgotten").values_list(
                "entity_id", flat=True
            )
        )
        if told != sorted(gone) or len(told) != 5:
            yield f"{len(told)} × job_forgotten of {len(gone)} that are gone"
        tries = JobAttempt.objects.filter(job__job_type="trial_note").count()
        if tries != 2:
            yield f"{tries} tries are left"
        if BudgetUse.objects.count() != 1:
            yield f"{BudgetUse.objects.count()} uses are left"


def _defaults():
    from jobs.services.pruning import forget_housekeeping

    return forget_housekeeping.__kwdefaults__
