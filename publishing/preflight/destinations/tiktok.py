"""TikTok's direct post. Numbers as of the day below; sources stand beside them."""

from datetime import date

from publishing.preflight.destinations import common
from publishing.preflight.findings import Severity
from publishing.preflight.measures import NUMBER, TEXT, TRUTH
from publishing.preflight.schema import Rule, Schema

FILE = common.FILE
LEVELS = ("PUBLIC_TO_EVERYONE", "FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")

DIRECT_POST = Schema(
    name="tiktok_direct_post",
    platform="tiktok",
    label="TikTok",
    version="2026-11-20.2",
    as_of=date(2026, 11, 20),
    sources=(
        "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
        "https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
        "https://developers.tiktok.com/doc/content-sharing-guidelines",
    ),
    rules=(
        common.READABLE,
        common.WHOLE,
        common.container("mp4", "mov", "webm"),
        common.codec("h264", "hevc", "vp8", "vp9"),
        common.fps(23, 60),
        Rule("shorter side", FILE, "shorter_side_px", takes="pictures with sides", least=360,
             unit="px", cure="Choose a larger format."),
        Rule("longer side", FILE, "longer_side_px", takes="pictures with sides", most=4096,
             unit="px", cure="Choose a smaller format."),
        common.shortest(3_000),
        common.length(10 * 60_000),
        Rule("creator's length", FILE, "beyond_the_creators_length", takes="videos", among=("",),
             limit="as long as the account may post", cure="Choose a shorter clip."),
        common.size(4_000_000_000),
        common.WRITABLE,
        Rule("caption", "caption", "one_text_utf16", takes="captions", most=2200,
             unit="UTF-16 units", cure="Shorten the caption."),
        common.privacy("public", "private"),
        *common.options(
            privacy_level=(TEXT,),
            disable_comment=(TRUTH,),
            disable_duet=(TRUTH,),
            disable_stitch=(TRUTH,),
            brand_content=(TRUTH,),
            brand_organic=(TRUTH,),
            is_ai_generated=(TRUTH,),
            music_usage_consent=(TRUTH,),
            thumb_offset_ms=(NUMBER,),
        ),
        Rule("privacy level", "options.privacy_level", "privacy_level", takes="the privacy",
             among=LEVELS, cure="Choose one of those, or leave it out."),
        Rule("privacy offered", "privacy", "privacy_not_offered", takes="the privacy", among=("",),
             limit="that the account offers",
             cure="Choose another one, or connect the account again if it has changed."),
        Rule("branded", "options.brand_content", "branded_for_oneself", takes="branded content",
             among=("",), limit="that others can see",
             cure="Choose another privacy, or take the label away."),
        Rule("music", "options.music_usage_consent", "music_usage", takes="posts",
             among=("agreed",), warns_on_simulator=True,
             limit="whose sender agrees to its Music Usage Confirmation",
             cure="Agree in the option, or once for all by STAKAZO_DECLARATIONS."),
        Rule("cover", "options.thumb_offset_ms", "thumb_offset_ms", takes="a cover", least=0,
             unit="ms", cure="Choose a moment of the video."),
        Rule("cover in the video", "options.thumb_offset_ms", "thumb_behind_the_end",
             takes="a cover", among=("",), limit="from within the video", severity=Severity.WARNING,
             cure="Choose a moment of the video; TikTok would show the first one."),
        common.destinations("tiktok_direct_post", "tiktok_inbox"),
    ),
)  # fmt: skip

# What the creator finds in the inbox: the file alone. Words, privacy and consents are the creator's.
INBOX = DIRECT_POST.also(
    "tiktok_inbox",
    "TikTok's inbox",
    Rule("caption", "caption", "one_text_utf16", takes="captions", most=0, unit="UTF-16 units",
         limit="that the creator writes in the app", severity=Severity.WARNING,
         cure="Tell the creator what to write; ours is not sent."),
    *common.options(),
    without=(
        "privacy level", "privacy offered", "branded", "music", "cover",
        "cover in the video", "creator's length",
        *(rule.name for rule in DIRECT_POST.rules if rule.name.startswith("option ")),
    ),
)  # fmt: skip
