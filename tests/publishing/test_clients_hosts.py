"""Simulated and live accounts never meet each other's hosts."""

import pytest

from publishing.platforms import PLATFORMS, client_for, oauth_for
from publishing.platforms.apps import app_of, apps_that_may_call
from publishing.platforms.facts import live_hosts
from publishing.platforms.hosts import LiveIsOff, WrongHost, hosts_of
from publishing.platforms.wire import Wire

LIVE_ADDRESSES = [
    "https://graph.instagram.com/v26.0/me",
    "https://rupload.facebook.com/ig-api-upload/v26.0/1",
    "https://open.tiktokapis.com/v2/user/info/",
    "https://open-upload.tiktokapis.com/video/",
    "https://www.googleapis.com/youtube/v3/videos",
    "https://oauth2.googleapis.com/token",
]
PLATFORM_NAMES = sorted(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
@pytest.mark.parametrize("address", LIVE_ADDRESSES)
def test_a_simulated_account_never_reaches_a_live_host(platform, address, settings):
    settings.SIMULATOR_URL = "http://127.0.0.1:8100"
    wire = Wire(hosts_of(platform, mode="simulator"))
    with pytest.raises(WrongHost):
        wire.call("GET", address)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8100/graph.instagram.com/me",
        "https://127.0.0.1/video",
        "http://graph.instagram.com/me",
        "https://graph.instagram.com.evil.example/me",
        "https://evil-tiktokapis.com/",
        "https://googleapis.com.evil.example/",
    ],
)
def test_a_live_account_never_reaches_anything_else(platform, address, settings):
    settings.STAKAZO_LIVE = True
    wire = Wire(hosts_of(platform, mode="live"))
    with pytest.raises(WrongHost):
        wire.call("GET", address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8101/graph.instagram.com/me",
        "https://127.0.0.1:8100/graph.instagram.com/me",
        "http://127.0.0.1:8100.evil.example/graph.instagram.com/me",
        "http://127.0.0.1:8100@evil.example/me",
    ],
)
def test_the_simulator_is_one_exact_address(address, settings):
    settings.SIMULATOR_URL = "http://127.0.0.1:8100"
    with pytest.raises(WrongHost):
        hosts_of("instagram", mode="simulator").check(address)


def test_naming_a_live_host_as_the_simulator_does_not_open_it(settings):
    settings.SIMULATOR_URL = "https://graph.instagram.com"
    hosts = hosts_of("instagram", mode="simulator")
    with pytest.raises(WrongHost):
        hosts.check(hosts.url("api", "/v26.0/me"))


def test_live_needs_the_switch(settings):
    settings.STAKAZO_LIVE = False
    with pytest.raises(LiveIsOff, match="STAKAZO_LIVE"):
        client_for("tiktok", mode="live", external_id="1", access_token="x")
    with pytest.raises(LiveIsOff):
        oauth_for("youtube", mode="live")
    with pytest.raises(WrongHost):
        client_for("tiktok", mode="rehearsal", external_id="1", access_token="x")


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_live_addresses_are_the_documented_hosts(platform, settings):
    settings.STAKAZO_LIVE = True
    hosts = hosts_of(platform, mode="live")
    for role, host in live_hosts(platform).items():
        assert hosts.url(role, "/x") == f"https://{host}/x"
        hosts.check(hosts.url(role, "/x"))


def test_the_simulators_secrets_open_nothing_where_live_is_on(settings):
    settings.STAKAZO_LIVE = True
    simulated = app_of("instagram", mode="simulator")
    settings.PLATFORM_APPS = {
        "instagram": {
            "client_id": "1",
            "client_secret": "live",
            "webhook_secrets": ["new", "old"],
            "verify_token": "v",
        }
    }
    [app] = apps_that_may_call("instagram")
    assert app.webhook_secrets == ("new", "old")
    assert simulated.webhook_secrets[0] not in app.webhook_secrets
    assert "live" not in repr(app)


def test_a_platform_cannot_send_our_bytes_elsewhere(simulator, small_video, monkeypatch):
    """The upload address comes in an answer; it passes the same check."""
    from publishing.platforms.instagram import InstagramClient
    from tests.publishing.contract import CONTENT, media_of

    account = simulator.account("instagram")
    client = client_for(
        "instagram",
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
    )
    create = InstagramClient._create_container

    def with_another_address(self, *args, **kwargs):
        return create(self, *args, **kwargs) | {"uri": "https://rupload.facebook.com/x"}

    monkeypatch.setattr(InstagramClient, "_create_container", with_another_address)
    with pytest.raises(WrongHost):
        client.upload_video(
            media_of(small_video), CONTENT, handle={}, on_handle=lambda handle: None
        )


def test_the_trusted_certificates_are_read_once_for_all_clients(monkeypatch):
    """Reading them for each client took most of the processor time of a post."""
    from publishing.platforms import wire

    read, really = [], wire.httpx.create_ssl_context
    monkeypatch.setattr(
        wire.httpx, "create_ssl_context", lambda **how: read.append(how) or really(**how)
    )
    wire._trusted.cache_clear()
    for platform in PLATFORM_NAMES:
        Wire(hosts_of(platform, mode="simulator")).close()
    assert read == [{"trust_env": False}]
