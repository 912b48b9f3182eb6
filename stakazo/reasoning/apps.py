from django.apps import AppConfig


class ReasoningConfig(AppConfig):
    name = "stakazo.reasoning"
    label = "reasoning"
    verbose_name = "Reasoning"

    def ready(self) -> None:
        from jobs.transport import keep_schedules
        from stakazo.reasoning.schedules import SCHEDULES

        keep_schedules(self, SCHEDULES)
