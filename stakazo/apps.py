from django.apps import AppConfig


class StakazoConfig(AppConfig):
    name = "stakazo"
    label = "stakazo"
