"""Connecting accounts over the simulator's real sign-ins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from publishing.errors import (
    AppRefused,
    NeedsReconnect,
    NotRenewable,
    PlatformBusy,
    PlatformProblem,
)
from publishing.platforms import PLATFORMS, client_for, oauth_for
from publishing.platforms.apps import AppCredentials
from publishing.platforms.facts import life
from publishing.platforms.hosts import hosts_of
from publishing.platforms.oauth import GoogleOAuth
from publishing.platforms.oauth.sign_in import tokens_of

VERIFIER = "v" * 64
PLATFORM_NAMES = sorted(PLATFORMS)
REDIRECTS = ["http://127.0.0.1:8000/publishing/oauth", "https://stakazo.example/publishing/oauth"]
TOKEN_POINT = {
    "instagram": "instagram.token",
    "tiktok": "tiktok.token",
    "youtube": "youtube.token",
}


def code_from(simulator, oauth, redirect_uri, **query):
    """Walk through the consent page as a browser would; the query it sends back."""
    url = oauth.authorize_url(state="s-1", redirect_uri=redirect_uri, code_verifier=VERIFIER)
    answer = simulator.get("&".join([url, *(f"{name}={text}" for name, text in query.items())]))
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(redirect_uri)
    return parse_qs_flat(answer.headers["location"])


def parse_qs_flat(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def exchanged(simulator, oauth, redirect_uri=REDIRECTS[0]):
    back = code_from(simulator, oauth, redirect_uri)
    return oauth.exchange(code=back["code"], redirect_uri=redirect_uri, code_verifier=VERIFIER)


@pytest.mark.parametrize("redirect_uri", REDIRECTS)
@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_signing_in_gives_tokens_that_work(simulator, platform, redirect_uri):
    oauth = oauth_for(platform, mode="simulator")
    back = code_from(simulator, oauth, redirect_uri)
    assert back["state"] == "s-1"
    tokens = oauth.exchange(code=back["code"], redirect_uri=redirect_uri, code_verifier=VERIFIER)
    assert tokens.expires_at > datetime.now(tz=UTC)
    assert set(oauth.scopes) <= set(tokens.scopes)
    profile = oauth.profile(tokens)
    assert profile.external_id == simulator.account(platform).external_id
    client = client_for(
        platform,
        mode="simulator",
        external_id=profile.external_id,
        access_token=tokens.access_token,
    )
    assert client.authenticate().handle == profile.handle


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_code_works_once(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    back = code_from(simulator, oauth, REDIRECTS[0])
    oauth.exchange(code=back["code"], redirect_uri=REDIRECTS[0], code_verifier=VERIFIER)
    with pytest.raises(NeedsReconnect):
        oauth.exchange(code=back["code"], redirect_uri=REDIRECTS[0], code_verifier=VERIFIER)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_code_is_bound_to_its_redirect_address(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    back = code_from(simulator, oauth, REDIRECTS[0])
    with pytest.raises(NeedsReconnect):
        oauth.exchange(code=back["code"], redirect_uri=REDIRECTS[1], code_verifier=VERIFIER)


@pytest.mark.parametrize("platform", ["tiktok", "youtube"])
def test_a_code_is_bound_to_its_verifier(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    back = code_from(simulator, oauth, REDIRECTS[0])
    with pytest.raises(NeedsReconnect):
        oauth.exchange(code=back["code"], redirect_uri=REDIRECTS[0], code_verifier="w" * 64)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_somebody_who_says_no_is_sent_back_with_an_error(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    back = code_from(simulator, oauth, REDIRECTS[0], simulate="deny")
    assert back["error"] == "access_denied"
    assert "code" not in back


def test_instagram_gives_a_token_of_sixty_days_in_both_of_its_shapes(simulator):
    for flat in (0, 1):
        simulator.set(instagram__flat_token=flat)
        tokens = exchanged(simulator, oauth_for("instagram", mode="simulator"))
        life = tokens.expires_at - datetime.now(tz=UTC)
        assert timedelta(days=59) < life <= timedelta(days=60)
        assert tokens.refresh_token == ""


def test_instagram_drops_the_marker_behind_the_code(simulator):
    oauth = oauth_for("instagram", mode="simulator")
    back = code_from(simulator, oauth, REDIRECTS[0])
    tokens = oauth.exchange(
        code=back["code"] + "#_", redirect_uri=REDIRECTS[0], code_verifier=VERIFIER
    )
    assert oauth.profile(tokens).handle == "stakazo.demo"


def test_an_instagram_token_is_renewed_after_a_day_and_not_before(simulator):
    oauth = oauth_for("instagram", mode="simulator")
    tokens = exchanged(simulator, oauth)
    with pytest.raises(PlatformProblem):
        oauth.refresh(tokens)
    simulator.advance(86_401)
    renewed = oauth.refresh(tokens)
    assert renewed.access_token != tokens.access_token
    assert renewed.scopes == tokens.scopes
    assert oauth.profile(renewed).handle == "stakazo.demo"


def test_an_instagram_token_that_died_needs_a_new_consent(simulator):
    oauth = oauth_for("instagram", mode="simulator")
    tokens = exchanged(simulator, oauth)
    simulator.advance(61 * 86_400)
    with pytest.raises(NeedsReconnect):
        oauth.refresh(tokens)


def test_a_tiktok_refresh_rotates_and_kills_the_old_one(simulator):
    oauth = oauth_for("tiktok", mode="simulator")
    first = exchanged(simulator, oauth)
    second = oauth.refresh(first)
    assert second.refresh_token not in ("", first.refresh_token)
    assert second.refresh_expires_at > datetime.now(tz=UTC) + timedelta(days=179)
    with pytest.raises(NeedsReconnect):
        oauth.refresh(first)
    assert oauth.profile(oauth.refresh(second)).handle == "stakazo.demo"


def test_a_google_refresh_gives_no_new_refresh_token(simulator):
    oauth = oauth_for("youtube", mode="simulator")
    first = exchanged(simulator, oauth)
    assert first.refresh_token
    second = oauth.refresh(first)
    assert second.refresh_token == ""
    assert second.access_token != first.access_token
    assert oauth.refresh(replace(second, refresh_token=first.refresh_token)).access_token


@pytest.mark.parametrize("platform", ["tiktok", "youtube"])
def test_a_made_up_refresh_token_needs_a_new_consent(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    tokens = exchanged(simulator, oauth)
    with pytest.raises(NeedsReconnect):
        oauth.refresh(replace(tokens, refresh_token="made-up"))


@pytest.mark.parametrize("platform", ["tiktok", "youtube"])
def test_a_server_that_fails_disconnects_nobody(simulator, platform):
    oauth = oauth_for(platform, mode="simulator")
    tokens = exchanged(simulator, oauth)
    simulator.inject(TOKEN_POINT[platform], "error_before", status=503, count=9)
    with pytest.raises(PlatformBusy):
        oauth.refresh(tokens)


def test_a_wrong_app_secret_is_ours_to_mend_and_disconnects_nobody(simulator):
    wrong = AppCredentials("somebody", "else", (), "")
    oauth = GoogleOAuth(hosts=hosts_of("youtube", mode="simulator"), app=wrong)
    with pytest.raises(PlatformProblem, match="secret"):
        oauth.exchange(code="c", redirect_uri=REDIRECTS[0], code_verifier=VERIFIER)


def test_tiktok_writes_its_challenge_in_hex_and_only_for_loopback(simulator):
    oauth = oauth_for("tiktok", mode="simulator")
    urls = [
        oauth.authorize_url(state="s", redirect_uri=uri, code_verifier=VERIFIER)
        for uri in REDIRECTS
    ]
    query = parse_qs_flat(urls[0])
    assert len(query["code_challenge"]) == 64
    assert int(query["code_challenge"], 16) > 0
    assert "code_challenge" not in parse_qs_flat(urls[1])


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_where_an_answer_does_not_say_how_long_the_dated_table_does(platform, settings):
    tokens = tokens_of(platform, {"access_token": "a", "refresh_token": "r"}, scopes=())
    assert tokens.expires_at - datetime.now(tz=UTC) <= life(platform, "access")
    assert (tokens.refresh_expires_at is not None) == (platform == "tiktok")
    told = tokens_of(platform, {"access_token": "a", "expires_in": "60"}, scopes=())
    assert told.expires_at <= datetime.now(tz=UTC) + timedelta(seconds=60)
    assert told.refresh_expires_at is None


@pytest.mark.parametrize(
    ("code", "sent", "error"),
    [
        (190, {}, NeedsReconnect),
        (102, {"client_secret": "s"}, NeedsReconnect),
        (100, {"client_secret": "s", "code": "c"}, NeedsReconnect),
        (100, {"client_secret": "s", "fb_exchange_token": "t"}, PlatformProblem),
        (101, {"client_secret": "s"}, AppRefused),
        (1, {"client_secret": "s"}, AppRefused),
        (1, {}, PlatformProblem),
        (2, {}, PlatformProblem),
        (10, {}, NotRenewable),
    ],
)
def test_only_metas_word_on_the_token_itself_asks_for_a_new_consent(code, sent, error):
    oauth = oauth_for("instagram", mode="simulator", login="facebook")
    found = oauth._graph_refused({"error": {"code": code}}, 400, sent=sent)
    assert type(found) is error
