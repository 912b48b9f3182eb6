"""Texts that must lie in the database but be read by nobody else: sealed under the secret key."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


def seal(text: bytes, *, purpose: bytes, place: str) -> bytes:
    """The text sealed for one purpose and one place; moved elsewhere it cannot be opened."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_keys(purpose)[0]).encrypt(nonce, text, place.encode())


def unseal(sealed: bytes, *, purpose: bytes, place: str) -> bytes | None:
    """The text; None where no secret key of ours opens it."""
    for key in _keys(purpose):
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            continue
    return None


def _keys(purpose: bytes) -> list[bytes]:
    words = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(purpose + b"\0" + str(word).encode()).digest() for word in words]
