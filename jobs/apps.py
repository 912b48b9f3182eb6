from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# A plain `manage.py qcluster` repairs too: q2's own schedule sweeps once a minute.
SCHEDULES = [("jobs.sweep", "jobs.runner.sweep_and_answer", 1)]


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from jobs import worker
        from jobs.transport import keep_schedules

        autodiscover_modules("handlers")
        post_spawn.connect(worker.settle_in, dispatch_uid="jobs.settle_in")
        keep_schedules(self, SCHEDULES)
