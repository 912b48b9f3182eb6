"""The simulator's app registrations: fixed, public and worth nothing outside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SimulatedApp:
    """One app as its platform's developer portal would show it."""

    client_id: str
    client_secret: str
    webhook_secret: str
    verify_token: str


SIMULATED_APPS: dict[str, SimulatedApp] = {
    "instagram": SimulatedApp(
        client_id="990001112223334",
        client_secret="simulated-instagram-app-secret",  # noqa: S106  not a secret, see above
        webhook_secret="simulated-instagram-app-secret",  # noqa: S106  Meta signs with the same
        verify_token="simulated-instagram-verify-token",  # noqa: S106
    ),
    # Facebook Login is the other way to Instagram accounts, by an app of its own.
    "facebook": SimulatedApp(
        client_id="990005556667778",
        client_secret="simulated-facebook-app-secret",  # noqa: S106
        webhook_secret="simulated-facebook-app-secret",  # noqa: S106  Meta signs with the same
        verify_token="simulated-facebook-verify-token",  # noqa: S106
    ),
    "tiktok": SimulatedApp(
        client_id="aw-simulated-client-key",
        client_secret="simulated-tiktok-client-secret",  # noqa: S106
        webhook_secret="simulated-tiktok-client-secret",  # noqa: S106  TikTok signs with the same
        verify_token="",
    ),
    "youtube": SimulatedApp(
        client_id="990001112223334-simulated.apps.googleusercontent.com",
        client_secret="simulated-google-client-secret",  # noqa: S106
        webhook_secret="simulated-websub-secret",  # noqa: S106
        verify_token="simulated-youtube-verify-token",  # noqa: S106
    ),
}
