from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from jobs import worker

        autodiscover_modules("handlers")
        post_spawn.connect(worker.settle_in, dispatch_uid="jobs.settle_in")
        post_migrate.connect(_keep_sweeping, sender=self, dispatch_uid="jobs.keep_sweeping")


def _keep_sweeping(**more: Any) -> None:
    """A plain `manage.py qcluster` repairs too: q2's own schedule sweeps once a minute."""
    from django.db import connection

    from jobs.transport import ensure_schedule

    if "django_q_schedule" not in connection.introspection.table_names():
        return  # only some apps were migrated
    ensure_schedule("jobs.sweep", "jobs.runner.sweep_and_answer", minutes=1)
