"""Access tokens: JWTs signed by the first key of a ring, taken when any key of it signed them.

A token names its key (`kid`, RFC 7515 section 4.1.4), so a new key can stand first for as long as the
tokens of the old one live, and then the old one goes.
"""

import hashlib
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken


class KeyRing(TokenBackend):
    """HMAC keys; the first signs. Of a token that names none of them nothing is believed."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("HS256", "", audience=api_settings.AUDIENCE, issuer=api_settings.ISSUER)
        self.keys = {_name_of(secret): _key_of(secret) for secret in secrets}

    def get_verifying_key(self, token: Any) -> bytes:
        """The key that the token names. Raises TokenBackendError."""
        try:
            name = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("Token is invalid") from error
        if not isinstance(name, str) or name not in self.keys:
            raise TokenBackendError("Token is signed by no key of ours")
        return self.keys[name]

    def encode(self, payload: dict[str, Any]) -> str:
        """The token, signed by the first key."""
        name, key = next(iter(self.keys.items()))
        whole = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(whole, key, algorithm=self.algorithm, headers={"kid": name})


class SignedAccessToken(AccessToken):
    """An access token of ours."""

    def get_token_backend(self) -> KeyRing:
        """The ring as the settings have it."""
        return ring(tuple(settings.JWT_KEYS))


@lru_cache(maxsize=8)
def ring(secrets: tuple[str, ...]) -> KeyRing:
    """The ring of these secrets."""
    return KeyRing(secrets)


def _key_of(secret: str) -> bytes:
    return hashlib.sha256(b"stakazo.jwt.key:" + secret.encode()).digest()


def _name_of(secret: str) -> str:
    return hashlib.sha256(b"stakazo.jwt.name:" + secret.encode()).hexdigest()[:12]
