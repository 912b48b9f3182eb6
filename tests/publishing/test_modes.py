"""Simulated and live never meet: every call of every client, and what pages and keys say of it."""

import contextlib
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from publishing.platforms import PLATFORMS, client_for, oauth_for, wire
from publishing.platforms.base import Tokens
from publishing.platforms.facts import live_hosts
from publishing.platforms.hosts import WrongHost, looks_live
from publishing.platforms.websub import subscribe_to_channel
from publishing.services.webhooks import handle_delivery, receive
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.hooks import signed
from stakazo.core.errors import StakazoError
from tests.factories import make_publication, make_user
from tests.publishing.contract import CONTENT, media_of
from tests.publishing.road import PLATFORMS as NAMES

SIMULATOR = "http://127.0.0.1:8100"
HANDLES = {
    "instagram": {"container_id": "1", "upload_url": "", "caption": "c"},
    "tiktok": {
        "publish_id": "p",
        "size_bytes": 9,
        "chunk_bytes": 9,
        "chunk_count": 1,
    },
    "youtube": {"size_bytes": 9, "chunk_bytes": 262_144, "title": "t"},
}
UPLOADS = {
    "simulator": {
        "instagram": f"{SIMULATOR}/rupload.facebook.com/ig-api-upload/v26.0/1",
        "tiktok": f"{SIMULATOR}/open-upload.tiktokapis.com/video/?upload_id=1",
        "youtube": f"{SIMULATOR}/www.googleapis.com/upload/youtube/v3/videos?upload_id=1",
    },
    "live": {
        "instagram": "https://rupload.facebook.com/ig-api-upload/v26.0/1",
        "tiktok": "https://open-upload.tiktokapis.com/video/?upload_id=1",
        "youtube": "https://www.googleapis.com/upload/youtube/v3/videos?upload_id=1",
    },
}
OTHER = {"simulator": "live", "live": "simulator"}


class Net:
    """All of the network: writes down who is called, and answers as it is told."""

    def __init__(self, answer=None):
        self.asked, self._answer = [], answer or (lambda request: httpx.Response(503))

    def __call__(self, request):
        self.asked.append(str(request.url))
        request.read()
        return self._answer(request)

    @property
    def hosts(self):
        """Who was called."""
        return {urlsplit(url).netloc for url in self.asked}


@pytest.fixture
def net(monkeypatch, settings):
    """No call leaves this process; live is on, so that only the mode of the account decides."""
    settings.SIMULATOR_URL, settings.STAKAZO_LIVE = SIMULATOR, True
    settings.PLATFORM_APPS = {
        platform: {
            "client_id": "1",
            "client_secret": "s",
            "webhook_secrets": ["s"],
            "verify_token": "v",
        }
        for platform in NAMES
    }
    net, real = Net(), httpx.Client
    monkeypatch.setattr(
        wire.httpx, "Client", lambda **more: real(**more, transport=httpx.MockTransport(net))
    )
    monkeypatch.setattr(wire.Wire, "pause", lambda self, units: None)
    return net


def calls_of(platform, mode, video):
    """Everything that makes a client or a sign-in call somebody, one by one."""
    media, now = media_of(video), datetime.now(tz=UTC)
    handle = HANDLES[platform] | {
        "upload_url": UPLOADS[mode][platform],
        "started_at": now.isoformat(),
    }
    tokens = Tokens("access", "refresh")

    def client():
        return client_for(platform, mode=mode, external_id="1", access_token="x")

    def oauth():
        return oauth_for(platform, mode=mode)

    yield lambda: client().authenticate()
    yield lambda: client().upload_video(media, CONTENT, handle={}, on_handle=lambda known: None)
    yield lambda: client().upload_video(media, CONTENT, handle=handle, on_handle=lambda known: None)
    yield lambda: client().publish_video(media, CONTENT, handle=handle)
    yield lambda: client().get_publish_status(handle)
    yield lambda: client().find_post(CONTENT, media, since=now)
    yield lambda: client().post_metrics("1")
    yield lambda: oauth().exchange(code="c", redirect_uri="https://a.example/b", code_verifier="v")
    yield lambda: oauth().refresh(tokens)
    yield lambda: oauth().profile(tokens)
    if platform == "youtube":
        yield lambda: subscribe_to_channel(
            channel_id="1", callback_url="https://a.example/b", secret="s", mode=mode
        )


@pytest.mark.parametrize("platform", NAMES)
@pytest.mark.parametrize("mode", ["simulator", "live"])
def test_every_call_of_every_client_stays_in_its_mode(net, small_video, platform, mode):
    for call in calls_of(platform, mode, small_video):
        before = len(net.asked)
        with contextlib.suppress(StakazoError):
            call()
        assert len(net.asked) > before, "it called nobody"
    if mode == "simulator":
        assert net.hosts == {"127.0.0.1:8100"}
    else:
        assert net.hosts <= set(live_hosts(platform).values())


@pytest.mark.parametrize("platform", NAMES)
@pytest.mark.parametrize("mode", ["simulator", "live"])
def test_the_page_where_somebody_signs_in_is_of_the_same_mode(net, platform, mode):
    url = oauth_for(platform, mode=mode).authorize_url(
        state="s", redirect_uri="https://a.example/b", code_verifier="v" * 50
    )
    if mode == "simulator":
        assert url.startswith(f"{SIMULATOR}/")
    else:
        assert urlsplit(url).netloc == live_hosts(platform)["authorize"]


@pytest.mark.parametrize("platform", NAMES)
@pytest.mark.parametrize("mode", ["simulator", "live"])
def test_an_upload_address_of_the_other_mode_gets_no_byte(net, small_video, platform, mode):
    """The platforms choose it themselves, in an answer; a wrong one is not followed."""
    there = UPLOADS[OTHER[mode]][platform]

    def answer(request):
        if platform == "youtube":
            return httpx.Response(200, headers={"location": there})
        if platform == "instagram":
            return httpx.Response(200, json={"id": "1", "uri": there})
        told = {
            "publish_id": "p",
            "upload_url": there,
            "privacy_level_options": ["PUBLIC_TO_EVERYONE"],
            "status": "PROCESSING_UPLOAD",
        }
        return httpx.Response(200, json={"data": told, "error": {"code": "ok"}})

    net._answer = answer
    client = client_for(platform, mode=mode, external_id="1", access_token="x")
    media = media_of(small_video)
    with pytest.raises(WrongHost):
        handle = client.upload_video(media, CONTENT, handle={}, on_handle=lambda known: None)
        client.publish_video(media, CONTENT, handle=handle)
    assert all(looks_live(urlsplit(url).hostname) == (mode == "live") for url in net.asked)
    assert there not in net.asked


@pytest.mark.parametrize("mode", ["simulator", "live"])
def test_a_redirect_to_the_other_mode_is_not_followed(net, mode):
    net._answer = lambda request: httpx.Response(
        302, headers={"location": UPLOADS[OTHER[mode]]["tiktok"]}
    )
    client = client_for("tiktok", mode=mode, external_id="1", access_token="x")
    with pytest.raises(StakazoError):
        client.authenticate()
    assert len(net.hosts) == 1
    assert all(looks_live(urlsplit(url).hostname) == (mode == "live") for url in net.asked)


# --- Webhooks ---


@pytest.mark.django_db
@pytest.mark.parametrize("live", [True, False])
def test_a_webhook_asks_about_accounts_of_its_own_mode_only(net, settings, live):
    """Live deliveries speak of live accounts; those of the simulator, whose secret is public, of its own."""
    settings.STAKAZO_LIVE = live
    from publishing.models import PublishLog
    from tests.factories import make_account

    for mode in ("simulator", "live"):
        account = make_account("tiktok", external_id="act.1", mode=mode)
        publication = make_publication(account=account, status="publishing")
        PublishLog.objects.create(
            publication=publication,
            status="processing",
            phase="committing",
            handle={"publish_id": "p.1"},
        )
    secret = "s" if live else SIMULATED_APPS["tiktok"].webhook_secret
    body = json.dumps(
        {
            "client_key": "1",
            "event": "post.publish.complete",
            "create_time": 1,
            "user_openid": "act.1",
            "content": json.dumps({"publish_id": "p.1"}),
        }
    )
    delivery = receive("tiktok", body.encode(), signed("tiktok", body, secret=secret))
    asked = []
    from publishing.services import reconcile

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reconcile, "settle_if_clear", lambda log, extra: asked.append(log) or False)
        handle_delivery(delivery.pk)
    assert [log.publication.social_account.mode for log in asked] == [
        "live" if live else "simulator"
    ]


# --- What people see ---


@pytest.mark.django_db
@pytest.mark.parametrize(("live", "word"), [(True, "Live"), (False, "Simulator")])
def test_pages_say_where_posts_go(client, settings, live, word):
    settings.STAKAZO_LIVE = live
    client.force_login(make_user("ada"))
    browser = {"HTTP_ACCEPT": "text/html"}
    api = client.get("/publications", **browser).content.decode()
    assert f'<p class="mode {word.lower()}" title="Where posts go">{word}</p>' in api
    live_page = client.get("/telemetry").content.decode()
    assert f"data-mode-badge>{word}" in live_page
    for page in ("/admin/", "/admin/publishing/publication/", "/admin/identity/apikey/"):
        assert word in client.get(page).content.decode()


def test_every_platform_is_covered_here():
    assert set(NAMES) == PLATFORMS.keys()
