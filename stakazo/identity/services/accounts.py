"""Accounts: made, and their passwords."""

import uuid

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ledger.services import log_event
from stakazo.core.errors import InvalidInput
from stakazo.identity.errors import PasswordRefused, RegistrationClosed, UsernameTaken
from stakazo.identity.roles import VIEWER
from stakazo.identity.services.logins import keep_login
from stakazo.identity.throttle import count_attempt, forgive_attempt


def register_user(username: str, password: str, *, email: str = "", open_to_all: bool) -> User:
    """A plain account that may look. Raises RegistrationClosed, UsernameTaken, InvalidInput."""
    if not open_to_all:
        raise RegistrationClosed("Accounts are made by an administrator here.")
    model = get_user_model()
    user = model(username=model.normalize_username(username), email=email)
    _check_strength(password, user)
    user.set_password(password)
    taken = UsernameTaken("Somebody else has this name.", username=username)
    if model.objects.filter(username__iexact=user.username).exists():
        raise taken
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            user.groups.add(Group.objects.get(name=VIEWER))
            log_event("user_registered", entity=user)
    except IntegrityError as error:
        raise taken from error
    return user


def change_password(
    user: User, *, current: str, new: str, address: str, keep: uuid.UUID | None = None
) -> User:
    """Give the account another password; every login that began with the old one ends by that.

    keep: the one login by tokens that goes on. Raises PasswordRefused where the current one is wrong,
    TooManyAttempts after some of those, InvalidInput where the new one is weak.
    """
    count_attempt(user.username, address)
    if not user.check_password(current):
        log_event("login_failed", entity_type="address", entity_id=address)
        raise PasswordRefused("The current password is wrong.")
    forgive_attempt(user.username, address)
    _check_strength(new, user)
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        if keep is not None:
            keep_login(keep, user)
        log_event("password_changed", entity=user)
    return user


def _check_strength(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput("This password is too weak.", password=error.messages) from error
