"""Bytes in, a checked file out; what the three platforms do alike with a received video."""

import json
from collections.abc import Callable
from pathlib import Path

from publishing.simulator import faults
from publishing.simulator.files import NotAVideo, VideoFacts, inspect
from publishing.simulator.web import Request
from publishing.simulator.world import Row, World

_BLOCK = 1 << 20


def append(world: World, draft: Row, request: Request, *, keep_bytes: int | None = None) -> Row:
    """Put the arrived body at the end of the draft's file; the draft as it is then.

    keep_bytes: only the first so many of them.
    """
    count = request.upload_bytes if keep_bytes is None else keep_bytes
    path = Path(draft["path"]) if draft["path"] else world.files / _file_name(draft)
    received = draft["received_bytes"]
    if request.upload and count and received == 0 and count == request.upload_bytes:
        request.upload.replace(path)
    elif request.upload and count:
        with request.upload.open("rb") as source, path.open("ab") as target:
            target.truncate(received)
            left = count
            while left and (block := source.read(min(_BLOCK, left))):
                target.write(block)
                left -= len(block)
    changes: Row = {"path": str(path), "received_bytes": received + count}
    world.update("drafts", draft["id"], **changes)
    return {**draft, **changes}


def _file_name(draft: Row) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in draft["id"])[:100] + ".video"


def receive(
    world: World,
    draft: Row,
    *,
    processing_s: float,
    bad_file: str,
    rejected: str,
    rules: Callable[[VideoFacts], str],
    late_s: float = 0,
) -> Row:
    """All bytes are here: look at the file, and say when the platform will have finished with it.

    bad_file, rejected: the platform's words for a broken file and for one it does not want. rules: the
    platform's word for what is wrong with a good file, or "".
    """
    try:
        facts = inspect(Path(draft["path"]))
        reason, known = rules(facts), facts.__dict__
    except NotAVideo as err:
        reason, known = bad_file, {"problem": str(err)}
    fault = faults.take(world, f"{draft['platform']}.processing", when=faults.When.PROCESSING)
    if fault and fault.name == "slow_processing":
        processing_s += fault.number("seconds")
    if fault and fault.name == "rejected":
        reason = str(fault.params.get("reason") or rejected)
    changes: Row = {
        "received_at": world.now() + late_s,
        "ready_at": world.now() + late_s + processing_s,
        "facts": json.dumps(known),
        "fail_reason": reason,
    }
    world.update("drafts", draft["id"], **changes)
    return {**draft, **changes}


def make_post(
    world: World,
    draft: Row,
    *,
    post_id: str,
    at: float,
    ready_at: float,
    public_at: float | None,
    fail_reason: str = "",
) -> Row:
    """The effect that every test is about: there is a post now."""
    facts = world.facts_of(draft)
    post: Row = {
        "id": post_id,
        "platform": draft["platform"],
        "account_id": draft["account_id"],
        "draft_id": draft["id"],
        "title": draft["title"],
        "caption": draft["caption"],
        "privacy": draft["privacy"],
        "path": draft["path"],
        "sha256": facts.get("sha256", ""),
        "size_bytes": draft["received_bytes"],
        "duration_ms": facts.get("duration_ms", 0),
        "width_px": facts.get("width_px", 0),
        "height_px": facts.get("height_px", 0),
        "committed_at": at,
        "ready_at": ready_at,
        "public_at": public_at,
        "fail_reason": fail_reason,
    }
    world.insert("posts", **post)
    world.update("drafts", draft["id"], post_id=post_id)
    return post
