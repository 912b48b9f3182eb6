#!/usr/bin/env python3
"""Check an export or an archive of a Stakazo ledger. Needs Python and nothing else of ours.

    python check_export.py events.jsonl [--seals seals.jsonl] [--head HASH]
        [--public-key HEX | --secret-file FILE] [--complete] [--all-sealed] [--processes N]

Files may be compressed with gzip. Every event is hashed and compared with the hash it carries. With
--seals (ledger_export --seals, or the file beside an archive) every seal is recomputed: its hash, its
list of members, the Merkle root, the link to the one before it; and every event is compared with what
its seal remembers of it. --head: a seal's hash that you kept and that must be among them. --public-key
needs check_proof.py beside this file; it, or --secret-file, checks the signature of the last seal of
each unbroken run, which speaks for those before it. --complete: an event that the seals know and the
file lacks is a fault, and so is a seal that lacks between two others; --all-sealed: so is one that the file has and no seal knows.
Exit code 0: it holds; 1: it does not; 2: it cannot be read.
"""

import argparse
import base64
import gzip
import hashlib
import hmac
import json
import multiprocessing
import os
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import IO, Any

SEAL = b"stakazo ledger seal\n"
PURPOSE = b"stakazo ledger seal"
ENTRY = struct.Struct(">16sq32s")
GENESIS = "0" * 64
BLOCK = 4 * 1024 * 1024
HASH_AT, DIGITS = len(b',"row_hash":"'), 64
TAIL = HASH_AT + DIGITS + len(b'"}')
SHOWN = 20
NOBODY = 2**32 - 1

places: dict[bytes, int] = {}
"""Id → where its leaf is in `leaves`; filled before the processes are started, which share it."""
leaves = bytearray()


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def root_of(level: list[bytes]) -> bytes:
    """The Merkle root of these leaves (RFC 6962)."""
    sha256 = hashlib.sha256
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        above = [
            sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)
        ]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0]


def opened(name: str) -> IO[bytes]:
    """The file, unpacked where it is packed."""
    file = Path(name).open("rb")  # noqa: SIM115  the caller closes it
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return gzip.open(file) if packed else file  # type: ignore[return-value]  # it reads bytes


# --- The seals ------------------------------------------------------------------------------------


def read_seals(
    lines: Iterable[bytes], faults: list[str], head: str | None, verify: Any
) -> tuple[int, int, int]:
    """Check every seal and note its members; (how many seals, signatures checked, seals lacking)."""
    seals = signed = gaps = 0
    seen_head = head is None
    last: dict[str, Any] | None = None
    for line in lines:
        seal = json.loads(line)
        body = seal["body"]
        number = body["number"]
        follows = last is not None and number == last["body"]["number"] + 1
        if last is not None and not follows:
            signed += check_signature(last, faults, verify)
            gaps += max(1, number - last["body"]["number"] - 1)
        before = last["seal_hash"] if last is not None and follows else None
        if number == 1:
            before = GENESIS
        if before is not None and body["previous_hash"] != before:
            faults.append(f"seal {number} does not follow from the one before it")
        check_seal(seal, faults)
        seen_head = seen_head or seal["seal_hash"] == head
        last = seal
        seals += 1
    if last is not None:
        signed += check_signature(last, faults, verify)
    if not seen_head:
        faults.append("the head you kept is not among these seals")
    return seals, signed, gaps


def check_seal(seal: dict[str, Any], faults: list[str]) -> None:
    """Its hash, its list, its root."""
    body = seal["body"]
    number, members = body["number"], base64.b64decode(seal["members"])
    if hashlib.sha256(SEAL + canonical(body)).hexdigest() != seal["seal_hash"]:
        faults.append(f"the hash of seal {number} is wrong")
    if hashlib.sha256(members).hexdigest() != body["members_hash"]:
        faults.append(f"the list of seal {number} was changed")
        members = members[: len(members) - len(members) % ENTRY.size]
    found = []
    for key, _, leaf in ENTRY.iter_unpack(members):
        places[key] = len(leaves) // 32
        leaves.extend(leaf)
        found.append(leaf)
    if len(found) != body["count"] or root_of(found).hex() != body["root"]:
        faults.append(f"the root of seal {number} is not that of its list")


def check_signature(seal: dict[str, Any], faults: list[str], verify: Any) -> int:
    """1 when it was checked."""
    if verify is None:
        return 0
    if not verify(seal["body"], SEAL + seal["seal_hash"].encode(), seal["signature"]):
        number = seal["body"]["number"]
        faults.append(f"the signature of seal {number} is wrong, or of another key")
    return 1


# --- The events -----------------------------------------------------------------------------------


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    rest = b""
    while piece := file.read(BLOCK):
        end = piece.rfind(b"\n") + 1
        if not end:
            rest += piece
            continue
        yield rest + piece[:end]
        rest = piece[end:]
    if rest:
        yield rest


def check_block(block: bytes) -> tuple[int, bytes, list[tuple[str, str]]]:
    """(events, the places they have in the seals, (id, fault) of those that are wrong)."""
    sha256, find = hashlib.sha256, places.get
    sealed, faults, count = array("I"), [], 0
    for line in block.split(b"\n"):
        if not line:
            continue
        count += 1
        at = line.find(b'"id":"') + 6  # the first one is the event's own: keys are sorted
        pk = line[at : at + 36]
        content, written = line[:-TAIL] + b"}", line[-TAIL + HASH_AT : -2]
        if line[-TAIL : -TAIL + HASH_AT] != b',"row_hash":"':
            content, written, pk = parsed(line)
        if sha256(content).hexdigest().encode() != written:
            faults.append((pk.decode(errors="replace"), "does not match its hash"))
        if not places:
            continue
        try:
            place = find(bytes.fromhex(pk.decode().replace("-", "")), NOBODY)
        except ValueError:
            place = NOBODY
        sealed.append(place)
        if place == NOBODY:
            faults.append((pk.decode(errors="replace"), ""))
        elif sha256(b"\x00" + content).digest() != leaves[32 * place : 32 * place + 32]:
            faults.append((pk.decode(), "does not match its seal"))
    return count, sealed.tobytes(), faults


def parsed(line: bytes) -> tuple[bytes, bytes, bytes]:
    """(content, hash, id) of a line that somebody wrote anew, with the same content."""
    try:
        event = json.loads(line)
        written = str(event.pop("row_hash", ""))
        return canonical(event), written.encode(), str(event.get("id", "")).encode()
    except (ValueError, AttributeError):
        return b"", b"", line[:80]


def check_events(name: str, processes: int, faults: list[str]) -> tuple[int, int, int, list[str]]:
    """(events, of them sealed, events of the seals that are not in the file, ids that no seal knows)."""
    events = sealed = 0
    strangers: list[str] = []
    seen = bytearray(len(leaves) // 32)
    with opened(name) as file:
        shared = processes > 1 and hasattr(os, "fork")  # the members are not copied to the children
        pool = multiprocessing.get_context("fork").Pool(processes) if shared else None
        try:
            answers = (
                pool.imap(check_block, blocks(file)) if pool else map(check_block, blocks(file))
            )
            for count, found, wrong in answers:
                events += count
                for place in array("I", found):
                    if place == NOBODY:
                        continue
                    if seen[place]:
                        faults.append(f"member {place} of the seals is there twice")
                    seen[place] = 1
                    sealed += 1
                for pk, fault in wrong:
                    if fault:
                        faults.append(f"event {pk} {fault}")
                    else:
                        strangers.append(pk)
        finally:
            if pool:
                pool.terminate()
    return events, sealed, seen.count(0), strangers


def verifier(public_key: str | None, secret_file: str | None) -> Any:
    """What checks a signature; None when nothing was given."""
    if public_key:
        spec = spec_from_file_location("check_proof", Path(__file__).with_name("check_proof.py"))
        if spec is None or spec.loader is None:
            raise ImportError("check_proof.py is not beside this file")
        proof = module_from_spec(spec)
        spec.loader.exec_module(proof)
        return proof.by_public_key(bytes.fromhex(public_key))
    if secret_file:
        secret = Path(secret_file).read_text(encoding="utf-8").strip().encode()
        shared = hmac.new(secret, PURPOSE, hashlib.sha256).digest()

        def verify(body: dict[str, Any], message: bytes, signature: str) -> bool:
            made = hmac.new(shared, message, hashlib.sha256).hexdigest()
            return body["algorithm"] == "hmac-sha256" and hmac.compare_digest(made, signature)

        return verify
    return None


def main() -> int:
    """Read, check, say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("events", help="JSON lines that ledger_export or ledger_prune wrote.")
    parser.add_argument("--seals", help="The seals over them.")
    parser.add_argument("--head", help="The hash of a seal that you kept.")
    parser.add_argument("--public-key", help="64 hex digits.")
    parser.add_argument("--secret-file", help="A file with the secret alone.")
    parser.add_argument("--complete", action="store_true", help="All that is sealed must be there.")
    parser.add_argument("--all-sealed", action="store_true", help="All that is there is sealed.")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    faults: list[str] = []
    seals = signed = gaps = 0
    try:
        if args.seals:
            verify = verifier(args.public_key, args.secret_file)
            with opened(args.seals) as file:
                seals, signed, gaps = read_seals(file, faults, args.head, verify)
        events, sealed, lacking, strangers = check_events(args.events, args.processes, faults)
    except (OSError, EOFError, ImportError, ValueError, KeyError, TypeError) as error:
        sys.stdout.write(f"This cannot be read: {error!r}.\n")
        return 2
    if args.complete and gaps:
        faults.append(f"{gaps} seals are not in the file of seals")
    if args.complete and lacking:
        faults.append(f"{lacking} events of the seals are not in the file")
    if args.all_sealed:
        faults += [f"event {pk} is in no seal" for pk in strangers]
    sys.stdout.write(f"{events} events, {sealed} of them in {seals} seals.\n")
    if args.seals:
        sys.stdout.write(f"{len(strangers)} in no seal; {lacking} of the seals not in the file.\n")
        if not signed and not args.head:
            sys.stdout.write("No head and no key was given: it agrees with itself, no more.\n")
    for fault in faults[:SHOWN]:
        sys.stdout.write(f"REFUSED: {fault}.\n")
    if len(faults) > SHOWN:
        sys.stdout.write(f"… and {len(faults) - SHOWN} more.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
