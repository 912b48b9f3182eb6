from django.apps import AppConfig

SCHEDULES = [("telemetry.record", "stakazo.telemetry.handlers.ask_for_recording", 5)]


class TelemetryConfig(AppConfig):
    name = "stakazo.telemetry"
    label = "telemetry"
    verbose_name = "Telemetry"

    def ready(self) -> None:
        from jobs.transport import keep_schedules

        keep_schedules(self, SCHEDULES)
