"""The hash tree of RFC 6962: leaves and nodes are prefixed apart, an odd node moves up unchanged."""

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """The leaf of this content, 32 bytes."""
    return hashlib.sha256(LEAF + content).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves, 32 bytes; that of an empty tree is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from this leaf up to the root: with them one leaf proves that it is in the tree."""
    path, level = [], list(leaves)
    while len(level) > 1:
        if (sibling := index ^ 1) < len(level):
            path.append(level[sibling])
        index, level = index // 2, _above(level)
    return path


def _above(level: list[bytes]) -> list[bytes]:
    sha256 = hashlib.sha256
    above = [sha256(NODE + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
    return above + level[-1:] if len(level) % 2 else above
