from django.apps import AppConfig


class TrialConfig(AppConfig):
    """Arms the named points in the processes that are to be hurt."""

    name = "tests.chaos.app"
    label = "trial"

    def ready(self):
        from tests.chaos import points

        if points.armed():
            points.install()
