from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentityConfig(AppConfig):
    name = "stakazo.identity"
    label = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        from stakazo.identity import schema  # noqa: F401  wired by being imported
        from stakazo.identity.browsing import watch_logins
        from stakazo.identity.roles import grant_roles

        watch_logins()
        post_migrate.connect(grant_roles, dispatch_uid="identity.grant_roles")
