"""Deliveries of the platforms: really theirs, and read right. Vectors first, then the simulator's own."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from publishing.platforms.base import PostState
from publishing.platforms.webhooks import (
    BadWebhook,
    parse_meta,
    parse_tiktok,
    parse_youtube_websub,
    verify_meta,
    verify_tiktok,
    verify_youtube_websub,
)
from publishing.simulator.hooks import signed
from tests.publishing.contract import CONTENT, media_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "It's a Secret to Everybody"
META_BODY = (
    rb'{"object":"instagram","entry":[{"id":"17841400000","time":1795155600,"changes":[{"field":'
    rb'"comments","value":{"id":"1799","text":"ol\u00e9","media":{"id":"1790"}}}]}]}'
)
TIKTOK_BODY = json.dumps(
    {
        "client_key": "aw1",
        "event": "post.publish.publicly_available",
        "create_time": 1_795_155_600,
        "user_openid": "act.ex",
        "content": '{"publish_id":"v_pub_file~v2-1.7","post_id":7412345678901234567}',
    }
).encode()
ATOM_BODY = b"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<link rel="self" href="https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC1"/>
<entry><id>yt:video:dQw4</id><yt:videoId>dQw4</yt:videoId><yt:channelId>UC1</yt:channelId>
<title>Spring</title><published>2026-11-20T10:00:00+00:00</published>
<updated>2026-11-20T10:00:05.123456789+00:00</updated></entry></feed>"""


def mac(secret, message, method="sha256"):
    return hmac.new(secret.encode(), message, method).hexdigest()


# --- Signatures ---


def test_a_published_vector_of_the_same_scheme_verifies():
    """GitHub documents this vector; Meta's X-Hub-Signature-256 is the same construction."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verify_meta(b"Hello, World!", {"X-Hub-Signature-256": signature}, [SECRET])


def test_meta_may_sign_with_any_of_our_secrets_and_headers_have_no_case():
    headers = {"x-hub-signature-256": f"sha256={mac('old', META_BODY)}"}
    assert verify_meta(META_BODY, headers, ["new", "old"])
    assert not verify_meta(META_BODY, headers, ["new"])
    assert not verify_meta(META_BODY, headers, [])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": f"sha1={mac('s', META_BODY, 'sha1')}"},
        {"X-Hub-Signature-256": mac("s", META_BODY)},
        {"X-Hub-Signature-256": "sha256=" + "ü" * 64},
        {"X-Hub-Signature": f"sha1={mac('s', META_BODY, 'sha1')}"},
    ],
)
def test_meta_without_its_own_signature_is_refused(headers):
    assert not verify_meta(META_BODY, headers, ["s"])


def test_one_changed_byte_breaks_every_signature():
    changed = META_BODY.replace(b"1799", b"1798")
    assert not verify_meta(changed, {"X-Hub-Signature-256": f"sha256={mac('s', META_BODY)}"}, ["s"])
    headers = tiktok_headers(NOW)
    assert not verify_tiktok(TIKTOK_BODY + b" ", headers, "s", NOW)
    headers = {"X-Hub-Signature": f"sha1={mac('s', ATOM_BODY, 'sha1')}"}
    assert not verify_youtube_websub(ATOM_BODY + b" ", headers, "s")


def tiktok_headers(at, secret="s", body=TIKTOK_BODY):
    stamp = str(int(at.timestamp()))
    return {"TikTok-Signature": f"t={stamp},s={mac(secret, f'{stamp}.'.encode() + body)}"}


def test_tiktok_signs_the_time_with_the_body():
    assert verify_tiktok(TIKTOK_BODY, tiktok_headers(NOW), "s", NOW)
    assert not verify_tiktok(TIKTOK_BODY, tiktok_headers(NOW), "other", NOW)
    moved = tiktok_headers(NOW)["TikTok-Signature"].replace("t=1", "t=2", 1)
    assert not verify_tiktok(TIKTOK_BODY, {"TikTok-Signature": moved}, "s", NOW)


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(hours=71), True),
        (timedelta(hours=73), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_tiktok_may_repeat_for_three_days_and_not_speak_from_the_future(age, taken):
    assert verify_tiktok(TIKTOK_BODY, tiktok_headers(NOW - age), "s", NOW) is taken


@pytest.mark.parametrize(
    "value", ["", "t=,s=", "t=abc,s=1", "s=1", "t=1" + "0" * 30 + ",s=1", "=,="]
)
def test_a_malformed_tiktok_signature_is_refused(value):
    assert not verify_tiktok(TIKTOK_BODY, {"TikTok-Signature": value}, "s", NOW)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_the_hub_chooses_its_hash_by_prefix(method):
    headers = {"X-Hub-Signature": f"{method}={mac('s', ATOM_BODY, method)}"}
    assert verify_youtube_websub(ATOM_BODY, headers, "s")
    assert not verify_youtube_websub(ATOM_BODY, headers, "other")


def test_the_hub_cannot_choose_a_weak_hash_or_an_empty_secret():
    headers = {"X-Hub-Signature": f"md5={mac('s', ATOM_BODY, 'md5')}"}
    assert not verify_youtube_websub(ATOM_BODY, headers, "s")
    headers = {"X-Hub-Signature": f"sha1={mac('', ATOM_BODY, 'sha1')}"}
    assert not verify_youtube_websub(ATOM_BODY, headers, "")


# --- Reading ---


def test_reads_a_comment():
    [event] = parse_meta(META_BODY)
    assert (event.kind, event.account_external_id, event.external_post_id) == (
        "comment",
        "17841400000",
        "1790",
    )
    assert event.platform_time == datetime.fromtimestamp(1_795_155_600, tz=UTC)
    assert event.raw["value"]["text"] == "olé"


def test_reads_a_change_that_stands_on_the_entry_itself():
    body = {"object": "instagram", "entry": [{"id": "1", "time": 1, "field": "x", "value": {}}]}
    [event] = parse_meta(json.dumps(body).encode())
    assert event.kind == "other"


def test_reads_a_tiktok_event_with_its_long_id_exactly():
    [event] = parse_tiktok(TIKTOK_BODY)
    assert (event.kind, event.publish_id) == ("post_published", "v_pub_file~v2-1.7")
    assert event.external_post_id == "7412345678901234567"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("post.publish.complete", "post_published"),
        ("post.publish.failed", "post_failed"),
        ("post.publish.no_longer_publicaly_available", "post_removed"),
        ("authorization.removed", "account_removed"),
        ("portability.download.ready", "other"),
    ],
)
def test_each_tiktok_event_has_a_kind(name, kind):
    body = {"event": name, "create_time": 1, "user_openid": "a", "content": "{}"}
    assert parse_tiktok(json.dumps(body).encode())[0].kind == kind


def test_reads_an_atom_entry_and_a_deletion():
    [event] = parse_youtube_websub(ATOM_BODY)
    assert (event.kind, event.external_post_id) == ("video_changed", "dQw4")
    assert event.account_external_id == "UC1"
    gone = b"""<feed xmlns:at="http://purl.org/atompub/tombstones/1.0"
      xmlns="http://www.w3.org/2005/Atom"><at:deleted-entry ref="yt:video:dQw4"
      when="2026-11-20T11:00:00+00:00"/></feed>"""
    [event] = parse_youtube_websub(gone)
    assert (event.kind, event.external_post_id) == ("post_removed", "dQw4")


def test_the_same_event_has_the_same_key_and_another_has_another():
    once, again = parse_tiktok(TIKTOK_BODY), parse_tiktok(TIKTOK_BODY)
    other = parse_tiktok(TIKTOK_BODY.replace(b"publicly_available", b"complete"))
    assert once[0].event_key == again[0].event_key != other[0].event_key
    assert len(once[0].event_key) <= 128


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"\xff\xfe", b"[" * 100_000, b'"x"'])
def test_what_is_no_delivery_is_refused_in_words(body):
    for parse in (parse_meta, parse_tiktok, parse_youtube_websub):
        with pytest.raises(BadWebhook):
            parse(body)


@pytest.mark.parametrize(
    "body",
    [b'{"entry": 3}', b'{"entry": [3, {"changes": "x"}]}', b'{"entry": [{"changes": [{}]}]}'],
)
def test_odd_shapes_of_meta_do_no_harm(body):
    assert all(event.kind == "other" for event in parse_meta(body))


def test_entities_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'
    with pytest.raises(BadWebhook):
        parse_youtube_websub(bomb)


# --- What the simulator signs, these verify ---


@pytest.mark.parametrize("body", ['{"object":"instagram","entry":[]}', "ñ"])
def test_the_simulator_signs_as_the_platforms_do(body):
    raw = body.encode()
    assert verify_meta(raw, signed("instagram", body, secret="s"), ["s"])
    now = datetime.now(tz=UTC)
    assert verify_tiktok(raw, signed("tiktok", body, secret="s"), "s", now)
    assert verify_youtube_websub(raw, signed("youtube", body, secret="s"), "s")
    assert hashlib.sha256(raw).hexdigest() not in str(signed("youtube", body, secret="s"))


def test_a_post_on_tiktok_is_told_in_two_events_that_read_right(simulator, small_video):
    from publishing.platforms import client_for

    account, media = simulator.account("tiktok"), media_of(small_video)
    client = client_for(
        "tiktok",
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
    )
    handle = client.upload_video(media, CONTENT, handle={}, on_handle=lambda handle: None)
    assert client.publish_video(media, CONTENT, handle=handle).state is PostState.PROCESSING
    events = [parse_tiktok(row["body"].encode())[0] for row in simulator.webhooks("tiktok")]
    assert [event.kind for event in events] == ["post_published", "post_published"]
    assert {event.publish_id for event in events} == {handle["publish_id"]}
    assert events[1].external_post_id == simulator.posts()[0]["id"]
