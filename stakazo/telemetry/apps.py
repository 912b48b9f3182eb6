from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "stakazo.telemetry"
    label = "telemetry"
    verbose_name = "Telemetry"
