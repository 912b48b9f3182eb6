"""The simulator itself: does it hold to the protocols, and does it count the truth."""

import json
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from publishing.platforms import client_for
from publishing.platforms.webhooks import parse_youtube_websub, verify_meta, verify_youtube_websub
from publishing.platforms.websub import subscribe_to_channel
from publishing.simulator.credentials import SIMULATED_APPS
from tests.publishing.contract import CONTENT, media_of

GRAPH = "/graph.instagram.com/v26.0"
TIKTOK = "/open.tiktokapis.com/v2"
UPLOAD = "/www.googleapis.com/upload/youtube/v3/videos"


def bearer(account):
    return {"Authorization": f"Bearer {account.access_token}"}


def publish(simulator, platform, path, content=CONTENT):
    """One post by our own client; its row in the truth."""
    account, media = simulator.account(platform), media_of(path)
    client = client_for(
        platform,
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
    )
    handle = client.upload_video(media, content, handle={}, on_handle=lambda handle: None)
    client.publish_video(media, content, handle=handle)
    return simulator.posts(platform)[-1]


# --- Instagram ---


def container(simulator, account, **form):
    form = {"media_type": "REELS", "upload_type": "resumable", "caption": "c", **form}
    return simulator.request("POST", f"{GRAPH}/me/media", data=form, headers=bearer(account))


def test_a_container_needs_to_be_a_reel(simulator):
    answer = container(simulator, simulator.account("instagram"), media_type="VIDEO")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 100, 2207089)


def test_graph_paths_may_end_in_a_slash_and_headers_tell_the_usage(simulator):
    account = simulator.account("instagram")
    for path in ("/me", "/me/", f"/{account.external_id}/"):
        answer = simulator.get(GRAPH + path, headers=bearer(account))
        assert answer.json()["id"] == account.external_id
    usage = json.loads(answer.headers["x-business-use-case-usage"])
    assert usage[account.external_id][0]["type"] == "instagram"
    assert "call_count" in json.loads(answer.headers["x-app-usage"])
    assert "retry-after" not in answer.headers


def test_an_upload_from_a_wrong_offset_is_refused_as_retriable(simulator):
    account = simulator.account("instagram")
    uri = container(simulator, account).json()["uri"]
    headers = {"Authorization": f"OAuth {account.access_token}", "offset": "5", "file_size": "9"}
    answer = simulator.request("POST", uri, content=b"abcd", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["debug_info"]["retriable"] is True


def test_a_container_that_is_not_ready_cannot_be_published(simulator):
    account = simulator.account("instagram")
    key = container(simulator, account).json()["id"]
    answer = simulator.request(
        "POST", f"{GRAPH}/me/media_publish", data={"creation_id": key}, headers=bearer(account)
    )
    assert answer.json()["error"]["error_subcode"] == 2207027
    assert simulator.posts() == []


def test_one_unknown_metric_fails_the_whole_call(simulator, small_video):
    post, account = publish(simulator, "instagram", small_video), simulator.account("instagram")
    answer = simulator.get(
        f"{GRAPH}/{post['id']}/insights?metric=views,plays", headers=bearer(account)
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_the_list_has_pages(simulator, small_video):
    for caption in ("one", "two", "three"):
        publish(simulator, "instagram", small_video, type(CONTENT)(title="", caption=caption))
    account, seen, after = simulator.account("instagram"), [], ""
    while True:
        page = simulator.get(
            f"{GRAPH}/me/media?fields=caption&limit=2&after={after}", headers=bearer(account)
        ).json()
        seen += [row["caption"] for row in page["data"]]
        if "next" not in page["paging"]:
            break
        after = page["paging"]["cursors"]["after"]
    assert seen == ["three", "two", "one"]


# --- TikTok ---


def tiktok_init(simulator, account, *, size, chunk, count):
    body = {
        "post_info": {"title": "t", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": size,
            "chunk_size": chunk,
            "total_chunk_count": count,
        },
    }
    return simulator.request(
        "POST", f"{TIKTOK}/post/publish/video/init/", json=body, headers=bearer(account)
    )


@pytest.mark.parametrize(
    ("size", "chunk", "count", "code"),
    [
        (50_000_123, 10_000_000, 5, "ok"),
        (50_000_123, 10_000_000, 6, "invalid_param"),  # rounded up
        (4_000_000, 4_000_000, 1, "ok"),
        (4_000_000, 2_000_000, 2, "invalid_param"),  # chunks under 5 MB
        (70_000_000, 70_000_000, 1, "invalid_param"),  # more than 64 MB in one piece
        (20_000_000, 10_000_000, 1, "invalid_param"),
        (0, 1, 1, "invalid_param"),
        ("9", 9, 1, "invalid_param"),
        (True, 1, 1, "invalid_param"),
    ],
)
def test_tiktok_checks_the_arithmetic_of_chunks(simulator, size, chunk, count, code):
    answer = tiktok_init(
        simulator, simulator.account("tiktok"), size=size, chunk=chunk, count=count
    )
    assert answer.json()["error"]["code"] == code


def put(simulator, url, body, content_range):
    return simulator.request("PUT", url, content=body, headers={"Content-Range": content_range})


def test_tiktok_takes_chunks_in_order_only(simulator):
    size, chunk = 11_000_000, 5_000_000
    url = tiktok_init(
        simulator, simulator.account("tiktok"), size=size, chunk=chunk, count=2
    ).json()["data"]["upload_url"]
    piece = b"x" * chunk
    assert put(simulator, url, b"x", "nonsense").status_code == 400
    ahead = f"bytes {chunk}-{size - 1}/{size}"
    assert put(simulator, url, b"x" * (size - chunk), ahead).status_code == 416
    first = put(simulator, url, piece, f"bytes 0-{chunk - 1}/{size}")
    assert (first.status_code, first.headers["content-range"]) == (
        206,
        f"bytes 0-{chunk - 1}/{size}",
    )
    assert put(simulator, url, piece, f"bytes 0-{chunk - 1}/{size}").status_code == 416
    gone = url.replace("upload_token=", "upload_token=x")
    assert put(simulator, gone, piece, f"bytes 0-{chunk - 1}/{size}").status_code == 404
    simulator.advance(3_601)
    assert put(simulator, url, piece, ahead).status_code == 403


def test_tiktok_errors_may_come_with_http_200(simulator):
    simulator.set(tiktok__daily_cap=0)
    answer = simulator.request(
        "POST",
        f"{TIKTOK}/post/publish/creator_info/query/",
        json={},
        headers=bearer(simulator.account("tiktok")),
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "spam_risk_too_many_posts")


def test_tiktok_writes_long_ids_as_json_numbers(simulator, small_video):
    post, account = publish(simulator, "tiktok", small_video), simulator.account("tiktok")
    answer = simulator.request(
        "POST",
        f"{TIKTOK}/post/publish/status/fetch/",
        json={"publish_id": post["draft_id"]},
        headers=bearer(account),
    )
    assert f'"publicaly_available_post_id": [{post["id"]}]' in answer.text


# --- YouTube ---


def session(simulator, size=600_000):
    answer = simulator.request(
        "POST",
        f"{UPLOAD}?uploadType=resumable&part=snippet,status",
        json={"snippet": {"title": "t"}, "status": {"privacyStatus": "private"}},
        headers={**bearer(simulator.account("youtube")), "X-Upload-Content-Length": str(size)},
    )
    assert (answer.status_code, answer.content) == (200, b"")
    return answer.headers["location"]


def test_youtube_takes_chunks_of_256_kib_only(simulator):
    url = session(simulator)
    assert put(simulator, url, b"x" * 1000, "bytes 0-999/600000").status_code == 400
    taken = put(simulator, url, b"x" * 262_144, "bytes 0-262143/600000")
    assert (taken.status_code, taken.headers["range"]) == (308, "bytes=0-262143")


def test_a_probe_tells_the_range_and_leaves_it_out_where_nothing_is_here(simulator):
    url = session(simulator)
    empty = put(simulator, url, b"", "bytes */600000")
    assert (empty.status_code, "range" in empty.headers) == (308, False)
    put(simulator, url, b"x" * 524_288, "bytes 0-524287/600000")
    assert put(simulator, url, b"", "bytes */600000").headers["range"] == "bytes=0-524287"


def test_a_session_ends_after_a_week(simulator):
    url = session(simulator)
    simulator.advance(8 * 86_400)
    assert put(simulator, url, b"", "bytes */600000").status_code == 404


def test_the_official_google_client_uploads_and_reads(simulator, padded_video):
    """Unmodified but for its root address, over its own HTTP library."""
    from google.oauth2.credentials import Credentials
    from google_auth_httplib2 import AuthorizedHttp
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import get_static_doc
    from googleapiclient.errors import HttpError
    from googleapiclient.http import MediaFileUpload, build_http

    account, path, http = simulator.account("youtube"), padded_video(3_000_000), build_http()
    http.proxy_info = None  # the simulator is on this machine
    signed = AuthorizedHttp(Credentials(account.access_token), http=http)
    document = json.loads(get_static_doc("youtube", "v3"))
    document["rootUrl"] = document["baseUrl"] = f"{simulator.url}/youtube.googleapis.com/"
    document.pop("mtlsRootUrl")
    youtube = build_from_document(document, http=signed)
    request = youtube.videos().insert(
        part="snippet,status",
        body={"snippet": {"title": "Official"}, "status": {"privacyStatus": "public"}},
        media_body=MediaFileUpload(str(path), chunksize=1_048_576, resumable=True),
    )
    progress, answer = [], None
    while answer is None:
        status, answer = request.next_chunk()
        progress += [status.progress()] if status else []
    assert progress == sorted(progress)
    assert len(progress) == 2
    [post] = simulator.posts()
    assert (post["id"], post["sha256"]) == (answer["id"], sha256(path.read_bytes()).hexdigest())
    [video] = youtube.videos().list(part="status,statistics", id=answer["id"]).execute()["items"]
    assert video["status"]["uploadStatus"] == "processed"
    assert isinstance(video["statistics"]["viewCount"], str)
    [channel] = youtube.channels().list(part="contentDetails", mine=True).execute()["items"]
    uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    [item] = (
        youtube.playlistItems().list(part="contentDetails", playlistId=uploads).execute()["items"]
    )
    assert item["contentDetails"]["videoId"] == answer["id"]
    simulator.inject("youtube.videos", "rate_limited")
    with pytest.raises(HttpError, match="Rate limit"):
        youtube.videos().list(part="status", id=answer["id"]).execute(num_retries=0)


# --- Truth, faults and the clock ---


def test_the_truth_counts_how_often_each_content_was_posted(simulator, small_video):
    for platform in ("instagram", "tiktok", "youtube"):
        publish(simulator, platform, small_video)
    truth = simulator.truth()
    assert truth["per_platform"] == {"instagram": 1, "tiktok": 1, "youtube": 1}
    assert truth["posted_twice"] == []
    publish(simulator, "instagram", small_video)
    [twice] = simulator.truth()["posted_twice"]
    assert twice.endswith(sha256(small_video.read_bytes()).hexdigest())


def test_facts_of_the_video_are_found_by_looking(simulator, small_video):
    post = publish(simulator, "instagram", small_video)
    assert (post["width_px"], post["height_px"]) == (540, 960)
    assert 3_900 <= post["duration_ms"] <= 4_200


def test_an_injected_fault_happens_so_often_and_after_so_many(simulator):
    simulator.inject("instagram.read", "error_before", count=2, skip=1, status=502)
    account = simulator.account("instagram")
    answers = [simulator.get(f"{GRAPH}/me", headers=bearer(account)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 502, 502, 200, 200]


def test_an_unknown_fault_or_setting_is_refused(simulator):
    for path, body in (
        ("inject", {"point": "x", "fault": "earthquake"}),
        ("inject", {"fault": "reset_before"}),
        ("settings", {"gravity": 9.81}),
        ("advance", {"seconds": -1}),
        ("accounts", {"platform": "friendster"}),
    ):
        answer = simulator.request("POST", f"/_control/{path}", json=body)
        assert (answer.status_code, "error" in answer.json()) == (400, True)


def test_a_reset_connection_is_really_reset(simulator):
    simulator.inject("instagram.read", "reset_before")
    with pytest.raises(httpx.TransportError):
        simulator.get(f"{GRAPH}/me", headers=bearer(simulator.account("instagram")))


def test_the_clock_is_virtual_and_stands_in_every_answer(simulator):
    before = simulator.truth()["now"]
    simulator.advance(86_400)
    assert simulator.truth()["now"] - before >= 86_400
    assert simulator.get("/").headers["date"]


def test_accounts_with_one_handle_are_one_account(simulator):
    first, again = (simulator.account("tiktok", handle="ada") for _ in range(2))
    other = simulator.account("tiktok", handle="ben")
    assert first.external_id == again.external_id != other.external_id
    assert first.access_token != again.access_token


def test_the_truth_outlives_the_process(tmp_path):
    from publishing.simulator.world import World

    world = World(tmp_path / "truth.sqlite3")
    world.add_account("tiktok", handle="ada")
    world.advance(3_600)
    world.close()
    again = World(tmp_path / "truth.sqlite3")
    assert again.one("SELECT handle FROM accounts WHERE handle = 'ada'")
    assert again.one("SELECT COUNT(*) AS n FROM accounts")["n"] == 5
    again.close()


def test_a_truncated_video_is_noticed(small_video, tmp_path):
    from publishing.simulator.files import NotAVideo, inspect

    cut = tmp_path / "cut.mp4"
    body = small_video.read_bytes()
    cut.write_bytes(body[: len(body) // 2])
    with pytest.raises(NotAVideo, match="cut off"):
        inspect(cut)
    assert inspect(small_video).sha256 == sha256(body).hexdigest()


# --- Webhooks ---


class Receiver:
    """A web server that remembers what it was sent; `status` is what it answers."""

    def __init__(self):
        self.got, self.status = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                self.answer(receiver.status, b"")

            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                self.answer(receiver.status, query["hub.challenge"][0].encode())

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(simulator):
    receiver = Receiver()
    simulator.send_webhooks_to(receiver.url)
    yield receiver
    simulator.send_webhooks_to("")
    receiver.server.shutdown()
    receiver.server.server_close()


def test_a_comment_on_a_reel_arrives_signed(simulator, receiver, small_video):
    post = publish(simulator, "instagram", small_video)
    simulator.advance(3)
    simulator.deliver()
    [(path, headers, body)] = receiver.got
    assert path == "/publishing/webhooks/instagram"
    assert verify_meta(body, headers, [SIMULATED_APPS["instagram"].webhook_secret])
    assert post["id"] in body.decode()


def test_a_delivery_that_nobody_takes_is_repeated_later_until_somebody_does(
    simulator, receiver, small_video
):
    receiver.status = 503
    publish(simulator, "instagram", small_video)
    simulator.advance(3)
    simulator.deliver()
    [row] = simulator.webhooks()
    assert (row["attempts"], row["delivered_at"], row["outcome"]) == (1, None, "HTTP 503")
    receiver.status = 200
    simulator.advance(60)
    simulator.deliver()
    [row] = simulator.webhooks()
    assert row["delivered_at"]
    assert receiver.got[0][2] == receiver.got[-1][2]


@pytest.mark.parametrize(
    ("fault", "arrived", "valid"),
    [("webhook_lost", 0, 0), ("webhook_doubled", 2, 2), ("webhook_forged", 1, 0)],
)
def test_webhooks_are_lost_doubled_and_forged_on_demand(
    simulator, receiver, small_video, fault, arrived, valid
):
    simulator.inject("instagram.webhook", fault)
    publish(simulator, "instagram", small_video)
    simulator.advance(3)
    simulator.deliver()
    secrets = [SIMULATED_APPS["instagram"].webhook_secret]
    assert len(receiver.got) == arrived
    assert sum(verify_meta(body, headers, secrets) for _, headers, body in receiver.got) == valid


def test_the_hub_asks_before_it_tells_a_subscriber(simulator, receiver, small_video):
    account = simulator.account("youtube")
    callback = f"{receiver.url}/publishing/webhooks/youtube"
    publish(simulator, "youtube", small_video)
    assert simulator.webhooks("youtube") == []
    subscribe_to_channel(
        channel_id=account.external_id, callback_url=callback, secret="ours", mode="simulator"
    )
    simulator.deliver()
    post = publish(simulator, "youtube", small_video)
    simulator.deliver()
    [(path, headers, body)] = receiver.got
    assert path == "/publishing/webhooks/youtube"
    assert verify_youtube_websub(body, headers, "ours")
    [event] = parse_youtube_websub(body)
    assert (event.external_post_id, event.account_external_id) == (
        post["id"],
        account.external_id,
    )


# --- Pages ---


def test_the_feed_shows_every_post_with_a_player(simulator, small_video):
    posts = [publish(simulator, name, small_video) for name in ("instagram", "tiktok", "youtube")]
    page = simulator.get("/").text
    for post in posts:
        assert f'src="/posts/{post["platform"]}/{post["id"]}/video"' in page
    assert page.count("<h1>") == 1
    assert "<script" not in page


def test_text_of_others_is_shown_as_text(simulator, small_video):
    content = type(CONTENT)(title="", caption="<script>alert(1)</script>")
    post = publish(simulator, "instagram", small_video, content)
    for path in ("/", f"/posts/instagram/{post['id']}"):
        assert "<script>alert" not in simulator.get(path).text
    assert "&lt;script&gt;" in simulator.get(f"/posts/instagram/{post['id']}").text


def test_players_may_seek(simulator, small_video):
    post, body = publish(simulator, "tiktok", small_video), small_video.read_bytes()
    url = f"/posts/tiktok/{post['id']}/video"
    whole = simulator.get(url)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (
        200,
        body,
        "bytes",
    )
    part = simulator.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, body[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(body)}"
    assert simulator.get(url, headers={"Range": "bytes=-10"}).content == body[-10:]
    assert simulator.get(url, headers={"Range": f"bytes={len(body)}-"}).status_code == 416


def test_what_is_not_there_is_not_found(simulator):
    for path in ("/posts/tiktok/1", "/posts/tiktok/1/video", "/nowhere", "/posts/../etc/passwd"):
        assert simulator.get(path).status_code == 404


def test_the_command_refuses_a_taken_port(simulator, capsys):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="taken") as caught:
        call_command("simulator", port=urlsplit(simulator.url).port)
    assert caught.value.returncode == 2
