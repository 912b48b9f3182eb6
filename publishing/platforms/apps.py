"""Our registrations at the platforms: from the settings for live, the simulator's own otherwise."""

from dataclasses import dataclass, field

from django.conf import settings

from publishing.platforms.hosts import LIVE
from publishing.simulator.credentials import SIMULATED_APPS

# Platforms with a second login, which has an app of its own.
OTHER_LOGINS = {"instagram": ("facebook",)}


@dataclass(frozen=True)
class AppCredentials:
    """Who we are to a platform. webhook_secrets: any of them may have signed a delivery."""

    client_id: str
    client_secret: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)


def app_of(platform: str, *, mode: str, login: str = "") -> AppCredentials:
    """The app we are on this platform in this mode. login: the other one, where there are two."""
    name = login or platform
    if mode == LIVE:
        app = settings.PLATFORM_APPS[name]
        return AppCredentials(
            client_id=app["client_id"],
            client_secret=app["client_secret"],
            webhook_secrets=tuple(app["webhook_secrets"]) or (app["client_secret"],),
            verify_token=app["verify_token"],
        )
    simulated = SIMULATED_APPS[name]
    return AppCredentials(
        client_id=simulated.client_id,
        client_secret=simulated.client_secret,
        webhook_secrets=(simulated.webhook_secret,),
        verify_token=simulated.verify_token,
    )


def apps_that_may_call(platform: str) -> list[AppCredentials]:
    """The apps whose webhooks we take: the live ones where live is on, else the simulator's.

    Never both: the simulator's secrets are public, so with live accounts they would let anybody in.
    """
    mode = LIVE if settings.STAKAZO_LIVE else "simulator"
    others = [
        app_of(platform, mode=mode, login=login)
        for login in OTHER_LOGINS.get(platform, ())
        if mode != LIVE or settings.PLATFORM_APPS.get(login, {}).get("client_id")
    ]
    return [app_of(platform, mode=mode), *others]
