from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = "Publishing"

    def ready(self) -> None:
        """The start-up checks make themselves known."""
        from publishing import checks  # noqa: F401
