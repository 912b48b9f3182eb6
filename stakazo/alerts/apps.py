from django.apps import AppConfig

# Called directly, not as a job: a job a minute would fill the ledger with news of nothing.
SCHEDULES = [("alerts.evaluate", "stakazo.alerts.services.evaluate_alerts", 1)]


class AlertsConfig(AppConfig):
    name = "stakazo.alerts"
    label = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from jobs.transport import keep_schedules
        from stakazo.alerts import queries  # noqa: F401  hangs our counts on the board

        keep_schedules(self, SCHEDULES)
