"""Pages for people: what was posted, with players. No scripts, nothing from elsewhere."""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from publishing.simulator.live_posts import comments_on
from publishing.simulator.web import Request, Response, Routes, html_response
from publishing.simulator.world import Row, World, life_of

routes = Routes("")

LABELS = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube"}

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
<rect width='32' height='32' rx='8' fill='%236d28d9'/><path d='M12 9v14l12-7z' fill='white'/></svg>">
<title>$title · Platform simulator</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #6d28d9; }
* { box-sizing: border-box } body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: baseline;
  border-bottom: 1px solid var(--line); }
header a { font-weight: 700; text-decoration: none; color: inherit; }
h1 { font-size: 1.5rem; margin: 1rem 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
.soft { opacity: .75; font-size: .9rem; margin: 0; }
.feed { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  list-style: none; padding: 0; margin: 0; }
.post { border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
.post div { padding: .75rem; } .post p { margin: 0 0 .35rem; overflow-wrap: anywhere; }
video { display: block; width: 100%; max-height: 28rem; background: #000; }
.one video { max-height: 75vh; border-radius: .75rem; }
a { color: var(--accent); } @media (prefers-color-scheme: dark) { a { color: #c4b5fd; } }
a:focus-visible, video:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.tag { display: inline-block; border-radius: 1rem; padding: 0 .6rem; background: var(--soft);
  font-size: .8rem; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
caption { text-align: left; font-weight: 700; padding: .25rem 0; }
th, td { text-align: left; padding: .35rem .5rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; } th { width: 12rem; font-weight: 600; }
label { display: inline-block; margin: 0 1rem .5rem 0; }
input, select, button { font: inherit; } input { width: 7rem; }
.empty { border: 1px dashed var(--line); border-radius: .75rem; padding: 1.25rem; }
</style></head><body>
<header><a href="/">Platform simulator</a>
<p class="soft">These posts are on this machine only; no platform has seen them.</p>
<a class="soft" href="/faults">Faults</a></header>
<main>$body</main></body></html>""")


def page(title: str, body: str, *, status: int = 200) -> Response:
    """A page in the simulator's frame. body: HTML."""
    return html_response(_PAGE.substitute(title=escape(title), body=body), status=status)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%d %b %Y, %H:%M:%S UTC")


def _state(world: World, post: Row) -> str:
    if post["fail_reason"]:
        return f"refused: {post['fail_reason']}"
    if world.now() < post["ready_at"]:
        return "processing"
    if post["public_at"] is None:
        return f"published, {post['privacy'].replace('_', ' ').lower()}"
    return "public" if world.now() >= post["public_at"] else "in moderation"


def _player(post: Row) -> str:
    label = escape(post["title"] or post["caption"] or "video", quote=True)
    return (
        f'<video controls preload="metadata" playsinline aria-label="{label}" '
        f'src="/posts/{post["platform"]}/{post["id"]}/video"></video>'
    )


def _card(world: World, post: Row, handle: str) -> str:
    text = escape((post["title"] or post["caption"] or "No text")[:140])
    link = f"/posts/{post['platform']}/{post['id']}"
    return (
        f'<li class="post">{_player(post)}<div>'
        f'<p><a href="{link}">{text}</a></p>'
        f'<p><span class="tag">{escape(_state(world, post))}</span></p>'
        f'<p class="soft">{escape(handle)} · {_when(post["committed_at"])}</p></div></li>'
    )


@routes("GET", "/")
def feed(world: World, request: Request) -> Response:
    """Everything that was posted, newest first, per platform."""
    handles = {row["id"]: row["handle"] for row in world.all("SELECT id, handle FROM accounts")}
    sections = []
    for platform, label in LABELS.items():
        posts = world.all(
            "SELECT * FROM posts WHERE platform = ? AND committed_at <= ? "
            "ORDER BY committed_at DESC, rowid DESC LIMIT 60",
            platform,
            world.now(),
        )
        cards = "".join(_card(world, post, handles.get(post["account_id"], "")) for post in posts)
        body = (
            f'<ul class="feed">{cards}</ul>'
            if posts
            else ('<p class="empty">Nothing was posted here yet.</p>')
        )
        sections.append(f"<section><h2>{label}: {len(posts)}</h2>{body}</section>")
    intro = (
        "<h1>What was posted</h1><p>The simulator plays Instagram, TikTok and YouTube for Stakazo "
        "and shows what followers would see.</p>"
    )
    return page("Feed", intro + "".join(sections))


@routes("GET", r"/posts/(?P<platform>instagram|tiktok|youtube)/(?P<key>[\w-]+)/?")
def permalink(world: World, request: Request, *, platform: str, key: str) -> Response:
    """One post."""
    post = world.post(key)
    if post is None or post["platform"] != platform:
        return page("Not found", "<h1>There is no such post.</h1>", status=404)
    account = world.account(post["account_id"]) or {"handle": "", "name": ""}
    life = life_of(post, now=world.now())
    rows = {
        "Account": f"{account['name']} ({account['handle']})",
        "State": _state(world, post),
        "Posted": _when(post["committed_at"]),
        "Views": f"{life['views']:,}",
        "Likes": f"{life['likes']:,}",
        "Comments": f"{life['comments']:,}",
        "Video": f"{post['width_px']}×{post['height_px']}, {post['duration_ms'] / 1000:.1f} s, "
        f"{post['size_bytes']:,} bytes",
        "SHA-256": post["sha256"],
    }
    table = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(str(value))}</td></tr>'
        for name, value in rows.items()
    )
    title = post["title"] or f"Post on {LABELS[platform]}"
    body = (
        f'<div class="one"><h1>{escape(title)}</h1><p class="soft">{LABELS[platform]}</p>'
        f"{_player(post)}<p>{escape(post['caption'])}</p>"
        f"<table><caption>About this post</caption>{table}</table>{_comments(world, post)}</div>"
    )
    return page(title, body)


def _comments(world: World, post: Row) -> str:
    rows = "".join(
        f"<li>{escape(comment['text'])}</li>" for comment in comments_on(world, post["id"])
    )
    return f"<h2>Comments</h2><ul>{rows}</ul>" if rows else ""


@routes("GET", r"/posts/(?P<platform>\w+)/(?P<key>[\w-]+)/video")
def video(world: World, request: Request, *, platform: str, key: str) -> Response:
    """The bytes that were posted, also in part, so that players seek."""
    post = world.post(key)
    path = Path(post["path"]) if post else None
    if path is None or not path.is_file():
        return Response(404)
    size, mime = path.stat().st_size, "video/mp4"
    with path.open("rb") as file:
        if file.read(4) == b"\x1a\x45\xdf\xa3":
            mime = "video/webm"
    headers = {"content-type": mime, "accept-ranges": "bytes"}
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if wanted is None or wanted[0] == "bytes=-":
        return Response(200, headers=headers, file=(path, 0, size))
    if wanted[1]:
        start, end = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1) + 1
    else:
        start, end = max(0, size - int(wanted[2])), size
    if start >= end:
        return Response(416, headers={"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return Response(206, headers=headers, file=(path, start, end))
