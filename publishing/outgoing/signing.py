"""Signatures of the Standard Webhooks specification (standardwebhooks.com, read November 2026).

The signature is HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, in base64, named `v1`; with
two secrets in use there are two, with a space between them.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """A secret as subscribers are given it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    body: bytes, *, webhook_id: str, at: datetime, secret_words: Iterable[str]
) -> dict[str, str]:
    """The three headers of a message, signed with each of these secrets. Raises ValueError for none."""
    stamp = str(int(at.timestamp()))
    content = f"{webhook_id}.{stamp}.".encode() + body
    signatures = [f"v1,{_signature(word, content)}" for word in secret_words]
    if not signatures:
        raise ValueError("a message needs a secret")
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, content: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret is whsec_ and base64") from None
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
