from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = "Publishing"

    def ready(self) -> None:
        post_migrate.connect(_keep_schedules, sender=self, dispatch_uid="publishing.schedules")


def _keep_schedules(**more: Any) -> None:
    """Every cluster reconciles and collects metrics, whoever started it."""
    from django.db import connection

    from jobs.transport import ensure_schedule
    from publishing.schedules import SCHEDULES

    if "django_q_schedule" not in connection.introspection.table_names():
        return  # only some apps were migrated
    for name, function, minutes in SCHEDULES:
        ensure_schedule(name, function, minutes=minutes)
