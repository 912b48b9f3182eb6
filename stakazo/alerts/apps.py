from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "stakazo.alerts"
    label = "alerts"
    verbose_name = "Alerts"
