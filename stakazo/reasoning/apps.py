from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReasoningConfig(AppConfig):
    name = "stakazo.reasoning"
    label = "reasoning"
    verbose_name = "Reasoning"

    def ready(self) -> None:
        post_migrate.connect(_keep_schedules, sender=self, dispatch_uid="reasoning.schedules")


def _keep_schedules(**more: Any) -> None:
    """Have every cluster look at the house now and then."""
    from django.db import connection

    from jobs.transport import ensure_schedule
    from stakazo.reasoning.schedules import SCHEDULES

    if "django_q_schedule" not in connection.introspection.table_names():
        return  # only some apps were migrated
    for name, function, minutes in SCHEDULES:
        ensure_schedule(name, function, minutes=minutes)
