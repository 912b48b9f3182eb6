"""How a request says who it is: a bearer token, an API key, or the browser's session.

Django's middleware runs before DRF knows the caller, so each class tells the ledger's context itself.
"""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import Token

from ledger.context import act_as
from stakazo.identity.models import ApiKey, RefreshToken
from stakazo.identity.reach import reach_as
from stakazo.identity.services import open_with_key

API_KEY_HEADER = "X-Api-Key"


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer …`, good while its login is not ended and its user is switched on."""

    def authenticate(self, request: Request) -> Any:
        """(user, token), or None where there is no such header."""
        found = super().authenticate(request)
        if found is not None:
            act_as(f"user:{found[0].pk}")
        return found

    def get_user(self, validated_token: Token) -> Any:
        """The token's user. One query answers both questions: who, and whether the login lives."""
        login_id = validated_token.get("sid")
        if login_id is None:
            return super().get_user(validated_token)
        login = RefreshToken.objects.select_related("user").filter(pk=login_id).first()
        if login is None or not login.user.is_active or not login.is_open_for(login.user):
            raise exceptions.AuthenticationFailed("This login has ended. Log in again.")
        return login.user


class ApiKeyAuthentication(BaseAuthentication):
    """`X-Api-Key: stk_live_…`. A key without the scope `write` may only look, whatever its user may."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiKey] | None:
        """(user, key), or None where there is no such header."""
        plain = request.headers.get(API_KEY_HEADER)
        if plain is None:
            return None
        key = open_with_key(plain, address=str(request.META.get("REMOTE_ADDR", "")))
        if key is None:
            raise exceptions.AuthenticationFailed("This API key opens nothing.")
        act_as(f"key:{key.prefix}")
        reach_as(key)
        if request.method not in SAFE_METHODS and ApiKey.Scope.WRITE not in key.scopes:
            raise exceptions.PermissionDenied("This API key may only look.")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What the 401 answers as a challenge."""
        return API_KEY_HEADER
