"""The keys that sign seals, cuts and anchors.

A key is written as `ed25519:<seed, 64 hex digits>`, `ed25519-public:<64 hex digits>` (it verifies and
does not sign) or `secret:<text>`, from which an HMAC key is derived.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from stakazo.core.errors import InvalidInput

ED25519, HMAC = "ed25519", "hmac-sha256"
_PURPOSE = b"stakazo ledger seal"


class BadSealKey(InvalidInput):
    """A key of the ledger is not written as it should be."""

    code = "ledger.bad-seal-key"


@dataclass(frozen=True)
class Key:
    """A key; exactly one of private, public and shared does the work of its algorithm."""

    algorithm: str
    key_id: str
    private: Ed25519PrivateKey | None = None
    public: Ed25519PublicKey | None = None
    shared: bytes = b""

    def sign(self, message: bytes) -> str:
        """The signature in hex. Raises BadSealKey for a key that can only verify."""
        if self.algorithm == HMAC:
            return hmac.new(self.shared, message, hashlib.sha256).hexdigest()
        if self.private is None:
            raise BadSealKey("A public key cannot seal; STAKAZO_LEDGER_SEAL_KEY needs the seed.")
        return self.private.sign(message).hex()

    def signed(self, message: bytes, signature: str) -> bool:
        """Whether this signature is ours."""
        if self.algorithm == HMAC:
            return hmac.compare_digest(self.sign(message).encode(), signature.encode())
        if self.public is None:
            return False
        try:
            self.public.verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def public_hex(self) -> str:
        """What others need to check signatures; empty for a shared key, which is nobody else's."""
        return self.public.public_bytes_raw().hex() if self.public else ""


def read_key(written: str) -> Key:
    """The key of one setting. Raises BadSealKey, without quoting it."""
    kind, _, rest = written.partition(":")
    if kind == "secret" and rest:
        shared = hmac.new(rest.encode(), _PURPOSE, hashlib.sha256).digest()
        return Key(HMAC, _id_of(b"hmac" + shared), shared=shared)
    try:
        raw = bytes.fromhex(rest)
        if kind == "ed25519":
            private = Ed25519PrivateKey.from_private_bytes(raw)
            public = private.public_key()
            return Key(ED25519, _id_of(public.public_bytes_raw()), private, public)
        if kind == "ed25519-public":
            return Key(ED25519, _id_of(raw), public=Ed25519PublicKey.from_public_bytes(raw))
    except ValueError as error:
        raise BadSealKey("A seal key must have 64 hex digits after its kind.") from error
    raise BadSealKey("A seal key begins with ed25519:, ed25519-public: or secret:.")


def sealing_key() -> Key:
    """The key that signs now; without a setting one derived from the secret key."""
    return read_key(settings.LEDGER_SEAL_KEY or f"secret:{settings.SECRET_KEY}")


def known_keys() -> dict[str, Key]:
    """key_id → key, of those whose signatures we accept: today's and the old ones."""
    keys = [sealing_key(), *map(read_key, settings.LEDGER_SEAL_OLD_KEYS)]
    return {key.key_id: key for key in keys}


def _id_of(material: bytes) -> str:
    return hashlib.sha256(material).hexdigest()[:16]
