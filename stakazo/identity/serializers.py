"""The shapes of the identity endpoints."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from stakazo.identity.queries import Login
from stakazo.identity.services import Tokens


class RegisterIn(serializers.Serializer[dict[str, Any]]):
    """A new account."""

    username = serializers.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class LoginIn(serializers.Serializer[dict[str, Any]]):
    """Name and password, and a code where the account has a second factor."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    code = serializers.CharField(
        max_length=32,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the authenticator app, or a recovery code.",
    )


class RefreshIn(serializers.Serializer[dict[str, Any]]):
    """A refresh token."""

    refresh = serializers.CharField(max_length=256)


class PasswordIn(serializers.Serializer[dict[str, Any]]):
    """The password of now, and the one to come."""

    current = serializers.CharField(max_length=256, trim_whitespace=False)
    new = serializers.CharField(max_length=256, trim_whitespace=False)


class SessionOut(serializers.Serializer[Login]):
    """One login of the caller."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["tokens", "browser"])
    address = serializers.IPAddressField(allow_null=True, help_text="Where it came from.")
    user_agent = serializers.CharField()
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="Of tokens: when they were last renewed.")
    is_current = serializers.SerializerMethodField(help_text="The login of this very request.")

    def get_is_current(self, login: Login) -> bool:
        """Whether this request came by it."""
        return str(login.id) == self.context["current"]


class UserOut(serializers.Serializer[User]):
    """Somebody with a login."""

    id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    email = serializers.CharField()
    is_staff = serializers.BooleanField(help_text="May use the admin.")
    roles = serializers.SerializerMethodField()

    def get_roles(self, user: User) -> list[str]:
        """The user's groups."""
        return sorted(group.name for group in user.groups.all())


class MeOut(UserOut):
    """The caller, with what it may do and how it came in."""

    permissions = serializers.SerializerMethodField()
    came_by = serializers.SerializerMethodField(help_text="token, key or session")

    def get_permissions(self, user: User) -> list[str]:
        """Django's permissions, such as campaigns.change_campaign."""
        return sorted(user.get_all_permissions())

    def get_came_by(self, user: User) -> str:
        """Which way the request came in."""
        return str(self.context["came_by"])


class TokensOut(serializers.Serializer[Tokens]):
    """What a login gives. The refresh token is good once; the answer to it has the next one."""

    access = serializers.CharField(help_text="For `Authorization: Bearer …`.")
    refresh = serializers.CharField()
    expires_s = serializers.IntegerField(help_text="Seconds until the access token ends.")
    user = UserOut()
