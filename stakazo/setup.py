"""What a machine needs before its first run."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command

OPERATOR = "operator"


def migrate() -> None:
    """Bring the database up to date, quietly."""
    call_command("migrate", verbosity=0, interactive=False)


def ensure_operator() -> tuple[AbstractBaseUser, str]:
    """The operator account, and its password if it was made just now (else "")."""
    users = get_user_model()._default_manager
    found = users.filter(username=OPERATOR).first()
    if found is not None:
        return found, ""
    password = secrets.token_urlsafe(15)
    return users.create_superuser(OPERATOR, password=password), password  # type: ignore[attr-defined]  # the manager of the user model
