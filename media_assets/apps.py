from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MediaAssetsConfig(AppConfig):
    name = "media_assets"
    verbose_name = "Media"

    def ready(self) -> None:
        from media_assets import checks  # noqa: F401  registered by being imported
        from media_assets.services.formats import keep_standard_formats

        post_migrate.connect(
            keep_standard_formats, sender=self, dispatch_uid="media_assets.formats"
        )
