"""YouTube's videos and Shorts. Numbers as of the day below; sources stand beside them."""

from dataclasses import replace
from datetime import date

from publishing.preflight.destinations import common
from publishing.preflight.findings import Severity
from publishing.preflight.measures import NUMBER, TEXT, TEXTS, TRUTH
from publishing.preflight.schema import Rule, Schema

FILE = common.FILE
# Those that a video may be given; the others are for films and shows that YouTube sells.
CATEGORIES = (
    "1",
    "2",
    "10",
    "15",
    "17",
    "19",
    "20",
    "22",
    "23",
    "24",
    "25",
    "26",
    "27",
    "28",
    "29",
)

VIDEO = Schema(
    name="youtube_video",
    platform="youtube",
    label="YouTube",
    version="2026-11-20.2",
    as_of=date(2026, 11, 20),
    sources=(
        "https://developers.google.com/youtube/v3/docs/videos",
        "https://developers.google.com/youtube/v3/docs/commentThreads/insert",
        "https://developers.google.com/youtube/v3/docs/thumbnails/set",
        "https://support.google.com/youtube/troubleshooter/2888402",
        "https://support.google.com/youtube/answer/71673",
    ),
    rules=(
        common.READABLE,
        common.WHOLE,
        common.container("mp4", "mov", "webm", "avi"),
        common.codec("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video",
                     "prores", "dnxhd"),
        # More is taken, and shown with fewer.
        replace(common.fps(1, 60), severity=Severity.WARNING),
        common.shortest(1_000),
        common.length(12 * 3_600_000),
        Rule("unverified length", FILE, "unverified_length_ms",
             takes="videos of channels that are not verified", most=15 * 60_000, unit="ms",
             cure="Choose a shorter clip, or verify the channel and connect it again."),
        common.size(256_000_000_000),
        common.WRITABLE,
        Rule("title", "title", "title", takes="videos", needed=True, limit="with a title",
             cure="Write one."),
        Rule("title length", "title", "title_chars", takes="titles", most=100, unit="characters",
             cure="Shorten the title."),
        Rule("title signs", "title", "title", takes="titles", without="<>", cure="Remove them."),
        Rule("description length", "caption", "caption_bytes", takes="descriptions", most=5000,
             unit="bytes of UTF-8", cure="Shorten the caption."),
        Rule("description signs", "caption", "caption", takes="descriptions", without="<>",
             cure="Remove them."),
        common.privacy("public", "unlisted", "private"),
        *common.options(
            tags=(TEXTS,),
            category_id=(TEXT, NUMBER),
            made_for_kids=(TRUTH,),
            is_ai_generated=(TRUTH,),
            notify_subscribers=(TRUTH,),
            thumb_offset_ms=(NUMBER,),
            first_comment=(TEXT,),
        ),
        Rule("tags", "options.tags", "tags_chars", takes="tags", most=500,
             unit="characters together", cure="Remove some tags."),
        Rule("tag signs", "options.tags", "tags_text", takes="tags", without="<>",
             cure="Remove them."),
        Rule("category", "options.category_id", "category_id", takes="the categories",
             among=CATEGORIES, cure="Choose one of those; 22 is People & Blogs."),
        Rule("audience", "options.made_for_kids", "audience", takes="videos",
             among=("declared",), warns_on_simulator=True,
             limit="of which somebody says whether they are made for children",
             cure="Say it in the option, or once for all by STAKAZO_DECLARATIONS."),
        Rule("thumbnail", "options.thumb_offset_ms", "thumb_offset_ms", takes="a thumbnail",
             least=0, unit="ms", cure="Choose a moment of the video."),
        Rule("thumbnail in the video", "options.thumb_offset_ms", "thumb_behind_the_end",
             takes="a thumbnail", among=("",), limit="from within the video",
             cure="Choose a moment of the video."),
        *common.first_comment(10_000),
        Rule("first comment's place", "options.first_comment", "comment_without_comments",
             takes="comments", among=("",), limit="where people may comment",
             cure="Choose another privacy, or leave the first comment out."),
        common.destinations("youtube_video", "youtube_short"),
    ),
)  # fmt: skip

SHORT = VIDEO.also(
    "youtube_short",
    "YouTube",
    common.length(3 * 60_000, cure="Choose a shorter clip, or post it as a youtube_video."),
    Rule("ratio", FILE, "ratio", takes="Shorts whose width over height is", most=1, unit=":1",
         cure="Choose a vertical or square format, or post it as a youtube_video."),
    without=["unverified length"],
)  # fmt: skip
