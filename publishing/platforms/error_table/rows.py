"""The shape of the table."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from publishing.errors import (
    REMEDIES,
    AgainstPolicy,
    FailureKind,
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformError,
    PlatformLimit,
    PlatformProblem,
    RefusedContent,
    UploadGone,
)

AS_OF = date(2026, 11, 20)  # when the platforms' pages were read
MINUTE, HOUR, DAY = 60, 3_600, 86_400
UNTIL_PACIFIC_MIDNIGHT = -1  # Google's quotas begin anew then
ANY = "*"


class Phase(StrEnum):
    """Where in a post's life a call stands."""

    PREPARE = "prepare"
    COMMIT = "commit"
    READ = "read"


# A row holds before the commit, unless it says otherwise. ANYWHERE: the platform refuses before it acts,
# so it holds in the commit as well.
SAFE = frozenset({Phase.PREPARE, Phase.READ})
ANYWHERE = frozenset(Phase)
COMMIT_ONLY = frozenset({Phase.COMMIT})

ERRORS: dict[FailureKind, type[PlatformError]] = {
    FailureKind.TRANSIENT: PlatformBusy,
    FailureKind.WAIT_UNTIL: PlatformLimit,
    FailureKind.RECONNECT: NeedsReconnect,
    FailureKind.USER_FIX: RefusedContent,
    FailureKind.POLICY: AgainstPolicy,
    FailureKind.AMBIGUOUS: OutcomeUnknown,
    FailureKind.BUG: PlatformProblem,
}


@dataclass(frozen=True)
class Row:
    """One error of one platform.

    code: "*" fits every one, "200-299" a stretch; "" only an answer without a code. subcode "" and
    http 0 fit everything. wait_s: when to come back. anew: the upload is gone and must begin anew.
    about_account, closes: as in PlatformError.
    """

    platform: str
    kind: FailureKind
    sentence: str
    code: str
    subcode: str = ""
    http: int = 0
    phases: frozenset[Phase] = SAFE
    wait_s: int = 0
    remedy: str = ""
    anew: bool = False
    about_account: bool = False
    closes: str = ""

    def fits(self, *, phase: Phase, http: int, code: str, subcode: str) -> bool:
        """Whether an answer is this one."""
        return (
            phase in self.phases
            and self.http in (0, http)
            and self.subcode in ("", subcode)
            and self._fits_code(code)
        )

    def _fits_code(self, code: str) -> bool:
        if self.code in (ANY, code):
            return True
        stretch = re.fullmatch(r"(\d+)-(\d+)", self.code)
        return bool(
            stretch and code.isdecimal() and int(stretch[1]) <= int(code) <= int(stretch[2])
        )

    @property
    def error(self) -> type[PlatformError]:
        """What is raised."""
        return UploadGone if self.anew else ERRORS[self.kind]

    @property
    def cure(self) -> str:
        """The remedy of the row, else that of its kind."""
        return self.remedy or REMEDIES[self.kind]


@dataclass(frozen=True)
class Failure:
    """Why a platform says, after it looked at the video, that there will be no post."""

    kind: FailureKind
    sentence: str
    remedy: str = ""
    wait_s: int = 30

    @property
    def retryable(self) -> bool:
        """Whether a fresh attempt may work."""
        return self.kind in (FailureKind.TRANSIENT, FailureKind.WAIT_UNTIL)

    @property
    def cure(self) -> str:
        """The remedy of the failure, else that of its kind."""
        return self.remedy or REMEDIES[self.kind]

    def as_error(self, platform: str, *, wire: object = None) -> PlatformError:
        """The same, raised while the post was being prepared: a fresh upload may work, or it may not."""
        error = UploadGone if self.retryable else ERRORS[self.kind]
        return error(self.sentence, platform=platform, wire=wire, remedy=self.cure)
