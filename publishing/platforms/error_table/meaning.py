"""Reading the table."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ledger.masking import masked
from publishing.errors import FailureKind, OutcomeUnknown, PlatformBusy, PlatformError
from publishing.platforms.error_table import instagram, tiktok, youtube
from publishing.platforms.error_table.rows import (
    ANY,
    MINUTE,
    UNTIL_PACIFIC_MIDNIGHT,
    Failure,
    Phase,
    Row,
)

TABLE: tuple[Row, ...] = (*instagram.ROWS, *tiktok.ROWS, *youtube.ROWS)
# (platform, its word) → what it means.
FAILURES: dict[tuple[str, str], Failure] = {
    (platform, word): failure
    for platform, failures in (
        ("instagram", instagram.FAILURES),
        ("tiktok", tiktok.FAILURES),
        ("youtube", youtube.FAILURES),
    )
    for word, failure in failures.items()
}
LABELS = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube"}


def failure_of(platform: str, reason: str) -> Failure:
    """What to make of a failed post. A word that we do not know is left to people."""
    return FAILURES.get((platform, reason)) or Failure(
        FailureKind.USER_FIX,
        f"{LABELS[platform]} refused the post ({reason or 'no reason given'}).",
        f"Look at the post in {LABELS[platform]}'s app; change it, then publish it anew.",
    )


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
        row = _unnamed(platform, phase=phase, http=http, transient=transient)
    details: dict[str, Any] = {"http": http, "platform_code": code, "platform_subcode": subcode}
    if issubclass(row.error, PlatformBusy):
        details["retry_after_s"] = retry_after_s or _wait_s(row.wait_s)
    known = {name: value for name, value in details.items() if value}
    return row.error(
        row.sentence,
        platform=platform,
        wire=masked(wire),
        remedy=row.cure,
        about_account=row.about_account,
        closes=row.closes,
        **known,
    )


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
        if row.platform == platform and row.fits(
            phase=phase, http=http, code=code, subcode=subcode
        ):
            return row
    return None


def _unnamed(platform: str, *, phase: Phase, http: int, transient: bool) -> Row:
    """What no row names. In the commit nothing of it is proof that there is no post."""
    label = LABELS[platform]
    if phase is Phase.COMMIT:
        sentence = f"{label} gave an unclear answer while we posted; the post may be live."
        return Row(platform, FailureKind.AMBIGUOUS, sentence, ANY)
    if http >= 500 or transient:
        sentence = f"{label} has a problem of its own."
        return Row(platform, FailureKind.TRANSIENT, sentence, ANY, wait_s=MINUTE)
    sentence = f"{label} gave an answer that we do not understand."
    return Row(platform, FailureKind.BUG, sentence, ANY)


def _wait_s(wait_s: int) -> int:
    if wait_s != UNTIL_PACIFIC_MIDNIGHT:
        return wait_s or MINUTE
    now = datetime.now(tz=UTC).astimezone(ZoneInfo("America/Los_Angeles"))
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds()) + MINUTE
