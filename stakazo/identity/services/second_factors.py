"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes on paper.

The app's secret lies sealed, recovery codes as hashes. A code is good for its half minute and the ones beside it,
and once: the step it belongs to is written down by the UPDATE that takes it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger.services import log_event
from stakazo.core.errors import Conflict
from stakazo.core.sealing import seal, unseal
from stakazo.identity.errors import SecondFactorLost, SecondFactorRefused
from stakazo.identity.models import RecoveryCode, SecondFactor
from stakazo.identity.policy import ADMIN
from stakazo.identity.services.secret_texts import digest
from stakazo.identity.throttle import count_code, forgive_codes

ISSUER = "Stakazo"
RECOVERY_CODES = 10
STEP_S = 30
STEPS_ASIDE = 1  # clocks differ, and people are slow
_PURPOSE = b"stakazo second factor"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # no two look alike
_GROUPS, _GROUP_LETTERS = 6, 4  # 118 random bits, so that a plain hash will do (ASVS 6.5.2)


@dataclass(frozen=True)
class Enrolment:
    """What somebody gives their authenticator app. uri: for a QR code; secret: to type."""

    secret: str
    uri: str


def has_second_factor(user: User) -> bool:
    """Whether this user is asked for a code."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def must_have_second_factor(user: User) -> bool:
    """Whether the settings ask for one of this user: an Admin, or a superuser."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    return user.is_superuser or user.groups.filter(name=ADMIN).exists()


def lacks_second_factor(user: User) -> bool:
    """Whether this user must have one and has none."""
    return must_have_second_factor(user) and not has_second_factor(user)


def begin_enrolment(user: User) -> Enrolment:
    """The secret for the app; asked again before it is confirmed, the same. Raises Conflict."""
    with transaction.atomic():
        factor, made = SecondFactor.objects.select_for_update().get_or_create(user=user)
        if factor.confirmed_at is not None:
            raise Conflict("This account has a second factor already.")
        secret = "" if made else _opened(factor)
        if not secret:
            secret = pyotp.random_base32()
            factor.secret_sealed = seal(secret.encode(), purpose=_PURPOSE, place=str(user.pk))
            factor.save(update_fields=["secret_sealed"])
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)
    return Enrolment(secret, uri)


def confirm_enrolment(user: User, code: str, *, now: datetime | None = None) -> list[str]:
    """The app shows this code: from now on logins ask for one. The recovery codes, shown this once.

    Raises SecondFactorRefused, Conflict, TooManyAttempts.
    """
    now = now or timezone.now()
    count_code(user, now=now)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None or factor.confirmed_at is not None:
            raise Conflict("There is nothing to confirm.")
        step = _step_of(factor, code, now)
        if step is None:
            raise SecondFactorRefused("The app shows another code. Are both clocks right?")
        factor.confirmed_at, factor.last_step = now, step
        factor.save(update_fields=["confirmed_at", "last_step"])
        log_event("second_factor_enrolled", entity=user)
        codes = _new_recovery_codes(user)
    forgive_codes(user)
    return codes


def check_second_factor(user: User, code: str, *, now: datetime | None = None) -> None:
    """Take a code of the app, or a recovery code, once. Raises SecondFactorRefused, TooManyAttempts."""
    now = now or timezone.now()
    count_code(user, now=now)
    factor = SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).first()
    step = _step_of(factor, code, now) if factor is not None else None
    if factor is not None and step is not None:
        unused = Q(pk=factor.pk) & Q(last_step__lt=step)
        if SecondFactor.objects.filter(unused).update(last_step=step):
            forgive_codes(user)
            return
    elif _use_recovery_code(user, code):
        forgive_codes(user)
        return
    log_event("second_factor_refused", entity=user)
    raise SecondFactorRefused("This code is wrong, too old, or was used before.")


def new_recovery_codes(user: User, code: str) -> list[str]:
    """Ten others instead of those there are, for who shows a code. Raises SecondFactorRefused."""
    check_second_factor(user, code)
    with transaction.atomic():
        codes = _new_recovery_codes(user)
        log_event("recovery_codes_renewed", entity=user)
    return codes


def remove_second_factor(user: User, *, why: str) -> bool:
    """Logins of this user ask for no code any more; whether they did. For a lost device."""
    with transaction.atomic():
        found, _ = SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if found:
            log_event("second_factor_removed", entity=user, metadata={"why": why})
    return bool(found)


def recovery_codes_left(user: User) -> int:
    """How many are unused."""
    return RecoveryCode.objects.filter(user=user).count()


def _step_of(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """The step that this code belongs to, if it is one near now."""
    plain = code.replace(" ", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) == 6):
        return None
    app = pyotp.TOTP(_needed(factor))
    current = int(now.timestamp()) // STEP_S
    for step in range(current - STEPS_ASIDE, current + STEPS_ASIDE + 1):
        if secrets.compare_digest(app.at(step * STEP_S), plain):
            return step
    return None


def _needed(factor: SecondFactor) -> str:
    secret = _opened(factor)
    if not secret:
        raise SecondFactorLost(
            "The secret of the second factor cannot be opened: the secret key changed."
        )
    return secret


def _opened(factor: SecondFactor) -> str:
    sealed = bytes(factor.secret_sealed)
    return (unseal(sealed, purpose=_PURPOSE, place=str(factor.user_id)) or b"").decode()


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=digest(_bare(code))) for code in codes
    )
    return codes


def _recovery_code() -> str:
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _use_recovery_code(user: User, code: str) -> bool:
    used, _ = RecoveryCode.objects.filter(user=user, digest=digest(_bare(code))).delete()
    if used:
        log_event("recovery_code_used", entity=user, metadata={"left": recovery_codes_left(user)})
    return bool(used)


def _bare(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()
