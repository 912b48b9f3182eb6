"""What a platform's error means for us, as data: (platform, HTTP, code, subcode, phase) → class.

The first row that fits wins. A row speaks of the phases before the commit, unless it is `certain`: then
the platform refuses before it acts, and the row holds in the commit as well. What no row names is
ambiguous in the commit (OutcomeUnknown), and otherwise waits, reconnects or stays a problem by its HTTP
status. Codes as of hosts.AS_OF.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ledger.masking import masked
from publishing.errors import (
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
    RefusedContent,
)

MINUTE, HOUR, DAY = 60, 3_600, 86_400
UNTIL_PACIFIC_MIDNIGHT = -1  # Google's quotas begin anew then


class Phase(StrEnum):
    """Where in a post's life a call stands."""

    PREPARE = "prepare"
    COMMIT = "commit"
    READ = "read"


@dataclass(frozen=True)
class Row:
    """One error. http 0, code "" and subcode "" fit everything. wait_s: when to come back."""

    platform: str
    error: type[PlatformError]
    sentence: str
    code: str = ""
    subcode: str = ""
    http: int = 0
    certain: bool = False
    wait_s: int = 0


IG, TT, YT = "instagram", "tiktok", "youtube"
_RECONNECT = "no longer takes this account's token. Connect the account again."

TABLE: tuple[Row, ...] = (
    # --- Instagram: Graph API codes ---
    Row(IG, OutcomeUnknown, "Instagram blocked the action; the post may be live.", "4", "2207051"),
    Row(IG, PlatformBusy, "Instagram's limit of calls is reached.", "4", certain=True, wait_s=HOUR),
    Row(
        IG, PlatformBusy, "Instagram's limit of calls is reached.", "17", certain=True, wait_s=HOUR
    ),
    Row(
        IG, PlatformBusy, "Instagram's limit of calls is reached.", "32", certain=True, wait_s=HOUR
    ),
    Row(
        IG, PlatformBusy, "Instagram's limit of calls is reached.", "613", certain=True, wait_s=HOUR
    ),
    Row(
        IG,
        PlatformBusy,
        "Instagram's limit of calls is reached.",
        "80002",
        certain=True,
        wait_s=HOUR,
    ),
    Row(
        IG,
        PlatformBusy,
        "The account reached Instagram's daily number of posts.",
        "9",
        "2207042",
        certain=True,
        wait_s=HOUR,
    ),
    Row(
        IG,
        PlatformBusy,
        "Instagram is still working on the video.",
        "9007",
        "2207027",
        certain=True,
        wait_s=30,
    ),
    Row(
        IG,
        PlatformProblem,
        "The upload was not published within 24 hours; it must begin anew.",
        "-2",
        "2207020",
        certain=True,
    ),
    Row(IG, NeedsReconnect, f"Instagram {_RECONNECT}", "190", certain=True),
    Row(IG, NeedsReconnect, f"Instagram {_RECONNECT}", "102", certain=True),
    Row(
        IG,
        NeedsReconnect,
        "The account has not given us the permission to post. Connect it again and allow it.",
        "10",
        certain=True,
    ),
    Row(
        IG,
        NeedsReconnect,
        "The account has not given us the permission to post. Connect it again and allow it.",
        "200",
        certain=True,
    ),
    Row(
        IG,
        NeedsReconnect,
        "Instagram restricted the account. Open Instagram, settle it there, then connect again.",
        "25",
        "2207050",
        certain=True,
    ),
    Row(IG, RefusedContent, "Instagram blocks this content for its policy.", "368", certain=True),
    Row(IG, RefusedContent, "Instagram does not take this video format.", "352", "2207026"),
    Row(IG, RefusedContent, "The picture's shape is not one that Instagram takes.", "36003"),
    Row(IG, RefusedContent, "The file is too large for Instagram.", "36000"),
    Row(IG, RefusedContent, "Instagram does not take this type of file.", "36001"),
    Row(
        IG,
        RefusedContent,
        "Instagram takes captions of at most 2200 characters, 30 hashtags and 20 mentions.",
        "36004",
    ),
    Row(IG, RefusedContent, "Instagram does not take this type of media.", "100", "2207023"),
    Row(IG, RefusedContent, "A single video must be posted as a reel.", "100", "2207089"),
    Row(IG, RefusedContent, "The thumbnail's time is outside the video.", "1", "2207057"),
    Row(IG, RefusedContent, "Instagram could not fetch the file from its address.", "9004"),
    Row(
        IG,
        PlatformBusy,
        "Instagram does not show the object yet.",
        "100",
        "33",
        wait_s=30,
    ),
    Row(IG, PlatformBusy, "Instagram could not fetch the file in time.", "-2", wait_s=MINUTE),
    Row(IG, PlatformBusy, "Instagram has a problem of its own.", "-1", wait_s=MINUTE),
    Row(IG, PlatformBusy, "Instagram has a problem of its own.", "1", wait_s=MINUTE),
    Row(IG, PlatformBusy, "Instagram has a problem of its own.", "2", wait_s=MINUTE),
    Row(IG, PlatformBusy, "Instagram is not ready yet.", "24", wait_s=2 * MINUTE),
    # --- TikTok: envelope codes ---
    Row(TT, NeedsReconnect, f"TikTok {_RECONNECT}", "access_token_invalid", certain=True),
    Row(
        TT,
        NeedsReconnect,
        "The account has not given us the permission to post. Connect it again and allow it.",
        "scope_not_authorized",
        certain=True,
    ),
    Row(
        TT,
        NeedsReconnect,
        "The account has not given us the permission to post. Connect it again and allow it.",
        "scope_permission_missed",
        certain=True,
    ),
    Row(
        TT,
        PlatformBusy,
        "TikTok's limit of calls is reached.",
        "rate_limit_exceeded",
        certain=True,
        wait_s=MINUTE,
    ),
    Row(
        TT,
        PlatformBusy,
        "The account reached TikTok's daily number of posts.",
        "spam_risk_too_many_posts",
        certain=True,
        wait_s=HOUR,
    ),
    Row(
        TT,
        PlatformBusy,
        "Too many posts of this account wait in TikTok's inbox.",
        "spam_risk_too_many_pending_share",
        certain=True,
        wait_s=HOUR,
    ),
    Row(
        TT,
        PlatformBusy,
        "Our app reached its number of TikTok users for today.",
        "reached_active_user_cap",
        certain=True,
        wait_s=HOUR,
    ),
    Row(
        TT,
        RefusedContent,
        "TikTok banned this account from posting.",
        "spam_risk_user_banned_from_posting",
        certain=True,
    ),
    Row(
        TT,
        RefusedContent,
        "TikTok has not audited our app yet: it may only post for yourself, on private accounts.",
        "unaudited_client_can_only_post_to_private_accounts",
        certain=True,
    ),
    Row(
        TT,
        RefusedContent,
        "This account does not offer that privacy. Choose another one.",
        "privacy_level_option_mismatch",
        certain=True,
    ),
    Row(
        TT,
        RefusedContent,
        "TikTok could not fetch the file from its address.",
        "url_ownership_unverified",
    ),
    Row(TT, RefusedContent, "TikTok does not take this text or these settings.", "invalid_param"),
    Row(TT, RefusedContent, "TikTok does not take this text or these settings.", "invalid_params"),
    Row(TT, RefusedContent, "TikTok does not take this file.", "invalid_file_upload"),
    Row(TT, PlatformBusy, "TikTok has a problem of its own.", "internal_error", wait_s=MINUTE),
    # TikTok's upload host answers with a bare HTTP status.
    Row(
        TT,
        PlatformProblem,
        "TikTok's upload address has expired; the upload must begin anew.",
        "upload",
        http=403,
        certain=True,
    ),
    Row(
        TT,
        PlatformProblem,
        "TikTok no longer knows the upload; it must begin anew.",
        "upload",
        http=404,
        certain=True,
    ),
    Row(
        TT,
        PlatformProblem,
        "TikTok did not understand the chunk.",
        "upload",
        http=400,
        certain=True,
    ),
    # --- YouTube: reasons ---
    Row(YT, NeedsReconnect, f"YouTube {_RECONNECT}", "authError", certain=True),
    Row(
        YT,
        NeedsReconnect,
        "The Google account has no YouTube channel. Make one, then connect again.",
        "youtubeSignupRequired",
        certain=True,
    ),
    Row(
        YT,
        NeedsReconnect,
        "The account has not given us the permission to post. Connect it again and allow it.",
        "insufficientPermissions",
        certain=True,
    ),
    Row(
        YT,
        PlatformBusy,
        "Our quota at YouTube is used up until midnight in California.",
        "quotaExceeded",
        certain=True,
        wait_s=UNTIL_PACIFIC_MIDNIGHT,
    ),
    Row(
        YT,
        PlatformBusy,
        "YouTube's limit of calls is reached.",
        "rateLimitExceeded",
        certain=True,
        wait_s=MINUTE,
    ),
    Row(
        YT,
        PlatformBusy,
        "YouTube's limit of calls is reached.",
        "userRateLimitExceeded",
        certain=True,
        wait_s=MINUTE,
    ),
    Row(
        YT,
        PlatformBusy,
        "The channel reached YouTube's number of uploads for today.",
        "uploadLimitExceeded",
        certain=True,
        wait_s=DAY,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube takes titles of 1 to 100 characters without < and >.",
        "invalidTitle",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube takes descriptions of at most 5000 bytes without < and >.",
        "invalidDescription",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube takes tags of at most 500 characters together.",
        "invalidTags",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube does not know this category.",
        "invalidCategoryId",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube does not take this publishing time.",
        "invalidPublishAt",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "This channel may not use that privacy.",
        "forbiddenPrivacySetting",
        certain=True,
    ),
    Row(
        YT,
        RefusedContent,
        "YouTube does not take these settings.",
        "invalidVideoMetadata",
        certain=True,
    ),
)

# Why a platform says, after it looked at the video, that there will be no post: its word → what to tell
# people, and whether a fresh attempt may work.
FAILURES: dict[tuple[str, str], tuple[str, bool]] = {
    (IG, "2207003"): ("Instagram could not fetch the file in time.", True),
    (IG, "2207001"): ("Instagram had a problem of its own.", True),
    (IG, "2207032"): ("Instagram had a problem of its own.", True),
    (IG, "2207053"): ("Instagram had a problem of its own.", True),
    (IG, "2207082"): ("Instagram had a problem of its own.", True),
    (IG, "2207006"): ("Instagram lost the upload.", True),
    (IG, "2207008"): ("Instagram lost the upload.", True),
    (IG, "2207020"): ("The upload was not published within 24 hours.", True),
    (IG, "2207026"): (
        "Instagram does not take this video format. It takes MP4 with H.264 and AAC.",
        False,
    ),
    (IG, "2207009"): ("The picture's shape is not one that Instagram takes.", False),
    (IG, "2207004"): ("The file is too large for Instagram.", False),
    (IG, "2207052"): ("Instagram could not fetch the file from its address.", False),
    (TT, "internal"): ("TikTok had a problem of its own.", True),
    (TT, "file_format_check_failed"): ("TikTok does not take this file format.", False),
    (TT, "duration_check_failed"): ("The video is too short or too long for TikTok.", False),
    (TT, "frame_rate_check_failed"): ("TikTok takes 23 to 60 frames per second.", False),
    (TT, "picture_size_check_failed"): (
        "TikTok takes pictures of 360 to 4096 pixels a side.",
        False,
    ),
    (TT, "video_pull_failed"): ("TikTok could not fetch the file.", False),
    (TT, "publish_cancelled"): ("The post was cancelled.", False),
    (TT, "auth_removed"): ("The account took our permission back while TikTok worked.", False),
    (TT, "spam_risk"): ("TikTok takes the post for spam.", False),
    (TT, "spam_risk_text"): ("TikTok takes the text for spam.", False),
    (TT, "spam_risk_too_many_posts"): (
        "The account reached TikTok's daily number of posts.",
        False,
    ),
    (TT, "spam_risk_user_banned_from_posting"): ("TikTok banned this account from posting.", False),
    (YT, "codec"): ("YouTube does not know this video's codec.", False),
    (YT, "conversion"): ("YouTube could not convert the video.", False),
    (YT, "emptyFile"): ("The file is empty.", False),
    (YT, "invalidFile"): ("YouTube does not take this file format.", False),
    (YT, "tooSmall"): ("The file is too small.", False),
    (YT, "uploadAborted"): ("The upload was broken off.", True),
    (YT, "claim"): ("Somebody else claims this content.", False),
    (YT, "copyright"): ("YouTube rejected the video for copyright.", False),
    (YT, "duplicate"): ("YouTube has this video already.", False),
    (YT, "inappropriate"): ("YouTube finds the video inappropriate.", False),
    (YT, "legal"): ("YouTube rejected the video for legal reasons.", False),
    (YT, "length"): ("The video is longer than this channel may upload.", False),
    (YT, "termsOfUse"): ("The video breaks YouTube's terms of use.", False),
    (YT, "trademark"): ("YouTube rejected the video for a trademark.", False),
    (YT, "uploaderAccountClosed"): ("The YouTube account is closed.", False),
    (YT, "uploaderAccountSuspended"): ("The YouTube account is suspended.", False),
}
LABELS = {IG: "Instagram", TT: "TikTok", YT: "YouTube"}


def failure_of(platform: str, reason: str) -> tuple[str, bool]:
    """What to tell people about a failed post, and whether a fresh attempt may work."""
    known = FAILURES.get((platform, reason))
    return known or (f"{LABELS[platform]} refused the post ({reason or 'no reason given'}).", False)


def error_for(
    platform: str,
    *,
    phase: Phase,
    http: int,
    code: str = "",
    subcode: str = "",
    transient: bool = False,
    retry_after_s: int | None = None,
    wire: Any = None,
) -> PlatformError:
    """The error that an answer means. retry_after_s: what the platform's headers say; None: nothing.

    wire: the answer itself, kept with its secrets masked. Any: whatever JSON carries.
    """
    row = _row(platform, phase=phase, http=http, code=code, subcode=subcode)
    if row is None:
        row = _by_status(platform, phase=phase, http=http, transient=transient)
    details: dict[str, Any] = {"http": http, "platform_code": code, "platform_subcode": subcode}
    if row.error is PlatformBusy:
        details["retry_after_s"] = retry_after_s or _wait_s(row.wait_s)
    known = {name: value for name, value in details.items() if value}
    return row.error(row.sentence, platform=platform, wire=masked(wire), **known)


def network_error(platform: str, *, phase: Phase, what: str) -> PlatformError:
    """The connection failed or nothing came back in time. what: the kind of failure."""
    label = LABELS[platform]
    if phase is Phase.COMMIT:
        return OutcomeUnknown(
            f"The connection to {label} broke while we posted; the post may be live.",
            platform=platform,
            wire=what,
        )
    return PlatformBusy(
        f"{label} cannot be reached.", platform=platform, wire=what, retry_after_s=MINUTE
    )


def _row(platform: str, *, phase: Phase, http: int, code: str, subcode: str) -> Row | None:
    for row in TABLE:
        fits = (
            row.platform == platform
            and row.code == code
            and row.subcode in ("", subcode)
            and row.http in (0, http)
        )
        if fits and (phase is not Phase.COMMIT or row.certain or row.error is OutcomeUnknown):
            return row
    return None


def _by_status(platform: str, *, phase: Phase, http: int, transient: bool) -> Row:
    label = LABELS[platform]
    if http == 429:
        return Row(platform, PlatformBusy, f"{label}'s limit of calls is reached.", wait_s=MINUTE)
    if http == 401:
        return Row(platform, NeedsReconnect, f"{label} {_RECONNECT}")
    if phase is Phase.COMMIT:
        sentence = f"{label} gave an unclear answer while we posted; the post may be live."
        return Row(platform, OutcomeUnknown, sentence)
    if http >= 500 or transient:
        return Row(platform, PlatformBusy, f"{label} has a problem of its own.", wait_s=MINUTE)
    return Row(platform, PlatformProblem, f"{label} gave an answer that we do not understand.")


def _wait_s(wait_s: int) -> int:
    if wait_s != UNTIL_PACIFIC_MIDNIGHT:
        return wait_s or MINUTE
    now = datetime.now(tz=UTC).astimezone(ZoneInfo("America/Los_Angeles"))
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds()) + MINUTE
