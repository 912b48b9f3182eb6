"""What the retention rule let go, in signed words, so that a gap it made is told from a theft."""

import struct
import zlib
from collections.abc import Iterator, Mapping

from ledger.models import LedgerArchive, LedgerCut
from ledger.sealing.bodies import signed_of_archive, signed_of_cut
from ledger.sealing.keys import Key
from ledger.sealing.members import Member, microseconds

_HEAD = struct.Struct(">QH")

Bits = dict[int, int]
"""Seal number → a whole number whose bit n says that the member n of its list is meant."""


def pack_bits(bits: Mapping[int, int]) -> bytes:
    """The bits as they are kept: for each seal its number, a length and the bits, all compressed."""
    parts = []
    for number in sorted(bits):
        mask = bits[number].to_bytes((bits[number].bit_length() + 7) // 8, "little")
        parts.append(_HEAD.pack(number, len(mask)) + mask)
    return zlib.compress(b"".join(parts), 9)


def unpack_bits(packed: bytes | memoryview) -> Bits:
    """The bits again."""
    data, bits, at = zlib.decompress(bytes(packed)), {}, 0
    while at < len(data):
        number, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        bits[number] = int.from_bytes(data[at : at + length], "little")
        at += length
    return bits


def places_of(mask: int) -> Iterator[int]:
    """The places whose bit is set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Gone:
    """The archives and cuts whose signatures are right.

    An archive names each event that retention let go. A cut, from before there were archives, covers
    what is older than some time.
    """

    def __init__(self, keys: dict[str, Key]) -> None:
        self._keys = keys
        self._read()

    def explain(self, number: int, place: int, member: Member) -> bool:
        """Whether retention let this event of this seal go. What was pruned meanwhile counts."""
        if self._covers(number, place, member):
            return True
        if self._counts() == self._seen:
            return False
        self._read()
        return self._covers(number, place, member)

    def holds_all(self, number: int, count: int) -> bool:
        """Whether every one of the `count` events of this seal is in an archive."""
        return self._bits.get(number, 0) == (1 << count) - 1

    def _covers(self, number: int, place: int, member: Member) -> bool:
        return bool(self._bits.get(number, 0) >> place & 1) or any(
            member.at_us < before_us and (floor is None or member.id < floor)
            for before_us, floor in self._bounds
        )

    def _counts(self) -> tuple[int, int]:
        return LedgerArchive.objects.count(), LedgerCut.objects.count()

    def _read(self) -> None:
        self._seen = self._counts()
        self._bits: Bits = {}
        for archive in LedgerArchive.objects.all():
            if archive_stands(archive, self._keys):
                for number, mask in unpack_bits(archive.gone).items():
                    self._bits[number] = self._bits.get(number, 0) | mask
        self._bounds = {
            (microseconds(cut.before), cut.floor_id.bytes if cut.floor_id else None)
            for cut in LedgerCut.objects.all()
            if (key := self._keys.get(cut.key_id))
            and key.algorithm == cut.algorithm
            and key.signed(signed_of_cut(cut), cut.signature)
        }


def archive_stands(archive: LedgerArchive, keys: dict[str, Key]) -> bool:
    """Whether the signature of this archive's row is right."""
    key = keys.get(archive.key_id)
    return (
        key is not None
        and key.algorithm == archive.algorithm
        and key.signed(signed_of_archive(archive), archive.signature)
    )
