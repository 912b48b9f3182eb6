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
└── PlatformError             the platform did not do what we asked
    ├── PlatformBusy     503  come back later (rate limit, maintenance, network)
    ├── NeedsReconnect   409  the account's token is no longer taken
    ├── RefusedContent   422  the platform will not take this post as it is
    ├── PlatformProblem  502  an answer that we do not understand, before anything was committed
    └── OutcomeUnknown   503  the commit was sent and the answer is unclear: it may be live
"""

from typing import Any

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
    """A delivery whose signature does not hold; nothing of it is kept."""

    code = "publishing.webhook-refused"


class PlatformError(StakazoError):
    """The platform did not do what we asked. wire: its answer, secrets removed."""

    code, http_status = "publishing.platform-error", 502

    def __init__(self, message: str, *, platform: str, wire: Any = None, **details: Any) -> None:
        super().__init__(message, platform=platform, **details)
        self.platform, self.wire = platform, wire


class PlatformBusy(PlatformError):
    """The platform asked us to come back later, or could not be reached. Nothing was posted."""

    code, http_status, permanent = "publishing.platform-busy", 503, False


class NeedsReconnect(PlatformError):
    """The platform no longer takes the account's token; somebody must connect it again."""

    code, http_status = "publishing.needs-reconnect", 409


class RefusedContent(PlatformError):
    """The platform will not take this post as it is; the message says what to change."""

    code, http_status = "publishing.refused-content", 422


class PlatformProblem(PlatformError):
    """An answer that we do not understand, before anything was committed; safe to try again."""

    code, http_status, permanent = "publishing.platform-problem", 502, False


class OutcomeUnknown(PlatformError):
    """The commit was sent and the answer is unclear: it may be live. Ask before anything else."""

    code, http_status, permanent = "publishing.outcome-unknown", 503, False
