from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "stakazo.alerts"
    label = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from stakazo.alerts import queries  # noqa: F401  hangs our counts on the board
