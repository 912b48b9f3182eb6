"""Simulated and live accounts never meet each other's hosts; errors mean what the table says."""

import pytest

from publishing.errors import (
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformProblem,
    RefusedContent,
)
from publishing.platforms import PLATFORMS, client_for, oauth_for
from publishing.platforms.apps import app_of, apps_that_may_call
from publishing.platforms.error_table import FAILURES, TABLE, Phase, error_for
from publishing.platforms.hosts import LIVE_HOSTS, LiveIsOff, WrongHost, hosts_of
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
    for role, host in LIVE_HOSTS[platform].items():
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


@pytest.mark.parametrize(
    ("platform", "phase", "answer", "error"),
    [
        ("instagram", "prepare", {"http": 400, "code": "190", "subcode": "463"}, NeedsReconnect),
        ("instagram", "commit", {"http": 400, "code": "190", "subcode": "463"}, NeedsReconnect),
        ("instagram", "commit", {"http": 400, "code": "4", "subcode": "2207051"}, OutcomeUnknown),
        ("instagram", "commit", {"http": 400, "code": "4"}, PlatformBusy),
        ("instagram", "commit", {"http": 400, "code": "9007", "subcode": "2207027"}, PlatformBusy),
        ("instagram", "commit", {"http": 500, "code": "2"}, OutcomeUnknown),
        ("instagram", "prepare", {"http": 500, "code": "2"}, PlatformBusy),
        ("instagram", "prepare", {"http": 400, "code": "36004"}, RefusedContent),
        ("instagram", "commit", {"http": 400, "code": "4711"}, OutcomeUnknown),
        ("instagram", "prepare", {"http": 400, "code": "4711"}, PlatformProblem),
        ("instagram", "read", {"http": 400, "code": "4711", "transient": True}, PlatformBusy),
        ("tiktok", "prepare", {"http": 200, "code": "spam_risk_too_many_posts"}, PlatformBusy),
        ("tiktok", "prepare", {"http": 401, "code": "access_token_invalid"}, NeedsReconnect),
        ("tiktok", "commit", {"http": 503, "code": "upload"}, OutcomeUnknown),
        ("tiktok", "commit", {"http": 416, "code": "upload"}, OutcomeUnknown),
        ("tiktok", "commit", {"http": 403, "code": "upload"}, PlatformProblem),
        ("youtube", "prepare", {"http": 403, "code": "quotaExceeded"}, PlatformBusy),
        ("youtube", "prepare", {"http": 400, "code": "invalidTitle"}, RefusedContent),
        ("youtube", "commit", {"http": 502}, OutcomeUnknown),
        ("youtube", "commit", {"http": 429}, PlatformBusy),
    ],
)
def test_the_same_code_means_something_else_in_another_phase(platform, phase, answer, error):
    assert type(error_for(platform, phase=Phase(phase), **answer)) is error


def test_every_sentence_of_the_tables_is_one_for_people():
    sentences = [row.sentence for row in TABLE] + [sentence for sentence, _ in FAILURES.values()]
    for sentence in sentences:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "error code" not in sentence


def test_every_busy_error_says_when_to_come_back():
    for row in TABLE:
        if row.error is PlatformBusy:
            error = error_for(
                row.platform,
                phase=Phase.PREPARE,
                http=row.http or 400,
                code=row.code,
                subcode=row.subcode,
            )
            assert error.details["retry_after_s"] > 0


def test_secrets_in_an_answer_are_masked_in_the_error():
    wire = {"message": "Bearer abc.def", "access_token": "secret", "url": "https://x.example/?t=1"}
    error = error_for("tiktok", phase=Phase.READ, http=400, wire=wire)
    assert "secret" not in str(error.wire)
    assert "abc.def" not in str(error.wire)
    assert "t=1" not in str(error.wire)
