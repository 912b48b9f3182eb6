from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "stakazo.backups"
    label = "backups"
    verbose_name = "Backups"
