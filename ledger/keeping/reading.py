"""Reading an archive again: is it what was sealed?"""

import hashlib
import json
from typing import Any

from django.core.files.storage import default_storage

from ledger.keeping.archives import lines_of, read_hashes
from ledger.models import LedgerArchive, LedgerSeal
from ledger.sealing.faults import CHANGED, INSERTED, REMOVED, Verified
from ledger.sealing.gone import archive_stands, places_of, unpack_bits
from ledger.sealing.keys import known_keys
from ledger.sealing.members import Member, unpack
from ledger.sealing.merkle import leaf_hash
from ledger.sealing.walk import seal_stands
from stakazo.core.errors import NotFound

ARCHIVE_CHANGED = "archive_changed"
_TAIL = len(b',"row_hash":"') + 64 + len(b'"}\n')


def find_archive(name: str) -> LedgerArchive:
    """By its number or by its name in the storage, with or without the folder. Raises NotFound."""
    archives = LedgerArchive.objects
    found = (
        archives.filter(pk=int(name)).first()
        if name.isascii() and name.isdigit()
        else archives.filter(name__endswith=name).first()
    )
    if found is None:
        raise NotFound("The ledger knows no such archive.", archive=name)
    return found


def verify_archive(archive: LedgerArchive) -> Verified:
    """The archive's row against its signature, its file against the row, its events against the seals."""
    found, keys = Verified(), known_keys()
    if not archive_stands(archive, keys):
        found.add(ARCHIVE_CHANGED, f"archive {archive.number} is not signed by a known key")
    if not default_storage.exists(archive.name):
        found.add(ARCHIVE_CHANGED, f"the file {archive.name} is gone")
        return found
    count, file_hash, content_hash = read_hashes(archive.name)
    if (file_hash, content_hash) != (archive.file_hash, archive.content_hash):
        found.add(ARCHIVE_CHANGED, f"the file {archive.name} is not what was written")
    if not content_hash:
        return found
    wanted = _wanted(archive, found, keys)
    for line in lines_of(archive.name):
        _check(line, wanted, found)
    for pk, (number, _) in wanted.items():
        found.add(REMOVED, "is not in the file", event=pk, seal=number)
    found.sealed = count
    return found


def _wanted(
    archive: LedgerArchive, found: Verified, keys: dict[str, Any]
) -> dict[str, tuple[int, Member]]:
    """id → (its seal, what that remembers of it), of all that should be in the file."""
    wanted: dict[str, tuple[int, Member]] = {}
    bits = unpack_bits(archive.gone)
    for seal in LedgerSeal.objects.filter(pk__in=bits).order_by("number").iterator(20):
        found.seals += 1
        listed = hashlib.sha256(bytes(seal.members)).hexdigest() == seal.members_hash
        if not listed or not seal_stands(seal, keys):
            found.add("seal_changed", "it is not what was signed", seal=seal.number)
        members = list(unpack(seal.members))
        for place in places_of(bits.pop(seal.number)):
            if place < len(members):
                wanted[members[place].event_id] = (seal.number, members[place])
    for number in bits:
        found.add("seal_removed", "it is gone", seal=number)
    return wanted


def _check(line: bytes, wanted: dict[str, tuple[int, Member]], found: Verified) -> None:
    found.checked += 1
    content = line[:-_TAIL] + b"}"
    try:
        pk = str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        found.add(CHANGED, f"line {found.checked} is no event")
        return
    number, member = wanted.pop(pk, (None, None))
    if member is None:
        found.add(INSERTED, "is in the file and was not archived", event=pk)
    elif leaf_hash(content) != member.leaf:
        found.add(CHANGED, "does not match its seal", event=pk, seal=number)
    elif hashlib.sha256(content).hexdigest().encode() not in line[-_TAIL:]:
        found.add(CHANGED, "does not match its hash", event=pk, seal=number)
