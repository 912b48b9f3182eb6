"""What every secret of this room has in common: only its hash is kept."""

import hashlib

from django.contrib.auth.models import AbstractBaseUser, User


def digest(plain: str) -> str:
    """SHA-256, in hex. The secrets here have 256 random bits, so a slow hash adds nothing."""
    return hashlib.sha256(plain.encode()).hexdigest()


def as_user(user: AbstractBaseUser) -> User:
    if not isinstance(user, User):
        raise TypeError("Stakazo's users are Django's")
    return user
