from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

# A plain `manage.py qcluster` repairs too: q2's own schedule sweeps once a minute.
SCHEDULES = [("jobs.sweep", "jobs.runner.sweep_and_answer", 1)]


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from django_q.signals import post_execute, post_spawn

        from jobs import canary, checks, ledger_handlers, worker  # noqa: F401  registered by being imported
        from jobs.services.schedules import keep_declared
        from jobs.transport import keep_schedules

        autodiscover_modules("handlers")
        autodiscover_modules("schedules")
        post_spawn.connect(worker.settle_in, dispatch_uid="jobs.settle_in")
        post_execute.connect(canary.pass_on, dispatch_uid="jobs.canary")
        keep_schedules(self, SCHEDULES)
        post_migrate.connect(keep_declared, sender=self, dispatch_uid="jobs.declared")
