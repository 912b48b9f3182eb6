"""Where the tokens of accounts lie: sealed, each bound to its account and its field.

A sealed text is `v1.<key id>.<nonce and ciphertext>`. The first of settings.TOKEN_KEYS seals, all of
them open, so a key is rotated by putting a new one in front and running `manage.py reseal`. The account's
id and the name of the field are authenticated with the text: a sealed token copied into another row,
or from the refresh into the access column, does not open.
"""

import base64
import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from publishing.errors import SealBroken
from publishing.platforms.base import Tokens

if TYPE_CHECKING:
    from publishing.models import SocialAccount

VERSION = "v1"
NONCE_BYTES = 12


def seal(text: str, *, bound_to: str) -> str:
    """The text, sealed with the first key; the empty text stays empty."""
    if not text:
        return ""
    key_id, key = _keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())
    return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, bound_to: str) -> str:
    """The text in it. Raises SealBroken: unknown key, changed, or sealed for another place."""
    if not sealed:
        return ""
    try:
        version, key_id, packed = sealed.split(".")
        raw = base64.urlsafe_b64decode(packed)
        key = dict(_keys())[key_id]
        if version != VERSION:
            raise KeyError(version)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise SealBroken(
            "A stored token cannot be opened: its key is not in STAKAZO_TOKEN_KEYS, or somebody "
            "changed the row. Connect the account again.",
            reason=type(error).__name__,
        ) from None


def read_tokens(account: "SocialAccount") -> Tokens:
    """The tokens of the account. Raises SealBroken."""
    return Tokens(
        access_token=unseal(account.access_token_sealed, bound_to=place_of(account, "access")),
        refresh_token=unseal(account.refresh_token_sealed, bound_to=place_of(account, "refresh")),
        expires_at=account.token_expires_at,
        refresh_expires_at=account.refresh_expires_at,
        scopes=tuple(account.scopes),
    )


def former_refresh_token(account: "SocialAccount") -> str:
    """The refresh token of before the last rotation, or "". Raises SealBroken."""
    return unseal(account.former_refresh_sealed, bound_to=place_of(account, "former_refresh"))


def keep_tokens(account: "SocialAccount", tokens: Tokens) -> None:
    """Write the tokens to the row. What the platform left out keeps its former value.

    An empty refresh token means: keep the one you have (Google answers so at each refresh).
    """
    fields = sealed_fields(account, tokens)
    type(account)._base_manager.filter(pk=account.pk).update(**fields)
    for name, value in fields.items():
        setattr(account, name, value)


def keep_renewed(account: "SocialAccount", tokens: Tokens, *, used: str) -> bool:
    """The same for tokens that came for a refresh token; False where the row has moved on.

    used: that refresh token; it stays beside the new one until that has worked. The row has moved on
    when somebody connected the account anew, or took it out, while the platform was asked.
    """
    fields = sealed_fields(account, tokens, used=used)
    changed = (
        type(account)
        ._base_manager.filter(
            pk=account.pk,
            token_version=account.token_version,
            status=account.Status.CONNECTED,
        )
        .update(**fields)
    )
    if changed:
        for name, value in fields.items():
            setattr(account, name, value)
    return bool(changed)


def sealed_fields(account: "SocialAccount", tokens: Tokens, *, used: str = "") -> dict[str, object]:
    """The columns that these tokens change on this account's row. used: as in keep_renewed."""
    fields: dict[str, object] = {
        "access_token_sealed": seal(tokens.access_token, bound_to=place_of(account, "access")),
        "token_expires_at": tokens.expires_at,
        "token_version": account.token_version + 1,
        "renewed_at": timezone.now(),
        "warned_days": None,
    }
    if tokens.refresh_token:
        fields["refresh_token_sealed"] = seal(
            tokens.refresh_token, bound_to=place_of(account, "refresh")
        )
        fields["refresh_expires_at"] = tokens.refresh_expires_at
        if tokens.refresh_token != used:
            fields["former_refresh_sealed"] = seal(
                used, bound_to=place_of(account, "former_refresh")
            )
    if tokens.scopes:
        fields["scopes"] = list(tokens.scopes)
    return fields


def sealed_with_first_key(sealed: str) -> bool:
    """Whether nothing is to be done to it in a rotation."""
    return not sealed or sealed.startswith(first_key_prefix())


def first_key_prefix() -> str:
    """What a text begins with that the first key sealed."""
    return f"{VERSION}.{_keys()[0][0]}."


def place_of(account: "SocialAccount", field: str) -> str:
    """What a token of this account is bound to."""
    return f"social_account:{account.pk}:{field}"


def _keys() -> list[tuple[str, bytes]]:
    """(key id, 256-bit key) of each setting, the sealing one first."""
    pairs = []
    for text in settings.TOKEN_KEYS:
        key = hashlib.sha256(b"stakazo token vault\0" + text.encode()).digest()
        pairs.append((hashlib.sha256(key).hexdigest()[:8], key))
    return pairs
