from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = "Publishing"

    def ready(self) -> None:
        from jobs.transport import keep_schedules
        from publishing.schedules import SCHEDULES

        keep_schedules(self, SCHEDULES)
