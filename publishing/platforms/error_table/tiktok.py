"""TikTok: the codes of its envelope, and the bare HTTP statuses of its upload host ("upload")."""

from functools import partial

from publishing.errors import FailureKind
from publishing.platforms.error_table.rows import (
    ANY,
    ANYWHERE,
    COMMIT_ONLY,
    HOUR,
    MINUTE,
    Failure,
    Row,
)

_K = FailureKind
_row = partial(Row, "tiktok")
_DEAD = "TikTok no longer takes this account's token."
_PERMISSION = "The account has not given us the permission to post."
_ALLOW = "Connect the account again and leave every permission ticked."
_CALLS = "TikTok's limit of calls is reached."
_SETTINGS = "TikTok does not take this text or these settings."
_BANNED = "TikTok banned this account from posting."
_OWNER = "The owner settles that in TikTok's app; until then nothing goes out there."

ROWS: tuple[Row, ...] = (
    _row(_K.RECONNECT, _DEAD, "access_token_invalid", phases=ANYWHERE),
    *(
        _row(_K.RECONNECT, _PERMISSION, code, phases=ANYWHERE, remedy=_ALLOW)
        for code in ("scope_not_authorized", "scope_permission_missed")
    ),
    _row(
        _K.RECONNECT,
        "The upload belongs to another account or app.",
        "token_not_authorized_for_specified_publish_id",
    ),
    _row(_K.WAIT_UNTIL, _CALLS, "rate_limit_exceeded", phases=ANYWHERE, wait_s=MINUTE, closes="*"),
    _row(
        _K.WAIT_UNTIL,
        "The account reached TikTok's daily number of posts.",
        "spam_risk_too_many_posts",
        phases=ANYWHERE,
        wait_s=HOUR,
        closes="account:posts",
    ),
    _row(
        _K.WAIT_UNTIL,
        "Too many posts of this account wait in TikTok's inbox.",
        "spam_risk_too_many_pending_share",
        phases=ANYWHERE,
        wait_s=HOUR,
        closes="account:posts",
        remedy="The owner posts or deletes the drafts that wait in TikTok's app.",
    ),
    _row(
        _K.WAIT_UNTIL,
        "Our app reached its number of TikTok users for today.",
        "reached_active_user_cap",
        phases=ANYWHERE,
        wait_s=HOUR,
        closes="app:posts",
        remedy="Nothing now. Once TikTok has audited the app there is no such limit.",
    ),
    _row(
        _K.POLICY,
        _BANNED,
        "spam_risk_user_banned_from_posting",
        phases=ANYWHERE,
        about_account=True,
        remedy=_OWNER,
    ),
    _row(
        _K.USER_FIX,
        "TikTok has not audited our app yet: it may only post for yourself, on private accounts.",
        "unaudited_client_can_only_post_to_private_accounts",
        phases=ANYWHERE,
        remedy="Choose the privacy “private”, or have the app audited in TikTok's developer portal.",
    ),
    _row(
        _K.USER_FIX,
        "This account does not offer that privacy.",
        "privacy_level_option_mismatch",
        phases=ANYWHERE,
        remedy="Choose another privacy.",
    ),
    _row(
        _K.USER_FIX,
        "TikTok could not fetch the file from its address.",
        "url_ownership_unverified",
        remedy="Verify the storage's domain in TikTok's developer portal.",
    ),
    _row(_K.USER_FIX, _SETTINGS, "invalid_param"),
    _row(_K.USER_FIX, _SETTINGS, "invalid_params"),
    _row(_K.USER_FIX, "TikTok does not take this file.", "invalid_file_upload"),
    _row(
        _K.TRANSIENT,
        "TikTok no longer knows the upload; it must begin anew.",
        "invalid_publish_id",
        anew=True,
    ),
    _row(_K.BUG, "TikTok can no longer take the post back.", "publish_not_cancellable"),
    _row(_K.TRANSIENT, "TikTok has a problem of its own.", "internal_error", wait_s=MINUTE),
    _row(
        _K.TRANSIENT,
        "TikTok's upload address has expired; the upload must begin anew.",
        "upload",
        http=403,
        phases=ANYWHERE,
        anew=True,
    ),
    _row(
        _K.TRANSIENT,
        "TikTok no longer knows the upload; it must begin anew.",
        "upload",
        http=404,
        phases=ANYWHERE,
        anew=True,
    ),
    _row(_K.BUG, "TikTok did not understand the chunk.", "upload", http=400, phases=ANYWHERE),
    _row(_K.WAIT_UNTIL, _CALLS, ANY, http=429, wait_s=MINUTE, closes="*"),
    # Without a code of the platform's it is the gate that answers, before anything is done.
    *(
        _row(_K.WAIT_UNTIL, _CALLS, code, http=429, phases=COMMIT_ONLY, wait_s=MINUTE, closes="*")
        for code in ("", "upload")
    ),
    _row(_K.RECONNECT, _DEAD, ANY, http=401),
    *(_row(_K.RECONNECT, _DEAD, code, http=401, phases=COMMIT_ONLY) for code in ("", "upload")),
)

# By fail_reason.
FAILURES: dict[str, Failure] = {
    "internal": Failure(_K.TRANSIENT, "TikTok had a problem of its own."),
    "file_format_check_failed": Failure(
        _K.USER_FIX,
        "TikTok does not take this file format.",
        "Render it as MP4 with H.264, then publish it anew.",
    ),
    "duration_check_failed": Failure(
        _K.USER_FIX,
        "The video is too short or too long for TikTok.",
        "Choose a clip from 3 seconds to what the account may post, 10 minutes at most.",
    ),
    "frame_rate_check_failed": Failure(
        _K.USER_FIX,
        "TikTok takes 23 to 60 frames per second.",
        "Render it with a frame rate in that range.",
    ),
    "picture_size_check_failed": Failure(
        _K.USER_FIX,
        "TikTok takes pictures of 360 to 4096 pixels a side.",
        "Choose a format in that range.",
    ),
    "video_pull_failed": Failure(
        _K.USER_FIX,
        "TikTok could not fetch the file.",
        "The storage's public address must be reachable from the internet.",
    ),
    "publish_cancelled": Failure(_K.USER_FIX, "The post was cancelled.", "Publish it anew."),
    "auth_removed": Failure(
        _K.RECONNECT, "The account took our permission back while TikTok worked."
    ),
    "spam_risk": Failure(_K.POLICY, "TikTok takes the post for spam."),
    "spam_risk_text": Failure(
        _K.POLICY, "TikTok takes the text for spam.", "Write another text, then publish it anew."
    ),
    "spam_risk_too_many_posts": Failure(
        _K.WAIT_UNTIL,
        "The account reached TikTok's daily number of posts.",
        wait_s=6 * HOUR,
    ),
    "spam_risk_user_banned_from_posting": Failure(_K.POLICY, _BANNED, _OWNER),
}
