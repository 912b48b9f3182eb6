"""Failures of publishing.

StakazoError
├── UnknownPlatform      400  we do not publish there
├── NotPublishable       422  the file or the text breaks a limit of the platform (preflight)
├── OAuthRefused         400  the way back from the platform's consent page is not one we opened
├── SealBroken           409  a stored token cannot be opened
├── NoFreeSlot           409  the account's plan has no slot for another post
├── NotApprovable        409  there is nothing to approve, or no approval to withdraw
├── NotApproved          409  what would go out is not what was approved
├── NotYours             403  the second person must be another one
├── Repeated             409  the same clip went out there with nearly the same words
├── TooLate              409  it may be live already, so it cannot be stopped
├── WebhookRefused       403  a delivery whose signature does not hold
├── ForbiddenAddress     400  a subscriber's address is not one that we send to
├── UnresolvedAddress    400  nobody knows the name in a subscriber's address
├── SubscriberSilent     503  a subscriber's address gives no answer
└── PlatformError             the platform did not do what we asked; each has a kind and a remedy
    ├── PlatformBusy     503  come back later (maintenance, network)
    │   ├── BeingRenewed 503 somebody else is renewing the account's token at this moment
    │   └── PlatformLimit 503 a limit is reached; it says when to come back
    │       └── OverBudget 503  our own budget is used up: nothing was asked
    ├── NeedsReconnect   409  the account's token is no longer taken
    ├── RefusedContent   422  the platform will not take this post as it is
    │   └── AgainstPolicy 422 it will not take it for its policy
    ├── PlatformProblem  502  an answer that we do not understand, before anything was committed
    │   ├── UploadGone   502  the platform has let the upload go: it must begin anew
    │   ├── AppRefused   502  the platform does not take our app's id or secret
    │   └── NotRenewable 502  the platform does not renew a token that has not ended
    └── OutcomeUnknown   503  the commit was sent and the answer is unclear: it may be live
"""

from enum import StrEnum
from typing import Any, ClassVar

from stakazo.core.errors import Conflict, InvalidInput, NotAllowed, StakazoError


class UnknownPlatform(InvalidInput):
    """We do not publish there."""

    code = "publishing.unknown-platform"


class NotPublishable(StakazoError):
    """The file or the text breaks a limit of the platform; each problem names its cure."""

    code, http_status = "publishing.not-publishable", 422


class OAuthRefused(InvalidInput):
    """The way back from the platform's consent page is not one we opened, or it said no."""

    code = "publishing.oauth-refused"


class SealBroken(Conflict):
    """A stored token cannot be opened: its key is gone, or the row was changed."""

    code = "publishing.seal-broken"


class NoFreeSlot(Conflict):
    """The account's plan has no slot, or none that is free within a year."""

    code = "publishing.no-free-slot"


class NotApprovable(Conflict):
    """Its account asks for no approval, it is on its way or over, or there is none to withdraw."""

    code = "publishing.not-approvable"


class NotApproved(Conflict):
    """What would go out is not what somebody approved."""

    code = "publishing.not-approved"


class NotYours(NotAllowed):
    """A second person must approve it: one that has not written or changed it."""

    code = "publishing.not-yours"


class Repeated(Conflict):
    """The same clip went or goes out on this account with nearly the same words; which, is named."""

    code = "publishing.repeated"


class TooLate(Conflict):
    """It may be live already, so it can no longer be stopped."""

    code = "publishing.too-late"


class WebhookRefused(NotAllowed):
    """A delivery whose signature does not hold; it is kept to look at, and nothing acts on it."""

    code = "publishing.webhook-refused"


class FailureKind(StrEnum):
    """What a failure asks of us and of people."""

    TRANSIENT = "transient"
    WAIT_UNTIL = "wait_until"
    RECONNECT = "reconnect"
    USER_FIX = "user_fix"
    POLICY = "policy"
    AMBIGUOUS = "ambiguous"
    BUG = "bug"


KIND_LABELS = {
    FailureKind.TRANSIENT: "Passes by itself",
    FailureKind.WAIT_UNTIL: "Wait",
    FailureKind.RECONNECT: "Connect again",
    FailureKind.USER_FIX: "Change the post",
    FailureKind.POLICY: "Against the platform's policy",
    FailureKind.AMBIGUOUS: "May be live",
    FailureKind.BUG: "Ours to mend",
}
KIND_CHOICES = [(kind.value, words) for kind, words in KIND_LABELS.items()]
# What a person does about it, where the table of a platform knows nothing better.
REMEDIES = {
    FailureKind.TRANSIENT: "Nothing: it is tried again by itself.",
    FailureKind.WAIT_UNTIL: "Nothing: it goes on by itself when the platform lets it.",
    FailureKind.RECONNECT: "Connect the account again, then retry what failed.",
    FailureKind.USER_FIX: "Change the post or its file, then publish it anew.",
    FailureKind.POLICY: (
        "Look in the platform's app what it objects to and settle it there; do not send the same again."
    ),
    FailureKind.AMBIGUOUS: (
        "Nothing: the platform is asked what became of it. Do not post it by hand meanwhile."
    ),
    FailureKind.BUG: (
        "Tell those who run this installation; the platform's answer stands in the attempt."
    ),
}


class ForbiddenAddress(InvalidInput):
    """A subscriber's address is not one that we send to: not public, or not to be read in one way."""

    code = "publishing.forbidden-address"


class UnresolvedAddress(InvalidInput):
    """Nobody knows the name in a subscriber's address; it may be known later."""

    code, permanent = "publishing.unresolved-address", False


class SubscriberSilent(StakazoError):
    """A subscriber's address gives no answer, or none in time."""

    code, http_status, permanent = "publishing.subscriber-silent", 503, False


class PlatformError(StakazoError):
    """The platform did not do what we asked.

    wire: its answer, secrets removed. remedy: what a person does about it. about_account: it is the
    account that the platform objects to, so its other posts would fare the same. closes: the budget
    that is used up by the platform's word: "scope:name", or "*" for those that the call took from.
    """

    code, http_status = "publishing.platform-error", 502
    kind: ClassVar[FailureKind] = FailureKind.BUG

    def __init__(
        self,
        message: str,
        *,
        platform: str,
        wire: Any = None,
        remedy: str = "",
        about_account: bool = False,
        closes: str = "",
        **details: Any,
    ) -> None:
        remedy = remedy or REMEDIES[self.kind]
        super().__init__(message, platform=platform, kind=self.kind, remedy=remedy, **details)
        self.platform, self.wire, self.remedy = platform, wire, remedy
        self.about_account, self.closes = about_account, closes

    @property
    def retry_after_s(self) -> float | None:
        """Seconds until it may go better; None: nobody knows."""
        return self.details.get("retry_after_s")


class PlatformBusy(PlatformError):
    """The platform asked us to come back later, or could not be reached. Nothing was posted."""

    code, http_status, permanent = "publishing.platform-busy", 503, False
    kind = FailureKind.TRANSIENT


class BeingRenewed(PlatformBusy):
    """Somebody else is renewing the account's token at this moment."""

    code = "publishing.being-renewed"


class PlatformLimit(PlatformBusy):
    """A limit of the platform is reached; retry_after_s says when it ends. Nothing was posted."""

    code = "publishing.platform-limit"
    kind = FailureKind.WAIT_UNTIL


class OverBudget(PlatformLimit):
    """Our budget of a platform's limit is used up. The platform was not asked."""

    code = "publishing.over-budget"


class NeedsReconnect(PlatformError):
    """The platform no longer takes the account's token; somebody must connect it again."""

    code, http_status = "publishing.needs-reconnect", 409
    kind = FailureKind.RECONNECT


class RefusedContent(PlatformError):
    """The platform will not take this post as it is; the message says what to change."""

    code, http_status = "publishing.refused-content", 422
    kind = FailureKind.USER_FIX


class AgainstPolicy(RefusedContent):
    """The platform objects to the post or to the account; nothing about the file would help."""

    code = "publishing.against-policy"
    kind = FailureKind.POLICY


class PlatformProblem(PlatformError):
    """An answer that we do not understand, before anything was committed; safe to try again."""

    code, http_status, permanent = "publishing.platform-problem", 502, False
    kind = FailureKind.BUG


class UploadGone(PlatformProblem):
    """The platform has let the upload go, and nothing was posted: it must begin anew."""

    code = "publishing.upload-gone"
    kind = FailureKind.TRANSIENT


class AppRefused(PlatformProblem):
    """The platform does not take our app's id or secret. No account is at fault: mend the settings."""

    code = "publishing.app-refused"


class NotRenewable(PlatformProblem):
    """The platform does not renew a token that has not ended: it is too young, or a permission is gone."""

    code = "publishing.not-renewable"


class OutcomeUnknown(PlatformError):
    """The commit was sent and the answer is unclear: it may be live. Ask before anything else."""

    code, http_status, permanent = "publishing.outcome-unknown", 503, False
    kind = FailureKind.AMBIGUOUS
