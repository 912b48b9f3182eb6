"""What rules look at, by name. Each gives a value, or None where there is nothing to compare.

They read the post as it will be sent: the text that the client chooses, the option it falls back to.
What a caller sent may have any shape, so an option of the wrong kind is left to the rule on its kind.
"""

import re
from collections.abc import Callable
from typing import Any

from media_assets.file_facts import FileFacts
from publishing.preflight.subject import Subject

# Any: numbers, texts and lists; the rule that names a measure knows which.
Measure = Callable[[Subject], Any]
MEASURES: dict[str, Measure] = {}

_CHROMA = re.compile(r"yuvj?(420|422|444)|^nv12|^p01[06]")


def measure(function: Measure) -> Measure:
    """Make it known under its own name."""
    MEASURES[function.__name__] = function
    return function


def _of_file(name: str, read: Callable[[FileFacts], Any]) -> None:
    MEASURES[name] = lambda subject: None if subject.file is None else read(subject.file)


# --- The file -------------------------------------------------------------------------------------

_of_file("container", lambda file: file.container)
_of_file("duration_ms", lambda file: file.duration_ms)
_of_file("whole_ms", lambda file: file.whole_ms)
_of_file("size_bytes", lambda file: file.size_bytes)
_of_file("bit_rate_bps", lambda file: file.bit_rate_bps)
_of_file("fps", lambda file: file.fps)
_of_file("video_codec", lambda file: file.video_codec)
_of_file("scan", lambda file: "interlaced" if file.interlaced else "progressive")
_of_file("width_px", lambda file: file.width_px)
_of_file("height_px", lambda file: file.height_px)
_of_file("shorter_side_px", lambda file: min(file.width_px, file.height_px))
_of_file("longer_side_px", lambda file: max(file.width_px, file.height_px))
_of_file("ratio", lambda file: file.width_px / file.height_px)
_of_file("audio_codec", lambda file: file.audio_codec or None)
_of_file("audio_channels", lambda file: file.audio_channels if file.audio_codec else None)
_of_file("audio_rate_hz", lambda file: file.audio_rate_hz if file.audio_codec else None)
_of_file("index_place", lambda file: "before the data" if file.index_first else "behind the data")
_of_file("edit_list", lambda file: "an edit list" if file.edit_list else "none")
_of_file("tail_bytes", lambda file: file.tail_bytes)


@measure
def trouble(subject: Subject) -> str:
    """Why the file cannot be read; "" when it can."""
    return subject.trouble


@measure
def chroma(subject: Subject) -> str | None:
    """The subsampling of the colours, such as 4:2:0; the pixel format where it is none of YUV."""
    if subject.file is None:
        return None
    found = _CHROMA.search(subject.file.pix_fmt)
    if found is None:
        return subject.file.pix_fmt
    return ":".join(found.group(1) or "420")


# --- The words ------------------------------------------------------------------------------------


def _caption(subject: Subject) -> str:
    """Instagram and TikTok have one text: the caption, else the title."""
    return subject.content.caption or subject.content.title


@measure
def one_text_chars(subject: Subject) -> int:
    """Characters of the text of a platform that has no title."""
    return len(_caption(subject))


@measure
def one_text_utf16(subject: Subject) -> int:
    """The same in UTF-16 units, of which an emoji has two or more."""
    return len(_caption(subject).encode("utf-16-le", "surrogatepass")) // 2


@measure
def caption_bytes(subject: Subject) -> int:
    """The caption in UTF-8."""
    return len(subject.content.caption.encode("utf-8", "surrogatepass"))


@measure
def caption(subject: Subject) -> str:
    """The caption itself."""
    return subject.content.caption


@measure
def title(subject: Subject) -> str:
    """The title, without blanks around it."""
    return subject.content.title.strip()


@measure
def title_chars(subject: Subject) -> int:
    """Characters of the title."""
    return len(subject.content.title)


@measure
def hashtags(subject: Subject) -> int:
    """Every # before a letter or digit, also in the middle of a word: platforms differ, this is the most."""
    return len(re.findall(r"#\w", _caption(subject)))


@measure
def mentions(subject: Subject) -> int:
    """Every @ before a letter or digit, counted like hashtags."""
    return len(re.findall(r"@\w", _caption(subject)))


@measure
def unwritable(subject: Subject) -> list[str]:
    """Signs that are no text: halves of pairs, NUL."""
    text = subject.content.title + subject.content.caption
    return sorted({repr(sign) for sign in text if sign == "\0" or "\ud800" <= sign <= "\udfff"})


# --- Who may see it, and what was declared --------------------------------------------------------

_TIKTOK_LEVELS = {"public": "PUBLIC_TO_EVERYONE", "private": "SELF_ONLY"}


@measure
def privacy(subject: Subject) -> str:
    """As in the API: public, unlisted, private."""
    return subject.content.privacy


@measure
def privacy_level(subject: Subject) -> str | None:
    """TikTok's own word, where the caller names one."""
    return subject.options.get("privacy_level") or None


@measure
def privacy_not_offered(subject: Subject) -> str:
    """TikTok's level of this post, where we know that the creator does not offer it."""
    offered = subject.account.profile.get("privacy_level_options") or []
    asked = _tiktok_level(subject)
    return str(asked) if offered and asked and asked not in offered else ""


def _tiktok_level(subject: Subject) -> Any:
    return subject.options.get("privacy_level") or _TIKTOK_LEVELS.get(subject.content.privacy)


@measure
def branded_for_oneself(subject: Subject) -> str:
    """Paid content of a third party that nobody but its creator would see."""
    hidden = _tiktok_level(subject) == "SELF_ONLY"
    return "SELF_ONLY" if hidden and subject.options.get("brand_content") is True else ""


@measure
def music_usage(subject: Subject) -> str:
    """Whether TikTok's Music Usage Confirmation was agreed to."""
    said = subject.options.get("music_usage_consent") is True
    standing = "tiktok.music-usage" in subject.account.declared
    return "agreed" if said or standing else "nobody agreed to it"


@measure
def audience(subject: Subject) -> str:
    """Whether somebody said that the video is, or is not, made for children."""
    said = isinstance(subject.options.get("made_for_kids"), bool)
    standing = "youtube.not-made-for-kids" in subject.account.declared
    return "declared" if said or standing else "nobody said"


# --- What the account may -------------------------------------------------------------------------


@measure
def beyond_the_creators_length(subject: Subject) -> str:
    """How long it is, where this creator of TikTok may not post that."""
    most_s = subject.account.profile.get("max_video_post_duration_sec")
    if subject.file is None or not isinstance(most_s, int) or most_s <= 0:
        return ""
    over = subject.file.whole_ms > most_s * 1000
    return f"{subject.file.whole_ms / 1000:.1f} s, and the account may {most_s} s" if over else ""


@measure
def unverified_length_ms(subject: Subject) -> int | None:
    """How long it is, where the channel is not known to be verified for long videos."""
    status = subject.account.profile.get("status")
    verified = isinstance(status, dict) and status.get("longUploadsStatus") == "allowed"
    return None if subject.file is None or verified else subject.file.whole_ms


# --- Options --------------------------------------------------------------------------------------

TRUTH, NUMBER, TEXT, TEXTS = "true or false", "a whole number", "a text", "a list of texts"


def kind_of(value: Any) -> str:
    """What an option is, in words. Any: a caller may send whatever JSON carries."""
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int):
        return NUMBER
    if isinstance(value, str):
        return TEXT
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return TEXTS
    return "something else"


def kind_of_option(name: str) -> str:
    """The measure of this option's kind, made where it is not there yet."""
    word = f"kind of {name}"

    def kind(subject: Subject) -> str | None:
        return kind_of(subject.options[name]) if name in subject.options else None

    MEASURES.setdefault(word, kind)
    return word


@measure
def option_names(subject: Subject) -> list[str]:
    """The names of all options."""
    return [str(name) for name in subject.options]


@measure
def upload(subject: Subject) -> str | None:
    """How Instagram gets the file."""
    return subject.options.get("upload") or None


@measure
def thumb_offset_ms(subject: Subject) -> int | None:
    """The cover's place in the video."""
    value = subject.options.get("thumb_offset_ms")
    return value if kind_of(value) == NUMBER else None


@measure
def thumb_behind_the_end(subject: Subject) -> str:
    """The cover's place, where the video has ended by then."""
    at = thumb_offset_ms(subject)
    if at is None or subject.file is None or at <= subject.file.duration_ms:
        return ""
    return f"{at} ms of {subject.file.duration_ms} ms"


@measure
def cover_address(subject: Subject) -> str:
    """The address of Instagram's cover, where it is none that the platform would fetch."""
    url = subject.options.get("cover_url")
    if not url or kind_of(url) != TEXT:
        return ""
    good = url.startswith("https://") and url.isascii() and not set(url) & set(' <>"')
    return "" if good else url


# --- What is done once it is live -----------------------------------------------------------------


def _first_comment(subject: Subject) -> str:
    """The comment, "" for none."""
    said = subject.options.get("first_comment")
    return said.strip() if isinstance(said, str) else ""


@measure
def comment_chars(subject: Subject) -> int:
    """Characters of the first comment."""
    return len(_first_comment(subject))


@measure
def comment_hashtags(subject: Subject) -> int:
    """Hashtags of the first comment, counted like those of the caption."""
    return len(re.findall(r"#\w", _first_comment(subject)))


@measure
def comment_mentions(subject: Subject) -> int:
    """Mentions in the first comment."""
    return len(re.findall(r"@\w", _first_comment(subject)))


@measure
def comment_signs(subject: Subject) -> list[str]:
    """Signs of the first comment that are no text."""
    text = _first_comment(subject)
    return sorted({repr(sign) for sign in text if sign == "\0" or "\ud800" <= sign <= "\udfff"})


@measure
def comment_without_comments(subject: Subject) -> str:
    """Why nobody can comment on the video that has a first comment."""
    if not _first_comment(subject):
        return ""
    if subject.content.privacy == "private":
        return "a private video"
    return "a video for children" if subject.options.get("made_for_kids") is True else ""


_COMMENTING = frozenset(
    {
        "instagram_business_manage_comments",
        "instagram_manage_comments",
        "https://www.googleapis.com/auth/youtube.force-ssl",
    }
)


@measure
def comment_not_permitted(subject: Subject) -> str:
    """Whether the account's owner has not let us comment, as far as we know."""
    granted = subject.account.scopes
    allowed = not granted or bool(granted & _COMMENTING)
    return "" if allowed or not _first_comment(subject) else "the permission is missing"


@measure
def tags_chars(subject: Subject) -> int | None:
    """As YouTube counts: a comma between two, and quotes around a tag with a blank in it."""
    tags = subject.options.get("tags")
    if not tags or kind_of(tags) != TEXTS:
        return None
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + len(tags) - 1


@measure
def tags_text(subject: Subject) -> str | None:
    """All tags in one."""
    tags = subject.options.get("tags")
    return "".join(tags) if tags and kind_of(tags) == TEXTS else None


@measure
def category_id(subject: Subject) -> str | None:
    """YouTube's category, by its number."""
    value = subject.options.get("category_id")
    return str(value) if kind_of(value) in (TEXT, NUMBER) else None


@measure
def named_destination(subject: Subject) -> str | None:
    """The destination that the caller names."""
    return subject.options.get("destination") or None
