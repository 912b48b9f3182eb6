from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "stakazo.core"
    label = "stakazo_core"
