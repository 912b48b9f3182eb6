"""Instagram reels. Numbers as of the day below; sources stand beside them."""

from datetime import date

from publishing.preflight.destinations import common
from publishing.preflight.measures import NUMBER, TEXT, TRUTH
from publishing.preflight.schema import Rule, Schema

FILE, RENDER = common.FILE, common.RENDER

REEL = Schema(
    name="instagram_reel",
    platform="instagram",
    label="Instagram",
    version="2026-11-20.2",
    as_of=date(2026, 11, 20),
    sources=(
        "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media",
    ),
    rules=(
        common.READABLE,
        common.WHOLE,
        common.container("mp4", "mov"),
        Rule("index", FILE, "index_place", takes="files whose index stands",
             among=("before the data",), cure=RENDER),
        Rule("edit list", FILE, "edit_list", takes="files", among=("none",),
             limit="without an edit list", cure=RENDER),
        common.codec("h264", "hevc"),
        Rule("chroma", FILE, "chroma", takes="colours stored as", among=("4:2:0",), cure=RENDER),
        common.PROGRESSIVE,
        common.fps(23, 60),
        Rule("width", FILE, "width_px", takes="pictures with a width", most=1920, unit="px",
             cure="Choose a smaller format."),
        Rule("ratio", FILE, "ratio", takes="pictures whose width over height is", least=0.01,
             most=10, unit=":1", cure="Choose a format nearer to 9:16."),
        Rule("bit rate", FILE, "bit_rate_bps", takes="videos", most=25_000_000, unit="bit/s",
             cure="Choose a format with a lower rate."),
        Rule("audio codec", FILE, "audio_codec", takes="sound in", among=("aac",), cure=RENDER),
        Rule("audio channels", FILE, "audio_channels", takes="sound", least=1, most=2,
             unit="channels", cure=RENDER),
        Rule("audio rate", FILE, "audio_rate_hz", takes="sound", most=48_000, unit="Hz",
             cure=RENDER),
        common.shortest(3_000),
        common.length(15 * 60_000),
        common.size(300_000_000),  # an older page says 1 GB; the stricter one is safe
        common.WRITABLE,
        Rule("caption", "caption", "one_text_chars", takes="captions", most=2200,
             unit="characters", cure="Shorten the caption."),
        Rule("hashtags", "caption", "hashtags", takes="captions", most=30, unit="hashtags",
             cure="Remove some hashtags."),
        Rule("mentions", "caption", "mentions", takes="captions", most=20, unit="mentions",
             cure="Remove some mentions."),
        common.privacy("public"),
        *common.options(
            upload=(TEXT,),
            share_to_feed=(TRUTH,),
            thumb_offset_ms=(NUMBER,),
            cover_url=(TEXT,),
            first_comment=(TEXT,),
            is_ai_generated=(TRUTH,),
        ),
        Rule("upload", "options.upload", "upload", takes="the file by", among=("bytes", "pull"),
             cure="Choose one of those, or leave it out."),
        Rule("cover", "options.thumb_offset_ms", "thumb_offset_ms", takes="a cover", least=0,
             unit="ms", cure="Choose a moment of the video."),
        Rule("cover in the video", "options.thumb_offset_ms", "thumb_behind_the_end",
             takes="a cover", among=("",), limit="from within the video",
             cure="Choose a moment of the video."),
        Rule("cover address", "options.cover_url", "cover_address", takes="a cover", among=("",),
             limit="at an address that begins with https:// and is plain ASCII",
             cure="Give the address of a JPEG of at most 8 MB, or choose a moment of the video."),
        # Comments: no page gives numbers; those of the caption hold in practice.
        *common.first_comment(2200),
        Rule("first comment's hashtags", "options.first_comment", "comment_hashtags",
             takes="comments", most=30, unit="hashtags", cure="Remove some hashtags."),
        Rule("first comment's mentions", "options.first_comment", "comment_mentions",
             takes="comments", most=20, unit="mentions", cure="Remove some mentions."),
        common.destinations("instagram_reel"),
    ),
)  # fmt: skip
