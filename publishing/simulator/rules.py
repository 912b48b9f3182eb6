"""What the platforms refuse: the simulator's own reading of their documents, of 20 November 2026.

Written apart from preflight, which may not be imported here (nor this there), so that comparing the two
says something. Each function gives the platform's own word for the first thing that is wrong.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from publishing.simulator.files import VideoFacts

# Instagram: IG User/media. TikTok: media transfer guide, direct post, content sharing guidelines.
# YouTube: videos.insert, supported file formats, upload length.
INSTAGRAM_MAX_BYTES = 300_000_000
TIKTOK_MAX_S = 600
YOUTUBE_CATEGORIES = {1, 2, 10, 15, 17, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29}
YOUTUBE_CODECS = {
    "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video", "prores", "dnxhd",
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """code, subcode: as the platform says it. subcode 0: it has none."""

    code: str
    message: str
    subcode: int = 0


# --- Instagram -----------------------------------------------------------------------------------


def instagram_container(form: dict[str, str]) -> Refused | None:
    """A call that creates a container."""
    caption = form.get("caption", "")
    if form.get("media_type") != "REELS":
        return Refused("100", "A single video must be a reel.", 2207089)
    if len(caption) > 2200 or _tags(caption, "#") > 30 or _tags(caption, "@") > 20:
        return Refused("36004", "The caption is too long.", 2207010)
    offset = form.get("thumb_offset", "0")
    if not offset.isdecimal():
        return Refused("1", "The thumbnail offset is not valid.", 2207057)
    cover = form.get("cover_url", "")
    if cover and not (cover.startswith(("http://", "https://")) and cover.isascii()):
        return Refused("9004", "The cover could not be fetched from this URI.", 2207052)
    if not form.get("video_url") and form.get("upload_type") != "resumable":
        return Refused("100", "The parameter video_url is required.")
    return None


def _tags(text: str, sign: str) -> int:
    """How many words are tags or mentions."""
    return sum(here == sign and (after.isalnum() or after == "_") for here, after in pairwise(text))


def instagram_video(facts: VideoFacts, *, thumb_offset_ms: int) -> str:
    """The subcode for a file that no reel can be made of; "" for a good one."""
    good = (
        facts.container in ("mp4", "mov")
        and facts.index_first
        and not facts.edit_list
        and facts.codec in ("h264", "hevc")
        and "420" in facts.pix_fmt
        and not facts.interlaced
        and 23 <= facts.fps <= 60.5
        and 3_000 <= facts.duration_ms <= 900_000
        and facts.width_px <= 1920
        and facts.size_bytes * 8 / facts.duration_ms <= 25_000
    )
    if facts.audio_codec:
        good = good and facts.audio_codec == "aac"
        good = good and facts.audio_channels in (1, 2) and facts.audio_rate_hz <= 48_000
    if facts.size_bytes > INSTAGRAM_MAX_BYTES:
        return "2207004"
    if not good:
        return "2207026"
    if not 0.01 <= facts.width_px / facts.height_px <= 10:
        return "2207009"
    return "2207057" if thumb_offset_ms > facts.duration_ms else ""


def instagram_comment(text: str) -> Refused | None:
    """What is said under a reel. The limits of a comment are those of a caption in practice."""
    if not text.strip():
        return Refused("100", "The parameter message is required.")
    if len(text) > 2200 or _tags(text, "#") > 30 or _tags(text, "@") > 20:
        return Refused("100", "The comment is too long.", 2207010)
    return None


# --- TikTok --------------------------------------------------------------------------------------


def tiktok_post(info: dict[str, Any], *, offered: list[str]) -> Refused | None:
    """What is said with a direct post. offered: the privacy levels of this creator. Any: JSON."""
    if len(str(info.get("title", "")).encode("utf-16-le", "surrogatepass")) > 2 * 2200:
        return Refused("invalid_param", "title is too long")
    if info.get("privacy_level") not in offered:
        return Refused("privacy_level_option_mismatch", "")
    if info.get("brand_content_toggle") and info.get("privacy_level") == "SELF_ONLY":
        return Refused("invalid_param", "branded content cannot be private")
    cover_ms = info.get("video_cover_timestamp_ms", 0)
    if not isinstance(cover_ms, int) or cover_ms < 0:
        return Refused("invalid_param", "video_cover_timestamp_ms is not valid")
    return None


def tiktok_video(facts: VideoFacts, *, most_s: float) -> str:
    """TikTok's word for what is wrong with a file, or "". most_s: what this creator may post."""
    if facts.container not in ("mp4", "mov", "webm"):
        return "file_format_check_failed"
    if facts.codec not in ("h264", "hevc", "vp8", "vp9"):
        return "file_format_check_failed"
    if not 3_000 <= facts.duration_ms <= min(TIKTOK_MAX_S, most_s) * 1000:
        return "duration_check_failed"
    if not 23 <= facts.fps <= 60.5:
        return "frame_rate_check_failed"
    if not all(360 <= side <= 4096 for side in (facts.width_px, facts.height_px)):
        return "picture_size_check_failed"
    return ""


# --- YouTube -------------------------------------------------------------------------------------


def youtube_resource(snippet: dict[str, Any], status: dict[str, Any]) -> Refused | None:
    """The resource that an upload session is opened with. Any: JSON."""
    title, description = str(snippet.get("title", "")), str(snippet.get("description", ""))
    if not title.strip() or len(title) > 100 or {"<", ">"} & set(title):
        return Refused("invalidTitle", "The title is not valid.")
    long = len(description.encode("utf-8", "surrogatepass")) > 5000
    if long or {"<", ">"} & set(description):
        return Refused("invalidDescription", "The description is not valid.")
    tags = [str(tag) for tag in snippet.get("tags") or []]
    # A tag with a blank counts as if it were in quotes, and there is a comma between two.
    counted = ",".join(f'"{tag}"' if " " in tag else tag for tag in tags)
    if len(counted) > 500 or {"<", ">"} & set(counted):
        return Refused("invalidTags", "The keywords are not valid.")
    category = str(snippet.get("categoryId", "22"))
    if not category.isdecimal() or int(category) not in YOUTUBE_CATEGORIES:
        return Refused("invalidCategoryId", "The category is not valid.")
    if status.get("privacyStatus", "public") not in ("public", "unlisted", "private"):
        return Refused("invalidVideoMetadata", "The privacy status is not valid.")
    return None


def youtube_video(facts: VideoFacts, *, long_uploads: bool) -> str:
    """`failed:` or `rejected:` and YouTube's word for what is wrong with a file, or ""."""
    if facts.container not in ("mp4", "mov", "webm", "avi"):
        return "failed:invalidFile"
    if facts.codec not in YOUTUBE_CODECS:
        return "failed:codec"
    most_s = 12 * 3600 if long_uploads else 15 * 60
    return "rejected:length" if facts.duration_ms > most_s * 1000 else ""


def youtube_comment(text: str) -> Refused | None:
    """What is said under a video: commentThreads.insert."""
    if not text.strip():
        return Refused("commentTextRequired", "The comment is empty.")
    if len(text) > 10_000:
        return Refused("commentTextTooLong", "The comment is too long.")
    return None
