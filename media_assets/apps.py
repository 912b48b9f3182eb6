from django.apps import AppConfig


class MediaAssetsConfig(AppConfig):
    name = "media_assets"
    verbose_name = "Media"

    def ready(self) -> None:
        from media_assets import checks  # noqa: F401  registered by being imported
