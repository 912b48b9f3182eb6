"""YouTube: the reasons in Google's errors."""

from functools import partial

from publishing.errors import FailureKind
from publishing.platforms.error_table.rows import (
    ANY,
    ANYWHERE,
    COMMIT_ONLY,
    DAY,
    MINUTE,
    UNTIL_PACIFIC_MIDNIGHT,
    Failure,
    Row,
)

_K = FailureKind
_row = partial(Row, "youtube")
_DEAD = "YouTube no longer takes this account's token."
_CALLS = "YouTube's limit of calls is reached."
_SETTLE = "Look at the video in YouTube Studio; change it, then publish it anew."

ROWS: tuple[Row, ...] = (
    _row(_K.RECONNECT, _DEAD, "authError", phases=ANYWHERE),
    _row(
        _K.RECONNECT,
        "The Google account has no YouTube channel.",
        "youtubeSignupRequired",
        phases=ANYWHERE,
        remedy="Make a channel, then connect the account again.",
    ),
    _row(
        _K.RECONNECT,
        "The account has not given us the permission to post.",
        "insufficientPermissions",
        phases=ANYWHERE,
        remedy="Connect the account again and leave every permission ticked.",
    ),
    _row(
        _K.WAIT_UNTIL,
        "Our quota at YouTube is used up until midnight in California.",
        "quotaExceeded",
        phases=ANYWHERE,
        wait_s=UNTIL_PACIFIC_MIDNIGHT,
        closes="*",
        remedy="Nothing: it goes on after midnight in California. Google raises quotas on request.",
    ),
    *(
        _row(_K.WAIT_UNTIL, _CALLS, code, phases=ANYWHERE, wait_s=MINUTE, closes="*")
        for code in ("rateLimitExceeded", "userRateLimitExceeded")
    ),
    _row(
        _K.WAIT_UNTIL,
        "The channel reached YouTube's number of uploads for today.",
        "uploadLimitExceeded",
        phases=ANYWHERE,
        wait_s=DAY,
        closes="account:posts",
    ),
    _row(
        _K.USER_FIX,
        "YouTube takes titles of 1 to 100 characters without < and >.",
        "invalidTitle",
        phases=ANYWHERE,
        remedy="Change the title.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube takes descriptions of at most 5000 bytes without < and >.",
        "invalidDescription",
        phases=ANYWHERE,
        remedy="Change the caption.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube takes tags of at most 500 characters together.",
        "invalidTags",
        phases=ANYWHERE,
        remedy="Use fewer or shorter tags.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not know this category.",
        "invalidCategoryId",
        phases=ANYWHERE,
        remedy="Choose another category.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not take this publishing time.",
        "invalidPublishAt",
        phases=ANYWHERE,
        remedy="Choose a time in the future, and the privacy “private”.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not take this file name.",
        "invalidFilename",
        phases=ANYWHERE,
    ),
    _row(
        _K.USER_FIX,
        "YouTube wants to know the language of the title and the description.",
        "defaultLanguageNotSet",
        phases=ANYWHERE,
    ),
    _row(
        _K.USER_FIX,
        "This channel may not use that privacy.",
        "forbiddenPrivacySetting",
        phases=ANYWHERE,
        remedy="Choose another privacy.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not take these settings.",
        "invalidVideoMetadata",
        phases=ANYWHERE,
    ),
    *(
        _row(
            _K.USER_FIX,
            "Comments are off for this video.",
            code,
            phases=ANYWHERE,
            remedy="Turn comments on in YouTube Studio, then retry; private videos and those made "
            "for children have none.",
        )
        for code in ("commentsDisabled", "ineligibleAccount")
    ),
    *(
        _row(
            _K.USER_FIX,
            "YouTube takes comments of 1 to 10000 characters.",
            code,
            phases=ANYWHERE,
            remedy="Write the comment by hand; a text that is published is not edited here.",
        )
        for code in ("commentTextRequired", "commentTextTooLong")
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not show this video any more.",
        "videoNotFound",
        phases=ANYWHERE,
        remedy="Look in YouTube Studio whether somebody removed it.",
    ),
    _row(
        _K.USER_FIX,
        "YouTube does not take this picture for a thumbnail.",
        "invalidImage",
        remedy="Choose another moment, or set the thumbnail in YouTube Studio.",
    ),
    _row(_K.BUG, "YouTube got no file from us.", "mediaBodyRequired", phases=ANYWHERE),
    _row(_K.WAIT_UNTIL, _CALLS, ANY, http=429, wait_s=MINUTE, closes="*"),
    # Without a reason it is the gate that answers, before anything is done.
    _row(_K.WAIT_UNTIL, _CALLS, "", http=429, phases=COMMIT_ONLY, wait_s=MINUTE, closes="*"),
    _row(_K.RECONNECT, _DEAD, ANY, http=401),
    _row(_K.RECONNECT, _DEAD, "", http=401, phases=COMMIT_ONLY),
)

# By failureReason and rejectionReason.
FAILURES: dict[str, Failure] = {
    "codec": Failure(
        _K.USER_FIX,
        "YouTube does not know this video's codec.",
        "Render it as MP4 with H.264 and AAC, then publish it anew.",
    ),
    "conversion": Failure(_K.USER_FIX, "YouTube could not convert the video.", "Render it anew."),
    "emptyFile": Failure(_K.USER_FIX, "The file is empty.", "Render it anew."),
    "invalidFile": Failure(
        _K.USER_FIX,
        "YouTube does not take this file format.",
        "Render it as MP4 with H.264 and AAC, then publish it anew.",
    ),
    "tooSmall": Failure(_K.USER_FIX, "The file is too small.", "Choose a longer clip."),
    "uploadAborted": Failure(_K.TRANSIENT, "The upload was broken off."),
    "claim": Failure(_K.POLICY, "Somebody else claims this content.", _SETTLE),
    "copyright": Failure(_K.POLICY, "YouTube rejected the video for copyright.", _SETTLE),
    "duplicate": Failure(
        _K.USER_FIX, "YouTube has this video already.", "Look in YouTube Studio for the other one."
    ),
    "inappropriate": Failure(_K.POLICY, "YouTube finds the video inappropriate.", _SETTLE),
    "legal": Failure(_K.POLICY, "YouTube rejected the video for legal reasons.", _SETTLE),
    "length": Failure(
        _K.USER_FIX,
        "The video is longer than this channel may upload.",
        "Choose a shorter clip, or verify the channel at YouTube.",
    ),
    "termsOfUse": Failure(_K.POLICY, "The video breaks YouTube's terms of use.", _SETTLE),
    "trademark": Failure(_K.POLICY, "YouTube rejected the video for a trademark.", _SETTLE),
    "uploaderAccountClosed": Failure(_K.POLICY, "The YouTube account is closed.", _SETTLE),
    "uploaderAccountSuspended": Failure(_K.POLICY, "The YouTube account is suspended.", _SETTLE),
}
