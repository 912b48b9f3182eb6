from django.apps import AppConfig

# What a crash left in the folders of work and uploads is taken away, on each machine with a cluster.
SCHEDULES = [
    ("media.sweep_temporaries", "media_assets.services.upkeep.sweep_temporaries", 6 * 60),
]


class MediaAssetsConfig(AppConfig):
    name = "media_assets"
    verbose_name = "Media"

    def ready(self) -> None:
        from jobs.transport import keep_schedules
        from media_assets import checks  # noqa: F401  registered by being imported

        keep_schedules(self, SCHEDULES)
