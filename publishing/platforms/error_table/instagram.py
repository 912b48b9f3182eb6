"""Instagram: the Graph API's codes and subcodes."""

from functools import partial

from publishing.errors import FailureKind
from publishing.platforms.error_table.rows import (
    ANY,
    ANYWHERE,
    COMMIT_ONLY,
    DAY,
    HOUR,
    MINUTE,
    Failure,
    Row,
)

_K = FailureKind
_row = partial(Row, "instagram")
_DEAD = "Instagram no longer takes this account's token."
_PERMISSION = "The account has not given us the permission to post."
_ALLOW = "Connect the account again and leave every permission ticked."
_CALLS = "Instagram's limit of calls is reached."
_OWN = "Instagram has a problem of its own."
_LOST = "Instagram lost the upload."
_TAGS = "Instagram does not take the tags or collaborators of this post."

ROWS: tuple[Row, ...] = (
    # An action block is Instagram's answer to posting that looks automatic. In the commit it has come
    # for posts that were live all the same.
    _row(
        _K.AMBIGUOUS,
        "Instagram blocked the action; the post may be live.",
        "4",
        "2207051",
        phases=COMMIT_ONLY,
        about_account=True,
    ),
    _row(
        _K.WAIT_UNTIL,
        "Instagram blocks this account's actions for a while.",
        "4",
        "2207051",
        wait_s=DAY,
        about_account=True,
        closes="account:posts",
        remedy="Let the account rest for a day, and post less often afterwards.",
    ),
    _row(_K.WAIT_UNTIL, _CALLS, "4", phases=ANYWHERE, wait_s=HOUR, closes="app:calls"),
    *(
        _row(_K.WAIT_UNTIL, _CALLS, code, phases=ANYWHERE, wait_s=HOUR, closes="account:calls")
        for code in ("17", "32", "341", "613", "80002")
    ),
    _row(
        _K.WAIT_UNTIL,
        "The account reached Instagram's daily number of posts.",
        "9",
        "2207042",
        phases=ANYWHERE,
        wait_s=HOUR,
        closes="account:posts",
    ),
    _row(
        _K.TRANSIENT,
        "Instagram is still working on the video.",
        "9007",
        "2207027",
        phases=ANYWHERE,
        wait_s=30,
    ),
    _row(
        _K.TRANSIENT,
        "The upload was not published within 24 hours; it must begin anew.",
        "-2",
        "2207020",
        phases=ANYWHERE,
        anew=True,
    ),
    _row(
        _K.RECONNECT,
        "Instagram wants the owner to pass a check.",
        "190",
        "459",
        phases=ANYWHERE,
        remedy="Log in to Instagram's app, answer its check, then connect the account again.",
    ),
    _row(
        _K.RECONNECT,
        "The password of the account was changed.",
        "190",
        "460",
        phases=ANYWHERE,
    ),
    _row(
        _K.RECONNECT,
        "The account is not confirmed.",
        "190",
        "464",
        phases=ANYWHERE,
        remedy="Confirm the account in Instagram's app, then connect it again.",
    ),
    _row(_K.RECONNECT, "The account took our permission back.", "190", "458", phases=ANYWHERE),
    _row(_K.RECONNECT, _DEAD, "190", phases=ANYWHERE),
    _row(_K.RECONNECT, _DEAD, "102", phases=ANYWHERE),
    _row(_K.RECONNECT, _PERMISSION, "10", phases=ANYWHERE, remedy=_ALLOW),
    _row(_K.RECONNECT, _PERMISSION, "200-299", phases=ANYWHERE, remedy=_ALLOW),
    _row(
        _K.RECONNECT,
        "Instagram restricted the account.",
        "25",
        "2207050",
        phases=ANYWHERE,
        about_account=True,
        remedy="Open Instagram, settle it there, then connect the account again.",
    ),
    _row(
        _K.POLICY,
        "Instagram blocks this for its policy.",
        "368",
        phases=ANYWHERE,
        about_account=True,
    ),
    # Instagram says that it has this very post; it may be the one that we are making.
    _row(
        _K.AMBIGUOUS,
        "Instagram takes the post for one that it has; it may be live.",
        "506",
        phases=COMMIT_ONLY,
    ),
    _row(_K.USER_FIX, "Instagram takes this for a post that the account has already.", "506"),
    _row(
        _K.USER_FIX,
        "Instagram does not take this video format.",
        "352",
        "2207026",
        remedy="Render it as MP4 with H.264 and AAC, then publish it anew.",
    ),
    _row(
        _K.USER_FIX,
        "The picture's shape is not one that Instagram takes.",
        "36003",
        remedy="Choose a variant in another format, 9:16 best.",
    ),
    _row(
        _K.USER_FIX,
        "The file is too large for Instagram.",
        "36000",
        remedy="Choose a shorter clip or a smaller format.",
    ),
    _row(
        _K.USER_FIX,
        "Instagram does not take this type of file.",
        "36001",
        remedy="Render it as MP4 with H.264 and AAC, then publish it anew.",
    ),
    _row(
        _K.USER_FIX,
        "Instagram takes captions of at most 2200 characters, 30 hashtags and 20 mentions.",
        "36004",
        remedy="Shorten the caption.",
    ),
    _row(_K.USER_FIX, "Instagram does not take this type of media.", "100", "2207023"),
    _row(_K.BUG, "A single video must be posted as a reel.", "100", "2207089"),
    *(
        _row(_K.USER_FIX, _TAGS, "100", code, remedy="Remove the tags, then publish it anew.")
        for code in ("2207035", "2207036", "2207037", "2207040")
    ),
    _row(
        _K.USER_FIX,
        "The thumbnail's time is outside the video.",
        "1",
        "2207057",
        remedy="Choose a time within the clip.",
    ),
    _row(
        _K.USER_FIX,
        "Instagram could not fetch the file from its address.",
        "9004",
        remedy="The storage's public address must be reachable from the internet.",
    ),
    _row(
        _K.USER_FIX,
        "The account may not make trial reels.",
        ANY,
        "2207081",
        remedy="Publish it as an ordinary reel.",
    ),
    _row(_K.USER_FIX, "Instagram does not take this video.", ANY, "2207077"),
    # Just after it was made, an object may not be there to read yet.
    _row(_K.TRANSIENT, "Instagram does not show the object yet.", "100", "33", wait_s=30),
    _row(_K.BUG, "Instagram did not understand our request.", "100"),
    _row(
        _K.BUG,
        "Instagram no longer serves the version of its API that we speak.",
        "2635",
        remedy="Update this installation.",
    ),
    _row(_K.TRANSIENT, "Instagram could not fetch the file in time.", "-2", wait_s=MINUTE),
    _row(_K.TRANSIENT, _LOST, "24", wait_s=2 * MINUTE),
    *(_row(_K.TRANSIENT, _OWN, code, wait_s=MINUTE) for code in ("-1", "1", "2")),
    _row(_K.TRANSIENT, _OWN, ANY, "2207082", wait_s=MINUTE),
    _row(_K.WAIT_UNTIL, _CALLS, ANY, http=429, wait_s=MINUTE, closes="*"),
    # Without a code it is the gate that answers, before anything is done.
    _row(_K.WAIT_UNTIL, _CALLS, "", http=429, phases=COMMIT_ONLY, wait_s=MINUTE, closes="*"),
    _row(_K.RECONNECT, _DEAD, ANY, http=401),
    _row(_K.RECONNECT, _DEAD, "", http=401, phases=COMMIT_ONLY),
)

# By the number in a container's status text.
FAILURES: dict[str, Failure] = {
    "2207003": Failure(_K.TRANSIENT, "Instagram could not fetch the file in time."),
    **dict.fromkeys(
        ("2207001", "2207032", "2207053", "2207082"),
        Failure(_K.TRANSIENT, "Instagram had a problem of its own."),
    ),
    "2207006": Failure(_K.TRANSIENT, _LOST),
    "2207008": Failure(_K.TRANSIENT, _LOST),
    "2207020": Failure(_K.TRANSIENT, "The upload was not published within 24 hours."),
    "2207026": Failure(
        _K.USER_FIX,
        "Instagram does not take this video format. It takes MP4 with H.264 and AAC.",
        "Render it as MP4 with H.264 and AAC, then publish it anew.",
    ),
    "2207009": Failure(
        _K.USER_FIX,
        "The picture's shape is not one that Instagram takes.",
        "Choose a variant in another format, 9:16 best.",
    ),
    "2207004": Failure(
        _K.USER_FIX,
        "The file is too large for Instagram.",
        "Choose a shorter clip or a smaller format.",
    ),
    "2207052": Failure(
        _K.USER_FIX,
        "Instagram could not fetch the file from its address.",
        "The storage's public address must be reachable from the internet.",
    ),
}
