"""Failures of coming in.

StakazoError
├── LoginRefused        401  the name or the password is wrong, or the account is switched off
├── PasswordRefused     403  the current password is wrong
├── SecondFactorNeeded  401  the password is right; the account asks for a code too
├── SecondFactorRefused 401  the code is wrong, too old, or was used before
├── SecondFactorMissing 403  this role must have a second factor, and this account has none yet
├── SecondFactorLost    409  the secret of the app cannot be opened; it must be enrolled anew
├── RefreshRefused      401  this refresh token is not taken (any more); log in again
├── TooManyAttempts     429  too many failed logins; wait
├── TooManyCalls        429  the caller's budget of calls is used up; wait
├── OutOfReach          403  a test key was used for a live account, or a live key for the simulator's
├── RegistrationClosed  403  accounts are made by an administrator here
└── UsernameTaken       409  somebody else has this name
"""

from stakazo.core.errors import Conflict, NotAllowed, StakazoError


class LoginRefused(StakazoError):
    """The name or the password is wrong, or the account is switched off; we do not say which."""

    code, http_status = "identity.login-refused", 401


class PasswordRefused(NotAllowed):
    """The current password is wrong."""

    code = "identity.password-refused"


class SecondFactorNeeded(StakazoError):
    """The password is right; the account asks for a code too. Send `code` with it."""

    code, http_status = "identity.second-factor-needed", 401


class SecondFactorRefused(StakazoError):
    """The code is wrong, too old, or was used before."""

    code, http_status = "identity.second-factor-refused", 401


class SecondFactorMissing(NotAllowed):
    """This role must have a second factor, and this account has none yet; it is made in the admin."""

    code = "identity.second-factor-missing"


class SecondFactorLost(Conflict):
    """The secret of the app cannot be opened any more; the second factor must be made anew."""

    code = "identity.second-factor-lost"


class RefreshRefused(StakazoError):
    """This refresh token is not taken (any more); log in again."""

    code, http_status = "identity.refresh-refused", 401


class TooManyAttempts(StakazoError):
    """Too many failed logins; wait."""

    code, http_status, permanent = "identity.too-many-attempts", 429, False

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message, retry_after_s=retry_after_s)


class TooManyCalls(StakazoError):
    """The caller's budget of calls is used up; wait."""

    code, http_status, permanent = "identity.too-many-calls", 429, False


class OutOfReach(NotAllowed):
    """A test key was used for a live account, or a live key for one of the simulator."""

    code = "identity.out-of-reach"


class RegistrationClosed(NotAllowed):
    """Accounts are made by an administrator here."""

    code = "identity.registration-closed"


class UsernameTaken(Conflict):
    """Somebody else has this name."""

    code = "identity.username-taken"
