#!/usr/bin/env python3
"""Check a proof that an event is in a Stakazo ledger. Needs Python and nothing else of ours.

    python check_proof.py proof.json [--head HASH] [--public-key HEX | --secret-file FILE]

It recomputes the event's leaf, the path to the root of its seal, and the chain of seals up to the
head. --head: a seal's hash that you kept (from an anchor, say) and that must be in that chain.
--public-key: verify the Ed25519 signatures; --secret-file: those made with a shared secret.
Without one of the three the proof only agrees with itself, and the answer says so.
Exit code 0: it holds; 1: it does not; 2: it cannot be read.
"""

import argparse
import hashlib
import hmac
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEAL = b"stakazo ledger seal\n"
PURPOSE = b"stakazo ledger seal"

Verify = Callable[[dict[str, Any], bytes, str], bool]
Point = tuple[int, int, int, int]


class Refused(Exception):
    """The proof does not hold; the message says where."""


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that this leaf and its siblings lead to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Refused("the leaf does not lie in the tree")
    here, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("the path is too long")
        if here & 1 or here == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        here, last = here >> 1, last >> 1
    if last:
        raise Refused("the path is too short")
    return node


def check_seal(seal: dict[str, Any], verify: Verify | None) -> str:
    """The seal's hash, recomputed; its signature, where we can."""
    body = seal["body"]
    recomputed = hashlib.sha256(SEAL + canonical(body)).hexdigest()
    if recomputed != seal["seal_hash"]:
        raise Refused(f"the hash of seal {body['number']} is wrong")
    if verify and not verify(body, SEAL + recomputed.encode(), seal["signature"]):
        raise Refused(f"the signature of seal {body['number']} is wrong, or of another key")
    return recomputed


def check(
    proof: dict[str, Any], head: str | None = None, verify: Verify | None = None
) -> tuple[str, int, int]:
    """The event's id, its seal's number and the head's. Raises Refused."""
    leaf = hashlib.sha256(b"\x00" + canonical(proof["event"])).digest()
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    seal = proof["seal"]
    if proof["tree_size"] != seal["body"]["count"]:
        raise Refused("the tree is not that of the seal")
    root = root_from(leaf, proof["leaf_index"], proof["tree_size"], path)
    if root.hex() != seal["body"]["root"]:
        raise Refused("the event is not what was sealed")
    hashes = [check_seal(seal, verify)]
    number = seal["body"]["number"]
    for link in proof["chain"]:
        number += 1
        if link["body"]["number"] != number or link["body"]["previous_hash"] != hashes[-1]:
            raise Refused(f"seal {number} does not follow from the one before it")
        hashes.append(check_seal(link, verify))
    if head is not None and head.lower() not in hashes:
        raise Refused("the head you kept is not in this chain")
    return proof["event"]["id"], seal["body"]["number"], number


# --- Ed25519, as RFC 8032 writes it down: slow, which one proof does not mind ------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a: Point, b: Point) -> Point:
    """The sum of two points in extended coordinates."""
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    """The point so many times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(data: bytes) -> Point | None:
    """The point that these 32 bytes stand for; None when they stand for none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 4 * pow(5, P - 2, P) % P
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) of the message is that of this public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point_of(public), point_of(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or answer >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % Q
    left, right = times(answer, BASE), add(commitment, times(challenge, key))
    return not bool(
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


def by_public_key(public: bytes) -> Verify:
    """A check of signatures with this key."""

    def verify(body: dict[str, Any], message: bytes, signature: str) -> bool:
        return body["algorithm"] == "ed25519" and ed25519_signed(
            public, message, bytes.fromhex(signature)
        )

    return verify


def by_secret(secret: bytes) -> Verify:
    """A check of signatures with this shared secret."""
    shared = hmac.new(secret, PURPOSE, hashlib.sha256).digest()

    def verify(body: dict[str, Any], message: bytes, signature: str) -> bool:
        made = hmac.new(shared, message, hashlib.sha256).hexdigest()
        return body["algorithm"] == "hmac-sha256" and hmac.compare_digest(made, signature)

    return verify


def main() -> int:
    """Read, check, say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("proof", help="A file that ledger_prove wrote.")
    parser.add_argument("--head", help="The hash of a seal that you kept.")
    parser.add_argument("--public-key", help="64 hex digits.")
    parser.add_argument("--secret-file", help="A file with the secret alone.")
    args = parser.parse_args()
    verify = None
    try:
        proof = json.loads(Path(args.proof).read_text(encoding="utf-8"))
        if args.public_key:
            verify = by_public_key(bytes.fromhex(args.public_key))
        elif args.secret_file:
            verify = by_secret(Path(args.secret_file).read_text(encoding="utf-8").strip().encode())
        event, number, head = check(proof, args.head, verify)
    except Refused as refused:
        sys.stdout.write(f"REFUSED: {refused}.\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stdout.write(f"This is no proof that can be read: {error!r}.\n")
        return 2
    sys.stdout.write(f"Event {event} is in seal {number}; the chain goes on to seal {head}.\n")
    if verify is None and args.head is None:
        sys.stdout.write("No head and no key was given: it agrees with itself, no more.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
