from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "stakazo.identity"
    label = "identity"
    verbose_name = "Identity"
